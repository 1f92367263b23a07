//! The use cases.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use souk_contract::{
    Cart, Carts, Change, Country, Ctx, Currency, Delivery, Error, Money, Resource, Result, Shipping,
    ShippingMethod, ShippingMethodId, ShippingMethodInput, ShippingOption, Timestamp,
};
use souk_kernel::{
    Kit, Tx,
    audit::{self, Audited},
    db::Db,
};
use uuid::Uuid;

use crate::{
    country,
    rate::{self, MethodRow, Parcel},
    store,
};

/// Another process may change the table: what was read is trusted for this long.
const TRUSTED_SECONDS: i64 = 1;

/// Whoever changes the table has all of it: names are looked at across rows.
const TABLE: Uuid = Uuid::nil();

/// Table rates in this process, on their own database.
pub struct LocalShipping {
    kit: Kit,
    db: Db,
    carts: Arc<dyn Carts>,
    currency: Currency,
    methods: Mutex<Option<(Timestamp, Arc<Vec<MethodRow>>)>>,
}

impl LocalShipping {
    pub fn new(kit: Kit, db: Db, carts: Arc<dyn Carts>, currency: Currency) -> Self {
        Self { kit, db, carts, currency, methods: Mutex::new(None) }
    }

    async fn table(&self) -> Result<Arc<Vec<MethodRow>>> {
        let now = self.kit.now();
        let remembered = self.methods.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, methods)) = remembered.filter(|(until, _)| now < *until) {
            return Ok(methods);
        }
        let methods = Arc::new(store::methods(&mut *self.db.read().await?).await?);
        self.remember(Some((now.plus_seconds(TRUSTED_SECONDS), Arc::clone(&methods))));
        Ok(methods)
    }

    async fn keep(&self, ctx: &Ctx, mut tx: Tx, old: Option<MethodRow>, row: MethodRow) -> Result<()> {
        store::put(&mut tx, &row).await?;
        let before = old.as_ref().map(MethodRow::logged);
        let action = if before.is_some() { "shipping_method.updated" } else { "shipping_method.created" };
        let what = audit::changes(before.as_ref(), Some(&row.logged()));
        tx.audit(ctx, Audited::new(action, row.id, &row.name), what).await?;
        tx.commit().await?;
        self.remember(None);
        Ok(())
    }

    fn remember(&self, methods: Option<(Timestamp, Arc<Vec<MethodRow>>)>) {
        *self.methods.lock().unwrap_or_else(PoisonError::into_inner) = methods;
    }
}

#[async_trait]
impl Shipping for LocalShipping {
    async fn options(
        &self,
        ctx: &Ctx,
        cart_token: &str,
        country: Option<&str>,
    ) -> Result<Vec<ShippingOption>> {
        let cart = self.carts.get(ctx, cart_token).await?;
        let parcel = parcel(&cart)?;
        let address = cart.shipping_address.as_ref().map(|address| address.country.as_str());
        let methods = self.table().await?;
        Ok(methods.iter().filter_map(|method| method.offer(parcel, address.or(country))).collect())
    }

    async fn select(&self, ctx: &Ctx, cart_token: &str, method: ShippingMethodId) -> Result<Cart> {
        let offer = self
            .options(ctx, cart_token, None)
            .await?
            .into_iter()
            .find(|offer| offer.id == method)
            .ok_or_else(|| {
            Error::invalid("method_id", "invalid", "This delivery is not available for your address.")
        })?;
        self.carts.set_delivery(ctx, cart_token, Some(delivery(offer))).await
    }

    async fn refresh(&self, ctx: &Ctx, cart_token: &str) -> Result<Cart> {
        let cart = self.carts.get(ctx, cart_token).await?;
        let Some(chosen) = &cart.delivery else { return Ok(cart) };
        let parcel = parcel(&cart)?;
        let country = cart.shipping_address.as_ref().map(|address| address.country.as_str());
        let methods = self.table().await?;
        let method = methods.iter().find(|method| method.id == chosen.method_id);
        match method.and_then(|method| method.offer(parcel, country)).map(delivery) {
            Some(offer) if offer == *chosen => Ok(cart),
            Some(offer) => self.carts.set_delivery(ctx, cart_token, Some(offer)).await,
            None => {
                self.carts.set_delivery(ctx, cart_token, None).await?;
                Err(Error::conflict("delivery_gone", "Please choose the delivery again."))
            }
        }
    }

    async fn countries(&self, _ctx: &Ctx) -> Result<Vec<Country>> {
        let methods = self.table().await?;
        let everywhere = methods.iter().any(|method| method.countries.0.is_empty());
        let served: BTreeSet<&str> =
            methods.iter().flat_map(|method| method.countries.0.iter().map(String::as_str)).collect();
        let mut countries: Vec<Country> = country::COUNTRIES
            .iter()
            .filter(|(code, _)| everywhere || served.contains(code))
            .map(|(code, name)| Country { code: (*code).to_owned(), name: (*name).to_owned() })
            .collect();
        countries.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(countries)
    }

    async fn methods(&self, ctx: &Ctx) -> Result<Vec<ShippingMethod>> {
        ctx.require(Resource::Shipping.read())?;
        let rows = store::methods(&mut *self.db.read().await?).await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    async fn put_method(&self, ctx: &Ctx, method: ShippingMethodInput) -> Result<Change> {
        ctx.require(Resource::Shipping.write())?;
        rate::check(&method, self.currency)?;
        let mut tx = self.db.begin().await?;
        tx.lock("shipping_methods", TABLE).await?;
        let old = store::methods(&mut tx).await?.into_iter().find(|row| row.name == method.name);
        let (id, version) =
            old.as_ref().map_or_else(|| (self.kit.ids.next(), 1), |row| (row.id, row.version));
        let mut row = MethodRow::new(id, version, method);
        if old.as_ref() == Some(&row) {
            return Ok(Change::Unchanged);
        }
        row.version += i64::from(old.is_some());
        let change = if old.is_some() { Change::Updated } else { Change::Created };
        self.keep(ctx, tx, old, row).await?;
        Ok(change)
    }

    async fn write_method(
        &self,
        ctx: &Ctx,
        id: Option<ShippingMethodId>,
        method: ShippingMethodInput,
        if_version: Option<i64>,
    ) -> Result<ShippingMethod> {
        ctx.require(Resource::Shipping.write())?;
        rate::check(&method, self.currency)?;
        let mut tx = self.db.begin().await?;
        tx.lock("shipping_methods", TABLE).await?;
        let all = store::methods(&mut tx).await?;
        if all.iter().any(|row| row.name == method.name && Some(row.id) != id) {
            return Err(Error::conflict("name_taken", "Another delivery has this name."));
        }
        let old = match id {
            Some(id) => Some(found(all, id, if_version)?),
            None => None,
        };
        let version = old.as_ref().map_or(1, |row| row.version + 1);
        let row = MethodRow::new(id.unwrap_or_else(|| self.kit.ids.next()), version, method);
        self.keep(ctx, tx, old, row.clone()).await?;
        Ok(row.into())
    }

    async fn remove_method(&self, ctx: &Ctx, id: ShippingMethodId, if_version: Option<i64>) -> Result<()> {
        ctx.require(Resource::Shipping.write())?;
        let mut tx = self.db.begin().await?;
        tx.lock("shipping_methods", TABLE).await?;
        let row = found(store::methods(&mut tx).await?, id, if_version)?;
        store::remove(&mut tx, id).await?;
        let what = audit::changes(Some(&row.logged()), None);
        tx.audit(ctx, Audited::new("shipping_method.removed", id, &row.name), what).await?;
        tx.commit().await?;
        self.remember(None);
        Ok(())
    }
}

fn found(all: Vec<MethodRow>, id: ShippingMethodId, if_version: Option<i64>) -> Result<MethodRow> {
    let row = all.into_iter().find(|row| row.id == id).ok_or_else(|| Error::not_found("delivery"))?;
    if if_version.is_some_and(|version| version != row.version) {
        return Err(Error::conflict("stale_version", "Somebody else changed this delivery meanwhile."));
    }
    Ok(row)
}

fn delivery(offer: ShippingOption) -> Delivery {
    Delivery {
        method_id: offer.id,
        name: offer.name,
        price: offer.price,
        days_min: offer.days_min,
        days_max: offer.days_max,
    }
}

/// Free delivery is unlocked by what the shopper pays for the goods, not by what they would cost.
fn parcel(cart: &Cart) -> Result<Parcel> {
    let goods: Option<Money> = cart.totals.subtotal.checked_sub(cart.totals.discount);
    let goods = goods.ok_or_else(|| Error::internal("a cart's totals are in two currencies"))?;
    Ok(Parcel { goods, weight_grams: cart.weight_grams() })
}
