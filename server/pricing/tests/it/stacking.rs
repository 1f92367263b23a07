//! Which promotions go together.

use souk_contract::{Currency, GroupPolicy, Money, PromotionAction, PromotionRule, Totals};
use souk_pricing::{PriceInput, Shopper, price};

use crate::{VAT_19, line, price_of, rule};

const EUR: Currency = Currency::EUR;

fn eur(minor: i64) -> Money {
    Money::new(minor, EUR)
}

fn off(number: u128, minor: i64, priority: i64) -> PromotionRule {
    PromotionRule { priority, ..rule(number, PromotionAction::fixed(eur(minor))) }
}

fn in_group(rule: PromotionRule, group_policy: GroupPolicy) -> PromotionRule {
    PromotionRule { group: Some("winter".into()), group_policy, ..rule }
}

fn of_100(rules: &[PromotionRule]) -> Totals {
    price_of(EUR, &[line(1, 10_000, 1, EUR)], rules, None)
}

fn told(totals: &Totals) -> Vec<(&str, &str)> {
    totals.trace.iter().map(|step| (step.reason.as_str(), step.message.as_str())).collect()
}

#[test]
fn an_exclusive_promotion_keeps_later_ones_out() {
    let alone = PromotionRule { exclusive: true, ..off(1, 500, 1) };
    let totals = of_100(&[alone, off(2, 900, 2)]);
    assert_eq!(totals.discount, eur(500));
    assert_eq!(told(&totals)[1], ("exclusive", "It can't be combined with “Rule 1”."));
}

#[test]
fn an_exclusive_promotion_stays_out_of_earlier_ones() {
    let alone = PromotionRule { exclusive: true, ..off(1, 500, 3) };
    let missed = PromotionRule { minimum: Some(eur(20_000)), ..off(3, 100, 1) };
    let totals = of_100(&[alone.clone(), off(2, 900, 2), missed.clone()]);
    assert_eq!(totals.discount, eur(900));
    assert_eq!(told(&totals)[2], ("exclusive", "It can't be combined with “Rule 2”."));
    // One that doesn't apply keeps nobody out.
    assert_eq!(of_100(&[alone, missed]).discount, eur(500));
}

#[test]
fn the_best_deal_of_a_group() {
    use GroupPolicy::BestDeal;
    let rules = [
        in_group(off(1, 500, 1), BestDeal),
        in_group(rule(2, PromotionAction::percent(2000)), BestDeal),
        in_group(off(3, 700, 3), BestDeal),
        off(4, 100, 2),
    ];
    let totals = of_100(&rules);
    // The group stands where its first member stands: 20 % of 100.00, then 1.00.
    assert_eq!(totals.discount, eur(2100));
    let titles: Vec<(&str, bool)> =
        totals.trace.iter().map(|step| (step.title.as_str(), step.applied)).collect();
    assert_eq!(titles, [("Rule 2", true), ("Rule 1", false), ("Rule 4", true), ("Rule 3", false)]);
    assert_eq!(told(&totals)[1], ("group", "“Rule 2” saves you more."));
    // Among equals the first.
    let equal = [in_group(off(6, 500, 1), BestDeal), in_group(off(5, 500, 1), BestDeal)];
    assert_eq!(of_100(&equal).trace[0].title, "Rule 5");
}

#[test]
fn the_best_deal_counts_delivery_too() {
    use GroupPolicy::BestDeal;
    let rules =
        [in_group(off(1, 400, 1), BestDeal), in_group(rule(2, PromotionAction::FreeShipping), BestDeal)];
    let totals = price_of(EUR, &[line(1, 10_000, 1, EUR)], &rules, Some(eur(490)));
    assert_eq!((totals.discount, totals.shipping_discount), (eur(0), eur(490)));
    let totals = price_of(EUR, &[line(1, 10_000, 1, EUR)], &rules, Some(eur(390)));
    assert_eq!((totals.discount, totals.shipping_discount), (eur(400), eur(0)));
}

#[test]
fn the_first_of_a_group_that_applies() {
    use GroupPolicy::First;
    let missed = PromotionRule { minimum: Some(eur(20_000)), ..off(1, 900, 1) };
    let rules = [in_group(missed, First), in_group(off(2, 300, 2), First), in_group(off(3, 800, 3), First)];
    let totals = of_100(&rules);
    assert_eq!(totals.discount, eur(300));
    assert_eq!(told(&totals)[2], ("group", "“Rule 2” is used instead."));
    assert_eq!(told(&totals)[0].0, "minimum");
}

#[test]
fn a_group_stacks_and_its_first_member_decides_how() {
    let rules = [in_group(off(1, 100, 1), GroupPolicy::Stack), in_group(off(2, 200, 2), GroupPolicy::First)];
    assert_eq!(of_100(&rules).discount, eur(300));
    let rules = [in_group(off(1, 100, 1), GroupPolicy::First), in_group(off(2, 200, 2), GroupPolicy::Stack)];
    assert_eq!(of_100(&rules).discount, eur(100));
}

#[test]
fn a_group_without_a_deal_says_why_of_each() {
    use GroupPolicy::BestDeal;
    let missed = |number| PromotionRule { minimum: Some(eur(20_000)), ..off(number, 100, 0) };
    let totals = of_100(&[in_group(missed(1), BestDeal), in_group(missed(2), BestDeal)]);
    assert_eq!((totals.trace.len(), totals.discount), (2, eur(0)));
    assert!(totals.trace.iter().all(|step| step.reason == "minimum"));
}

#[test]
fn a_budget_is_never_overdrawn() {
    let left = |minor| PromotionRule { left: Some(eur(minor)), ..off(1, 500, 0) };
    assert_eq!(of_100(&[left(500)]).discount, eur(500));
    let totals = of_100(&[left(499)]);
    assert_eq!((totals.discount, told(&totals)[0]), (eur(0), ("budget", "This offer has been used up.")));
}

#[test]
fn two_codes_of_one_promotion_are_one_promotion() {
    let by = |code: &str| PromotionRule { code: Some(code.into()), ..off(1, 500, 0) };
    for rules in [[by("A"), by("B")], [by("B"), by("A")]] {
        let totals = of_100(&rules);
        assert_eq!(totals.discount, eur(500));
        assert_eq!(totals.trace[0].code.as_deref(), Some("A"));
        assert_eq!(told(&totals)[1], ("same_promotion", "Another code for the same offer is in use."));
    }
}

#[test]
fn what_is_counted_per_customer_needs_one() {
    let rules = [PromotionRule { needs_customer: true, ..off(1, 500, 0) }];
    assert_eq!(told(&of_100(&rules))[0], ("sign_in", "Sign in to use it."));
    let lines = [line(1, 10_000, 1, EUR)];
    let shopper = Shopper { signed_in: true, ..Shopper::default() };
    let input = PriceInput {
        currency: EUR,
        lines: &lines,
        facts: &[],
        delivery: None,
        promotions: &rules,
        shopper: &shopper,
        tax: &VAT_19,
    };
    assert_eq!(price(&input).expect("a price").discount, eur(500));
}

#[test]
fn an_empty_cart_unlocks_nothing() {
    let totals = price_of(EUR, &[], &[off(1, 500, 0)], None);
    assert_eq!(told(&totals)[0], ("empty", "Your cart is empty."));
}
