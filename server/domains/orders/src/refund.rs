//! Refunds of an order, as they are kept. Pure functions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use souk_contract::{
    Currency, Money, OrderId, OrderLineId, OrderRefunded, Refund, RefundId, RefundLine, RefundState,
    RefundedPieces, ReturnId, Timestamp, VariantId,
};
use souk_kernel::{
    db::{Json, Text},
    record,
};
use souk_pricing::refund::RefundQuote;

use crate::order::{LineRow, OrderRow};

/// What is kept with a refund but never asked for in a query.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Content {
    pub lines: Vec<RefundLine>,
    pub shipping_minor: i64,
    pub other_minor: i64,
    pub tax_minor: i64,
    pub reason: String,
    /// Its pieces came back there.
    #[serde(default)]
    pub return_id: Option<ReturnId>,
}

impl Content {
    pub(crate) fn new(quote: RefundQuote, reason: String, return_id: Option<ReturnId>) -> Self {
        Self {
            lines: quote.lines,
            shipping_minor: quote.shipping.minor,
            other_minor: quote.other.minor,
            tax_minor: quote.tax.minor,
            reason,
            return_id,
        }
    }
}

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct RefundRow {
        pub id: RefundId,
        pub order_id: OrderId,
        pub position: i64,
        pub state: Text<RefundState>,
        pub amount_minor: i64,
        pub content: Json<Content>,
        pub failure: Option<String>,
        pub attempts: i64,
        pub created_at: Timestamp,
        pub settled_at: Option<Timestamp>,
    }
}

impl RefundRow {
    pub(crate) fn show(self, order_number: i64, currency: Currency) -> Refund {
        let money = |minor| Money::new(minor, currency);
        let content = self.content.0;
        Refund {
            id: self.id,
            name: format!("{order_number}-R{}", self.position),
            state: self.state.0,
            lines: content.lines,
            shipping: money(content.shipping_minor),
            other: money(content.other_minor),
            amount: money(self.amount_minor),
            tax: money(content.tax_minor),
            reason: content.reason,
            failure: self.failure,
            created_at: self.created_at,
            settled_at: self.settled_at,
        }
    }

    /// What inventory, the shopper and the figures hear of it.
    pub(crate) fn event(&self, order: &OrderRow, lines: &[LineRow]) -> OrderRefunded {
        let variant = |id: OrderLineId| lines.iter().find(|line| line.id == id).map(|line| line.variant_id);
        let pieces = |count: fn(&RefundLine) -> i64| -> Vec<RefundedPieces> {
            let known = self.content.0.lines.iter().filter_map(|line| {
                Some(RefundedPieces {
                    variant_id: variant(line.order_line_id)?,
                    quantity: count(line),
                    restock: line.restock,
                })
            });
            known.filter(|pieces| pieces.quantity > 0).collect()
        };
        OrderRefunded {
            order_id: order.id,
            refund_id: self.id,
            reservation_id: order.reservation_id,
            removed: pieces(|line| line.removed),
            returned: pieces(|line| line.quantity - line.removed),
        }
    }
}

/// Pieces per line, of refunds that stand.
fn pieces(refunds: &[RefundRow], count: fn(&RefundLine) -> i64) -> BTreeMap<OrderLineId, i64> {
    let mut pieces = BTreeMap::new();
    let standing = refunds.iter().filter(|refund| refund.state.0 != RefundState::Failed);
    for line in standing.flat_map(|refund| &refund.content.0.lines) {
        *pieces.entry(line.order_line_id).or_default() += count(line);
    }
    pieces
}

/// Pieces per line whose money went back or is about to.
pub(crate) fn refunded(refunds: &[RefundRow]) -> BTreeMap<OrderLineId, i64> {
    pieces(refunds, |line| line.quantity)
}

/// Pieces per line that were never sent and won't be.
pub(crate) fn removed(refunds: &[RefundRow]) -> BTreeMap<OrderLineId, i64> {
    pieces(refunds, |line| line.removed)
}

/// Pieces per line that came back without a return.
pub(crate) fn sent_back(refunds: &[RefundRow]) -> BTreeMap<OrderLineId, i64> {
    let own: Vec<RefundRow> =
        refunds.iter().filter(|refund| refund.content.0.return_id.is_none()).cloned().collect();
    pieces(&own, |line| line.quantity - line.removed)
}

/// Pieces per variant that inventory must have let go of by now: refunded before they left, before that time.
pub(crate) fn removed_before(
    refunds: &[RefundRow],
    lines: &[LineRow],
    then: Timestamp,
) -> BTreeMap<VariantId, i64> {
    let mut gone = BTreeMap::new();
    let settled = refunds.iter().filter(|refund| {
        refund.state.0 == RefundState::Succeeded && refund.settled_at.is_some_and(|at| at < then)
    });
    for part in settled.flat_map(|refund| &refund.content.0.lines) {
        if let Some(line) = lines.iter().find(|line| line.id == part.order_line_id) {
            *gone.entry(line.variant_id).or_default() += part.removed;
        }
    }
    gone
}
