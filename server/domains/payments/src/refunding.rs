//! Sending money back: written down, asked of the gateway, and written down again. The refund's id is the gateway's
//! idempotency key, so a crash in between is taken up by asking again.

use souk_contract::{
    Ctx, Error, Money, PaymentRefund, RefundFound, RefundPayment, RefundState, Resource, Result,
};
use souk_kernel::{Tx, db::Text};

use crate::{
    gateway::{Back, Refund},
    service::LocalPayments,
    store::{self, GatewayEvent, PaymentRow},
    store_captures,
    store_refunds::{self, RefundRow},
    sums,
};

fn answer(row: &RefundRow) -> PaymentRefund {
    match row.state.0 {
        RefundState::Pending => PaymentRefund::Pending,
        RefundState::Failed => {
            let unsaid = || "The gateway refused.".to_owned();
            PaymentRefund::Failed(row.failure.clone().unwrap_or_else(unsaid))
        }
        RefundState::Succeeded => PaymentRefund::Succeeded,
    }
}

fn same(row: RefundRow, request: &RefundPayment) -> Result<RefundRow> {
    if row.payment_id == request.payment_id && row.amount_minor == request.amount.minor {
        return Ok(row);
    }
    Err(Error::conflict("refund_reused", "This refund was made for something else."))
}

impl LocalPayments {
    pub(crate) async fn refund_here(&self, ctx: &Ctx, request: RefundPayment) -> Result<PaymentRefund> {
        ctx.require(Resource::Payments.write())?;
        let payment = self.must_find(request.payment_id).await?;
        let row = self.grant(&payment, &request).await?;
        if row.state.0 != RefundState::Pending {
            return Ok(answer(&row));
        }
        let gateway = self.gateway(&payment.method)?;
        let back = gateway
            .refund(Refund {
                id: request.refund_id,
                payment: payment.id,
                reference: payment.gateway_ref.as_deref().unwrap_or_default(),
                amount: request.amount,
            })
            .await?;
        self.settle(&payment, row, back).await
    }

    /// Writes down that it shall go back, unless it would be more than was taken. Who was first is found again.
    async fn grant(&self, payment: &PaymentRow, request: &RefundPayment) -> Result<RefundRow> {
        let mut tx = self.db.begin().await?;
        let row = self.grant_in(&mut tx, payment, request).await?;
        tx.commit().await?;
        Ok(row)
    }

    async fn grant_in(
        &self,
        tx: &mut Tx,
        payment: &PaymentRow,
        request: &RefundPayment,
    ) -> Result<RefundRow> {
        if request.amount.currency != payment.currency || request.amount.minor <= 0 {
            return Err(Error::invalid("amount", "invalid", "An amount in the payment's currency, above 0."));
        }
        // Two refunds at once would each find enough left.
        tx.lock("payment", payment.id.uuid()).await?;
        if let Some(known) = store_refunds::refund(tx, request.refund_id).await? {
            return same(known, request);
        }
        let taken = store::payment(tx, payment.id).await?.map_or(0, |row| row.captured_minor);
        let granted = store_refunds::granted(tx, payment.id).await?;
        if request.amount.minor > taken - granted {
            let left = Money::new(taken - granted, payment.currency);
            let message = format!("Of this payment at most {left} can go back.");
            return Err(Error::conflict("more_than_captured", message));
        }
        let row = RefundRow {
            id: request.refund_id,
            payment_id: payment.id,
            amount_minor: request.amount.minor,
            state: Text(RefundState::Pending),
            gateway_ref: None,
            failure: None,
            created_at: self.kit.now(),
        };
        if !store_refunds::insert(tx, &row).await? {
            return Err(Error::conflict("busy", "This refund is being made right now."));
        }
        Ok(row)
    }

    async fn settle(&self, payment: &PaymentRow, row: RefundRow, back: Back) -> Result<PaymentRefund> {
        let mut tx = self.db.begin().await?;
        tx.lock("payment", payment.id.uuid()).await?;
        let settled = self.settle_in(&mut tx, payment, row, back).await?;
        tx.commit().await?;
        Ok(settled)
    }

    /// Money that went back at the gateway, asked for by nobody here. Granted and settled in one: asking for it would send
    /// it a second time.
    pub(crate) async fn write_down_refund(
        &self,
        payment: &PaymentRow,
        request: &RefundPayment,
        reference: String,
    ) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let row = self.grant_in(&mut tx, payment, request).await?;
        if row.state.0 == RefundState::Pending {
            self.settle_in(&mut tx, payment, row, Back::Sent { reference }).await?;
            let (refund_id, amount) = (request.refund_id, request.amount);
            let (payment_id, order_id) = (payment.id, payment.order_id);
            tx.publish(&RefundFound { refund_id, payment_id, order_id, amount }).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn settle_in(
        &self,
        tx: &mut Tx,
        payment: &PaymentRow,
        mut row: RefundRow,
        back: Back,
    ) -> Result<PaymentRefund> {
        let now = self.kit.now();
        let amount = Money::new(row.amount_minor, payment.currency);
        let (state, reference, failure) = match back {
            Back::Pending => return Ok(PaymentRefund::Pending),
            Back::Sent { reference } => (RefundState::Succeeded, reference, None),
            Back::Declined { reference, message } => (RefundState::Failed, reference, Some(message)),
        };
        row.state = Text(state);
        row.gateway_ref = Some(reference);
        row.failure = failure;
        if !store_refunds::settle(tx, &row, now).await? {
            // Waits until the one who was first is on the disk too.
            let first = store_refunds::refund(tx, row.id).await?;
            return Ok(answer(&first.unwrap_or(row)));
        }
        let event = GatewayEvent {
            id: self.kit.ids.uuid(),
            payment_id: payment.id,
            gateway: &payment.method,
            gateway_ref: row.gateway_ref.as_deref().unwrap_or_default(),
            kind: "refund",
            success: state == RefundState::Succeeded,
            amount_minor: amount.minor,
            detail: row.failure.as_deref().unwrap_or_default(),
            at: now,
        };
        store::add_event(tx, &event).await?;
        if state == RefundState::Succeeded {
            let known = store::payment(tx, payment.id).await?;
            let mut paid = known.ok_or_else(|| Error::not_found("payment"))?;
            paid.refunded_minor += amount.minor;
            let status = sums::status(&paid, paid.status.0);
            store_captures::set_sums(tx, &paid, status, now).await?;
            self.book(tx, payment.id, ("refunds", "gateway_receivable"), amount).await?;
        }
        Ok(answer(&row))
    }
}
