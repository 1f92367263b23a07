//! Prices that staff agree upon with somebody.

use std::collections::HashSet;

use souk_contract::{AgreedPrice, Carts, Check, Ctx, Error, Result};

pub(crate) fn check(check: &mut Check, prices: &[AgreedPrice]) {
    let mut seen = HashSet::new();
    for (index, one) in prices.iter().enumerate() {
        let field = format!("prices[{index}].variant_id");
        check.that(seen.insert(one.variant_id), &field, "twice", "This item is in the list already.");
    }
}

/// # Errors
/// `Invalid` where an item is not in the cart, or its price is none.
pub(crate) async fn put(carts: &dyn Carts, ctx: &Ctx, token: &str, prices: &[AgreedPrice]) -> Result<()> {
    let cart = carts.get(ctx, token).await?;
    for (index, one) in prices.iter().enumerate() {
        let line = cart.lines.iter().find(|line| line.variant_id == one.variant_id);
        let line = line.ok_or_else(|| {
            Error::invalid(format!("prices[{index}].variant_id"), "unknown", "This item is not in the draft.")
        })?;
        carts.agree_price(ctx, token, line.id, one.price).await?;
    }
    Ok(())
}
