//! The header row: which column means what, under Shopify's older and newer names.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    io,
};

use crate::issue::{RowIssue, Severity};

/// A column this crate knows. Options are numbered from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Column {
    Handle,
    Title,
    Body,
    Vendor,
    Category,
    Type,
    Tags,
    Published,
    Status,
    OptionName(usize),
    OptionValue(usize),
    OptionLink(usize),
    Sku,
    Barcode,
    Grams,
    WeightUnit,
    Tracker,
    Quantity,
    Policy,
    Fulfillment,
    Price,
    CompareAt,
    Cost,
    RequiresShipping,
    Taxable,
    TaxCode,
    VariantImage,
    ImageSrc,
    ImagePosition,
    ImageAlt,
    GiftCard,
    SeoTitle,
    SeoDescription,
}

/// Columns of the product as a whole: filled on its first row only.
pub(crate) const PRODUCT_COLUMNS: [Column; 11] = [
    Column::Title,
    Column::Body,
    Column::Vendor,
    Column::Category,
    Column::Type,
    Column::Tags,
    Column::Published,
    Column::Status,
    Column::GiftCard,
    Column::SeoTitle,
    Column::SeoDescription,
];

/// More options than any shop has; `Option999 Name` is an unknown column.
pub(crate) const MAX_OPTIONS: usize = 20;

impl Column {
    /// By the header's cell, whatever its case.
    pub fn from_name(name: &str) -> Option<Self> {
        let name = name.trim().to_lowercase();
        Some(match name.as_str() {
            "handle" | "url handle" => Self::Handle,
            "title" => Self::Title,
            "body (html)" | "body html" | "body" | "description" => Self::Body,
            "vendor" => Self::Vendor,
            "product category" | "standardized product type" | "standard product type" => Self::Category,
            "type" | "product type" | "custom product type" => Self::Type,
            "tags" => Self::Tags,
            "published" | "published on online store" => Self::Published,
            "status" => Self::Status,
            "variant sku" | "sku" => Self::Sku,
            "variant barcode" | "variant barcodes" | "barcode" | "barcodes" => Self::Barcode,
            "variant grams" | "weight value (grams)" | "grams" => Self::Grams,
            "variant weight unit" | "weight unit for display" => Self::WeightUnit,
            "variant inventory tracker" | "inventory tracker" => Self::Tracker,
            "variant inventory qty" | "variant inventory quantity" | "inventory quantity" => Self::Quantity,
            "variant inventory policy" | "inventory policy" | "continue selling when out of stock" => {
                Self::Policy
            }
            "variant fulfillment service" | "fulfillment service" => Self::Fulfillment,
            "variant price" | "price" => Self::Price,
            "variant compare at price"
            | "variant compare-at price"
            | "compare at price"
            | "compare-at price" => Self::CompareAt,
            "cost per item" | "variant cost" => Self::Cost,
            "variant requires shipping" | "requires shipping" => Self::RequiresShipping,
            "variant taxable" | "charge tax" | "taxable" => Self::Taxable,
            "variant tax code" | "tax code" => Self::TaxCode,
            "variant image" | "variant image url" => Self::VariantImage,
            "image src" | "product image url" => Self::ImageSrc,
            "image position" => Self::ImagePosition,
            "image alt text" => Self::ImageAlt,
            "gift card" => Self::GiftCard,
            "seo title" => Self::SeoTitle,
            "seo description" => Self::SeoDescription,
            other => return Self::option_from_name(other),
        })
    }

    fn option_from_name(name: &str) -> Option<Self> {
        let rest = name.strip_prefix("option")?.trim_start();
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let number = rest[..digits].parse().ok().filter(|number| (1..=MAX_OPTIONS).contains(number))?;
        match rest[digits..].trim() {
            "name" => Some(Self::OptionName(number)),
            "value" => Some(Self::OptionValue(number)),
            "linked to" => Some(Self::OptionLink(number)),
            _ => None,
        }
    }
}

/// Whether an unknown column speaks of a variant even on a product's first row.
pub(crate) fn is_variant_extra(name: &str) -> bool {
    let name = name.to_lowercase();
    ["variant ", "price /", "compare at price /", "compare-at price /", "unit price ", "packed product "]
        .iter()
        .any(|prefix| name.starts_with(prefix))
        || name.contains("variant.metafields.")
}

/// What the merchant says that columns mean, by the columns' own names: a name that Shopify has for it, [`KEPT`] or
/// [`LEFT_OUT`]. A column that is not named means what its name says.
pub type Chosen = BTreeMap<String, String>;

/// The column is kept word by word beside the product.
pub const KEPT: &str = "keep";
/// The column is not read.
pub const LEFT_OUT: &str = "leave_out";

/// Whether Shopify has a column of that name, in any spelling this crate reads.
pub fn is_known(name: &str) -> bool {
    Column::from_name(name).is_some()
}

/// Whether both are names of one column.
pub fn is_same(one: &str, other: &str) -> bool {
    Column::from_name(one).is_some_and(|column| Column::from_name(other) == Some(column))
}

/// Why the file can't be read at all.
#[derive(Debug, thiserror::Error)]
pub enum HeaderError {
    #[error("the file can't be read: {0}")]
    Io(#[from] io::Error),
    #[error("the file is empty")]
    Empty,
    #[error("the file is in UTF-16; save it as \"CSV UTF-8\"")]
    Utf16,
    #[error("the file is a spreadsheet, not a CSV file; save it as \"CSV UTF-8\"")]
    Spreadsheet,
    #[error("no column called Title: this is not Shopify's product CSV (the first row reads {found:?})")]
    NotProducts { found: String },
    /// Which of the two counts nobody can tell. Columns from 1.
    #[error("the column {name:?} is there twice, as columns {first} and {second}")]
    Duplicate { name: String, first: usize, second: usize },
}

/// The header row, understood.
pub(crate) struct Header {
    pub names: Vec<String>,
    index: HashMap<Column, usize>,
    /// Unknown columns by index, and whether they are a variant's.
    pub extra: Vec<(usize, bool)>,
    /// The highest option number among the columns.
    pub options: usize,
}

impl Header {
    /// Understands the header's cells; `line` is for the remarks.
    pub fn new(
        cells: impl Iterator<Item = String>,
        chosen: &Chosen,
        line: u64,
        issues: &mut Vec<RowIssue>,
    ) -> Result<Self, HeaderError> {
        let names: Vec<String> = cells.map(|cell| cell.trim().to_owned()).collect();
        let mut header = Self { names: names.clone(), index: HashMap::new(), extra: Vec::new(), options: 0 };
        let mut unknown = HashSet::new();
        let mut warn = |name: &str, reason: String| {
            issues.push(RowIssue::new(Severity::Warning, line, Some(name), "", reason));
        };
        for (at, name) in names.iter().enumerate() {
            if name.is_empty() {
                continue;
            }
            let column = match chosen.get(name).map(String::as_str) {
                Some(LEFT_OUT) => continue,
                Some(KEPT) => None,
                Some(meant) => Column::from_name(meant),
                None => Column::from_name(name),
            };
            let taken = column.and_then(|column| header.index.get(&column).copied());
            match (column, taken) {
                (Some(_), Some(first)) if names[first].eq_ignore_ascii_case(name) => {
                    return Err(HeaderError::Duplicate {
                        name: name.clone(),
                        first: first + 1,
                        second: at + 1,
                    });
                }
                (Some(_), Some(first)) => {
                    warn(
                        name,
                        format!(
                            "means the same as {:?}, which is taken; this one is kept as it is",
                            names[first]
                        ),
                    );
                    if unknown.insert(name.as_str()) {
                        header.extra.push((at, is_variant_extra(name)));
                    }
                }
                (Some(column), None) => {
                    header.index.insert(column, at);
                    if let Column::OptionName(n) | Column::OptionValue(n) = column {
                        header.options = header.options.max(n);
                    }
                }
                (None, _) if unknown.insert(name) => header.extra.push((at, is_variant_extra(name))),
                (None, _) => warn(name, format!("the column is there twice; column {} is ignored", at + 1)),
            }
        }
        if !header.has(Column::Title) {
            let found: String = names.join(", ").chars().take(120).collect();
            return Err(HeaderError::NotProducts { found });
        }
        for (column, reason) in [
            (Column::Handle, "no column called Handle: handles are made from the titles"),
            (Column::Price, "no column called Variant Price or Price: no variant has a price"),
        ] {
            if !header.has(column) {
                issues.push(RowIssue::new(Severity::Warning, line, None, "", reason));
            }
        }
        Ok(header)
    }

    pub fn has(&self, column: Column) -> bool {
        self.index.contains_key(&column)
    }

    pub fn at(&self, column: Column) -> Option<usize> {
        self.index.get(&column).copied()
    }

    /// What an option is called where no column says so: the merchant's own word for the column of its values.
    pub fn option_name(&self, number: usize) -> Option<&str> {
        let own = self.name(Column::OptionValue(number)).filter(|name| Column::from_name(name).is_none());
        own.filter(|_| !self.has(Column::OptionName(number)))
    }

    /// The file's own spelling.
    pub fn name(&self, column: Column) -> Option<&str> {
        self.at(column).map(|at| self.names[at].as_str())
    }
}

/// The separator under which the first row has the most known columns, or else the most columns; a comma where that
/// decides nothing.
pub(crate) fn delimiter(start: &[u8]) -> u8 {
    let columns = |delimiter: u8| {
        let mut record = csv::ByteRecord::new();
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(start);
        match reader.read_byte_record(&mut record) {
            // Where no name is known, the most cells decide.
            Ok(true) => (
                record
                    .iter()
                    .filter(|cell| Column::from_name(&String::from_utf8_lossy(cell)).is_some())
                    .count(),
                record.len(),
            ),
            _ => (0, 0),
        }
    };
    let mut best = (b',', columns(b','));
    for other in [b';', b'\t', b'|'] {
        let count = columns(other);
        if count > best.1 {
            best = (other, count);
        }
    }
    best.0
}
