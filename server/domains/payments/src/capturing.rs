//! Taking what a gateway holds, whole or in parts: written down, asked of the gateway, and written down again. The
//! capture's id is the gateway's idempotency key, so a crash in between is taken up by asking again.

use souk_contract::{
    CaptureId, CaptureMode, CapturePayment, CaptureState, Ctx, Error, Money, Payment, PaymentCapture,
    PaymentCaptured, PaymentExpired, PaymentId, PaymentStatus, PaymentVoided, Resource, Result,
};
use souk_kernel::{
    Tx,
    audit::{Audited, change},
    db::Text,
};

use crate::{
    gateway::{Capture, Taken},
    service::LocalPayments,
    store::{self, GatewayEvent, PaymentRow},
    store_captures::{self, CaptureRow},
    sums,
};

/// So many holds that have run out are looked at in one go.
const AT_ONCE: i64 = 200;

/// How much is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wanted {
    /// All that is left.
    Rest,
    /// Refused where less is left.
    Exactly(Money),
    /// At most what is left.
    UpTo(Money),
}

/// The capture of all of a payment has the payment's id, so it is granted with the authorisation.
pub(crate) fn whole(payment: PaymentId) -> CaptureId {
    CaptureId::new(payment.uuid())
}

pub(crate) fn granted(id: CaptureId, payment: PaymentId, amount_minor: i64) -> CaptureRow {
    let state = Text(CaptureState::Pending);
    CaptureRow { id, payment_id: payment, amount_minor, state, gateway_ref: None, failure: None }
}

pub(crate) fn not_authorized(status: PaymentStatus) -> Error {
    let message = format!("A payment that is {} can't be captured.", status.as_str().replace('_', " "));
    Error::conflict("payment_not_authorized", message)
}

fn answer(payment: &PaymentRow, row: &CaptureRow) -> PaymentCapture {
    match row.state.0 {
        CaptureState::Failed => {
            PaymentCapture::Refused(row.failure.clone().unwrap_or_else(|| "The gateway refused.".to_owned()))
        }
        _ => PaymentCapture::Taken(Money::new(row.amount_minor, payment.currency)),
    }
}

fn has_run_out(row: &PaymentRow, now: souk_contract::Timestamp) -> bool {
    row.status.0.is_held() && row.held_until.is_some_and(|until| until <= now)
}

impl LocalPayments {
    /// What the method takes with the order.
    pub(crate) async fn capture_at_once(&self, ctx: &Ctx, id: PaymentId) -> Result<Payment> {
        let row = self.must_find(id).await?;
        match row.status.0 {
            PaymentStatus::Processing => return Ok(row.into()),
            status if status.is_captured() => return Ok(row.into()),
            status if !status.is_held() => return Err(not_authorized(status)),
            _ if row.capture.0 != CaptureMode::AtOnce => return Ok(row.into()),
            _ => {}
        }
        let capture = self.grant_capture(row.id, whole(id), Wanted::Rest).await?;
        match self.carry_out(ctx, &row, capture).await? {
            PaymentCapture::Taken(_) => Ok(self.must_find(id).await?.into()),
            PaymentCapture::Refused(message) => Err(Error::conflict("capture_refused", message)),
        }
    }

    pub(crate) async fn capture_parcel_here(
        &self,
        ctx: &Ctx,
        request: CapturePayment,
    ) -> Result<Option<PaymentCapture>> {
        let row = self.must_find(request.payment_id).await?;
        if row.capture.0 != CaptureMode::AtShipping {
            return Ok(None);
        }
        let wanted = match request.amount {
            Some(amount) if row.in_parts => Wanted::UpTo(amount),
            _ => Wanted::Rest,
        };
        let id = request.capture_id.unwrap_or_else(|| self.kit.ids.next());
        let known = store_captures::capture(&mut *self.db.read().await?, id).await?;
        if known.is_none() && row.status.0.is_captured() {
            // Somebody took all of it by hand.
            return Ok(None);
        }
        match self.grant_capture(row.id, id, wanted).await {
            Ok(capture) if capture.amount_minor == 0 => Ok(None),
            Ok(capture) => self.carry_out(ctx, &row, capture).await.map(Some),
            Err(Error::Conflict { message, .. }) => Ok(Some(PaymentCapture::Refused(message))),
            Err(error) => Err(error),
        }
    }

    pub(crate) async fn capture_by_hand_here(
        &self,
        ctx: &Ctx,
        request: CapturePayment,
        if_version: Option<i64>,
    ) -> Result<Payment> {
        ctx.require(Resource::Payments.write())?;
        let row = self.must_find(request.payment_id).await?;
        let id = request.capture_id.unwrap_or_else(|| self.kit.ids.next());
        let known = store_captures::capture(&mut *self.db.read().await?, id).await?;
        if known.is_none() && if_version.is_some_and(|version| version != row.version) {
            return Err(stale());
        }
        if request.amount.is_some_and(|amount| amount.currency != row.currency || amount.minor <= 0) {
            return Err(Error::invalid("amount", "invalid", "An amount in the payment's currency, above 0."));
        }
        let wanted = request.amount.map_or(Wanted::Rest, Wanted::Exactly);
        // The capture that came with the order may still wait for its answer.
        let with_order = store_captures::capture(&mut *self.db.read().await?, whole(row.id)).await?;
        let waits = with_order.is_some_and(|capture| capture.state.0 == CaptureState::Pending);
        let id = if waits && request.amount.is_none() { whole(row.id) } else { id };
        let capture = self.grant_capture(row.id, id, wanted).await?;
        match self.carry_out(ctx, &row, capture).await? {
            PaymentCapture::Taken(_) => Ok(self.must_find(row.id).await?.into()),
            PaymentCapture::Refused(message) => Err(Error::conflict("capture_refused", message)),
        }
    }

    /// Writes down that it shall be taken, unless it would be more than is held. Who was first is found again.
    async fn grant_capture(&self, payment: PaymentId, id: CaptureId, wanted: Wanted) -> Result<CaptureRow> {
        // What was granted with the authorisation needs no other look.
        if let Some(known) = store_captures::capture(&mut *self.db.read().await?, id).await? {
            return same(known, payment, wanted);
        }
        let mut tx = self.db.begin().await?;
        // Two at once would each find enough left.
        tx.lock("payment", payment.uuid()).await?;
        if let Some(known) = store_captures::capture(&mut tx, id).await? {
            tx.commit().await?;
            return same(known, payment, wanted);
        }
        let row = store::payment(&mut tx, payment).await?.ok_or_else(|| Error::not_found("payment"))?;
        if has_run_out(&row, self.kit.now()) {
            return Err(Error::conflict("hold_expired", "What was held for this payment has run out."));
        }
        let left = sums::left(&row, store_captures::pending(&mut tx, payment).await?);
        if !row.status.0.is_held() {
            return Err(not_authorized(row.status.0));
        }
        let amount = match wanted {
            Wanted::Rest => left,
            Wanted::UpTo(amount) => amount.minor.min(left),
            Wanted::Exactly(amount) if amount.minor <= left => amount.minor,
            Wanted::Exactly(_) => {
                let left = Money::new(left, row.currency);
                let message = format!("Of this payment at most {left} can still be taken.");
                return Err(Error::conflict("more_than_authorized", message));
            }
        };
        let capture = granted(id, payment, amount);
        if amount == 0 && row.amount_minor > 0 {
            // Nothing to ask for, and nothing to write down.
            return match wanted {
                Wanted::UpTo(_) => Ok(capture),
                _ => Err(not_authorized(row.status.0)),
            };
        }
        if !store_captures::insert(&mut tx, &capture, self.kit.now()).await? {
            return Err(Error::conflict("busy", "This is being taken right now."));
        }
        tx.commit().await?;
        Ok(capture)
    }

    async fn carry_out(&self, ctx: &Ctx, payment: &PaymentRow, row: CaptureRow) -> Result<PaymentCapture> {
        if row.state.0 != CaptureState::Pending {
            return Ok(answer(payment, &row));
        }
        let taken = self
            .gateway(&payment.method)?
            .capture(Capture {
                id: row.id,
                payment: payment.id,
                reference: payment.gateway_ref.as_deref().unwrap_or_default(),
                amount: Money::new(row.amount_minor, payment.currency),
            })
            .await?;
        self.settle_capture(ctx, payment.id, row, taken).await
    }

    async fn settle_capture(
        &self,
        ctx: &Ctx,
        payment: PaymentId,
        row: CaptureRow,
        taken: Taken,
    ) -> Result<PaymentCapture> {
        let mut tx = self.db.begin().await?;
        tx.lock("payment", payment.uuid()).await?;
        let settled = self.settle_capture_in(ctx, &mut tx, payment, row, taken).await?;
        tx.commit().await?;
        Ok(settled)
    }

    /// Money that was taken at the gateway, asked for by nobody here. Granted and settled in one: asking for it could take
    /// it a second time.
    pub(crate) async fn write_down_capture(
        &self,
        ctx: &Ctx,
        id: CaptureId,
        payment: PaymentId,
        (amount, reference): (Money, String),
    ) -> Result<()> {
        let mut tx = self.db.begin().await?;
        tx.lock("payment", payment.uuid()).await?;
        let row = store::payment(&mut tx, payment).await?.ok_or_else(|| Error::not_found("payment"))?;
        if store_captures::capture(&mut tx, id).await?.is_some() {
            return Ok(tx.commit().await?);
        }
        if amount.minor > sums::left(&row, store_captures::pending(&mut tx, payment).await?) {
            return Err(not_authorized(row.status.0));
        }
        let capture = granted(id, payment, amount.minor);
        store_captures::insert(&mut tx, &capture, self.kit.now()).await?;
        self.settle_capture_in(ctx, &mut tx, payment, capture, Taken::Done { reference }).await?;
        Ok(tx.commit().await?)
    }

    /// Status, ledger and event in one transaction. No effect where another was first. The caller holds the payment.
    async fn settle_capture_in(
        &self,
        ctx: &Ctx,
        tx: &mut Tx,
        payment: PaymentId,
        mut row: CaptureRow,
        taken: Taken,
    ) -> Result<PaymentCapture> {
        let now = self.kit.now();
        let (state, reference, failure) = match taken {
            Taken::Done { reference } => (CaptureState::Succeeded, reference, None),
            Taken::Refused { reference, message } => (CaptureState::Failed, reference, Some(message)),
        };
        row.state = Text(state);
        row.gateway_ref = Some(reference);
        row.failure = failure;
        let mut paid = store::payment(tx, payment).await?.ok_or_else(|| Error::not_found("payment"))?;
        if !store_captures::settle(tx, &row, now).await? {
            // Waits until the one who was first is on the disk too.
            let first = store_captures::capture(tx, row.id).await?;
            return Ok(answer(&paid, &first.unwrap_or(row)));
        }
        let amount = Money::new(row.amount_minor, paid.currency);
        self.log_capture(tx, &paid, &row).await?;
        if state == CaptureState::Succeeded {
            paid.captured_minor += amount.minor;
            if !paid.in_parts {
                paid.released_minor = paid.amount_minor - paid.captured_minor;
            }
            self.book(tx, paid.id, ("gateway_receivable", "sales"), amount).await?;
            let what = vec![change("captured", (), amount.to_string())];
            tx.audit(ctx, Audited::new("order.payment_taken", paid.order_id, &paid.method_name), what)
                .await?;
            tx.publish(&PaymentCaptured { payment_id: paid.id, order_id: paid.order_id }).await?;
        }
        store_captures::set_sums(tx, &paid, sums::status(&paid, PaymentStatus::Voided), now).await?;
        Ok(answer(&paid, &row))
    }

    async fn log_capture(&self, tx: &mut Tx, payment: &PaymentRow, row: &CaptureRow) -> Result<()> {
        let event = GatewayEvent {
            id: self.kit.ids.uuid(),
            payment_id: payment.id,
            gateway: &payment.method,
            gateway_ref: row.gateway_ref.as_deref().unwrap_or_default(),
            kind: "charge",
            success: row.state.0 == CaptureState::Succeeded,
            amount_minor: row.amount_minor,
            detail: row.failure.as_deref().unwrap_or_default(),
            at: self.kit.now(),
        };
        Ok(store::add_event(tx, &event).await?)
    }

    /// Awaited money is there: all of it at once.
    pub(crate) async fn take_awaited(&self, ctx: &Ctx, row: PaymentRow) -> Result<Payment> {
        let (now, amount) = (self.kit.now(), row.amount());
        let mut tx = self.db.begin().await?;
        let (from, to) = (PaymentStatus::Processing, PaymentStatus::Captured);
        if !store::move_on(&mut tx, row.id, from, to, amount.minor, now).await? {
            // Waits until the one who was first is on the disk too.
            tx.commit().await?;
            return Ok(self.must_find(row.id).await?.into());
        }
        let mut capture = granted(whole(row.id), row.id, amount.minor);
        (capture.state, capture.gateway_ref) = (Text(CaptureState::Succeeded), row.gateway_ref.clone());
        store_captures::insert(&mut tx, &capture, now).await?;
        self.log_capture(&mut tx, &row, &capture).await?;
        self.book(&mut tx, row.id, ("gateway_receivable", "sales"), amount).await?;
        let what = vec![change("captured", (), amount.to_string())];
        tx.audit(ctx, Audited::new("order.payment_taken", row.order_id, &row.method_name), what).await?;
        tx.publish(&PaymentCaptured { payment_id: row.id, order_id: row.order_id }).await?;
        tx.commit().await?;
        Ok(self.must_find(row.id).await?.into())
    }

    pub(crate) async fn void_here(&self, ctx: &Ctx, id: PaymentId, method: &str) -> Result<Payment> {
        let Some(row) = self.find(id).await? else {
            // Its gateway may know of it all the same: the answer was lost on the way. No other is asked: it may be away.
            for gateway in self.gateways.iter().filter(|gateway| gateway.code() == method) {
                gateway.void(id, None).await?;
            }
            return Err(Error::not_found("payment"));
        };
        let taken = || Error::conflict("payment_captured", "The money was taken already: refund it instead.");
        match row.status.0 {
            PaymentStatus::Failed | PaymentStatus::Voided | PaymentStatus::Expired => return Ok(row.into()),
            _ if row.captured_minor > 0 || row.status.0.is_captured() => return Err(taken()),
            _ => {}
        }
        self.gateway(&row.method)?.void(id, row.gateway_ref.as_deref()).await?;
        self.settle_asked(ctx, &row).await?;
        let gone = self.let_go(ctx, &row, PaymentStatus::Voided).await?;
        if gone.captured_minor > 0 { Err(taken()) } else { Ok(gone.into()) }
    }

    pub(crate) async fn release_here(
        &self,
        ctx: &Ctx,
        id: PaymentId,
        if_version: Option<i64>,
    ) -> Result<Payment> {
        ctx.require(Resource::Payments.write())?;
        let row = self.must_find(id).await?;
        if if_version.is_some_and(|version| version != row.version) {
            return Err(stale());
        }
        if !row.status.0.is_held() || row.captured_minor == 0 {
            return Err(not_authorized(row.status.0));
        }
        self.gateway(&row.method)?.void(id, row.gateway_ref.as_deref()).await?;
        self.settle_asked(ctx, &row).await?;
        Ok(self.let_go(ctx, &row, PaymentStatus::Voided).await?.into())
    }

    /// Holds that ran out: whoever waits for their money hears of it.
    pub(crate) async fn expire_here(&self, ctx: &Ctx) -> Result<u64> {
        ctx.require(Resource::Payments.write())?;
        let now = self.kit.now();
        let ids = store_captures::run_out(&mut *self.db.read().await?, now, AT_ONCE).await?;
        let mut expired = 0;
        for id in ids {
            let row = self.must_find(id).await?;
            // An answer may have been lost: then the money was taken in time.
            if row.capture.0 == CaptureMode::AtOnce {
                match self.capture_at_once(ctx, id).await {
                    Ok(_) => continue,
                    Err(Error::Conflict { .. }) => {}
                    Err(error) => {
                        tracing::warn!(%error, payment = %id, "a hold ran out, and its gateway can't be asked");
                        continue;
                    }
                }
            }
            if let Err(error) = self.settle_asked(ctx, &row).await {
                tracing::warn!(%error, payment = %id, "a hold ran out, and its gateway can't be asked");
                continue;
            }
            self.let_go(ctx, &row, PaymentStatus::Expired).await?;
            expired += 1;
        }
        Ok(expired)
    }

    /// The gateway holds nothing any more, so what it answers now to a part it was asked for before is final: taken
    /// in time, or refused.
    async fn settle_asked(&self, ctx: &Ctx, payment: &PaymentRow) -> Result<()> {
        self.ask_for_captures(ctx, payment, Some(whole(payment.id))).await
    }

    /// Asks once more for whatever the gateway has not answered.
    pub(crate) async fn ask_for_captures(
        &self,
        ctx: &Ctx,
        payment: &PaymentRow,
        but: Option<CaptureId>,
    ) -> Result<()> {
        let asked = store_captures::asked(&mut *self.db.read().await?, payment.id).await?;
        for row in asked.into_iter().filter(|row| but != Some(row.id)) {
            self.carry_out(ctx, payment, row).await?;
        }
        Ok(())
    }

    /// The gateway let go of it, whoever told it to: whoever waits for this money hears of it.
    pub(crate) async fn hold_is_gone(&self, ctx: &Ctx, payment: &PaymentRow) -> Result<()> {
        self.settle_asked(ctx, payment).await?;
        self.let_go(ctx, payment, PaymentStatus::Expired).await.map(drop)
    }

    /// Nothing more is held: the gateway said so. `ended`: what the payment is where nothing of it was taken.
    async fn let_go(&self, ctx: &Ctx, row: &PaymentRow, ended: PaymentStatus) -> Result<PaymentRow> {
        let now = self.kit.now();
        let mut tx = self.db.begin().await?;
        tx.lock("payment", row.id.uuid()).await?;
        let mut paid = store::payment(&mut tx, row.id).await?.ok_or_else(|| Error::not_found("payment"))?;
        let awaited = matches!(paid.status.0, PaymentStatus::Processing | PaymentStatus::RequiresAction);
        let open = paid.status.0.is_held() || awaited;
        if !open || paid.released_minor > 0 {
            tx.commit().await?;
            return Ok(paid);
        }
        // Granted with the authorisation and not asked for, or asked for since: the gateway refuses all of them.
        store_captures::give_up(&mut tx, paid.id, "It was let go.", now).await?;
        paid.released_minor = paid.amount_minor - paid.captured_minor;
        let status = match sums::status(&paid, ended) {
            _ if paid.amount_minor == 0 => ended,
            status => status,
        };
        store_captures::set_sums(&mut tx, &paid, status, now).await?;
        let detail = if ended == PaymentStatus::Expired { "It ran out." } else { "" };
        self.log(&mut tx, &paid, "cancel", true, detail).await?;
        if paid.captured_minor > 0 {
            let what =
                vec![change("released", (), Money::new(paid.released_minor, paid.currency).to_string())];
            tx.audit(ctx, Audited::new("order.payment_released", paid.order_id, &paid.method_name), what)
                .await?;
        }
        let (payment_id, order_id) = (paid.id, paid.order_id);
        match ended {
            PaymentStatus::Expired => tx.publish(&PaymentExpired { payment_id, order_id }).await.map(drop)?,
            _ if paid.captured_minor == 0 => {
                tx.publish(&PaymentVoided { payment_id, order_id }).await.map(drop)?;
            }
            _ => {}
        }
        tx.commit().await?;
        paid.status = Text(status);
        paid.version += 1;
        Ok(paid)
    }
}

/// The same id for something else is refused.
fn same(row: CaptureRow, payment: PaymentId, wanted: Wanted) -> Result<CaptureRow> {
    let fits = match wanted {
        Wanted::Exactly(amount) => amount.minor == row.amount_minor,
        Wanted::Rest | Wanted::UpTo(_) => true,
    };
    if row.payment_id == payment && fits {
        return Ok(row);
    }
    Err(Error::conflict("capture_reused", "This capture was made for something else."))
}

pub(crate) fn stale() -> Error {
    Error::conflict("stale_version", "Somebody changed this payment meanwhile.")
}
