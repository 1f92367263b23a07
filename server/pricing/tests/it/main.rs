//! The engine from outside: worked examples, and laws over random carts.

mod actions;
mod conditions;
mod examples;
mod laws;
mod parcels;
mod refunds;
mod stacking;

use souk_contract::{
    CartLineId, Currency, Money, ProductId, PromotionAction, PromotionId, PromotionRule, TaxRule, Totals,
    VariantId,
};
use souk_pricing::{Line, LineFacts, PriceInput, Shopper, price};
use uuid::Uuid;

pub const VAT_19: TaxRule = TaxRule { rate_basis_points: 1900, inclusive: true };
pub const SALES_TAX: TaxRule = TaxRule { rate_basis_points: 825, inclusive: false };

pub fn line(number: u128, minor: i64, quantity: i64, currency: Currency) -> Line {
    Line {
        id: CartLineId::new(Uuid::from_u128(number)),
        unit_price: Money::new(minor, currency),
        quantity,
        on_sale: false,
        taxable: true,
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
        tax: VAT_19,
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
