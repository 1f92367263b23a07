//! What should be ordered again.

use serde::{Deserialize, Serialize};

use crate::VariantId;

/// Pieces sold are looked at over so many days.
pub const REORDER_DAYS: i64 = 30;

/// A variant of which little is left, over all locations, in pieces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReorderRow {
    pub variant_id: VariantId,
    pub available: i64,
    /// On their way.
    pub incoming: i64,
    /// At this many pieces or fewer, those on their way included, it should be ordered; none: as many as the shop shows as
    /// "only a few left".
    pub reorder_point: Option<i64>,
    /// In the last 30 days.
    pub sold: i64,
    /// What would last for another 30 days, above the reorder point.
    pub suggested: i64,
}

impl ReorderRow {
    /// What would last for another 30 days, above that point.
    pub fn suggestion(&self, point: i64) -> i64 {
        (self.sold.max(0) + point - self.available - self.incoming).max(0)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReorderPoint {
    pub variant_id: VariantId,
    /// From 0; none: as many as the shop shows as "only a few left".
    #[serde(default)]
    pub reorder_point: Option<i64>,
}
