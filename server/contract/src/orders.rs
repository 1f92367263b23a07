//! Orders and the checkout that makes them.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Address, CheckoutAction, CheckoutId, CreateRefund, Ctx, CustomerId, Delivery, Difference, Document,
    Event, FulfillmentId, Media, Money, MoveOrders, OrderId, OrderLineId, OrdersMoved, Page, PageRequest,
    Payment, Placed, ProductId, Refund, ReservationId, ReserveLine, Result, TaxExemption, TaxShare,
    Timestamp, TraceStep, VariantId,
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
    /// A part of the money came.
    PartiallyPaid,
    Paid,
    /// A part of the money went back.
    PartiallyRefunded,
    /// All of it went back.
    Refunded,
    Voided,
}

impl OrderPaymentStatus {
    pub const ALL: [Self; 7] = [
        Self::None,
        Self::Authorized,
        Self::PartiallyPaid,
        Self::Paid,
        Self::PartiallyRefunded,
        Self::Refunded,
        Self::Voided,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Authorized => "authorized",
            Self::PartiallyPaid => "partially_paid",
            Self::Paid => "paid",
            Self::PartiallyRefunded => "partially_refunded",
            Self::Refunded => "refunded",
            Self::Voided => "voided",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// All of the money came, and not all of it went back.
    pub fn is_paid(self) -> bool {
        matches!(self, Self::Paid | Self::PartiallyRefunded)
    }
}

/// How far an order is: follows from its fulfillments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FulfillmentStatus {
    Unfulfilled,
    /// Some of it was shipped.
    PartiallyFulfilled,
    /// All of it was shipped.
    Fulfilled,
    PartiallyDelivered,
    Delivered,
    /// All of it was shipped, and some of it came back.
    PartiallyReturned,
    /// All that was shipped came back.
    Returned,
    Cancelled,
}

impl FulfillmentStatus {
    pub const ALL: [Self; 8] = [
        Self::Unfulfilled,
        Self::PartiallyFulfilled,
        Self::Fulfilled,
        Self::PartiallyDelivered,
        Self::Delivered,
        Self::PartiallyReturned,
        Self::Returned,
        Self::Cancelled,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unfulfilled => "unfulfilled",
            Self::PartiallyFulfilled => "partially_fulfilled",
            Self::Fulfilled => "fulfilled",
            Self::PartiallyDelivered => "partially_delivered",
            Self::Delivered => "delivered",
            Self::PartiallyReturned => "partially_returned",
            Self::Returned => "returned",
            Self::Cancelled => "cancelled",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// Of one fulfillment: what is packed and travels together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FulfillmentState {
    /// To be picked.
    Pending,
    /// Picked and being packed.
    Processing,
    Shipped,
    Delivered,
    /// Given up before it was shipped: its pieces wait for another.
    Cancelled,
}

impl FulfillmentState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Processing => "processing",
            Self::Shipped => "shipped",
            Self::Delivered => "delivered",
            Self::Cancelled => "cancelled",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Fulfillment {
    pub id: FulfillmentId,
    /// What people call it: `1001-1`.
    pub name: String,
    pub state: FulfillmentState,
    pub lines: Vec<FulfillmentLine>,
    pub tracking: Option<Tracking>,
    /// What was taken for it when it left, where the way to pay takes money at shipping.
    pub capture: Option<ParcelCapture>,
    pub created_at: Timestamp,
    pub shipped_at: Option<Timestamp>,
    pub delivered_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CaptureState {
    /// The gateway has not answered yet. It is asked again until it has.
    Pending,
    Succeeded,
    /// The gateway refused.
    Failed,
}

impl CaptureState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Pending, Self::Succeeded, Self::Failed].into_iter().find(|state| state.as_str() == text)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ParcelCapture {
    pub amount: Money,
    pub state: CaptureState,
    /// Why the gateway refused.
    pub failure: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FulfillmentLine {
    pub order_line_id: OrderLineId,
    /// Pieces, at least 1.
    pub quantity: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Tracking {
    /// As shoppers know it; up to 60 characters.
    #[serde(default)]
    pub carrier: String,
    /// Up to 100 characters.
    pub number: String,
    /// Where the parcel is followed: `https://…`
    #[serde(default)]
    pub url: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct CreateFulfillment {
    /// Names it: the same id again finds what it made. None: a new one.
    pub id: Option<FulfillmentId>,
    /// None: everything that is left.
    pub lines: Vec<FulfillmentLine>,
    pub tracking: Option<Tracking>,
    /// It leaves right away.
    pub ship: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FulfillmentStep {
    Pack,
    Ship,
    Deliver,
    Cancel,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MoveFulfillment {
    pub step: FulfillmentStep,
    /// Replaces what is known; none keeps it.
    #[serde(default)]
    pub tracking: Option<Tracking>,
}

/// All conditions hold together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(default)]
pub struct OrderQuery {
    /// A number (`1001`, `#1001`), or how the mail address or the recipient's name begins.
    pub text: Option<String>,
    pub status: Option<OrderStatus>,
    pub payment_status: Option<OrderPaymentStatus>,
    pub fulfillment_status: Option<FulfillmentStatus>,
    pub customer_id: Option<CustomerId>,
    /// Has this tag; letters' case does not matter.
    pub tag: Option<String>,
    /// `next` of the page before.
    pub after: Option<String>,
    /// 1 to 100; 24 where not given.
    pub limit: Option<u32>,
}

impl OrderQuery {
    pub fn page(&self) -> PageRequest {
        PageRequest { after: self.after.clone(), limit: self.limit }
    }
}

/// From one moment to another, the second not included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Period {
    pub from: Timestamp,
    pub until: Timestamp,
}

/// What was ordered in a period and not cancelled, by when it was placed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Sales {
    pub period: Period,
    pub orders: i64,
    /// One sum per currency.
    pub totals: Vec<Money>,
    /// Of these orders, what went back by now; one sum per currency.
    pub refunded: Vec<Money>,
}

/// What waits for somebody. Counted up to 1,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrdersWaiting {
    /// Paid or authorised, and not all of it shipped.
    pub to_fulfil: i64,
    /// Placed, and the money has not come.
    pub to_pay: i64,
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
    /// Of delivery. Papers say it; the browser, whose bytes are counted, does not read it.
    #[serde(default)]
    #[cfg_attr(target_arch = "wasm32", serde(skip_deserializing))]
    pub shipping_taxes: Vec<TaxShare>,
    /// Why none was taken. As `shipping_taxes`.
    #[serde(default)]
    #[cfg_attr(target_arch = "wasm32", serde(skip_deserializing))]
    pub tax_exempt: Option<TaxExemption>,
    pub total: Money,
    /// Of `total`, what has come; what went back since is in `refunds`.
    pub paid: Money,
    pub trace: Vec<TraceStep>,
    pub payments: Vec<Payment>,
    /// Oldest first.
    pub fulfillments: Vec<Fulfillment>,
    /// Oldest first.
    pub refunds: Vec<Refund>,
    /// The merchant's own words for it, in their order. Only in answers to staff.
    pub tags: Vec<String>,
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
    /// What `tax` is made of; empty on orders from before rates were kept. As `shipping_taxes`.
    #[serde(default)]
    #[cfg_attr(target_arch = "wasm32", serde(skip_deserializing))]
    pub taxes: Vec<TaxShare>,
    /// `unit_price * quantity - discount`.
    pub total: Money,
    /// Pieces in fulfillments that were not cancelled.
    pub fulfilled: i64,
    /// Pieces whose money went back or is about to.
    pub refunded: i64,
    /// Of them those that were never sent and won't be.
    pub removed: i64,
}

impl OrderLine {
    /// Pieces that can go into the next parcel.
    pub fn left(&self) -> i64 {
        self.quantity - self.fulfilled - self.removed
    }
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
    /// Whom it is sent to.
    pub name: String,
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
    ///
    /// Where the bank asks the shopper first, it waits. Another request for that cart gives up what waits, unless it was
    /// confirmed meanwhile: then its order is the answer.
    async fn place(&self, ctx: &Ctx, checkout: CheckoutId, request: PlaceOrder) -> Result<Placed>;
    /// What became of a checkout that waited, by [`CheckoutAction::token`]; asks the gateway, and goes on. Errors as of
    /// `place`, and `payment_given_up`.
    async fn checkout(&self, ctx: &Ctx, token: &str) -> Result<Placed>;
    /// What a cart waits for. The gateway is not asked.
    async fn waits_for(&self, ctx: &Ctx, cart_token: &str) -> Result<Option<CheckoutAction>>;
    /// Gives up what a cart waits for: its payment is void, and the cart open again. The order, where it was confirmed
    /// meanwhile.
    async fn give_up(&self, ctx: &Ctx, cart_token: &str) -> Result<Option<Order>>;
    /// The customer's own, or any for staff.
    async fn get(&self, ctx: &Ctx, id: OrderId) -> Result<Order>;
    async fn by_access_token(&self, ctx: &Ctx, token: &str) -> Result<Order>;
    /// The signed-in customer's, newest first.
    async fn mine(&self, ctx: &Ctx, page: &PageRequest) -> Result<Page<OrderSummary>>;

    // Staff
    /// Newest first.
    async fn list(&self, ctx: &Ctx, query: &OrderQuery) -> Result<Page<OrderSummary>>;
    /// In the order asked; at most 100 periods.
    async fn sales(&self, ctx: &Ctx, periods: &[Period]) -> Result<Vec<Sales>>;
    async fn waiting(&self, ctx: &Ctx) -> Result<OrdersWaiting>;
    /// Picks pieces for one parcel. `Conflict`: `nothing_left`, `too_many` (more than is left), `order_closed`,
    /// `stale_version`.
    async fn fulfil(
        &self,
        ctx: &Ctx,
        id: OrderId,
        request: CreateFulfillment,
        if_version: Option<i64>,
    ) -> Result<Order>;
    /// Packs, ships, delivers or gives up a parcel. The step it has taken already changes nothing but the tracking;
    /// one that can't follow is a `Conflict wrong_state`.
    async fn move_fulfillment(
        &self,
        ctx: &Ctx,
        id: OrderId,
        fulfillment: FulfillmentId,
        request: MoveFulfillment,
    ) -> Result<Order>;
    /// Gives stock back and voids what isn't captured; `Conflict payment_captured` once paid, `already_shipped`
    /// once a part of it has left.
    async fn cancel(&self, ctx: &Ctx, id: OrderId, if_version: Option<i64>) -> Result<Order>;
    /// Sends money back and says what becomes of the pieces. `Conflict`: `not_paid`, `too_many`, `in_parcel` (what
    /// is packed and has not left is given up first), `more_than_paid`, `total_changed`, `stale_version`.
    /// A refund that the gateway refuses is in the order as `failed`, and is no error.
    async fn refund(
        &self,
        ctx: &Ctx,
        id: OrderId,
        request: CreateRefund,
        if_version: Option<i64>,
    ) -> Result<Order>;
    /// One step for up to 100 orders, each by itself.
    async fn move_orders(&self, ctx: &Ctx, request: MoveOrders) -> Result<OrdersMoved>;
    /// Up to 20 of up to 40 characters each; letters' case does not tell two apart.
    async fn set_tags(
        &self,
        ctx: &Ctx,
        id: OrderId,
        tags: Vec<String>,
        if_version: Option<i64>,
    ) -> Result<Order>;
    /// For colleagues; it stands in the order's history. Up to 2,000 characters.
    async fn add_note(&self, ctx: &Ctx, id: OrderId, text: &str) -> Result<()>;
    /// The invoice, made and numbered at the first call; `Conflict not_paid` before the money came.
    async fn invoice(&self, ctx: &Ctx, id: OrderId) -> Result<Document>;
    /// What was issued for an order: its invoice and its credit notes, oldest first.
    async fn documents(&self, ctx: &Ctx, id: OrderId) -> Result<Vec<Document>>;
    /// Takes unfinished checkouts, captures and refunds up again where a crash left them; runs at start and every minute.
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

/// A parcel has left: its pieces are no longer on the shelf.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OrderShipped {
    pub order_id: OrderId,
    pub fulfillment_id: FulfillmentId,
    pub reservation_id: ReservationId,
    pub lines: Vec<ReserveLine>,
}

impl Event for OrderShipped {
    const KIND: &'static str = "orders.order_shipped";
    fn key(&self) -> Uuid {
        self.order_id.uuid()
    }
}
