//! Discounts: by code or for everyone.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{Change, Ctx, CustomerId, Money, OrderId, PromotionId, Result, Timestamp};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "FlatAction")]
pub enum PromotionAction {
    /// Off the lines, in hundredths of a percent: 1000 is 10 %.
    Percent {
        basis_points: u32,
    },
    /// Off the lines' sum, spread over them.
    Fixed {
        amount: Money,
    },
    FreeShipping,
}

/// [`PromotionAction`] as it is read: the browser needs far less code for this than for a tagged enum,
/// beside whose tag serde refuses no unknown field.
#[derive(Deserialize)]
#[cfg_attr(feature = "strict", serde(deny_unknown_fields))]
struct FlatAction {
    kind: String,
    #[serde(default)]
    basis_points: Option<u32>,
    #[serde(default)]
    amount: Option<Money>,
}

impl TryFrom<FlatAction> for PromotionAction {
    type Error = &'static str;

    fn try_from(flat: FlatAction) -> std::result::Result<Self, Self::Error> {
        match (flat.kind.as_str(), flat.basis_points, flat.amount) {
            ("percent", Some(basis_points), None) => Ok(Self::Percent { basis_points }),
            ("percent", ..) => Err("a percent action has `basis_points` and nothing else"),
            ("fixed", None, Some(amount)) => Ok(Self::Fixed { amount }),
            ("fixed", ..) => Err("a fixed action has an `amount` and nothing else"),
            ("free_shipping", None, None) => Ok(Self::FreeShipping),
            ("free_shipping", ..) => Err("free shipping has nothing else"),
            _ => Err("`kind` must be percent, fixed or free_shipping"),
        }
    }
}

/// A rule as the pricing engine reads it, in browser and server alike.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PromotionRule {
    pub id: PromotionId,
    pub title: String,
    /// None: applies by itself.
    pub code: Option<String>,
    pub action: PromotionAction,
    /// Lines' sum before discounts that unlocks it.
    pub minimum: Option<Money>,
    /// Whether lines with a compare-at price count.
    pub applies_to_sale_items: bool,
    /// Lower goes first.
    pub priority: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PromotionInput {
    pub title: String,
    #[serde(default)]
    pub code: Option<String>,
    #[cfg_attr(feature = "openapi", schema(schema_with = crate::openapi::closed::<PromotionAction>))]
    pub action: PromotionAction,
    #[serde(default)]
    pub minimum: Option<Money>,
    #[serde(default = "yes")]
    pub applies_to_sale_items: bool,
    #[serde(default)]
    pub priority: i64,
    #[serde(default)]
    pub starts_at: Option<Timestamp>,
    #[serde(default)]
    pub ends_at: Option<Timestamp>,
    /// Orders in all that may use it.
    #[serde(default)]
    pub usage_limit: Option<i64>,
}

fn yes() -> bool {
    true
}

/// Why a code is not at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CodeProblem {
    Unknown,
    NotYet,
    Over,
    UsedUp,
}

/// What became of one code that a shopper typed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CodeLookup {
    /// As typed, trimmed, upper case.
    pub code: String,
    pub found: std::result::Result<PromotionRule, CodeProblem>,
}

#[async_trait]
pub trait Promotions: Send + Sync {
    /// Rules that apply by themselves, now, to everyone.
    async fn automatic(&self, ctx: &Ctx) -> Result<Vec<PromotionRule>>;
    async fn lookup(&self, ctx: &Ctx, codes: &[String]) -> Result<Vec<CodeLookup>>;
    /// Counts a use before payment; `Conflict code_used_up` when the limit is reached. Repeats change nothing.
    async fn redeem(
        &self,
        ctx: &Ctx,
        rules: &[PromotionId],
        order: OrderId,
        customer: Option<CustomerId>,
    ) -> Result<()>;
    /// The order did not come about.
    async fn unredeem(&self, ctx: &Ctx, order: OrderId) -> Result<()>;
    /// Staff. By title.
    async fn put(&self, ctx: &Ctx, promotion: PromotionInput) -> Result<Change>;
}
