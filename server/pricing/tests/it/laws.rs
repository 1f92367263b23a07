//! What holds for every cart (reliability 7), in twelve currencies.

use proptest::prelude::*;
use souk_contract::{
    BundlePart, Cart, CartCode, CartId, CartLine, CartState, Condition, ConditionGroup, ConditionTest,
    Currency, Delivery, GroupPolicy, Id, Join, LineSelection, Money, PricingRules, PromotionAction,
    PromotionRule, TaxLevel, TaxRate, TaxRounding, TaxRule, TaxShare, Tier, TierBy, Timestamp, VariantId,
};
use souk_pricing::{Line, PriceInput, Shopper, allocate, price, price_cart, reprice, tax_shares, without};
use uuid::Uuid;

use crate::{facts, line, rule};

const CURRENCIES: [&str; 12] =
    ["EUR", "USD", "GBP", "JPY", "KWD", "CHF", "SEK", "PLN", "BHD", "KRW", "INR", "BRL"];

prop_compose! {
    fn any_line(currency: Currency)(
        number in 0_u128..1000, minor in 0_i64..5_000_000, quantity in 0_i64..1000,
        on_sale in any::<bool>(), tax in proptest::option::weighted(0.8, 0_u32..4),
    ) -> Line {
        Line { on_sale, tax, ..line(number, minor, quantity, currency) }
    }
}

fn any_selection() -> impl Strategy<Value = LineSelection> {
    (proptest::collection::vec(0_usize..10, 0..4), any::<bool>()).prop_map(|(numbers, except)| {
        LineSelection {
            product_types: numbers.iter().map(usize::to_string).collect(),
            except: except && !numbers.is_empty(),
            ..LineSelection::default()
        }
    })
}

fn any_tier(currency: Currency) -> impl Strategy<Value = Tier> {
    (0_i64..3_000_000, 1_u32..12_000, proptest::option::of(0_i64..1_000_000)).prop_map(
        move |(at_least, points, minor)| Tier {
            at_least,
            basis_points: minor.is_none().then_some(points),
            amount: minor.map(|minor| Money::new(minor, currency)),
        },
    )
}

fn any_action(currency: Currency) -> impl Strategy<Value = PromotionAction> {
    let money = move |minor| Money::new(minor, currency);
    prop_oneof![
        (0_u32..12_000, any_selection())
            .prop_map(|(basis_points, of)| PromotionAction::Percent { basis_points, of }),
        (0_i64..10_000_000, any_selection())
            .prop_map(move |(minor, of)| PromotionAction::Fixed { amount: money(minor), of }),
        (0_i64..5_000_000, any_selection())
            .prop_map(move |(minor, of)| PromotionAction::FixedPrice { price: money(minor), of }),
        (
            1_i64..5,
            1_i64..5,
            1_u32..12_000,
            any_selection(),
            proptest::option::of(any_selection()),
            proptest::option::of(1_i64..4)
        )
            .prop_map(|(buy, get, basis_points, of, get_of, times)| PromotionAction::BuyGet {
                buy,
                get,
                basis_points,
                of,
                get_of,
                times
            }),
        (2_i64..9, any_selection()).prop_map(|(at_least, of)| PromotionAction::CheapestFree { at_least, of }),
        (any::<bool>(), proptest::collection::vec(any_tier(currency), 1..4), any_selection()).prop_map(
            |(by_quantity, tiers, of)| PromotionAction::Tiers {
                by: if by_quantity { TierBy::Quantity } else { TierBy::Subtotal },
                tiers,
                of,
            }
        ),
        (proptest::collection::vec((1_i64..4, any_selection()), 1..4), 0_i64..5_000_000).prop_map(
            move |(parts, minor)| PromotionAction::Bundle {
                parts: parts.into_iter().map(|(quantity, of)| BundlePart { quantity, of }).collect(),
                price: money(minor),
            }
        ),
        (0_u128..20, 1_i64..4).prop_map(|(number, quantity)| PromotionAction::Gift {
            variant_id: VariantId::new(Uuid::from_u128(number)),
            quantity,
            label: "A gift".into(),
        }),
        Just(PromotionAction::FreeShipping),
    ]
}

prop_compose! {
    fn any_rule(currency: Currency)(
        number in 0_u128..50, action in any_action(currency), priority in -3_i64..3,
        minimum in proptest::option::of(0_i64..3_000_000), applies_to_sale_items in any::<bool>(),
        exclusive in proptest::bool::weighted(0.1), group in proptest::option::of(0_u8..2), policy in 0_u8..3,
        left in proptest::option::weighted(0.2, 0_i64..3_000_000), needs_customer in proptest::bool::weighted(0.1),
        at_least in proptest::option::weighted(0.3, 1_i64..600),
    ) -> PromotionRule {
        let money = |minor| Money::new(minor, currency);
        let when = at_least.map(|at_least| ConditionGroup {
            join: Join::All,
            conditions: vec![Condition {
                not: at_least % 2 == 0,
                test: ConditionTest::Quantity { at_least, of: LineSelection::default() },
            }],
        });
        PromotionRule {
            priority, applies_to_sale_items, exclusive, needs_customer,
            minimum: minimum.map(money), left: left.map(money), when: when.into_iter().collect(),
            group: group.map(|group| group.to_string()),
            group_policy: match policy {
                0 => GroupPolicy::Stack,
                1 => GroupPolicy::BestDeal,
                _ => GroupPolicy::First,
            },
            ..rule(number, action)
        }
    }
}

fn any_tax() -> impl Strategy<Value = TaxRule> {
    let rate = (0_u32..300_000, any::<bool>()).prop_map(|(millionths, compound)| TaxRate {
        name: format!("Tax {millionths}"),
        millionths,
        compound,
    });
    let rates = proptest::collection::vec(proptest::collection::vec(rate, 0..4), 0..4);
    (any::<bool>(), 0_u8..3, any::<bool>(), rates, proptest::option::of(0_u32..4)).prop_map(
        |(inclusive, level, even, rates, shipping)| TaxRule {
            inclusive,
            level: [TaxLevel::Unit, TaxLevel::Line, TaxLevel::Total][usize::from(level)],
            rounding: if even { TaxRounding::HalfEven } else { TaxRounding::HalfUp },
            rates,
            shipping,
            exempt: None,
        },
    )
}

type AnyCart = (Currency, Vec<Line>, Vec<PromotionRule>, Option<i64>, TaxRule);

fn any_cart() -> impl Strategy<Value = AnyCart> {
    (0..CURRENCIES.len()).prop_flat_map(|index| {
        let currency: Currency = CURRENCIES[index].parse().expect("a currency");
        (
            Just(currency),
            proptest::collection::vec(any_line(currency), 0..12),
            proptest::collection::vec(any_rule(currency), 0..6),
            proptest::option::of(0_i64..100_000),
            any_tax(),
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, ..ProptestConfig::default() })]

    #[test]
    fn totals_add_up_and_nothing_is_negative((currency, lines, promotions, delivery, tax) in any_cart()) {
        let input = PriceInput {
            currency, lines: &lines, facts: &facts(&lines), promotions: &promotions, tax: &tax, shopper: &Shopper::default(),
            delivery: delivery.map(|minor| Money::new(minor, currency)),
        };
        let totals = price(&input).expect("a price");
        let of_lines = |part: fn(&souk_contract::LineTotals) -> Money| -> i64 {
            totals.lines.iter().map(|line| part(line).minor).sum()
        };
        prop_assert_eq!(of_lines(|line| line.subtotal), totals.subtotal.minor);
        prop_assert_eq!(of_lines(|line| line.discount), totals.discount.minor);
        prop_assert_eq!(of_lines(|line| line.total), totals.subtotal.minor - totals.discount.minor);
        let added = if tax.inclusive { 0 } else { totals.tax.minor };
        prop_assert_eq!(
            totals.total.minor,
            totals.subtotal.minor - totals.discount.minor + totals.shipping.minor
                - totals.shipping_discount.minor + added
        );
        for amount in [totals.subtotal, totals.discount, totals.shipping, totals.shipping_discount, totals.tax, totals.total] {
            prop_assert!(amount.minor >= 0);
            prop_assert_eq!(amount.currency, currency);
        }
        for line in &totals.lines {
            prop_assert!(line.total.minor >= 0 && line.discount.minor >= 0 && line.tax.minor >= 0);
        }
        for (line, totals) in lines.iter().zip(&totals.lines) {
            prop_assert!(totals.gift >= 0);
            prop_assert_eq!(totals.subtotal.minor, line.unit_price.minor * line.quantity);
        }
        prop_assert_eq!(totals.trace.len(), promotions.len(), "each of them says what became of it");
        for step in &totals.trace {
            prop_assert!(step.amount.minor >= 0 && step.base >= step.amount.minor);
            prop_assert_eq!(step.applied, step.reason == "applied");
            prop_assert!(!step.message.is_empty());
            let rule = promotions.iter().find(|rule| rule.id == step.promotion_id).expect("one of them");
            if let Some(left) = rule.left.filter(|_| promotions.iter().filter(|one| one.id == rule.id).count() == 1) {
                prop_assert!(step.amount.minor <= left.minor);
            }
        }
        let applied: Vec<_> = totals.trace.iter().filter(|step| step.applied).collect();
        for (index, step) in applied.iter().enumerate() {
            prop_assert!(applied[..index].iter().all(|one| one.promotion_id != step.promotion_id));
        }
        prop_assert_eq!(&price(&input).expect("a price"), &totals);
        let traced: i64 = totals.trace.iter().map(|step| step.amount.minor).sum();
        prop_assert_eq!(traced, totals.discount.minor + totals.shipping_discount.minor);
    }

    #[test]
    fn the_order_in_which_rules_are_given_does_not_matter((currency, lines, promotions, delivery, tax) in any_cart()) {
        let delivery = delivery.map(|minor| Money::new(minor, currency));
        let mut promotions = promotions;
        for (number, rule) in promotions.iter_mut().enumerate() {
            // Two codes of one promotion go by their names.
            rule.code = Some(format!("CODE{number}"));
        }
        let backwards: Vec<PromotionRule> = promotions.iter().rev().cloned().collect();
        let (facts, shopper) = (facts(&lines), Shopper::default());
        let input = |promotions| PriceInput {
            currency, lines: &lines, facts: &facts, promotions, tax: &tax, delivery, shopper: &shopper,
        };
        let one = price(&input(promotions.as_slice()));
        let other = price(&input(backwards.as_slice()));
        prop_assert_eq!(one, other);
    }

    #[test]
    fn taxes_are_the_sum_of_what_is_stored((currency, lines, promotions, delivery, tax) in any_cart()) {
        let delivery = delivery.map(|minor| Money::new(minor, currency));
        let mut cart = cart(currency, &lines, delivery, tax.clone());
        price_cart(&mut cart, &facts(&lines), &promotions, &Shopper::default(), delivery).expect("a price");
        let (of_lines, of_shipping) = tax_shares(&cart).expect("shares");
        let sum = |shares: &[TaxShare]| shares.iter().map(|share| share.tax.minor).sum::<i64>();
        for (totals, shares) in cart.totals.lines.iter().zip(&of_lines) {
            prop_assert_eq!(sum(shares), totals.tax.minor);
            for share in shares {
                prop_assert!(share.tax.minor >= 0 && share.base.minor >= 0);
            }
            if tax.inclusive {
                prop_assert!(totals.tax.minor <= totals.total.minor, "no more than the price contains");
            }
        }
        prop_assert_eq!(of_lines.iter().map(|shares| sum(shares)).sum::<i64>() + sum(&of_shipping), cart.totals.tax.minor);
        // By line each rate is at most half a unit from what it is of its base, where it comes on top.
        if !tax.inclusive && tax.level == TaxLevel::Line {
            for share in of_lines.iter().flatten().filter(|share| !share.base.is_zero()) {
                let exact = i128::from(share.base.minor) * i128::from(share.millionths);
                let off = exact - i128::from(share.tax.minor) * 1_000_000;
                // A base with rounded taxes in it is itself up to a unit from the exact one.
                prop_assert!(off.abs() <= 500_000 + 3 * i128::from(share.millionths), "{share:?}");
            }
        }
        // In all, no kind is more than half a unit a rate off.
        if !tax.inclusive && tax.level == TaxLevel::Total {
            for (kind, rates) in tax.rates.iter().enumerate() {
                let of_kind = |line: &(&Line, &Vec<TaxShare>)| line.0.tax == Some(kind as u32);
                let taken: i64 = lines.iter().zip(&of_lines).filter(of_kind).map(|(_, shares)| sum(shares)).sum();
                if tax.shipping.is_some_and(|of| of as usize != kind) {
                    let base: i64 = cart.totals.lines.iter().zip(&lines).filter(|(_, line)| line.tax == Some(kind as u32))
                        .map(|(totals, _)| totals.total.minor).sum();
                    let mut before = 0.0;
                    for rate in rates {
                        let own = f64::from(rate.millionths) / 1e6;
                        before += if rate.compound { own * (1.0 + before) } else { own };
                    }
                    let off = (base as f64 * before - taken as f64).abs();
                    prop_assert!(off <= 0.5 * rates.len() as f64 + 0.1, "{off} of {base}");
                }
            }
        }
    }

    #[test]
    fn a_price_without_its_tax_gives_the_price_back(
        minor in 0_i64..5_000_000, millionths in 0_u32..1_000_000, even in any::<bool>(),
    ) {
        let rounding = if even { TaxRounding::HalfEven } else { TaxRounding::HalfUp };
        let price = Money::new(minor, Currency::EUR);
        let net = without(price, &[TaxRate::new("VAT", millionths)], rounding).expect("a price");
        prop_assert!(net.minor >= 0 && net.minor <= price.minor);
        let again = net.minor as f64 * (1.0 + f64::from(millionths) / 1e6);
        prop_assert!((again - minor as f64).abs() <= 1.0, "{net:?} of {price:?}");
    }

    #[test]
    fn parts_add_up_and_stay_within_one_unit(
        amount in 0_i64..1_000_000_000, weights in proptest::collection::vec(0_i64..1_000_000_000, 1..40),
    ) {
        let total: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
        prop_assume!(total > 0);
        let parts = allocate(amount, &weights);
        prop_assert_eq!(parts.iter().sum::<i64>(), amount);
        for (part, weight) in parts.iter().zip(&weights) {
            let floor = (i128::from(amount) * i128::from(*weight) / total) as i64;
            prop_assert!(*part == floor || *part == floor + 1);
        }
    }

    #[test]
    fn the_browser_comes_to_the_same_as_the_server(
        (currency, lines, promotions, delivery, tax) in any_cart(), quantities in proptest::collection::vec(0_i64..99, 12),
        plain in proptest::bool::weighted(0.7),
    ) {
        let mut promotions = promotions;
        for (number, rule) in promotions.iter_mut().enumerate() {
            // Of one promotion there is one rule.
            rule.id = Id::new(Uuid::from_u128(number as u128));
        }
        if plain {
            for (number, rule) in promotions.iter_mut().enumerate() {
                let action = match number % 3 {
                    0 => PromotionAction::percent(1250),
                    1 => PromotionAction::fixed(Money::new(777, currency)),
                    _ => PromotionAction::FreeShipping,
                };
                let id = Id::new(Uuid::from_u128(number as u128));
                *rule = PromotionRule {
                    minimum: rule.minimum, applies_to_sale_items: rule.applies_to_sale_items, priority: rule.priority,
                    needs_customer: rule.needs_customer, ..PromotionRule::new(id, format!("Rule {number}"), action)
                };
            }
        }
        let delivery = delivery.map(|minor| Money::new(minor, currency));
        let (mut cart, facts, shopper) = (cart(currency, &lines, delivery, tax), facts(&lines), Shopper::default());
        price_cart(&mut cart, &facts, &promotions, &shopper, delivery).expect("a price");
        prop_assert!(!plain || cart.rules.complete);
        let mut guessed = cart.clone();
        for (line, quantity) in guessed.lines.iter_mut().zip(&quantities) {
            line.quantity = *quantity;
        }
        let mut answered = guessed.clone();
        reprice(&mut guessed).expect("a price");
        price_cart(&mut answered, &facts, &promotions, &shopper, delivery).expect("a price");
        if !cart.rules.complete {
            prop_assert_eq!(&guessed.totals, &cart.totals, "it does not guess");
            return Ok(());
        }
        // Words come with the answer.
        answered.totals.trace = cart.totals.trace.clone();
        prop_assert_eq!(&guessed.totals, &answered.totals);
        prop_assert_eq!(&guessed.codes, &cart.codes);
    }
}

fn cart(currency: Currency, lines: &[Line], delivery: Option<Money>, tax: TaxRule) -> Cart {
    let line = |line: &Line| CartLine {
        id: line.id,
        variant_id: Id::new(line.id.uuid()),
        product_id: Id::new(line.id.uuid()),
        product_handle: String::new(),
        product_title: String::new(),
        variant_title: String::new(),
        sku: None,
        media: None,
        quantity: line.quantity,
        unit_price: line.unit_price,
        compare_at: line.on_sale.then_some(line.unit_price),
        weight_grams: 0,
        requires_shipping: true,
        taxable: line.tax.is_some(),
        tax_kind: line.tax.unwrap_or_default(),
        availability: souk_contract::Availability::InStock,
        max_quantity: None,
    };
    let zero = Money::zero(currency);
    Cart {
        id: CartId::new(Uuid::nil()),
        token: String::new(),
        state: CartState::Active,
        order_id: None,
        currency,
        lines: lines.iter().map(line).collect(),
        codes: vec![CartCode { code: "CODE0".into(), applied: false, message: "As it was".into() }],
        email: None,
        shipping_address: None,
        billing_address: None,
        note: String::new(),
        delivery: delivery.map(|price| Delivery {
            method_id: Id::new(Uuid::nil()),
            name: String::new(),
            price,
            days_min: 0,
            days_max: 0,
        }),
        rules: PricingRules { promotions: Vec::new(), complete: false, tax },
        totals: souk_contract::Totals {
            lines: Vec::new(),
            subtotal: zero,
            discount: zero,
            shipping: zero,
            shipping_discount: zero,
            tax: zero,
            tax_inclusive: true,
            total: zero,
            trace: Vec::new(),
        },
        requirements: Vec::new(),
        warnings: Vec::new(),
        version: 1,
        updated_at: Timestamp::from_micros(0).expect("a moment"),
    }
}
