//! What is taken of a cart, rounded as the shop says. Also in the shop's browser, so it stays small.

use souk_contract::{Cart, Currency, Money, TaxLevel, TaxRate, TaxRounding, TaxRule, TaxShare};

use crate::{
    allocate,
    settle::{Line, PricingError},
};

/// Rates are worked with to the twelfth decimal: exact for a tax on top of another.
const ONE: i64 = 1_000_000_000_000;
const MILLIONTHS: i64 = ONE / souk_contract::WHOLE as i64;

/// Something that is taxed as one.
struct Part {
    amount: i64,
    pieces: i64,
    /// Which of the rule's rates; none: it is not taxed.
    kind: Option<usize>,
}

/// The tax of each line and of delivery, by rate.
pub(crate) struct Taxes {
    pub lines: Vec<Vec<i64>>,
    /// Delivery, cut as it is taxed: the kind and what it has of the price.
    pub shipping: Vec<(Option<usize>, i64, Vec<i64>)>,
}

pub(crate) fn taxes(
    rule: &TaxRule,
    lines: &[Line],
    left: &[i64],
    shipping: i64,
) -> Result<Taxes, PricingError> {
    let kind = |kind: Option<u32>| kind.map(|kind| kind as usize).filter(|kind| *kind < rule.rates.len());
    let mut parts: Vec<Part> = Vec::with_capacity(lines.len() + 1);
    for (line, left) in lines.iter().zip(left) {
        parts.push(Part { amount: *left, pieces: line.quantity, kind: kind(line.tax) });
    }
    match rule.shipping {
        Some(of) => parts.push(Part { amount: shipping, pieces: 1, kind: kind(Some(of)) }),
        None => {
            // As the goods; where they cost nothing, by their lines.
            let free = left.iter().all(|left| *left == 0);
            let mut weights = vec![0; rule.rates.len() + 1];
            for part in &parts {
                weights[part.kind.unwrap_or(rule.rates.len())] += if free { 1 } else { part.amount };
            }
            for (of, amount) in allocate(shipping, &weights).into_iter().enumerate() {
                parts.push(Part { amount, pieces: 1, kind: kind(u32::try_from(of).ok()) });
            }
        }
    }
    let mut taken = of_parts(rule, &parts)?;
    let of_shipping = taken.split_off(lines.len());
    let shares = parts.into_iter().skip(lines.len()).zip(of_shipping);
    Ok(Taxes {
        lines: taken,
        shipping: shares.map(|(part, taken)| (part.kind, part.amount, taken)).collect(),
    })
}

fn of_parts(rule: &TaxRule, parts: &[Part]) -> Result<Vec<Vec<i64>>, PricingError> {
    let tax = |kind: usize, amount: i64| {
        of_amount(amount, &effective(&rule.rates[kind]), rule.inclusive, rule.rounding)
    };
    let mut taken: Vec<Vec<i64>> = Vec::with_capacity(parts.len());
    for part in parts {
        let none = || part.kind.map_or_else(Vec::new, |kind| vec![0; rule.rates[kind].len()]);
        taken.push(match (part.kind, rule.level) {
            (Some(kind), TaxLevel::Line) => tax(kind, part.amount)?,
            (Some(kind), TaxLevel::Unit) if part.pieces > 0 => {
                // Of a discounted line some pieces cost a minor unit more than the others.
                let (each, dearer) = (part.amount / part.pieces, part.amount % part.pieces);
                let (low, high) = (tax(kind, each)?, tax(kind, each.saturating_add(1))?);
                let all = |(low, high): (&i64, &i64)| {
                    low.checked_mul(part.pieces - dearer)?.checked_add(high.checked_mul(dearer)?)
                };
                low.iter().zip(&high).map(all).collect::<Option<_>>().ok_or(PricingError::Overflow)?
            }
            _ => none(),
        });
    }
    if rule.level == TaxLevel::Total {
        for kind in 0..rule.rates.len() {
            let amounts: Vec<i64> =
                parts.iter().map(|part| if part.kind == Some(kind) { part.amount } else { 0 }).collect();
            let all = tax(kind, crate::settle::sum(&amounts)?)?;
            for (rate, all) in all.into_iter().enumerate() {
                for (index, share) in allocate(all, &amounts).into_iter().enumerate() {
                    if parts[index].kind == Some(kind) {
                        taken[index][rate] = share;
                    }
                }
            }
        }
    }
    Ok(taken)
}

/// Of the price without tax, one whole being [`ONE`].
fn effective(rates: &[TaxRate]) -> Vec<i64> {
    let mut before = 0;
    let of = |rate: &TaxRate| {
        let own = i64::from(rate.millionths) * MILLIONTHS;
        let on_top = i128::from(before) * i128::from(rate.millionths) / i128::from(souk_contract::WHOLE);
        // A handful of rates of at most 100 %.
        let share = if rate.compound { own.saturating_add(on_top as i64) } else { own };
        before = i64::saturating_add(before, share);
        share
    };
    rates.iter().map(of).collect()
}

/// The taxes that an amount contains, or those that come on top of it.
fn of_amount(
    amount: i64,
    rates: &[i64],
    inclusive: bool,
    rounding: TaxRounding,
) -> Result<Vec<i64>, PricingError> {
    let tax = |rate: i64, of: i64| round(i128::from(amount) * i128::from(rate), i128::from(of), rounding);
    if inclusive {
        // As one, so that they never exceed it.
        let all = rates.iter().sum::<i64>();
        Ok(allocate(tax(all, ONE + all)?, rates))
    } else {
        rates.iter().map(|rate| tax(*rate, ONE)).collect()
    }
}

/// For what is not negative.
fn round(dividend: i128, divisor: i128, rounding: TaxRounding) -> Result<i64, PricingError> {
    let twice = 2 * dividend + divisor;
    let mut rounded = twice / (2 * divisor);
    if rounding == TaxRounding::HalfEven && twice % (2 * divisor) == 0 {
        rounded &= !1;
    }
    i64::try_from(rounded).map_err(|_| PricingError::Overflow)
}

/// A price without the taxes that it contains.
///
/// # Errors
/// None for a price that is not negative and fits 64 bits.
pub fn without(price: Money, rates: &[TaxRate], rounding: TaxRounding) -> Result<Money, PricingError> {
    let contained: i64 = of_amount(price.minor, &effective(rates), true, rounding)?.iter().sum();
    Ok(Money::new(price.minor - contained, price.currency))
}

/// What the cart's taxes are made of: of each line, and of delivery.
///
/// # Errors
/// Where its totals are not those of its lines.
pub fn tax_shares(cart: &Cart) -> Result<(Vec<Vec<TaxShare>>, Vec<TaxShare>), PricingError> {
    let (rule, totals) = (&cart.rules.tax, &cart.totals);
    let lines = crate::open::lines(cart);
    let left: Vec<i64> = totals.lines.iter().map(|line| line.total.minor).collect();
    let shipping = totals.shipping.minor - totals.shipping_discount.minor;
    let taxes = taxes(rule, &lines, &left, shipping)?;
    let of_lines = lines.iter().zip(&left).zip(taxes.lines).map(|((line, left), taken)| {
        let rates = line.tax.and_then(|kind| rule.rates.get(kind as usize));
        shares(rates.map_or(&[], Vec::as_slice), *left, &taken, rule.inclusive, cart.currency)
    });
    let mut of_shipping: Vec<TaxShare> = Vec::new();
    for (kind, amount, taken) in taxes.shipping.into_iter().filter(|(_, amount, _)| *amount > 0) {
        let rates = kind.map_or(&[][..], |kind| rule.rates[kind].as_slice());
        of_shipping.extend(shares(rates, amount, &taken, rule.inclusive, cart.currency));
    }
    Ok((of_lines.collect(), of_shipping))
}

/// The same of one line that is bought as it is.
///
/// # Errors
/// As [`tax_shares`].
pub fn tax_shares_of(rule: &TaxRule, line: &Line) -> Result<Vec<TaxShare>, PricingError> {
    let left = line.unit_price.minor.checked_mul(line.quantity).ok_or(PricingError::Overflow)?;
    let taken = taxes(rule, std::slice::from_ref(line), &[left], 0)?.lines.pop().unwrap_or_default();
    let rates = line.tax.and_then(|kind| rule.rates.get(kind as usize)).map_or(&[][..], Vec::as_slice);
    Ok(shares(rates, left, &taken, rule.inclusive, line.unit_price.currency))
}

fn shares(
    rates: &[TaxRate],
    amount: i64,
    taken: &[i64],
    inclusive: bool,
    currency: Currency,
) -> Vec<TaxShare> {
    let all: i64 = taken.iter().sum();
    let net = if inclusive { amount - all } else { amount };
    let mut before = 0;
    let share = |(rate, tax): (&TaxRate, &i64)| {
        let base = if rate.compound { net + before } else { net };
        before += tax;
        TaxShare {
            name: rate.name.clone(),
            millionths: rate.millionths,
            base: Money::new(base, currency),
            tax: Money::new(*tax, currency),
        }
    };
    rates.iter().zip(taken).map(share).collect()
}
