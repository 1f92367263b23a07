//! Collections, content pages and what the home page says.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{CollectionId, Event, Media, MediaId, MediaInput, Seo};

/// Which products a collection holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "FlatRule")]
pub enum CollectionRule {
    /// As listed by the merchant, in that order.
    Manual {
        handles: Vec<String>,
    },
    Type {
        equals: String,
    },
    Tag {
        equals: String,
    },
    Vendor {
        equals: String,
    },
    /// A variant's compare-at price is above its price.
    OnSale,
    /// The cheapest variant costs at most this, in minor units.
    PriceAtMost {
        minor: i64,
    },
    /// The newest so many.
    Newest {
        count: u32,
    },
    /// What every one of these holds: two to ten.
    All {
        #[cfg_attr(feature = "openapi", schema(schema_with = crate::openapi::closed_list::<PlainRule>))]
        rules: Vec<PlainRule>,
    },
    /// What any of these holds: two to ten.
    Any {
        #[cfg_attr(feature = "openapi", schema(schema_with = crate::openapi::closed_list::<PlainRule>))]
        rules: Vec<PlainRule>,
    },
}

/// A rule that can be joined with others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "FlatRule")]
pub enum PlainRule {
    Type {
        equals: String,
    },
    Tag {
        equals: String,
    },
    Vendor {
        equals: String,
    },
    /// A variant's compare-at price is above its price.
    OnSale,
    /// The cheapest variant costs at most this, in minor units.
    PriceAtMost {
        minor: i64,
    },
}

impl From<PlainRule> for CollectionRule {
    fn from(rule: PlainRule) -> Self {
        match rule {
            PlainRule::Type { equals } => Self::Type { equals },
            PlainRule::Tag { equals } => Self::Tag { equals },
            PlainRule::Vendor { equals } => Self::Vendor { equals },
            PlainRule::OnSale => Self::OnSale,
            PlainRule::PriceAtMost { minor } => Self::PriceAtMost { minor },
        }
    }
}

impl TryFrom<FlatRule> for PlainRule {
    type Error = &'static str;

    fn try_from(flat: FlatRule) -> std::result::Result<Self, Self::Error> {
        CollectionRule::try_from(flat)?.try_into()
    }
}

impl TryFrom<CollectionRule> for PlainRule {
    type Error = &'static str;

    fn try_from(rule: CollectionRule) -> std::result::Result<Self, Self::Error> {
        match rule {
            CollectionRule::Type { equals } => Ok(Self::Type { equals }),
            CollectionRule::Tag { equals } => Ok(Self::Tag { equals }),
            CollectionRule::Vendor { equals } => Ok(Self::Vendor { equals }),
            CollectionRule::OnSale => Ok(Self::OnSale),
            CollectionRule::PriceAtMost { minor } => Ok(Self::PriceAtMost { minor }),
            _ => Err("rules by type, tag, vendor, price and sale can be joined, no others"),
        }
    }
}

/// [`CollectionRule`] as it is read: little code, and serde refuses no unknown field beside a tag.
#[derive(Deserialize)]
#[cfg_attr(feature = "strict", serde(deny_unknown_fields))]
struct FlatRule {
    kind: String,
    #[serde(default)]
    handles: Option<Vec<String>>,
    #[serde(default)]
    equals: Option<String>,
    #[serde(default)]
    minor: Option<i64>,
    #[serde(default)]
    count: Option<u32>,
    #[serde(default)]
    rules: Option<Vec<PlainRule>>,
}

impl TryFrom<FlatRule> for CollectionRule {
    type Error = &'static str;

    fn try_from(flat: FlatRule) -> std::result::Result<Self, Self::Error> {
        let FlatRule { kind, handles, equals, minor, count, rules } = flat;
        match (kind.as_str(), handles, equals, minor, count, rules) {
            ("manual", Some(handles), None, None, None, None) => Ok(Self::Manual { handles }),
            ("manual", ..) => Err("a manual rule has `handles` and nothing else"),
            ("type", None, Some(equals), None, None, None) => Ok(Self::Type { equals }),
            ("tag", None, Some(equals), None, None, None) => Ok(Self::Tag { equals }),
            ("vendor", None, Some(equals), None, None, None) => Ok(Self::Vendor { equals }),
            ("type" | "tag" | "vendor", ..) => {
                Err("a rule by type, tag or vendor has `equals` and nothing else")
            }
            ("on_sale", None, None, None, None, None) => Ok(Self::OnSale),
            ("on_sale", ..) => Err("a rule for what is on sale has nothing else"),
            ("price_at_most", None, None, Some(minor), None, None) => Ok(Self::PriceAtMost { minor }),
            ("price_at_most", ..) => Err("a rule by price has `minor` and nothing else"),
            ("newest", None, None, None, Some(count), None) => Ok(Self::Newest { count }),
            ("newest", ..) => Err("a rule for the newest has `count` and nothing else"),
            ("all", None, None, None, None, Some(rules)) => Ok(Self::All { rules }),
            ("any", None, None, None, None, Some(rules)) => Ok(Self::Any { rules }),
            ("all" | "any", ..) => Err("a rule of rules has `rules` and nothing else"),
            _ => Err("`kind` must be manual, type, tag, vendor, on_sale, price_at_most, newest, all or any"),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CollectionKind {
    /// Part of the shop's tree: stands in the menu and in breadcrumbs.
    Category,
    Collection,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Collection {
    pub id: CollectionId,
    pub handle: String,
    pub title: String,
    pub description_html: String,
    pub kind: CollectionKind,
    pub rule: CollectionRule,
    pub media: Option<Media>,
    pub seo: Seo,
    pub position: i64,
    pub version: i64,
    /// Published products in it.
    pub product_count: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CollectionInput {
    pub handle: String,
    pub title: String,
    #[serde(default)]
    pub description_html: String,
    pub kind: CollectionKind,
    #[cfg_attr(feature = "openapi", schema(schema_with = crate::openapi::closed::<CollectionRule>))]
    pub rule: CollectionRule,
    /// Where its picture comes from, as in `MediaInput`.
    #[serde(default)]
    pub media: Option<MediaInput>,
    #[serde(default)]
    pub seo: Seo,
    #[serde(default)]
    pub position: i64,
}

/// A collection as staff edit it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CollectionRecord {
    pub id: CollectionId,
    pub input: CollectionInput,
    /// Its picture, once it was fetched.
    pub media: Option<Media>,
    /// Of its picture, whether it was fetched or not.
    #[serde(default)]
    pub media_id: Option<MediaId>,
    /// Published products in it.
    pub product_count: u64,
    pub version: i64,
}

/// A picture that somebody sends.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CollectionPicture {
    /// JPEG, PNG, WebP or GIF, up to 20 MiB and 50 megapixels.
    pub bytes: Vec<u8>,
    pub alt: String,
}

/// A page of text: `/pages/{handle}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "strict", serde(deny_unknown_fields))]
pub struct ContentPage {
    pub handle: String,
    pub title: String,
    /// Sanitised HTML.
    pub body_html: String,
    #[serde(default)]
    pub seo: Seo,
}

/// What the home page says, beside the products.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "strict", serde(deny_unknown_fields))]
pub struct HomeContent {
    pub tagline: String,
    pub hero_title: String,
    pub hero_text: String,
    pub hero_link: String,
    pub hero_label: String,
    #[serde(default)]
    pub hero_media: Option<Media>,
    /// Title and text of each promise.
    pub promises: Vec<(String, String)>,
    pub story_title: String,
    pub story_html: String,
    /// Handles of the collections shown as rails.
    pub rails: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CollectionChanged {
    pub collection_id: CollectionId,
}

impl Event for CollectionChanged {
    const KIND: &'static str = "catalog.collection_changed";
    fn key(&self) -> Uuid {
        self.collection_id.uuid()
    }
}
