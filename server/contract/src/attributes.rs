//! What a merchant knows of products beyond the fields that all have: attributes, in groups, in templates.

use std::collections::HashSet;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{
    AttributeGroupId, AttributeId, Completeness, Ctx, ProductId, ProductInput, ProductTemplateId, Result,
    Timestamp, completeness,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AttributeKind {
    Text,
    LongText,
    /// With a unit, where it has one.
    Number,
    Boolean,
    /// `2026-03-31`
    Date,
    Select,
    MultiSelect,
}

impl AttributeKind {
    pub const ALL: [Self; 7] = [
        Self::Text,
        Self::LongText,
        Self::Number,
        Self::Boolean,
        Self::Date,
        Self::Select,
        Self::MultiSelect,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::LongText => "long_text",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Select => "select",
            Self::MultiSelect => "multi_select",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Whether its values are some of a list.
    pub fn has_options(self) -> bool {
        matches!(self, Self::Select | Self::MultiSelect)
    }
}

/// One to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AttributeOption {
    /// What products keep.
    pub value: String,
    /// What people read.
    pub label: String,
    /// CSS colour `#rrggbb`.
    #[serde(default)]
    pub swatch: Option<String>,
}

/// What a merchant writes of an attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AttributeInput {
    /// Names it in products: lower-case letters, digits, `-` and `_`, up to 60. It never changes.
    pub code: String,
    /// Up to 120 characters.
    pub name: String,
    /// Stays while products use it.
    pub kind: AttributeKind,
    /// Of a number only: `cm`.
    #[serde(default)]
    pub unit: Option<String>,
    /// Of a select and a multi-select only. One that products use can't be left out.
    #[serde(default)]
    pub options: Vec<AttributeOption>,
    /// A product whose template has it is not complete without it.
    #[serde(default)]
    pub required: bool,
    /// Below the field, up to 500 characters.
    #[serde(default)]
    pub help: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Attribute {
    pub id: AttributeId,
    pub code: String,
    pub name: String,
    pub kind: AttributeKind,
    pub unit: Option<String>,
    pub options: Vec<AttributeOption>,
    pub required: bool,
    pub help: String,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Attribute {
    pub fn input(&self) -> AttributeInput {
        AttributeInput {
            code: self.code.clone(),
            name: self.name.clone(),
            kind: self.kind,
            unit: self.unit.clone(),
            options: self.options.clone(),
            required: self.required,
            help: self.help.clone(),
        }
    }

    /// The option's label; the value itself where there is no such option.
    pub fn label<'a>(&'a self, value: &'a str) -> &'a str {
        self.options.iter().find(|option| option.value == value).map_or(value, |option| &option.label)
    }

    /// As people read it.
    pub fn shown(&self, data: &AttributeData) -> String {
        match data {
            AttributeData::Flag(true) => "Yes".to_owned(),
            AttributeData::Flag(false) => "No".to_owned(),
            AttributeData::Number(number) => number.to_string(),
            AttributeData::Text(text) => self.label(text).to_owned(),
            AttributeData::Many(values) => {
                values.iter().map(|value| self.label(value)).collect::<Vec<_>>().join(", ")
            }
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AttributeGroupInput {
    /// Up to 120 characters; letters' case does not tell two apart.
    pub name: String,
    /// Codes, in their order.
    #[serde(default)]
    pub attributes: Vec<String>,
}

/// Attributes that belong together: `Dimensions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AttributeGroup {
    pub id: AttributeGroupId,
    pub name: String,
    /// Codes, in their order.
    pub attributes: Vec<String>,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl AttributeGroup {
    pub fn input(&self) -> AttributeGroupInput {
        AttributeGroupInput { name: self.name.clone(), attributes: self.attributes.clone() }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ProductTemplateInput {
    /// Up to 120 characters; letters' case does not tell two apart.
    pub name: String,
    /// In their order.
    #[serde(default)]
    pub groups: Vec<AttributeGroupId>,
}

/// What is known of one sort of product: `Shoes`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProductTemplate {
    pub id: ProductTemplateId,
    pub name: String,
    /// In their order.
    pub groups: Vec<AttributeGroupId>,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl ProductTemplate {
    pub fn input(&self) -> ProductTemplateInput {
        ProductTemplateInput { name: self.name.clone(), groups: self.groups.clone() }
    }
}

/// JSON's own types: true, 12.5, "text" or "2026-03-31" or an option's value, and a list of such.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged, expecting = "true, false, a number, a text or a list of texts")]
pub enum AttributeData {
    Flag(bool),
    Number(f64),
    Text(String),
    Many(Vec<String>),
}

impl AttributeData {
    /// No text, or nothing chosen.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Flag(_) | Self::Number(_) => false,
            Self::Text(text) => text.trim().is_empty(),
            Self::Many(values) => values.is_empty(),
        }
    }
}

/// What a product has of an attribute.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AttributeValue {
    /// The attribute's.
    pub code: String,
    pub value: AttributeData,
}

/// What shoppers read of an attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ShownAttribute {
    pub code: String,
    pub name: String,
    /// Labels, not values; `Yes` and `No`; several stand in one line with commas.
    pub value: String,
    pub unit: Option<String>,
}

/// Everything that the shop knows of attributes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductModel {
    /// By name.
    pub attributes: Vec<Attribute>,
    /// By name.
    pub groups: Vec<AttributeGroup>,
    /// By name.
    pub templates: Vec<ProductTemplate>,
}

impl ProductModel {
    pub fn attribute(&self, code: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.code == code)
    }

    pub fn group(&self, id: AttributeGroupId) -> Option<&AttributeGroup> {
        self.groups.iter().find(|group| group.id == id)
    }

    pub fn template(&self, id: ProductTemplateId) -> Option<&ProductTemplate> {
        self.templates.iter().find(|template| template.id == id)
    }

    /// The template's groups with their attributes, in their order; one that stands in two groups is in the first.
    pub fn of_template(&self, id: ProductTemplateId) -> Vec<(&AttributeGroup, Vec<&Attribute>)> {
        let mut seen = HashSet::new();
        let groups = self.template(id).map_or(&[][..], |template| &template.groups);
        groups
            .iter()
            .filter_map(|id| self.group(*id))
            .map(|group| {
                let new = group.attributes.iter().filter(|code| seen.insert(code.as_str()));
                (group, new.filter_map(|code| self.attribute(code)).collect())
            })
            .collect()
    }

    /// Those that a product with this template is not complete without.
    pub fn required(&self, template: Option<ProductTemplateId>) -> Vec<&Attribute> {
        let groups = template.map(|id| self.of_template(id)).unwrap_or_default();
        groups.into_iter().flat_map(|(_, all)| all).filter(|attribute| attribute.required).collect()
    }

    pub fn completeness(&self, product: &ProductInput) -> Completeness {
        completeness(product, &self.required(product.template_id))
    }

    /// What shoppers read: the template's attributes of which there is a value, in the template's order.
    pub fn shown(
        &self,
        template: Option<ProductTemplateId>,
        values: &[AttributeValue],
    ) -> Vec<ShownAttribute> {
        let groups = template.map(|id| self.of_template(id)).unwrap_or_default();
        let all = groups.into_iter().flat_map(|(_, all)| all);
        all.filter_map(|attribute| {
            let value = values.iter().find(|value| value.code == attribute.code)?;
            Some(ShownAttribute {
                code: attribute.code.clone(),
                name: attribute.name.clone(),
                value: attribute.shown(&value.value),
                unit: attribute.unit.clone(),
            })
        })
        .collect()
    }
}

#[async_trait]
pub trait Attributes: Send + Sync {
    /// At most 500 attributes, 200 groups and 200 templates.
    async fn model(&self, ctx: &Ctx) -> Result<ProductModel>;
    /// Without an id it is a new one. `Invalid` names the field: `kind` and `options` with `in_use` where products stand
    /// in the way.
    async fn put_attribute(
        &self,
        ctx: &Ctx,
        id: Option<AttributeId>,
        input: AttributeInput,
        if_version: Option<i64>,
    ) -> Result<Attribute>;
    /// `Conflict in_use` says how many products or groups have it.
    async fn remove_attribute(&self, ctx: &Ctx, id: AttributeId, if_version: Option<i64>) -> Result<()>;
    async fn put_attribute_group(
        &self,
        ctx: &Ctx,
        id: Option<AttributeGroupId>,
        input: AttributeGroupInput,
        if_version: Option<i64>,
    ) -> Result<AttributeGroup>;
    /// `Conflict in_use` says how many templates have it.
    async fn remove_attribute_group(
        &self,
        ctx: &Ctx,
        id: AttributeGroupId,
        if_version: Option<i64>,
    ) -> Result<()>;
    async fn put_product_template(
        &self,
        ctx: &Ctx,
        id: Option<ProductTemplateId>,
        input: ProductTemplateInput,
        if_version: Option<i64>,
    ) -> Result<ProductTemplate>;
    /// `Conflict in_use` says how many products have it.
    async fn remove_product_template(
        &self,
        ctx: &Ctx,
        id: ProductTemplateId,
        if_version: Option<i64>,
    ) -> Result<()>;
    /// Of published products for everybody, of all for staff; none where there is no such product.
    async fn shown_attributes(&self, ctx: &Ctx, id: ProductId) -> Result<Vec<ShownAttribute>>;
    /// As the product is stored.
    async fn product_completeness(&self, ctx: &Ctx, id: ProductId) -> Result<Completeness>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_what_json_says() {
        let all = r#"[{"code":"a","value":true},{"code":"b","value":12},{"code":"c","value":"x"},{"code":"d","value":["x","y"]}]"#;
        let values: Vec<AttributeValue> = serde_json::from_str(all).expect("values");
        let text = |text: &str| text.to_owned();
        let expected = [
            AttributeData::Flag(true),
            AttributeData::Number(12.0),
            AttributeData::Text(text("x")),
            AttributeData::Many(vec![text("x"), text("y")]),
        ];
        assert_eq!(values.into_iter().map(|value| value.value).collect::<Vec<_>>(), expected);
        for bad in [r#"{"code":"a","value":{}}"#, r#"{"code":"a","value":1,"more":2}"#, r#"{"code":"a"}"#] {
            assert!(serde_json::from_str::<AttributeValue>(bad).is_err(), "{bad}");
        }
        let told = serde_json::from_str::<AttributeData>("{}").expect_err("no value").to_string();
        assert_eq!(told, "true, false, a number, a text or a list of texts");
    }
}
