//! What staff do about a break between our books and a gateway's. The gateway is asked once more first, and every id is
//! made from the break's, so doing it twice is doing it once.

use souk_contract::{
    BooksSide, BreakFix, BreakKind, BreakState, CaptureId, Check, Ctx, Error, Money, PaymentBreak,
    PaymentBreakId, PaymentStatus, RefundId, RefundPayment, Resource, Result, SetBreakAside,
};
use souk_kernel::{
    audit::{Audited, change},
    db::Text,
};

use crate::{
    comparing,
    gateway::{Back, Refund},
    reconciling::Found,
    service::LocalPayments,
    store_breaks::{self, BreakRow},
    store_refunds,
};

impl LocalPayments {
    pub(crate) async fn fix_break_here(
        &self,
        ctx: &Ctx,
        id: PaymentBreakId,
        if_version: Option<i64>,
    ) -> Result<PaymentBreak> {
        ctx.require(Resource::Payments.write())?;
        let mut row = self.open_break(id, if_version).await?;
        let Some(fix) = row.fix.map(|fix| fix.0) else {
            let message = "Nothing here mends this: look at the gateway, then set it aside.";
            return Err(Error::conflict("no_fix", message));
        };
        let kind = row.kind.0;
        let Some(found) = self.look_at_break(&row).await? else {
            row.state = Text(BreakState::Settled);
            return self.save_break(ctx, row, "payment_break.settled").await;
        };
        if found.fill(&mut row) {
            row.state = Text(BreakState::Open);
            self.save_break(ctx, row, "payment_break.changed").await?;
            let message = "Its figures changed since they were compared. Please look again.";
            return Err(Error::conflict("break_changed", message));
        }
        self.mend(ctx, &row, &found, fix).await?;
        match self.look_at_break(&row).await? {
            // A refund may be under way at the gateway: the next comparison tells.
            Some(found) => {
                found.fill(&mut row);
            }
            None => row.state = Text(BreakState::Fixed),
        }
        tracing::info!(payment = ?row.payment_id, ?kind, ?fix, "a break with a gateway's books was mended");
        self.save_break(ctx, row, "payment_break.fixed").await
    }

    pub(crate) async fn set_break_aside_here(
        &self,
        ctx: &Ctx,
        id: PaymentBreakId,
        request: SetBreakAside,
        if_version: Option<i64>,
    ) -> Result<PaymentBreak> {
        ctx.require(Resource::Payments.write())?;
        let mut check = Check::new();
        check.text(&request.note, "note", 300);
        check.done()?;
        let mut row = self.open_break(id, if_version).await?;
        row.state = Text(BreakState::SetAside);
        row.note = request.note.trim().to_owned();
        self.save_break(ctx, row, "payment_break.set_aside").await
    }

    async fn open_break(&self, id: PaymentBreakId, if_version: Option<i64>) -> Result<BreakRow> {
        let row = store_breaks::one(&mut *self.db.read().await?, id).await?;
        let row = row.ok_or_else(|| Error::not_found("break"))?;
        if if_version.is_some_and(|version| version != row.version) {
            return Err(stale());
        }
        if !matches!(row.state.0, BreakState::Open | BreakState::SetAside) {
            return Err(Error::conflict("break_closed", "The books agree on this payment already."));
        }
        Ok(row)
    }

    async fn save_break(&self, ctx: &Ctx, mut row: BreakRow, action: &'static str) -> Result<PaymentBreak> {
        row.seen_at = self.kit.now();
        let mut tx = self.db.begin().await?;
        if !store_breaks::save(&mut tx, &row).await? {
            return Err(stale());
        }
        row.version += 1;
        let mut what = vec![change("kind", (), row.kind.0), change("state", (), row.state.0)];
        what.extend(row.fix.map(|fix| change("fix", (), fix.0)));
        what.extend((!row.note.is_empty()).then(|| change("note", (), row.note.clone())));
        tx.audit(ctx, Audited::new(action, row.id, &row.gateway_ref), what).await?;
        tx.commit().await?;
        Ok(row.into())
    }

    async fn mend(&self, ctx: &Ctx, row: &BreakRow, found: &Found, fix: BreakFix) -> Result<()> {
        let payment = row.payment_id.ok_or_else(|| Error::not_found("payment"))?;
        let theirs = found.theirs.as_ref().map(comparing::their_side);
        let ours = found.ours.as_ref().map(comparing::our_side);
        // What the gateway has more of than we.
        let more = |part: fn(&BooksSide) -> Money| {
            let ours = ours.as_ref().map_or(0, |side| part(side).minor);
            theirs.as_ref().map(|side| Money::new(part(side).minor - ours, part(side).currency))
        };
        let captured = more(|side| side.captured);
        let refunded = more(|side| side.refunded);
        match fix {
            BreakFix::Release => self.gateway(&row.gateway)?.void(payment, Some(&row.gateway_ref)).await,
            BreakFix::SendBack => {
                let Some((taken, back)) = captured.zip(refunded) else { return Err(stale()) };
                let refund = Refund {
                    id: RefundId::new(row.id.uuid()),
                    payment,
                    reference: &row.gateway_ref,
                    amount: Money::new(taken.minor - back.minor, taken.currency),
                };
                match self.gateway(&row.gateway)?.refund(refund).await? {
                    Back::Sent { .. } | Back::Pending => Ok(()),
                    Back::Declined { message, .. } => Err(Error::conflict("refund_refused", message)),
                }
            }
            BreakFix::AskAgain => {
                let known = self.must_find(payment).await?;
                if known.status.0 == PaymentStatus::RequiresAction {
                    return self.look_here(payment).await.map(drop);
                }
                self.ask_for_captures(ctx, &known, None).await?;
                for back in store_refunds::asked(&mut *self.db.read().await?, payment).await? {
                    let amount = Money::new(back.amount_minor, known.currency);
                    let request = RefundPayment { refund_id: back.id, payment_id: payment, amount };
                    self.refund_here(ctx, request).await?;
                }
                Ok(())
            }
            BreakFix::WriteDown => {
                let known = self.must_find(payment).await?;
                let reference = format!("{}/{}", row.gateway_ref, row.id);
                match (row.kind.0, captured, refunded) {
                    (BreakKind::HoldGone, ..) => self.hold_is_gone(ctx, &known).await,
                    (BreakKind::CaptureUnwritten, Some(amount), _) => {
                        let id = CaptureId::new(row.id.uuid());
                        self.write_down_capture(ctx, id, payment, (amount, reference)).await
                    }
                    (BreakKind::RefundUnwritten, _, Some(amount)) => {
                        let refund_id = RefundId::new(row.id.uuid());
                        let request = RefundPayment { refund_id, payment_id: payment, amount };
                        self.write_down_refund(&known, &request, reference).await
                    }
                    _ => Err(stale()),
                }
            }
        }
    }
}

fn stale() -> Error {
    Error::conflict("stale_version", "Somebody else acts on this break.")
}
