//! What stands on an invoice and on a credit note. Pure functions.

use std::collections::BTreeMap;

use souk_contract::{
    Cart, Document, DocumentId, DocumentKind, DocumentLine, DocumentTax, Money, OrderLine, Seller, Timestamp,
};
use souk_pricing::refund;

use crate::{desk::Held, refund::RefundRow};

/// How the shop's papers begin.
#[derive(Debug, Clone, Default)]
pub struct Papers {
    pub seller: Seller,
    /// Before an invoice's number: `INV-`.
    pub invoice_prefix: String,
    pub credit_note_prefix: String,
}

impl Papers {
    fn name(&self, kind: DocumentKind, number: i64) -> String {
        let prefix = match kind {
            DocumentKind::Invoice => &self.invoice_prefix,
            DocumentKind::CreditNote => &self.credit_note_prefix,
        };
        format!("{prefix}{number:05}")
    }
}

/// What a paper is given besides its order.
pub(crate) struct Issue<'a> {
    pub papers: &'a Papers,
    pub id: DocumentId,
    pub number: i64,
    pub now: Timestamp,
}

/// Tax by rate: what it is on, and the tax.
#[derive(Default)]
struct Taxes(BTreeMap<i64, (i64, i64)>);

impl Taxes {
    fn add(&mut self, rate: i64, net: i64, tax: i64) {
        let sum = self.0.entry(rate).or_default();
        *sum = (sum.0 + net, sum.1 + tax);
    }

    fn show(self, money: impl Fn(i64) -> Money) -> Vec<DocumentTax> {
        let rates = self.0.into_iter().rev().filter(|(_, (net, tax))| *net != 0 || *tax != 0);
        rates
            .map(|(basis_points, (net, tax))| DocumentTax { basis_points, net: money(net), tax: money(tax) })
            .collect()
    }
}

/// Which rate each line was taxed at; the cart that was bought knows.
fn rates(held: &Held, cart: Option<&Cart>) -> (i64, Vec<i64>) {
    let rate = cart.map_or(0, |cart| i64::from(cart.rules.tax.rate_basis_points));
    let taxable = |index: usize, tax: i64| {
        cart.and_then(|cart| cart.lines.get(index)).map_or(tax != 0, |line| line.taxable)
    };
    let of_lines = held.lines.iter().enumerate();
    (rate, of_lines.map(|(index, line)| if taxable(index, line.tax_minor) { rate } else { 0 }).collect())
}

fn line(line: &OrderLine, quantity: i64, total: Money, rate: i64) -> DocumentLine {
    let before = line.unit_price.minor * quantity;
    DocumentLine {
        title: line.product_title.clone(),
        options: line.variant_title.clone(),
        sku: line.sku.clone(),
        quantity,
        unit_price: line.unit_price,
        discount: Money::new(before - total.minor, total.currency),
        total,
        tax_basis_points: rate,
    }
}

pub(crate) fn invoice(held: &Held, cart: Option<&Cart>, issue: &Issue<'_>, paid_with: &str) -> Document {
    let order = held.show();
    let currency = order.total.currency;
    let money = |minor| Money::new(minor, currency);
    let (rate, rates) = rates(held, cart);
    let net_of = |total: i64, tax: i64| if order.tax_inclusive { total - tax } else { total };
    let mut taxes = Taxes::default();
    for (one, rate) in order.lines.iter().zip(&rates) {
        taxes.add(*rate, net_of(one.total.minor, one.tax.minor), one.tax.minor);
    }
    let shipping = order.shipping.minor - order.shipping_discount.minor;
    let shipping_tax = order.tax.minor - order.lines.iter().map(|one| one.tax.minor).sum::<i64>();
    taxes.add(rate, net_of(shipping, shipping_tax), shipping_tax);
    let delivery =
        order.delivery.as_ref().map(|delivery| (format!("Delivery: {}", delivery.name), money(shipping)));
    Document {
        id: issue.id,
        kind: DocumentKind::Invoice,
        number: issue.number,
        name: issue.papers.name(DocumentKind::Invoice, issue.number),
        order_id: order.id,
        order_number: order.number,
        refund_id: None,
        corrects: None,
        issued_at: issue.now,
        ordered_at: order.placed_at,
        seller: issue.papers.seller.clone(),
        buyer: order.billing_address.clone().or_else(|| order.shipping_address.clone()),
        email: order.email.clone(),
        ship_to: order.shipping_address.clone(),
        lines: order
            .lines
            .iter()
            .zip(&rates)
            .map(|(one, rate)| line(one, one.quantity, one.total, *rate))
            .collect(),
        extras: delivery.into_iter().collect(),
        tax_inclusive: order.tax_inclusive,
        taxes: taxes.show(money),
        total: order.total,
        remark: format!("Paid: {paid_with}."),
    }
}

/// A part of an invoice taken back.
pub(crate) fn credit_note(
    held: &Held,
    cart: Option<&Cart>,
    row: &RefundRow,
    invoice: &Document,
    issue: &Issue<'_>,
) -> Document {
    let order = held.show();
    let currency = order.total.currency;
    let money = |minor| Money::new(minor, currency);
    let refund = row.clone().show(order.number, currency);
    let (rate, rates) = rates(held, cart);
    let net_of = |total: i64, tax: i64| if order.tax_inclusive { total - tax } else { total };
    let mut taxes = Taxes::default();
    let mut lines = Vec::with_capacity(refund.lines.len());
    for part in &refund.lines {
        let known = order.lines.iter().zip(&rates).find(|(one, _)| one.id == part.order_line_id);
        let Some((one, rate)) = known else { continue };
        taxes.add(*rate, net_of(part.amount.minor, part.tax.minor), part.tax.minor);
        lines.push(line(one, part.quantity, part.amount, *rate));
    }
    let line_tax: i64 = refund.lines.iter().map(|part| part.tax.minor).sum();
    let extra = refund.shipping.minor + refund.other.minor;
    let extra_tax = refund.tax.minor - line_tax;
    taxes.add(rate, extra - extra_tax, extra_tax);
    // Where tax comes on top, delivery and gestures are shown without theirs, as the lines are.
    let shown =
        |amount: Money, share: i64| if order.tax_inclusive { amount } else { money(amount.minor - share) };
    let shipping_tax = refund::share(extra_tax, extra, 0, refund.shipping.minor);
    let extras =
        [("Delivery", refund.shipping, shipping_tax), ("Other", refund.other, extra_tax - shipping_tax)];
    let extras = extras.into_iter().filter(|(_, amount, _)| !amount.is_zero());
    Document {
        id: issue.id,
        kind: DocumentKind::CreditNote,
        number: issue.number,
        name: issue.papers.name(DocumentKind::CreditNote, issue.number),
        refund_id: Some(refund.id),
        corrects: Some(invoice.name.clone()),
        issued_at: issue.now,
        lines,
        extras: extras.map(|(words, amount, tax)| (words.to_owned(), shown(amount, tax))).collect(),
        taxes: taxes.show(money),
        total: refund.amount,
        remark: refund.reason,
        ..invoice.clone()
    }
}
