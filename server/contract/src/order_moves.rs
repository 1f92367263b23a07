//! One step for many orders.

use serde::{Deserialize, Serialize};

use crate::OrderId;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OrdersStep {
    /// Everything that is left leaves: parcels that are packed, and one with the rest. Customers are written to.
    Ship,
    /// The money that was awaited is there; takes `payments:write`.
    ConfirmPayment,
    /// All that is held for it is taken; takes `payments:write`.
    Capture,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MoveOrders {
    /// 1 to 100.
    pub orders: Vec<OrderId>,
    pub step: OrdersStep,
}

/// Each order by itself: one that is refused keeps none of the others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrdersMoved {
    pub done: Vec<OrderId>,
    pub refused: Vec<OrderRefused>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderRefused {
    pub order_id: OrderId,
    /// What people call it; none where there is no such order.
    pub number: Option<i64>,
    /// `not_paid`, `nothing_left`, `order_closed`, `payment_not_awaited`, `payment_not_authorized`, `not_found`, …
    pub code: String,
    pub message: String,
}
