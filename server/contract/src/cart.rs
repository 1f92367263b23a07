//! Carts: what a shopper means to buy, and what it comes to.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Address, Availability, CartId, CartLineId, CheckoutId, Ctx, Currency, CustomerId, Event, Media, Money,
    OpenRule, OrderId, ProductId, PromotionId, Result, ShippingMethodId, TaxRule, Timestamp, VariantId,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CartState {
    Active,
    /// A checkout is under way; nothing may be changed.
    Completing,
    Completed,
    /// Its lines went to another cart at sign-in.
    Merged,
}

impl CartState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Completing => "completing",
            Self::Completed => "completed",
            Self::Merged => "merged",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Active, Self::Completing, Self::Completed, Self::Merged]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Cart {
    pub id: CartId,
    /// Whoever knows it owns the cart: 256 random bits. It is never listed, logged or put into a URL of a page.
    pub token: String,
    pub state: CartState,
    /// The order it became.
    pub order_id: Option<OrderId>,
    pub currency: Currency,
    pub lines: Vec<CartLine>,
    pub codes: Vec<CartCode>,
    pub email: Option<String>,
    pub shipping_address: Option<Address>,
    /// None: the same as for shipping.
    pub billing_address: Option<Address>,
    pub note: String,
    pub delivery: Option<Delivery>,
    /// What the engine was given beside the lines, as far as anybody may know it.
    pub rules: PricingRules,
    pub totals: Totals,
    /// What is missing before it can be bought.
    pub requirements: Vec<Requirement>,
    /// What changed since the shopper last looked.
    pub warnings: Vec<Warning>,
    pub version: i64,
    pub updated_at: Timestamp,
}

impl Cart {
    /// Pieces, not lines.
    pub fn item_count(&self) -> i64 {
        self.lines.iter().map(|line| line.quantity).sum()
    }

    pub fn weight_grams(&self) -> i64 {
        self.lines.iter().map(|line| line.weight_grams.saturating_mul(line.quantity)).sum()
    }

    pub fn requires_shipping(&self) -> bool {
        self.lines.iter().any(|line| line.requires_shipping)
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CartLine {
    pub id: CartLineId,
    pub variant_id: VariantId,
    pub product_id: ProductId,
    pub product_handle: String,
    pub product_title: String,
    pub variant_title: String,
    pub sku: Option<String>,
    pub media: Option<Media>,
    pub quantity: i64,
    pub unit_price: Money,
    pub compare_at: Option<Money>,
    pub weight_grams: i64,
    pub requires_shipping: bool,
    pub taxable: bool,
    /// Which of `rules.tax.rates` it has, where it is taxable.
    #[serde(default)]
    pub tax_kind: u32,
    pub availability: Availability,
    /// Most that can be had now; none: no limit.
    pub max_quantity: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CartCode {
    pub code: String,
    pub applied: bool,
    /// Why not, and what would unlock it; or what it gives.
    pub message: String,
}

/// The chosen way of delivery, priced by `Shipping`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Delivery {
    pub method_id: ShippingMethodId,
    pub name: String,
    pub price: Money,
    pub days_min: u32,
    pub days_max: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PricingRules {
    pub promotions: Vec<OpenRule>,
    /// Nothing else decides: with `promotions` the browser computes the same totals for other quantities.
    #[serde(default)]
    pub complete: bool,
    pub tax: TaxRule,
}

/// All in the cart's currency. `total = subtotal - discount + shipping - shipping_discount + added tax`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Totals {
    /// In the order of the lines.
    pub lines: Vec<LineTotals>,
    /// Unit prices times quantities.
    pub subtotal: Money,
    pub discount: Money,
    pub shipping: Money,
    pub shipping_discount: Money,
    /// Contained in the total, or added to it where prices are exclusive.
    pub tax: Money,
    pub tax_inclusive: bool,
    pub total: Money,
    /// Which rule gave what, in order: the receipt's "why".
    pub trace: Vec<TraceStep>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LineTotals {
    pub line_id: CartLineId,
    pub subtotal: Money,
    pub discount: Money,
    /// Contained, or added, as in [`Totals`].
    pub tax: Money,
    /// `subtotal - discount`, without added tax.
    pub total: Money,
    /// Pieces that are a gift.
    #[serde(default)]
    pub gift: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TraceStep {
    pub promotion_id: PromotionId,
    pub title: String,
    pub code: Option<String>,
    pub applied: bool,
    /// What it took off.
    pub amount: Money,
    /// What that was computed on: of what the rules before it left, the part that this one looks at.
    #[serde(default)]
    pub base: i64,
    /// `applied`, or what stands against it: `minimum`, `condition`, `empty`, `sale_items`, `nothing_left`,
    /// `incomplete`, `exclusive`, `group`, `same_promotion`, `budget`, `sign_in`.
    #[serde(default)]
    pub reason: String,
    /// For people: why, or what is missing.
    pub message: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Requirement {
    /// `lines`, `email`, `shipping_address`, `delivery`, `stock`.
    pub code: String,
    pub message: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Warning {
    /// `price_changed`, `quantity_reduced`, `line_removed`, `low_stock`, `out_of_stock`.
    pub code: String,
    pub line_id: Option<CartLineId>,
    pub message: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AddLine {
    pub variant_id: VariantId,
    /// 1 to 999.
    pub quantity: i64,
}

/// Fields that are absent stay as they are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[derive(Default)]
pub struct UpdateCart {
    #[serde(default)]
    pub email: Option<String>,
    #[serde(default)]
    pub shipping_address: Option<Address>,
    #[serde(default)]
    pub billing_address: Option<Address>,
    /// True takes the billing address away: same as shipping.
    #[serde(default)]
    pub billing_same_as_shipping: bool,
    #[serde(default)]
    pub note: Option<String>,
    /// How it will be paid: some promotions ask for it.
    #[serde(default)]
    pub payment_method: Option<String>,
}

/// Every reply is the whole cart. A wrong token answers `NotFound`.
#[async_trait]
pub trait Carts: Send + Sync {
    async fn create(&self, ctx: &Ctx) -> Result<Cart>;
    async fn get(&self, ctx: &Ctx, token: &str) -> Result<Cart>;
    /// More of a variant that is in it adds to its line.
    async fn add_line(&self, ctx: &Ctx, token: &str, request: AddLine) -> Result<Cart>;
    /// 0 removes the line.
    async fn set_quantity(&self, ctx: &Ctx, token: &str, line: CartLineId, quantity: i64) -> Result<Cart>;
    /// Staff: what somebody was promised instead of the catalogue's price; none: the catalogue's again. Its tax and
    /// promotions are as for any other price below the usual one.
    async fn agree_price(
        &self,
        ctx: &Ctx,
        token: &str,
        line: CartLineId,
        price: Option<Money>,
    ) -> Result<Cart>;
    /// A code that can't apply is refused with the reason and not kept; one that misses its minimum is kept.
    async fn add_code(&self, ctx: &Ctx, token: &str, code: &str) -> Result<Cart>;
    async fn remove_code(&self, ctx: &Ctx, token: &str, code: &str) -> Result<Cart>;
    async fn update(&self, ctx: &Ctx, token: &str, request: UpdateCart) -> Result<Cart>;
    /// The customer's own open cart, if there is one.
    async fn of_customer(&self, ctx: &Ctx, customer: CustomerId) -> Result<Option<Cart>>;
    /// At sign-in: the guest's lines join the customer's open cart, or the cart becomes the customer's.
    async fn claim(&self, ctx: &Ctx, token: &str, customer: CustomerId) -> Result<Cart>;

    // For shipping and orders
    async fn set_delivery(&self, ctx: &Ctx, token: &str, delivery: Option<Delivery>) -> Result<Cart>;
    /// Active becomes completing for this checkout, priced for this way to pay; `Conflict cart_completing` for any
    /// other.
    async fn begin_completion(
        &self,
        ctx: &Ctx,
        token: &str,
        checkout: CheckoutId,
        payment_method: &str,
    ) -> Result<Cart>;
    async fn complete(&self, ctx: &Ctx, cart: CartId, checkout: CheckoutId, order: OrderId) -> Result<()>;
    /// The checkout failed; the cart is the shopper's again, with every line.
    async fn reopen(&self, ctx: &Ctx, cart: CartId, checkout: CheckoutId) -> Result<()>;
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CartCompleted {
    pub cart_id: CartId,
    pub order_id: OrderId,
}

impl Event for CartCompleted {
    const KIND: &'static str = "cart.cart_completed";
    fn key(&self) -> Uuid {
        self.cart_id.uuid()
    }
}
