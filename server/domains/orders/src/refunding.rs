//! Granting a refund, and carrying it out. Granted means written down with what it comes to; the gateway is asked
//! then, and asked again by `resume` where its answer was lost.

use std::collections::BTreeMap;

use serde::Serialize;
use souk_contract::{
    CreateRefund, Ctx, Error, Money, Order, OrderId, OrderPaymentStatus, PaymentRefund, RefundFound,
    RefundId, RefundPayment, RefundState, Resource, Result, ReturnId, ReturnMoved, ReturnState,
};
use souk_kernel::{
    Tx,
    audit::{Audited, changes},
    db::{Json, Text},
};
use souk_pricing::refund::{self, RefundQuote};

use crate::{
    desk::{Held, label},
    order,
    refund::{Content, RefundRow},
    rma,
    service::LocalOrders,
    store_refunds, store_returns,
};

const AT_ONCE: i64 = 200;

/// What the audit log says of a refund.
#[derive(Serialize)]
struct Logged {
    refund: String,
    amount: String,
    lines: BTreeMap<String, String>,
    delivery: Option<String>,
    other: Option<String>,
    reason: Option<String>,
}

fn logged(order: &Order, row: &RefundRow) -> Logged {
    let shown = row.clone().show(order.number, order.total.currency);
    let some = |money: Money| (!money.is_zero()).then(|| money.to_string());
    let line = |part: &souk_contract::RefundLine| {
        let line = order.lines.iter().find(|line| line.id == part.order_line_id);
        let title = line.map_or_else(|| part.order_line_id.to_string(), |line| line.product_title.clone());
        let again = if part.restock { "restocked" } else { "not restocked" };
        (title, format!("{} × {}, {again}", part.quantity, part.amount))
    };
    Logged {
        refund: shown.name,
        amount: shown.amount.to_string(),
        lines: shown.lines.iter().map(line).collect(),
        delivery: some(shown.shipping),
        other: some(shown.other),
        reason: (!shown.reason.is_empty()).then_some(shown.reason),
    }
}

/// A refund that may be granted.
pub(crate) struct Grant {
    /// None: a new one.
    pub id: Option<RefundId>,
    pub quote: RefundQuote,
    pub reason: String,
    /// What staff saw.
    pub expected: Option<Money>,
    /// Its pieces came back there.
    pub return_id: Option<ReturnId>,
}

impl LocalOrders {
    pub(crate) async fn refund_here(
        &self,
        ctx: &Ctx,
        id: OrderId,
        request: CreateRefund,
        if_version: Option<i64>,
    ) -> Result<Order> {
        ctx.require(Resource::Payments.write())?;
        ctx.require(Resource::Orders.read())?;
        let mut tx = self.saga.db.begin().await?;
        let held = self.hold(&mut tx, id).await?;
        let known = held.refunds.iter().find(|row| request.id == Some(row.id)).cloned();
        let row = match known {
            Some(row) => {
                tx.commit().await?;
                row
            }
            None => {
                if if_version.is_some_and(|version| version != held.order.version) {
                    return Err(order::stale());
                }
                let quote = refund::quote(&held.show(), &request)?;
                rma::must_be_free(&quote.lines, &held.returnable())?;
                let CreateRefund { id, reason, expected, .. } = request;
                let grant = Grant { id, quote, reason, expected, return_id: None };
                let row = self.grant(ctx, &mut tx, held, grant).await?;
                tx.commit().await?;
                row
            }
        };
        self.carry_out(ctx, &row).await?;
        let order = self.find(id).await?;
        self.show(ctx, order).await
    }

    pub(crate) async fn grant(
        &self,
        ctx: &Ctx,
        tx: &mut Tx,
        mut held: Held,
        grant: Grant,
    ) -> Result<RefundRow> {
        let shown = held.show();
        let Grant { id, quote, reason, expected, return_id } = grant;
        if expected.is_some_and(|expected| expected != quote.amount) {
            let message = format!("This refund comes to {} now. Please look at it again.", quote.amount);
            return Err(Error::conflict("total_changed", message));
        }
        let row = RefundRow {
            id: id.unwrap_or_else(|| self.saga.kit.ids.next()),
            order_id: held.order.id,
            position: held.refunds.len() as i64 + 1,
            state: Text(RefundState::Pending),
            amount_minor: quote.amount.minor,
            content: Json(Content::new(quote, reason.trim().to_owned(), return_id)),
            failure: None,
            attempts: 0,
            created_at: self.saga.kit.now(),
            settled_at: None,
        };
        store_refunds::add(tx, &row).await.map_err(|error| {
            // Another order's refund has this id.
            if error.is_unique("refund_pkey") {
                Error::invalid("id", "taken", "This id is taken.")
            } else {
                error.into()
            }
        })?;
        let what = changes(None, Some(&logged(&shown, &row)));
        tx.audit(ctx, Audited::new("order.refunded", held.order.id, label(&held.order)), what).await?;
        held.refunds.push(row.clone());
        self.settle(tx, &held).await?;
        Ok(row)
    }

    /// Money that went back at the gateway, as payments found it: an amount for no pieces. What follows is as for any
    /// other: payments knows it under that id.
    pub(crate) async fn write_down(
        &self,
        ctx: &Ctx,
        tx: &mut Tx,
        found: &RefundFound,
    ) -> Result<Option<RefundRow>> {
        let held = match self.hold(tx, found.order_id).await {
            // Its checkout came to nothing, and so did what it paid.
            Err(Error::NotFound { .. }) => return Ok(None),
            held => held?,
        };
        if held.refunds.iter().any(|row| row.id == found.refund_id) {
            return Ok(None);
        }
        let request = CreateRefund {
            id: Some(found.refund_id),
            other: Some(found.amount),
            reason: "Sent back at the gateway.".to_owned(),
            ..CreateRefund::default()
        };
        let quote = refund::quote(&held.show(), &request)?;
        let CreateRefund { id, reason, expected, .. } = request;
        let grant = Grant { id, quote, reason, expected, return_id: None };
        self.grant(ctx, tx, held, grant).await.map(Some)
    }

    /// Asks the gateway and writes down what it answered. Where it can't be asked the refund stays as it is.
    pub(crate) async fn carry_out(&self, ctx: &Ctx, row: &RefundRow) -> Result<()> {
        if row.state.0 != RefundState::Pending {
            return Ok(());
        }
        let order = self.find(row.order_id).await?;
        let request = RefundPayment {
            refund_id: row.id,
            payment_id: order.payment_id,
            amount: Money::new(row.amount_minor, order.currency),
        };
        let answer = if row.amount_minor == 0 {
            Ok(PaymentRefund::Succeeded)
        } else {
            self.saga.near.payments.refund(ctx, request).await
        };
        let failure = match answer {
            Ok(PaymentRefund::Succeeded) => None,
            Ok(PaymentRefund::Failed(message)) => Some(message),
            Ok(PaymentRefund::Pending) => {
                let mut tx = self.saga.db.begin().await?;
                store_refunds::try_again(&mut tx, row.id).await?;
                return Ok(tx.commit().await?);
            }
            // Refused for good.
            Err(Error::Conflict { message, .. }) => Some(message),
            Err(error) => {
                tracing::warn!(%error, refund = %row.id, "a refund waits: the gateway could not be asked");
                let mut tx = self.saga.db.begin().await?;
                store_refunds::try_again(&mut tx, row.id).await?;
                return Ok(tx.commit().await?);
            }
        };
        let paid_with = self.paid_with(ctx, &order).await?;
        let mut tx = self.saga.db.begin().await?;
        let mut held = self.hold(&mut tx, row.order_id).await?;
        let now = self.saga.kit.now();
        let state = if failure.is_none() { RefundState::Succeeded } else { RefundState::Failed };
        if !store_refunds::settle(&mut tx, row.id, state, failure.as_deref(), now).await? {
            // Waits until the one who was first is on the disk too.
            return Ok(tx.commit().await?);
        }
        if let Some(one) = held.refunds.iter_mut().find(|one| one.id == row.id) {
            one.state.0 = state;
            one.settled_at = Some(now);
        }
        if state == RefundState::Succeeded {
            let refunded = held.order.refunded_minor + row.amount_minor;
            let status = match refunded {
                0 => held.order.payment_status.0,
                _ if held.order.captured_minor < held.order.total_minor => OrderPaymentStatus::PartiallyPaid,
                all if all >= held.order.total_minor => OrderPaymentStatus::Refunded,
                _ => OrderPaymentStatus::PartiallyRefunded,
            };
            store_refunds::set_refunded(&mut tx, row.order_id, refunded, status).await?;
            held.order.payment_status.0 = status;
            held.order.refunded_minor = refunded;
            if row.amount_minor > 0 {
                self.issue_credit_note(&mut tx, &held, row, &paid_with).await?;
            }
            tx.publish(&row.event(&held.order, &held.lines)).await?;
            self.mark_refunded(&mut tx, &mut held, row).await?;
        }
        self.settle(&mut tx, &held).await?;
        Ok(tx.commit().await?)
    }

    /// The return that it is for is as far.
    async fn mark_refunded(&self, tx: &mut Tx, held: &mut Held, row: &RefundRow) -> Result<()> {
        let of = row.content.0.return_id;
        let Some(rma) = held.rmas.iter_mut().find(|rma| Some(rma.row.id) == of) else { return Ok(()) };
        if rma.row.state.0 == ReturnState::Inspected {
            rma.row.state.0 = ReturnState::Refunded;
            store_returns::set(tx, &rma.row, self.saga.kit.now()).await?;
            let (order_id, return_id) = (rma.row.order_id, rma.row.id);
            tx.publish(&ReturnMoved { order_id, return_id, state: ReturnState::Refunded }).await?;
        }
        Ok(())
    }

    /// Takes up refunds whose answer was lost.
    pub(crate) async fn resume_refunds(&self, ctx: &Ctx, seconds: i64) -> Result<u64> {
        let before = self.saga.kit.now().plus_seconds(-seconds);
        let rows = store_refunds::pending(&mut *self.saga.db.read().await?, before, AT_ONCE).await?;
        let mut resumed = 0;
        for row in rows {
            resumed += 1;
            self.carry_out(ctx, &row).await?;
        }
        Ok(resumed)
    }
}
