//! The rows of one handle into one product.

use std::collections::{HashMap, HashSet};

use souk_contract::Currency;

use crate::{
    column::{Column, Header, PRODUCT_COLUMNS},
    issue::{RowIssue, Severity},
    product::{Extra, Image, ProductDocument, ProductOption, Variant},
    rows::Row,
    value::{self, Parsed},
};

const TITLE_OPTION: &str = "Title";
const DEFAULT_VALUE: &str = "Default Title";

/// The product, unless any row has an error, and all remarks by line.
pub(crate) fn product(
    header: &Header,
    currency: Currency,
    handle: String,
    mut rows: Vec<Row>,
) -> (Option<ProductDocument>, Vec<RowIssue>) {
    let issues = rows.iter_mut().flat_map(|row| std::mem::take(&mut row.issues)).collect();
    let mut group = Group { header, currency, rows: &rows, issues };
    let product = group.product(handle);
    let mut issues = group.issues;
    issues.sort_by_key(|issue| issue.line);
    let whole = !issues.iter().any(RowIssue::is_error);
    (product.filter(|_| whole), issues)
}

struct Group<'a> {
    header: &'a Header,
    currency: Currency,
    rows: &'a [Row],
    issues: Vec<RowIssue>,
}

/// Which option columns the product uses.
struct UsedOption {
    number: usize,
    option: ProductOption,
}

impl Group<'_> {
    fn product(&mut self, handle: String) -> Option<ProductDocument> {
        let rows = self.rows;
        let first = rows.first()?;
        self.check_handles();
        let title = self.text(first, Column::Title).trim().to_owned();
        if title.is_empty() {
            self.error(first, Column::Title, "a product's first row needs a title");
        }
        self.check_product_cells(first);
        let is_variant = self.variant_rows();
        let variant_rows: Vec<&Row> =
            rows.iter().zip(&is_variant).filter(|(_, is_variant)| **is_variant).map(|(row, _)| row).collect();
        let options = self.options(&variant_rows);
        let mut product = ProductDocument {
            handle,
            title,
            body_html: self.text(first, Column::Body).to_owned(),
            vendor: self.name(first, Column::Vendor),
            product_type: self.name(first, Column::Type),
            category: self.name(first, Column::Category),
            tags: value::tags(self.text(first, Column::Tags)),
            published: self.cell(first, Column::Published, value::boolean),
            status: self.cell(first, Column::Status, value::status),
            gift_card: self.cell(first, Column::GiftCard, value::boolean),
            variants: self.variants(&variant_rows, &options),
            options: options.into_iter().map(|used| used.option).collect(),
            images: Vec::new(),
            seo_title: self.verbatim(first, Column::SeoTitle),
            seo_description: self.verbatim(first, Column::SeoDescription),
            extra: Extra::new(),
        };
        self.images_and_extras(&mut product, &is_variant);
        Some(product)
    }

    fn check_handles(&mut self) {
        if !self.header.has(Column::Handle) {
            return;
        }
        for row in self.rows {
            if self.text(row, Column::Handle).trim().is_empty() {
                self.error(
                    row,
                    Column::Handle,
                    "has no handle, so it can't be told which product the row belongs to",
                );
            }
        }
    }

    /// Repeats are harmless; a different value on a later row says somebody meant something else.
    fn check_product_cells(&mut self, first: &Row) {
        for row in &self.rows[1..] {
            for column in PRODUCT_COLUMNS {
                let text = self.text(row, column);
                if !text.trim().is_empty() && text.trim() != self.text(first, column).trim() {
                    self.warn(row, column, "differs from the product's first row, which counts; ignored");
                }
            }
        }
    }

    /// A row holds a variant when it names an option value, a SKU, a barcode or a price; a product without
    /// such a row has its one variant on the first.
    fn variant_rows(&self) -> Vec<bool> {
        let marks = [Column::Sku, Column::Barcode, Column::Price];
        let filled = |row: &Row, column| !self.text(row, column).trim().is_empty();
        let mut variants: Vec<bool> = self
            .rows
            .iter()
            .map(|row| {
                marks.into_iter().any(|column| filled(row, column))
                    || (1..=self.header.options).any(|number| filled(row, Column::OptionValue(number)))
            })
            .collect();
        if !variants.contains(&true) {
            variants[0] = true;
        }
        variants
    }

    fn options(&mut self, variant_rows: &[&Row]) -> Vec<UsedOption> {
        let mut used: Vec<UsedOption> = Vec::new();
        for number in 1..=self.header.options {
            let named =
                self.rows.iter().find(|row| !self.text(row, Column::OptionName(number)).trim().is_empty());
            let valued = variant_rows
                .iter()
                .find(|row| !self.text(row, Column::OptionValue(number)).trim().is_empty());
            let is_default = variant_rows.iter().all(|row| {
                let text = self.text(row, Column::OptionValue(number)).trim();
                text.eq_ignore_ascii_case(DEFAULT_VALUE) || (text.is_empty() && valued.is_none())
            });
            let name = named
                .map(|row| self.text(row, Column::OptionName(number)).trim().to_owned())
                .or_else(|| self.header.option_name(number).map(str::to_owned))
                .unwrap_or_default();
            if is_default && (name.is_empty() || name.eq_ignore_ascii_case(TITLE_OPTION)) {
                continue;
            }
            match (named, valued) {
                (None, None) => continue,
                (None, Some(row)) if name.is_empty() => {
                    self.error(row, Column::OptionValue(number), "is a value of an option that has no name");
                    continue;
                }
                _ => {}
            }
            for row in self.rows {
                let again = self.text(row, Column::OptionName(number)).trim();
                if !again.is_empty() && again != name {
                    self.warn(
                        row,
                        Column::OptionName(number),
                        format!("differs from {name:?} above, which counts; ignored"),
                    );
                }
            }
            if let (Some(row), true) =
                (named, used.iter().any(|other| other.option.name.to_lowercase() == name.to_lowercase()))
            {
                self.error(row, Column::OptionName(number), "is the name of two options");
            }
            let linked_to = self
                .rows
                .iter()
                .map(|row| self.text(row, Column::OptionLink(number)).trim())
                .find(|link| !link.is_empty())
                .map(str::to_owned);
            used.push(UsedOption { number, option: ProductOption { name, linked_to } });
        }
        used
    }

    fn variants(&mut self, rows: &[&Row], options: &[UsedOption]) -> Vec<Variant> {
        let mut combinations: HashMap<Vec<String>, u64> = HashMap::new();
        let mut skus: HashMap<String, u64> = HashMap::new();
        let mut variants = Vec::with_capacity(rows.len());
        for row in rows {
            let mut variant = self.variant(row);
            for used in options {
                let text = self.text(row, Column::OptionValue(used.number)).trim();
                if text.is_empty() {
                    let reason = format!("the variant has no value for {:?}", used.option.name);
                    self.error(row, Column::OptionValue(used.number), reason);
                }
                variant.option_values.push(text.to_owned());
            }
            let complete = variant.option_values.iter().all(|value| !value.is_empty());
            if let Some(before) = combinations.get(&variant.option_values).filter(|_| complete) {
                let reason = match options {
                    [] => format!(
                        "a second variant (the first is on line {before}), but the product has no options"
                    ),
                    _ => format!("the same option values as on line {before}"),
                };
                self.error(row, Column::OptionValue(options.first().map_or(1, |used| used.number)), reason);
            }
            combinations.entry(variant.option_values.clone()).or_insert(row.line);
            if let Some(sku) = &variant.sku {
                if let Some(before) = skus.get(sku) {
                    self.warn(row, Column::Sku, format!("the same SKU as on line {before}"));
                } else {
                    skus.insert(sku.clone(), row.line);
                }
            }
            variants.push(variant);
        }
        variants
    }

    fn variant(&mut self, row: &Row) -> Variant {
        let currency = self.currency;
        let variant = Variant {
            option_values: Vec::new(),
            sku: self.cell(row, Column::Sku, value::sku),
            barcode: self.cell(row, Column::Barcode, value::barcode),
            price: self.cell(row, Column::Price, |text| value::money(text, currency)),
            compare_at: self.cell(row, Column::CompareAt, |text| value::money(text, currency)),
            cost: self.cell(row, Column::Cost, |text| value::money(text, currency)),
            grams: self.cell(row, Column::Grams, value::weight),
            weight_unit: self.lenient(row, Column::WeightUnit, value::weight_unit),
            tracker: self.name(row, Column::Tracker),
            quantity: self.cell(row, Column::Quantity, value::quantity),
            policy: self.cell(row, Column::Policy, value::policy),
            fulfillment_service: self.name(row, Column::Fulfillment),
            requires_shipping: self.cell(row, Column::RequiresShipping, value::boolean),
            taxable: self.cell(row, Column::Taxable, value::boolean),
            tax_code: self.name(row, Column::TaxCode),
            image: self.name(row, Column::VariantImage),
            extra: Extra::new(),
        };
        if self.header.has(Column::Price) && self.text(row, Column::Price).trim().is_empty() {
            self.warn(row, Column::Price, "the variant has no price");
        }
        variant
    }

    /// Pictures, and the cells of unknown columns with whatever their row holds.
    fn images_and_extras(&mut self, product: &mut ProductDocument, is_variant: &[bool]) {
        let mut sources = HashSet::new();
        let mut next_variant = 0;
        for (at, (row, is_variant)) in self.rows.iter().zip(is_variant).enumerate() {
            let src = self.text(row, Column::ImageSrc).trim();
            let mut image = None;
            if src.is_empty() {
                if !self.text(row, Column::ImageAlt).trim().is_empty() {
                    self.warn(row, Column::ImageAlt, "describes a picture that is not there; ignored");
                }
            } else if sources.insert(src) {
                image = Some(Image {
                    src: src.to_owned(),
                    position: self.lenient(row, Column::ImagePosition, value::position),
                    alt: self.verbatim(row, Column::ImageAlt),
                    extra: Extra::new(),
                });
            } else {
                self.warn(row, Column::ImageSrc, "the product has this picture already; kept once");
            }
            let mut dropped = 0;
            for (cell_at, of_variant) in &self.header.extra {
                let Some(text) = row.cells.get(*cell_at).filter(|text| !text.is_empty()) else { continue };
                let owner = if at == 0 && !of_variant {
                    &mut product.extra
                } else if *is_variant {
                    &mut product.variants[next_variant].extra
                } else if let (Some(image), true) = (&mut image, at > 0) {
                    &mut image.extra
                } else {
                    dropped += 1;
                    continue;
                };
                owner.insert(self.header.names[*cell_at].clone(), text.to_owned());
            }
            if at > 0 && !is_variant && src.is_empty() {
                self.note(Severity::Warning, row, None, "holds neither a variant nor a picture; ignored");
            } else if dropped > 0 {
                let reason = format!("{dropped} cells of a variant on a row without one; ignored");
                self.note(Severity::Warning, row, None, reason);
            }
            next_variant += usize::from(*is_variant);
            product.images.extend(image);
        }
    }

    // Cells

    fn text<'r>(&self, row: &'r Row, column: Column) -> &'r str {
        row.text(self.header, column)
    }

    /// One line: white space around it is dropped.
    fn name(&self, row: &Row, column: Column) -> Option<String> {
        Some(row.text(self.header, column).trim()).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    fn verbatim(&self, row: &Row, column: Column) -> Option<String> {
        Some(row.text(self.header, column)).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    fn cell<T>(&mut self, row: &Row, column: Column, parse: impl Fn(&str) -> Parsed<T>) -> Option<T> {
        self.parse(row, column, parse, Severity::Error)
    }

    /// For cells a product can do without: what can't be read is left out.
    fn lenient<T>(&mut self, row: &Row, column: Column, parse: impl Fn(&str) -> Parsed<T>) -> Option<T> {
        self.parse(row, column, parse, Severity::Warning)
    }

    fn parse<T>(
        &mut self,
        row: &Row,
        column: Column,
        parse: impl Fn(&str) -> Parsed<T>,
        severity: Severity,
    ) -> Option<T> {
        let text = row.text(self.header, column).trim();
        if text.is_empty() {
            return None;
        }
        match parse(text) {
            Ok(read) => {
                if let Some(remark) = read.remark {
                    self.note(Severity::Warning, row, Some(column), remark);
                }
                Some(read.value)
            }
            Err(reason) if severity == Severity::Warning => {
                self.note(severity, row, Some(column), format!("{reason}; left out"));
                None
            }
            Err(reason) => {
                self.note(severity, row, Some(column), reason);
                None
            }
        }
    }

    // Remarks

    fn error(&mut self, row: &Row, column: Column, reason: impl Into<String>) {
        self.note(Severity::Error, row, Some(column), reason);
    }

    fn warn(&mut self, row: &Row, column: Column, reason: impl Into<String>) {
        self.note(Severity::Warning, row, Some(column), reason);
    }

    fn note(&mut self, severity: Severity, row: &Row, column: Option<Column>, reason: impl Into<String>) {
        let name = column.and_then(|column| self.header.name(column));
        let text = column.map_or("", |column| row.text(self.header, column));
        self.issues.push(RowIssue::new(severity, row.line, name, text, reason));
    }
}
