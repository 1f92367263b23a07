//! Whoever sends everything back, in however many steps, gets exactly what was paid.

use proptest::prelude::*;
use souk_contract::{CreateRefund, Currency, Error, Money, Order, OrderPaymentStatus, RefundPieces};
use souk_pricing::refund::{quote, quote_returned, share};

use crate::parcels::{order, send};

/// Paid, and as many pieces of each line sent.
fn sent(lines: &[(i64, i64, i64)], pieces: &[i64], tax_inclusive: bool) -> Order {
    let mut order = order(lines, (490, 0, 64), tax_inclusive);
    let parcel: Vec<(usize, i64)> =
        pieces.iter().copied().enumerate().filter(|(_, count)| *count > 0).collect();
    send(&mut order, &parcel);
    for (line, count) in order.lines.iter_mut().zip(pieces) {
        line.fulfilled = *count;
    }
    order.payment_status = OrderPaymentStatus::Paid;
    order.paid = order.total;
    order
}

fn wish(order: &Order, pieces: &[i64]) -> CreateRefund {
    let lines = order.lines.iter().zip(pieces).filter(|(_, count)| **count > 0);
    let lines =
        lines.map(|(line, count)| RefundPieces { order_line_id: line.id, quantity: *count, restock: true });
    CreateRefund { lines: lines.collect(), ..CreateRefund::default() }
}

proptest! {
    #[test]
    fn shares_add_up_in_any_steps(total in 0_i64..10_000_000_000, steps in prop::collection::vec(1_i64..50, 1..20)) {
        let of: i64 = steps.iter().sum();
        let mut before = 0;
        let mut sum = 0;
        for step in &steps {
            let part = share(total, of, before, *step);
            prop_assert!((0..=total).contains(&part));
            // Never a whole minor unit away from the exact share.
            let exact = i128::from(total) * i128::from(*step);
            prop_assert!((i128::from(part) * i128::from(of) - exact).abs() <= i128::from(of));
            sum += part;
            before += step;
        }
        prop_assert_eq!(sum, total);
    }
}

proptest! {
    #[test]
    fn what_is_kept_back_is_all_that_is_missing(
        lines in prop::collection::vec((1_i64..6, 0_i64..100_000, 0_i64..20), 1..5),
        tax_inclusive: bool,
        kept in 0_i64..=1000,
    ) {
        // Tax is a part of the line: at most a fifth of it.
        let lines: Vec<_> = lines.into_iter().map(|(pieces, total, percent)| (pieces, total, total * percent / 100)).collect();
        let counts: Vec<i64> = lines.iter().map(|line| line.0).collect();
        let order = sent(&lines, &counts, tax_inclusive);
        let wish = wish(&order, &counts);
        let whole = quote(&order, &wish).unwrap();
        let less = Money::new(whole.amount.minor * kept / 1000, Currency::EUR);
        let quoted = quote_returned(&order, &wish, less).unwrap();
        prop_assert_eq!(quoted.amount.minor, whole.amount.minor - less.minor);
        let of_line = |line: &souk_contract::RefundLine| line.amount.minor + if tax_inclusive { 0 } else { line.tax.minor };
        prop_assert_eq!(quoted.lines.iter().map(of_line).sum::<i64>(), quoted.amount.minor);
        prop_assert_eq!(quoted.lines.iter().map(|line| line.tax.minor).sum::<i64>(), quoted.tax.minor);
        for (line, full) in quoted.lines.iter().zip(&whole.lines) {
            prop_assert!((0..=full.amount.minor).contains(&line.amount.minor), "{line:?} of {full:?}");
            prop_assert!((0..=full.tax.minor).contains(&line.tax.minor), "{line:?} of {full:?}");
            prop_assert!(line.removed == 0 && !line.restock);
        }
        let more = Money::new(whole.amount.minor + 1, Currency::EUR);
        prop_assert!(quote_returned(&order, &wish, more).is_err());
    }
}

#[test]
fn only_what_was_sent_can_have_come_back() {
    let order = sent(&[(3, 3000, 479)], &[1], true);
    let none = Money::new(0, Currency::EUR);
    let one = quote_returned(&order, &wish(&order, &[1]), none).expect("the one that was sent");
    assert_eq!((one.lines[0].removed, one.amount.minor), (0, 1000));
    // Without a return the pieces that were not sent go first.
    assert_eq!(quote(&order, &wish(&order, &[1])).expect("a quote").lines[0].removed, 1);
    let two = quote_returned(&order, &wish(&order, &[2]), none);
    assert!(matches!(two, Err(Error::Conflict { code, .. }) if code == "too_many"));
    let dollars = quote_returned(&order, &wish(&order, &[1]), Money::new(1, Currency::USD));
    assert!(matches!(dollars, Err(Error::Invalid { fields }) if fields[0].field == "less"));
}

#[test]
fn of_nothing_nothing_goes_back() {
    assert_eq!(share(500, 0, 0, 1), 0);
    assert_eq!(share(1000, 3, 0, 1), 333);
    assert_eq!(share(1000, 3, 1, 1), 334);
    assert_eq!(share(1000, 3, 2, 1), 333);
}
