//! From bytes to one [`Entry`] per product.

use std::{
    collections::{HashMap, hash_map},
    fmt,
    hash::{DefaultHasher, Hash, Hasher},
    io::{self, Read},
};

use souk_contract::Currency;

use crate::{
    column::{Chosen, Column, Header, HeaderError, delimiter},
    group,
    issue::{RowIssue, Severity},
    product::ProductDocument,
    rows::{Row, Rows},
    value,
};

/// Enough for every header row.
const PEEK_BYTES: u64 = 64 * 1024;

/// Shopify allows 2,048 variants and 250 pictures; beyond this the rows of one handle are not kept.
const MAX_ROWS: usize = 10_000;

/// What became of the rows of one handle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Line of its first row.
    pub line: u64,
    /// How many rows it took.
    pub rows: usize,
    /// Empty where the file has none.
    pub handle: String,
    /// `None` when any row has an error: never half a product.
    pub product: Option<ProductDocument>,
    /// By line; errors only where there is no product.
    pub issues: Vec<RowIssue>,
}

impl Entry {
    /// The product, or every remark on why there is none.
    pub fn into_result(self) -> Result<ProductDocument, Vec<RowIssue>> {
        self.product.ok_or(self.issues)
    }
}

/// The input broke off. Products before it were whole; nothing follows.
#[derive(Debug, thiserror::Error)]
#[error("reading stopped after line {line}: {source}")]
pub struct ReadError {
    /// The last row that was read.
    pub line: u64,
    pub source: io::Error,
}

/// Reads products one after the other; holds the rows of one product and a hash of each handle.
pub struct Reader<R> {
    rows: Rows<R>,
    header: Header,
    header_issues: Vec<RowIssue>,
    currency: Currency,
    delimiter: u8,
    /// The first row of the next product.
    pending: Option<Row>,
    /// Hash of each handle, and the line it stood on. Two handles share a 64-bit hash once in 10^11 catalogues
    /// of 20,000 products.
    seen: HashMap<u64, u64>,
    finished: bool,
}

impl<R> fmt::Debug for Reader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("header", &self.header.names)
            .field("line", &self.rows.line)
            .finish_non_exhaustive()
    }
}

impl<R: Read> Reader<R> {
    /// Reads the header row. `currency` is the shop's: the file names none.
    pub fn new(input: R, currency: Currency) -> Result<Self, HeaderError> {
        Self::with_columns(input, currency, &Chosen::new())
    }

    /// As [`new`](Self::new), of a file whose columns mean what the merchant says.
    pub fn with_columns(mut input: R, currency: Currency, chosen: &Chosen) -> Result<Self, HeaderError> {
        let start = beginning(&mut input)?;
        let delimiter = delimiter(&start);
        let mut rows = Rows::new(start, input, delimiter);
        let Some(row) = rows.next(None).map_err(|error| HeaderError::Io(error.source))? else {
            return Err(HeaderError::Empty);
        };
        let mut header_issues = row.issues;
        let header = Header::new(row.cells.iter().map(str::to_owned), chosen, row.line, &mut header_issues)?;
        Ok(Self {
            rows,
            header,
            header_issues,
            currency,
            delimiter,
            pending: None,
            seen: HashMap::new(),
            finished: false,
        })
    }

    /// Remarks on the header row: warnings all of them.
    pub fn header_issues(&self) -> &[RowIssue] {
        &self.header_issues
    }

    /// Whether the file has this column of Shopify's, in whatever spelling.
    pub fn has(&self, name: &str) -> bool {
        Column::from_name(name).is_some_and(|column| self.header.has(column))
    }

    /// Columns that are kept word by word, in file order: what a [`Writer`](crate::Writer) must be told.
    pub fn extra_columns(&self) -> Vec<String> {
        self.header.extra.iter().map(|(at, _)| self.header.names[*at].clone()).collect()
    }

    /// How many options the file has columns for.
    pub fn option_columns(&self) -> usize {
        self.header.options
    }

    /// `,`, `;`, a tab or `|`, found from the header row.
    pub fn delimiter(&self) -> char {
        char::from(self.delimiter)
    }

    /// Bytes taken from the input so far, for a progress bar.
    pub fn bytes_read(&self) -> u64 {
        self.rows.bytes_read()
    }

    fn next_row(&mut self) -> Result<Option<Row>, ReadError> {
        self.rows.next(Some(self.header.names.len()))
    }

    fn handle_of(&self, row: &Row) -> String {
        if self.header.has(Column::Handle) {
            row.text(&self.header, Column::Handle).trim().to_owned()
        } else {
            value::handle_from(row.text(&self.header, Column::Title))
        }
    }

    fn next_entry(&mut self) -> Result<Option<Entry>, ReadError> {
        let first = match self.pending.take() {
            Some(row) => row,
            None => match self.next_row()? {
                Some(row) => row,
                None => return Ok(None),
            },
        };
        let handle = self.handle_of(&first);
        let line = first.line;
        let mut rows = vec![first];
        let mut count = 1;
        while let Some(row) = self.next_row()? {
            let own = self.handle_of(&row);
            // Without handle and title it can only continue the product above.
            let continues = own.is_empty() && row.text(&self.header, Column::Title).trim().is_empty();
            if !continues && (own != handle || own.is_empty()) {
                self.pending = Some(row);
                break;
            }
            count += 1;
            if rows.len() < MAX_ROWS {
                rows.push(row);
            }
        }
        let mut entry =
            Entry { line, rows: count, handle: handle.clone(), product: None, issues: Vec::new() };
        if count > MAX_ROWS {
            let reason = format!("more than {MAX_ROWS} rows for one product");
            entry.issues.push(self.handle_error(line, &handle, reason));
        } else if let Some(before) = self.seen_before(&handle, line) {
            let reason = format!(
                "this handle was there before, on line {before}: a product's rows must stand together; these {count} are skipped"
            );
            entry.issues.push(self.handle_error(line, &handle, reason));
        } else {
            let (product, issues) = group::product(&self.header, self.currency, handle, rows);
            entry.product = product;
            entry.issues = issues;
        }
        Ok(Some(entry))
    }

    fn handle_error(&self, line: u64, handle: &str, reason: String) -> RowIssue {
        RowIssue::new(Severity::Error, line, self.header.name(Column::Handle), handle, reason)
    }

    fn seen_before(&mut self, handle: &str, line: u64) -> Option<u64> {
        if handle.is_empty() {
            return None;
        }
        let mut hasher = DefaultHasher::new();
        handle.hash(&mut hasher);
        match self.seen.entry(hasher.finish()) {
            hash_map::Entry::Occupied(before) => Some(*before.get()),
            hash_map::Entry::Vacant(free) => {
                free.insert(line);
                None
            }
        }
    }
}

/// A file as it is seen before anybody says what its columns mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    pub delimiter: char,
    pub columns: Vec<String>,
    /// The first rows below the header, cell by cell.
    pub rows: Vec<Vec<String>>,
}

/// The header row and up to `rows` rows below it.
pub fn look(mut input: impl Read, rows: usize) -> Result<Look, HeaderError> {
    let start = beginning(&mut input)?;
    let delimiter = delimiter(&start);
    let mut all = Rows::new(start, input, delimiter);
    let mut cells = || -> Result<Option<Vec<String>>, HeaderError> {
        let row = all.next(None).map_err(|error| HeaderError::Io(error.source))?;
        Ok(row.map(|row| row.cells.iter().map(|cell| cell.trim().to_owned()).collect()))
    };
    let columns = cells()?.ok_or(HeaderError::Empty)?;
    let mut seen = Vec::new();
    while seen.len() < rows
        && let Some(row) = cells()?
    {
        seen.push(row);
    }
    Ok(Look { delimiter: char::from(delimiter), columns, rows: seen })
}

/// # Errors
/// Where it is none of ours at first sight.
fn beginning(input: &mut impl Read) -> Result<Vec<u8>, HeaderError> {
    let mut start = Vec::new();
    input.by_ref().take(PEEK_BYTES).read_to_end(&mut start)?;
    if start.starts_with(&[0xFF, 0xFE]) || start.starts_with(&[0xFE, 0xFF]) {
        return Err(HeaderError::Utf16);
    }
    if start.starts_with(b"PK\x03\x04") {
        return Err(HeaderError::Spreadsheet);
    }
    Ok(start)
}

impl<R: Read> Iterator for Reader<R> {
    type Item = Result<Entry, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.finished {
            return None;
        }
        match self.next_entry() {
            Ok(Some(entry)) => Some(Ok(entry)),
            Ok(None) => {
                self.finished = true;
                None
            }
            Err(error) => {
                self.finished = true;
                Some(Err(error))
            }
        }
    }
}
