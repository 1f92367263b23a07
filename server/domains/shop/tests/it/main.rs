//! The shop's settings on both engines.

mod rules;

use souk_contract::{
    Ctx, Currency, Error, FieldError, Money, Result, ShopSettings, ShopSettingsInput, Shopkeeping as _,
};
use souk_kernel::{
    db::Db,
    testing::{TestKit, TestShop},
};
use souk_shop::{LocalShopkeeping, MIGRATIONS};

pub struct Shop {
    pub keeper: LocalShopkeeping,
    pub db: Db,
    pub ctx: Ctx,
}

impl Shop {
    pub async fn new(kit: &TestKit) -> Self {
        Self::started_with(kit, &first()).await
    }

    /// As a process that starts with such a configuration.
    pub async fn started_with(kit: &TestKit, input: &ShopSettingsInput) -> Self {
        let db = kit.db("shop", MIGRATIONS).await;
        let keeper = LocalShopkeeping::open(db.clone(), input, Currency::EUR).await.expect("filled");
        Self { keeper, db, ctx: Ctx::system("test") }
    }

    /// Writes what is there with a change.
    pub async fn change(&self, change: impl FnOnce(&mut ShopSettingsInput)) -> Result<ShopSettings> {
        let ShopSettings { version, mut input } = self.keeper.settings(&self.ctx).await?;
        change(&mut input);
        self.keeper.write_settings(&self.ctx, input, Some(version)).await
    }
}

/// What a configuration says.
pub fn first() -> ShopSettingsInput {
    ShopSettingsInput {
        free_shipping_over: Some(Money::new(6000, Currency::EUR)),
        ..ShopSettingsInput::clone(&TestShop::open().current().input)
    }
}

pub fn faults<T: std::fmt::Debug>(refused: Result<T>) -> Vec<(String, String)> {
    let Err(Error::Invalid { fields }) = refused else { panic!("{refused:?}") };
    fields.into_iter().map(|FieldError { field, code, .. }| (field, code)).collect()
}

#[tokio::test]
async fn both_engines_have_the_same_tables_and_columns() {
    souk_kernel::testing::assert_same_schema("shop", MIGRATIONS, &[]).await;
}
