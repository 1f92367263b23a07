//! The engine from outside: worked examples, and laws over random carts.

mod actions;
mod any;
mod conditions;
mod examples;
mod laws;
mod parcels;
mod refunds;
mod stacking;
mod taxes;

use std::sync::LazyLock;

use souk_contract::{Currency, Money, PromotionRule, TaxRule, Totals};
use souk_pricing::{Line, PriceInput, Shopper, price};

pub use any::{facts, line, rule};

pub static VAT_19: LazyLock<TaxRule> = LazyLock::new(|| TaxRule::flat(190_000, true));
pub static SALES_TAX: LazyLock<TaxRule> = LazyLock::new(|| TaxRule::flat(82_500, false));

/// Lines whose numbers are what they are: product and variant have the line's.
pub fn price_of(
    currency: Currency,
    lines: &[Line],
    promotions: &[PromotionRule],
    delivery: Option<Money>,
) -> Totals {
    let input = PriceInput {
        currency,
        lines,
        facts: &facts(lines),
        delivery,
        promotions,
        shopper: &Shopper::default(),
        tax: &VAT_19,
    };
    price(&input).expect("a price")
}
