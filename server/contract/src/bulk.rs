//! Changing many products at once: seen before it is done, done as a whole, and taken back with one word.

use serde::{Deserialize, Serialize};

use crate::{BulkPlanId, BulkRunId, Money, ProductId, ProductStatus, StaffId, Timestamp, VariantId};

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
#[serde(tag = "kind", rename_all = "snake_case", try_from = "FlatAction")]
pub enum BulkAction {
    Status {
        to_status: ProductStatus,
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
        price: Money,
    },
    /// More, or with a minus fewer, hundredths of a percent: -1000 takes 10 % off. Rounded half up.
    ChangePrice {
        basis_points: i64,
        /// The last two digits of the outcome: 99 makes 12.34 to 12.99.
        ending: Option<i64>,
    },
    /// What a variant cost before this edit is shown beside its new price.
    KeepPriceAsCompareAt,
    ClearCompareAt,
}

/// [`BulkAction`] as it is read: beside a tag serde refuses no unknown field.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FlatAction {
    kind: String,
    #[serde(default)]
    to_status: Option<ProductStatus>,
    #[serde(default)]
    to: Option<String>,
    #[serde(default)]
    tags: Option<Vec<String>>,
    #[serde(default)]
    price: Option<Money>,
    #[serde(default)]
    basis_points: Option<i64>,
    #[serde(default)]
    ending: Option<i64>,
}

impl TryFrom<FlatAction> for BulkAction {
    type Error = &'static str;

    fn try_from(flat: FlatAction) -> Result<Self, Self::Error> {
        let FlatAction { kind, to_status, to, tags, price, basis_points, ending } = flat;
        Ok(match (kind.as_str(), to_status, to, tags, price, basis_points, ending) {
            ("status", Some(to_status), None, None, None, None, None) => Self::Status { to_status },
            ("vendor", None, Some(to), None, None, None, None) => Self::Vendor { to },
            ("product_type", None, Some(to), None, None, None, None) => Self::ProductType { to },
            ("add_tags", None, None, Some(tags), None, None, None) => Self::AddTags { tags },
            ("remove_tags", None, None, Some(tags), None, None, None) => Self::RemoveTags { tags },
            ("set_price", None, None, None, Some(price), None, None) => Self::SetPrice { price },
            ("change_price", None, None, None, None, Some(basis_points), ending) => {
                Self::ChangePrice { basis_points, ending }
            }
            ("keep_price_as_compare_at", None, None, None, None, None, None) => Self::KeepPriceAsCompareAt,
            ("clear_compare_at", None, None, None, None, None, None) => Self::ClearCompareAt,
            _ => return Err("no kind of action, or not what this kind takes"),
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BulkEdit {
    #[serde(default)]
    pub selection: BulkSelection,
    /// 1 to 10.
    #[cfg_attr(feature = "openapi", schema(schema_with = crate::openapi::closed_list::<BulkAction>))]
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

/// An edit that is to be done at a moment, and perhaps taken back at another: a sale from Friday to Monday. Which products it
/// changes is decided when it is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PlanBulk {
    #[serde(default)]
    pub selection: BulkSelection,
    /// 1 to 10.
    #[cfg_attr(feature = "openapi", schema(schema_with = crate::openapi::closed_list::<BulkAction>))]
    pub actions: Vec<BulkAction>,
    pub run_at: Timestamp,
    /// After `run_at`.
    #[serde(default)]
    pub undo_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BulkPlanState {
    /// Its moment is still to come.
    Planned,
    /// It was done, and will be taken back.
    Active,
    Done,
    /// Nothing was changed; `problem` says why.
    Failed,
    Cancelled,
}

/// A planned edit and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BulkPlan {
    pub id: BulkPlanId,
    pub created_at: Timestamp,
    pub staff_id: Option<StaffId>,
    pub selection: BulkSelection,
    pub actions: Vec<BulkAction>,
    pub run_at: Timestamp,
    pub undo_at: Option<Timestamp>,
    pub state: BulkPlanState,
    /// The edit, once it was done.
    pub run_id: Option<BulkRunId>,
    pub problem: Option<String>,
}
