//! Lists as a member of staff likes to see them.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{Ctx, Result, SavedViewId};

/// A list with its conditions, under a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SavedView {
    pub id: SavedViewId,
    /// Which list: `orders`, `products`, …
    pub screen: String,
    pub name: String,
    /// The query of the screen's address, without its question mark.
    pub query: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SaveView {
    /// Up to 40 lower-case letters and hyphens.
    pub screen: String,
    /// Up to 60 characters; an own view of the same screen and name is replaced.
    pub name: String,
    /// Up to 1,000 characters.
    pub query: String,
}

/// A member's own; takes a session.
#[async_trait]
pub trait Views: Send + Sync {
    /// By name.
    async fn views(&self, ctx: &Ctx, screen: &str) -> Result<Vec<SavedView>>;
    /// `Conflict too_many_views` beyond 30 of a screen.
    async fn save_view(&self, ctx: &Ctx, request: SaveView) -> Result<SavedView>;
    async fn remove_view(&self, ctx: &Ctx, id: SavedViewId) -> Result<()>;

    /// The columns that the member wants to see in a screen's list, beside its first; none: as it comes.
    async fn columns(&self, ctx: &Ctx, screen: &str) -> Result<Option<Vec<String>>>;
    /// At most 40 names of up to 40 lower-case letters and hyphens; none: as it comes again.
    async fn set_columns(&self, ctx: &Ctx, screen: &str, columns: Option<Vec<String>>) -> Result<()>;
}
