//! How much a first page may weigh, and the merchant's screens. Over the wire, so brotli where it shrinks; kB are 1,000 bytes.

use anyhow::{Result, bail};

use crate::asset::Asset;
use crate::chart;
use crate::front::{self, Manifest, Profile, manifest, site};
use crate::workspace::Workspace;

struct Line {
    what: &'static str,
    limit: u64,
    counts: fn(&str, &Asset) -> bool,
}

const LINES: [Line; 6] = [
    Line {
        what: "wasm + JS",
        limit: 200_000,
        counts: |name, _| runs(name) && !of_admin(name) && name != front::FIELDS_NAME,
    },
    Line { what: "CSS", limit: 15_000, counts: |name, _| name.ends_with(".css") && !of_admin(name) },
    Line {
        what: "fonts preloaded",
        limit: 60_000,
        counts: |name, asset| name.ends_with(".woff2") && asset.preload,
    },
    Line {
        what: "admin wasm + JS",
        limit: 980_000,
        counts: |name, _| runs(name) && of_admin(name) && name != chart::NAME,
    },
    // Loaded with the checkout, where a gateway with fields of its own is set up.
    Line { what: "card fields", limit: 3_000, counts: |name, _| name == front::FIELDS_NAME },
    // Loaded by the first screen that shows a chart.
    Line { what: "admin charts", limit: 150_000, counts: |name, _| name == chart::NAME },
];

fn runs(name: &str) -> bool {
    name.ends_with(".wasm") || name.ends_with(".js")
}

/// Loaded by the merchant only.
fn of_admin(name: &str) -> bool {
    name.contains("admin")
}

/// Prints the table.
///
/// # Errors
/// When a line is over its limit, or the release front was not built.
pub fn check(workspace: &Workspace) -> Result<()> {
    let manifest = manifest(&site(workspace, Profile::Release))?;
    println!("  {:<44} {:>10} {:>10}", "file", "raw", "wire");
    for (name, asset) in &manifest.files {
        println!("  {name:<44} {:>10} {:>10}", kilobytes(asset.size), kilobytes(wire(asset)));
    }
    println!("  {:<44} {:>10} {:>10}", "", "limit", "wire");
    let mut over = Vec::new();
    for line in LINES {
        let weight = weigh(&manifest, &line);
        let mark = if weight > line.limit { "  over" } else { "" };
        println!("  {:<44} {:>10} {:>10}{mark}", line.what, kilobytes(line.limit), kilobytes(weight));
        if weight > line.limit {
            over.push(format!("{}: {} of {}", line.what, kilobytes(weight), kilobytes(line.limit)));
        }
    }
    if !over.is_empty() {
        bail!("the first page is too heavy: {}", over.join("; "));
    }
    Ok(())
}

fn weigh(manifest: &Manifest, line: &Line) -> u64 {
    manifest
        .files
        .iter()
        .filter(|(name, asset)| (line.counts)(name, asset))
        .map(|(_, asset)| wire(asset))
        .sum()
}

fn wire(asset: &Asset) -> u64 {
    asset.brotli.unwrap_or(asset.size)
}

fn kilobytes(bytes: u64) -> String {
    format!("{}.{} kB", bytes / 1000, bytes % 1000 / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asset(size: u64, brotli: Option<u64>, preload: bool) -> Asset {
        Asset { path: String::new(), mime: String::new(), size, brotli, gzip: None, preload }
    }

    #[test]
    fn a_line_counts_what_travels() {
        let manifest = Manifest {
            files: [
                ("souk_bg.wasm".to_owned(), asset(900, Some(300), true)),
                ("souk.js".to_owned(), asset(90, Some(30), true)),
                ("souk-admin_bg.wasm".to_owned(), asset(9_000, Some(4_000), true)),
                ("admin-boot.js".to_owned(), asset(9, None, true)),
                ("card-fields.js".to_owned(), asset(90, Some(3), false)),
                ("admin-chart.js".to_owned(), asset(500, Some(140), false)),
                ("main.css".to_owned(), asset(70, Some(7), true)),
                ("admin.css".to_owned(), asset(80, Some(8), true)),
                ("fonts/a.woff2".to_owned(), asset(50, None, true)),
                ("fonts/b.woff2".to_owned(), asset(500, None, false)),
            ]
            .into(),
        };
        let weights: Vec<u64> = LINES.iter().map(|line| weigh(&manifest, line)).collect();
        assert_eq!(weights, [330, 7, 50, 4_009, 3, 140]);
    }

    #[test]
    fn kilobytes_are_thousands() {
        assert_eq!(kilobytes(200_000), "200.0 kB");
        assert_eq!(kilobytes(1_999), "1.9 kB");
    }
}
