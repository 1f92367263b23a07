//! What holds for every cart (reliability 7), in twelve currencies.

use proptest::prelude::*;
use souk_contract::{Currency, Money, PromotionAction, PromotionRule, TaxRule};
use souk_pricing::{Line, PriceInput, allocate, price};

use crate::{line, rule};

const CURRENCIES: [&str; 12] =
    ["EUR", "USD", "GBP", "JPY", "KWD", "CHF", "SEK", "PLN", "BHD", "KRW", "INR", "BRL"];

prop_compose! {
    fn any_line(currency: Currency)(
        number in any::<u128>(), minor in 0_i64..5_000_000, quantity in 0_i64..1000,
        on_sale in any::<bool>(), taxable in any::<bool>(),
    ) -> Line {
        Line { on_sale, taxable, ..line(number, minor, quantity, currency) }
    }
}

fn any_action(currency: Currency) -> impl Strategy<Value = PromotionAction> {
    prop_oneof![
        (0_u32..12_000).prop_map(|basis_points| PromotionAction::Percent { basis_points }),
        (0_i64..10_000_000)
            .prop_map(move |minor| PromotionAction::Fixed { amount: Money::new(minor, currency) }),
        Just(PromotionAction::FreeShipping),
    ]
}

prop_compose! {
    fn any_rule(currency: Currency)(
        number in any::<u128>(), action in any_action(currency), priority in -3_i64..3,
        minimum in proptest::option::of(0_i64..3_000_000), applies_to_sale_items in any::<bool>(),
    ) -> PromotionRule {
        PromotionRule {
            priority, applies_to_sale_items,
            minimum: minimum.map(|minor| Money::new(minor, currency)),
            ..rule(number, action)
        }
    }
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
            (0_u32..3000, any::<bool>())
                .prop_map(|(rate_basis_points, inclusive)| TaxRule { rate_basis_points, inclusive }),
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, ..ProptestConfig::default() })]

    #[test]
    fn totals_add_up_and_nothing_is_negative((currency, lines, promotions, delivery, tax) in any_cart()) {
        let input = PriceInput {
            currency, lines: &lines, promotions: &promotions, tax,
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
        let traced: i64 = totals.trace.iter().map(|step| step.amount.minor).sum();
        prop_assert_eq!(traced, totals.discount.minor + totals.shipping_discount.minor);
    }

    #[test]
    fn the_order_in_which_rules_are_given_does_not_matter((currency, lines, promotions, delivery, tax) in any_cart()) {
        let delivery = delivery.map(|minor| Money::new(minor, currency));
        let backwards: Vec<PromotionRule> = promotions.iter().rev().cloned().collect();
        let one = price(&PriceInput { currency, lines: &lines, promotions: &promotions, tax, delivery });
        let other = price(&PriceInput { currency, lines: &lines, promotions: &backwards, tax, delivery });
        prop_assert_eq!(one, other);
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
}
