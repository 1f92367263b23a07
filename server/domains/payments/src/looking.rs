//! What came of a payment that waited for its shopper: the gateway is asked, whoever says so.

use souk_contract::{
    CaptureMode, Error, Payment, PaymentAnswered, PaymentAuthorized, PaymentFailed, PaymentId, PaymentStatus,
    Result,
};
use souk_kernel::{Tx, db::Text};

use crate::{
    capturing,
    gateway::Found,
    service::LocalPayments,
    store::{self, PaymentRow},
    store_captures,
};

impl LocalPayments {
    pub(crate) async fn look_here(&self, id: PaymentId) -> Result<Payment> {
        let row = self.must_find(id).await?;
        if row.status.0 != PaymentStatus::RequiresAction {
            return Ok(row.into());
        }
        let found = self.gateway(&row.method)?.look(id, row.gateway_ref.as_deref()).await?;
        if found == Found::Waits {
            return Ok(row.into());
        }
        let mut tx = self.db.begin().await?;
        // The shopper's return, a notice and whoever gives it up may all be here at once.
        tx.lock("payment", id.uuid()).await?;
        let mut row = store::payment(&mut tx, id).await?.ok_or_else(|| Error::not_found("payment"))?;
        if row.status.0 == PaymentStatus::RequiresAction {
            answer(&mut row, found)?;
            store::answer(&mut tx, &row, self.kit.now()).await?;
            row.version += 1;
            self.tell(&mut tx, &row).await?;
            let (payment_id, order_id) = (row.id, row.order_id);
            tx.publish(&PaymentAnswered { payment_id, order_id }).await?;
        }
        tx.commit().await?;
        Ok(row.into())
    }

    /// Writes down and publishes what a gateway said to being asked for money.
    pub(crate) async fn tell(&self, tx: &mut Tx, row: &PaymentRow) -> Result<()> {
        let (payment_id, order_id) = (row.id, row.order_id);
        let detail = row.failure.as_deref().unwrap_or_default();
        self.log(tx, row, "authorization", row.status.0 != PaymentStatus::Failed, detail).await?;
        match row.status.0 {
            PaymentStatus::Authorized => {
                if row.capture.0 == CaptureMode::AtOnce {
                    let whole = capturing::granted(capturing::whole(row.id), row.id, row.amount_minor);
                    store_captures::insert(tx, &whole, self.kit.now()).await?;
                }
                tx.publish(&PaymentAuthorized { payment_id, order_id }).await?;
            }
            PaymentStatus::Failed => {
                tx.publish(&PaymentFailed { payment_id, order_id }).await?;
            }
            _ => {}
        }
        Ok(())
    }
}

fn answer(row: &mut PaymentRow, found: Found) -> Result<()> {
    match found {
        Found::Waits => {}
        Found::Held { amount, .. } if amount != row.amount() => {
            let message =
                format!("The gateway holds {amount} for this payment, which is of {}.", row.amount());
            return Err(Error::conflict("amount_differs", message));
        }
        Found::Held { until, in_parts, .. } => {
            row.status = Text(PaymentStatus::Authorized);
            (row.held_until, row.in_parts) = (until, in_parts);
        }
        Found::Gone { message } => {
            row.status = Text(PaymentStatus::Failed);
            row.failure = Some(message);
        }
    }
    row.action = None;
    Ok(())
}
