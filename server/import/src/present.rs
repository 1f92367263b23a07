//! Which columns a file has: what has none stays as the catalogue has it.

use std::{collections::BTreeSet, io::Read};

use souk_shopify_csv::Reader;

use crate::attributes;

/// Shopify's columns by their older names, in lower case, and the file's own.
#[derive(Debug, Clone, Default)]
pub struct Present {
    known: BTreeSet<&'static str>,
    extra: BTreeSet<String>,
}

/// What an export has, all of it.
const COLUMNS: [&str; 29] = [
    "Handle",
    "Body (HTML)",
    "Vendor",
    "Type",
    "Tags",
    "Product Category",
    "Published",
    "Status",
    "Option1 Value",
    "Variant SKU",
    "Variant Barcode",
    "Variant Grams",
    "Variant Weight Unit",
    "Variant Inventory Tracker",
    "Variant Inventory Qty",
    "Variant Inventory Policy",
    "Variant Fulfillment Service",
    "Variant Price",
    "Variant Compare At Price",
    "Cost per item",
    "Variant Requires Shipping",
    "Variant Taxable",
    "Variant Tax Code",
    "Variant Image",
    "Image Src",
    "Image Alt Text",
    "Gift Card",
    "SEO Title",
    "SEO Description",
];

impl Present {
    pub fn of<R: Read>(reader: &Reader<R>) -> Self {
        Self {
            known: COLUMNS.into_iter().filter(|name| reader.has(name)).collect(),
            extra: reader.extra_columns().into_iter().collect(),
        }
    }

    /// By its older name, as it stands in [`COLUMNS`].
    pub fn has(&self, name: &str) -> bool {
        self.known.contains(name)
    }

    pub fn has_extra(&self, name: &str) -> bool {
        self.extra.contains(name)
    }

    pub fn has_attributes(&self) -> bool {
        self.extra.iter().any(|name| attributes::is_column(name))
    }

    /// Nothing of a product that is there already has to be looked up.
    pub fn is_whole(&self) -> bool {
        self.known.len() == COLUMNS.len() && !self.has_attributes()
    }

    pub fn has_stock(&self) -> bool {
        ["Variant Inventory Tracker", "Variant Inventory Qty", "Variant Inventory Policy"]
            .into_iter()
            .any(|name| self.has(name))
    }
}
