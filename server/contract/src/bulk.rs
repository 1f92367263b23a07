//! Changing many products at once: seen before it is done, done as a whole, and taken back with one word.

use serde::{Deserialize, Serialize};

use crate::{BulkRunId, Money, ProductId, ProductStatus, StaffId, Timestamp, VariantId};

/// Which products. All conditions hold together; without any it is all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct BulkSelection {
    /// Empty: whatever else holds.
    pub ids: Vec<ProductId>,
    /// A part of the title or handle; letters' case does not matter.
    pub text: Option<String>,
    pub status: Option<ProductStatus>,
    pub vendor: Option<String>,
    pub product_type: Option<String>,
    pub tag: Option<String>,
}

/// What is done to each of them, in this order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum BulkAction {
    Status {
        to: ProductStatus,
    },
    Vendor {
        to: String,
    },
    ProductType {
        to: String,
    },
    AddTags {
        tags: Vec<String>,
    },
    RemoveTags {
        tags: Vec<String>,
    },
    /// Of every variant.
    SetPrice {
        to: Money,
    },
    /// More, or with a minus fewer, hundredths of a percent: -1000 takes 10 % off. Rounded half up.
    ChangePrice {
        basis_points: i64,
        /// The last two digits of the outcome: 99 makes 12.34 to 12.99.
        #[serde(default)]
        ending: Option<i64>,
    },
    /// What a variant cost before this edit is shown beside its new price.
    KeepPriceAsCompareAt,
    ClearCompareAt,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BulkEdit {
    #[serde(default)]
    pub selection: BulkSelection,
    /// 1 to 10.
    pub actions: Vec<BulkAction>,
    /// How many values were seen to change. Others are refused with `changed_meanwhile`, and nothing is done.
    #[serde(default)]
    pub expected: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BulkField {
    Status,
    Vendor,
    ProductType,
    Tags,
    Price,
    CompareAt,
}

/// One value, as people read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BulkChange {
    pub product_id: ProductId,
    pub title: String,
    /// None where it is the product's own.
    pub variant_id: Option<VariantId>,
    /// The variant's options.
    pub variant: String,
    pub field: BulkField,
    pub before: String,
    pub after: String,
    /// `below_cost`, `not_below_compare_at`.
    pub warning: Option<String>,
}

/// What an edit would do. Nothing has happened yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BulkPreview {
    /// Products that are selected.
    pub matched: i64,
    /// Of them those that change.
    pub products: i64,
    pub values: i64,
    /// Of the values those with a warning.
    pub warnings: i64,
    /// Up to 200 values of products after the one asked for.
    pub changes: Vec<BulkChange>,
    /// Where the next values go on.
    pub next: Option<ProductId>,
}

/// An edit that was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BulkRun {
    pub id: BulkRunId,
    pub at: Timestamp,
    pub staff_id: Option<StaffId>,
    pub actions: Vec<BulkAction>,
    pub products: i64,
    pub values: i64,
    pub undone_at: Option<Timestamp>,
}

/// An edit that was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BulkUndone {
    pub run: BulkRun,
    /// Values that are what they were before.
    pub restored: i64,
    /// Values that somebody changed since; they stay as they are.
    pub kept: i64,
}
