//! What the demo shop consists of. Money is in euro cents, VAT included.

use crate::{DemoError, picture::PictureSpec};

#[derive(Debug, Clone, PartialEq)]
pub struct Shop {
    pub name: String,
    pub tagline: String,
    /// One sentence for search engines and link previews.
    pub description: String,
    /// ISO 4217; all prices are in it.
    pub currency: &'static str,
    pub email: String,
    pub address: String,
    pub hero: Hero,
    /// Three short reasons to buy here.
    pub promises: Vec<Promise>,
    /// A few sentences about the store for the home page: title and HTML.
    pub story_title: String,
    pub story_html: String,
    pub pages: Vec<DemoPage>,
    /// The eight categories first, then those that cut across them.
    pub collections: Vec<DemoCollection>,
    pub products: Vec<DemoProduct>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Hero {
    pub headline: String,
    pub sub: String,
    pub button: String,
    /// Handle of the collection behind the button.
    pub collection: String,
    /// Wide: 5 to 3.
    pub picture: PictureSpec,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Promise {
    pub title: String,
    pub text: String,
    /// Name of an icon in `icons/`.
    pub icon: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct DemoPage {
    pub handle: String,
    pub title: String,
    pub body_html: String,
    pub seo_description: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct DemoCollection {
    pub handle: String,
    pub title: String,
    /// One or two sentences, plain text.
    pub summary: String,
    pub seo_title: String,
    pub seo_description: String,
    /// Name of an icon in `icons/`.
    pub icon: String,
    pub picture: PictureSpec,
    /// One of the eight departments of the store.
    pub is_category: bool,
    /// Handles of its products, in the order to show them.
    pub products: Vec<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct DemoProduct {
    pub handle: String,
    pub title: String,
    pub body_html: String,
    pub vendor: String,
    pub product_type: String,
    pub tags: Vec<String>,
    pub seo_title: String,
    pub seo_description: String,
    /// Handle of its category.
    pub category: String,
    /// None for a product that comes in one form only.
    pub options: Vec<DemoOption>,
    /// At least one. Each has one value per option; some combinations don't exist.
    pub variants: Vec<DemoVariant>,
    pub pictures: Vec<PictureSpec>,
    /// How long ago it came into the shop.
    pub age_days: u32,
}

#[derive(Debug, Clone, PartialEq)]
pub struct DemoOption {
    pub name: String,
    pub values: Vec<String>,
    /// `#rrggbb` of each value, where the option is a colour.
    pub swatches: Vec<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct DemoVariant {
    pub sku: String,
    /// EAN-13.
    pub barcode: String,
    /// In the order of the product's options.
    pub values: Vec<String>,
    /// Euro cents.
    pub price: i64,
    /// Euro cents, above `price`.
    pub compare_at: Option<i64>,
    pub weight_grams: i64,
    /// Pieces on hand.
    pub stock: i64,
    /// Index into the product's pictures.
    pub picture: usize,
}

/// The demo shop. The same in every run.
pub fn shop() -> Result<Shop, DemoError> {
    crate::expand::shop()
}
