//! What is wrong with a row, said so that a merchant can mend it.

use std::fmt;

use serde::Serialize;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The whole product is skipped.
    Error,
    /// The product is kept; the reason says what was done.
    Warning,
}

/// One remark about one row of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowIssue {
    /// Line of the file on which the row begins, from 1; quoted line breaks count.
    pub line: u64,
    /// The column as the file's header spells it; `None` when the row as a whole is meant.
    pub column: Option<String>,
    /// The cell, shortened to [`RowIssue::VALUE_CHARS`] characters.
    pub value: String,
    pub reason: String,
    pub severity: Severity,
}

impl RowIssue {
    pub const VALUE_CHARS: usize = 80;

    pub(crate) fn new(
        severity: Severity,
        line: u64,
        column: Option<&str>,
        value: &str,
        reason: impl Into<String>,
    ) -> Self {
        let mut chars = value.chars();
        let mut short: String = chars.by_ref().take(Self::VALUE_CHARS).collect();
        if chars.next().is_some() {
            short.pop();
            short.push('…');
        }
        Self { line, column: column.map(str::to_owned), value: short, reason: reason.into(), severity }
    }

    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// `line 12, Variant Price "12,x": not a number`.
impl fmt::Display for RowIssue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(column) = &self.column {
            write!(f, ", {column}")?;
        }
        if !self.value.is_empty() {
            write!(f, " {:?}", self.value)?;
        }
        write!(f, ": {}", self.reason)
    }
}
