//! Returns: pieces that shoppers send back, from asking to the money.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Ctx, Event, FulfillmentLine, LocationId, Money, OrderId, OrderLineId, Page, PageRequest, RefundId,
    RefundState, ReservationId, ReserveLine, Result, ReturnId, ReturnReceiptId, Timestamp, Tracking,
    VariantId,
};

/// `requested → approved → in_transit → received → inspected → refunded → closed`; what is skipped is no fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReturnState {
    /// The shopper asks; nobody has answered.
    Requested,
    /// The shopper knows where to send it.
    Approved,
    InTransit,
    /// Some of it is here: more is to come, or to be looked at.
    Received,
    /// All that comes is here, and every piece was looked at.
    Inspected,
    /// The money went back.
    Refunded,
    Closed,
    Declined,
    /// Given up before anything came.
    Cancelled,
}

impl ReturnState {
    pub const ALL: [Self; 9] = [
        Self::Requested,
        Self::Approved,
        Self::InTransit,
        Self::Received,
        Self::Inspected,
        Self::Refunded,
        Self::Closed,
        Self::Declined,
        Self::Cancelled,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Approved => "approved",
            Self::InTransit => "in_transit",
            Self::Received => "received",
            Self::Inspected => "inspected",
            Self::Refunded => "refunded",
            Self::Closed => "closed",
            Self::Declined => "declined",
            Self::Cancelled => "cancelled",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Its pieces are on their way, or may come.
    pub fn is_awaited(self) -> bool {
        matches!(self, Self::Requested | Self::Approved | Self::InTransit | Self::Received)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReturnReason {
    ChangedMind,
    DoesNotFit,
    NotAsDescribed,
    /// It came broken.
    Damaged,
    /// It does not work.
    Defective,
    WrongItem,
    TooLate,
    Other,
}

impl ReturnReason {
    pub const ALL: [Self; 8] = [
        Self::ChangedMind,
        Self::DoesNotFit,
        Self::NotAsDescribed,
        Self::Damaged,
        Self::Defective,
        Self::WrongItem,
        Self::TooLate,
        Self::Other,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::ChangedMind => "changed_mind",
            Self::DoesNotFit => "does_not_fit",
            Self::NotAsDescribed => "not_as_described",
            Self::Damaged => "damaged",
            Self::Defective => "defective",
            Self::WrongItem => "wrong_item",
            Self::TooLate => "too_late",
            Self::Other => "other",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text)
    }

    /// As people say it.
    pub fn words(self) -> &'static str {
        match self {
            Self::ChangedMind => "Changed my mind",
            Self::DoesNotFit => "Does not fit",
            Self::NotAsDescribed => "Not as described",
            Self::Damaged => "Came damaged",
            Self::Defective => "Does not work",
            Self::WrongItem => "Not what I ordered",
            Self::TooLate => "Came too late",
            Self::Other => "Another reason",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Return {
    pub id: ReturnId,
    /// What people call it: `R1001-1`.
    pub name: String,
    pub order_id: OrderId,
    /// The browser, whose bytes are counted, does not read it.
    #[serde(default)]
    #[cfg_attr(target_arch = "wasm32", serde(skip_deserializing))]
    pub order_number: i64,
    pub state: ReturnState,
    pub lines: Vec<ReturnLine>,
    /// Of whoever asked for it.
    pub note: String,
    /// The shop's words for the shopper: where to send it, or why it was declined.
    pub reply: String,
    pub tracking: Option<Tracking>,
    /// What was granted last for what came.
    pub refund: Option<ReturnRefund>,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Return {
    /// Pieces that are here and were not looked at.
    pub fn unsorted(&self) -> i64 {
        self.lines.iter().map(|line| line.received - line.resellable - line.damaged).sum()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReturnLine {
    pub order_line_id: OrderLineId,
    pub product_title: String,
    pub variant_title: String,
    pub reason: ReturnReason,
    /// Pieces that are to come.
    pub expected: i64,
    /// Of `expected`.
    pub received: i64,
    /// Of `received`: fit to be sold again, and back on the shelf.
    pub resellable: i64,
    /// Of `received`: not fit to be sold.
    pub damaged: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReturnRefund {
    pub id: RefundId,
    pub state: RefundState,
    /// Tax included.
    pub amount: Money,
}

/// A return as a list shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReturnSummary {
    pub id: ReturnId,
    pub name: String,
    pub order_id: OrderId,
    /// As of [`Return`].
    #[serde(default)]
    #[cfg_attr(target_arch = "wasm32", serde(skip_deserializing))]
    pub order_number: i64,
    pub state: ReturnState,
    /// Whom the order was sent to.
    pub recipient: String,
    /// Pieces.
    pub expected: i64,
    pub received: i64,
    pub created_at: Timestamp,
}

/// All conditions hold together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(default)]
pub struct ReturnQuery {
    /// The number of an order or of a return: `1001`, `#1001`, `R1001-1`.
    pub text: Option<String>,
    pub state: Option<ReturnState>,
    /// `next` of the page before.
    pub after: Option<String>,
    /// 1 to 100; 24 where not given.
    pub limit: Option<u32>,
}

impl ReturnQuery {
    pub fn page(&self) -> PageRequest {
        PageRequest { after: self.after.clone(), limit: self.limit }
    }
}

/// What of an order comes back, and what still may.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderReturns {
    /// Oldest first.
    pub returns: Vec<Return>,
    /// What may be sent back now: to a shopper within the shop's days to return, to staff whenever it was sent.
    pub returnable: Vec<FulfillmentLine>,
    /// Until when a shopper may ask for some of it; none where they may not. The browser does not read it.
    #[serde(default)]
    #[cfg_attr(target_arch = "wasm32", serde(skip_deserializing))]
    pub until: Option<Timestamp>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct CreateReturn {
    /// Names it: the same id again finds what it made. None: a new one.
    pub id: Option<ReturnId>,
    /// Each line of the order once.
    pub lines: Vec<ReturnPieces>,
    /// Up to 500 characters.
    pub note: String,
    /// From staff, for the shopper: where to send it. Up to 2,000 characters.
    pub reply: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReturnPieces {
    pub order_line_id: OrderLineId,
    /// At least 1.
    pub quantity: i64,
    pub reason: ReturnReason,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReturnStep {
    Approve,
    Decline,
    /// The shopper has sent it.
    Send,
    Cancel,
    /// Nothing is left to do.
    Close,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MoveReturn {
    pub step: ReturnStep,
    /// For the shopper. `approve`: where to send it; `decline`: why, which is needed. Up to 2,000 characters.
    #[serde(default)]
    pub reply: String,
    /// With `send`; replaces what is known.
    #[serde(default)]
    pub tracking: Option<Tracking>,
}

/// Pieces that came, were looked at, or both.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ReceiveReturn {
    /// Names it: the same id again changes nothing. None: a new one.
    pub id: Option<ReturnReceiptId>,
    /// Where they are put. None: where they were sent from.
    pub location_id: Option<LocationId>,
    /// Each line of the return at most once; none where only `last` is said.
    pub lines: Vec<ReturnArrival>,
    /// Nothing more will come: what did not is free to be returned another time.
    pub last: bool,
}

/// None below 0, and not all 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReturnArrival {
    pub order_line_id: OrderLineId,
    /// Pieces more that are here.
    #[serde(default)]
    pub received: i64,
    /// Pieces more, of those that are here, that were found fit to be sold.
    #[serde(default)]
    pub resellable: i64,
    /// Pieces more, of those that are here, that were found not to be.
    #[serde(default)]
    pub damaged: i64,
}

/// The money for all that came, less what is kept back.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct RefundReturn {
    /// Names the refund: the same id again finds what became of it. None: a new one.
    pub id: Option<RefundId>,
    /// Of what was paid for delivery, tax included.
    pub shipping: Option<Money>,
    /// Kept back, tax included: for damage, say. At most what the goods come to.
    pub less: Option<Money>,
    /// Up to 300 characters; it stands on the credit note.
    pub reason: String,
    /// What staff saw. Another amount is refused with `total_changed`, and nothing goes back.
    pub expected: Option<Money>,
}

/// What a refund would come to, tax included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReturnQuote {
    /// For the pieces, before anything is kept back.
    pub goods: Money,
    pub shipping: Money,
    pub less: Money,
    /// In all.
    pub amount: Money,
    /// Of `amount`.
    pub tax: Money,
    /// What of the delivery can still go back.
    pub shipping_left: Money,
}

/// How shoppers name an order of theirs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum OwnOrder {
    /// Of the customer who is signed in.
    Id(OrderId),
    /// By its signed link: [`crate::Order::access_token`].
    Link(String),
}

#[async_trait]
pub trait Returns: Send + Sync {
    // Shoppers
    async fn of_own(&self, ctx: &Ctx, order: &OwnOrder) -> Result<OrderReturns>;
    /// `Conflict`: `too_many` where that many can't be sent back (any more), `too_late`.
    async fn ask(&self, ctx: &Ctx, order: &OwnOrder, request: CreateReturn) -> Result<Return>;
    /// Before it was sent. `Conflict wrong_state`.
    async fn give_up(&self, ctx: &Ctx, order: &OwnOrder, id: ReturnId) -> Result<Return>;

    // Staff
    /// Newest first.
    async fn list(&self, ctx: &Ctx, query: &ReturnQuery) -> Result<Page<ReturnSummary>>;
    async fn get(&self, ctx: &Ctx, id: ReturnId) -> Result<Return>;
    async fn of_order(&self, ctx: &Ctx, order: OrderId) -> Result<OrderReturns>;
    /// Approved at once. `Conflict too_many`.
    async fn create(&self, ctx: &Ctx, order: OrderId, request: CreateReturn) -> Result<Return>;
    /// The step it has taken already changes nothing; one that can't follow is a `Conflict wrong_state`.
    /// `Conflict`: `stale_version`; `already_received` where some of what would be cancelled came.
    async fn move_on(
        &self,
        ctx: &Ctx,
        id: ReturnId,
        request: MoveReturn,
        if_version: Option<i64>,
    ) -> Result<Return>;
    /// What is fit to be sold is on the shelf afterwards. `Conflict`: `wrong_state`, `stale_version`; `too_many` where
    /// more would come than is expected, or be looked at than is here.
    async fn receive(
        &self,
        ctx: &Ctx,
        id: ReturnId,
        request: ReceiveReturn,
        if_version: Option<i64>,
    ) -> Result<Return>;
    /// Changes nothing. Refusals as of `refund`.
    async fn quote(&self, ctx: &Ctx, id: ReturnId, request: RefundReturn) -> Result<ReturnQuote>;
    /// Once it is inspected. `Conflict`: `wrong_state`, `not_paid`, `too_many`, `more_than_paid`, `total_changed`,
    /// `stale_version`. One that the gateway refuses stands in the return as `failed`, and may be tried again.
    async fn refund(
        &self,
        ctx: &Ctx,
        id: ReturnId,
        request: RefundReturn,
        if_version: Option<i64>,
    ) -> Result<Return>;
}

/// A return has come to a state.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReturnMoved {
    pub order_id: OrderId,
    pub return_id: ReturnId,
    pub state: ReturnState,
}

impl Event for ReturnMoved {
    const KIND: &'static str = "orders.return_moved";
    fn key(&self) -> Uuid {
        self.order_id.uuid()
    }
}

/// Pieces that came back were looked at.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReturnSorted {
    pub order_id: OrderId,
    pub return_id: ReturnId,
    /// What people call it.
    pub name: String,
    pub reservation_id: ReservationId,
    /// None: where they were sent from.
    pub location_id: Option<LocationId>,
    pub resellable: Vec<ReserveLine>,
    pub damaged: Vec<ReserveLine>,
}

impl Event for ReturnSorted {
    const KIND: &'static str = "orders.return_sorted";
    fn key(&self) -> Uuid {
        self.order_id.uuid()
    }
}

/// What the ledger of stock says of a return.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnedStock {
    pub return_id: ReturnId,
    pub variant_id: VariantId,
    pub resellable: i64,
    pub damaged: i64,
}
