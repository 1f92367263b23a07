//! Codes as bars: which kind carries a text, and where its bars are.

use barcoders::sym::{code128::Code128, ean8::EAN8, ean13::EAN13};

use crate::sheet::Item;

/// A bar's width in points: two dots of a label printer (203 dpi), a quarter of a millimetre. Scanners like no less.
const MODULE: f32 = 2.0 * 72.0 / 203.0;
/// Where a code has no room otherwise; what is narrower than that many scanners can't read.
const NARROWEST: f32 = 0.5;
/// White on each side, in modules.
const QUIET: usize = 10;

/// A text as bars and gaps of one module each; the first is a bar.
pub(crate) struct Barcode(Vec<u8>);

impl Barcode {
    /// A GTIN as EAN (a UPC-A is one that begins with 0), anything else as Code 128; none for letters that it lacks.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let text = text.trim();
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let gtin = match text.len() {
            // Both refuse a wrong check digit: then it is the merchant's own number.
            8 if digits => EAN8::new(text).map(|code| code.encode()).ok(),
            12 if digits => EAN13::new(format!("0{text}")).map(|code| code.encode()).ok(),
            13 if digits => EAN13::new(text).map(|code| code.encode()).ok(),
            _ => None,
        };
        gtin.or_else(|| code128(text, digits)).map(Self)
    }

    /// Its bars in the middle of `width`; none where they would be too narrow to be read.
    pub(crate) fn bars(&self, x: f32, y: f32, width: f32, height: f32) -> Option<Vec<Item>> {
        let modules = self.0.len() + 2 * QUIET;
        let module = MODULE.min(width / modules as f32);
        if module < NARROWEST {
            return None;
        }
        let begin = x + (width - self.0.len() as f32 * module) / 2.0;
        let mut bars = Vec::new();
        let mut at = 0;
        // Neighbours are one bar: a viewer would draw a hair of white between two.
        for run in self.0.chunk_by(|one, next| one == next) {
            if run.first() == Some(&1) {
                let (x, width) = (begin + at as f32 * module, run.len() as f32 * module);
                bars.push(Item::Bar { x, y, width, height });
            }
            at += run.len();
        }
        Some(bars)
    }
}

fn code128(text: &str, digits: bool) -> Option<Vec<u8>> {
    let printable = !text.is_empty() && text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    if !printable {
        return None;
    }
    // Set C holds two digits in the room of a letter; the crate calls the sets Ć and Ɓ.
    let set = if digits && text.len().is_multiple_of(2) { 'Ć' } else { 'Ɓ' };
    Code128::new(format!("{set}{text}")).map(|code| code.encode()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> String {
        let code = Barcode::of(text).expect("a code");
        code.0.iter().map(|module| if *module == 1 { '#' } else { ' ' }).collect()
    }

    #[test]
    fn a_gtin_is_an_ean_and_the_rest_is_code_128() {
        // Start, twelve digits, guards and stop: 95 modules, whatever the number.
        assert_eq!(pattern("5901234123457").len(), 95);
        assert_eq!(pattern("036000291452"), pattern("0036000291452"));
        assert_eq!(pattern("96385074").len(), 67);
        // Wrong check digits: eleven modules for start, check and each letter, thirteen for the stop.
        assert_eq!(pattern("5901234123458").len(), 11 * 15 + 13);
        assert_eq!(pattern("12345678").len(), 11 * 6 + 13);
        assert_eq!(pattern("LAMP-01").len(), 11 * 9 + 13);
        assert!(pattern("LAMP-01").starts_with("## #  #    "), "start B");
        assert!(Barcode::of("Größe").is_none() && Barcode::of("").is_none() && Barcode::of(" ").is_none());
    }

    #[test]
    fn bars_keep_their_quiet_zone_and_are_left_out_where_they_are_too_narrow() {
        let code = Barcode::of("5901234123457").expect("a code");
        let bars = code.bars(10.0, 0.0, 140.0, 20.0).expect("room");
        let ends = |item: &Item| match item {
            Item::Bar { x, width, .. } => (*x, x + width),
            other => panic!("{other:?}"),
        };
        let (first, _) = ends(bars.first().expect("a bar"));
        let (_, last) = ends(bars.last().expect("a bar"));
        assert!(first >= 10.0 + 7.0 && last <= 150.0 - 7.0, "{first} {last}");
        assert_eq!(bars.len(), 30);
        assert!(Barcode::of(&"X".repeat(40)).expect("a code").bars(0.0, 0.0, 140.0, 20.0).is_none());
    }
}
