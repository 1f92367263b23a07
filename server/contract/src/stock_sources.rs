//! Figures of stock that are fetched from outside systems, again and again, or handed in as a file.

use std::fmt;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{Ctx, LocationId, Page, PageRequest, Result, StockRunId, StockSourceId, Timestamp};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StockFormat {
    /// The first row names the columns; UTF-8, parted by comma, semicolon, tab or `|`.
    #[default]
    Csv,
    /// A list of objects.
    Json,
}

/// What a quantity means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StockMode {
    /// The number on the shelf.
    #[default]
    Absolute,
    /// Pieces more or, negative, fewer.
    Delta,
}

/// What a file calls its columns, or JSON its fields: `stock.free` is the field `free` of the field `stock`. Upper and
/// lower case of columns are the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StockColumns {
    /// SKU or barcode.
    pub code: String,
    /// Whole pieces.
    pub quantity: String,
    /// A location's name or id.
    #[serde(default)]
    pub location: Option<String>,
    /// When a number was counted, RFC 3339; UTC where it names no zone. Without it: when the file was changed, as its
    /// server says, else when it was first seen.
    #[serde(default)]
    pub as_of: Option<String>,
    /// Names a difference: it counts once for its reference, product and location. Of differences that are fetched it is
    /// needed; those of a file handed in are named by the file's contents and line without it.
    #[serde(default)]
    pub reference: Option<String>,
}

/// A word that is taken in and never given out.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct SecretText(pub String);

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StockSourceInput {
    /// Up to 60 characters, no other source's; it stands in the ledger.
    pub name: String,
    /// `http` or `https`, of a public host unless the shop's configuration allows it.
    pub url: String,
    #[serde(default)]
    pub format: StockFormat,
    #[serde(default)]
    pub mode: StockMode,
    pub columns: StockColumns,
    /// Of JSON: the field with the list of rows; none: the answer is the list.
    #[serde(default)]
    pub rows_at: Option<String>,
    /// Of JSON: the field with the address of the next page, on the same host.
    #[serde(default)]
    pub next_at: Option<String>,
    /// Of rows that name none; the preferred one where not given.
    #[serde(default)]
    pub location_id: Option<LocationId>,
    /// 15 to 10,080; 0: only when somebody asks for it.
    #[serde(default)]
    pub every_minutes: i64,
    /// False: it is not fetched by itself.
    #[serde(default = "yes")]
    pub active: bool,
    /// The header that carries the secret; `Authorization` where not given.
    #[serde(default)]
    pub header: Option<String>,
    /// Not given: it stays as it is; empty: it is removed. A token alone in `Authorization` is sent as `Bearer`. It has
    /// to be given again where `url` leads to another host.
    #[serde(default)]
    pub secret: Option<SecretText>,
}

fn yes() -> bool {
    true
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StockRunState {
    Waiting,
    Running,
    Done,
    /// The contents are those of the last run: nothing was to be done.
    Unchanged,
    Failed,
}

impl StockRunState {
    pub fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Running)
    }
}

/// Of rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StockCounts {
    pub rows: i64,
    pub applied: i64,
    /// It was so already, or the reference was counted before.
    pub unchanged: i64,
    /// Somebody else changed the stock since, or the row contradicts another.
    pub conflicts: i64,
    /// Their code or location is not known here.
    pub unknown: i64,
    /// They can't be read.
    pub faulty: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StockRun {
    pub id: StockRunId,
    pub source_id: StockSourceId,
    /// Only tried: what it would do is counted, and nothing was changed.
    pub dry: bool,
    pub state: StockRunState,
    pub started_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    pub counts: StockCounts,
    /// Why it failed.
    pub trouble: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StockSource {
    pub id: StockSourceId,
    pub version: i64,
    pub name: String,
    pub url: String,
    pub format: StockFormat,
    pub mode: StockMode,
    pub columns: StockColumns,
    pub rows_at: Option<String>,
    pub next_at: Option<String>,
    pub location_id: Option<LocationId>,
    pub every_minutes: i64,
    pub active: bool,
    pub header: Option<String>,
    /// One is kept; nobody is shown it.
    pub has_secret: bool,
    /// When it is fetched next; none: when somebody asks.
    pub due_at: Option<Timestamp>,
    /// Runs that failed since the last one that did not.
    pub failures: i64,
    pub last_run: Option<StockRun>,
}

/// A row with which nothing was done, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StockFinding {
    /// Of the file, from 1; of JSON the number of the row.
    pub line: i64,
    /// As the row has it, shortened.
    pub code: String,
    /// As [`SyncedRow::reason`](crate::SyncedRow), or `missing_code`, `bad_quantity`, `bad_as_of`, `missing_reference`,
    /// `bad_reference`, `bad_location`, `bad_row`.
    pub reason: String,
    /// Of a conflict: what is on the shelf by our books.
    pub on_hand: Option<i64>,
}

/// A CSV file that somebody hands in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StockFile {
    /// Up to 100 characters; it stands in the ledger.
    pub name: String,
    /// Up to 10,000 rows.
    pub text: String,
    #[serde(default)]
    pub mode: StockMode,
    pub columns: StockColumns,
    /// Of rows that name none; the preferred one where not given.
    #[serde(default)]
    pub location_id: Option<LocationId>,
    /// When it was counted, for rows that don't say; now where not given.
    #[serde(default)]
    pub as_of: Option<Timestamp>,
    /// True: nothing is changed, only said what would be.
    #[serde(default)]
    pub dry: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StockFileReport {
    pub dry: bool,
    pub counts: StockCounts,
    /// The first 1,000, by line.
    pub findings: Vec<StockFinding>,
}

#[async_trait]
pub trait StockSources: Send + Sync {
    /// By name, all of them.
    async fn sources(&self, ctx: &Ctx) -> Result<Vec<StockSource>>;
    async fn source(&self, ctx: &Ctx, id: StockSourceId) -> Result<StockSource>;
    /// Without an id: a new one. `Conflict`: `name_taken`, `stale_version`, `too_many_sources`.
    async fn put_source(
        &self,
        ctx: &Ctx,
        id: Option<StockSourceId>,
        input: StockSourceInput,
        if_version: Option<i64>,
    ) -> Result<StockSource>;
    /// With its runs; what they changed stays. `Conflict`: `stale_version`.
    async fn remove_source(&self, ctx: &Ctx, id: StockSourceId, if_version: Option<i64>) -> Result<()>;
    /// Fetches it now, in the background; only to see what it would do where `dry`. `Conflict running` while it is.
    async fn run_source(&self, ctx: &Ctx, id: StockSourceId, dry: bool) -> Result<StockRun>;
    /// Newest first; those of the last 90 days.
    async fn source_runs(&self, ctx: &Ctx, id: StockSourceId, page: &PageRequest) -> Result<Page<StockRun>>;
    /// The first 1,000, by line.
    async fn run_findings(&self, ctx: &Ctx, id: StockRunId) -> Result<Vec<StockFinding>>;
    /// Takes a file's figures over, or says what it would do.
    async fn take_file(&self, ctx: &Ctx, file: StockFile) -> Result<StockFileReport>;
}
