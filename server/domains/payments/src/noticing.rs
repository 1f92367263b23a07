//! What gateways tell unasked. It is kept as it came, then its signature is checked, and then the gateway is asked:
//! nothing in a notice is believed but which payment to look at.

use souk_contract::{
    Ctx, Error, IncomingNotice, Money, NoticeQuery, NoticeState, Page, PaymentNotice, PaymentNoticeId,
    Resource, Result,
};
use souk_kernel::{
    audit::{Audited, change},
    db::Text,
};
use uuid::Uuid;

use crate::{
    gateway::Notice,
    service::LocalPayments,
    store,
    store_notices::{self, NoticeRow},
};

const LARGEST: usize = 256 * 1024;
const LONGEST_SIGNATURE: usize = 2048;
const AT_ONCE: i64 = 100;
/// Whoever took it in is still at it for so long.
const LEFT_SECONDS: i64 = 30;
/// A quarter of an hour, minute after minute: a payment that we don't know by then is none of ours.
const MOST_ATTEMPTS: i64 = 15;
const REFUSED_SECONDS: i64 = 7 * 86_400;
const REFUSED_KEPT: i64 = 200;
const KEPT_SECONDS: i64 = 90 * 86_400;

impl LocalPayments {
    pub(crate) async fn take_notice_here(&self, ctx: &Ctx, notice: IncomingNotice) -> Result<()> {
        let gateway = self.gateway(&notice.gateway).map_err(|_| Error::not_found("gateway"))?;
        if notice.body.len() > LARGEST || notice.signature.len() > LONGEST_SIGNATURE {
            return Err(Error::invalid("body", "too_long", "At most 256 KiB."));
        }
        let row = NoticeRow {
            id: self.kit.ids.next(),
            gateway: gateway.code().to_owned(),
            signature: notice.signature,
            body: notice.body,
            state: Text(NoticeState::Received),
            event: None,
            kind: None,
            gateway_ref: None,
            amount_minor: None,
            currency: None,
            payment_id: None,
            failure: None,
            attempts: 0,
            version: 1,
            received_at: self.kit.now(),
        };
        let mut tx = self.db.begin().await?;
        store_notices::insert(&mut tx, &row).await?;
        tx.commit().await?;
        match self.check(row).await? {
            row if row.state.0 == NoticeState::Refused => {
                Err(Error::denied("This notice is not signed as it should be."))
            }
            // It is kept: what can't be done now is done by `resume_notices`.
            row => self.act(ctx, row).await.map(drop),
        }
    }

    /// Whether it is the gateway's, and told for the first time.
    async fn check(&self, mut row: NoticeRow) -> Result<NoticeRow> {
        if row.state.0 != NoticeState::Received {
            return Ok(row);
        }
        let read = self.gateway(&row.gateway)?.read_notice(&row.signature, &row.body, row.received_at);
        let mut tx = self.db.begin().await?;
        match read {
            Err(why) => {
                row.state.0 = NoticeState::Refused;
                row.failure = Some(why);
            }
            Ok(Notice { event, kind, reference, amount }) => {
                // Told twice at once, each would be the first.
                tx.lock("notice", Uuid::nil()).await?;
                let known = store_notices::is_known(&mut tx, &row.gateway, &event).await?;
                row.kind = Some(kind);
                row.gateway_ref = reference;
                (row.amount_minor, row.currency) =
                    (amount.map(|one| one.minor), amount.map(|one| one.currency));
                if known {
                    row.state.0 = NoticeState::Ignored;
                    row.failure = Some(format!("Told before: {event}."));
                } else {
                    row.state.0 = NoticeState::Verified;
                    row.event = Some(event);
                }
            }
        }
        self.save(&mut tx, &mut row).await?;
        tx.commit().await?;
        Ok(row)
    }

    async fn save(&self, tx: &mut souk_kernel::Tx, row: &mut NoticeRow) -> Result<()> {
        if !store_notices::save(tx, row, self.kit.now()).await? {
            return Err(stale());
        }
        row.version += 1;
        Ok(())
    }

    /// Asks the gateway about the payment that it names.
    async fn act(&self, ctx: &Ctx, mut row: NoticeRow) -> Result<NoticeRow> {
        if row.state.0 != NoticeState::Verified {
            return Ok(row);
        }
        row.attempts += 1;
        let (state, failure) = self.done(ctx, &mut row).await;
        row.state.0 = state;
        row.failure = failure;
        let mut tx = self.db.begin().await?;
        self.save(&mut tx, &mut row).await?;
        tx.commit().await?;
        Ok(row)
    }

    async fn done(&self, ctx: &Ctx, row: &mut NoticeRow) -> (NoticeState, Option<String>) {
        let Some(reference) = &row.gateway_ref else { return (NoticeState::Ignored, None) };
        let later = |attempts: i64, why: String| match attempts < MOST_ATTEMPTS {
            true => (NoticeState::Verified, Some(why)),
            false => (NoticeState::Failed, Some(why)),
        };
        let found = async {
            Ok::<_, Error>(store::by_reference(&mut *self.db.read().await?, &row.gateway, reference).await?)
        };
        let payment = match found.await {
            Ok(Some(payment)) => payment,
            // The gateway may be faster than our own writing.
            Ok(None) => return later(row.attempts, "No payment of ours has this name yet.".to_owned()),
            Err(error) => return later(row.attempts, error.to_string()),
        };
        row.payment_id = Some(payment.id);
        let told = row.amount_minor.zip(row.currency).map(|(minor, currency)| Money::new(minor, currency));
        if let Some(told) = told.filter(|told| *told != payment.amount()) {
            let why = format!("It says {told}; the payment is of {}.", payment.amount());
            return (NoticeState::Failed, Some(why));
        }
        match souk_contract::Payments::look(self, ctx, payment.id).await {
            Ok(_) => (NoticeState::Done, None),
            Err(error @ Error::Conflict { .. }) => (NoticeState::Failed, Some(error.public_message())),
            Err(error) => later(row.attempts, error.public_message()),
        }
    }

    pub(crate) async fn list_notices(&self, ctx: &Ctx, query: &NoticeQuery) -> Result<Page<PaymentNotice>> {
        ctx.require(Resource::Payments.read())?;
        let page = query.page();
        let before = page.after_id()?.unwrap_or_else(|| PaymentNoticeId::new(Uuid::max()));
        let more = i64::from(page.limit()) + 1;
        let mut reader = self.db.read().await?;
        let rows = match query.state {
            Some(state) => store_notices::in_state_before(&mut reader, state, before, more).await?,
            None => store_notices::before(&mut reader, before, more).await?,
        };
        Ok(Page::cut(rows, page.limit(), |row| row.id.to_string(), Into::into))
    }

    pub(crate) async fn replay_notice_here(
        &self,
        ctx: &Ctx,
        id: PaymentNoticeId,
        if_version: Option<i64>,
    ) -> Result<PaymentNotice> {
        ctx.require(Resource::Payments.write())?;
        let row = store_notices::notice(&mut *self.db.read().await?, id).await?;
        let mut row = row.ok_or_else(|| Error::not_found("notice"))?;
        if if_version.is_some_and(|version| version != row.version) {
            return Err(stale());
        }
        match row.state.0 {
            NoticeState::Refused => {
                let message = "The gateway did not sign this notice, so it is not acted on.";
                return Err(Error::conflict("notice_refused", message));
            }
            NoticeState::Received => return Err(stale()),
            _ => {}
        }
        let was = row.state.0;
        row.state.0 = NoticeState::Verified;
        // Each time it is asked for gets its own tries.
        row.attempts = 0;
        let mut tx = self.db.begin().await?;
        self.save(&mut tx, &mut row).await?;
        let label = row.kind.clone().unwrap_or_default();
        tx.audit(ctx, Audited::new("payment_notice.replayed", id, label), vec![change("state", was, ())])
            .await?;
        tx.commit().await?;
        Ok(self.act(ctx, row).await?.into())
    }

    pub(crate) async fn resume_notices_here(&self, ctx: &Ctx) -> Result<u64> {
        ctx.require(Resource::Payments.write())?;
        let now = self.kit.now();
        let left = now.plus_seconds(-LEFT_SECONDS);
        let rows = store_notices::unfinished(&mut *self.db.read().await?, left, AT_ONCE).await?;
        let mut done = 0;
        for row in rows {
            let id = row.id;
            let acted = async { self.act(ctx, self.check(row).await?).await };
            match acted.await {
                Ok(_) => done += 1,
                Err(error) => tracing::warn!(%error, notice = %id, "a gateway's notice waits"),
            }
        }
        let mut tx = self.db.begin().await?;
        let (refused, all) = (now.plus_seconds(-REFUSED_SECONDS), now.plus_seconds(-KEPT_SECONDS));
        store_notices::forget(&mut tx, refused, all).await?;
        store_notices::keep_refused(&mut tx, REFUSED_KEPT).await?;
        tx.commit().await?;
        Ok(done)
    }
}

fn stale() -> Error {
    Error::conflict("stale_version", "Somebody else acts on this notice.")
}
