//! Refunds: money that goes back, line by line, and what becomes of the pieces.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Event, FulfillmentState, Money, Order, OrderId, OrderLineId, RefundId, ReservationId, Timestamp,
    VariantId,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RefundState {
    /// Granted; the gateway has not answered yet. It is asked again until it has.
    Pending,
    Succeeded,
    /// The gateway refused: nothing went back, and its pieces count as before.
    Failed,
}

impl RefundState {
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

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Refund {
    pub id: RefundId,
    /// What people call it: `1001-R1`.
    pub name: String,
    pub state: RefundState,
    pub lines: Vec<RefundLine>,
    /// Of what was paid for delivery, tax included.
    pub shipping: Money,
    /// For no line: a gesture. Tax included.
    pub other: Money,
    /// What goes back in all, tax included.
    pub amount: Money,
    /// Of `amount`.
    pub tax: Money,
    /// For the books and the credit note.
    pub reason: String,
    /// Why the gateway refused.
    pub failure: Option<String>,
    pub created_at: Timestamp,
    /// When the gateway answered.
    pub settled_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RefundLine {
    pub order_line_id: OrderLineId,
    /// Pieces refunded.
    pub quantity: i64,
    /// Of them those that were never sent: they leave the order. The others come back.
    pub removed: i64,
    /// Whether they can be sold again.
    pub restock: bool,
    /// Without the tax where that comes on top.
    pub amount: Money,
    pub tax: Money,
}

/// What is wished for: pieces of lines, delivery, and an amount for nothing in particular.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct CreateRefund {
    /// Names it: the same id again finds what became of it. None: a new one.
    pub id: Option<RefundId>,
    pub lines: Vec<RefundPieces>,
    /// Tax included, at most what was paid for delivery and not refunded yet.
    pub shipping: Option<Money>,
    /// Tax included; for a gesture.
    pub other: Option<Money>,
    /// Up to 300 characters; it stands on the credit note.
    pub reason: String,
    /// What staff saw. Another amount is refused with `total_changed`, and nothing goes back.
    pub expected: Option<Money>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RefundPieces {
    pub order_line_id: OrderLineId,
    /// At least 1. Pieces that were not sent go first.
    pub quantity: i64,
    /// They can be sold again.
    #[serde(default = "yes")]
    pub restock: bool,
}

fn yes() -> bool {
    true
}

impl Order {
    /// Refunds that stand: granted or done.
    fn standing(&self) -> impl Iterator<Item = &Refund> {
        self.refunds.iter().filter(|refund| refund.state != RefundState::Failed)
    }

    /// What went back or is about to, tax included.
    pub fn refunded(&self) -> Money {
        let minor = self.standing().map(|refund| refund.amount.minor).sum();
        Money::new(minor, self.total.currency)
    }

    pub fn refunded_shipping(&self) -> Money {
        let minor = self.standing().map(|refund| refund.shipping.minor).sum();
        Money::new(minor, self.total.currency)
    }

    /// Pieces of a line that left in a parcel.
    pub fn shipped(&self, line: OrderLineId) -> i64 {
        let left = |state| matches!(state, FulfillmentState::Shipped | FulfillmentState::Delivered);
        self.fulfillments
            .iter()
            .filter(|parcel| left(parcel.state))
            .flat_map(|parcel| &parcel.lines)
            .filter(|piece| piece.order_line_id == line)
            .map(|piece| piece.quantity)
            .sum()
    }
}

/// Money went back. What was never sent is no longer promised; what came back may be on the shelf again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OrderRefunded {
    pub order_id: OrderId,
    pub refund_id: RefundId,
    pub reservation_id: ReservationId,
    pub removed: Vec<RefundedPieces>,
    pub returned: Vec<RefundedPieces>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundedPieces {
    pub variant_id: VariantId,
    pub quantity: i64,
    pub restock: bool,
}

impl Event for OrderRefunded {
    const KIND: &'static str = "orders.order_refunded";
    fn key(&self) -> Uuid {
        self.order_id.uuid()
    }
}
