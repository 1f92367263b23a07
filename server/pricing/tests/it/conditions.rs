//! Whom a promotion is for, and what a shopper is told who is not.

use souk_contract::{
    CollectionId, Condition, ConditionGroup, ConditionTest, Currency, Join, LineSelection, Money,
    PromotionAction, PromotionRule, TraceStep,
};
use souk_pricing::{Line, LocalTime, PriceInput, Shopper, price};
use uuid::Uuid;

use crate::{VAT_19, facts, line, rule};

const EUR: Currency = Currency::EUR;

fn eur(minor: i64) -> Money {
    Money::new(minor, EUR)
}

fn is(test: ConditionTest) -> Condition {
    Condition { not: false, test }
}

fn not(test: ConditionTest) -> Condition {
    Condition { not: true, test }
}

fn group(join: Join, conditions: Vec<Condition>) -> ConditionGroup {
    ConditionGroup { join, conditions }
}

fn asked(when: Vec<ConditionGroup>, lines: &[Line], shopper: &Shopper) -> TraceStep {
    let rules = [PromotionRule { when, ..rule(1, PromotionAction::percent(1000)) }];
    let input = PriceInput {
        currency: EUR,
        lines,
        facts: &facts(lines),
        delivery: None,
        promotions: &rules,
        shopper,
        tax: &VAT_19,
    };
    price(&input).expect("a price").trace.remove(0)
}

fn one(condition: Condition, shopper: &Shopper) -> (bool, String) {
    let lines = [line(1, 1000, 2, EUR), line(2, 500, 1, EUR)];
    let step = asked(vec![group(Join::All, vec![condition])], &lines, shopper);
    assert_eq!(step.reason, if step.applied { "applied" } else { "condition" });
    (step.applied, step.message)
}

fn cups() -> LineSelection {
    LineSelection { label: "cups".into(), vendors: vec!["1".into()], ..LineSelection::default() }
}

fn no(message: &str) -> (bool, String) {
    (false, message.to_owned())
}

fn yes() -> (bool, String) {
    (true, "10 % off".to_owned())
}

#[test]
fn what_is_in_the_cart() {
    let nobody = Shopper::default();
    let subtotal = |minor, of| ConditionTest::Subtotal { amount: eur(minor), of };
    assert_eq!(one(is(subtotal(2500, LineSelection::default())), &nobody), yes());
    assert_eq!(
        one(is(subtotal(2920, LineSelection::default())), &nobody),
        no("Add €4.20 more to your cart to use it.")
    );
    assert_eq!(one(is(subtotal(2000, cups())), &nobody), yes());
    assert_eq!(one(is(subtotal(2001, cups())), &nobody), no("Add cups for €0.01 more to use it."));
    assert_eq!(one(not(subtotal(2001, cups())), &nobody), yes());
    assert_eq!(one(not(subtotal(2000, cups())), &nobody), no("It is for less than €20.00."));
    let quantity = |at_least| ConditionTest::Quantity { at_least, of: cups() };
    assert_eq!(one(is(quantity(2)), &nobody), yes());
    assert_eq!(one(is(quantity(4)), &nobody), no("Add 2 more cups to use it."));
    assert_eq!(one(not(quantity(2)), &nobody), no("It is for fewer than 2 cups in your cart."));
    assert_eq!(one(not(quantity(3)), &nobody), yes());
}

#[test]
fn who_buys() {
    let guest = Shopper::default();
    let known = |orders| Shopper { signed_in: true, orders: Some(orders), ..Shopper::default() };
    assert_eq!(one(is(ConditionTest::SignedIn), &guest), no("Sign in to use it."));
    assert_eq!(one(is(ConditionTest::SignedIn), &known(0)), yes());
    assert_eq!(one(not(ConditionTest::SignedIn), &known(0)), no("It is for guests."));
    assert_eq!(one(not(ConditionTest::SignedIn), &guest), yes());
    assert_eq!(one(is(ConditionTest::FirstOrder), &known(0)), yes());
    assert_eq!(one(is(ConditionTest::FirstOrder), &known(1)), no("It is for your first order."));
    assert_eq!(one(not(ConditionTest::FirstOrder), &known(0)), no("It is for those who ordered before."));
    assert_eq!(one(not(ConditionTest::FirstOrder), &known(1)), yes());
    // Of a guest nobody knows: neither it nor its opposite holds.
    for condition in [is(ConditionTest::FirstOrder), not(ConditionTest::FirstOrder)] {
        assert_eq!(one(condition, &guest), no("Sign in to use it."));
    }
    let orders = ConditionTest::Orders { at_least: 3 };
    assert_eq!(one(is(orders.clone()), &known(3)), yes());
    assert_eq!(one(is(orders.clone()), &known(2)), no("It is for those who ordered 3 times before."));
    assert_eq!(one(not(orders), &known(3)), no("It is for those who ordered fewer than 3 times."));
}

#[test]
fn how_it_is_paid_and_where_it_goes() {
    let by = |method: &str| Shopper { payment_method: Some(method.into()), ..Shopper::default() };
    let payment = ConditionTest::Payment { methods: vec!["bank_transfer".into(), "card".into()] };
    assert_eq!(one(is(payment.clone()), &by("card")), yes());
    let unlock = no("Pay by bank transfer or card to use it.");
    assert_eq!(one(is(payment.clone()), &by("cash")), unlock);
    assert_eq!(one(is(payment.clone()), &Shopper::default()), unlock);
    assert_eq!(one(not(payment.clone()), &by("cash")), yes());
    assert_eq!(one(not(payment), &by("card")), no("Pay otherwise than by bank transfer or card to use it."));
    let to = |country: &str| Shopper { country: Some(country.into()), ..Shopper::default() };
    let country = ConditionTest::Country { countries: vec!["DE".into(), "at".into()] };
    assert_eq!(one(is(country.clone()), &to("AT")), yes());
    assert_eq!(one(is(country.clone()), &to("FR")), no("It is for deliveries to DE, at."));
    assert_eq!(one(not(country.clone()), &to("FR")), yes());
    assert_eq!(one(not(country), &to("DE")), no("It is not for deliveries to DE, at."));
}

#[test]
fn when_it_is() {
    let at = |weekday, minute| Shopper { local: Some(LocalTime { weekday, minute }), ..Shopper::default() };
    let happy = ConditionTest::Time { days: vec![5], from: 17 * 60, until: 19 * 60 };
    assert_eq!(one(is(happy.clone()), &at(5, 17 * 60)), yes());
    assert_eq!(one(is(happy.clone()), &at(4, 17 * 60)), no("It works on Fridays from 17:00 to 19:00."));
    assert_eq!(
        one(not(happy.clone()), &at(5, 18 * 60)),
        no("It does not work on Fridays from 17:00 to 19:00.")
    );
    assert_eq!(one(is(happy), &Shopper::default()), no("It works on Fridays from 17:00 to 19:00."));
}

#[test]
fn groups_join_by_and_their_conditions_as_they_say() {
    let (yes, no) = (
        || is(ConditionTest::Quantity { at_least: 1, of: LineSelection::default() }),
        || is(ConditionTest::SignedIn),
    );
    let lines = [line(1, 1000, 1, EUR)];
    let ask = |when| asked(when, &lines, &Shopper::default()).applied;
    assert!(ask(vec![group(Join::Any, vec![no(), yes()])]));
    assert!(!ask(vec![group(Join::All, vec![no(), yes()])]));
    assert!(ask(vec![group(Join::All, vec![yes(), yes()]), group(Join::Any, vec![yes(), no()])]));
    assert!(!ask(vec![group(Join::All, vec![yes()]), group(Join::Any, vec![no(), no()])]));
    let step = asked(
        vec![
            group(Join::Any, vec![no(), is(ConditionTest::Quantity { at_least: 3, of: cups() })]),
            group(Join::All, vec![is(ConditionTest::FirstOrder)]),
        ],
        &lines,
        &Shopper::default(),
    );
    assert_eq!(step.message, "Sign in to use it. Or: Add 2 more cups to use it. Sign in to use it.");
}

#[test]
fn facts_that_are_missing_select_nothing() {
    let lines = [line(1, 1000, 1, EUR)];
    let but = LineSelection { except: true, ..cups() };
    for of in [cups(), but] {
        let rules = [rule(1, PromotionAction::Percent { basis_points: 1000, of })];
        let input = PriceInput {
            currency: EUR,
            lines: &lines,
            facts: &[],
            delivery: None,
            promotions: &rules,
            shopper: &Shopper::default(),
            tax: &VAT_19,
        };
        assert_eq!(price(&input).expect("a price").discount, eur(0));
    }
}

#[test]
fn selections_by_id_and_tag() {
    let lines = [line(1, 1000, 1, EUR), line(2, 1000, 1, EUR)];
    let mut known = facts(&lines);
    let tags = ["Summer".to_owned()];
    known[1].tags = &tags;
    let pick = |of: LineSelection| {
        let rules = [rule(1, PromotionAction::Percent { basis_points: 1000, of })];
        let input = PriceInput {
            currency: EUR,
            lines: &lines,
            facts: &known,
            delivery: None,
            promotions: &rules,
            shopper: &Shopper::default(),
            tax: &VAT_19,
        };
        price(&input).expect("a price").lines.iter().map(|line| line.discount.minor).collect::<Vec<_>>()
    };
    let none = LineSelection::default;
    assert_eq!(pick(LineSelection { tags: vec!["summer".into()], ..none() }), [0, 100]);
    assert_eq!(pick(LineSelection { products: vec![known[0].product_id], ..none() }), [100, 0]);
    assert_eq!(pick(LineSelection { variants: vec![known[1].variant_id], ..none() }), [0, 100]);
    let own = |line: usize| vec![known[line].collections[0]];
    assert_eq!(pick(LineSelection { collections: own(0), ..none() }), [100, 0]);
    assert_eq!(pick(LineSelection { collections: own(0), except: true, ..none() }), [0, 100]);
    let all = known.iter().flat_map(|facts| facts.collections.iter().copied()).collect();
    assert_eq!(pick(LineSelection { collections: all, ..none() }), [100, 100]);
    let elsewhere = vec![CollectionId::new(Uuid::from_u128(99))];
    assert_eq!(pick(LineSelection { collections: elsewhere, ..none() }), [0, 0]);
    let both = LineSelection { tags: vec!["SUMMER".into()], vendors: vec!["1".into()], ..none() };
    assert_eq!(pick(both), [0, 0], "every question has to fit");
}
