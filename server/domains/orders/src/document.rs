//! What stands on an invoice and on a credit note. Pure functions.

use std::{collections::BTreeMap, sync::Arc};

use souk_contract::{
    Document, DocumentId, DocumentKind, DocumentLine, DocumentTax, Money, Order, OrderLine, ShopSettings,
    TaxShare, Timestamp,
};
use souk_pricing::{allocate, refund};

use crate::{desk::Held, order::Taxes, refund::RefundRow};

/// What a paper is given besides its order.
pub(crate) struct Issue {
    /// As the shop is at this moment: the paper keeps it.
    pub shop: Arc<ShopSettings>,
    pub id: DocumentId,
    pub number: i64,
    pub now: Timestamp,
}

impl Issue {
    fn name(&self, kind: DocumentKind) -> String {
        let prefix = match kind {
            DocumentKind::Invoice => &self.shop.input.invoice_prefix,
            DocumentKind::CreditNote => &self.shop.input.credit_note_prefix,
        };
        format!("{prefix}{:05}", self.number)
    }
}

/// Tax by name and rate: what it is on, and the tax.
#[derive(Default)]
struct ByRate(BTreeMap<(u32, String), (i64, i64)>);

impl ByRate {
    fn add(&mut self, (name, millionths): (&str, u32), net: i64, tax: i64) {
        let sum = self.0.entry((millionths, name.to_owned())).or_default();
        *sum = (sum.0 + net, sum.1 + tax);
    }

    /// Of an amount that these are the taxes of.
    fn add_all(&mut self, shares: &[TaxShare], net: i64, tax: i64) {
        for share in shares {
            self.add((&share.name, share.millionths), share.base.minor, share.tax.minor);
        }
        if shares.is_empty() {
            self.add(("", 0), net, tax);
        }
    }

    /// Of a part of an amount `of` that these are the taxes of.
    fn add_part(&mut self, shares: &[TaxShare], of: i64, net: i64, tax: i64) {
        let bases: Vec<i64> = shares.iter().map(|share| share.base.minor).collect();
        let weights: Vec<i64> = shares.iter().map(|share| share.tax.minor).collect();
        // Kinds of goods share the amount; several taxes on the same goods each have all of it.
        let nets = match bases.iter().sum::<i64>() == of {
            true => allocate(net, &bases),
            false => bases.iter().map(|base| refund::share(*base, of, 0, net)).collect(),
        };
        for ((share, net), tax) in shares.iter().zip(nets).zip(allocate(tax, &weights)) {
            self.add((&share.name, share.millionths), net, tax);
        }
        if shares.is_empty() {
            self.add(("", 0), net, tax);
        }
    }

    fn show(self, money: impl Fn(i64) -> Money) -> Vec<DocumentTax> {
        let rates = self.0.into_iter().rev().filter(|(_, (net, tax))| *net != 0 || *tax != 0);
        let rate = |((millionths, name), (net, tax)): ((u32, String), (i64, i64))| DocumentTax {
            name,
            millionths: Some(millionths),
            basis_points: i64::from(millionths / 100),
            net: money(net),
            tax: money(tax),
        };
        rates.map(rate).collect()
    }
}

fn line(line: &OrderLine, quantity: i64, total: Money, taxes: &[TaxShare]) -> DocumentLine {
    let before = line.unit_price.minor * quantity;
    let rates: Vec<u32> = taxes.iter().map(|share| share.millionths).collect();
    DocumentLine {
        title: line.product_title.clone(),
        options: line.variant_title.clone(),
        sku: line.sku.clone(),
        quantity,
        unit_price: line.unit_price,
        discount: Money::new(before - total.minor, total.currency),
        total,
        tax_basis_points: i64::from(rates.iter().sum::<u32>() / 100),
        tax_rates: rates,
    }
}

/// The taxes of each line, in their order.
fn of_lines<'a>(order: &'a Order, taxes: &'a Taxes) -> impl Iterator<Item = (&'a OrderLine, &'a [TaxShare])> {
    let shares = taxes.lines.iter().map(Vec::as_slice).chain(std::iter::repeat(&[][..]));
    order.lines.iter().zip(shares)
}

pub(crate) fn invoice(held: &Held, taxes: &Taxes, issue: &Issue, paid_with: &str) -> Document {
    let order = held.show();
    let currency = order.total.currency;
    let money = |minor| Money::new(minor, currency);
    let net_of = |total: i64, tax: i64| if order.tax_inclusive { total - tax } else { total };
    let mut by_rate = ByRate::default();
    for (one, shares) in of_lines(&order, taxes) {
        by_rate.add_all(shares, net_of(one.total.minor, one.tax.minor), one.tax.minor);
    }
    let shipping = order.shipping.minor - order.shipping_discount.minor;
    let shipping_tax = order.tax.minor - order.lines.iter().map(|one| one.tax.minor).sum::<i64>();
    let shipping_net = net_of(shipping, shipping_tax);
    by_rate.add_all(&taxes.shipping, shipping_net, shipping_tax);
    let delivery =
        order.delivery.as_ref().map(|delivery| (format!("Delivery: {}", delivery.name), money(shipping)));
    Document {
        id: issue.id,
        kind: DocumentKind::Invoice,
        number: issue.number,
        name: issue.name(DocumentKind::Invoice),
        order_id: order.id,
        order_number: order.number,
        refund_id: None,
        corrects: None,
        issued_at: issue.now,
        ordered_at: order.placed_at,
        seller: issue.shop.input.seller(),
        buyer: order.billing_address.clone().or_else(|| order.shipping_address.clone()),
        email: order.email.clone(),
        ship_to: order.shipping_address.clone(),
        lines: of_lines(&order, taxes)
            .map(|(one, shares)| line(one, one.quantity, one.total, shares))
            .collect(),
        extras: delivery.into_iter().collect(),
        tax_inclusive: order.tax_inclusive,
        taxes: by_rate.show(money),
        tax_exempt: taxes.exempt,
        total: order.total,
        remark: format!("Paid: {paid_with}."),
    }
}

/// The taxes of the whole order, by rate.
fn all_of(order: &Order, taxes: &Taxes, shipping_net: i64) -> Vec<TaxShare> {
    let currency = order.total.currency;
    let net_of = |total: i64, tax: i64| if order.tax_inclusive { total - tax } else { total };
    let mut all = ByRate::default();
    for (one, shares) in of_lines(order, taxes) {
        all.add_all(shares, net_of(one.total.minor, one.tax.minor), one.tax.minor);
    }
    all.add_all(&taxes.shipping, shipping_net, 0);
    let share = |((millionths, name), (net, tax)): ((u32, String), (i64, i64))| TaxShare {
        name,
        millionths,
        base: Money::new(net, currency),
        tax: Money::new(tax, currency),
    };
    all.0.into_iter().map(share).collect()
}

/// A part of an invoice taken back.
pub(crate) fn credit_note(
    held: &Held,
    taxes: &Taxes,
    row: &RefundRow,
    invoice: &Document,
    issue: &Issue,
) -> Document {
    let order = held.show();
    let currency = order.total.currency;
    let money = |minor| Money::new(minor, currency);
    let refund = row.clone().show(order.number, currency);
    let net_of = |total: i64, tax: i64| if order.tax_inclusive { total - tax } else { total };
    let mut by_rate = ByRate::default();
    let mut lines = Vec::with_capacity(refund.lines.len());
    for part in &refund.lines {
        let known = of_lines(&order, taxes).find(|(one, _)| one.id == part.order_line_id);
        let Some((one, shares)) = known else { continue };
        let of = net_of(one.total.minor, one.tax.minor);
        by_rate.add_part(shares, of, net_of(part.amount.minor, part.tax.minor), part.tax.minor);
        lines.push(line(one, part.quantity, part.amount, shares));
    }
    let line_tax: i64 = refund.lines.iter().map(|part| part.tax.minor).sum();
    let extra = refund.shipping.minor + refund.other.minor;
    let extra_tax = refund.tax.minor - line_tax;
    // Where tax comes on top, delivery and gestures are shown without theirs, as the lines are.
    let shown =
        |amount: Money, share: i64| if order.tax_inclusive { amount } else { money(amount.minor - share) };
    let shipping_tax = refund::share(extra_tax, extra, 0, refund.shipping.minor);
    let shipping_of = net_of(
        order.shipping.minor - order.shipping_discount.minor,
        order.tax.minor - order.lines.iter().map(|one| one.tax.minor).sum::<i64>(),
    );
    by_rate.add_part(&taxes.shipping, shipping_of, refund.shipping.minor - shipping_tax, shipping_tax);
    // A gesture takes back a part of all that was sold.
    let all = all_of(&order, taxes, shipping_of);
    let other_tax = extra_tax - shipping_tax;
    by_rate.add_part(&all, order.total.minor - order.tax.minor, refund.other.minor - other_tax, other_tax);
    let extras =
        [("Delivery", refund.shipping, shipping_tax), ("Other", refund.other, extra_tax - shipping_tax)];
    let extras = extras.into_iter().filter(|(_, amount, _)| !amount.is_zero());
    Document {
        id: issue.id,
        kind: DocumentKind::CreditNote,
        number: issue.number,
        name: issue.name(DocumentKind::CreditNote),
        refund_id: Some(refund.id),
        corrects: Some(invoice.name.clone()),
        issued_at: issue.now,
        lines,
        extras: extras.map(|(words, amount, tax)| (words.to_owned(), shown(amount, tax))).collect(),
        taxes: by_rate.show(money),
        total: refund.amount,
        remark: refund.reason,
        ..invoice.clone()
    }
}
