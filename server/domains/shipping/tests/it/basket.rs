//! One cart in memory: what delivery asks of its neighbour, and nothing else.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use souk_contract::{
    AddLine, Address, Availability, Cart, CartId, CartLine, CartLineId, CartState, Carts, CheckoutId, Ctx,
    Currency, CustomerId, Delivery, Error, Id, Money, OrderId, PricingRules, Result, TaxRule, Timestamp,
    Totals, UpdateCart,
};
use uuid::Uuid;

pub const TOKEN: &str = "the-token";

pub struct Baskets(Mutex<Cart>);

impl Default for Baskets {
    fn default() -> Self {
        Self(Mutex::new(cart()))
    }
}

impl Baskets {
    pub fn set(&self, change: impl FnOnce(&mut Cart)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub fn cart(&self) -> Cart {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn put(&self, goods_minor: i64, discount_minor: i64, weight_grams: i64) {
        self.set(|cart| {
            cart.totals.subtotal.minor = goods_minor;
            cart.totals.discount.minor = discount_minor;
            cart.lines[0].weight_grams = weight_grams;
        });
    }

    pub fn deliver_to(&self, country: &str) {
        self.set(|cart| {
            cart.shipping_address = Some(Address { country: country.to_owned(), ..Address::default() });
        });
    }
}

fn cart() -> Cart {
    let (one, euro) = (Uuid::from_u128(1), Money::new(1000, Currency::EUR));
    let (tax, zero) = (TaxRule::flat(190_000, true), Money::zero(Currency::EUR));
    Cart {
        id: Id::new(one),
        token: TOKEN.to_owned(),
        state: CartState::Active,
        order_id: None,
        currency: Currency::EUR,
        lines: vec![CartLine {
            id: Id::new(one),
            variant_id: Id::new(one),
            product_id: Id::new(one),
            product_handle: "tea".to_owned(),
            product_title: "Tea".to_owned(),
            variant_title: String::new(),
            sku: None,
            media: None,
            quantity: 1,
            unit_price: euro,
            compare_at: None,
            weight_grams: 250,
            requires_shipping: true,
            taxable: true,
            tax_kind: 0,
            availability: Availability::InStock,
            max_quantity: None,
        }],
        codes: Vec::new(),
        email: None,
        shipping_address: None,
        billing_address: None,
        note: String::new(),
        delivery: None,
        rules: PricingRules { promotions: Vec::new(), complete: true, tax },
        totals: Totals {
            lines: Vec::new(),
            subtotal: euro,
            discount: zero,
            shipping: zero,
            shipping_discount: zero,
            tax: zero,
            tax_inclusive: true,
            total: euro,
            trace: Vec::new(),
        },
        requirements: Vec::new(),
        warnings: Vec::new(),
        version: 1,
        updated_at: Timestamp::from_micros(0).expect("a time"),
    }
}

fn not_delivery<T>() -> Result<T> {
    Err(Error::internal("delivery has no business with this"))
}

#[async_trait]
impl Carts for Baskets {
    async fn get(&self, _: &Ctx, token: &str) -> Result<Cart> {
        if token == TOKEN { Ok(self.cart()) } else { Err(Error::not_found("cart")) }
    }

    async fn set_delivery(&self, ctx: &Ctx, token: &str, delivery: Option<Delivery>) -> Result<Cart> {
        if self.get(ctx, token).await?.state != CartState::Active {
            return Err(Error::conflict("cart_completing", "Your order is being placed right now."));
        }
        self.set(|cart| {
            cart.delivery = delivery;
            cart.version += 1;
        });
        Ok(self.cart())
    }

    async fn create(&self, _: &Ctx) -> Result<Cart> {
        not_delivery()
    }
    async fn add_line(&self, _: &Ctx, _: &str, _: AddLine) -> Result<Cart> {
        not_delivery()
    }
    async fn set_quantity(&self, _: &Ctx, _: &str, _: CartLineId, _: i64) -> Result<Cart> {
        not_delivery()
    }
    async fn agree_price(&self, _: &Ctx, _: &str, _: CartLineId, _: Option<Money>) -> Result<Cart> {
        not_delivery()
    }
    async fn add_code(&self, _: &Ctx, _: &str, _: &str) -> Result<Cart> {
        not_delivery()
    }
    async fn remove_code(&self, _: &Ctx, _: &str, _: &str) -> Result<Cart> {
        not_delivery()
    }
    async fn update(&self, _: &Ctx, _: &str, _: UpdateCart) -> Result<Cart> {
        not_delivery()
    }
    async fn of_customer(&self, _: &Ctx, _: CustomerId) -> Result<Option<Cart>> {
        not_delivery()
    }
    async fn claim(&self, _: &Ctx, _: &str, _: CustomerId) -> Result<Cart> {
        not_delivery()
    }
    async fn begin_completion(&self, _: &Ctx, _: &str, _: CheckoutId, _: &str) -> Result<Cart> {
        not_delivery()
    }
    async fn complete(&self, _: &Ctx, _: CartId, _: CheckoutId, _: OrderId) -> Result<()> {
        not_delivery()
    }
    async fn reopen(&self, _: &Ctx, _: CartId, _: CheckoutId) -> Result<()> {
        not_delivery()
    }
}
