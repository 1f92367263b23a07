//! Lists of products: sorted, narrowed and counted, for shoppers; and as the merchant looks for them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Availability, Media, Money, PageRequest, ProductCard, ProductId, ProductStatus, Timestamp};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[derive(Default)]
pub enum Sort {
    /// The merchant's order, or by relevance in a search.
    #[default]
    Featured,
    Newest,
    PriceAsc,
    PriceDesc,
    TitleAsc,
}

impl Sort {
    pub const ALL: [Self; 5] =
        [Self::Featured, Self::Newest, Self::PriceAsc, Self::PriceDesc, Self::TitleAsc];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Featured => "featured",
            Self::Newest => "newest",
            Self::PriceAsc => "price-asc",
            Self::PriceDesc => "price-desc",
            Self::TitleAsc => "title-asc",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.as_str() == text)
    }
}

/// Narrows a list. Values of one facet are alternatives, facets add up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Filters {
    /// Facet key (`vendor`, `type`, `option.size`) to chosen values.
    #[serde(default)]
    pub facets: BTreeMap<String, Vec<String>>,
    /// In minor units of the shop's currency, inclusive.
    #[serde(default)]
    pub price_min: Option<i64>,
    #[serde(default)]
    pub price_max: Option<i64>,
    #[serde(default)]
    pub in_stock: bool,
}

impl Filters {
    pub fn is_empty(&self) -> bool {
        self.facets.values().all(Vec::is_empty)
            && self.price_min.is_none()
            && self.price_max.is_none()
            && !self.in_stock
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ListProducts {
    /// `None` and `all` list every published product.
    #[serde(default)]
    pub collection: Option<String>,
    #[serde(default)]
    pub filters: Filters,
    #[serde(default)]
    pub sort: Sort,
    /// `next` or `prev` of another page.
    #[serde(default)]
    pub cursor: Option<String>,
    #[serde(default)]
    pub limit: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Listing {
    pub cards: Vec<ProductCard>,
    pub facets: Vec<Facet>,
    /// Cheapest and dearest of the list before the price filter.
    pub price_range: Option<PriceRange>,
    /// How many products match.
    pub total: u64,
    pub next: Option<String>,
    pub prev: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PriceRange {
    pub min: Money,
    pub max: Money,
}

/// Counts are disjunctive: what each value would show if it were chosen beside the other facets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Facet {
    /// `vendor`, `type`, `option.size`.
    pub key: String,
    pub label: String,
    pub values: Vec<FacetValue>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FacetValue {
    pub value: String,
    pub count: u64,
    pub selected: bool,
    #[serde(default)]
    pub swatch: Option<String>,
}

/// A product in the merchant's list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProductRow {
    pub id: ProductId,
    pub handle: String,
    pub title: String,
    pub vendor: String,
    pub product_type: String,
    pub status: ProductStatus,
    pub availability: Availability,
    pub variant_count: i64,
    pub price: PriceRange,
    pub picture: Option<Media>,
    /// 0 to 100; none: not worked out yet.
    #[serde(default)]
    pub completeness: Option<i64>,
    pub version: i64,
    pub updated_at: Timestamp,
}

/// All conditions hold together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(default)]
pub struct ProductQuery {
    /// A part of the title or handle, or the beginning of a SKU or barcode; letters' case does not matter.
    pub text: Option<String>,
    pub status: Option<ProductStatus>,
    /// True: those below 100 %; false: those that miss nothing.
    pub incomplete: Option<bool>,
    /// `next` of the page before.
    pub after: Option<String>,
    /// 1 to 100; 24 where not given.
    pub limit: Option<u32>,
}

impl ProductQuery {
    pub fn page(&self) -> PageRequest {
        PageRequest { after: self.after.clone(), limit: self.limit }
    }
}
