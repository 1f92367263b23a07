//! The part of the engine that runs in the shop's browser: rules that anybody may know, over quantities that just
//! changed. ADR 15 has the figures.

use souk_contract::{Cart, OpenAction, OpenRule, Totals};

use crate::settle::{Basket, Line, Outcome, PricingError, step};

/// Computes the cart's totals for its quantities, before the server has answered. Where something else than open rules
/// decides, they stay as they are.
pub fn reprice(cart: &mut Cart) -> Result<(), PricingError> {
    if !cart.rules.complete {
        return Ok(());
    }
    cart.totals = price_open(cart, &lines(cart))?;
    tell_codes(cart);
    Ok(())
}

pub(crate) fn lines(cart: &Cart) -> Vec<Line> {
    let line = |line: &souk_contract::CartLine| Line {
        id: line.id,
        unit_price: line.unit_price,
        quantity: line.quantity,
        on_sale: line.compare_at.is_some(),
        taxable: line.taxable,
    };
    cart.lines.iter().map(line).collect()
}

/// Each code says what became of its rule.
pub(crate) fn tell_codes(cart: &mut Cart) {
    for code in &mut cart.codes {
        let step = cart.totals.trace.iter().find(|step| step.code.as_deref() == Some(code.code.as_str()));
        if let Some(step) = step {
            code.applied = step.applied;
            code.message.clone_from(&step.message);
        }
    }
}

fn price_open(cart: &Cart, lines: &[Line]) -> Result<Totals, PricingError> {
    let mut basket =
        Basket::new(cart.currency, lines, cart.delivery.as_ref().map(|delivery| delivery.price))?;
    let mut rules: Vec<&OpenRule> = cart.rules.promotions.iter().collect();
    rules.sort_by_key(|rule| (rule.priority, rule.id));
    let mut trace = Vec::with_capacity(rules.len());
    for rule in rules {
        let outcome = outcome(&basket, rule)?;
        trace.push(step(&mut basket, (rule.id, &rule.title, rule.code.as_deref()), outcome)?);
    }
    basket.totals(cart.rules.tax, trace)
}

fn outcome(basket: &Basket<'_>, rule: &OpenRule) -> Outcome {
    if let Some(refusal) = basket.refusal(rule.minimum, &basket.subtotals)? {
        return Ok(Err(refusal));
    }
    let sale_items = rule.applies_to_sale_items;
    let eligible = basket.eligible(|index| sale_items || !basket.lines[index].on_sale);
    match &rule.action {
        OpenAction::Percent { basis_points } => basket.percent(&eligible, *basis_points, sale_items),
        OpenAction::Fixed { amount } => basket.fixed(&eligible, *amount, sale_items),
        OpenAction::FreeShipping => Ok(Ok(basket.free_shipping())),
    }
}
