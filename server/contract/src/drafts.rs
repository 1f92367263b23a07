//! Orders that staff write for somebody: on the phone, over the counter.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{
    Address, Cart, Country, Ctx, DraftId, Money, Order, OrderId, Page, PageRequest, PaymentMethod, Result,
    ShippingMethodId, ShippingOption, Timestamp, VariantId,
};

/// The way to pay that only staff may choose: cash, a card terminal, an invoice. The shop takes the money itself.
pub const MANUAL_PAYMENT: &str = "manual";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DraftState {
    Open,
    /// It became an order.
    Placed,
    /// Put away; it can be taken up again.
    Discarded,
}

impl DraftState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Placed => "placed",
            Self::Discarded => "discarded",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Open, Self::Placed, Self::Discarded].into_iter().find(|state| state.as_str() == text)
    }
}

/// A cart in the hands of staff: it is priced, taxed and checked as a shopper's is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Draft {
    pub id: DraftId,
    pub state: DraftState,
    /// Its `token` is empty: nobody else shall hold it.
    pub cart: Cart,
    /// Ways of delivery to the cart's address; empty while there is none.
    pub delivery_options: Vec<ShippingOption>,
    /// Ways to pay that need no card.
    pub payment_methods: Vec<PaymentMethod>,
    /// What it became.
    pub order_id: Option<OrderId>,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DraftSummary {
    pub id: DraftId,
    /// Whom it is sent to.
    pub name: String,
    pub email: String,
    /// Pieces.
    pub item_count: i64,
    pub total: Money,
    pub updated_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DraftLine {
    pub variant_id: VariantId,
    /// 1 to 999.
    pub quantity: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AgreedPrice {
    pub variant_id: VariantId,
    /// Of one piece; null: what the catalogue says.
    pub price: Option<Money>,
}

/// Fields that are absent stay as they are.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ChangeDraft {
    /// All lines; those that are not named are taken out.
    pub lines: Option<Vec<DraftLine>>,
    /// Prices that were agreed upon; lines that are not named keep theirs.
    pub prices: Option<Vec<AgreedPrice>>,
    /// All discount codes.
    pub codes: Option<Vec<String>>,
    pub email: Option<String>,
    pub shipping_address: Option<Address>,
    pub billing_address: Option<Address>,
    /// True takes the billing address away: same as shipping.
    pub billing_same_as_shipping: bool,
    pub note: Option<String>,
    pub delivery: Option<ShippingMethodId>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PlaceDraft {
    /// `code` of one of the draft's payment methods.
    pub payment_method: String,
    /// The money is there already; takes `payments:write`.
    #[serde(default)]
    pub received: bool,
    /// What was on the screen. Another total is refused with `total_changed`.
    #[serde(default)]
    pub expected_total: Option<Money>,
}

/// Staff. Every reply but the list is the whole draft.
#[async_trait]
pub trait Drafts: Send + Sync {
    /// The open ones, newest first.
    async fn drafts(&self, ctx: &Ctx, page: &PageRequest) -> Result<Page<DraftSummary>>;
    async fn draft(&self, ctx: &Ctx, id: DraftId) -> Result<Draft>;
    /// Empty.
    async fn create_draft(&self, ctx: &Ctx) -> Result<Draft>;
    /// `Conflict`: `stale_version`, `draft_closed`, `out_of_stock`. What could be changed before a refusal is.
    async fn change_draft(
        &self,
        ctx: &Ctx,
        id: DraftId,
        request: ChangeDraft,
        if_version: Option<i64>,
    ) -> Result<Draft>;
    /// Makes it an order; again, the same order. `Conflict` as `Orders::place` has them, and `draft_closed`.
    async fn place_draft(
        &self,
        ctx: &Ctx,
        id: DraftId,
        request: PlaceDraft,
        if_version: Option<i64>,
    ) -> Result<Order>;
    /// Puts it away.
    async fn discard_draft(&self, ctx: &Ctx, id: DraftId, if_version: Option<i64>) -> Result<Draft>;
    /// Takes up again what was put away.
    async fn reopen_draft(&self, ctx: &Ctx, id: DraftId) -> Result<Draft>;
    /// Where something is delivered to, by name.
    async fn draft_countries(&self, ctx: &Ctx) -> Result<Vec<Country>>;
}
