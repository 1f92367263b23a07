//! One product as the file tells it: plain data, nothing looked up and nothing made up.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use souk_contract::Money;

/// Cells of columns this crate gives no meaning to, by the column's name in the file. Never an empty value.
pub type Extra = BTreeMap<String, String>;

/// A product with its variants and pictures. `None` and `""` mean an empty cell or a missing column.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProductDocument {
    /// The last part of the product's address; unique in a file.
    pub handle: String,
    pub title: String,
    /// HTML as it stands in the file: not sanitised.
    pub body_html: String,
    pub vendor: Option<String>,
    /// The merchant's own word for the kind of product.
    pub product_type: Option<String>,
    /// A path in Shopify's product taxonomy, `A > B > C`, or its id.
    pub category: Option<String>,
    /// Trimmed, without repeats, in file order.
    pub tags: Vec<String>,
    /// Blank counts as published, as Shopify has it.
    pub published: Option<bool>,
    pub status: Option<Status>,
    pub gift_card: Option<bool>,
    /// Empty for a product in one version only (`Title` / `Default Title` in the file).
    pub options: Vec<ProductOption>,
    /// At least one; more than one only where there are options.
    pub variants: Vec<Variant>,
    /// In file order; see [`Self::images_in_order`].
    pub images: Vec<Image>,
    pub seo_title: Option<String>,
    pub seo_description: Option<String>,
    /// Unknown columns of the product's first row that do not belong to a variant.
    pub extra: Extra,
}

impl ProductDocument {
    /// Whether shoppers may see it: not unpublished, and active where a status is given.
    pub fn is_visible(&self) -> bool {
        self.published != Some(false) && self.status.is_none_or(|status| status == Status::Active)
    }

    /// Pictures by their position; those without one keep their place in the file behind the others.
    pub fn images_in_order(&self) -> Vec<&Image> {
        let mut images: Vec<&Image> = self.images.iter().collect();
        images.sort_by_key(|image| image.position.unwrap_or(u32::MAX));
        images
    }
}

/// Something the shopper chooses: a colour, a size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductOption {
    /// As spelt in the file: `Color` and `COLOR` stay two spellings.
    pub name: String,
    /// The metafield whose entries (swatches) the values name, such as `product.metafields.shopify.color-pattern`.
    pub linked_to: Option<String>,
}

/// One thing that can be bought.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Variant {
    /// One value for each of the product's options, in their order. Never empty strings.
    pub option_values: Vec<String>,
    pub sku: Option<String>,
    pub barcode: Option<String>,
    /// In the shop's currency, not negative.
    pub price: Option<Money>,
    /// The price before a reduction.
    pub compare_at: Option<Money>,
    /// What the merchant pays for it: never for a shopper's eyes.
    pub cost: Option<Money>,
    /// Weight in grams, not negative.
    pub grams: Option<Decimal>,
    /// The unit a page shows the weight in; the weight itself is in grams whatever this says.
    pub weight_unit: Option<WeightUnit>,
    /// Who counts the stock (`shopify`); `None`: nobody does.
    pub tracker: Option<String>,
    /// Pieces in stock; negative where more was sold than there was.
    pub quantity: Option<i64>,
    pub policy: Option<InventoryPolicy>,
    pub fulfillment_service: Option<String>,
    pub requires_shipping: Option<bool>,
    pub taxable: Option<bool>,
    pub tax_code: Option<String>,
    /// Address of this variant's own picture; usually one of the product's.
    pub image: Option<String>,
    /// Unknown columns of this variant's row. On the first variant only those that name a variant
    /// (`Variant …`, `Price / Market`, variant metafields); the others are the product's.
    pub extra: Extra,
}

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Image {
    /// Web address or file name, as it stands in the file. Unique in a product.
    pub src: String,
    /// From 1.
    pub position: Option<u32>,
    pub alt: Option<String>,
    /// Unknown columns of a row that holds nothing but this picture.
    pub extra: Extra,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    Active,
    Draft,
    Archived,
    /// Reached by its address only.
    Unlisted,
}

impl Status {
    pub const ALL: [Self; 4] = [Self::Active, Self::Draft, Self::Archived, Self::Unlisted];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Draft => "draft",
            Self::Archived => "archived",
            Self::Unlisted => "unlisted",
        }
    }
}

/// What happens when the stock is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InventoryPolicy {
    /// Stop selling.
    Deny,
    /// Sell on.
    Continue,
}

impl InventoryPolicy {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Deny => "deny",
            Self::Continue => "continue",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WeightUnit {
    Gram,
    Kilogram,
    Pound,
    Ounce,
}

impl WeightUnit {
    pub const ALL: [Self; 4] = [Self::Gram, Self::Kilogram, Self::Pound, Self::Ounce];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gram => "g",
            Self::Kilogram => "kg",
            Self::Pound => "lb",
            Self::Ounce => "oz",
        }
    }
}
