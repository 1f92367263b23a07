//! What holds for every cart (reliability 7), in twelve currencies.

use proptest::prelude::*;
use souk_contract::{Currency, Id, Money, PromotionRule, TaxLevel, TaxRate, TaxRounding, TaxShare};
use souk_pricing::{Line, PriceInput, Shopper, allocate, price, price_cart, reprice, tax_shares, without};
use uuid::Uuid;

use crate::{
    any::{any_cart, cart, plainer},
    facts,
};

/// `SOUK_TEST_CARTS` makes it more.
fn carts() -> u32 {
    std::env::var("SOUK_TEST_CARTS").ok().and_then(|text| text.parse().ok()).unwrap_or(10_000)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(carts()))]

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
            plainer(currency, &mut promotions);
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
