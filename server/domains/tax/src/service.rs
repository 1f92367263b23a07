//! The use cases.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use souk_contract::{
    ClassRates, Ctx, Error, Resource, Result, TaxClass, TaxClassId, TaxClassInput, TaxPlace, TaxQuestion,
    TaxQuote, TaxRate, TaxSettings, TaxSettingsInput, TaxSetup, TaxTrial, TaxTried, TaxZone, TaxZoneId,
    TaxZoneInput, Taxes, Timestamp,
};
use souk_kernel::{
    Kit, Tx,
    audit::{self, Audited},
    db::{Conn, Db},
};
use uuid::Uuid;

use crate::{
    class::{self, ClassRow},
    quote::Table,
    settings::{self, SettingsRow},
    store, trial,
    zone::{self, EVERYWHERE, ZoneRow},
};

/// Another process may change the tables: what was read is trusted for this long.
const TRUSTED_SECONDS: i64 = 1;

/// Whoever changes one has all of it: classes, zones and settings name each other.
const TABLE: Uuid = Uuid::nil();

/// What the configuration says of taxes, for the first start.
#[derive(Debug, Clone)]
pub struct Start {
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// 190,000 is 19 %.
    pub millionths: u32,
    pub inclusive: bool,
}

/// Taxes in this process, on their own database.
pub struct LocalTaxes {
    kit: Kit,
    db: Db,
    table: Mutex<Option<(Timestamp, Arc<Table>)>>,
}

impl LocalTaxes {
    /// Fills it from the configuration where it never was.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn open(kit: Kit, db: Db, start: &Start) -> Result<Self> {
        let taxes = Self { kit, db, table: Mutex::default() };
        if store::settings(&mut *taxes.db.read().await?).await?.is_none() {
            taxes.fill(start).await?;
        }
        Ok(taxes)
    }

    async fn fill(&self, start: &Start) -> Result<()> {
        let ctx = Ctx::system("taxes from the configuration");
        let mut tx = self.db.begin().await?;
        tx.lock("tax", TABLE).await?;
        if store::settings(&mut tx).await?.is_some() {
            return Ok(());
        }
        let standard = TaxClassInput { name: "Standard".into(), is_default: true };
        let standard = ClassRow::new(self.kit.ids.next(), 1, standard);
        let place = |country: &str| TaxPlace { country: country.into(), ..TaxPlace::default() };
        // What was charged everywhere stays charged everywhere, until somebody says otherwise.
        let home = TaxZoneInput {
            name: "Home".into(),
            is_home: true,
            places: vec![place(&start.country), place(EVERYWHERE)],
            rates: vec![ClassRates {
                class_id: standard.id,
                rates: vec![TaxRate::new("VAT", start.millionths)],
            }],
        };
        let home = ZoneRow::new(self.kit.ids.next(), 1, home);
        let input = TaxSettingsInput {
            inclusive: start.inclusive,
            level: Default::default(),
            rounding: Default::default(),
            shipping_class: Some(standard.id),
        };
        store::put_class(&mut tx, &standard).await?;
        store::put_zone(&mut tx, &home).await?;
        store::put_settings(&mut tx, &SettingsRow::new(1, input)).await?;
        audit_class(&mut tx, &ctx, None, &standard).await?;
        audit_zone(&mut tx, &ctx, None, &home).await?;
        audit_settings(&mut tx, &ctx, None, &input).await?;
        Ok(tx.commit().await?)
    }

    async fn table(&self) -> Result<Arc<Table>> {
        let now = self.kit.now();
        let remembered = self.table.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, table)) = remembered.filter(|(until, _)| now < *until) {
            return Ok(table);
        }
        let table = Arc::new(read(&mut *self.db.read().await?).await?);
        self.remember(Some((now.plus_seconds(TRUSTED_SECONDS), Arc::clone(&table))));
        Ok(table)
    }

    fn remember(&self, table: Option<(Timestamp, Arc<Table>)>) {
        *self.table.lock().unwrap_or_else(PoisonError::into_inner) = table;
    }

    /// All of it, held until the transaction ends.
    async fn hold(&self) -> Result<(Tx, Table)> {
        let mut tx = self.db.begin().await?;
        tx.lock("tax", TABLE).await?;
        let table = read(&mut tx).await?;
        Ok((tx, table))
    }

    async fn commit(&self, tx: Tx) -> Result<()> {
        tx.commit().await?;
        self.remember(None);
        Ok(())
    }
}

async fn read(conn: &mut Conn) -> Result<Table> {
    let settings = store::settings(conn).await?.ok_or_else(|| Error::internal("taxes were never filled"))?;
    Ok(Table { settings, classes: store::classes(conn).await?, zones: store::zones(conn).await? })
}

async fn audit_class(tx: &mut Tx, ctx: &Ctx, old: Option<&ClassRow>, row: &ClassRow) -> Result<()> {
    let action = if old.is_some() { "tax_class.updated" } else { "tax_class.created" };
    let what = audit::changes(old.map(ClassRow::input).as_ref(), Some(&row.input()));
    Ok(tx.audit(ctx, Audited::new(action, row.id, &row.name), what).await?)
}

async fn audit_zone(tx: &mut Tx, ctx: &Ctx, old: Option<&ZoneRow>, row: &ZoneRow) -> Result<()> {
    let action = if old.is_some() { "tax_zone.updated" } else { "tax_zone.created" };
    let what = audit::changes(old.map(ZoneRow::input).as_ref(), Some(&row.input()));
    Ok(tx.audit(ctx, Audited::new(action, row.id, &row.name), what).await?)
}

async fn audit_settings(
    tx: &mut Tx,
    ctx: &Ctx,
    old: Option<&TaxSettingsInput>,
    new: &TaxSettingsInput,
) -> Result<()> {
    let what = audit::changes(old, Some(new));
    Ok(tx.audit(ctx, Audited::new("tax_settings.updated", TABLE, "Taxes"), what).await?)
}

#[async_trait]
impl Taxes for LocalTaxes {
    async fn quote(&self, _ctx: &Ctx, question: TaxQuestion) -> Result<TaxQuote> {
        Ok(self.table().await?.quote(&question))
    }

    async fn classes(&self, ctx: &Ctx) -> Result<Vec<TaxClass>> {
        ctx.require(Resource::Catalog.read())?;
        Ok(store::classes(&mut *self.db.read().await?).await?.into_iter().map(Into::into).collect())
    }

    async fn setup(&self, ctx: &Ctx) -> Result<TaxSetup> {
        ctx.require(Resource::Settings.read())?;
        let table = read(&mut *self.db.read().await?).await?;
        Ok(TaxSetup {
            settings: table.settings.show(),
            classes: table.classes.into_iter().map(Into::into).collect(),
            zones: table.zones.into_iter().map(Into::into).collect(),
        })
    }

    async fn write_settings(
        &self,
        ctx: &Ctx,
        input: TaxSettingsInput,
        if_version: Option<i64>,
    ) -> Result<TaxSettings> {
        ctx.require(Resource::Settings.write())?;
        let (mut tx, table) = self.hold().await?;
        settings::check(&table.classes, &input)?;
        if if_version.is_some_and(|version| version != table.settings.version) {
            return Err(Error::conflict("stale_version", "Somebody else changed these settings meanwhile."));
        }
        let row = SettingsRow::new(table.settings.version + 1, input);
        store::put_settings(&mut tx, &row).await?;
        audit_settings(&mut tx, ctx, Some(&table.settings.input()), &input).await?;
        self.commit(tx).await?;
        Ok(row.show())
    }

    async fn write_class(
        &self,
        ctx: &Ctx,
        id: Option<TaxClassId>,
        input: TaxClassInput,
        if_version: Option<i64>,
    ) -> Result<TaxClass> {
        ctx.require(Resource::Settings.write())?;
        let (mut tx, table) = self.hold().await?;
        let old = match id {
            Some(id) => Some(class::found(&table.classes, id, if_version)?),
            None => None,
        };
        class::check(&table.classes, id, old.as_ref(), &input)?;
        let version = old.as_ref().map_or(1, |row| row.version + 1);
        let row = ClassRow::new(id.unwrap_or_else(|| self.kit.ids.next()), version, input);
        // First: there is never more than one default.
        for before in table.classes.iter().filter(|one| row.is_default && one.is_default && one.id != row.id)
        {
            let after = ClassRow { is_default: false, version: before.version + 1, ..before.clone() };
            store::put_class(&mut tx, &after).await?;
            audit_class(&mut tx, ctx, Some(before), &after).await?;
        }
        store::put_class(&mut tx, &row).await?;
        audit_class(&mut tx, ctx, old.as_ref(), &row).await?;
        self.commit(tx).await?;
        Ok(row.into())
    }

    async fn remove_class(&self, ctx: &Ctx, id: TaxClassId, if_version: Option<i64>) -> Result<()> {
        ctx.require(Resource::Settings.write())?;
        let (mut tx, table) = self.hold().await?;
        let row = class::found(&table.classes, id, if_version)?;
        if row.is_default {
            return Err(class::default_needed());
        }
        if table.settings.shipping_class == Some(id) {
            let message = "Delivery is taxed by this class: choose another for it first.";
            return Err(Error::conflict("class_of_shipping", message));
        }
        for before in table.zones.iter().filter(|zone| zone.rates.0.iter().any(|rates| rates.class_id == id))
        {
            let mut after = ZoneRow { version: before.version + 1, ..before.clone() };
            after.rates.0.retain(|rates| rates.class_id != id);
            store::put_zone(&mut tx, &after).await?;
            audit_zone(&mut tx, ctx, Some(before), &after).await?;
        }
        store::remove_class(&mut tx, id).await?;
        let what = audit::changes(Some(&row.input()), None);
        tx.audit(ctx, Audited::new("tax_class.removed", id, &row.name), what).await?;
        self.commit(tx).await
    }

    async fn write_zone(
        &self,
        ctx: &Ctx,
        id: Option<TaxZoneId>,
        input: TaxZoneInput,
        if_version: Option<i64>,
    ) -> Result<TaxZone> {
        ctx.require(Resource::Settings.write())?;
        let (mut tx, table) = self.hold().await?;
        let old = match id {
            Some(id) => Some(zone::found(&table.zones, id, if_version)?),
            None => None,
        };
        zone::check((&table.classes, &table.zones), id, old.as_ref(), &input)?;
        let version = old.as_ref().map_or(1, |row| row.version + 1);
        let row = ZoneRow::new(id.unwrap_or_else(|| self.kit.ids.next()), version, input);
        // First: there is never more than one home.
        for before in table.zones.iter().filter(|one| row.is_home && one.is_home && one.id != row.id) {
            let after = ZoneRow { is_home: false, version: before.version + 1, ..before.clone() };
            store::put_zone(&mut tx, &after).await?;
            audit_zone(&mut tx, ctx, Some(before), &after).await?;
        }
        store::put_zone(&mut tx, &row).await?;
        audit_zone(&mut tx, ctx, old.as_ref(), &row).await?;
        self.commit(tx).await?;
        Ok(row.into())
    }

    async fn remove_zone(&self, ctx: &Ctx, id: TaxZoneId, if_version: Option<i64>) -> Result<()> {
        ctx.require(Resource::Settings.write())?;
        let (mut tx, table) = self.hold().await?;
        let row = zone::found(&table.zones, id, if_version)?;
        if row.is_home {
            return Err(zone::home_needed());
        }
        store::remove_zone(&mut tx, id).await?;
        let what = audit::changes(Some(&row.input()), None);
        tx.audit(ctx, Audited::new("tax_zone.removed", id, &row.name), what).await?;
        self.commit(tx).await
    }

    async fn try_out(&self, ctx: &Ctx, request: TaxTrial) -> Result<TaxTried> {
        ctx.require(Resource::Settings.read())?;
        trial::try_out(&*self.table().await?, &request, self.kit.ids.next())
    }
}
