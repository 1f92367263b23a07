//! Keyset paging: a page and the cursor of the next one. No offsets, no totals on hot lists.

use serde::{Deserialize, Serialize};

use crate::{Error, Id, Result};

pub const DEFAULT_LIMIT: u32 = 24;
pub const MAX_LIMIT: u32 = 100;

/// Which page is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageRequest {
    /// `next` of the page before; none for the first.
    #[serde(default)]
    pub after: Option<String>,
    /// 1 to 100; 24 where not given.
    #[serde(default)]
    pub limit: Option<u32>,
}

impl PageRequest {
    pub fn limit(&self) -> u32 {
        self.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT)
    }

    /// For lists that go by id: the one after which the page begins; none for the first.
    pub fn after_id<K>(&self) -> Result<Option<Id<K>>> {
        let parse = |text: &String| {
            text.parse().map_err(|_| Error::invalid("after", "invalid", "This is not a cursor of ours."))
        };
        self.after.as_ref().map(parse).transpose()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Pass as `after` for what follows; none on the last page.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Of rows of which one more than `limit` was asked for: where it came, the last that is shown begins the next page.
    pub fn cut<R>(
        mut rows: Vec<R>,
        limit: u32,
        cursor: impl Fn(&R) -> String,
        show: impl Fn(R) -> T,
    ) -> Self {
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next = rows.last().filter(|_| more).map(cursor);
        Self { items: rows.into_iter().map(show).collect(), next }
    }
}
