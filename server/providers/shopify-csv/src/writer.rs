//! Products back into a file, in the layout of Shopify's own export.

use std::{collections::HashSet, io::Write};

use souk_contract::{Currency, Money};

use crate::{
    column::{Column, MAX_OPTIONS, is_variant_extra},
    product::{Extra, Image, ProductDocument, Variant},
    value,
};

const PRODUCT_START: [&str; 9] =
    ["Handle", "Title", "Body (HTML)", "Vendor", "Product Category", "Type", "Tags", "Published", "Status"];

const VARIANT: [&str; 15] = [
    "Variant SKU",
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
    "Variant Barcode",
    "Variant Image",
];

const IMAGE: [&str; 3] = ["Image Src", "Image Position", "Image Alt Text"];

const PRODUCT_END: [&str; 3] = ["Gift Card", "SEO Title", "SEO Description"];

/// Why a product was not written. Nothing of it is in the file then.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error("the file can't be written: {0}")]
    Csv(#[from] csv::Error),
    #[error("the file can't be written: {0}")]
    Io(#[from] std::io::Error),
    /// The column is one of the standard ones, empty, or named twice.
    #[error("{0:?} can't be an extra column")]
    Column(String),
    /// It would not read back as the same product.
    #[error("product {handle:?}: {reason}")]
    Product { handle: String, reason: String },
}

/// Writes one product after the other. Call [`Writer::finish`] at the end.
pub struct Writer<W: Write> {
    csv: csv::Writer<W>,
    extra: Vec<String>,
    options: usize,
    currency: Option<Currency>,
    handles: HashSet<String>,
}

impl<W: Write> Writer<W> {
    /// Writes the header row: three options, as Shopify has them, and the extra columns at the end.
    pub fn new(output: W, extra: impl IntoIterator<Item = String>) -> Result<Self, WriteError> {
        Self::with_options(output, extra, 3)
    }

    /// The same with room for another number of options, at most 20.
    pub fn with_options(
        output: W,
        extra: impl IntoIterator<Item = String>,
        options: usize,
    ) -> Result<Self, WriteError> {
        let extra: Vec<String> = extra.into_iter().collect();
        let options = options.clamp(1, MAX_OPTIONS);
        let mut header: Vec<String> = PRODUCT_START.map(str::to_owned).into();
        for number in 1..=options {
            header.extend(["Name", "Value", "Linked To"].map(|part| format!("Option{number} {part}")));
        }
        header.extend([VARIANT.as_slice(), &IMAGE, &PRODUCT_END].concat().into_iter().map(str::to_owned));
        let mut names = HashSet::new();
        for name in &extra {
            // Another word for a standard column reads back as an extra one: the standard column comes first.
            let is_standard = header.iter().any(|standard| standard.eq_ignore_ascii_case(name));
            let is_option = matches!(
                Column::from_name(name),
                Some(Column::OptionName(_) | Column::OptionValue(_) | Column::OptionLink(_))
            );
            if name.trim() != name || name.is_empty() || is_standard || is_option || !names.insert(name) {
                return Err(WriteError::Column(name.clone()));
            }
        }
        let mut csv = csv::Writer::from_writer(output);
        csv.write_record(header.iter().chain(&extra))?;
        Ok(Self { csv, extra, options, currency: None, handles: HashSet::new() })
    }

    /// Writes the product's rows, or none where it could not be read back as it is.
    pub fn write(&mut self, product: &ProductDocument) -> Result<(), WriteError> {
        self.check(product)
            .map_err(|reason| WriteError::Product { handle: product.handle.clone(), reason })?;
        self.handles.insert(product.handle.clone());
        // A picture with cells of its own needs a row of its own; so do those behind it, to keep their order.
        let beside = product.images.iter().take_while(|image| image.extra.is_empty()).count();
        let beside = beside.min(product.variants.len());
        for (at, variant) in product.variants.iter().enumerate() {
            let image = product.images[..beside].get(at);
            self.row(product, at == 0, Some(variant), image)?;
        }
        for image in &product.images[beside..] {
            self.row(product, false, None, Some(image))?;
        }
        Ok(())
    }

    /// Flushes and hands back what was written to.
    pub fn finish(self) -> Result<W, WriteError> {
        self.csv.into_inner().map_err(|error| WriteError::Io(error.into_error()))
    }

    fn row(
        &mut self,
        product: &ProductDocument,
        is_first: bool,
        variant: Option<&Variant>,
        image: Option<&Image>,
    ) -> Result<(), WriteError> {
        let mut cells: Vec<String> = Vec::with_capacity(40 + self.extra.len());
        let owner = is_first.then_some(product);
        let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
        cells.push(product.handle.clone());
        cells.push(text(owner.map(|p| p.title.as_str())));
        cells.push(text(owner.map(|p| p.body_html.as_str())));
        cells.push(text(owner.and_then(|p| p.vendor.as_deref())));
        cells.push(text(owner.and_then(|p| p.category.as_deref())));
        cells.push(text(owner.and_then(|p| p.product_type.as_deref())));
        cells.push(owner.map(|p| p.tags.join(", ")).unwrap_or_default());
        cells.push(shown(owner.and_then(|p| p.published)));
        cells.push(text(owner.and_then(|p| p.status).map(|status| status.as_str())));
        for at in 0..self.options {
            let option = owner.and_then(|p| p.options.get(at));
            let is_default = at == 0 && product.options.is_empty();
            let name = option.map(|option| option.name.as_str());
            let value = variant.and_then(|v| v.option_values.get(at)).map(String::as_str);
            cells.push(text(name.or((is_default && is_first).then_some("Title"))));
            cells.push(text(value.or((is_default && variant.is_some()).then_some("Default Title"))));
            cells.push(text(option.and_then(|option| option.linked_to.as_deref())));
        }
        cells.push(variant.and_then(|v| v.sku.as_deref()).map(value::with_guard).unwrap_or_default());
        cells.push(shown(variant.and_then(|v| v.grams)));
        cells.push(text(variant.and_then(|v| v.weight_unit).map(|unit| unit.as_str())));
        cells.push(text(variant.and_then(|v| v.tracker.as_deref())));
        cells.push(shown(variant.and_then(|v| v.quantity)));
        cells.push(text(variant.and_then(|v| v.policy).map(|policy| policy.as_str())));
        cells.push(text(variant.and_then(|v| v.fulfillment_service.as_deref())));
        cells.push(amount(variant.and_then(|v| v.price)));
        cells.push(amount(variant.and_then(|v| v.compare_at)));
        cells.push(amount(variant.and_then(|v| v.cost)));
        cells.push(shown(variant.and_then(|v| v.requires_shipping)));
        cells.push(shown(variant.and_then(|v| v.taxable)));
        cells.push(text(variant.and_then(|v| v.tax_code.as_deref())));
        cells.push(variant.and_then(|v| v.barcode.as_deref()).map(value::with_guard).unwrap_or_default());
        cells.push(text(variant.and_then(|v| v.image.as_deref())));
        cells.push(text(image.map(|image| image.src.as_str())));
        cells.push(shown(image.and_then(|image| image.position)));
        cells.push(text(image.and_then(|image| image.alt.as_deref())));
        cells.push(shown(owner.and_then(|p| p.gift_card)));
        cells.push(text(owner.and_then(|p| p.seo_title.as_deref())));
        cells.push(text(owner.and_then(|p| p.seo_description.as_deref())));
        let extras = [owner.map(|p| &p.extra), variant.map(|v| &v.extra), image.map(|image| &image.extra)];
        for name in &self.extra {
            let cell = extras.iter().flatten().find_map(|extra| extra.get(name));
            cells.push(text(cell.map(String::as_str)));
        }
        self.csv.write_record(cells.into_iter().map(value::inert))?;
        Ok(())
    }

    /// What must hold for the product to read back as it is.
    fn check(&mut self, product: &ProductDocument) -> Result<(), String> {
        let fail = |condition: bool, reason: &str| if condition { Err(reason.to_owned()) } else { Ok(()) };
        fail(product.handle.trim().is_empty(), "has no handle")?;
        fail(self.handles.contains(&product.handle), "was written before")?;
        fail(product.title.trim().is_empty(), "has no title")?;
        fail(product.variants.is_empty(), "has no variant")?;
        fail(
            product.options.len() > self.options,
            &format!("has {} options; the file has columns for {}", product.options.len(), self.options),
        )?;
        fail(product.tags.iter().any(|tag| tag.contains(',')), "has a tag with a comma in it")?;
        fail(
            product.images.iter().any(|image| image.src.trim().is_empty()),
            "has a picture without an address",
        )?;
        let mut names = HashSet::new();
        for option in &product.options {
            fail(option.name.trim().is_empty(), "has an option without a name")?;
            fail(!names.insert(option.name.to_lowercase()), "has two options of one name")?;
        }
        let mut combinations = HashSet::new();
        for (at, variant) in product.variants.iter().enumerate() {
            let values = &variant.option_values;
            fail(values.len() != product.options.len(), "has a variant without a value for each option")?;
            fail(
                values.iter().any(|value| value.trim().is_empty()),
                "has a variant with an empty option value",
            )?;
            fail(!combinations.insert(values), "has two variants with the same option values")?;
            fail(variant.grams.is_some_and(|grams| grams.is_sign_negative()), "has a negative weight")?;
            let misplaced = at == 0 && variant.extra.keys().any(|name| !is_variant_extra(name));
            fail(misplaced, "has cells on its first variant that belong to the product")?;
            self.check_extra(&variant.extra)?;
            for money in [variant.price, variant.compare_at, variant.cost].into_iter().flatten() {
                fail(money.minor < 0, "has a negative amount")?;
                let currency = *self.currency.get_or_insert(money.currency);
                fail(
                    money.currency != currency,
                    &format!("is priced in {}, the file in {currency}", money.currency),
                )?;
            }
        }
        fail(product.extra.keys().any(|name| is_variant_extra(name)), "has cells that belong to a variant")?;
        self.check_extra(&product.extra)?;
        product.images.iter().try_for_each(|image| self.check_extra(&image.extra))
    }

    fn check_extra(&self, extra: &Extra) -> Result<(), String> {
        match extra.keys().find(|name| !self.extra.contains(name)) {
            Some(name) => Err(format!("has a cell in a column the file has not got: {name:?}")),
            None => Ok(()),
        }
    }
}

fn shown<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn amount(money: Option<Money>) -> String {
    money.map(|money| money.amount()).unwrap_or_default()
}
