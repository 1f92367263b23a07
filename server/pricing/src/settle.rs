//! What every total is made of, whoever computes it: subtotals, what is taken off, tax. Also in the shop's browser, so
//! it stays small.

use std::fmt;

use souk_contract::{CartLineId, Currency, LineTotals, Money, TaxRule, Totals, TraceStep};

use crate::{allocate, tax};

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
    /// Which of the rule's rates it has; none: it is not taxed.
    pub tax: Option<u32>,
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

/// A cart between its subtotals and its totals: what promotions left so far.
#[derive(Debug, Clone)]
pub(crate) struct Basket<'a> {
    pub currency: Currency,
    pub lines: &'a [Line],
    pub subtotals: Vec<i64>,
    pub left: Vec<i64>,
    /// Pieces of each line that are a gift.
    pub gifts: Vec<i64>,
    pub shipping: i64,
    pub shipping_left: i64,
}

/// An amount, spread.
#[derive(Debug, Default)]
pub(crate) struct Off {
    /// Of each line, at most what is left of it.
    pub lines: Vec<i64>,
    /// What it was computed on.
    pub base: i64,
}

impl<'a> Basket<'a> {
    pub(crate) fn new(
        currency: Currency,
        lines: &'a [Line],
        delivery: Option<Money>,
    ) -> Result<Self, PricingError> {
        let of_line = |line: &Line| {
            if line.quantity < 0 {
                return Err(PricingError::Negative);
            }
            amount(line.unit_price, currency)?.checked_mul(line.quantity).ok_or(PricingError::Overflow)
        };
        let subtotals: Vec<i64> = lines.iter().map(of_line).collect::<Result<_, _>>()?;
        // Sums of parts of it fit wherever this does.
        sum(&subtotals)?;
        let shipping = amount(delivery.unwrap_or(Money::zero(currency)), currency)?;
        let (left, gifts) = (subtotals.clone(), vec![0; lines.len()]);
        Ok(Self { currency, lines, subtotals, left, gifts, shipping, shipping_left: shipping })
    }

    pub(crate) fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.currency)
    }

    /// What is left of the lines that count.
    pub(crate) fn eligible(&self, counts: impl Fn(usize) -> bool) -> Vec<i64> {
        self.left.iter().enumerate().map(|(index, left)| if counts(index) { *left } else { 0 }).collect()
    }

    /// How much more the cart must come to.
    pub(crate) fn missing(&self, minimum: Option<Money>, subtotals: &[i64]) -> Result<i64, PricingError> {
        let Some(minimum) = minimum else { return Ok(0) };
        Ok(amount(minimum, self.currency)?.saturating_sub(sum(subtotals)?).max(0))
    }

    /// Rounded half up once, then spread.
    pub(crate) fn percent(&self, eligible: &[i64], basis_points: u32) -> Result<Off, PricingError> {
        let base = sum(eligible)?;
        let off =
            round_half_up(i128::from(base) * i128::from(basis_points.min(10_000)), ONE_HUNDRED_PERCENT)?;
        Ok(Off { lines: allocate(off, eligible), base })
    }

    /// At most what there is.
    pub(crate) fn fixed(&self, eligible: &[i64], off: Money) -> Result<Off, PricingError> {
        let base = sum(eligible)?;
        let off = amount(off, self.currency)?.min(base);
        Ok(Off { lines: allocate(off, eligible), base })
    }

    pub(crate) fn take(&mut self, off: &Off) {
        for (left, off) in self.left.iter_mut().zip(&off.lines) {
            *left -= off;
        }
    }

    pub(crate) fn totals(&self, tax_rule: &TaxRule, trace: Vec<TraceStep>) -> Result<Totals, PricingError> {
        let taxes = tax::taxes(tax_rule, self.lines, &self.left, self.shipping_left)?;
        let mut lines = Vec::with_capacity(self.lines.len());
        let mut tax = 0_i64;
        for (index, line) in self.lines.iter().enumerate() {
            let (subtotal, total) = (self.subtotals[index], self.left[index]);
            let line_tax = sum(&taxes.lines[index])?;
            tax = tax.checked_add(line_tax).ok_or(PricingError::Overflow)?;
            lines.push(LineTotals {
                line_id: line.id,
                subtotal: self.money(subtotal),
                discount: self.money(subtotal - total),
                tax: self.money(line_tax),
                total: self.money(total),
                gift: self.gifts[index],
            });
        }
        for (.., taken) in &taxes.shipping {
            tax = tax.checked_add(sum(taken)?).ok_or(PricingError::Overflow)?;
        }
        let (subtotal, goods) = (sum(&self.subtotals)?, sum(&self.left)?);
        let mut total = goods.checked_add(self.shipping_left).ok_or(PricingError::Overflow)?;
        if !tax_rule.inclusive {
            total = total.checked_add(tax).ok_or(PricingError::Overflow)?;
        }
        Ok(Totals {
            lines,
            subtotal: self.money(subtotal),
            discount: self.money(subtotal - goods),
            shipping: self.money(self.shipping),
            shipping_discount: self.money(self.shipping - self.shipping_left),
            tax: self.money(tax),
            tax_inclusive: tax_rule.inclusive,
            total: self.money(total),
            trace,
        })
    }
}

/// For what is not negative.
pub(crate) fn round_half_up(dividend: i128, divisor: i128) -> Result<i64, PricingError> {
    i64::try_from((2 * dividend + divisor) / (2 * divisor)).map_err(|_| PricingError::Overflow)
}

pub(crate) fn amount(money: Money, currency: Currency) -> Result<i64, PricingError> {
    if money.currency != currency {
        return Err(PricingError::Currency);
    }
    if money.minor < 0 { Err(PricingError::Negative) } else { Ok(money.minor) }
}

pub(crate) fn sum(amounts: &[i64]) -> Result<i64, PricingError> {
    amounts.iter().try_fold(0_i64, |total, amount| total.checked_add(*amount)).ok_or(PricingError::Overflow)
}
