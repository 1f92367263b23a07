//! Changing what a product comes in, with its variants kept.

use serde::{Deserialize, Serialize};

/// A value of an option as it is to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangedValue {
    /// What it is called now; none where it is new.
    #[serde(default)]
    pub from: Option<String>,
    pub name: String,
    /// CSS colour `#rrggbb` where the value is one to look at.
    #[serde(default)]
    pub swatch: Option<String>,
}

/// An option as it is to be, with its values in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangedOption {
    /// What it is called now; none where it is new: the variants that there are get its first value.
    #[serde(default)]
    pub from: Option<String>,
    pub name: String,
    pub values: Vec<ChangedValue>,
}

/// All options of a product, in their order. What is left out goes, and the variants that have it with it: they are
/// retired, and orders keep them. All others keep their ids, SKUs and stock.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeOptions {
    pub options: Vec<ChangedOption>,
    /// Makes a variant for each combination with a new value that has none, at the price of the first.
    #[serde(default)]
    pub fill: bool,
}
