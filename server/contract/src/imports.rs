//! Products from a file that somebody chose in the browser: looked at, tried without writing anything, written in the
//! background, and taken back.

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{Ctx, ImportId, Page, PageRequest, ProductId, Result, StaffId, Timestamp};

/// The largest file that is taken.
pub const MAX_IMPORT_BYTES: u64 = 64 * 1024 * 1024;

/// The column is kept word by word beside the product.
pub const IMPORT_KEEP: &str = "keep";
/// The column is not read.
pub const IMPORT_LEAVE_OUT: &str = "leave_out";

/// The column with the name of a product's template.
pub const IMPORT_TEMPLATE: &str = "Product Template";
/// Before an attribute's code: the column with its values.
pub const IMPORT_ATTRIBUTE: &str = "Attribute: ";

/// What a column may mean: the name that Shopify has for it, and how people call it.
pub const IMPORT_TARGETS: [(&str, &str); 36] = [
    ("Handle", "Handle (names the product)"),
    ("Title", "Title"),
    ("Body (HTML)", "Description"),
    ("Vendor", "Vendor"),
    ("Type", "Type"),
    ("Tags", "Tags"),
    ("Product Category", "Category"),
    ("Published", "Published (yes or no)"),
    ("Status", "Status"),
    ("Option1 Name", "Option 1: its name"),
    ("Option1 Value", "Option 1: the value"),
    ("Option2 Name", "Option 2: its name"),
    ("Option2 Value", "Option 2: the value"),
    ("Option3 Name", "Option 3: its name"),
    ("Option3 Value", "Option 3: the value"),
    ("Variant SKU", "SKU"),
    ("Variant Barcode", "Barcode"),
    ("Variant Price", "Price"),
    ("Variant Compare At Price", "Price before a sale"),
    ("Cost per item", "Cost"),
    ("Variant Grams", "Weight in grams"),
    ("Variant Weight Unit", "Unit the weight is shown in"),
    ("Variant Inventory Tracker", "Who counts the stock"),
    ("Variant Inventory Qty", "Pieces in stock"),
    ("Variant Inventory Policy", "Sell when sold out"),
    ("Variant Fulfillment Service", "Fulfilment service"),
    ("Variant Requires Shipping", "Needs shipping"),
    ("Variant Taxable", "Taxable"),
    ("Variant Tax Code", "Tax code"),
    ("Image Src", "Picture's address"),
    ("Image Position", "Picture's position"),
    ("Image Alt Text", "What the picture shows"),
    ("Variant Image", "Variant's picture"),
    ("Gift Card", "Gift card"),
    ("SEO Title", "Title for search engines"),
    ("SEO Description", "Description for search engines"),
];

/// `uploaded -> mapped -> validated -> running -> completed / completed_with_errors -> reverted`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// The file is here; nobody has said yet what its columns mean.
    Uploaded,
    Mapped,
    /// Tried: what it would do is known, and nothing was written.
    Validated,
    Running,
    Completed,
    /// Products with a bad row were left out, or the file broke off.
    CompletedWithErrors,
    Reverted,
}

/// What is under way in the background.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ImportWork {
    Checking,
    Writing,
    /// The products are written; their pictures are fetched.
    Pictures,
    Reverting,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportColumn {
    /// As the file's first row spells it.
    pub name: String,
    /// One of the names that Shopify has for columns, `keep` or `leave_out`.
    pub target: String,
    /// Recognised by its name.
    pub known: bool,
    /// Its first cells that hold something.
    pub samples: Vec<String>,
}

/// Of products, save where it says otherwise. What a check says would happen; else what happened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct ImportCounts {
    pub created: i64,
    pub updated: i64,
    pub unchanged: i64,
    /// With an error in one of their rows: nothing of them is written.
    pub skipped: i64,
    /// Remarks on single rows.
    pub warnings: i64,
    pub variants: i64,
    /// Named by address in the file.
    pub pictures: i64,
    pub pictures_stored: i64,
    pub pictures_failed: i64,
    /// Their host could not be reached.
    pub pictures_waiting: i64,
}

/// What taking an import back came to, in products.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportReverted {
    /// The import had created them.
    pub archived: i64,
    /// As they were before.
    pub restored: i64,
    /// As they were before, save for what somebody changed since.
    pub partly: i64,
    /// Changed since in all that the import had changed.
    pub kept: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Import {
    pub id: ImportId,
    pub version: i64,
    pub at: Timestamp,
    pub staff_id: Option<StaffId>,
    /// The file's name.
    pub file: String,
    pub bytes: i64,
    pub state: ImportState,
    pub work: Option<ImportWork>,
    /// How far `work` has come, of `total`: bytes of the file, products or pictures.
    pub done: i64,
    pub total: i64,
    /// `,`, `;`, a tab or `|`.
    pub delimiter: String,
    pub columns: Vec<ImportColumn>,
    /// What the check says would happen.
    pub would: Option<ImportCounts>,
    /// What has happened.
    pub did: Option<ImportCounts>,
    pub reverted: Option<ImportReverted>,
    /// Why the work broke off.
    pub trouble: Option<String>,
    pub ended_at: Option<Timestamp>,
    /// Until then it can be taken back.
    pub revert_until: Option<Timestamp>,
}

/// What the columns mean: by the file's own names, those that mean something else than their name says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MapImport {
    /// To one of Shopify's names (`Variant Price`), `keep` or `leave_out`.
    #[serde(default)]
    pub columns: BTreeMap<String, String>,
}

/// A remark on a row of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportIssue {
    /// On which the row begins, from 1.
    pub line: i64,
    /// As the file spells it; none where the row as a whole is meant.
    pub column: Option<String>,
    /// The cell, shortened.
    pub value: String,
    pub reason: String,
    /// Its product is left out; else only a remark.
    pub is_error: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ImportChange {
    Created,
    Updated,
    Unchanged,
    Skipped,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ImportBack {
    Archived,
    Restored,
    Partly,
    Kept,
}

/// A product of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportedProduct {
    pub line: i64,
    pub handle: String,
    pub title: String,
    /// None where it is not there (yet).
    pub product_id: Option<ProductId>,
    /// After a check: what would happen.
    pub change: ImportChange,
    /// What is or would be different: `title`, `price`, `stock`.
    pub fields: Vec<String>,
    /// What became of it when the import was taken back.
    pub back: Option<ImportBack>,
    /// Fields that somebody changed since, and which stay.
    pub kept: Vec<String>,
}

/// A file as it arrives, piece by piece.
#[async_trait]
pub trait ImportBody: Send {
    /// None at its end.
    async fn piece(&mut self) -> Result<Option<Vec<u8>>>;
}

/// Every product in one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductFile {
    /// CSV in the layout that imports read: imported again it changes nothing.
    pub csv: String,
    pub products: u64,
    /// Products that the layout can't tell, each with the reason.
    pub left_out: Vec<String>,
}

#[async_trait]
pub trait Imports: Send + Sync {
    /// Takes the file in. `Invalid file`: `too_large`, `not_csv`, `not_utf8`, `empty`.
    async fn upload(&self, ctx: &Ctx, file: &str, body: &mut dyn ImportBody) -> Result<Import>;
    /// Says what the columns mean and tries the file without writing anything. Also again, until it is started.
    async fn map(&self, ctx: &Ctx, id: ImportId, map: MapImport, if_version: Option<i64>) -> Result<Import>;
    /// Writes what the check has seen. Products with a bad row are left out. `Conflict not_checked`.
    async fn start(&self, ctx: &Ctx, id: ImportId, if_version: Option<i64>) -> Result<Import>;
    /// Products that it created are archived, what it changed goes back; what somebody changed since stays.
    async fn revert(&self, ctx: &Ctx, id: ImportId, if_version: Option<i64>) -> Result<Import>;
    async fn import(&self, ctx: &Ctx, id: ImportId) -> Result<Import>;
    /// Newest first.
    async fn imports(&self, ctx: &Ctx, page: &PageRequest) -> Result<Page<Import>>;
    /// By line, errors and remarks of the last check or run: the first 10,000.
    async fn issues(&self, ctx: &Ctx, id: ImportId, page: &PageRequest) -> Result<Page<ImportIssue>>;
    /// By line.
    async fn products(&self, ctx: &Ctx, id: ImportId, page: &PageRequest) -> Result<Page<ImportedProduct>>;
    /// Also costs and stock. `Conflict too_large` beyond what an import takes.
    async fn export(&self, ctx: &Ctx) -> Result<ProductFile>;
}
