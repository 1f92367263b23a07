//! The part of the engine that runs in the shop's browser: sums by rules that anybody may know, over quantities that just
//! changed. Words come with the server's answer. ADR 15 has the figures.

use souk_contract::{Cart, CartLine, OpenAction};

use crate::settle::{Basket, Line, PricingError};

/// Computes the cart's sums for its quantities, before the server has answered. Where something else than open rules
/// decides, they stay as they are.
pub fn reprice(cart: &mut Cart) -> Result<(), PricingError> {
    if !cart.rules.complete {
        return Ok(());
    }
    let lines = lines(cart);
    // Of the last answer: what delivery costs does not change with the quantities here.
    let mut basket = Basket::new(cart.currency, &lines, Some(cart.totals.shipping))?;
    // In the order in which the server applies them.
    for rule in &cart.rules.promotions {
        if lines.is_empty() || basket.missing(rule.minimum, &basket.subtotals)? > 0 {
            continue;
        }
        let eligible = basket.eligible(|index| rule.applies_to_sale_items || !lines[index].on_sale);
        let off = match &rule.action {
            OpenAction::Percent { basis_points } => basket.percent(&eligible, *basis_points)?,
            OpenAction::Fixed { amount } => basket.fixed(&eligible, *amount)?,
            OpenAction::FreeShipping => {
                basket.shipping_left = 0;
                continue;
            }
        };
        basket.take(&off);
    }
    let trace = std::mem::take(&mut cart.totals.trace);
    cart.totals = basket.totals(&cart.rules.tax, trace)?;
    Ok(())
}

pub(crate) fn lines(cart: &Cart) -> Vec<Line> {
    let line = |line: &CartLine| Line {
        id: line.id,
        unit_price: line.unit_price,
        quantity: line.quantity,
        on_sale: line.compare_at.is_some(),
        tax: line.taxable.then_some(line.tax_kind),
    };
    cart.lines.iter().map(line).collect()
}
