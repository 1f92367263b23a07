//! Stock of a merchant with several places: the places, levels in each, what is damaged, and figures from elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{
    CountEntry, CountLine, CountLinesQuery, Ctx, LocationId, OpenCount, Page, PageRequest, ReceiveLine,
    ReorderPoint, ReorderRow, Result, StockCount, StockCountId, StockLevel, Supply, SupplyId, SupplyInput,
    SupplyQuery, SupplyState, SupplySummary, Timestamp, VariantId,
};

/// A place where pieces are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Location {
    pub id: LocationId,
    pub name: String,
    /// As people write it, with line breaks.
    pub address: String,
    /// False: nothing is sold from it, and nothing comes to it.
    pub active: bool,
    /// Orders are served from the first that has enough; from 0.
    pub position: i64,
    pub version: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LocationInput {
    /// Up to 100 characters, no other location's.
    pub name: String,
    /// Up to 500 characters.
    #[serde(default)]
    pub address: String,
    #[serde(default = "yes")]
    pub active: bool,
}

fn yes() -> bool {
    true
}

/// Stock of one variant in one place, in pieces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlaceLevel {
    pub variant_id: VariantId,
    pub location_id: LocationId,
    /// On the shelf and fit to be sold, promised or not.
    pub on_hand: i64,
    pub reserved: i64,
    pub allocated: i64,
    /// `on_hand - reserved - allocated`.
    pub available: i64,
    /// There, but not fit to be sold; not part of `on_hand`.
    pub damaged: i64,
    /// On their way here. 0 where a past moment is asked for.
    pub incoming: i64,
}

/// Which levels. Without any condition it is all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LevelQuery {
    /// At most 500; empty: every variant that was ever counted.
    #[serde(default)]
    pub variants: Vec<VariantId>,
    #[serde(default)]
    pub location_id: Option<LocationId>,
    /// As the ledger says that it was at the end of that moment.
    #[serde(default)]
    pub as_of: Option<Timestamp>,
    /// `next` of the page before.
    #[serde(default)]
    pub after: Option<VariantId>,
    /// Variants, 1 to 100; 24 where not given. With `variants` all of them are one page.
    #[serde(default)]
    pub limit: Option<u32>,
}

/// What happens to pieces that are not fit to be sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DamageStep {
    /// From the shelf to the damaged ones.
    Mark,
    /// They are fit to be sold after all.
    Restore,
    /// They are gone.
    WriteOff,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MoveDamaged {
    pub variant_id: VariantId,
    /// The preferred one where not given.
    #[serde(default)]
    pub location_id: Option<LocationId>,
    pub step: DamageStep,
    /// From 1.
    pub quantity: i64,
    pub reason: String,
}

/// One figure of an outside system: a number that was counted, or a difference.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct SyncRow {
    /// Either this or `variant_id`.
    pub sku: Option<String>,
    pub variant_id: Option<VariantId>,
    /// A location's id or name; the preferred one where not given.
    pub location: Option<String>,
    /// The number on the shelf at `as_of`, damaged pieces left out. With `as_of`, without `delta`.
    pub on_hand: Option<i64>,
    /// When `on_hand` was counted. What our own orders took or brought back since is kept; any other movement since is
    /// a conflict.
    pub as_of: Option<Timestamp>,
    /// Pieces more or, negative, fewer. With `reference`, without `on_hand`.
    pub delta: Option<i64>,
    /// Names the reason at the outside system, up to 100 characters. A difference counts once for its reference,
    /// variant and location.
    pub reference: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SyncStock {
    /// 1 to 10,000.
    pub rows: Vec<SyncRow>,
    /// Stands in the ledger: the name of the outside system, say.
    #[serde(default)]
    pub reason: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SyncOutcome {
    Applied,
    /// It was so already, or the reference was counted before.
    Unchanged,
    /// Nothing was done with this row.
    Conflict,
}

/// What is known of a level that a row contradicts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KnownStock {
    pub on_hand: i64,
    /// The last movement that the row did not know of: when, and its kind.
    pub moved_at: Option<Timestamp>,
    pub kind: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SyncedRow {
    pub outcome: SyncOutcome,
    pub variant_id: Option<VariantId>,
    pub location_id: Option<LocationId>,
    /// On the shelf afterwards.
    pub on_hand: Option<i64>,
    /// Of a conflict: `unknown_sku`, `ambiguous_sku`, `unknown_variant`, `unknown_location`, `location_off`,
    /// `in_the_future`, `newer_movement`, `reference_reused`, `named_twice`.
    pub reason: Option<String>,
    /// Of a conflict, where the level is known.
    pub known: Option<KnownStock>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SyncReport {
    pub applied: u32,
    pub unchanged: u32,
    pub conflicts: u32,
    /// In the order of the request's rows.
    pub rows: Vec<SyncedRow>,
}

/// Finds variants by what stands on their labels.
#[async_trait]
pub trait VariantCodes: Send + Sync {
    /// SKUs and barcodes as they are written; a code may name several, unknown ones are left out.
    async fn by_codes(&self, codes: &[String]) -> Result<BTreeMap<String, Vec<VariantId>>>;
    /// Of these, those that there are.
    async fn known(&self, ids: &[VariantId]) -> Result<BTreeSet<VariantId>>;
    /// Of the products of that vendor and of that type, where given.
    async fn of_products(&self, vendor: Option<&str>, product_type: Option<&str>) -> Result<Vec<VariantId>>;
}

/// What staff and outside systems do with stock in several places.
#[async_trait]
pub trait Stockroom: Send + Sync {
    /// In order of preference, those that are switched off too.
    async fn locations(&self, ctx: &Ctx) -> Result<Vec<Location>>;
    /// Without an id: a new one, the last in order. `Conflict`: `name_taken`, `stale_version`; `not_empty` where pieces
    /// are there and it would be switched off, `last_location` where it is the only one that is on.
    async fn put_location(
        &self,
        ctx: &Ctx,
        id: Option<LocationId>,
        input: LocationInput,
        if_version: Option<i64>,
    ) -> Result<Location>;
    /// All of them, the preferred one first.
    async fn order_locations(&self, ctx: &Ctx, ids: Vec<LocationId>) -> Result<Vec<Location>>;

    /// By variant, then in the locations' order; variants and places where nothing ever was are left out.
    async fn place_levels(&self, ctx: &Ctx, query: &LevelQuery) -> Result<Page<PlaceLevel>>;
    /// `Conflict too_few` where fewer pieces are there.
    async fn move_damaged(&self, ctx: &Ctx, request: MoveDamaged) -> Result<StockLevel>;
    /// All rows in one transaction; one in conflict leaves the others be.
    async fn sync(&self, ctx: &Ctx, request: SyncStock) -> Result<SyncReport>;

    /// Variants by SKU or barcode: one, several where the code is not unique, or none.
    async fn by_code(&self, ctx: &Ctx, code: &str) -> Result<Vec<VariantId>>;

    // Transfers and purchase orders
    /// Newest first.
    async fn supplies(&self, ctx: &Ctx, query: &SupplyQuery) -> Result<Page<SupplySummary>>;
    async fn supply(&self, ctx: &Ctx, id: SupplyId) -> Result<Supply>;
    /// Without an id: a new draft. `Conflict`: `not_a_draft`, `stale_version`, `location_off`.
    async fn put_supply(
        &self,
        ctx: &Ctx,
        id: Option<SupplyId>,
        input: SupplyInput,
        if_version: Option<i64>,
    ) -> Result<Supply>;
    /// `Conflict`: `not_now`, `stale_version`; `too_few` where pieces that would leave are not free.
    async fn move_supply(
        &self,
        ctx: &Ctx,
        id: SupplyId,
        to: SupplyState,
        if_version: Option<i64>,
    ) -> Result<Supply>;
    /// `Conflict`: `not_now`, `stale_version`; `too_many` where more would come than is on its way.
    async fn receive(
        &self,
        ctx: &Ctx,
        id: SupplyId,
        lines: Vec<ReceiveLine>,
        if_version: Option<i64>,
    ) -> Result<Supply>;

    // Counts
    /// `Conflict nothing_to_count` where the location has nothing of that.
    async fn open_count(&self, ctx: &Ctx, request: OpenCount) -> Result<StockCount>;
    /// Newest first.
    async fn counts(&self, ctx: &Ctx, page: &PageRequest) -> Result<Page<StockCount>>;
    async fn count(&self, ctx: &Ctx, id: StockCountId) -> Result<StockCount>;
    async fn count_lines(
        &self,
        ctx: &Ctx,
        id: StockCountId,
        query: &CountLinesQuery,
    ) -> Result<Page<CountLine>>;
    /// `Conflict ended` once it was applied or cancelled.
    async fn enter_count(&self, ctx: &Ctx, id: StockCountId, entry: CountEntry) -> Result<CountLine>;
    /// Books the differences, or drops the count.
    async fn end_count(
        &self,
        ctx: &Ctx,
        id: StockCountId,
        apply: bool,
        if_version: Option<i64>,
    ) -> Result<StockCount>;

    // What is running out
    /// Variants at their reorder point or below, by id.
    async fn reorder(&self, ctx: &Ctx, page: &PageRequest) -> Result<Page<ReorderRow>>;
    /// Of variants that were ever counted.
    async fn put_reorder_points(&self, ctx: &Ctx, points: Vec<ReorderPoint>) -> Result<()>;
}
