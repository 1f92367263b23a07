//! The engine from outside: worked examples, and laws over random carts.

mod examples;
mod laws;
mod refunds;

use souk_contract::{CartLineId, Currency, Money, PromotionAction, PromotionId, PromotionRule, TaxRule};
use souk_pricing::Line;
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
    PromotionRule {
        id: PromotionId::new(Uuid::from_u128(number)),
        title: format!("Rule {number}"),
        code: Some(format!("CODE{number}")),
        action,
        minimum: None,
        applies_to_sale_items: true,
        priority: 0,
    }
}
