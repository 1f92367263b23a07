//! Real rates of real countries, as they stood in November 2026. Sources:
//!
//! - Germany 19 % and 7 %: § 12 UStG, paragraphs 1 and 2. Austria 20 % and 10 %: § 10 UStG 1994.
//! - Switzerland 8.1 % and 2.6 %: Art. 25 MWSTG, since 2024.
//! - Canada, GST 5 %: Excise Tax Act s. 165(1). Quebec, QST 9.975 %: Act respecting the QST s. 16; on the price without GST
//!   since 2013, on the price with it until then (7.5 % in 2010).
//! - Japan 10 % and 8 %: Consumption Tax Act; a qualified invoice rounds once for each rate (Enforcement Order art. 70-10).

use souk_contract::{Currency, Money, TaxLevel, TaxRate, TaxRounding, TaxRule};
use souk_pricing::{Line, PriceInput, Shopper, price, without};

use crate::line;

const EUR: Currency = Currency::EUR;

fn vat(millionths: u32) -> Vec<TaxRate> {
    vec![TaxRate::new("VAT", millionths)]
}

fn rule(inclusive: bool, rates: Vec<Vec<TaxRate>>) -> TaxRule {
    TaxRule { inclusive, rates, shipping: Some(0), ..TaxRule::default() }
}

fn of(kind: u32, line: Line) -> Line {
    Line { tax: Some(kind), ..line }
}

/// Tax of each line, tax in all, and total.
fn taxed(currency: Currency, lines: &[Line], delivery: Option<i64>, tax: &TaxRule) -> (Vec<i64>, i64, i64) {
    let input = PriceInput {
        currency,
        lines,
        facts: &[],
        delivery: delivery.map(|minor| Money::new(minor, currency)),
        promotions: &[],
        shopper: &Shopper::default(),
        tax,
    };
    let totals = price(&input).expect("a price");
    (totals.lines.iter().map(|line| line.tax.minor).collect(), totals.tax.minor, totals.total.minor)
}

#[test]
fn germany_and_austria_have_two_rates_in_the_price() {
    let lines = [of(0, line(1, 11_900, 1, EUR)), of(1, line(2, 1_070, 2, EUR))];
    let germany = rule(true, vec![vat(190_000), vat(70_000)]);
    // 490 × 19 / 119 = 78.2
    assert_eq!(taxed(EUR, &lines, Some(490), &germany), (vec![1900, 140], 1900 + 140 + 78, 14_530));
    let austria = rule(true, vec![vat(200_000), vat(100_000)]);
    // The price stays: 119 × 20 / 120 = 19.83, 21.40 × 10 / 110 = 1.95, 4.90 × 20 / 120 = 0.82
    assert_eq!(taxed(EUR, &lines, Some(490), &austria), (vec![1983, 195], 1983 + 195 + 82, 14_530));
}

#[test]
fn an_export_is_without_the_tax_at_home() {
    let net = |minor, millionths| {
        without(Money::new(minor, EUR), &vat(millionths), TaxRounding::HalfUp).expect("a price").minor
    };
    assert_eq!([net(11_900, 190_000), net(1_070, 70_000), net(490, 190_000)], [10_000, 1_000, 412]);
}

#[test]
fn switzerland_s_rates_have_a_decimal() {
    let chf: Currency = "CHF".parse().expect("a currency");
    let swiss = rule(true, vec![vat(81_000), vat(26_000)]);
    let lines = [of(0, line(1, 10_810, 1, chf)), of(1, line(2, 10_260, 1, chf))];
    assert_eq!(taxed(chf, &lines, None, &swiss), (vec![810, 260], 1070, 21_070));
}

#[test]
fn quebec_takes_two_taxes_each_rounded_by_itself() {
    let cad: Currency = "CAD".parse().expect("a currency");
    let quebec = |qst: u32, compound| {
        let qst = TaxRate { compound, ..TaxRate::new("QST", qst) };
        rule(false, vec![vec![TaxRate::new("GST", 50_000), qst]])
    };
    // 100.10: GST 5.005 → 5.01, QST 9.984975 → 9.98
    let lines = [of(0, line(1, 10_010, 1, cad))];
    assert_eq!(taxed(cad, &lines, None, &quebec(99_750, false)), (vec![1499], 1499, 11_509));
    // 2010: GST 5.00, QST 7.5 % of 105.00 = 7.875
    let lines = [of(0, line(1, 10_000, 1, cad))];
    assert_eq!(taxed(cad, &lines, None, &quebec(75_000, true)), (vec![500 + 788], 1288, 11_288));
}

#[test]
fn japan_rounds_once_for_each_rate() {
    let jpy: Currency = "JPY".parse().expect("a currency");
    let lines = [
        of(0, line(1, 105, 1, jpy)),
        of(0, line(2, 105, 1, jpy)),
        of(0, line(3, 105, 1, jpy)),
        of(1, line(4, 131, 1, jpy)),
        of(1, line(5, 131, 1, jpy)),
    ];
    let by = |level| TaxRule { level, ..rule(false, vec![vat(100_000), vat(80_000)]) };
    // 10.5 and 10.48 a line
    assert_eq!(taxed(jpy, &lines, None, &by(TaxLevel::Line)).1, 3 * 11 + 2 * 10);
    // 10 % of 315 = 31.5 → 32; 8 % of 262 = 20.96 → 21
    let (of_lines, tax, total) = taxed(jpy, &lines, None, &by(TaxLevel::Total));
    assert_eq!((of_lines, tax, total), (vec![11, 11, 10, 11, 10], 53, 577 + 53));
}

#[test]
fn a_piece_a_line_or_the_total_is_rounded() {
    // 0.33 × 19 % = 0.0627 a piece
    let lines = [of(0, line(1, 33, 10, EUR)), of(0, line(2, 33, 5, EUR))];
    let by = |level| TaxRule { level, ..rule(false, vec![vat(190_000)]) };
    assert_eq!(taxed(EUR, &lines, None, &by(TaxLevel::Unit)).0, [60, 30]);
    assert_eq!(taxed(EUR, &lines, None, &by(TaxLevel::Line)).0, [63, 31]);
    // 4.95 × 19 % = 0.9405
    assert_eq!(taxed(EUR, &lines, None, &by(TaxLevel::Total)).0, [63, 31]);
    let three = [of(0, line(1, 33, 5, EUR)), of(0, line(2, 33, 5, EUR)), of(0, line(3, 33, 5, EUR))];
    assert_eq!(taxed(EUR, &three, None, &by(TaxLevel::Line)).1, 3 * 31);
    assert_eq!(taxed(EUR, &three, None, &by(TaxLevel::Total)), (vec![32, 31, 31], 94, 495 + 94));
}

#[test]
fn half_a_cent_goes_up_or_to_the_even_neighbour() {
    let lines = [of(0, line(1, 250, 1, EUR)), of(0, line(2, 350, 1, EUR))];
    let to = |rounding| TaxRule { rounding, ..rule(false, vec![vat(50_000)]) };
    // 12.5 and 17.5
    assert_eq!(taxed(EUR, &lines, None, &to(TaxRounding::HalfUp)).0, [13, 18]);
    assert_eq!(taxed(EUR, &lines, None, &to(TaxRounding::HalfEven)).0, [12, 18]);
}

#[test]
fn delivery_is_taxed_as_its_class_or_as_the_goods() {
    let lines = [of(0, line(1, 3_000, 1, EUR)), of(1, line(2, 1_000, 1, EUR))];
    let free = Line { tax: None, ..line(3, 4_000, 1, EUR) };
    let both = rule(false, vec![vat(200_000), vat(100_000)]);
    assert_eq!(taxed(EUR, &lines, Some(400), &both).1, 600 + 100 + 80);
    let reduced = TaxRule { shipping: Some(1), ..both.clone() };
    assert_eq!(taxed(EUR, &lines, Some(400), &reduced).1, 600 + 100 + 40);
    let as_goods = TaxRule { shipping: None, ..both };
    // 3.00 at 20 %, 1.00 at 10 %
    assert_eq!(taxed(EUR, &lines, Some(400), &as_goods).1, 600 + 100 + 60 + 10);
    // Half of it goes with what is not taxed.
    let with_free = [lines[0].clone(), lines[1].clone(), free];
    assert_eq!(taxed(EUR, &with_free, Some(400), &as_goods).1, 600 + 100 + 30 + 5);
}

#[test]
fn goods_without_a_rate_are_not_taxed() {
    let lines = [
        of(0, line(1, 1_000, 1, EUR)),
        of(7, line(2, 1_000, 1, EUR)),
        Line { tax: None, ..line(3, 1_000, 1, EUR) },
    ];
    let rule = TaxRule { rates: vec![vat(100_000)], ..TaxRule::default() };
    assert_eq!(taxed(EUR, &lines, None, &rule), (vec![100, 0, 0], 100, 3_100));
    assert_eq!(taxed(EUR, &lines, Some(100), &TaxRule::default()), (vec![0, 0, 0], 0, 3_100));
}
