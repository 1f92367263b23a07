use rand::{Rng as _, rngs::StdRng};

use super::Scale;

/// What somebody bought, by index into the same [`Scale`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderSpec {
    pub customer: u32,
    /// 1 to 5, each of another variant.
    pub lines: Vec<OrderSpecLine>,
    /// How many whole days ago. Orders come oldest first, denser towards today.
    pub age_days: u32,
    /// Seconds after midnight, UTC.
    pub second_of_day: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderSpecLine {
    pub product: u32,
    /// Index into the product's variants.
    pub variant: usize,
    pub quantity: u32,
}

/// The shop's history.
const DAYS: f64 = 730.0;

pub(super) fn order(rng: &mut StdRng, index: u32, scale: Scale) -> OrderSpec {
    let mut lines: Vec<OrderSpecLine> = Vec::new();
    for _ in 0..[1, 1, 1, 2, 2, 3, 4, 5][rng.random_range(0..8)] {
        // Few products sell most.
        let product = skewed(rng, scale.products, 3);
        let variants = scale.product(product).variants.len();
        let line = OrderSpecLine {
            product,
            variant: rng.random_range(0..variants),
            quantity: [1, 1, 1, 1, 1, 2, 2, 3][rng.random_range(0..8)],
        };
        if !lines.iter().any(|known| (known.product, known.variant) == (line.product, line.variant)) {
            lines.push(line);
        }
    }
    let passed = f64::from(index + 1) / f64::from(scale.orders.max(index + 1));
    OrderSpec {
        // Most buy once, some come back often.
        customer: skewed(rng, scale.customers, 2),
        lines,
        age_days: (DAYS * (1.0 - passed.sqrt())) as u32,
        second_of_day: rng.random_range(6 * 3600..23 * 3600),
    }
}

/// 0 to `count` - 1, low ones likelier.
fn skewed(rng: &mut StdRng, count: u32, power: i32) -> u32 {
    let share = rng.random::<f64>().powi(power);
    ((f64::from(count) * share) as u32).min(count - 1)
}
