//! Records with their line, whole and in one encoding.

use std::io::{self, Cursor, Read};

use csv::{ByteRecord, StringRecord};

use crate::{
    column::{Column, Header},
    issue::{RowIssue, Severity},
    reader::ReadError,
    source::{END_MARK, Source},
    value::from_inert,
};

/// A record with the line it began on and what was noticed while reading it.
pub(crate) struct Row {
    pub line: u64,
    pub cells: StringRecord,
    pub issues: Vec<RowIssue>,
}

impl Row {
    /// The cell as it stands; empty when the column or the cell is missing.
    pub fn text(&self, header: &Header, column: Column) -> &str {
        header.at(column).and_then(|at| self.cells.get(at)).unwrap_or_default()
    }

    fn note(&mut self, severity: Severity, value: &str, reason: impl Into<String>) {
        self.issues.push(RowIssue::new(severity, self.line, None, value, reason));
    }
}

type Input<R> = Source<io::Chain<Cursor<Vec<u8>>, R>>;

/// The file's rows, blank ones left out.
pub(crate) struct Rows<R> {
    csv: csv::Reader<Input<R>>,
    /// Where the last row began.
    pub line: u64,
    told_encoding: bool,
}

impl<R: Read> Rows<R> {
    /// `start` was taken from the front of `rest` to find out the delimiter.
    pub fn new(start: Vec<u8>, rest: R, delimiter: u8) -> Self {
        let csv = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .buffer_capacity(64 * 1024)
            .from_reader(Source::new(Cursor::new(start).chain(rest)));
        Self { csv, line: 1, told_encoding: false }
    }

    pub fn bytes_read(&self) -> u64 {
        self.csv.get_ref().bytes_read()
    }

    /// The next row with anything in it. `width` is the header's; the header itself has none yet.
    pub fn next(&mut self, width: Option<usize>) -> Result<Option<Row>, ReadError> {
        let mut record = ByteRecord::new();
        loop {
            let start = self.csv.position().byte();
            self.csv.get_mut().begin_record(start);
            let more = self.csv.read_byte_record(&mut record).map_err(|error| ReadError {
                line: self.line,
                source: match error.into_kind() {
                    csv::ErrorKind::Io(source) => source,
                    other => io::Error::other(format!("{other:?}")),
                },
            })?;
            let is_end = record.len() == 1 && record.get(0) == Some(END_MARK.as_bytes());
            if !more || is_end {
                return Ok(None);
            }
            self.line = self.csv.get_mut().line_of(start);
            if record.iter().any(|cell| !cell.trim_ascii().is_empty()) {
                return Ok(Some(self.row(&record, width)));
            }
        }
    }

    fn row(&mut self, record: &ByteRecord, width: Option<usize>) -> Row {
        let mut row = Row { line: self.line, cells: StringRecord::new(), issues: Vec::new() };
        match StringRecord::from_byte_record(record.clone()) {
            Ok(cells) => row.cells = cells,
            Err(_) => {
                row.cells = record.iter().map(decode).collect();
                if !self.told_encoding {
                    self.told_encoding = true;
                    let reason = "not UTF-8: read as Windows-1252, here and wherever it occurs again";
                    row.note(Severity::Warning, "", reason);
                }
            }
        }
        if row.cells.iter().any(|cell| from_inert(cell).is_some()) {
            row.cells = row.cells.iter().map(|cell| from_inert(cell).unwrap_or(cell)).collect();
        }
        if !unclosed_quote(&mut row)
            && let Some(width) = width
        {
            self.check_width(&mut row, width);
        }
        row
    }

    fn check_width(&self, row: &mut Row, width: usize) {
        let cells = row.cells.len();
        if cells > width {
            // Even where the surplus cells are empty: a separator in an unquoted text has moved the others.
            let reason = format!(
                "has {cells} cells, the header {width}: is a quote missing around a cell with a separator?"
            );
            let surplus = row.cells.iter().skip(width).collect::<Vec<_>>().join(",");
            row.note(Severity::Error, &surplus, reason);
        } else if cells < width {
            // The parser needed the end mark's line break: the file has none after this row.
            let is_cut_off = self.csv.position().byte() > self.bytes_read();
            if is_cut_off {
                row.note(
                    Severity::Error,
                    "",
                    format!("the file breaks off in this row, after {cells} cells of {width}"),
                );
            } else {
                let reason = format!("has {cells} cells, the header {width}; the others are taken as empty");
                row.note(Severity::Warning, "", reason);
            }
        }
    }
}

/// Takes the end mark out of the last cell, if the quote around it swallowed it.
fn unclosed_quote(row: &mut Row) -> bool {
    let Some(last) = row.cells.len().checked_sub(1) else { return false };
    let mark = format!("\n{END_MARK}\n");
    let Some(kept) = row.cells.get(last).and_then(|cell| cell.strip_suffix(&mark)).map(str::to_owned) else {
        return false;
    };
    row.cells = row.cells.iter().take(last).chain([kept.as_str()]).collect();
    let reason = "a quote opened in this row is never closed: the rest of the file is in one cell";
    row.note(Severity::Error, &kept, reason);
    true
}

/// Cell by cell: a file put together from two sources may hold both encodings.
fn decode(cell: &[u8]) -> String {
    match std::str::from_utf8(cell) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(cell).0.into_owned(),
    }
}
