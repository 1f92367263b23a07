//! What each action takes off, worked out by hand; also where money has no or three decimals.

use souk_contract::{
    BundlePart, Currency, LineSelection, Money, PromotionAction, PromotionRule, Tier, TierBy, Totals,
    VariantId,
};
use souk_pricing::Line;
use uuid::Uuid;

use crate::{line, price_of, rule};

const EUR: Currency = Currency::EUR;

fn eur(minor: i64) -> Money {
    Money::new(minor, EUR)
}

/// Lines of these types.
fn types(label: &str, types: &[&str]) -> LineSelection {
    let product_types = types.iter().map(|name| (*name).to_owned()).collect();
    LineSelection { label: label.to_owned(), product_types, ..LineSelection::default() }
}

fn all() -> LineSelection {
    LineSelection::default()
}

fn apply(lines: &[Line], action: PromotionAction) -> Totals {
    price_of(lines[0].unit_price.currency, lines, &[rule(1, action)], None)
}

fn discounts(totals: &Totals) -> Vec<i64> {
    totals.lines.iter().map(|line| line.discount.minor).collect()
}

fn said(totals: &Totals) -> (bool, &str, &str) {
    let step = &totals.trace[0];
    (step.applied, &step.reason, &step.message)
}

#[test]
fn a_percentage_off_some_lines() {
    let lines = [line(1, 1000, 1, EUR), line(2, 1000, 1, EUR)];
    let totals = apply(&lines, PromotionAction::Percent { basis_points: 1250, of: types("socks", &["2"]) });
    assert_eq!(discounts(&totals), [0, 125]);
    assert_eq!((said(&totals), totals.trace[0].base), ((true, "applied", "12.5 % off"), 1000));
    let none = apply(&lines, PromotionAction::Percent { basis_points: 1250, of: types("hats", &["3"]) });
    assert_eq!(said(&none), (false, "incomplete", "Add hats to your cart to use it."));
    let but = LineSelection { except: true, ..types("", &["2"]) };
    assert_eq!(discounts(&apply(&lines, PromotionAction::Fixed { amount: eur(300), of: but })), [300, 0]);
}

#[test]
fn a_percentage_of_yen_and_of_dinars() {
    // 15 % of ¥999 is 149.85: ¥150. 12.5 % of KWD 1.999 is 249.875 fils: 250.
    let yen = [line(1, 333, 3, Currency::JPY)];
    let totals = apply(&yen, PromotionAction::percent(1500));
    assert_eq!(
        (totals.discount, totals.total),
        (Money::new(150, Currency::JPY), Money::new(849, Currency::JPY))
    );
    let fils = [line(1, 1999, 1, Currency::KWD)];
    let totals = apply(&fils, PromotionAction::percent(1250));
    assert_eq!(totals.total, Money::new(1749, Currency::KWD));
}

#[test]
fn a_fixed_amount_is_spread_by_largest_remainder() {
    let yen =
        [line(1, 100, 1, Currency::JPY), line(2, 100, 1, Currency::JPY), line(3, 100, 1, Currency::JPY)];
    let totals = apply(&yen, PromotionAction::fixed(Money::new(100, Currency::JPY)));
    assert_eq!(discounts(&totals), [34, 33, 33]);
    assert_eq!(totals.trace[0].message, "¥100 off");
}

#[test]
fn a_fixed_price_lowers_and_never_raises() {
    let lines = [line(1, 1500, 2, EUR), line(2, 800, 1, EUR)];
    let totals = apply(&lines, PromotionAction::FixedPrice { price: eur(999), of: all() });
    assert_eq!(discounts(&totals), [1002, 0]);
    assert_eq!(said(&totals), (true, "applied", "€9.99 each"));
    let totals = apply(&lines[1..], PromotionAction::FixedPrice { price: eur(999), of: all() });
    assert_eq!(said(&totals), (false, "nothing_left", "Your cart costs less already."));
    let fils = [line(1, 12_345, 3, Currency::KWD)];
    let each = Money::new(10_000, Currency::KWD);
    let totals = apply(&fils, PromotionAction::FixedPrice { price: each, of: all() });
    assert_eq!(totals.discount.minor, 7035);
}

fn buy_get(buy: i64, get: i64) -> PromotionAction {
    PromotionAction::BuyGet { buy, get, basis_points: 10_000, of: all(), get_of: None, times: None }
}

#[test]
fn of_three_the_cheapest_is_free() {
    let lines = [line(1, 500, 1, EUR), line(2, 300, 2, EUR)];
    let totals = apply(&lines, buy_get(2, 1));
    assert_eq!((discounts(&totals), said(&totals)), (vec![0, 300], (true, "applied", "1 free")));
    // Five pieces are one full set and two that nothing is given for.
    let five = [line(1, 500, 3, EUR), line(2, 300, 2, EUR)];
    assert_eq!(discounts(&apply(&five, buy_get(2, 1))), [0, 300]);
    let six = [line(1, 500, 4, EUR), line(2, 300, 2, EUR)];
    assert_eq!(discounts(&apply(&six, buy_get(2, 1))), [0, 600]);
    let two = apply(&lines[1..], buy_get(2, 1));
    assert_eq!(said(&two), (false, "incomplete", "Add 1 more items to use it."));
}

#[test]
fn an_incomplete_last_set_gives_what_it_can() {
    // Buy 1, get 2: of five pieces, one and two, then one and one.
    let lines = [line(1, 100, 5, EUR)];
    assert_eq!(discounts(&apply(&lines, buy_get(1, 2))), [300]);
    // The same as a single piece more than was bought.
    assert_eq!(discounts(&apply(&[line(1, 100, 2, EUR)], buy_get(1, 2))), [100]);
}

#[test]
fn half_price_for_another_kind_so_many_times() {
    let action = |times| PromotionAction::BuyGet {
        buy: 2,
        get: 1,
        basis_points: 5000,
        of: types("cups", &["1"]),
        get_of: Some(types("saucers", &["2"])),
        times,
    };
    let lines = [line(1, 1000, 4, EUR), line(2, 333, 3, EUR)];
    // Two saucers at half price: 666 / 2.
    let totals = apply(&lines, action(None));
    assert_eq!((discounts(&totals), said(&totals).2), (vec![0, 333], "50 % off 2 of them"));
    // 333 / 2 is 166.5.
    assert_eq!(discounts(&apply(&lines, action(Some(1)))), [0, 167]);
    let few = [line(1, 1000, 1, EUR), line(2, 333, 3, EUR)];
    assert_eq!(said(&apply(&few, action(None))).2, "Add 1 more cups to use it.");
    assert_eq!(said(&apply(&lines[..1], action(None))).2, "Add 1 more saucers to use it.");
}

#[test]
fn what_is_given_was_not_bought() {
    // Both kinds count as bought, only the second is given: of 2 + 1 pieces, the one of the second.
    let action = PromotionAction::BuyGet {
        buy: 2,
        get: 1,
        basis_points: 10_000,
        of: types("", &["1", "2"]),
        get_of: Some(types("", &["2"])),
        times: None,
    };
    let lines = [line(1, 1000, 2, EUR), line(2, 400, 1, EUR)];
    assert_eq!(discounts(&apply(&lines, action.clone())), [0, 400]);
    assert!(!apply(&[line(1, 1000, 1, EUR), line(2, 400, 1, EUR)], action).trace[0].applied);
}

#[test]
fn the_cheapest_is_free_once() {
    let action = PromotionAction::CheapestFree { at_least: 3, of: all() };
    let lines = [line(1, 900, 4, EUR), line(2, 250, 3, EUR)];
    assert_eq!(discounts(&apply(&lines, action.clone())), [0, 250]);
    let few = apply(&[line(1, 900, 2, EUR)], action);
    assert_eq!(said(&few), (false, "incomplete", "Add 1 more items to use it."));
}

#[test]
fn tiers_by_what_is_spent() {
    let action = PromotionAction::Tiers {
        by: TierBy::Subtotal,
        tiers: vec![
            Tier { at_least: 10_000, basis_points: Some(1500), amount: None },
            Tier { at_least: 5000, basis_points: None, amount: Some(eur(400)) },
        ],
        of: all(),
    };
    let spend = |minor| apply(&[line(1, minor, 1, EUR)], action.clone());
    assert_eq!(said(&spend(4580)), (false, "incomplete", "Add €4.20 more for €4.00 off."));
    assert_eq!(said(&spend(5000)), (true, "applied", "€4.00 off. Add €50.00 more for 15 % off."));
    assert_eq!((spend(5000).discount, spend(9999).discount), (eur(400), eur(400)));
    assert_eq!((spend(10_000).discount, said(&spend(10_000)).2), (eur(1500), "15 % off"));
}

#[test]
fn tiers_by_pieces() {
    let tier = |at_least, basis_points| Tier { at_least, basis_points: Some(basis_points), amount: None };
    let action = PromotionAction::Tiers {
        by: TierBy::Quantity,
        tiers: vec![tier(3, 1000), tier(6, 2000)],
        of: types("cups", &["1"]),
    };
    let lines = |cups| [line(1, 1000, cups, EUR), line(2, 1000, 9, EUR)];
    assert_eq!(said(&apply(&lines(2), action.clone())).2, "Add 1 more cups for 10 % off.");
    assert_eq!(discounts(&apply(&lines(3), action.clone())), [300, 0]);
    assert_eq!(said(&apply(&lines(4), action.clone())).2, "10 % off. Add 2 more cups for 20 % off.");
    assert_eq!(discounts(&apply(&lines(6), action.clone())), [1200, 0]);
    assert_eq!(said(&apply(&lines(1)[1..], action)).2, "Add cups to your cart to use it.");
}

fn set(parts: &[(i64, &str)], price: Money) -> PromotionAction {
    let part =
        |(quantity, kind): &(i64, &str)| BundlePart { quantity: *quantity, of: types("parts", &[kind]) };
    PromotionAction::Bundle { parts: parts.iter().map(part).collect(), price }
}

#[test]
fn a_bundle_costs_its_price() {
    let lines = [line(1, 1000, 1, EUR), line(2, 700, 2, EUR)];
    let totals = apply(&lines, set(&[(1, "1"), (2, "2")], eur(2000)));
    // 4.00 off 24.00, in proportion: 1.67 and 2.33.
    assert_eq!(discounts(&totals), [167, 233]);
    assert_eq!((said(&totals).2, totals.total), ("€20.00 together", eur(2000)));
    let missing = apply(&lines[..1], set(&[(1, "1"), (2, "2")], eur(2000)));
    assert_eq!(said(&missing), (false, "incomplete", "Add 2 more parts to use it."));
    let dearer = apply(&lines, set(&[(1, "1"), (2, "2")], eur(2400)));
    assert_eq!(said(&dearer), (false, "nothing_left", "Your cart costs less already."));
}

#[test]
fn bundles_repeat_with_the_dearest_pieces_as_long_as_they_save() {
    // Any two for 15.00: 10 + 9, then 8 + 7.50; 5 + 5 would cost more than it does.
    let lines = [
        line(1, 1000, 1, EUR),
        line(2, 900, 1, EUR),
        line(3, 800, 1, EUR),
        line(4, 750, 1, EUR),
        line(5, 500, 2, EUR),
    ];
    let parts = vec![BundlePart { quantity: 2, of: all() }];
    let totals = apply(&lines, PromotionAction::Bundle { parts, price: eur(1500) });
    assert_eq!(totals.discount, eur(400 + 50));
    assert_eq!(said(&totals).2, "2 × €15.00 together");
    assert_eq!(totals.lines[4].discount, eur(0));
    let yen = [line(1, 700, 1, Currency::JPY), line(2, 500, 1, Currency::JPY)];
    let totals = apply(&yen, set(&[(1, "1"), (1, "2")], Money::new(999, Currency::JPY)));
    // ¥201: 117.25 and 83.75.
    assert_eq!(discounts(&totals), [117, 84]);
}

#[test]
fn a_gift_is_free_once_it_is_in_the_cart_and_unlocks_nothing() {
    let gift = |quantity| PromotionAction::Gift {
        variant_id: VariantId::new(Uuid::from_u128(2)),
        quantity,
        label: "A mug".into(),
    };
    let lines = [line(1, 4500, 1, EUR), line(2, 800, 3, EUR)];
    let totals = apply(&lines, gift(1));
    assert_eq!((discounts(&totals), totals.lines[1].gift), (vec![0, 800], 1));
    assert_eq!(said(&totals), (true, "applied", "A mug is a gift"));
    assert_eq!(discounts(&apply(&lines, gift(9))), [0, 2400]);
    let without = apply(&lines[..1], gift(1));
    assert_eq!(said(&without), (false, "incomplete", "Add A mug to your cart: it is a gift."));
    // 45.00 + two mugs that are paid for: 61.00.
    let over = |minimum| {
        let rule = PromotionRule { minimum: Some(eur(minimum)), ..rule(1, gift(1)) };
        price_of(EUR, &lines, &[rule], None).trace[0].clone()
    };
    assert!(over(6100).applied);
    assert_eq!(over(6101).message, "Add €0.01 more to your cart to use it.");
}

#[test]
fn sale_items_are_left_out_of_everything() {
    let lines = [Line { on_sale: true, ..line(1, 1000, 5, EUR) }, line(2, 500, 3, EUR)];
    let without = |action| {
        let rule = PromotionRule { applies_to_sale_items: false, ..rule(1, action) };
        discounts(&price_of(EUR, &lines, &[rule], None))
    };
    assert_eq!(without(buy_get(2, 1)), [0, 500]);
    assert_eq!(without(PromotionAction::FixedPrice { price: eur(100), of: all() }), [0, 1200]);
    let tiers = vec![Tier { at_least: 4, basis_points: Some(1000), amount: None }];
    assert_eq!(without(PromotionAction::Tiers { by: TierBy::Quantity, tiers, of: all() }), [0, 0]);
    let parts = vec![BundlePart { quantity: 3, of: all() }];
    assert_eq!(without(PromotionAction::Bundle { parts, price: eur(1000) }), [0, 500]);
}

#[test]
fn what_an_earlier_rule_left_is_what_a_later_one_sees() {
    // 10 % off 3 × 3.33 leaves 8.99; a piece of it is 3.00 (a third, rounded), and that is what is free.
    let lines = [line(1, 333, 3, EUR)];
    let first = PromotionRule { priority: 1, ..rule(1, PromotionAction::percent(1000)) };
    let second = PromotionRule { priority: 2, ..rule(2, buy_get(2, 1)) };
    let totals = price_of(EUR, &lines, &[second, first], None);
    assert_eq!(totals.discount, eur(100 + 300));
    assert_eq!(totals.trace[1].base, 300);
}
