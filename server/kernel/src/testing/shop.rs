//! A shop's settings in memory, for the tests of those who read them.

use std::sync::{Arc, PoisonError, RwLock};

use async_trait::async_trait;
use souk_contract::{Ctx, Result, ShopSettings, ShopSettingsInput, Shopkeeping};

/// Settings that a test may change at any time.
pub struct TestShop(RwLock<Arc<ShopSettings>>);

impl TestShop {
    /// "Test shop", which has few of what there are five of.
    pub fn open() -> Arc<Self> {
        let input = ShopSettingsInput {
            name: "Test shop".into(),
            email: "shop@shop.example".into(),
            phone: String::new(),
            returns_days: 30,
            free_shipping_over: None,
            low_stock: 5,
            time_zone: "Europe/Berlin".into(),
            seller_name: String::new(),
            seller_address: Vec::new(),
            tax_id: String::new(),
            invoice_prefix: "INV-".into(),
            credit_note_prefix: "CN-".into(),
            paper_size: None,
        };
        Arc::new(Self(RwLock::new(Arc::new(ShopSettings { version: 1, input }))))
    }

    pub fn change(&self, change: impl FnOnce(&mut ShopSettingsInput)) -> ShopSettings {
        let mut current = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let mut changed = ShopSettings::clone(&current);
        changed.version += 1;
        change(&mut changed.input);
        *current = Arc::new(changed.clone());
        changed
    }
}

#[async_trait]
impl Shopkeeping for TestShop {
    fn current(&self) -> Arc<ShopSettings> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    async fn settings(&self, _ctx: &Ctx) -> Result<ShopSettings> {
        Ok(ShopSettings::clone(&self.current()))
    }

    async fn write_settings(
        &self,
        _ctx: &Ctx,
        input: ShopSettingsInput,
        _if_version: Option<i64>,
    ) -> Result<ShopSettings> {
        Ok(self.change(|current| *current = input))
    }
}
