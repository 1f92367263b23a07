//! What a product was after each save, and when it is to be published.

use serde::{Deserialize, Serialize};

use crate::{ProductId, StaffId, Timestamp};

/// What made a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum VersionKind {
    Created,
    Updated,
    /// With many others at once.
    Edited,
    Archived,
    Restored,
    /// At the moment that somebody had set.
    Published,
    Unpublished,
}

/// What a product was after a save.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProductVersion {
    /// From 1, without gaps; the oldest are gone once there are too many. Not the product's `version`, which also counts
    /// what is no save.
    pub number: i64,
    pub at: Timestamp,
    /// None: an import from the command line, or Souk itself.
    pub staff_id: Option<StaffId>,
    pub kind: VersionKind,
    /// Of a restored one: the number it came from.
    pub restored_from: Option<i64>,
    /// What differs from the version before: `title`, `variant S / Blue`.
    pub fields: Vec<String>,
}

/// When a product is to be published and taken offline. None: by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProductSchedule {
    pub product_id: ProductId,
    /// 0: nothing was ever set.
    pub version: i64,
    pub publish_at: Option<Timestamp>,
    /// It is a draft again then.
    pub unpublish_at: Option<Timestamp>,
}

/// A moment that is left out is cancelled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetSchedule {
    #[serde(default)]
    pub publish_at: Option<Timestamp>,
    #[serde(default)]
    pub unpublish_at: Option<Timestamp>,
}
