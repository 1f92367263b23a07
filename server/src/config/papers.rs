//! `[papers]`: how papers are drawn, and what stands on them from the first start on.

use std::path::PathBuf;

use anyhow::Context as _;
use serde::Deserialize;
use souk_contract::{PaperSize, ShopSettingsInput};
use souk_paper::Fonts;

use super::layers::{ConfigError, Layers};

#[derive(Debug, Clone)]
pub struct Papers {
    fonts: Vec<PathBuf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPapers {
    seller: String,
    address: Vec<String>,
    tax_id: String,
    invoice_prefix: String,
    credit_note_prefix: String,
    size: String,
    fonts: Vec<PathBuf>,
}

/// What is the shop's to say goes into `first`.
pub(super) fn check(
    layers: &Layers,
    raw: RawPapers,
    first: &mut ShopSettingsInput,
) -> Result<Papers, ConfigError> {
    first.paper_size = match raw.size.as_str() {
        "" => None,
        "a4" => Some(PaperSize::A4),
        "letter" => Some(PaperSize::Letter),
        _ => return Err(layers.refuse("papers.size", "`a4`, `letter`, or nothing")),
    };
    for (key, prefix) in [
        ("papers.invoice_prefix", &raw.invoice_prefix),
        ("papers.credit_note_prefix", &raw.credit_note_prefix),
    ] {
        if prefix.chars().count() > 20 || prefix.chars().any(char::is_control) {
            return Err(layers.refuse(key, "at most 20 characters, no control characters"));
        }
    }
    if raw.address.len() > 8 {
        return Err(layers.refuse("papers.address", "at most 8 lines"));
    }
    first.seller_name = raw.seller;
    first.seller_address = raw.address;
    first.tax_id = raw.tax_id;
    first.invoice_prefix = raw.invoice_prefix;
    first.credit_note_prefix = raw.credit_note_prefix;
    Ok(Papers { fonts: raw.fonts })
}

impl Papers {
    /// # Errors
    /// Where a font can't be read.
    pub fn fonts(&self) -> anyhow::Result<Fonts> {
        let read = |path: &PathBuf| {
            std::fs::read(path).with_context(|| format!("the font {} (papers.fonts)", path.display()))
        };
        let fonts = self.fonts.iter().map(read).collect::<anyhow::Result<Vec<_>>>()?;
        Fonts::new(fonts).context("papers.fonts")
    }
}
