//! Finding products by words, as they are typed and when they are sent.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{CollectionLink, Ctx, Filters, Listing, Media, Money, Result, Sort};

#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SearchRequest {
    pub q: String,
    #[serde(default)]
    pub filters: Filters,
    #[serde(default)]
    pub sort: Sort,
    #[serde(default)]
    pub cursor: Option<String>,
    #[serde(default)]
    pub limit: Option<u32>,
}

/// A few best matches while typing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Suggestions {
    pub products: Vec<SuggestedProduct>,
    pub collections: Vec<CollectionLink>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SuggestedProduct {
    pub handle: String,
    pub title: String,
    pub price: Money,
    pub media: Option<Media>,
}

#[async_trait]
pub trait Search: Send + Sync {
    /// Forgives one wrong letter in words of 4 to 7 and two in longer ones; the last word may be unfinished.
    async fn search(&self, ctx: &Ctx, request: &SearchRequest) -> Result<Listing>;
    async fn suggest(&self, ctx: &Ctx, q: &str) -> Result<Suggestions>;
    /// Grows with every change of the index or the catalogue: answers of the same epoch are the same.
    fn epoch(&self) -> u64;
    /// Builds the index anew from the catalogue; staff only. Returns how many products are in it.
    async fn reindex(&self, ctx: &Ctx) -> Result<u64>;
}
