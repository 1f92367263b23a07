//! Writing mails when something happened, and sending them.

use std::{future::Future, sync::Arc};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use souk_contract::{
    Ctx, CustomerRegistered, Error, Event, Identity, Mail, MailId, MailSent, MailState, MailTransport,
    Messaging, OrderCancelled, OrderPlaced, OrderRefunded, OrderShipped, Orders, Page, PageRequest,
    PasswordResetRequested, Resource, Result,
};
use souk_kernel::{
    Bus, Db, Delivered, Kit,
    audit::{Audited, change},
};
use uuid::Uuid;

use crate::{
    letter::{self, Letter, Sender},
    store,
};

/// The relay gives up after 12 tries; the last one marks the mail.
const LAST_ATTEMPT: u32 = 12;

/// Mail in this process, on its own database.
pub struct LocalMessaging {
    kit: Kit,
    db: Db,
    identity: Arc<dyn Identity>,
    orders: Arc<dyn Orders>,
    transport: Arc<dyn MailTransport>,
    sender: Sender,
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
        identity: Arc<dyn Identity>,
        orders: Arc<dyn Orders>,
        transport: Arc<dyn MailTransport>,
        sender: Sender,
    ) -> Self {
        Self { kit, db, identity, orders, transport, sender }
    }

    /// Hears what is worth a letter.
    pub fn listen(self: &Arc<Self>, bus: &Bus) {
        let it = Arc::clone(self);
        bus.on::<OrderPlaced, _, _>("messaging.confirm_order", move |event, delivered| {
            let it = Arc::clone(&it);
            async move {
                let order = it.orders.get(&ctx(&delivered), event.order_id).await?;
                let letter = letter::order_confirmation(&it.sender, &order)?;
                it.write(&delivered, async { Ok(Some(letter)) }).await
            }
        });
        let it = Arc::clone(self);
        bus.on::<OrderCancelled, _, _>("messaging.tell_cancelled", move |event, delivered| {
            let it = Arc::clone(&it);
            async move {
                let order = it.orders.get(&ctx(&delivered), event.order_id).await?;
                let letter = letter::order_cancelled(&it.sender, &order)?;
                it.write(&delivered, async { Ok(Some(letter)) }).await
            }
        });
        let it = Arc::clone(self);
        bus.on::<OrderShipped, _, _>("messaging.tell_shipped", move |event, delivered| {
            let it = Arc::clone(&it);
            async move {
                let order = it.orders.get(&ctx(&delivered), event.order_id).await?;
                let letter = letter::order_shipped(&it.sender, &order, event.fulfillment_id)?;
                it.write(&delivered, async { Ok(letter) }).await
            }
        });
        let it = Arc::clone(self);
        bus.on::<OrderRefunded, _, _>("messaging.tell_refunded", move |event, delivered| {
            let it = Arc::clone(&it);
            async move {
                let order = it.orders.get(&ctx(&delivered), event.order_id).await?;
                let letter = letter::order_refunded(&it.sender, &order, event.refund_id)?;
                it.write(&delivered, async { Ok(letter) }).await
            }
        });
        let it = Arc::clone(self);
        bus.on::<CustomerRegistered, _, _>("messaging.welcome", move |event, delivered| {
            let it = Arc::clone(&it);
            async move {
                let customer = it.identity.customer(&ctx(&delivered), event.customer_id).await?;
                let letter = letter::welcome(&it.sender, &customer)?;
                it.write(&delivered, async { Ok(Some(letter)) }).await
            }
        });
        let it = Arc::clone(self);
        bus.on::<PasswordResetRequested, _, _>("messaging.reset_password", move |event, delivered| {
            let it = Arc::clone(&it);
            async move {
                // A repeat makes a new token and writes no letter with it: the first letter would stop working.
                let ctx = ctx(&delivered);
                let letter = async {
                    let reset = it.identity.reset_letter(&ctx, event.reset_id).await?;
                    reset.map(|reset| letter::password_reset(&it.sender, &reset)).transpose()
                };
                it.write(&delivered, letter).await
            }
        });
        let it = Arc::clone(self);
        bus.on::<MailQueued, _, _>("messaging.send", move |event, delivered| {
            let it = Arc::clone(&it);
            async move { it.send(event.mail_id, &delivered).await }
        });
    }

    /// Writes the letter down, once per event; it is made only the first time.
    async fn write(
        &self,
        delivered: &Delivered,
        letter: impl Future<Output = Result<Option<Letter>>> + Send,
    ) -> Result<()> {
        if self.seen(delivered).await? {
            return Ok(());
        }
        let letter = letter.await?;
        let mut tx = self.db.begin().await?;
        if tx.first_time(delivered).await?
            && let Some(letter) = letter
        {
            let mail = Mail {
                id: self.kit.ids.next(),
                to: letter.to,
                subject: letter.subject,
                text: letter.text,
                html: letter.html,
                template: letter.template.to_owned(),
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
        let sent = self.transport.send(&mail).await;
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
        if old.template == letter::PASSWORD_RESET {
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
}
