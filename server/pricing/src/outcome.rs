//! What became of one promotion, with the words for it.

use souk_contract::{Money, PromotionRule, TraceStep};

use crate::settle::{Basket, Off, PricingError, sum};

/// What a promotion takes off.
#[derive(Debug, Default)]
pub(crate) struct Gain {
    pub off: Off,
    pub shipping: i64,
    /// The line and how many of its pieces.
    pub gift: Option<(usize, i64)>,
    pub message: String,
}

/// Why it takes nothing off, and what would change that.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub reason: &'static str,
    pub message: String,
}

pub(crate) type Outcome = Result<Result<Gain, Refusal>, PricingError>;

impl Gain {
    pub(crate) fn new(lines: Vec<i64>, base: i64, message: String) -> Self {
        Self { off: Off { lines, base }, message, ..Self::default() }
    }

    pub(crate) fn total(&self) -> Result<i64, PricingError> {
        sum(&self.off.lines)?.checked_add(self.shipping).ok_or(PricingError::Overflow)
    }
}

pub(crate) fn refuse(reason: &'static str, message: impl Into<String>) -> Refusal {
    Refusal { reason, message: message.into() }
}

/// What every rule asks first.
pub(crate) fn refusal(
    basket: &Basket<'_>,
    minimum: Option<Money>,
    subtotals: &[i64],
) -> Result<Option<Refusal>, PricingError> {
    let missing = basket.missing(minimum, subtotals)?;
    if missing > 0 {
        let message = format!("Add {} more to your cart to use it.", basket.money(missing));
        return Ok(Some(refuse("minimum", message)));
    }
    Ok(basket.lines.is_empty().then(|| refuse("empty", "Your cart is empty.")))
}

pub(crate) fn percent_off(
    basket: &Basket<'_>,
    eligible: &[i64],
    basis_points: u32,
    sale_items: bool,
) -> Outcome {
    let off = basket.percent(eligible, basis_points)?;
    Ok(if off.base == 0 {
        Err(nothing(sale_items))
    } else {
        Ok(Gain { off, message: format!("{} % off", percent(basis_points)), ..Gain::default() })
    })
}

pub(crate) fn fixed_off(basket: &Basket<'_>, eligible: &[i64], amount: Money, sale_items: bool) -> Outcome {
    let off = basket.fixed(eligible, amount)?;
    Ok(if off.base == 0 {
        Err(nothing(sale_items))
    } else {
        let message = format!("{} off", basket.money(sum(&off.lines)?));
        Ok(Gain { off, message, ..Gain::default() })
    })
}

pub(crate) fn free_shipping(basket: &Basket<'_>) -> Gain {
    let shipping = basket.shipping_left;
    Gain { shipping, ..Gain::new(Vec::new(), shipping, "Free shipping".to_owned()) }
}

/// There is nothing that it could take anything off.
pub(crate) fn nothing(sale_items: bool) -> Refusal {
    if sale_items {
        refuse("nothing_left", "Nothing in your cart is left to discount.")
    } else {
        refuse("sale_items", "It does not count for items on sale.")
    }
}

/// The rule's line on the receipt; what it gives is taken off.
pub(crate) fn step(
    basket: &mut Basket<'_>,
    rule: &PromotionRule,
    outcome: Result<Gain, Refusal>,
) -> Result<TraceStep, PricingError> {
    let (applied, taken, base, reason, message) = match outcome {
        Ok(gain) => {
            basket.take(&gain.off);
            basket.shipping_left -= gain.shipping;
            if let Some((line, pieces)) = gain.gift {
                basket.gifts[line] += pieces;
            }
            (true, gain.total()?, gain.off.base, "applied", gain.message)
        }
        Err(refusal) => (false, 0, 0, refusal.reason, refusal.message),
    };
    Ok(TraceStep {
        promotion_id: rule.id,
        title: rule.title.clone(),
        code: rule.code.clone(),
        applied,
        amount: basket.money(taken),
        base,
        reason: reason.to_owned(),
        message,
    })
}

/// `1050` as `10.5`.
pub(crate) fn percent(basis_points: u32) -> String {
    let (whole, rest) = (basis_points / 100, basis_points % 100);
    if rest == 0 {
        return whole.to_string();
    }
    format!("{whole}.{rest:02}").trim_end_matches('0').to_owned()
}
