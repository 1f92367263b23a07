//! Carts on both engines, beside a shelf and rules that are kept in memory.

mod changes;
mod checkout;
mod codes;
mod owner;
mod shelf;
mod taxes;

use std::sync::Arc;

use souk_cart::{CartSettings, LocalCarts, MIGRATIONS};
use souk_contract::{AddLine, Address, Cart, Carts as _, Ctx, Currency, Error, Money, VariantId};
use souk_kernel::testing::{TestKit, TestShop};
use uuid::Uuid;

use shelf::{Codes, Products, Stock};
use taxes::Office;

/// A shop around carts.
pub struct Shop {
    pub carts: Arc<LocalCarts>,
    pub products: Arc<Products>,
    pub stock: Arc<Stock>,
    pub codes: Arc<Codes>,
    pub office: Arc<Office>,
    pub ctx: Ctx,
}

impl Shop {
    pub async fn new(kit: &TestKit) -> Self {
        let db = kit.db("cart", MIGRATIONS).await;
        let (products, stock, codes) =
            (Arc::<Products>::default(), Arc::<Stock>::default(), Arc::<Codes>::default());
        let office = Arc::<Office>::default();
        let settings = CartSettings { currency: Currency::EUR, shop: TestShop::open() };
        let carts = LocalCarts::new(
            kit.kit(),
            db,
            products.clone(),
            stock.clone(),
            codes.clone(),
            office.clone(),
            settings,
        );
        Self { carts: carts.into(), products, stock, codes, office, ctx: Ctx::guest("test") }
    }

    /// Something to buy, never out of stock.
    pub fn with(self, number: u128, minor: i64) -> Self {
        self.products.put(variant(number), minor);
        self
    }

    pub fn with_stock(self, number: u128, minor: i64, pieces: i64) -> Self {
        self.stock.set(variant(number), pieces);
        self.with(number, minor)
    }

    pub async fn cart(&self) -> Cart {
        self.carts.create(&self.ctx).await.expect("a cart")
    }

    pub async fn add(&self, cart: &Cart, number: u128, quantity: i64) -> Cart {
        self.carts.add_line(&self.ctx, &cart.token, line(number, quantity)).await.expect("added")
    }

    pub async fn get(&self, cart: &Cart) -> Cart {
        self.carts.get(&self.ctx, &cart.token).await.expect("the cart")
    }
}

pub fn variant(number: u128) -> VariantId {
    VariantId::new(Uuid::from_u128(number))
}

pub fn line(number: u128, quantity: i64) -> AddLine {
    AddLine { variant_id: variant(number), quantity }
}

pub fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

pub fn address(country: &str) -> Address {
    Address {
        name: "Ada Lovelace".into(),
        line1: "1 Main St".into(),
        city: "Bern".into(),
        country: country.into(),
        ..Address::default()
    }
}

/// Variants and pieces, in the order of the cart.
pub fn content(cart: &Cart) -> Vec<(u128, i64)> {
    cart.lines.iter().map(|line| (line.variant_id.uuid().as_u128(), line.quantity)).collect()
}

pub fn warned(cart: &Cart) -> Vec<&str> {
    cart.warnings.iter().map(|warning| warning.code.as_str()).collect()
}

pub fn is_conflict<T>(result: &souk_contract::Result<T>, code: &str) -> bool {
    matches!(result, Err(Error::Conflict { code: found, .. }) if found == code)
}

/// The fields that the answer names.
pub fn wrong_fields<T: std::fmt::Debug>(result: souk_contract::Result<T>) -> Vec<String> {
    match result {
        Err(Error::Invalid { fields }) => fields.into_iter().map(|field| field.field).collect(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn both_engines_have_the_same_tables_and_columns() {
    souk_kernel::testing::assert_same_schema("cart", MIGRATIONS, &[]).await;
}
