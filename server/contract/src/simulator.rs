//! What a promotion would have done to orders that were placed.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{Ctx, Money, OrderId, PromotionId, PromotionInput, Result};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Simulate {
    /// None of it is written.
    pub promotion: PromotionInput,
    /// It is this one after a change: what it did as it was is left out.
    #[serde(default)]
    pub instead_of: Option<PromotionId>,
    /// 1 to 365: orders of so many days until now.
    pub days: i64,
}

/// As if everybody who fits had used it, its code included, and had bought the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Simulation {
    /// Orders that were looked at: those that stand, newest first, up to 500.
    pub orders: i64,
    /// There were more.
    pub more: bool,
    /// What was paid for them.
    pub paid: Money,
    /// Orders that would have got it.
    pub fits: i64,
    /// What shoppers would have paid less in all, with what other promotions would then not have given.
    pub cost: Money,
    /// Other promotions that would have given way to it, or kept it out.
    pub conflicts: Vec<SimulatedConflict>,
    /// Why others would not have got it, the most frequent first, up to 10.
    pub reasons: Vec<SimulatedReason>,
    /// Orders that would have got it, newest first, up to 20.
    pub examples: Vec<SimulatedOrder>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SimulatedConflict {
    pub title: String,
    /// Orders in which it would not have applied any more.
    pub gives_way: i64,
    /// Orders in which it would have kept this one out.
    pub keeps_out: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SimulatedReason {
    /// As in a trace: `minimum`, `condition`.
    pub reason: String,
    pub orders: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SimulatedOrder {
    pub id: OrderId,
    pub number: i64,
    /// What it would have taken off this order.
    pub amount: Money,
    pub message: String,
}

#[async_trait]
pub trait Simulator: Send + Sync {
    /// Staff who may write promotions and read orders.
    async fn simulate(&self, ctx: &Ctx, request: Simulate) -> Result<Simulation>;
}
