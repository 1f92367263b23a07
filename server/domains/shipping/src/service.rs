//! The use cases.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use souk_contract::{
    Cart, Carts, Change, Country, Ctx, Currency, Delivery, Error, Money, Resource, Result, Shipping,
    ShippingMethodId, ShippingMethodInput, ShippingOption, Timestamp,
};
use souk_kernel::{
    Kit,
    audit::{self, Audited},
    db::{Db, Json},
};

use crate::{
    country,
    rate::{self, MethodRow, Parcel},
    store,
};

/// Another process may change the table: what was read is trusted for this long.
const TRUSTED_SECONDS: i64 = 1;

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

    async fn methods(&self) -> Result<Arc<Vec<MethodRow>>> {
        let now = self.kit.now();
        let remembered = self.methods.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, methods)) = remembered.filter(|(until, _)| now < *until) {
            return Ok(methods);
        }
        let methods = Arc::new(store::methods(&mut *self.db.read().await?).await?);
        self.remember(Some((now.plus_seconds(TRUSTED_SECONDS), Arc::clone(&methods))));
        Ok(methods)
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
        let methods = self.methods().await?;
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
        let methods = self.methods().await?;
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
        let methods = self.methods().await?;
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

    async fn put_method(&self, ctx: &Ctx, method: ShippingMethodInput) -> Result<Change> {
        ctx.require(Resource::Shipping.write())?;
        rate::check(&method, self.currency)?;
        let mut tx = self.db.begin().await?;
        let old = store::methods(&mut tx).await?.into_iter().find(|row| row.name == method.name);
        let row = MethodRow {
            id: old.as_ref().map_or_else(|| self.kit.ids.next(), |row| row.id),
            name: method.name,
            description: method.description,
            countries: Json(method.countries),
            rates: Json(method.rates),
            days_min: method.days_min,
            days_max: method.days_max,
            position: method.position,
        };
        let before = old.as_ref().map(MethodRow::logged);
        let change = match old {
            None => Change::Created,
            Some(old) if old == row => return Ok(Change::Unchanged),
            Some(_) => Change::Updated,
        };
        store::put(&mut tx, &row).await?;
        let action = if before.is_some() { "shipping_method.updated" } else { "shipping_method.created" };
        let what = audit::changes(before.as_ref(), Some(&row.logged()));
        tx.audit(ctx, Audited::new(action, row.id, &row.name), what).await?;
        tx.commit().await?;
        self.remember(None);
        Ok(change)
    }
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
