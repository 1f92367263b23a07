//! Segments: people by a rule, whoever fits at the moment.

use serde::{Deserialize, Serialize};

use crate::{SegmentId, Timestamp};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Segment {
    pub id: SegmentId,
    pub name: String,
    /// `orders >= 2 and spent > 100 and not tag = "vip"`
    pub rule: String,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SegmentInput {
    /// Up to 80 characters; letters' case does not tell two apart.
    pub name: String,
    /// `and`, `or`, `not` and brackets over `orders`, `spent`, `last_order`, `first_order`, `country`, `tag`, `consent`,
    /// `account`, `product`, `category`. Up to 2,000 characters and 50 conditions. A fault names the character.
    pub rule: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SegmentCount {
    /// Counted up to 100,000.
    pub people: i64,
    /// There are more.
    pub more: bool,
}
