//! SQL: one function per statement.

pub(crate) mod attributes;
pub(crate) mod bulk;
pub(crate) mod changes;
pub(crate) mod collections;
pub(crate) mod completeness;
pub(crate) mod content;
pub(crate) mod desk;
pub(crate) mod media;
pub(crate) mod plans;
pub(crate) mod prices;
pub(crate) mod products;
pub(crate) mod variants;
pub(crate) mod versions;

/// Ids in one `in (..)`; both engines allow far more, but few different statements are then prepared.
pub(crate) const CHUNK: usize = 256;
