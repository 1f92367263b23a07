//! The use cases.

use std::sync::Arc;

use async_trait::async_trait;
use souk_contract::{
    Authorize, Ctx, Difference, Error, Money, OrderId, Payment, PaymentAuthorized, PaymentCaptured,
    PaymentFailed, PaymentId, PaymentMethod, PaymentRefund, PaymentStatus, PaymentVoided, Payments,
    RefundPayment, Resource, Result,
};
use souk_kernel::{
    Kit, Tx,
    audit::{Audited, change},
    db::{Db, Text},
};

use crate::{
    audit,
    gateway::{Answer, Gateway, Request},
    store::{self, Entry, GatewayEvent, PaymentRow},
};

/// Payments in this process, on their own database.
pub struct LocalPayments {
    pub(crate) kit: Kit,
    pub(crate) db: Db,
    gateways: Vec<Arc<dyn Gateway>>,
}

impl LocalPayments {
    /// Gateways in the order in which shoppers are offered them.
    pub fn new(kit: Kit, db: Db, gateways: Vec<Arc<dyn Gateway>>) -> Self {
        Self { kit, db, gateways }
    }

    pub(crate) fn gateway(&self, code: &str) -> Result<&Arc<dyn Gateway>> {
        self.gateways.iter().find(|gateway| gateway.code() == code).ok_or_else(unknown_method)
    }

    async fn find(&self, id: PaymentId) -> Result<Option<PaymentRow>> {
        Ok(store::payment(&mut *self.db.read().await?, id).await?)
    }

    pub(crate) async fn must_find(&self, id: PaymentId) -> Result<PaymentRow> {
        self.find(id).await?.ok_or_else(|| Error::not_found("payment"))
    }

    async fn log(
        &self,
        tx: &mut Tx,
        row: &PaymentRow,
        kind: &str,
        success: bool,
        detail: &str,
    ) -> Result<()> {
        let event = GatewayEvent {
            id: self.kit.ids.uuid(),
            payment_id: row.id,
            gateway: &row.method,
            gateway_ref: row.gateway_ref.as_deref().unwrap_or_default(),
            kind,
            success,
            amount_minor: row.amount_minor,
            detail,
            at: self.kit.now(),
        };
        Ok(store::add_event(tx, &event).await?)
    }

    /// The money is ours: status, ledger and event in one transaction. No effect where another was first.
    async fn take(&self, ctx: &Ctx, mut row: PaymentRow, from: PaymentStatus) -> Result<Payment> {
        let (now, amount) = (self.kit.now(), row.amount());
        let mut tx = self.db.begin().await?;
        if !store::move_on(&mut tx, row.id, from, PaymentStatus::Captured, amount.minor, now).await? {
            // Waits until the one who was first is on the disk too.
            tx.commit().await?;
            return Ok(self.must_find(row.id).await?.into());
        }
        self.log(&mut tx, &row, "charge", true, "").await?;
        if !amount.is_zero() {
            let journal_id = self.kit.ids.uuid();
            let sides =
                [("gateway_receivable", amount), ("sales", Money::new(-amount.minor, amount.currency))];
            for (account, amount) in sides {
                let id = self.kit.ids.uuid();
                let entry = Entry { id, journal_id, payment_id: row.id, account, amount, at: now };
                store::add_entry(&mut tx, &entry).await?;
            }
        }
        let what = vec![change("captured", (), amount.to_string())];
        tx.audit(ctx, Audited::new("order.payment_taken", row.order_id, &row.method), what).await?;
        tx.publish(&PaymentCaptured { payment_id: row.id, order_id: row.order_id }).await?;
        tx.commit().await?;
        row.status = Text(PaymentStatus::Captured);
        row.captured_minor = amount.minor;
        row.version += 1;
        Ok(row.into())
    }
}

#[async_trait]
impl Payments for LocalPayments {
    async fn methods(&self, ctx: &Ctx, amount: Money) -> Result<Vec<PaymentMethod>> {
        let open = self.gateways.iter().filter(|gateway| may_use(ctx, gateway.as_ref()));
        Ok(open.filter_map(|gateway| gateway.offer(amount)).collect())
    }

    async fn authorize(&self, ctx: &Ctx, request: Authorize) -> Result<Payment> {
        if let Some(row) = self.find(request.payment_id).await? {
            return same_payment(row, &request);
        }
        let gateway = self.gateway(&request.method)?;
        if !may_use(ctx, gateway.as_ref()) {
            return Err(unknown_method());
        }
        // Not written down before the gateway is asked: the checkout that asks keeps the payment's id, and the
        // gateway knows it as idempotency key, so a crash in between is taken up by asking again.
        let answer = gateway
            .authorize(Request {
                payment: request.payment_id,
                reference: &request.reference,
                amount: request.amount,
                token: request.token.as_deref(),
            })
            .await?;
        let (status, reference, failure, instructions) = match answer {
            Answer::Authorized { reference } => (PaymentStatus::Authorized, reference, None, None),
            Answer::Awaited { reference, instructions } => {
                (PaymentStatus::Processing, reference, None, Some(instructions))
            }
            Answer::Declined { reference, message } => {
                (PaymentStatus::Failed, reference, Some(message), None)
            }
        };
        let row = PaymentRow {
            id: request.payment_id,
            order_id: request.order_id,
            method: request.method.clone(),
            status: Text(status),
            amount_minor: request.amount.minor,
            currency: request.amount.currency,
            captured_minor: 0,
            refunded_minor: 0,
            gateway_ref: Some(reference),
            failure,
            instructions,
            version: 1,
            created_at: self.kit.now(),
        };
        let mut tx = self.db.begin().await?;
        if !store::insert(&mut tx, &row).await? {
            let first = store::payment(&mut tx, request.payment_id).await?;
            // Waits until the one who was first is on the disk too.
            tx.commit().await?;
            return same_payment(first.ok_or_else(|| Error::not_found("payment"))?, &request);
        }
        let (payment_id, order_id) = (row.id, row.order_id);
        let detail = row.failure.as_deref().unwrap_or_default();
        self.log(&mut tx, &row, "authorization", status != PaymentStatus::Failed, detail).await?;
        match status {
            PaymentStatus::Authorized => {
                tx.publish(&PaymentAuthorized { payment_id, order_id }).await.map(drop)?
            }
            PaymentStatus::Failed => tx.publish(&PaymentFailed { payment_id, order_id }).await.map(drop)?,
            _ => {}
        }
        tx.commit().await?;
        Ok(row.into())
    }

    async fn capture(&self, ctx: &Ctx, id: PaymentId) -> Result<Payment> {
        let row = self.must_find(id).await?;
        match row.status.0 {
            PaymentStatus::Processing => return Ok(row.into()),
            status if status.is_captured() => return Ok(row.into()),
            PaymentStatus::Authorized => {}
            status => {
                let message = format!("A payment that is {} can't be captured.", status.as_str());
                return Err(Error::conflict("payment_not_authorized", message));
            }
        }
        let reference = row.gateway_ref.as_deref().unwrap_or_default();
        self.gateway(&row.method)?.capture(id, reference, row.amount()).await?;
        self.take(ctx, row, PaymentStatus::Authorized).await
    }

    async fn void(&self, ctx: &Ctx, id: PaymentId) -> Result<Payment> {
        let Some(row) = self.find(id).await? else {
            // The gateway may know of it all the same: its answer was lost on the way.
            for gateway in &self.gateways {
                gateway.void(id).await?;
            }
            return Err(Error::not_found("payment"));
        };
        match row.status.0 {
            PaymentStatus::Failed | PaymentStatus::Voided => return Ok(row.into()),
            status if status.is_captured() => {
                return Err(Error::conflict(
                    "payment_captured",
                    "The money was taken already: refund it instead.",
                ));
            }
            _ => {}
        }
        self.gateway(&row.method)?.void(id).await?;
        let mut tx = self.db.begin().await?;
        if store::move_on(&mut tx, id, row.status.0, PaymentStatus::Voided, 0, self.kit.now()).await? {
            self.log(&mut tx, &row, "cancel", true, "").await?;
            tx.publish(&PaymentVoided { payment_id: id, order_id: row.order_id }).await?;
        }
        tx.commit().await?;
        self.get(ctx, id).await
    }

    async fn refund(&self, ctx: &Ctx, request: RefundPayment) -> Result<PaymentRefund> {
        self.refund_here(ctx, request).await
    }

    async fn get(&self, _ctx: &Ctx, id: PaymentId) -> Result<Payment> {
        Ok(self.must_find(id).await?.into())
    }

    async fn of_order(&self, _ctx: &Ctx, order: OrderId) -> Result<Vec<Payment>> {
        let rows = store::of_order(&mut *self.db.read().await?, order).await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    async fn confirm_transfer(&self, ctx: &Ctx, id: PaymentId, if_version: Option<i64>) -> Result<Payment> {
        ctx.require(Resource::Payments.write())?;
        let row = self.must_find(id).await?;
        if if_version.is_some_and(|version| version != row.version) {
            return Err(Error::conflict("stale_version", "Somebody changed this payment meanwhile."));
        }
        match row.status.0 {
            status if status.is_captured() => return Ok(row.into()),
            PaymentStatus::Processing => {}
            _ => {
                return Err(Error::conflict(
                    "payment_not_awaited",
                    "No transfer is awaited for this payment.",
                ));
            }
        }
        self.take(ctx, row, PaymentStatus::Processing).await
    }

    async fn verify(&self, ctx: &Ctx) -> Result<Vec<Difference>> {
        ctx.require(Resource::Payments.read())?;
        audit::all(&self.db, &self.gateways).await
    }
}

fn may_use(ctx: &Ctx, gateway: &dyn Gateway) -> bool {
    !gateway.is_for_staff() || ctx.is_staff_or_system()
}

fn unknown_method() -> Error {
    Error::invalid("payment_method", "invalid", "Please choose how to pay.")
}

/// A repeat answers what became of the first; the same id for something else is refused.
fn same_payment(row: PaymentRow, request: &Authorize) -> Result<Payment> {
    if row.order_id == request.order_id && row.amount() == request.amount && row.method == request.method {
        return Ok(row.into());
    }
    Err(Error::conflict("payment_reused", "This payment was made for something else."))
}
