//! The use cases.

use std::sync::{Arc, PoisonError, RwLock};

use async_trait::async_trait;
use souk_contract::{
    Ctx, Currency, Error, LowStockChanged, Resource, Result, ShopSettings, ShopSettingsInput, Shopkeeping,
};
use souk_kernel::{Tx, audit::Audited, db::Db};
use uuid::Uuid;

use crate::{settings, store};

/// The one row, and whoever changes it.
const ONLY: Uuid = Uuid::nil();

/// The shop's settings in this process, on their own database.
pub struct LocalShopkeeping {
    db: Db,
    currency: Currency,
    current: RwLock<Arc<ShopSettings>>,
}

impl LocalShopkeeping {
    /// Fills it from the configuration where it never was.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn open(db: Db, first: &ShopSettingsInput, currency: Currency) -> Result<Self> {
        let known = store::settings(&mut *db.read().await?).await?;
        let settings = match known {
            Some(row) => row.into(),
            None => fill(&db, first).await?,
        };
        Ok(Self { db, currency, current: RwLock::new(Arc::new(settings)) })
    }

    /// Takes over what another process wrote. A job calls it every few seconds where there may be one.
    ///
    /// # Errors
    /// Where the database refuses; what was known stays in force.
    pub async fn refresh(&self) -> Result<()> {
        let mut conn = self.db.read().await?;
        let version = store::version(&mut conn).await?.map(|(version,)| version);
        if version == Some(self.current().version) {
            return Ok(());
        }
        if let Some(row) = store::settings(&mut conn).await? {
            self.take(row.into());
        }
        Ok(())
    }

    /// Never an older one: two that are written at once may come here in either order.
    fn take(&self, settings: ShopSettings) {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if settings.version > current.version {
            *current = Arc::new(settings);
        }
    }
}

async fn fill(db: &Db, first: &ShopSettingsInput) -> Result<ShopSettings> {
    let mut tx = db.begin().await?;
    tx.lock("shop", ONLY).await?;
    // Two processes may start at once.
    if let Some(row) = store::settings(&mut tx).await? {
        return Ok(row.into());
    }
    let first = settings::trimmed(first.clone());
    keep(&mut tx, &first, 1).await?;
    tx.commit().await?;
    Ok(ShopSettings { version: 1, input: first })
}

async fn keep(tx: &mut Tx, input: &ShopSettingsInput, version: i64) -> Result<()> {
    store::put_settings(tx, input, version).await?;
    for row in settings::prefixes(input) {
        store::add_prefix(tx, &row).await?;
    }
    Ok(())
}

#[async_trait]
impl Shopkeeping for LocalShopkeeping {
    fn current(&self) -> Arc<ShopSettings> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    async fn settings(&self, ctx: &Ctx) -> Result<ShopSettings> {
        ctx.require(Resource::Settings.read())?;
        let row = store::settings(&mut *self.db.read().await?).await?;
        Ok(row.ok_or_else(|| Error::internal("the shop was never filled"))?.into())
    }

    async fn write_settings(
        &self,
        ctx: &Ctx,
        input: ShopSettingsInput,
        if_version: Option<i64>,
    ) -> Result<ShopSettings> {
        ctx.require(Resource::Settings.write())?;
        let input = settings::trimmed(input);
        input.check(self.currency)?;
        let mut tx = self.db.begin().await?;
        tx.lock("shop", ONLY).await?;
        let old = store::settings(&mut tx).await?;
        let old: ShopSettings = old.ok_or_else(|| Error::internal("the shop was never filled"))?.into();
        if if_version.is_some_and(|version| version != old.version) {
            return Err(Error::conflict("stale_version", "Somebody else changed these settings meanwhile."));
        }
        settings::check(&input, &old.input, &store::prefixes(&mut tx).await?)?;
        if input == old.input {
            return Ok(old);
        }
        let version = old.version + 1;
        keep(&mut tx, &input, version).await?;
        let what = settings::differences(&old.input, &input);
        tx.audit(ctx, Audited::new("shop_settings.updated", ONLY, "Shop"), what).await?;
        if input.low_stock != old.input.low_stock {
            tx.publish(&LowStockChanged { low_stock: input.low_stock, version }).await?;
        }
        tx.commit().await?;
        let written = ShopSettings { version, input };
        self.take(written.clone());
        Ok(written)
    }
}
