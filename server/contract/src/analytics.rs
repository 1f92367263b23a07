//! Analytics: reports over facts of its own, which events keep up. Days and hours are UTC; amounts are of one currency at
//! a time.

use std::net::IpAddr;

use async_trait::async_trait;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    Ctx, Currency, Difference, Money, OrderId, Page, PageRequest, ProductId, Result, Timestamp, VariantId,
};

/// How a report's time is cut. Weeks begin on Monday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Interval {
    Hour,
    Day,
    Week,
    Month,
}

/// What a period is held against: each of its buckets against the same bucket so many days earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CompareTo {
    /// As many days, right before.
    #[default]
    PreviousPeriod,
    /// 364 days earlier: the same weekdays.
    PreviousYear,
    Nothing,
}

/// Which days, and how.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams, utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct ReportQuery {
    /// The first day.
    pub from: NaiveDate,
    /// The last day, included. At most 3,660 days, and 1,200 buckets.
    pub until: NaiveDate,
    /// Where not given: hours of up to 2 days, days of up to 92, weeks of up to 366, months beyond.
    #[serde(default)]
    pub interval: Option<Interval>,
    /// `previous_period` where not given.
    #[serde(default)]
    pub compare_to: Option<CompareTo>,
    /// The shop's own where not given.
    #[serde(default)]
    pub currency: Option<Currency>,
}

/// Orders by when they were placed. Cancelled ones count as `cancelled` and nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SalesFigures {
    pub orders: i64,
    /// What the orders come to, delivery and tax included.
    pub sales: Money,
    /// Of that, what was given back since.
    pub refunded: Money,
    /// Sales by orders; none without orders. Rounded to the minor unit.
    pub average: Option<Money>,
    /// Pieces.
    pub pieces: i64,
    /// Unit prices times pieces.
    pub subtotal: Money,
    pub discount: Money,
    /// Less what promotions took off it.
    pub shipping: Money,
    /// Contained in the sales.
    pub tax: Money,
    /// Orders whose buyer had none before that stands.
    pub new_orders: i64,
    /// Sales of these.
    pub new_sales: Money,
    pub cancelled: i64,
}

/// A piece of time, the second moment not included.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SalesBucket {
    pub from: Timestamp,
    pub until: Timestamp,
    pub now: SalesFigures,
    /// So much earlier, where something is compared.
    #[serde(default)]
    pub before: Option<SalesFigures>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SalesReport {
    pub from: NaiveDate,
    pub until: NaiveDate,
    /// The first and the last day of what it is compared with.
    #[serde(default)]
    pub before: Option<(NaiveDate, NaiveDate)>,
    pub interval: Interval,
    pub currency: Currency,
    /// Every currency that there are orders in, this one too.
    pub currencies: Vec<Currency>,
    pub total: SalesFigures,
    #[serde(default)]
    pub total_before: Option<SalesFigures>,
    /// Each bucket of the period, empty ones too.
    pub series: Vec<SalesBucket>,
    /// False while orders from before there was analytics are still being counted.
    pub complete: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TopBy {
    Product,
    /// By the categories that a product was in when it was sold: in each of them.
    Category,
}

/// What sold for most.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams, utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct TopQuery {
    pub by: TopBy,
    /// The first day.
    pub from: NaiveDate,
    /// The last day, included.
    pub until: NaiveDate,
    /// `previous_period` where not given.
    #[serde(default)]
    pub compare_to: Option<CompareTo>,
    /// The shop's own where not given.
    #[serde(default)]
    pub currency: Option<Currency>,
    /// `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// 1 to 100; 24 where not given.
    #[serde(default)]
    pub limit: Option<u32>,
}

impl TopQuery {
    pub fn page(&self) -> PageRequest {
        PageRequest { after: self.after.clone(), limit: self.limit }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TopRow {
    /// A product's id or a category's handle; empty for what was in no category.
    pub key: String,
    /// As it was called when it was last sold.
    pub title: String,
    #[serde(default)]
    pub product_id: Option<ProductId>,
    pub orders: i64,
    pub pieces: i64,
    /// Of its lines, after discounts: without delivery, and without tax where prices are exclusive.
    pub sales: Money,
    #[serde(default)]
    pub sales_before: Option<Money>,
}

/// How far people came. Steps are counted where they happen, not followed from one to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FunnelSteps {
    /// Product pages shown.
    pub views: i64,
    /// Different people among them, less those who asked not to be told apart.
    pub visitors: i64,
    /// Carts begun.
    pub carts: i64,
    /// Carts that came to the checkout.
    pub checkouts: i64,
    /// Orders placed.
    pub orders: i64,
    /// Of these, those whose money has come since.
    pub paid: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FunnelBucket {
    pub from: Timestamp,
    pub until: Timestamp,
    pub now: FunnelSteps,
    #[serde(default)]
    pub before: Option<FunnelSteps>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FunnelReport {
    pub from: NaiveDate,
    pub until: NaiveDate,
    #[serde(default)]
    pub before: Option<(NaiveDate, NaiveDate)>,
    /// Days at least: visits are counted by day.
    pub interval: Interval,
    pub total: FunnelSteps,
    #[serde(default)]
    pub total_before: Option<FunnelSteps>,
    pub series: Vec<FunnelBucket>,
    /// The first day on which visits were counted; none before there was any.
    #[serde(default)]
    pub counted_since: Option<NaiveDate>,
}

/// One variant on the shelf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StockRow {
    pub variant_id: VariantId,
    pub product_id: ProductId,
    pub title: String,
    #[serde(default)]
    pub sku: Option<String>,
    /// Pieces.
    pub on_hand: i64,
    /// At the price it is sold for.
    pub retail: Money,
    /// At what the merchant paid, where that is known.
    #[serde(default)]
    pub cost: Option<Money>,
    /// Pieces sold in the last 28 days.
    pub sold: i64,
    /// How many days it lasts at the pace of the last 28 days, rounded down; none where nothing was sold.
    #[serde(default)]
    pub cover_days: Option<i64>,
}

/// What lies on the shelf, over all tracked variants of products that are not archived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StockReport {
    /// When it was counted; it is counted anew after a few minutes.
    pub at: Timestamp,
    /// Variants.
    pub variants: i64,
    /// Pieces.
    pub on_hand: i64,
    /// At prices.
    pub retail: Money,
    /// At cost, of those whose cost is known.
    pub cost: Money,
    /// Pieces without a known cost.
    pub on_hand_without_cost: i64,
    /// Pieces sold in the last 28 days.
    pub sold: i64,
    /// As in [`StockRow`], of all together.
    #[serde(default)]
    pub cover_days: Option<i64>,
    /// The most valuable by price, at most 100.
    pub dearest: Vec<StockRow>,
    /// Those that sell and run out first, at most 100.
    pub shortest: Vec<StockRow>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Buyers {
    /// Without an order before that stands.
    New,
    Returning,
}

/// The orders behind a figure. All conditions hold together.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams, utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct RowsQuery {
    pub from: Timestamp,
    /// Not included.
    pub until: Timestamp,
    /// The shop's own where not given.
    #[serde(default)]
    pub currency: Option<Currency>,
    #[serde(default)]
    pub product_id: Option<ProductId>,
    /// A category's handle; empty: lines that were in none.
    #[serde(default)]
    pub category: Option<String>,
    #[serde(default)]
    pub buyers: Option<Buyers>,
    /// `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// 1 to 100; 24 where not given.
    #[serde(default)]
    pub limit: Option<u32>,
}

impl RowsQuery {
    pub fn page(&self) -> PageRequest {
        PageRequest { after: self.after.clone(), limit: self.limit }
    }
}

/// An order as analytics counts it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderFact {
    pub id: OrderId,
    /// What people call it: `1001`.
    pub number: i64,
    pub placed_at: Timestamp,
    pub pieces: i64,
    pub total: Money,
    /// What of it counts: the total, or the lines of the product or category asked for. The sum over all rows is the
    /// figure.
    pub amount: Money,
    pub refunded: Money,
    pub paid: bool,
    /// Its buyer had no order before that stands.
    pub new_buyer: bool,
}

/// A report as a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Export {
    Sales(ReportQuery),
    Top(TopQuery),
    Funnel(ReportQuery),
    Stock,
    Orders(RowsQuery),
}

/// What somebody did in the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'a> {
    /// A product page was shown.
    View,
    /// A cart was begun.
    Cart,
    /// The checkout was shown, or an API wrote whom a cart is sent to. The cart's token, so that each counts once.
    Checkout { cart: &'a str },
}

/// Who it was, for as long as a day and only to be told from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visitor<'a> {
    pub address: IpAddr,
    pub user_agent: &'a str,
}

#[async_trait]
pub trait Analytics: Send + Sync {
    async fn sales(&self, ctx: &Ctx, query: &ReportQuery) -> Result<SalesReport>;
    /// What sold for most first.
    async fn top(&self, ctx: &Ctx, query: &TopQuery) -> Result<Page<TopRow>>;
    async fn funnel(&self, ctx: &Ctx, query: &ReportQuery) -> Result<FunnelReport>;
    /// `Unavailable` where a large catalogue is still being counted.
    async fn stock(&self, ctx: &Ctx) -> Result<StockReport>;
    /// Those that stand, newest first.
    async fn orders(&self, ctx: &Ctx, query: &RowsQuery) -> Result<Page<OrderFact>>;
    /// CSV with a line of headings, at most 10,000 rows. No cell is taken for a formula.
    async fn export(&self, ctx: &Ctx, export: &Export) -> Result<String>;
    /// Counts a step in memory: never waits. No visitor: somebody who asked not to be told apart.
    fn count(&self, step: Step<'_>, visitor: Option<Visitor<'_>>);
    /// Every fact against its order.
    async fn verify(&self, ctx: &Ctx) -> Result<Vec<Difference>>;
}
