//! What rows of a file say of stock: read, and each that can't be read named by its line.

use std::collections::BTreeMap;

use csv::{ReaderBuilder, StringRecord};
use serde_json::Value;
use souk_contract::{LocationId, StockColumns, StockFinding, StockMode, SyncRow, Timestamp};

use crate::service::MOST;

/// Of what a row says of itself; the rest of a reference names its source.
const LONGEST_REFERENCE: usize = 80;
const LONGEST_LOCATION: usize = 100;
/// Of what is shown of a row that nothing was done with.
const LONGEST_SHOWN: usize = 80;
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// A row that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Figure {
    pub line: i64,
    pub code: String,
    pub location: Option<String>,
    pub quantity: i64,
    pub as_of: Option<Timestamp>,
    pub reference: Option<String>,
}

#[derive(Debug, Default)]
pub(crate) struct Figures {
    pub read: Vec<Figure>,
    /// Rows that can't be read.
    pub faulty: Vec<StockFinding>,
    /// Rows that contradict one another.
    pub twice: Vec<StockFinding>,
}

/// What holds for all rows.
#[derive(Clone, Copy)]
pub(crate) struct Meaning<'a> {
    pub columns: &'a StockColumns,
    pub mode: StockMode,
    /// Differences have to name themselves.
    pub named: bool,
}

/// The text of a row's cells.
#[derive(Default)]
struct Cells {
    code: String,
    quantity: String,
    location: Option<String>,
    as_of: Option<String>,
    reference: Option<String>,
}

/// # Errors
/// Why nothing of it can be read, for people.
pub(crate) fn from_csv(bytes: &[u8], meaning: Meaning<'_>) -> Result<Figures, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "The file is not UTF-8.".to_owned())?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let first = text.lines().next().unwrap_or_default();
    let count = |delimiter: &u8| first.bytes().filter(|byte| byte == delimiter).count();
    // Of equals the first in the list.
    let delimiter = DELIMITERS.into_iter().rev().max_by_key(count).unwrap_or(b',');
    let mut reader = ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let heads = reader.headers().map_err(|error| format!("The first row can't be read: {error}."))?.clone();
    let at = Columns::of(&heads, meaning.columns)?;
    let mut figures = Figures::default();
    let mut lines = Lines { text: text.as_bytes(), at: 0, line: 1 };
    let mut record = StringRecord::new();
    loop {
        let line = lines.of(reader.position().byte());
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) if record.iter().all(|cell| cell.trim().is_empty()) => {}
            Ok(true) => figures.take(line, at.cells(&record), meaning),
            Err(_) => figures.faulty.push(finding(line, "", "bad_row")),
        }
    }
    figures.part_contradictions(meaning.mode);
    Ok(figures)
}

/// Counts lines as an editor does; the reader skips empty ones.
struct Lines<'t> {
    text: &'t [u8],
    at: usize,
    line: i64,
}

impl Lines<'_> {
    /// Of the row that begins there or after empty lines.
    fn of(&mut self, byte: u64) -> i64 {
        let rest = self.text.get(usize::try_from(byte).unwrap_or_default()..).unwrap_or_default();
        let empty = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let start = self.text.len() - rest.len() + empty;
        let between = self.text.get(self.at..start).unwrap_or_default();
        self.line += between.iter().filter(|byte| **byte == b'\n').count() as i64;
        self.at = start.max(self.at);
        self.line
    }
}

struct Columns {
    code: usize,
    quantity: usize,
    location: Option<usize>,
    as_of: Option<usize>,
    reference: Option<usize>,
}

impl Columns {
    fn of(heads: &StringRecord, wanted: &StockColumns) -> Result<Self, String> {
        let find = |name: &str| {
            let wanted = name.trim().to_lowercase();
            heads.iter().position(|head| head.trim().to_lowercase() == wanted).ok_or_else(|| {
                let there: Vec<&str> = heads.iter().map(str::trim).collect();
                format!("There is no column \u{201c}{name}\u{201d}. The file has: {}.", there.join(", "))
            })
        };
        let optional = |name: &Option<String>| name.as_deref().map(find).transpose();
        Ok(Self {
            code: find(&wanted.code)?,
            quantity: find(&wanted.quantity)?,
            location: optional(&wanted.location)?,
            as_of: optional(&wanted.as_of)?,
            reference: optional(&wanted.reference)?,
        })
    }

    fn cells(&self, record: &StringRecord) -> Cells {
        let cell = |at: usize| record.get(at).unwrap_or_default().trim().to_owned();
        let optional = |at: Option<usize>| at.map(cell).filter(|text| !text.is_empty());
        Cells {
            code: cell(self.code),
            quantity: cell(self.quantity),
            location: optional(self.location),
            as_of: optional(self.as_of),
            reference: optional(self.reference),
        }
    }
}

/// A page of rows, which are added to those of the pages before; the link to the next.
///
/// # Errors
/// As [`from_csv`].
pub(crate) fn from_json(
    bytes: &[u8],
    meaning: Meaning<'_>,
    (rows_at, next_at): (Option<&str>, Option<&str>),
    figures: &mut Figures,
    seen: &mut i64,
) -> Result<Option<String>, String> {
    let page: Value =
        serde_json::from_slice(bytes).map_err(|error| format!("The answer is not JSON: {error}."))?;
    let rows = match rows_at {
        None => Some(&page),
        Some(path) => at(&page, path),
    };
    let Some(rows) = rows.and_then(Value::as_array) else {
        return Err(match rows_at {
            None => "The answer is not a list of rows.".to_owned(),
            Some(path) => format!("The answer has no list in \u{201c}{path}\u{201d}."),
        });
    };
    let columns = meaning.columns;
    for row in rows {
        *seen += 1;
        let text = |path: &str| match at(row, path) {
            Some(Value::String(text)) => text.trim().to_owned(),
            Some(Value::Number(number)) => number.to_string(),
            _ => String::new(),
        };
        let optional = |path: &Option<String>| path.as_deref().map(text).filter(|text| !text.is_empty());
        let cells = Cells {
            code: text(&columns.code),
            quantity: text(&columns.quantity),
            location: optional(&columns.location),
            as_of: optional(&columns.as_of),
            reference: optional(&columns.reference),
        };
        figures.take(*seen, cells, meaning);
    }
    let next = next_at.and_then(|path| at(&page, path)).and_then(Value::as_str);
    Ok(next.filter(|link| !link.is_empty()).map(str::to_owned))
}

fn at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').try_fold(value, |value, field| value.get(field.trim()))
}

impl Figures {
    fn take(&mut self, line: i64, cells: Cells, meaning: Meaning<'_>) {
        let code = cells.code.clone();
        match cells.figure(line, meaning) {
            Ok(figure) => self.read.push(figure),
            Err(reason) => self.faulty.push(finding(line, &code, reason)),
        }
    }

    /// Two numbers of one shelf: nobody knows which one was meant.
    pub(crate) fn part_contradictions(&mut self, mode: StockMode) {
        if mode == StockMode::Delta {
            return;
        }
        let mut count: BTreeMap<(&str, Option<&str>), u32> = BTreeMap::new();
        for figure in &self.read {
            *count.entry((&figure.code, figure.location.as_deref())).or_default() += 1;
        }
        let is_twice = |figure: &Figure| {
            count.get(&(figure.code.as_str(), figure.location.as_deref())).is_some_and(|count| *count > 1)
        };
        let twice: Vec<bool> = self.read.iter().map(is_twice).collect();
        let mut twice = twice.into_iter();
        let named = &mut self.twice;
        self.read.retain(|figure| {
            let is_twice = twice.next().unwrap_or_default();
            if is_twice {
                named.push(finding(figure.line, &figure.code, "named_twice"));
            }
            !is_twice
        });
    }

    pub(crate) fn rows(&self) -> i64 {
        (self.read.len() + self.faulty.len() + self.twice.len()) as i64
    }
}

impl Cells {
    fn figure(self, line: i64, meaning: Meaning<'_>) -> Result<Figure, &'static str> {
        if self.code.is_empty() {
            return Err("missing_code");
        }
        let quantity = whole(&self.quantity).ok_or("bad_quantity")?;
        let as_of = self.as_of.as_deref().map(|text| moment(text).ok_or("bad_as_of")).transpose()?;
        let too_long =
            |text: &Option<String>, most| text.as_ref().is_some_and(|text| text.chars().count() > most);
        if too_long(&self.location, LONGEST_LOCATION) {
            return Err("bad_location");
        }
        if too_long(&self.reference, LONGEST_REFERENCE) {
            return Err("bad_reference");
        }
        if meaning.mode == StockMode::Delta && meaning.named && self.reference.is_none() {
            return Err("missing_reference");
        }
        let Self { code, location, reference, .. } = self;
        Ok(Figure { line, code, location, quantity, as_of, reference })
    }
}

impl Figure {
    /// As the sync takes it. `tag` keeps the references of different sources apart.
    pub(crate) fn row(
        &self,
        mode: StockMode,
        place: Option<LocationId>,
        as_of: Timestamp,
        tag: &str,
    ) -> SyncRow {
        let row = SyncRow {
            sku: Some(self.code.clone()),
            location: self.location.clone().or_else(|| place.map(|place| place.to_string())),
            ..SyncRow::default()
        };
        match mode {
            StockMode::Absolute => {
                let reference = self.reference.clone();
                let as_of = Some(self.as_of.unwrap_or(as_of));
                SyncRow { on_hand: Some(self.quantity), as_of, reference, ..row }
            }
            StockMode::Delta => {
                let own = self.reference.clone().unwrap_or_else(|| format!("line {}", self.line));
                SyncRow { delta: Some(self.quantity), reference: Some(format!("{tag}:{own}")), ..row }
            }
        }
    }
}

pub(crate) fn finding(line: i64, code: &str, reason: &str) -> StockFinding {
    let code = match code.char_indices().nth(LONGEST_SHOWN) {
        Some((at, _)) => format!("{}…", &code[..at]),
        None => code.to_owned(),
    };
    StockFinding { line, code, reason: reason.to_owned(), on_hand: None }
}

/// Whole pieces; `12.0` is 12.
fn whole(text: &str) -> Option<i64> {
    let (number, rest) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let number: i64 = number.trim().parse().ok()?;
    (rest.bytes().all(|byte| byte == b'0') && (-MOST..=MOST).contains(&number)).then_some(number)
}

fn moment(text: &str) -> Option<Timestamp> {
    let text = text.trim().replacen(' ', "T", 1);
    let forms = [text.clone(), format!("{text}Z"), format!("{text}:00Z"), format!("{text}T00:00:00Z")];
    forms.iter().find_map(|text| Timestamp::parse(text).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns() -> StockColumns {
        StockColumns { code: "sku".into(), quantity: "stock".into(), ..StockColumns::default() }
    }

    fn read(text: &str, columns: &StockColumns, mode: StockMode) -> Result<Figures, String> {
        from_csv(text.as_bytes(), Meaning { columns, mode, named: true })
    }

    fn told(figures: &Figures) -> Vec<(i64, &str, i64)> {
        figures.read.iter().map(|one| (one.line, one.code.as_str(), one.quantity)).collect()
    }

    #[test]
    fn columns_are_found_by_name_whatever_the_delimiter() {
        for text in
            ["SKU,Stock\nA,1\nB,2.0\n", "\u{feff}x;sku;stock\n9;A;1\n9;B;2\n", "stock\tSku\n1\tA\n+2\tB"]
        {
            let figures = read(text, &columns(), StockMode::Absolute).expect("read");
            assert_eq!(told(&figures), [(2, "A", 1), (3, "B", 2)], "{text}");
        }
        let missing = read("SKU,Menge\nA,1", &columns(), StockMode::Absolute).expect_err("no such column");
        assert_eq!(missing, "There is no column “stock”. The file has: SKU, Menge.");
        assert!(
            from_csv(
                &[0xff, 0xfe, b'a'],
                Meaning { columns: &columns(), mode: StockMode::Absolute, named: true }
            )
            .is_err()
        );
    }

    #[test]
    fn a_row_that_can_not_be_read_is_named_by_its_line() {
        let text = "sku,stock\nA,1\n,2\n\nB,many\n\"C\nD\",3\nE\nF,1.5\nG,9999999999\n";
        let figures = read(text, &columns(), StockMode::Absolute).expect("read");
        assert_eq!(told(&figures), [(2, "A", 1), (6, "C\nD", 3)]);
        let faulty: Vec<(i64, &str)> =
            figures.faulty.iter().map(|one| (one.line, one.reason.as_str())).collect();
        let bad = "bad_quantity";
        assert_eq!(faulty, [(3, "missing_code"), (5, bad), (8, bad), (9, bad), (10, bad)]);
        assert_eq!(figures.rows(), 7);
    }

    #[test]
    fn numbers_of_one_shelf_that_are_named_twice_are_parted() {
        let figures = read("sku,stock\nA,1\nB,2\nA,3\n", &columns(), StockMode::Absolute).expect("read");
        assert_eq!((told(&figures), figures.twice.len()), (vec![(3, "B", 2)], 2));
    }

    #[test]
    fn differences_name_themselves() {
        let columns = StockColumns { reference: Some("ref".into()), ..columns() };
        let figures = read("sku,stock,ref\nA,-1,r1\nA,-1,\n", &columns, StockMode::Delta).expect("read");
        assert_eq!(told(&figures), [(2, "A", -1)]);
        assert_eq!(figures.faulty[0].reason, "missing_reference");
        let row = figures.read[0].row(StockMode::Delta, None, moment("2026-01-01").expect("a day"), "till");
        assert_eq!((row.delta, row.reference.as_deref(), row.as_of), (Some(-1), Some("till:r1"), None));
    }

    #[test]
    fn fields_of_json_may_lie_inside_of_others_and_pages_follow() {
        let columns = StockColumns {
            code: "item.sku".into(),
            quantity: "free".into(),
            as_of: Some("at".into()),
            ..StockColumns::default()
        };
        let meaning = Meaning { columns: &columns, mode: StockMode::Absolute, named: true };
        let (mut figures, mut seen) = (Figures::default(), 0);
        let page = br#"{"data":{"rows":[{"item":{"sku":"A"},"free":3,"at":"2026-01-01 10:00"},{"item":{"sku":7},"free":"2"},{"free":1}]},"next":"/p2"}"#;
        let next = from_json(page, meaning, (Some("data.rows"), Some("next")), &mut figures, &mut seen);
        assert_eq!(next, Ok(Some("/p2".to_owned())));
        assert_eq!(told(&figures), [(1, "A", 3), (2, "7", 2)]);
        assert_eq!(figures.read[0].as_of, Timestamp::parse("2026-01-01T10:00:00Z").ok());
        assert_eq!((figures.faulty[0].line, figures.faulty[0].reason.as_str()), (3, "missing_code"));
        let last = from_json(b"[]", meaning, (None, Some("next")), &mut figures, &mut seen);
        assert_eq!(last, Ok(None));
        let wrong = from_json(b"{}", meaning, (Some("rows"), None), &mut figures, &mut seen);
        assert_eq!(wrong, Err("The answer has no list in “rows”.".to_owned()));
    }

    #[test]
    fn moments_without_a_zone_are_utc() {
        let noon = Timestamp::parse("2026-01-01T12:00:00Z").ok();
        for text in
            ["2026-01-01T12:00:00Z", "2026-01-01 12:00:00", "2026-01-01T12:00", "2026-01-01T14:00:00+02:00"]
        {
            assert_eq!(moment(text), noon, "{text}");
        }
        assert_eq!(moment("2026-01-01"), Timestamp::parse("2026-01-01T00:00:00Z").ok());
        assert_eq!(moment("yesterday"), None);
    }
}
