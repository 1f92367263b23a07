//! What runs and their findings are called.

use leptos::prelude::*;
use souk_contract::{StockCounts, StockRun, StockRunState, StockSource};

use crate::{
    admin::words,
    ui::{Tone, badge},
};

/// How often, in minutes, as a choice.
pub const PACES: [(i64, &str); 6] = [
    (15, "Every 15 minutes"),
    (60, "Every hour"),
    (360, "Every 6 hours"),
    (1_440, "Every day"),
    (10_080, "Every week"),
    (0, "Only when asked"),
];

pub fn pace(source: &StockSource) -> String {
    if !source.active {
        return "Switched off".to_owned();
    }
    let every = source.every_minutes;
    let known = PACES.iter().find(|(minutes, _)| *minutes == every);
    known.map_or_else(|| format!("Every {every} minutes"), |(_, label)| (*label).to_owned())
}

pub fn state(run: &StockRun) -> AnyView {
    let left = run.counts.conflicts + run.counts.unknown + run.counts.faulty;
    match run.state {
        StockRunState::Waiting => badge(Tone::Plain, "Waiting"),
        StockRunState::Running => badge(Tone::Warn, "Running"),
        StockRunState::Unchanged => badge(Tone::Plain, "Nothing new"),
        StockRunState::Failed => badge(Tone::Bad, "Failed"),
        StockRunState::Done if run.dry => badge(Tone::Plain, "Tried"),
        StockRunState::Done if left > 0 => badge(Tone::Warn, "Done, rows left"),
        StockRunState::Done => badge(Tone::Good, "Done"),
    }
}

/// `3 rows: 1 applied, 1 as it was, 1 with an unknown code or location`
pub fn told(counts: &StockCounts) -> String {
    let mut text = format!(
        "{}: {} applied, {} as they were",
        words::count(counts.rows, "row", "rows"),
        counts.applied,
        counts.unchanged
    );
    for (count, what) in [
        (counts.conflicts, "in conflict"),
        (counts.unknown, "with an unknown code or location"),
        (counts.faulty, "not readable"),
    ] {
        if count > 0 {
            text.push_str(&format!(", {count} {what}"));
        }
    }
    text + "."
}

/// Why nothing was done with a row.
pub fn reason(reason: &str) -> &'static str {
    match reason {
        "unknown_sku" | "unknown_variant" => "No product has this SKU or barcode",
        "ambiguous_sku" => "Several products have this code",
        "unknown_location" => "There is no such location",
        "location_off" => "This location is switched off",
        "in_the_future" => "It says that it was counted in the future",
        "newer_movement" => "Somebody changed the stock after it was counted",
        "reference_reused" => "This reference was counted with another number",
        "named_twice" => "Named twice in one file",
        "missing_code" => "No SKU or barcode",
        "bad_quantity" => "The quantity is no whole number",
        "bad_as_of" => "The moment can't be read",
        "missing_reference" => "No reference",
        "bad_reference" => "The reference is too long",
        "bad_location" => "The location is too long",
        _ => "The row can't be read",
    }
}
