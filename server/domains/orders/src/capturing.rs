//! Taking money when a parcel leaves. What it comes to is written down with the parcel; the gateway is asked then, and
//! asked again by `resume` where its answer was lost. The parcel's id is the capture's.

use souk_contract::{
    CaptureId, CapturePayment, CaptureState, Ctx, Error, FulfillmentId, Money, OrderId, OrderPaid,
    OrderPaymentStatus, Payment, PaymentCapture, Result,
};
use souk_kernel::{Kit, Tx, db::Text};
use souk_pricing::parcel;

use crate::{
    desk::Held,
    order::OrderRow,
    service::LocalOrders,
    store_captures::{self, ParcelCaptureRow},
};

const AT_ONCE: i64 = 200;

impl LocalOrders {
    /// Whether a parcel of this order takes its money with it.
    pub(crate) async fn takes_at_shipping(&self, ctx: &Ctx, order: &OrderRow) -> Result<bool> {
        let open = matches!(
            order.payment_status.0,
            OrderPaymentStatus::Authorized | OrderPaymentStatus::PartiallyPaid
        );
        if !open {
            return Ok(false);
        }
        let payment = self.saga.near.payments.get(ctx, order.payment_id).await?;
        Ok(payment.capture == souk_contract::CaptureMode::AtShipping)
    }

    /// Writes down what the parcel comes to, which stands in `held` as having left.
    pub(crate) async fn begin_capture(
        &self,
        tx: &mut Tx,
        held: &Held,
        parcel: FulfillmentId,
    ) -> Result<Option<ParcelCaptureRow>> {
        let Some(due) = parcel::due(&held.show(), parcel).filter(|due| due.minor > 0) else {
            return Ok(None);
        };
        let row = ParcelCaptureRow {
            fulfillment_id: parcel,
            order_id: held.order.id,
            amount_minor: due.minor,
            state: Text(CaptureState::Pending),
            failure: None,
        };
        store_captures::add(tx, &row, self.saga.kit.now()).await?;
        Ok(Some(row))
    }

    /// Asks for the money and writes down what was answered. Where nobody can be asked it stays as it is.
    pub(crate) async fn take_for_parcel(&self, ctx: &Ctx, mut row: ParcelCaptureRow) -> Result<()> {
        let order = self.find(row.order_id).await?;
        let request = CapturePayment {
            capture_id: Some(CaptureId::new(row.fulfillment_id.uuid())),
            payment_id: order.payment_id,
            amount: Some(Money::new(row.amount_minor, order.currency)),
        };
        let asked = async {
            let taken = self.saga.near.payments.capture_parcel(ctx, request).await?;
            let payment = self.saga.near.payments.get(ctx, order.payment_id).await?;
            Ok::<_, Error>((taken, payment))
        };
        let (taken, payment) = match asked.await {
            Ok(answered) => answered,
            Err(error) => {
                tracing::warn!(%error, parcel = %row.fulfillment_id, "a parcel left, and its money waits");
                let mut tx = self.saga.db.begin().await?;
                store_captures::try_again(&mut tx, row.fulfillment_id).await?;
                return Ok(tx.commit().await?);
            }
        };
        row.state.0 = CaptureState::Succeeded;
        match taken {
            Some(PaymentCapture::Taken(amount)) => row.amount_minor = amount.minor,
            Some(PaymentCapture::Refused(message)) => {
                row.state.0 = CaptureState::Failed;
                row.failure = Some(message);
            }
            // All of it was taken before.
            None => row.amount_minor = 0,
        }
        let mut tx = self.saga.db.begin().await?;
        store_captures::settle(&mut tx, &row, self.saga.kit.now()).await?;
        mark_paid(&mut tx, row.order_id, &payment, &self.saga.kit).await?;
        Ok(tx.commit().await?)
    }

    /// Takes up captures whose answer was lost.
    pub(crate) async fn resume_captures(&self, ctx: &Ctx, seconds: i64) -> Result<u64> {
        let before = self.saga.kit.now().plus_seconds(-seconds);
        let rows = store_captures::pending(&mut *self.saga.db.read().await?, before, AT_ONCE).await?;
        let mut resumed = 0;
        for row in rows {
            resumed += 1;
            self.take_for_parcel(ctx, row).await?;
        }
        Ok(resumed)
    }
}

/// So much of the order's money is ours. No effect where it says so already, or where it was cancelled.
pub(crate) async fn mark_paid(tx: &mut Tx, id: OrderId, payment: &Payment, kit: &Kit) -> Result<()> {
    if payment.captured.is_zero() && !payment.status.is_captured() {
        return Ok(());
    }
    let set = store_captures::set_captured(tx, id, payment.captured.minor, kit.now()).await?;
    if set.is_some_and(OrderPaymentStatus::is_paid) {
        tx.publish(&OrderPaid { order_id: id }).await?;
    }
    Ok(())
}
