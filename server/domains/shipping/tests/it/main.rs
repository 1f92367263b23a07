//! Delivery on both engines, beside a cart that is kept in memory.

mod basket;
mod choice;
mod table;

use std::sync::Arc;

use souk_contract::{Ctx, Currency, Money, Shipping as _, ShippingMethodInput, ShippingRate};
use souk_kernel::testing::TestKit;
use souk_shipping::{LocalShipping, MIGRATIONS};

use basket::Baskets;

pub struct Depot {
    pub shipping: Arc<LocalShipping>,
    pub carts: Arc<Baskets>,
    pub ctx: Ctx,
}

impl Depot {
    pub async fn new(kit: &TestKit) -> Self {
        let carts = Arc::new(Baskets::default());
        let db = kit.db("shipping", MIGRATIONS).await;
        let shipping = Arc::new(LocalShipping::new(kit.kit(), db, carts.clone(), Currency::EUR));
        Self { shipping, carts, ctx: Ctx::system("test") }
    }

    pub async fn with(self, method: ShippingMethodInput) -> Self {
        self.shipping.put_method(&self.ctx, method).await.expect("a method");
        self
    }

    /// Names and prices on offer for the cart.
    pub async fn offers(&self, country: Option<&str>) -> Vec<(String, i64)> {
        let options =
            self.shipping.options(&Ctx::guest("test"), basket::TOKEN, country).await.expect("options");
        options.into_iter().map(|option| (option.name, option.price.minor)).collect()
    }
}

/// One price for everything, everywhere.
pub fn method(name: &str, minor: i64) -> ShippingMethodInput {
    ShippingMethodInput {
        name: name.to_owned(),
        description: "By van".to_owned(),
        countries: Vec::new(),
        rates: vec![rate(None, None, minor)],
        days_min: 1,
        days_max: 3,
        position: 0,
    }
}

pub fn rate(subtotal_from: Option<i64>, weight_to_grams: Option<i64>, minor: i64) -> ShippingRate {
    ShippingRate { subtotal_from: subtotal_from.map(eur), weight_to_grams, price: eur(minor) }
}

pub fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

#[tokio::test]
async fn both_engines_have_the_same_tables_and_columns() {
    souk_kernel::testing::assert_same_schema("shipping", MIGRATIONS, &[]).await;
}
