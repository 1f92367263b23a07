//! Discounts: by code or for everyone.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{
    Change, ConditionGroup, Ctx, CustomerId, GroupPolicy, Money, OrderId, Page, PageRequest, PromotionAction,
    PromotionId, PromotionRule, Result, Timestamp,
};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PromotionInput {
    pub title: String,
    #[serde(default)]
    pub code: Option<String>,
    /// With neither this nor a code it applies by itself; with it, only by codes that were made for it.
    #[serde(default)]
    pub by_codes: bool,
    #[cfg_attr(feature = "openapi", schema(schema_with = crate::openapi::closed::<PromotionAction>))]
    pub action: PromotionAction,
    #[serde(default)]
    pub minimum: Option<Money>,
    /// Up to 10 groups, all of which have to hold.
    #[serde(default)]
    pub when: Vec<ConditionGroup>,
    #[serde(default = "yes")]
    pub applies_to_sale_items: bool,
    #[serde(default)]
    pub priority: i64,
    /// Applies alone or not at all.
    #[serde(default)]
    pub exclusive: bool,
    #[serde(default)]
    pub group: Option<String>,
    #[serde(default)]
    pub group_policy: GroupPolicy,
    #[serde(default)]
    pub starts_at: Option<Timestamp>,
    #[serde(default)]
    pub ends_at: Option<Timestamp>,
    /// Orders in all that may use it.
    #[serde(default)]
    pub usage_limit: Option<i64>,
    /// Orders of one customer, who has to be signed in.
    #[serde(default)]
    pub per_customer: Option<i64>,
    /// What it may take off in all.
    #[serde(default)]
    pub budget: Option<Money>,
}

impl PromotionInput {
    /// By itself, for everyone, without limits.
    pub fn new(title: impl Into<String>, action: PromotionAction) -> Self {
        Self {
            title: title.into(),
            code: None,
            by_codes: false,
            action,
            minimum: None,
            when: Vec::new(),
            applies_to_sale_items: true,
            priority: 0,
            exclusive: false,
            group: None,
            group_policy: GroupPolicy::default(),
            starts_at: None,
            ends_at: None,
            usage_limit: None,
            per_customer: None,
            budget: None,
        }
    }
}

fn yes() -> bool {
    true
}

/// Where a promotion is in its life. Within its dates an active one is at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PromotionState {
    Draft,
    Active,
    Paused,
    /// For good.
    Archived,
}

impl PromotionState {
    /// Whether staff may move it there.
    pub fn may_become(self, next: Self) -> bool {
        match self {
            Self::Draft => matches!(next, Self::Active | Self::Archived),
            Self::Active => matches!(next, Self::Paused | Self::Archived),
            Self::Paused => matches!(next, Self::Active | Self::Archived),
            Self::Archived => false,
        }
    }
}

/// A promotion as staff see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PromotionRecord {
    pub id: PromotionId,
    pub input: PromotionInput,
    pub state: PromotionState,
    /// Orders that use it.
    pub used: i64,
    /// What it took off them.
    pub spent: Money,
    /// Codes that were made for it, without those that were revoked.
    pub codes: i64,
    pub version: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetPromotionState {
    pub state: PromotionState,
}

/// Many codes for one promotion, each unlike the others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MakeCodes {
    /// 1 to 10,000.
    pub count: i64,
    /// Before the part that nobody guesses: up to 12 letters and digits.
    #[serde(default)]
    pub prefix: String,
    /// Orders that may use each; none: any number.
    #[serde(default)]
    pub usage_limit: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MadeCode {
    pub code: String,
    pub usage_limit: Option<i64>,
    pub used: i64,
    pub revoked: bool,
    pub created_at: Timestamp,
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
    /// By this customer.
    UsedByYou,
}

/// What became of one code that a shopper typed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CodeLookup {
    /// As typed, trimmed, upper case.
    pub code: String,
    pub found: std::result::Result<PromotionRule, CodeProblem>,
}

/// What an order uses of one promotion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PromotionUse {
    pub promotion_id: PromotionId,
    /// The code that it came by.
    pub code: Option<String>,
    /// What it takes off.
    pub amount: Money,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Redeem {
    pub order_id: OrderId,
    pub customer_id: Option<CustomerId>,
    pub uses: Vec<PromotionUse>,
}

#[async_trait]
pub trait Promotions: Send + Sync {
    /// Rules that apply by themselves, now: to everyone, and what this customer has not used up.
    async fn automatic(&self, ctx: &Ctx, customer: Option<CustomerId>) -> Result<Vec<PromotionRule>>;
    async fn lookup(
        &self,
        ctx: &Ctx,
        codes: &[String],
        customer: Option<CustomerId>,
    ) -> Result<Vec<CodeLookup>>;
    /// Orders of this customer that were placed or are being placed.
    async fn orders_of(&self, ctx: &Ctx, customer: CustomerId) -> Result<i64>;
    /// Reserves before payment what the order uses, all or nothing. `Conflict code_used_up` when a limit is reached,
    /// `not_first_order` where that was asked for. Repeats change nothing.
    async fn redeem(&self, ctx: &Ctx, request: Redeem) -> Result<()>;
    /// The order did not come about.
    async fn unredeem(&self, ctx: &Ctx, order: OrderId) -> Result<()>;

    /// Staff. By title; at work at once.
    async fn put(&self, ctx: &Ctx, promotion: PromotionInput) -> Result<Change>;
    /// Staff. Whether it could be written; does not write it.
    async fn check(&self, ctx: &Ctx, promotion: &PromotionInput) -> Result<()>;
    /// Staff. By priority; archived ones last.
    async fn promotions(&self, ctx: &Ctx) -> Result<Vec<PromotionRecord>>;
    /// Staff.
    async fn promotion(&self, ctx: &Ctx, id: PromotionId) -> Result<PromotionRecord>;
    /// Staff. None makes a draft.
    async fn write(
        &self,
        ctx: &Ctx,
        id: Option<PromotionId>,
        promotion: PromotionInput,
        if_version: Option<i64>,
    ) -> Result<PromotionRecord>;
    /// Staff. `Conflict wrong_state` where it may not become that.
    async fn set_state(
        &self,
        ctx: &Ctx,
        id: PromotionId,
        state: PromotionState,
        if_version: Option<i64>,
    ) -> Result<PromotionRecord>;
    /// Staff. The codes that were made.
    async fn make_codes(&self, ctx: &Ctx, id: PromotionId, request: MakeCodes) -> Result<Vec<MadeCode>>;
    /// Staff. By code.
    async fn codes(&self, ctx: &Ctx, id: PromotionId, page: &PageRequest) -> Result<Page<MadeCode>>;
    /// Staff. All of them, as a table.
    async fn export_codes(&self, ctx: &Ctx, id: PromotionId) -> Result<String>;
    /// Staff. It can't be used any more; orders that did keep what they got.
    async fn revoke_code(&self, ctx: &Ctx, id: PromotionId, code: &str) -> Result<()>;
}
