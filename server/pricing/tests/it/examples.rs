//! Receipts worked out by hand.

use souk_contract::{Currency, Money, PromotionAction, PromotionRule};
use souk_pricing::{Line, PriceInput, PricingError, Shopper, price};

use crate::{SALES_TAX, VAT_19, line, rule};

const EUR: Currency = Currency::EUR;
static NOBODY: Shopper =
    Shopper { signed_in: false, orders: None, payment_method: None, country: None, local: None };

fn eur(minor: i64) -> Money {
    Money::new(minor, EUR)
}

fn input<'a>(lines: &'a [Line], promotions: &'a [PromotionRule], delivery: Option<Money>) -> PriceInput<'a> {
    PriceInput { currency: EUR, lines, facts: &[], delivery, promotions, shopper: &NOBODY, tax: &VAT_19 }
}

#[test]
fn inclusive_tax_is_part_of_the_total() {
    let lines = [line(1, 1999, 2, EUR), line(2, 500, 1, EUR)];
    let totals = price(&input(&lines, &[], Some(eur(490)))).expect("a price");
    assert_eq!(totals.subtotal, eur(4498));
    assert_eq!(totals.total, eur(4988));
    // 3998 × 19/119 = 638.3; 500 × 19/119 = 79.8; 490 × 19/119 = 78.2
    assert_eq!(totals.tax, eur(638 + 80 + 78));
}

#[test]
fn exclusive_tax_is_added() {
    let lines = [line(1, 1000, 1, EUR)];
    let totals = price(&PriceInput { tax: &SALES_TAX, ..input(&lines, &[], None) }).expect("a price");
    // 82.5 rounds half up.
    assert_eq!((totals.tax, totals.total), (eur(83), eur(1083)));
}

#[test]
fn a_percentage_is_rounded_once_and_spread() {
    let lines = [line(1, 333, 1, EUR), line(2, 333, 1, EUR), line(3, 333, 1, EUR)];
    let ten = [rule(1, PromotionAction::percent(1000))];
    let totals = price(&input(&lines, &ten, None)).expect("a price");
    assert_eq!(totals.discount, eur(100));
    let discounts: Vec<i64> = totals.lines.iter().map(|line| line.discount.minor).collect();
    assert_eq!(discounts, [34, 33, 33]);
    assert_eq!(totals.trace[0].message, "10 % off");
}

#[test]
fn a_fixed_amount_never_goes_below_zero() {
    let lines = [line(1, 300, 1, EUR)];
    let five = [rule(1, PromotionAction::fixed(eur(500)))];
    let totals = price(&input(&lines, &five, None)).expect("a price");
    assert_eq!((totals.discount, totals.total), (eur(300), eur(0)));
}

#[test]
fn a_missed_minimum_says_what_is_missing() {
    let lines = [line(1, 2080, 1, EUR)];
    let over_25 = [PromotionRule { minimum: Some(eur(2500)), ..rule(1, PromotionAction::percent(1050)) }];
    let totals = price(&input(&lines, &over_25, None)).expect("a price");
    assert!(!totals.trace[0].applied);
    assert_eq!(totals.trace[0].message, "Add €4.20 more to your cart to use it.");
    assert_eq!(totals.discount, eur(0));
}

#[test]
fn sale_items_can_be_left_out() {
    let lines = [Line { on_sale: true, ..line(1, 1000, 1, EUR) }, line(2, 1000, 1, EUR)];
    let half = [PromotionRule { applies_to_sale_items: false, ..rule(1, PromotionAction::percent(5000)) }];
    let totals = price(&input(&lines, &half, None)).expect("a price");
    assert_eq!(totals.lines[0].discount, eur(0));
    assert_eq!(totals.lines[1].discount, eur(500));
    let only_sale = price(&input(&lines[..1], &half, None)).expect("a price");
    assert_eq!(only_sale.trace[0].message, "It does not count for items on sale.");
}

#[test]
fn rules_stack_by_priority() {
    let lines = [line(1, 10_000, 1, EUR)];
    let fixed = PromotionRule { priority: 2, ..rule(1, PromotionAction::fixed(eur(1000))) };
    let percent = PromotionRule { priority: 1, ..rule(2, PromotionAction::percent(1000)) };
    let totals = price(&input(&lines, &[fixed, percent], None)).expect("a price");
    // 10 % of 100.00 first, then 10.00 off.
    assert_eq!(totals.discount, eur(2000));
    assert_eq!(totals.trace[0].title, "Rule 2");
}

#[test]
fn free_shipping_takes_the_delivery_off() {
    let lines = [line(1, 6000, 1, EUR)];
    let free = [rule(1, PromotionAction::FreeShipping)];
    let totals = price(&input(&lines, &free, Some(eur(490)))).expect("a price");
    assert_eq!((totals.shipping, totals.shipping_discount), (eur(490), eur(490)));
    assert_eq!(totals.total, eur(6000));
}

#[test]
fn bad_input_is_an_error() {
    let minus = [line(1, 100, -1, EUR)];
    assert_eq!(price(&input(&minus, &[], None)), Err(PricingError::Negative));
    let dollars = [line(1, 100, 1, Currency::USD)];
    assert_eq!(price(&input(&dollars, &[], None)), Err(PricingError::Currency));
    let huge = [line(1, i64::MAX, 2, EUR)];
    assert_eq!(price(&input(&huge, &[], None)), Err(PricingError::Overflow));
}
