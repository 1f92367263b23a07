//! `[papers]`: what stands on invoices, and how they are drawn.

use std::path::PathBuf;

use anyhow::Context as _;
use serde::Deserialize;
use souk_contract::Seller;
use souk_paper::{Fonts, Size, Style};

use super::{
    layers::{ConfigError, Layers},
    settings::Shop,
};

#[derive(Debug, Clone)]
pub struct Papers {
    pub words: souk_orders::Papers,
    size: Size,
    fonts: Vec<PathBuf>,
    shop: String,
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

pub(super) fn check(layers: &Layers, raw: RawPapers, shop: &Shop) -> Result<Papers, ConfigError> {
    let size = match raw.size.as_str() {
        "" => Size::of_country(&shop.country),
        "a4" => Size::A4,
        "letter" => Size::Letter,
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
    let seller = if raw.seller.trim().is_empty() { shop.name.clone() } else { raw.seller };
    Ok(Papers {
        words: souk_orders::Papers {
            seller: Seller {
                name: seller,
                address: raw.address,
                tax_id: raw.tax_id,
                email: shop.email.clone(),
            },
            invoice_prefix: raw.invoice_prefix,
            credit_note_prefix: raw.credit_note_prefix,
        },
        size,
        fonts: raw.fonts,
        shop: shop.name.clone(),
    })
}

impl Papers {
    /// # Errors
    /// Where a font can't be read.
    pub fn style(&self) -> anyhow::Result<Style> {
        let read = |path: &PathBuf| {
            std::fs::read(path).with_context(|| format!("the font {} (papers.fonts)", path.display()))
        };
        let fonts = self.fonts.iter().map(read).collect::<anyhow::Result<Vec<_>>>()?;
        let fonts = Fonts::new(fonts).context("papers.fonts")?;
        Ok(Style { size: self.size, fonts, shop: self.shop.clone() })
    }
}
