//! What a change may do to a cart, and what the shopper is told of it. Pure functions.

use souk_contract::{CartLineId, CartState, ConditionTest, Error, PromotionRule, Result, VariantId, Warning};

use crate::{
    content::{self, Content},
    store::CartRow,
    view::Around,
};

pub(crate) fn asks_for_orders(rule: &PromotionRule) -> bool {
    let mut tests = rule.when.iter().flat_map(|group| &group.conditions).map(|condition| &condition.test);
    tests.any(|test| matches!(test, ConditionTest::FirstOrder | ConditionTest::Orders { .. }))
}

/// The shopper has now been told: prices are those just shown, and what is no longer sold is out.
pub(crate) fn acknowledge(content: &mut Content, around: &Around) {
    content.lines.retain_mut(|line| match around.variants.get(&line.variant_id) {
        Some(info) => {
            line.seen_price = line.price(info.variant.price);
            true
        }
        None => false,
    });
}

pub(crate) fn must_be_active(row: &CartRow) -> Result<()> {
    match row.state.0 {
        CartState::Active => Ok(()),
        CartState::Completing => Err(completing()),
        CartState::Completed | CartState::Merged => {
            Err(Error::conflict("cart_completed", "This cart has been ordered already."))
        }
    }
}

pub(crate) fn no_room() -> Warning {
    let message = format!("A cart holds {} different items: one could not be added.", content::MAX_LINES);
    Warning { code: "line_removed".into(), line_id: None, message }
}

pub(crate) fn completing() -> Error {
    Error::conflict("cart_completing", "Your order is being placed right now.")
}

/// Keeps a wish within what is there; tells where it had to be cut.
pub(crate) fn limited(
    wanted: i64,
    around: &Around,
    variant: VariantId,
    line: CartLineId,
) -> Result<(i64, Option<Warning>)> {
    let Some(info) = around.variants.get(&variant).filter(|info| info.buyable) else {
        return Err(Error::not_found("item"));
    };
    match around.most(variant) {
        Some(0) => Err(Error::conflict("out_of_stock", format!("{} is sold out.", info.product_title))),
        Some(most) if wanted > most => {
            let message =
                format!("Only {most} of {} are left; we put {most} in your cart.", info.product_title);
            Ok((most, Some(Warning { code: "quantity_reduced".into(), line_id: Some(line), message })))
        }
        _ => Ok((wanted, None)),
    }
}
