//! Orders and the checkout that makes them.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Address, CheckoutId, Ctx, Delivery, Difference, Event, Media, Money, OrderId, OrderLineId, Page,
    PageRequest, Payment, ProductId, Result, Timestamp, TraceStep, VariantId,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    /// Placed; the money is awaited.
    Pending,
    Open,
    Completed,
    Cancelled,
}

impl OrderStatus {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Open => "open",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Pending, Self::Open, Self::Completed, Self::Cancelled]
            .into_iter()
            .find(|status| status.as_str() == text)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OrderPaymentStatus {
    None,
    Authorized,
    Paid,
    Voided,
}

impl OrderPaymentStatus {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Authorized => "authorized",
            Self::Paid => "paid",
            Self::Voided => "voided",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::None, Self::Authorized, Self::Paid, Self::Voided]
            .into_iter()
            .find(|status| status.as_str() == text)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FulfillmentStatus {
    Unfulfilled,
    Fulfilled,
    Cancelled,
}

impl FulfillmentStatus {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unfulfilled => "unfulfilled",
            Self::Fulfilled => "fulfilled",
            Self::Cancelled => "cancelled",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Unfulfilled, Self::Fulfilled, Self::Cancelled]
            .into_iter()
            .find(|status| status.as_str() == text)
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Order {
    pub id: OrderId,
    /// What people call it: `1001`.
    pub number: i64,
    pub status: OrderStatus,
    pub payment_status: OrderPaymentStatus,
    pub fulfillment_status: FulfillmentStatus,
    pub email: String,
    pub shipping_address: Option<Address>,
    pub billing_address: Option<Address>,
    pub note: String,
    pub delivery: Option<Delivery>,
    pub lines: Vec<OrderLine>,
    pub subtotal: Money,
    pub discount: Money,
    pub shipping: Money,
    pub shipping_discount: Money,
    pub tax: Money,
    pub tax_inclusive: bool,
    pub total: Money,
    pub trace: Vec<TraceStep>,
    pub payments: Vec<Payment>,
    /// For `/orders/{access_token}`: shows this one order without signing in. Only in answers to its owner and staff.
    pub access_token: String,
    pub version: i64,
    pub placed_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderLine {
    pub id: OrderLineId,
    pub variant_id: VariantId,
    pub product_id: ProductId,
    pub product_handle: String,
    pub product_title: String,
    pub variant_title: String,
    pub sku: Option<String>,
    pub media: Option<Media>,
    pub quantity: i64,
    pub unit_price: Money,
    pub discount: Money,
    pub tax: Money,
    /// `unit_price * quantity - discount`.
    pub total: Money,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderSummary {
    pub id: OrderId,
    pub number: i64,
    pub status: OrderStatus,
    pub payment_status: OrderPaymentStatus,
    pub fulfillment_status: FulfillmentStatus,
    pub email: String,
    pub item_count: i64,
    pub total: Money,
    pub access_token: String,
    pub placed_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PlaceOrder {
    pub cart_token: String,
    /// `code` of a `PaymentMethod`.
    pub payment_method: String,
    #[serde(default)]
    pub payment_token: Option<String>,
    /// What the shopper saw. Another total is refused with `total_changed`, and nothing is charged.
    #[serde(default)]
    pub expected_total: Option<Money>,
}

#[async_trait]
pub trait Orders: Send + Sync {
    /// Runs the checkout to its end. The same `checkout` again answers the same order; after a decline the cart
    /// is open again and a new checkout is needed.
    ///
    /// `Conflict`: `out_of_stock`, `payment_declined`, `total_changed`, `cart_completing`, `code_used_up`;
    /// `checkout_reused` where the same `checkout` comes with another request.
    async fn place(&self, ctx: &Ctx, checkout: CheckoutId, request: PlaceOrder) -> Result<Order>;
    /// The customer's own, or any for staff.
    async fn get(&self, ctx: &Ctx, id: OrderId) -> Result<Order>;
    async fn by_access_token(&self, ctx: &Ctx, token: &str) -> Result<Order>;
    /// The signed-in customer's, newest first.
    async fn mine(&self, ctx: &Ctx, page: &PageRequest) -> Result<Page<OrderSummary>>;

    // Staff
    async fn list(&self, ctx: &Ctx, page: &PageRequest) -> Result<Page<OrderSummary>>;
    /// Gives stock back and voids what isn't captured; `Conflict payment_captured` once paid.
    async fn cancel(&self, ctx: &Ctx, id: OrderId, if_version: Option<i64>) -> Result<Order>;
    /// Takes unfinished checkouts up again where a crash left them; runs at start and every minute.
    async fn resume(&self, ctx: &Ctx) -> Result<u64>;
    /// Lines against totals, orders against payments and reservations.
    async fn verify(&self, ctx: &Ctx) -> Result<Vec<Difference>>;
}

macro_rules! order_event {
    ($name:ident, $kind:literal) => {
        #[derive(Debug, Clone, Serialize, Deserialize)]
        pub struct $name {
            pub order_id: OrderId,
        }

        impl Event for $name {
            const KIND: &'static str = $kind;
            fn key(&self) -> Uuid {
                self.order_id.uuid()
            }
        }
    };
}

order_event!(OrderPlaced, "orders.order_placed");
order_event!(OrderPaid, "orders.order_paid");
order_event!(OrderCancelled, "orders.order_cancelled");
