//! What goes back for pieces of an order. The screen that grants a refund and the server that does it ask here.

use souk_contract::{
    Check, CreateRefund, Error, Money, Order, OrderLine, OrderPaymentStatus, RefundLine, Result,
};

use crate::allocate;

/// The parts that a refund is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct RefundQuote {
    pub lines: Vec<RefundLine>,
    pub shipping: Money,
    pub other: Money,
    /// In all, tax included.
    pub amount: Money,
    /// Of `amount`.
    pub tax: Money,
}

/// What of an order can still be refunded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refundable {
    /// What was paid for delivery, tax included, less what went back of it.
    pub shipping: Money,
    /// In all.
    pub total: Money,
}

/// The part of `total` that falls to pieces number `before + 1` to `before + take` of `of`: whoever takes all of them,
/// in however many steps, gets `total`. Half a minor unit is rounded up.
pub fn share(total: i64, of: i64, before: i64, take: i64) -> i64 {
    if of <= 0 {
        return 0;
    }
    let until = |pieces: i64| {
        let (total, of) = (i128::from(total), i128::from(of));
        // Between 0 and `total`, so it fits.
        ((2 * total * i128::from(pieces) + of) / (2 * of)) as i64
    };
    until(before + take) - until(before)
}

/// The tax on delivery: what no line has.
fn shipping_tax(order: &Order) -> i64 {
    order.tax.minor - order.lines.iter().map(|line| line.tax.minor).sum::<i64>()
}

/// What delivery costs the shopper, tax included.
pub(crate) fn shipping_paid(order: &Order) -> i64 {
    let on_top = if order.tax_inclusive { 0 } else { shipping_tax(order) };
    order.shipping.minor - order.shipping_discount.minor + on_top
}

pub fn refundable(order: &Order) -> Refundable {
    let currency = order.total.currency;
    let left = (order.paid.minor - order.refunded().minor).max(0);
    let shipping = shipping_paid(order) - order.refunded_shipping().minor;
    Refundable { shipping: Money::new(shipping.clamp(0, left), currency), total: Money::new(left, currency) }
}

/// What the wish comes to.
///
/// # Errors
/// `Invalid` with the field, or the `Conflict` that [`souk_contract::Orders::refund`] names.
pub fn quote(order: &Order, wish: &CreateRefund) -> Result<RefundQuote> {
    quote_pieces(order, wish, &removed)
}

/// What goes back for pieces that were sent and came back, less what is kept back of it, tax included. None of them are
/// put on a shelf: their return has done that.
///
/// # Errors
/// As of [`quote`]; `Invalid less`.
pub fn quote_returned(order: &Order, wish: &CreateRefund, less: Money) -> Result<RefundQuote> {
    let mut quoted = quote_pieces(order, wish, &|order, line, pieces| {
        if pieces > whole(line) || pieces > kept(order, line) {
            let message = format!("The money for some of {} went back already.", line.product_title);
            return Err(Error::conflict("too_many", message));
        }
        Ok(0)
    })?;
    let gross = |line: &RefundLine| line.amount.minor + if order.tax_inclusive { 0 } else { line.tax.minor };
    let weights: Vec<i64> = quoted.lines.iter().map(gross).collect();
    let goods: i64 = weights.iter().sum();
    if less.currency != order.total.currency || !(0..=goods).contains(&less.minor) {
        let message = format!(
            "From 0 to {}, which is what the goods come to.",
            Money::new(goods, order.total.currency)
        );
        return Err(Error::invalid("less", "out_of_range", message));
    }
    for ((line, off), whole) in
        quoted.lines.iter_mut().zip(allocate(less.minor, &weights)).zip(weights.iter())
    {
        line.restock = false;
        // What is kept back has its tax in it.
        let tax = share(line.tax.minor, *whole, 0, off);
        line.tax.minor -= tax;
        line.amount.minor -= if order.tax_inclusive { off } else { off - tax };
        quoted.tax.minor -= tax;
    }
    quoted.amount.minor -= less.minor;
    Ok(quoted)
}

/// `removed`: of so many pieces of a line, those that were never sent.
fn quote_pieces(
    order: &Order,
    wish: &CreateRefund,
    removed: &dyn Fn(&Order, &OrderLine, i64) -> Result<i64>,
) -> Result<RefundQuote> {
    if order.payment_status == OrderPaymentStatus::Refunded {
        return Err(Error::conflict("more_than_paid", "All of the money went back already."));
    }
    let in_part = order.payment_status == OrderPaymentStatus::PartiallyPaid;
    if !order.payment_status.is_paid() && !in_part {
        return Err(Error::conflict("not_paid", "No money of this order can go back: none is here."));
    }
    let currency = order.total.currency;
    let left = refundable(order);
    let mut check = Check::new();
    check.short(&wish.reason, "reason", 300);
    for (field, amount) in [("shipping", wish.shipping), ("other", wish.other)] {
        let fits = amount.is_none_or(|amount| amount.currency == currency && amount.minor >= 0);
        check.that(fits, field, "invalid", "An amount in the order's currency, not below 0.");
    }
    let mut lines = Vec::with_capacity(wish.lines.len());
    for (index, pieces) in wish.lines.iter().enumerate() {
        let line = order.lines.iter().find(|line| line.id == pieces.order_line_id);
        let again = wish.lines[..index].iter().any(|one| one.order_line_id == pieces.order_line_id);
        let id = format!("lines[{index}].order_line_id");
        check.that(line.is_some(), &id, "invalid", "This line is not of this order.");
        check.that(!again, &id, "taken", "Each line once.");
        let quantity = format!("lines[{index}].quantity");
        check.that(pieces.quantity >= 1, &quantity, "out_of_range", "At least one piece.");
        lines.extend(line.map(|line| (line, pieces)));
    }
    check.done()?;
    let mut quoted = Vec::with_capacity(lines.len());
    for (line, pieces) in lines {
        let removed = removed(order, line, pieces.quantity)?;
        if in_part && removed > 0 {
            let message = format!(
                "Some of {} were not sent, and a part of this order is not paid: take the rest first, or give an amount back.",
                line.product_title
            );
            return Err(Error::conflict("not_paid", message));
        }
        let part = |total: Money| {
            Money::new(share(total.minor, line.quantity, line.refunded, pieces.quantity), currency)
        };
        quoted.push(RefundLine {
            order_line_id: line.id,
            quantity: pieces.quantity,
            removed,
            restock: pieces.restock,
            amount: part(line.total),
            tax: part(line.tax),
        });
    }
    let zero = Money::new(0, currency);
    let (shipping, other) = (wish.shipping.unwrap_or(zero), wish.other.unwrap_or(zero));
    if shipping.minor > left.shipping.minor {
        let message = format!("At most {} was paid for delivery and not refunded.", left.shipping);
        return Err(Error::invalid("shipping", "out_of_range", message));
    }
    let goods: i64 = quoted.iter().map(|line| line.amount.minor).sum();
    let goods_tax: i64 = quoted.iter().map(|line| line.tax.minor).sum();
    let on_top = if order.tax_inclusive { 0 } else { goods_tax };
    let amount = [goods, on_top, shipping.minor, other.minor]
        .iter()
        .try_fold(0_i64, |sum, part| sum.checked_add(*part));
    let amount = amount
        .filter(|amount| *amount <= left.total.minor)
        .ok_or_else(|| Error::conflict("more_than_paid", format!("At most {} can go back.", left.total)))?;
    if quoted.is_empty() && amount == 0 {
        return Err(Error::invalid("lines", "required", "Choose pieces, delivery or an amount."));
    }
    let of_shipping =
        share(shipping_tax(order), shipping_paid(order), order.refunded_shipping().minor, shipping.minor);
    let of_other = share(order.tax.minor, order.total.minor, 0, other.minor);
    Ok(RefundQuote {
        lines: quoted,
        shipping,
        other,
        amount: Money::new(amount, currency),
        tax: Money::new(goods_tax + of_shipping + of_other, currency),
    })
}

/// Pieces of a line whose money is here.
fn whole(line: &OrderLine) -> i64 {
    line.quantity - line.refunded
}

/// Of those that were sent, the pieces whose money is here.
fn kept(order: &Order, line: &OrderLine) -> i64 {
    order.shipped(line.id) - (line.refunded - line.removed)
}

/// Of so many pieces of a line, those that were never sent.
fn removed(order: &Order, line: &OrderLine, pieces: i64) -> Result<i64> {
    let whole = whole(line);
    if pieces > whole {
        let message = match whole {
            0 => format!("All of {} was refunded already.", line.product_title),
            whole => format!("Only {whole} of {} are left to be refunded.", line.product_title),
        };
        return Err(Error::conflict("too_many", message));
    }
    let removed = pieces.min(line.left());
    if pieces - removed > kept(order, line) {
        let message = format!(
            "Some of {} are packed and have not left: give their parcel up first, or send it.",
            line.product_title
        );
        return Err(Error::conflict("in_parcel", message));
    }
    Ok(removed)
}
