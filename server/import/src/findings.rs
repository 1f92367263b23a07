//! What is found in a file: remarks on its rows, products that are left out, and whom progress is told.

use std::sync::{Arc, atomic::Ordering};

use souk_contract::{ImportChange, ImportCounts, ImportId, ImportIssue, Result};
use souk_kernel::db::{Json, Text};
use souk_shopify_csv::RowIssue;

use crate::{Teller, job::ProductRow, read::Batch, store, work::Pace};

/// So many remarks are kept; all are counted.
const MOST_ISSUES: i64 = 10_000;

pub(crate) fn skipped(n: i64, line: u64, handle: &str, batch: &Batch) -> ProductRow {
    let entry = batch.entries.iter().find(|(number, _)| *number == n).map(|(_, entry)| entry);
    let title = entry.and_then(|entry| entry.product.as_ref()).map(|product| product.title.clone());
    ProductRow {
        n,
        line: line as i64,
        handle: without_nul(handle),
        title: without_nul(&title.unwrap_or_default()),
        product_id: None,
        change: Text(ImportChange::Skipped),
        fields: Json(Vec::new()),
        before: None,
        after: None,
        stock: None,
        written: false,
        back: None,
        kept: Json(Vec::new()),
    }
}

/// PostgreSQL keeps no text with it.
fn without_nul(text: &str) -> String {
    text.replace('\0', "")
}

/// Remarks that are not kept yet.
pub(crate) struct Findings {
    id: ImportId,
    /// The number of the next one.
    pub(crate) next: i64,
    issues: Vec<ImportIssue>,
}

impl Findings {
    pub(crate) fn new(id: ImportId, next: i64) -> Self {
        Self { id, next, issues: Vec::new() }
    }

    pub(crate) fn note(&mut self, issues: &[RowIssue], counts: &mut ImportCounts) {
        for issue in issues {
            counts.warnings += i64::from(!issue.is_error());
            self.issues.push(ImportIssue {
                line: issue.line as i64,
                column: issue.column.as_deref().map(without_nul),
                value: without_nul(&issue.value),
                reason: without_nul(&issue.reason),
                is_error: issue.is_error(),
            });
        }
    }

    pub(crate) fn add(&mut self, line: u64, reason: String) {
        let (column, value) = (None, String::new());
        self.issues.push(ImportIssue {
            line: line as i64,
            column,
            value,
            reason: without_nul(&reason),
            is_error: true,
        });
    }

    pub(crate) async fn save(&mut self, tx: &mut souk_kernel::Tx) -> Result<()> {
        self.issues.sort_by_key(|issue| issue.line);
        for issue in self.issues.drain(..) {
            if self.next < MOST_ISSUES {
                store::add_issue(tx, self.id, self.next, &issue).await?;
                self.next += 1;
            }
        }
        Ok(())
    }
}

pub(crate) struct Quiet;

impl Teller for Quiet {
    fn begin(&self, _: &'static str, _: u64, _: bool) {}
    fn add(&self, _: u64) {}
    fn say(&self, line: &str) {
        tracing::info!(line, "import");
    }
    fn finish(&self) {}
}

/// The bar on the screen.
pub(crate) struct OnPace(pub(crate) Arc<Pace>);

impl Teller for OnPace {
    fn begin(&self, _: &'static str, total: u64, _: bool) {
        self.0.done.store(0, Ordering::Relaxed);
        self.0.total.store(total as i64, Ordering::Relaxed);
    }
    fn add(&self, count: u64) {
        self.0.add(count as i64);
    }
    fn say(&self, line: &str) {
        tracing::info!(line, "pictures of an import");
    }
    fn finish(&self) {}
}
