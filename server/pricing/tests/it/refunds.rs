//! Whoever sends everything back, in however many steps, gets exactly what was paid.

use proptest::prelude::*;
use souk_pricing::refund::share;

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

#[test]
fn of_nothing_nothing_goes_back() {
    assert_eq!(share(500, 0, 0, 1), 0);
    assert_eq!(share(1000, 3, 0, 1), 333);
    assert_eq!(share(1000, 3, 1, 1), 334);
    assert_eq!(share(1000, 3, 2, 1), 333);
}
