//! Invoices and credit notes.

use souk_contract::{Address, Document, DocumentKind, DocumentLine, Money, Timestamp};

use crate::{
    NotDrawn, Style,
    sheet::{Align, BLACK, Cell, Column, GREY, Sheet},
};

/// An invoice or a credit note as PDF.
///
/// # Errors
/// When the PDF writer refuses.
pub fn invoice(document: &Document, style: &Style) -> Result<Vec<u8>, NotDrawn> {
    let sheet = lay_out(document, style);
    let title = format!("{} {}", document.kind.title(), document.name);
    sheet
        .finish(&format!("{title}, {}", document.seller.name), &format!("{title} · {}", document.seller.name))
}

/// The lines of an address as they stand on a letter.
pub(crate) fn address_lines(address: &Address) -> Vec<String> {
    let place = format!("{} {}", address.postal_code, address.city).trim().to_owned();
    let known = [
        &address.name,
        &address.company,
        &address.line1,
        &address.line2,
        &place,
        &address.region,
        &address.country,
    ];
    known.into_iter().filter(|line| !line.trim().is_empty()).cloned().collect()
}

pub(crate) fn date(at: Timestamp) -> String {
    at.to_string().chars().take(10).collect()
}

fn columns(width: f32) -> [Column; 5] {
    let (price, tax, total, pieces) = (82.0, 50.0, 86.0, 42.0);
    let title = width - price - tax - total - pieces;
    let right = |title, x, width| Column { title, x, width, align: Align::Right };
    [
        Column { title: "Item", x: 0.0, width: title, align: Align::Left },
        right("Pieces", title, pieces),
        right("Unit price", title + pieces, price),
        right("Tax", title + pieces + price, tax),
        right("Amount", title + pieces + price + tax, total),
    ]
}

fn cells(line: &DocumentLine) -> [Cell; 5] {
    let mut below: Vec<String> = Vec::new();
    below.extend((!line.options.is_empty()).then(|| line.options.clone()));
    below.extend(line.sku.as_ref().map(|sku| format!("SKU {sku}")));
    if !line.discount.is_zero() {
        below.push(format!("Discount {}", minus(line.discount)));
    }
    [
        Cell::text(&line.title).with(below.join("\n")),
        Cell::text(line.quantity.to_string()),
        Cell::text(line.unit_price.to_string()),
        Cell::text(line.tax_words()),
        Cell::text(line.total.to_string()),
    ]
}

fn minus(money: Money) -> Money {
    Money::new(-money.minor, money.currency)
}

fn lay_out<'s>(document: &Document, style: &'s Style) -> Sheet<'s> {
    let mut sheet = Sheet::new(style);
    let width = sheet.width;
    head(&mut sheet, document);
    let columns = columns(width);
    sheet.table_head(&columns);
    for line in &document.lines {
        sheet.row(&columns, &cells(line));
    }
    for (words, amount) in &document.extras {
        let mut cells: [Cell; 5] = Default::default();
        cells[0] = Cell::text(words);
        cells[4] = Cell::text(amount.to_string());
        sheet.row(&columns, &cells);
    }
    sums(&mut sheet, document);
    if let Some(exempt) = document.tax_exempt {
        sheet.y += 14.0;
        sheet.words(0.0, width, 9.5, false, BLACK, exempt.words());
    }
    if !document.remark.is_empty() {
        sheet.y += 14.0;
        let words = match document.kind {
            DocumentKind::Invoice => document.remark.clone(),
            DocumentKind::CreditNote => format!("Reason: {}", document.remark),
        };
        sheet.words(0.0, width, 9.5, false, BLACK, &words);
    }
    sheet
}

fn head(sheet: &mut Sheet<'_>, document: &Document) {
    let width = sheet.width;
    let half = width / 2.0 - 12.0;
    let top = sheet.y;
    sheet.words(0.0, half, 11.0, true, BLACK, &document.seller.name);
    for line in &document.seller.address {
        sheet.words(0.0, half, 9.0, false, GREY, line);
    }
    if !document.seller.tax_id.is_empty() {
        sheet.words(0.0, half, 9.0, false, GREY, &format!("Tax ID {}", document.seller.tax_id));
    }
    sheet.words(0.0, half, 9.0, false, GREY, &document.seller.email);
    let left_end = sheet.y;

    let mut y = top + 20.0;
    sheet.line_until(width, y, 20.0, true, BLACK, document.kind.title());
    let order = format!("#{} of {}", document.order_number, date(document.ordered_at));
    let mut facts =
        vec![("Number", document.name.clone()), ("Date", date(document.issued_at)), ("Order", order)];
    facts.extend(document.corrects.iter().map(|name| ("For invoice", name.clone())));
    y += 6.0;
    for (name, value) in facts {
        y += 13.5;
        sheet.line_at(width / 2.0 + 60.0, y, 9.0, false, GREY, name);
        sheet.line_until(width, y, 9.0, false, BLACK, &value);
    }

    sheet.y = left_end.max(y) + 26.0;
    let top = sheet.y;
    let mut ends = top;
    let parties = [("Billed to", &document.buyer), ("Shipped to", &document.ship_to)];
    for (index, (title, address)) in parties.into_iter().enumerate() {
        let Some(address) = address else { continue };
        let x = index as f32 * (width / 2.0 + 12.0);
        sheet.y = top;
        sheet.words(x, half, 8.5, true, GREY, title);
        for line in address_lines(address) {
            sheet.words(x, half, 9.5, false, BLACK, &line);
        }
        if index == 0 {
            sheet.words(x, half, 9.5, false, BLACK, &document.email);
        }
        ends = ends.max(sheet.y);
    }
    sheet.y = ends + 16.0;
}

fn sums(sheet: &mut Sheet<'_>, document: &Document) {
    let width = sheet.width;
    let tax: i64 = document.taxes.iter().map(|tax| tax.tax.minor).sum();
    let net = document.total.minor - tax;
    let mut rows: Vec<(String, Money)> = vec![("Net".to_owned(), Money::new(net, document.currency()))];
    for tax in &document.taxes {
        rows.push((format!("{} on {}", tax.words(), tax.net), tax.tax));
    }
    if !sheet.is_room_for(rows.len() as f32 * 14.0 + 34.0) {
        sheet.new_page();
    }
    sheet.y += 8.0;
    for (words, amount) in rows {
        sheet.y += 14.0;
        let y = sheet.y;
        sheet.line_until(width - 96.0, y, 9.5, false, GREY, &words);
        sheet.line_until(width, y, 9.5, false, BLACK, &amount.to_string());
    }
    sheet.y += 20.0;
    let words = match document.kind {
        DocumentKind::Invoice => "Total",
        DocumentKind::CreditNote => "Credited in all",
    };
    let y = sheet.y;
    sheet.line_until(width - 96.0, y, 12.0, true, BLACK, words);
    sheet.line_until(width, y, 12.0, true, BLACK, &document.total.to_string());
    sheet.y += 8.0;
}

#[cfg(test)]
mod tests {
    use souk_contract::{Currency, DocumentTax, Id, Seller};
    use uuid::Uuid;

    use super::*;
    use crate::{Fonts, Size};

    const EUR: Currency = Currency::EUR;

    fn style() -> Style {
        Style { size: Size::A4, fonts: Fonts::new(Vec::new()).expect("fonts"), shop: "Tern".to_owned() }
    }

    fn paper(lines: usize) -> Document {
        let at = Timestamp::parse("2026-11-23T08:00:00Z").expect("a time");
        let line = |n: usize| DocumentLine {
            title: format!("Lamp {n} \u{202e}<script>"),
            options: "Écru / Größe L".to_owned(),
            sku: Some("X".repeat(60)),
            quantity: 2,
            unit_price: Money::new(4900, EUR),
            discount: Money::new(100, EUR),
            total: Money::new(9700, EUR),
            tax_rates: vec![190_000],
            tax_basis_points: 1900,
        };
        let total = 9700 * lines as i64;
        Document {
            id: Id::new(Uuid::nil()),
            kind: DocumentKind::Invoice,
            number: 7,
            name: "INV-00007".to_owned(),
            order_id: Id::new(Uuid::nil()),
            order_number: 1001,
            refund_id: None,
            corrects: None,
            issued_at: at,
            ordered_at: at,
            seller: Seller { name: "Tern".to_owned(), ..Seller::default() },
            buyer: Some(Address {
                name: "Ада Лавлейс".to_owned(),
                city: "Köln".to_owned(),
                ..Address::default()
            }),
            email: "ada@example.com".to_owned(),
            ship_to: None,
            lines: (0..lines).map(line).collect(),
            extras: vec![("Delivery".to_owned(), Money::new(0, EUR))],
            tax_inclusive: true,
            tax_exempt: None,
            taxes: vec![DocumentTax {
                name: "VAT".to_owned(),
                millionths: Some(190_000),
                basis_points: 1900,
                net: Money::new(total - 100, EUR),
                tax: Money::new(100, EUR),
            }],
            total: Money::new(total, EUR),
            remark: String::new(),
        }
    }

    #[test]
    fn says_everything_and_the_sums_once() {
        let style = style();
        let pages = lay_out(&paper(1), &style).texts();
        let all = pages.concat().join("|");
        for text in ["INV-00007", "Ада Лавлейс", "€49.00", "19 %", "Discount −€1.00", "€97.00", "2026-11-23"]
        {
            assert!(all.contains(text), "{text} in {all}");
        }
        assert_eq!(all.matches("Total").count(), 1);
    }

    #[test]
    fn goes_on_to_further_pages_under_the_same_head() {
        let style = style();
        let pages = lay_out(&paper(60), &style).texts();
        assert!(pages.len() > 2, "{}", pages.len());
        for page in &pages[..pages.len() - 1] {
            assert_eq!(page.iter().filter(|text| *text == "Unit price").count(), 1);
        }
        let titles = pages.concat().iter().filter(|text| text.starts_with("Lamp")).count();
        assert_eq!(titles, 60);
    }

    #[test]
    fn is_a_pdf() {
        let bytes = invoice(&paper(3), &style()).expect("a paper");
        assert!(bytes.starts_with(b"%PDF-") && bytes.len() < 200_000, "{} bytes", bytes.len());
    }

    #[test]
    fn no_line_is_wider_than_its_place() {
        let fonts = Fonts::new(Vec::new()).expect("fonts");
        let long = format!("{} a {}", "W".repeat(90), "привет ".repeat(30));
        let lines = fonts.wrap(&long, 10.0, false, 120.0);
        assert!(lines.iter().all(|line| fonts.width(line, 10.0, false) <= 120.0), "{lines:?}");
        let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count();
        assert_eq!(lines.iter().map(|line| letters(line)).sum::<usize>(), letters(&long));
    }

    #[test]
    fn each_tax_stands_with_its_rate_and_base() {
        let style = style();
        let eur = |minor| Money::new(minor, EUR);
        let tax = |name: &str, millionths, net, tax| DocumentTax {
            name: name.to_owned(),
            millionths: Some(millionths),
            basis_points: i64::from(millionths / 100),
            net: eur(net),
            tax: eur(tax),
        };
        let mut quebec = paper(1);
        quebec.lines[0].tax_rates = vec![50_000, 99_750];
        quebec.taxes = vec![tax("QST", 99_750, 9700, 968), tax("GST", 50_000, 9700, 485)];
        quebec.total = eur(9700 + 968 + 485);
        let all = lay_out(&quebec, &style).texts().concat().join("|");
        for text in
            ["5 % +|9.975 %", "QST 9.975 % on €97.00", "GST 5 % on €97.00", "€9.68", "€4.85", "Net|€97.00"]
        {
            assert!(all.contains(text), "{text} in {all}");
        }
        let export = Document { tax_exempt: Some(souk_contract::TaxExemption::Export), ..paper(1) };
        let all = lay_out(&export, &style).texts().concat().join("|");
        assert!(all.contains("(export)"), "{all}");
    }
}
