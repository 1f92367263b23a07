//! Labels for shelves and for the things on them.

use souk_contract::VariantInfo;

use crate::{
    NotDrawn, Size, Style,
    barcode::Barcode,
    draw,
    sheet::{BLACK, GREY, Item},
};

const MM: f32 = 72.0 / 25.4;
const PADDING: f32 = 7.0;
/// Of the line below the bars.
const SMALL: f32 = 6.5;

/// What labels are printed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// One a page, 57 × 32 mm: a label printer's roll.
    Roll,
    /// Sheets to peel from: 3 × 8 of 70 × 37 mm on A4; 3 × 10 of 2⅝ × 1 inches on Letter.
    Sheet,
}

/// Points from the upper left corner of a page.
#[derive(Clone, Copy)]
struct Place {
    x: f32,
    y: f32,
}

/// A page and the places on it.
struct Grid {
    page: (f32, f32),
    /// Of one label.
    width: f32,
    height: f32,
    places: Vec<Place>,
}

impl Layout {
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "roll" => Some(Self::Roll),
            "sheet" => Some(Self::Sheet),
            _ => None,
        }
    }

    fn grid(self, size: Size) -> Grid {
        let of = |page, (width, height): (f32, f32), (left, top): (f32, f32), step: f32, (columns, rows)| {
            let place = |index: usize| Place {
                x: left + (index % columns) as f32 * step,
                y: top + (index / columns) as f32 * height,
            };
            Grid { page, width, height, places: (0..columns * rows).map(place).collect() }
        };
        match (self, size) {
            (Self::Roll, _) => {
                let label = (57.0 * MM, 32.0 * MM);
                of(label, label, (0.0, 0.0), label.0, (1, 1))
            }
            (Self::Sheet, Size::A4) => {
                let label = (70.0 * MM, 37.0 * MM);
                of(size.points(), label, (0.0, 0.5 * MM), label.0, (3, 8))
            }
            (Self::Sheet, Size::Letter) => of(size.points(), (189.0, 72.0), (13.5, 36.0), 198.0, (3, 10)),
        }
    }
}

/// A label for each variant as often as is said, in their order: title, options, price, SKU, and the barcode, or where there
/// is none the SKU, as bars.
///
/// # Errors
/// When the PDF writer refuses.
pub fn labels(wanted: &[(VariantInfo, usize)], layout: Layout, style: &Style) -> Result<Vec<u8>, NotDrawn> {
    let grid = layout.grid(style.size);
    draw::pdf(&lay_out(wanted, &grid, style), grid.page, style, "Labels")
}

fn lay_out(wanted: &[(VariantInfo, usize)], grid: &Grid, style: &Style) -> Vec<Vec<Item>> {
    let copies = wanted.iter().flat_map(|(variant, copies)| std::iter::repeat_n(variant, *copies));
    let mut pages: Vec<Vec<Item>> = Vec::new();
    for (index, variant) in copies.enumerate() {
        let place = index % grid.places.len();
        if place == 0 {
            pages.push(Vec::new());
        }
        if let Some(page) = pages.last_mut() {
            page.extend(label(variant, grid.places[place], grid, style));
        }
    }
    pages
}

fn label(info: &VariantInfo, at: Place, grid: &Grid, style: &Style) -> Vec<Item> {
    let fonts = &style.fonts;
    let (left, width) = (at.x + PADDING, grid.width - 2.0 * PADDING);
    let mut items = Vec::new();
    let mut text = |x, y, size, bold, grey, text: &str| {
        items.push(Item::Text { x, y, size, bold, grey, text: text.to_owned() });
    };

    let mut y = at.y + PADDING;
    let rows = if grid.height > 80.0 { 2 } else { 1 };
    for line in first_lines(style, &info.product_title, 8.5, true, width, rows) {
        y += 9.5;
        text(left, y, 8.5, true, BLACK, &line);
    }
    // The price is read from afar.
    let price = info.variant.price.to_string();
    let room = fonts.width(&price, 12.0, true);
    y += 12.5;
    text(left + width - room, y, 12.0, true, BLACK, &price);
    for line in first_lines(style, &info.variant.options.join(" / "), 7.5, false, width - room - 4.0, 1) {
        text(left, y, 7.5, false, GREY, &line);
    }

    let sku = info.variant.sku.as_deref().unwrap_or_default();
    let code = info.variant.barcode.as_deref().filter(|code| !code.is_empty()).unwrap_or(sku);
    let below = if code == sku { code.to_owned() } else { format!("{code} · {sku}") };
    let foot = at.y + grid.height - PADDING;
    if let Some(below) = first_lines(style, &below, SMALL, false, width, 1).first() {
        let room = fonts.width(below, SMALL, false);
        text(left + (width - room) / 2.0, foot, SMALL, false, BLACK, below);
    }
    let (top, bottom) = (y + 5.0, foot - SMALL - 0.5);
    // The quiet zone may reach into the padding.
    let bars = Barcode::of(code).and_then(|code| code.bars(at.x, top, grid.width, bottom - top));
    items.extend(bars.into_iter().flatten());
    items
}

/// As much of a text as fits; what is cut ends with an ellipsis.
fn first_lines(style: &Style, text: &str, size: f32, bold: bool, width: f32, most: usize) -> Vec<String> {
    if text.trim().is_empty() {
        return Vec::new();
    }
    let mut lines = style.fonts.wrap(text, size, bold, width);
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            while !last.is_empty() && style.fonts.width(&format!("{last}…"), size, bold) > width {
                last.pop();
            }
            *last = format!("{}…", last.trim_end());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use souk_contract::{Availability, Currency, Id, Money, Variant};
    use uuid::Uuid;

    use super::*;
    use crate::Fonts;

    fn style(size: Size) -> Style {
        Style { size, fonts: Fonts::new(Vec::new()).expect("fonts"), shop: "Tern".to_owned() }
    }

    fn variant(title: &str, sku: &str, barcode: &str) -> VariantInfo {
        let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        VariantInfo {
            variant: Variant {
                id: Id::new(Uuid::nil()),
                sku: filled(sku),
                barcode: filled(barcode),
                title: "Sea / 8 L".to_owned(),
                options: vec!["Sea".to_owned(), "8 L".to_owned()],
                price: Money::new(4900, Currency::EUR),
                compare_at: None,
                weight_grams: 0,
                requires_shipping: true,
                taxable: true,
                media_id: None,
                availability: Availability::InStock,
                lowest_before: None,
                saving: None,
            },
            product_id: Id::new(Uuid::nil()),
            product_handle: "bucket".to_owned(),
            product_title: title.to_owned(),
            tax_class_id: None,
            tags: Vec::new(),
            product_type: String::new(),
            vendor: String::new(),
            media: None,
            buyable: true,
        }
    }

    fn pages(wanted: &[(VariantInfo, usize)], layout: Layout, size: Size) -> Vec<Vec<Item>> {
        lay_out(wanted, &layout.grid(size), &style(size))
    }

    fn texts(items: &[Item]) -> Vec<&str> {
        let text = |item: &'_ Item| matches!(item, Item::Text { .. });
        let all = items.iter().filter(|item| text(item));
        all.filter_map(|item| if let Item::Text { text, .. } = item { Some(text.as_str()) } else { None })
            .collect()
    }

    #[test]
    fn a_label_says_what_it_is_and_what_it_costs_and_can_be_scanned() {
        let pages =
            pages(&[(variant("Honest Bucket", "BUCK-8", "5901234123457"), 1)], Layout::Roll, Size::A4);
        let page = pages.first().expect("a page");
        assert_eq!(texts(page), ["Honest Bucket", "€49.00", "Sea / 8 L", "5901234123457 · BUCK-8"]);
        assert_eq!(page.iter().filter(|item| matches!(item, Item::Bar { .. })).count(), 30);
    }

    #[test]
    fn copies_fill_sheets_and_take_a_page_each_on_a_roll() {
        let wanted = [(variant("One", "A-1", ""), 20), (variant("Two", "B-2", ""), 11)];
        assert_eq!(pages(&wanted, Layout::Roll, Size::A4).len(), 31);
        assert_eq!(pages(&wanted, Layout::Sheet, Size::A4).len(), 2);
        assert_eq!(pages(&wanted, Layout::Sheet, Size::Letter).len(), 2);
        let first = &pages(&wanted, Layout::Sheet, Size::A4)[0];
        assert_eq!(texts(first).iter().filter(|text| **text == "One").count(), 20);
        assert_eq!(texts(first).iter().filter(|text| **text == "Two").count(), 4);
    }

    #[test]
    fn nothing_leaves_its_label_however_long_the_names_are() {
        let long = variant(&"A very long name of a bucket ".repeat(8), &"S".repeat(12), "");
        for (layout, size) in
            [(Layout::Roll, Size::A4), (Layout::Sheet, Size::A4), (Layout::Sheet, Size::Letter)]
        {
            let grid = layout.grid(size);
            let style = style(size);
            let place = *grid.places.last().expect("a place");
            for item in label(&long, place, &grid, &style) {
                let (x, y, right, bottom) = match &item {
                    Item::Text { x, y, size, bold, text, .. } => {
                        (*x, y - size, x + style.fonts.width(text, *size, *bold), *y)
                    }
                    Item::Bar { x, y, width, height } => (*x, *y, x + width, y + height),
                    other => panic!("{other:?}"),
                };
                let inside = x >= place.x && y >= place.y;
                assert!(inside && right <= place.x + grid.width + 0.1, "{layout:?} {item:?}");
                assert!(bottom <= place.y + grid.height && bottom > y, "{layout:?} {item:?}");
            }
            let (width, height) = grid.page;
            assert!(place.x + grid.width <= width + 0.5 && place.y + grid.height <= height + 0.5);
        }
    }

    #[test]
    fn is_a_pdf() {
        let wanted = [(variant("Лампа \u{202e}<script>", "L", "Größe"), 2)];
        let bytes = labels(&wanted, Layout::Sheet, &style(Size::A4)).expect("labels");
        assert!(bytes.starts_with(b"%PDF-"), "{} bytes", bytes.len());
    }
}
