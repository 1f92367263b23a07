//! Counting what is on the shelves of a location, and what the difference to the books does.

use serde::{Deserialize, Serialize};

use crate::{LocationId, StockCountId, Timestamp, VariantId};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CountState {
    Open,
    /// The differences are in the ledger.
    Applied,
    Cancelled,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OpenCount {
    pub location_id: LocationId,
    /// Up to 200 characters.
    #[serde(default)]
    pub note: String,
    /// Only this vendor's products.
    #[serde(default)]
    pub vendor: Option<String>,
    /// Only products of this type.
    #[serde(default)]
    pub product_type: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StockCount {
    pub id: StockCountId,
    pub location_id: LocationId,
    pub state: CountState,
    pub note: String,
    /// Variants that are to be counted.
    pub lines: i64,
    /// Of them those that were.
    pub counted: i64,
    /// Of them those whose number differs from the books.
    pub different: i64,
    pub created_at: Timestamp,
    pub version: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CountLine {
    pub variant_id: VariantId,
    /// None: not counted yet.
    pub counted: Option<i64>,
    /// On hand by the books when it was counted; until then, by the books now.
    pub expected: i64,
    pub counted_at: Option<Timestamp>,
}

impl CountLine {
    /// Pieces more, or fewer, than the books say.
    pub fn difference(&self) -> Option<i64> {
        self.counted.map(|counted| counted - self.expected)
    }
}

/// One number, or one scan.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct CountEntry {
    /// A SKU or barcode. Either this or `variant_id`.
    pub code: Option<String>,
    pub variant_id: Option<VariantId>,
    /// The number on the shelf. Either this or `add`.
    pub counted: Option<i64>,
    /// Pieces beside those that were counted before: a scanner adds 1 with each beep.
    pub add: Option<i64>,
}

/// Which lines of a count.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountLinesQuery {
    /// Only those that differ from the books.
    #[serde(default)]
    pub different: bool,
    #[serde(default)]
    pub after: Option<String>,
    #[serde(default)]
    pub limit: Option<u32>,
}
