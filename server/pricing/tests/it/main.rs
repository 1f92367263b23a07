//! The engine from outside: worked examples, and laws over random carts.

mod actions;
mod conditions;
mod examples;
mod laws;
mod parcels;
mod refunds;
mod stacking;
mod taxes;

use std::sync::LazyLock;

use souk_contract::{
    CartLineId, Currency, Money, ProductId, PromotionAction, PromotionId, PromotionRule, TaxRule, Totals,
    VariantId,
};
use souk_pricing::{Line, LineFacts, PriceInput, Shopper, price};
use uuid::Uuid;

pub static VAT_19: LazyLock<TaxRule> = LazyLock::new(|| TaxRule::flat(190_000, true));
pub static SALES_TAX: LazyLock<TaxRule> = LazyLock::new(|| TaxRule::flat(82_500, false));

pub fn line(number: u128, minor: i64, quantity: i64, currency: Currency) -> Line {
    Line {
        id: CartLineId::new(Uuid::from_u128(number)),
        unit_price: Money::new(minor, currency),
        quantity,
        on_sale: false,
        tax: Some(0),
    }
}

pub fn rule(number: u128, action: PromotionAction) -> PromotionRule {
    let id = PromotionId::new(Uuid::from_u128(number));
    let rule = PromotionRule::new(id, format!("Rule {number}"), action);
    PromotionRule { code: Some(format!("CODE{number}")), ..rule }
}

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

/// Of each line: type "Type 1" and vendor "Vendor 1" for number 1.
pub fn facts(lines: &[Line]) -> Vec<LineFacts<'static>> {
    const TYPES: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
    let facts = |line: &Line| {
        let number = line.id.uuid();
        let name = TYPES[(number.as_u128() % 10) as usize];
        LineFacts {
            variant_id: VariantId::new(number),
            product_id: ProductId::new(number),
            product_type: name,
            vendor: name,
            tags: &[],
        }
    };
    lines.iter().map(facts).collect()
}
