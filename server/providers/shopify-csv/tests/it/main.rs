//! Shopify's product CSV, read and written back.

#![expect(clippy::unwrap_used, reason = "a test that can not read its file has failed")]

mod files;
mod odd_cases;
mod round_trip;

use souk_contract::Currency;
use souk_shopify_csv::{Entry, ProductDocument, Reader, RowIssue, Severity};

fn entries(csv: impl AsRef<[u8]>) -> Vec<Entry> {
    Reader::new(csv.as_ref(), Currency::EUR).unwrap().map(|entry| entry.unwrap()).collect()
}

/// The only product of a file, without errors.
fn product(csv: &str) -> ProductDocument {
    let mut entries = entries(csv);
    assert_eq!(entries.len(), 1, "{entries:?}");
    entries.remove(0).into_result().unwrap()
}

/// Every remark as `severity line column reason`.
fn remarks(entries: &[Entry]) -> Vec<String> {
    entries.iter().flat_map(|entry| &entry.issues).map(remark).collect()
}

fn remark(issue: &RowIssue) -> String {
    let severity = match issue.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    format!("{severity} {} {}: {}", issue.line, issue.column.as_deref().unwrap_or("-"), issue.reason)
}

/// Asserts that there is one remark which begins with `start` and contains `part`.
#[track_caller]
fn assert_remark(entries: &[Entry], start: &str, part: &str) {
    let all = remarks(entries);
    let found = all.iter().filter(|remark| remark.starts_with(start) && remark.contains(part)).count();
    assert_eq!(found, 1, "{start:?} … {part:?} in {all:#?}");
}
