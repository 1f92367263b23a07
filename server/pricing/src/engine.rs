//! Lines, promotions, shipping and tax to totals.

use std::fmt;

use souk_contract::{
    Cart, CartLineId, Currency, LineTotals, Money, PromotionAction, PromotionRule, TaxRule, Totals, TraceStep,
};

use crate::allocate;

const ONE_HUNDRED_PERCENT: i128 = 10_000;

/// One line to be priced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub id: CartLineId,
    pub unit_price: Money,
    /// Pieces; not negative.
    pub quantity: i64,
    /// It has a compare-at price: some promotions leave it out.
    pub on_sale: bool,
    pub taxable: bool,
}

#[derive(Debug, Clone)]
pub struct PriceInput<'a> {
    pub currency: Currency,
    pub lines: &'a [Line],
    /// Price of the chosen delivery.
    pub delivery: Option<Money>,
    pub promotions: &'a [PromotionRule],
    pub tax: TaxRule,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PricingError {
    /// An amount is in another currency than the cart.
    Currency,
    /// A price or quantity is below zero.
    Negative,
    /// The result doesn't fit 64 bits.
    Overflow,
}

impl fmt::Display for PricingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Currency => "an amount is not in the cart's currency",
            Self::Negative => "a price or quantity is negative",
            Self::Overflow => "the total is too large",
        })
    }
}
impl std::error::Error for PricingError {}

/// What the cart comes to. Equal input gives equal output, in the browser as on the server.
pub fn price(input: &PriceInput<'_>) -> Result<Totals, PricingError> {
    let money = |minor: i64| Money::new(minor, input.currency);
    let subtotals = subtotals(input)?;
    let subtotal = sum(&subtotals)?;
    let shipping = amount(input.delivery.unwrap_or(money(0)), input.currency)?;

    let mut promotions: Vec<&PromotionRule> = input.promotions.iter().collect();
    promotions.sort_by_key(|rule| (rule.priority, rule.id));
    let mut remaining = subtotals.clone();
    let mut shipping_left = shipping;
    let mut trace = Vec::with_capacity(promotions.len());
    for rule in promotions {
        let eligible: Vec<i64> = input
            .lines
            .iter()
            .zip(&remaining)
            .map(|(line, left)| if line.on_sale && !rule.applies_to_sale_items { 0 } else { *left })
            .collect();
        let step = match refusal(rule, subtotal, &eligible, input)? {
            Some(message) => step(rule, false, money(0), message),
            None => {
                let (taken, message) = match &rule.action {
                    PromotionAction::FreeShipping => {
                        let taken = std::mem::take(&mut shipping_left);
                        (taken, "Free shipping".to_owned())
                    }
                    PromotionAction::Percent { basis_points } => {
                        let off = round_half_up(
                            i128::from(sum(&eligible)?) * i128::from((*basis_points).min(10_000)),
                            ONE_HUNDRED_PERCENT,
                        )?;
                        take(&mut remaining, &eligible, off);
                        (off, format!("{} % off", percent(*basis_points)))
                    }
                    PromotionAction::Fixed { amount: fixed } => {
                        let off = amount(*fixed, input.currency)?.min(sum(&eligible)?);
                        take(&mut remaining, &eligible, off);
                        (off, format!("{} off", money(off)))
                    }
                };
                step(rule, true, money(taken), message)
            }
        };
        trace.push(step);
    }

    let mut lines = Vec::with_capacity(input.lines.len());
    let mut tax = 0_i64;
    for ((line, subtotal), total) in input.lines.iter().zip(&subtotals).zip(&remaining) {
        let line_tax = if line.taxable { tax_of(*total, input.tax)? } else { 0 };
        tax = tax.checked_add(line_tax).ok_or(PricingError::Overflow)?;
        lines.push(LineTotals {
            line_id: line.id,
            subtotal: money(*subtotal),
            discount: money(subtotal - total),
            tax: money(line_tax),
            total: money(*total),
        });
    }
    tax = tax.checked_add(tax_of(shipping_left, input.tax)?).ok_or(PricingError::Overflow)?;

    let goods = sum(&remaining)?;
    let mut total = goods.checked_add(shipping_left).ok_or(PricingError::Overflow)?;
    if !input.tax.inclusive {
        total = total.checked_add(tax).ok_or(PricingError::Overflow)?;
    }
    Ok(Totals {
        lines,
        subtotal: money(subtotal),
        discount: money(subtotal - goods),
        shipping: money(shipping),
        shipping_discount: money(shipping - shipping_left),
        tax: money(tax),
        tax_inclusive: input.tax.inclusive,
        total: money(total),
        trace,
    })
}

/// Computes the cart's totals anew from its own lines, delivery and rules.
pub fn reprice(cart: &mut Cart) -> Result<(), PricingError> {
    let lines: Vec<Line> = cart
        .lines
        .iter()
        .map(|line| Line {
            id: line.id,
            unit_price: line.unit_price,
            quantity: line.quantity,
            on_sale: line.compare_at.is_some(),
            taxable: line.taxable,
        })
        .collect();
    cart.totals = price(&PriceInput {
        currency: cart.currency,
        lines: &lines,
        delivery: cart.delivery.as_ref().map(|delivery| delivery.price),
        promotions: &cart.rules.promotions,
        tax: cart.rules.tax,
    })?;
    for code in &mut cart.codes {
        let step = cart.totals.trace.iter().find(|step| step.code.as_deref() == Some(code.code.as_str()));
        if let Some(step) = step {
            code.applied = step.applied;
            code.message.clone_from(&step.message);
        }
    }
    Ok(())
}

fn subtotals(input: &PriceInput<'_>) -> Result<Vec<i64>, PricingError> {
    let of_line = |line: &Line| {
        if line.quantity < 0 {
            return Err(PricingError::Negative);
        }
        amount(line.unit_price, input.currency)?.checked_mul(line.quantity).ok_or(PricingError::Overflow)
    };
    input.lines.iter().map(of_line).collect()
}

/// Why the rule gives nothing, for the shopper.
fn refusal(
    rule: &PromotionRule,
    subtotal: i64,
    eligible: &[i64],
    input: &PriceInput<'_>,
) -> Result<Option<String>, PricingError> {
    if let Some(minimum) = rule.minimum {
        let missing = amount(minimum, input.currency)?.saturating_sub(subtotal);
        if missing > 0 {
            let missing = Money::new(missing, input.currency);
            return Ok(Some(format!("Add {missing} more to your cart to use it.")));
        }
    }
    if input.lines.is_empty() {
        return Ok(Some("Your cart is empty.".to_owned()));
    }
    if rule.action == PromotionAction::FreeShipping {
        return Ok(None);
    }
    if sum(eligible)? == 0 {
        let message = if rule.applies_to_sale_items {
            "Nothing in your cart is left to discount."
        } else {
            "It does not count for items on sale."
        };
        return Ok(Some(message.to_owned()));
    }
    Ok(None)
}

fn take(remaining: &mut [i64], eligible: &[i64], off: i64) {
    for (left, part) in remaining.iter_mut().zip(allocate(off, eligible)) {
        *left -= part;
    }
}

fn step(rule: &PromotionRule, applied: bool, amount: Money, message: String) -> TraceStep {
    TraceStep {
        promotion_id: rule.id,
        title: rule.title.clone(),
        code: rule.code.clone(),
        applied,
        amount,
        message,
    }
}

fn tax_of(amount: i64, tax: TaxRule) -> Result<i64, PricingError> {
    let rate = i128::from(tax.rate_basis_points);
    let divisor = if tax.inclusive { ONE_HUNDRED_PERCENT + rate } else { ONE_HUNDRED_PERCENT };
    round_half_up(i128::from(amount) * rate, divisor)
}

/// For what is not negative.
fn round_half_up(dividend: i128, divisor: i128) -> Result<i64, PricingError> {
    i64::try_from((2 * dividend + divisor) / (2 * divisor)).map_err(|_| PricingError::Overflow)
}

fn amount(money: Money, currency: Currency) -> Result<i64, PricingError> {
    if money.currency != currency {
        return Err(PricingError::Currency);
    }
    if money.minor < 0 { Err(PricingError::Negative) } else { Ok(money.minor) }
}

fn sum(amounts: &[i64]) -> Result<i64, PricingError> {
    amounts.iter().try_fold(0_i64, |total, amount| total.checked_add(*amount)).ok_or(PricingError::Overflow)
}

/// `1050` as `10.5`.
fn percent(basis_points: u32) -> String {
    let (whole, rest) = (basis_points / 100, basis_points % 100);
    if rest == 0 {
        return whole.to_string();
    }
    format!("{whole}.{rest:02}").trim_end_matches('0').to_owned()
}
