//! The use cases.

use std::sync::Arc;

use async_trait::async_trait;
use souk_contract::{
    Authorize, BreakQuery, CaptureMode, CapturePayment, Ctx, Difference, Error, IncomingNotice, Money,
    NoticeQuery, OrderId, Page, Payment, PaymentAction, PaymentBreak, PaymentBreakId, PaymentCapture,
    PaymentId, PaymentMethod, PaymentNotice, PaymentNoticeId, PaymentRefund, PaymentSettings,
    PaymentSettingsInput, PaymentStatus, Payments, Reconcile, Reconciliation, RefundPayment, Resource,
    Result, SetBreakAside,
};
use souk_kernel::{
    Kit, Tx,
    db::{Db, Json, Text},
};

use crate::{
    audit, capturing,
    gateway::{Answer, Gateway, Request},
    settings::FirstSettings,
    store::{self, Entry, GatewayEvent, PaymentRow},
    store_settings,
};

/// Payments in this process, on their own database.
pub struct LocalPayments {
    pub(crate) kit: Kit,
    pub(crate) db: Db,
    pub(crate) gateways: Vec<Arc<dyn Gateway>>,
    pub(crate) first: FirstSettings,
}

impl LocalPayments {
    /// `first`: what is offered until staff say otherwise; written down at the first start, and not asked again.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn new(
        kit: Kit,
        db: Db,
        gateways: Vec<Arc<dyn Gateway>>,
        first: FirstSettings,
    ) -> Result<Self> {
        let mut tx = db.begin().await?;
        store_settings::fill(&mut tx, &first.input(), kit.now()).await?;
        tx.commit().await?;
        Ok(Self { kit, db, gateways, first })
    }

    pub(crate) fn gateway(&self, code: &str) -> Result<&Arc<dyn Gateway>> {
        self.gateways.iter().find(|gateway| gateway.code() == code).ok_or_else(unknown_method)
    }

    pub(crate) async fn find(&self, id: PaymentId) -> Result<Option<PaymentRow>> {
        Ok(store::payment(&mut *self.db.read().await?, id).await?)
    }

    pub(crate) async fn must_find(&self, id: PaymentId) -> Result<PaymentRow> {
        self.find(id).await?.ok_or_else(|| Error::not_found("payment"))
    }

    pub(crate) async fn log(
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

    /// A journal of two sides: debit, credit. Nothing is no journal.
    pub(crate) async fn book(
        &self,
        tx: &mut Tx,
        payment_id: PaymentId,
        (debit, credit): (&str, &str),
        amount: Money,
    ) -> Result<()> {
        if amount.is_zero() {
            return Ok(());
        }
        let (journal_id, at) = (self.kit.ids.uuid(), self.kit.now());
        for (account, amount) in [(debit, amount), (credit, Money::new(-amount.minor, amount.currency))] {
            let id = self.kit.ids.uuid();
            store::add_entry(tx, &Entry { id, journal_id, payment_id, account, amount, at }).await?;
        }
        Ok(())
    }

    /// How a shopper who may use it pays: its name, and when its money is taken.
    async fn way(
        &self,
        ctx: &Ctx,
        request: &Authorize,
        gateway: &dyn Gateway,
    ) -> Result<(String, CaptureMode)> {
        if gateway.is_for_staff() {
            let may = ctx.is_staff_or_system();
            return may
                .then(|| (gateway.about().name.to_owned(), CaptureMode::AtOnce))
                .ok_or_else(unknown_method);
        }
        let settings = self.settings_here().await?;
        let known = settings.input.methods.into_iter().find(|method| method.code == gateway.code());
        let method = known
            .filter(|method| method.fits(request.amount, request.country.as_deref()))
            .ok_or_else(unknown_method)?;
        // Nothing can't be taken in parts.
        let mode = if request.amount.is_zero() { CaptureMode::AtOnce } else { method.capture };
        Ok((method.name, mode))
    }
}

#[async_trait]
impl Payments for LocalPayments {
    async fn methods(&self, ctx: &Ctx, amount: Money, country: Option<&str>) -> Result<Vec<PaymentMethod>> {
        self.offers(ctx, amount, country).await
    }

    async fn authorize(&self, ctx: &Ctx, request: Authorize) -> Result<Payment> {
        if let Some(row) = self.find(request.payment_id).await? {
            return same_payment(row, &request);
        }
        let gateway = self.gateway(&request.method)?;
        let (method_name, capture) = self.way(ctx, &request, gateway.as_ref()).await?;
        // Not written down before the gateway is asked: the checkout that asks keeps the payment's id, and the
        // gateway knows it as idempotency key, so a crash in between is taken up by asking again.
        let answer = gateway
            .authorize(Request {
                payment: request.payment_id,
                order: request.order_id,
                reference: &request.reference,
                amount: request.amount,
                token: request.token.as_deref(),
                return_url: request.return_url.as_deref(),
            })
            .await?;
        let mut row = PaymentRow {
            id: request.payment_id,
            order_id: request.order_id,
            method: request.method.clone(),
            method_name,
            status: Text(PaymentStatus::Created),
            amount_minor: request.amount.minor,
            currency: request.amount.currency,
            captured_minor: 0,
            refunded_minor: 0,
            released_minor: 0,
            capture: Text(capture),
            in_parts: false,
            held_until: None,
            gateway_ref: None,
            failure: None,
            instructions: None,
            action: None,
            version: 1,
            created_at: self.kit.now(),
        };
        let (status, reference) = match answer {
            Answer::Authorized { reference, until, in_parts } => {
                (row.held_until, row.in_parts) = (until, in_parts);
                (PaymentStatus::Authorized, reference)
            }
            Answer::RequiresAction { reference, action } => {
                row.action = Some(Json(action));
                (PaymentStatus::RequiresAction, reference)
            }
            Answer::Awaited { reference, instructions } => {
                row.instructions = Some(instructions);
                (PaymentStatus::Processing, reference)
            }
            Answer::Declined { reference, message } => {
                row.failure = Some(message);
                (PaymentStatus::Failed, reference)
            }
        };
        (row.status.0, row.gateway_ref) = (status, Some(reference));
        let mut tx = self.db.begin().await?;
        if !store::insert(&mut tx, &row).await? {
            let first = store::payment(&mut tx, request.payment_id).await?;
            // Waits until the one who was first is on the disk too.
            tx.commit().await?;
            return same_payment(first.ok_or_else(|| Error::not_found("payment"))?, &request);
        }
        if status != PaymentStatus::RequiresAction {
            self.tell(&mut tx, &row).await?;
        }
        tx.commit().await?;
        Ok(row.into())
    }

    async fn next_action(&self, _ctx: &Ctx, id: PaymentId) -> Result<Option<PaymentAction>> {
        let row = self.must_find(id).await?;
        Ok(row.action.filter(|_| row.status.0 == PaymentStatus::RequiresAction).map(|action| action.0))
    }

    async fn look(&self, _ctx: &Ctx, id: PaymentId) -> Result<Payment> {
        self.look_here(id).await
    }

    async fn capture(&self, ctx: &Ctx, id: PaymentId) -> Result<Payment> {
        self.capture_at_once(ctx, id).await
    }

    async fn capture_parcel(&self, ctx: &Ctx, request: CapturePayment) -> Result<Option<PaymentCapture>> {
        self.capture_parcel_here(ctx, request).await
    }

    async fn capture_by_hand(
        &self,
        ctx: &Ctx,
        request: CapturePayment,
        if_version: Option<i64>,
    ) -> Result<Payment> {
        self.capture_by_hand_here(ctx, request, if_version).await
    }

    async fn release(&self, ctx: &Ctx, id: PaymentId, if_version: Option<i64>) -> Result<Payment> {
        self.release_here(ctx, id, if_version).await
    }

    async fn expire(&self, ctx: &Ctx) -> Result<u64> {
        self.expire_here(ctx).await
    }

    async fn void(&self, ctx: &Ctx, id: PaymentId, method: &str) -> Result<Payment> {
        self.void_here(ctx, id, method).await
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
            return Err(capturing::stale());
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
        self.take_awaited(ctx, row).await
    }

    async fn settings(&self, ctx: &Ctx) -> Result<PaymentSettings> {
        ctx.require(Resource::Payments.read())?;
        self.settings_here().await
    }

    async fn set_settings(
        &self,
        ctx: &Ctx,
        settings: PaymentSettingsInput,
        if_version: Option<i64>,
    ) -> Result<PaymentSettings> {
        self.set_settings_here(ctx, settings, if_version).await
    }

    async fn take_notice(&self, ctx: &Ctx, notice: IncomingNotice) -> Result<()> {
        self.take_notice_here(ctx, notice).await
    }

    async fn notices(&self, ctx: &Ctx, query: &NoticeQuery) -> Result<Page<PaymentNotice>> {
        self.list_notices(ctx, query).await
    }

    async fn replay_notice(
        &self,
        ctx: &Ctx,
        id: PaymentNoticeId,
        if_version: Option<i64>,
    ) -> Result<PaymentNotice> {
        self.replay_notice_here(ctx, id, if_version).await
    }

    async fn resume_notices(&self, ctx: &Ctx) -> Result<u64> {
        self.resume_notices_here(ctx).await
    }

    async fn reconcile(&self, ctx: &Ctx, request: Reconcile) -> Result<Reconciliation> {
        self.reconcile_here(ctx, request).await
    }

    async fn reconcile_daily(&self, ctx: &Ctx) -> Result<Option<Reconciliation>> {
        self.reconcile_daily_here(ctx).await
    }

    async fn reconciliations(&self, ctx: &Ctx) -> Result<Vec<Reconciliation>> {
        self.last_reconciliations(ctx).await
    }

    async fn breaks(&self, ctx: &Ctx, query: &BreakQuery) -> Result<Page<PaymentBreak>> {
        self.list_breaks(ctx, query).await
    }

    async fn fix_break(
        &self,
        ctx: &Ctx,
        id: PaymentBreakId,
        if_version: Option<i64>,
    ) -> Result<PaymentBreak> {
        self.fix_break_here(ctx, id, if_version).await
    }

    async fn set_break_aside(
        &self,
        ctx: &Ctx,
        id: PaymentBreakId,
        request: SetBreakAside,
        if_version: Option<i64>,
    ) -> Result<PaymentBreak> {
        self.set_break_aside_here(ctx, id, request, if_version).await
    }

    async fn verify(&self, ctx: &Ctx) -> Result<Vec<Difference>> {
        ctx.require(Resource::Payments.read())?;
        audit::all(&self.db, &self.gateways, self.kit.now()).await
    }
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
