//! Writing mails when something happened, and sending them.

use std::{future::Future, sync::Arc};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use souk_contract::{
    Ctx, Currency, CustomerRegistered, Error, Event, Identity, Mail, MailId, MailKind, MailPreview,
    MailSender, MailSent, MailState, MailTemplate, MailTransport, MailWords, Messaging, OrderCancelled,
    OrderPlaced, OrderRefunded, OrderShipped, Orders, Page, PageRequest, PasswordResetRequested, Resource,
    Result, ReturnMoved, Returns, Shopkeeping,
};
use souk_kernel::{
    Bus, Db, Delivered, Kit,
    audit::{self, Audited, change},
    db::{Json, Text},
};
use uuid::Uuid;

use crate::{
    letter::{self, Facts, Sender},
    sample,
    store::{self, WordsRow},
    words,
};

/// The relay gives up after 12 tries; the last one marks the mail.
const LAST_ATTEMPT: u32 = 12;

/// Mail in this process, on its own database.
pub struct LocalMessaging {
    kit: Kit,
    db: Db,
    identity: Arc<dyn Identity>,
    orders: Arc<dyn Orders>,
    returns: Arc<dyn Returns>,
    transport: Arc<dyn MailTransport>,
    shop: Arc<dyn Shopkeeping>,
    settings: Settings,
}

/// Whom letters are about, and what.
pub struct Neighbours {
    pub identity: Arc<dyn Identity>,
    pub orders: Arc<dyn Orders>,
    pub returns: Arc<dyn Returns>,
}

/// What every letter has from the configuration.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Scheme and host without a slash at the end: every link in a mail starts with it.
    pub base_url: String,
    /// Of the sample that staff look at.
    pub currency: Currency,
}

/// A job to oneself: the mail is written, send it.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct MailQueued {
    mail_id: MailId,
}

impl Event for MailQueued {
    const KIND: &'static str = "messaging.mail_queued";
    fn key(&self) -> Uuid {
        self.mail_id.uuid()
    }
}

impl LocalMessaging {
    pub fn new(
        kit: Kit,
        db: Db,
        near: Neighbours,
        transport: Arc<dyn MailTransport>,
        shop: Arc<dyn Shopkeeping>,
        settings: Settings,
    ) -> Self {
        let Neighbours { identity, orders, returns } = near;
        Self { kit, db, identity, orders, returns, transport, shop, settings }
    }

    /// How the shop signs at this moment.
    fn sender(&self) -> Sender {
        let shop = self.shop.current();
        Sender {
            name: shop.input.name.clone(),
            email: shop.input.email.clone(),
            base_url: self.settings.base_url.clone(),
            currency: self.settings.currency,
        }
    }

    /// Hears what is worth a letter.
    pub fn listen(self: &Arc<Self>, bus: &Bus) {
        let it = Arc::clone(self);
        bus.on::<OrderPlaced, _, _>("messaging.confirm_order", move |event, delivered| {
            let it = Arc::clone(&it);
            async move {
                let order = it.orders.get(&ctx(&delivered), event.order_id).await?;
                let facts = letter::order_confirmation(&it.sender(), order);
                it.write(&delivered, async { Ok(Some(facts)) }).await
            }
        });
        let it = Arc::clone(self);
        bus.on::<OrderCancelled, _, _>("messaging.tell_cancelled", move |event, delivered| {
            let it = Arc::clone(&it);
            async move {
                let order = it.orders.get(&ctx(&delivered), event.order_id).await?;
                let facts = letter::order_cancelled(&it.sender(), &order);
                it.write(&delivered, async { Ok(Some(facts)) }).await
            }
        });
        let it = Arc::clone(self);
        bus.on::<OrderShipped, _, _>("messaging.tell_shipped", move |event, delivered| {
            let it = Arc::clone(&it);
            async move {
                let order = it.orders.get(&ctx(&delivered), event.order_id).await?;
                let facts = letter::order_shipped(&it.sender(), &order, event.fulfillment_id);
                it.write(&delivered, async { Ok(facts) }).await
            }
        });
        let it = Arc::clone(self);
        bus.on::<OrderRefunded, _, _>("messaging.tell_refunded", move |event, delivered| {
            let it = Arc::clone(&it);
            async move {
                let order = it.orders.get(&ctx(&delivered), event.order_id).await?;
                let facts = letter::order_refunded(&it.sender(), &order, event.refund_id);
                it.write(&delivered, async { Ok(facts) }).await
            }
        });
        let it = Arc::clone(self);
        bus.on::<ReturnMoved, _, _>("messaging.tell_return", move |event, delivered| {
            let it = Arc::clone(&it);
            async move {
                let ctx = ctx(&delivered);
                let facts = async {
                    let order = it.orders.get(&ctx, event.order_id).await?;
                    let one = it.returns.get(&ctx, event.return_id).await?;
                    Ok(letter::order_return(&it.sender(), &order, &one, event.state))
                };
                it.write(&delivered, facts).await
            }
        });
        let it = Arc::clone(self);
        bus.on::<CustomerRegistered, _, _>("messaging.welcome", move |event, delivered| {
            let it = Arc::clone(&it);
            async move {
                let customer = it.identity.customer(&ctx(&delivered), event.customer_id).await?;
                let facts = letter::welcome(&it.sender(), &customer);
                it.write(&delivered, async { Ok(Some(facts)) }).await
            }
        });
        let it = Arc::clone(self);
        bus.on::<PasswordResetRequested, _, _>("messaging.reset_password", move |event, delivered| {
            let it = Arc::clone(&it);
            async move {
                // A repeat makes a new token and writes no letter with it: the first letter would stop working.
                let ctx = ctx(&delivered);
                let facts = async {
                    let reset = it.identity.reset_letter(&ctx, event.reset_id).await?;
                    Ok(reset.map(|reset| letter::password_reset(&it.sender(), &reset)))
                };
                it.write(&delivered, facts).await
            }
        });
        let it = Arc::clone(self);
        bus.on::<MailQueued, _, _>("messaging.send", move |event, delivered| {
            let it = Arc::clone(&it);
            async move { it.send(event.mail_id, &delivered).await }
        });
    }

    /// Writes the letter down, once per event; its facts are asked for only the first time.
    async fn write(
        &self,
        delivered: &Delivered,
        facts: impl Future<Output = Result<Option<Facts>>> + Send,
    ) -> Result<()> {
        if self.seen(delivered).await? {
            return Ok(());
        }
        let facts = facts.await?;
        let mut tx = self.db.begin().await?;
        if tx.first_time(delivered).await?
            && let Some(facts) = facts
        {
            let words = store::words_of(&mut tx, facts.kind).await?.and_then(|row| row.words);
            let words = words.map_or_else(|| words::own(facts.kind), |words| words.0);
            let letter = letter::write(&self.sender(), &facts, &words)?;
            let mail = Mail {
                id: self.kit.ids.next(),
                to: facts.to,
                subject: letter.subject,
                text: letter.text,
                html: letter.html,
                template: facts.kind.as_str().to_owned(),
                state: MailState::Queued,
                attempts: 0,
                last_error: None,
                created_at: self.kit.now(),
            };
            store::add(&mut tx, &mail).await?;
            tx.publish(&MailQueued { mail_id: mail.id }).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn seen(&self, delivered: &Delivered) -> Result<bool> {
        let found: Option<(i64,)> = self
            .db
            .read()
            .await?
            .query("select 1 from inbox where event_id = $1 and handler = $2")
            .bind(delivered.id)
            .bind(delivered.handler)
            .optional()
            .await?;
        Ok(found.is_some())
    }

    /// At least once: a crash between sending and writing that down sends again, under the same Message-ID.
    async fn send(&self, id: MailId, delivered: &Delivered) -> Result<()> {
        let found = store::mail(&mut *self.db.read().await?, id).await?;
        let Some(mail) = found.filter(|mail| mail.state == MailState::Queued) else { return Ok(()) };
        let Sender { name, email, .. } = self.sender();
        let sent = self.transport.send(&mail, &MailSender { name, email }).await;
        let (state, error) = match &sent {
            Ok(()) => (MailState::Sent, None),
            Err(error @ Error::Unavailable { .. }) if delivered.attempt < LAST_ATTEMPT => {
                (MailState::Queued, Some(error.to_string()))
            }
            Err(error) => (MailState::Dead, Some(error.to_string())),
        };
        let mut tx = self.db.begin().await?;
        store::set_state(&mut tx, id, state, error.as_deref(), self.kit.now()).await?;
        if state == MailState::Sent {
            tx.publish(&MailSent { mail_id: id }).await?;
        }
        tx.commit().await?;
        match (state, sent) {
            (MailState::Queued, sent) => sent,
            (MailState::Dead, Err(error)) => {
                tracing::warn!(%error, mail = %id, "a mail was given up");
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

fn ctx(delivered: &Delivered) -> Ctx {
    Ctx::system(format!("event-{}", delivered.id))
}

#[async_trait]
impl Messaging for LocalMessaging {
    async fn mails(&self, ctx: &Ctx, page: &PageRequest) -> Result<Page<Mail>> {
        ctx.require(Resource::Messages.read())?;
        let before = page.after_id()?.unwrap_or_else(|| MailId::new(Uuid::max()));
        let limit = page.limit();
        let mut items = store::before(&mut *self.db.read().await?, before, i64::from(limit) + 1).await?;
        let more = items.len() > limit as usize;
        items.truncate(limit as usize);
        let next = items.last().filter(|_| more).map(|mail| mail.id.to_string());
        Ok(Page { items, next })
    }

    async fn mail(&self, ctx: &Ctx, id: MailId) -> Result<Mail> {
        ctx.require(Resource::Messages.read())?;
        store::mail(&mut *self.db.read().await?, id).await?.ok_or_else(|| Error::not_found("mail"))
    }

    async fn send_again(&self, ctx: &Ctx, id: MailId) -> Result<Mail> {
        ctx.require(Resource::Messages.write())?;
        let mut tx = self.db.begin().await?;
        let old = store::mail(&mut tx, id).await?.ok_or_else(|| Error::not_found("mail"))?;
        if old.template == MailKind::PasswordReset.as_str() {
            let message = "Its link works once, for an hour. The customer can ask for another one.";
            return Err(Error::conflict("only_once", message));
        }
        let mail = Mail {
            id: self.kit.ids.next(),
            state: MailState::Queued,
            attempts: 0,
            last_error: None,
            created_at: self.kit.now(),
            ..old
        };
        store::add(&mut tx, &mail).await?;
        tx.publish(&MailQueued { mail_id: mail.id }).await?;
        let what = vec![change("template", (), &mail.template)];
        tx.audit(ctx, Audited::new("mail.sent_again", mail.id, &mail.subject), what).await?;
        tx.commit().await?;
        Ok(mail)
    }

    async fn templates(&self, ctx: &Ctx) -> Result<Vec<MailTemplate>> {
        ctx.require(Resource::Messages.read())?;
        let rows = store::words(&mut *self.db.read().await?).await?;
        let row = |kind| rows.iter().find(|row| row.kind.0 == kind);
        Ok(MailKind::ALL.into_iter().map(|kind| template(kind, row(kind))).collect())
    }

    async fn set_template(
        &self,
        ctx: &Ctx,
        kind: MailKind,
        words: Option<MailWords>,
        if_version: Option<i64>,
    ) -> Result<MailTemplate> {
        ctx.require(Resource::Messages.write())?;
        let words = words.map(trimmed);
        if let Some(words) = &words {
            words::check(kind, words)?;
        }
        let mut tx = self.db.begin().await?;
        tx.lock("mail_words", Uuid::nil()).await?;
        let old = store::words_of(&mut tx, kind).await?;
        let before = template(kind, old.as_ref());
        if if_version.is_some_and(|version| version != before.version) {
            return Err(Error::conflict("stale_version", "Somebody else changed these words meanwhile."));
        }
        if before.is_own == words.is_some() && words.as_ref().is_none_or(|words| *words == before.words) {
            return Ok(before);
        }
        let row = WordsRow {
            kind: Text(kind),
            id: old.map_or_else(|| self.kit.ids.uuid(), |old| old.id),
            version: before.version + 1,
            words: words.map(Json),
        };
        store::put_words(&mut tx, &row, self.kit.now()).await?;
        let after = template(kind, Some(&row));
        let what = audit::changes(Some(&before.words), Some(&after.words));
        let action = if after.is_own { "mail_template.changed" } else { "mail_template.reset" };
        tx.audit(ctx, Audited::new(action, row.id, kind.as_str()), what).await?;
        tx.commit().await?;
        Ok(after)
    }

    async fn preview(&self, ctx: &Ctx, kind: MailKind, words: &MailWords) -> Result<MailPreview> {
        ctx.require(Resource::Messages.read())?;
        let words = trimmed(words.clone());
        words::check(kind, &words)?;
        let sender = self.sender();
        letter::write(&sender, &sample::facts(&sender, kind, self.kit.now()), &words)
    }
}

fn template(kind: MailKind, row: Option<&WordsRow>) -> MailTemplate {
    let own = row.and_then(|row| row.words.as_ref());
    MailTemplate {
        kind,
        is_own: own.is_some(),
        words: own.map_or_else(|| words::own(kind), |words| words.0.clone()),
        placeholders: words::told(kind),
        version: row.map_or(0, |row| row.version),
    }
}

/// Browsers send line breaks of their own.
fn trimmed(words: MailWords) -> MailWords {
    let line = |text: String| text.trim().to_owned();
    MailWords {
        subject: line(words.subject),
        title: line(words.title),
        body: words.body.replace("\r\n", "\n").trim().to_owned(),
        button: line(words.button),
    }
}
