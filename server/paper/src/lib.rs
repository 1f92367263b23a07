#![doc = include_str!("../README.md")]

mod barcode;
mod draw;
mod font;
mod invoice;
mod label;
mod receipt;
mod sheet;
mod slip;

pub use font::{Fonts, NotAFont};
pub use invoice::invoice;
pub use label::{Layout, labels};
pub use receipt::receipt;
pub use slip::{packing_slip, pick_list};

/// The paper's size; sizes are in points, 72 to an inch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// 210 × 297 mm.
    A4,
    /// 8.5 × 11 inches.
    Letter,
}

impl Size {
    /// What is in the printers of a country (ISO 3166-1 alpha-2).
    pub fn of_country(country: &str) -> Self {
        match country {
            "US" | "CA" | "MX" | "PH" | "CL" | "CO" | "VE" | "GT" | "CR" | "PA" | "DO" | "PR" => Self::Letter,
            _ => Self::A4,
        }
    }

    pub(crate) fn points(self) -> (f32, f32) {
        match self {
            Self::A4 => (595.0, 842.0),
            Self::Letter => (612.0, 792.0),
        }
    }
}

/// How a shop's papers look.
#[derive(Clone)]
pub struct Style {
    pub size: Size,
    pub fonts: Fonts,
    /// At the head of packing slips and pick lists.
    pub shop: String,
}

/// Nothing that a paper says can cause it; it names what the PDF writer refused.
#[derive(Debug, thiserror::Error)]
#[error("the paper could not be drawn: {0}")]
pub struct NotDrawn(pub(crate) String);
