//! How profiles come about: by events, and once from the accounts, orders and mails from before.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use souk_contract::{
    Ctx, CustomerRegistered, MailSent, MailState, OrderCancelled, OrderPaid, OrderPlaced, OrderQuery,
    OrderRefunded, OrderShipped, PageRequest, Result,
};
use souk_kernel::{Bus, Delivered};
use tokio_util::sync::CancellationToken;

use crate::{Inner, LocalCrm, store, tell::Heard};

const AT_ONCE: u32 = 100;
/// Between two pages of old ones: the shop comes first.
const PAUSE: Duration = Duration::from_millis(20);
const AGAIN: Duration = Duration::from_secs(30);
const DONE: &str = "done";

/// What there was before, in the order in which it is taken in. Each goes newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Old {
    Accounts,
    Orders,
    Mails,
}

impl Old {
    const ALL: [Self; 3] = [Self::Accounts, Self::Orders, Self::Mails];

    fn name(self) -> &'static str {
        match self {
            Self::Accounts => "old_accounts",
            Self::Orders => "old_orders",
            Self::Mails => "old_mails",
        }
    }
}

/// How far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Counted {
    Nothing,
    /// This one and what came after it.
    From(String),
    Everything,
}

fn ctx(delivered: &Delivered) -> Ctx {
    Ctx::system(format!("event-{}", delivered.id))
}

impl LocalCrm {
    /// Hears of accounts, orders and mails. Each event makes it look how the thing stands now, so a repeat or a late one
    /// does no harm.
    pub fn listen(&self, bus: &Bus) {
        let it = || Arc::clone(&self.inner);
        let inner = it();
        bus.on::<CustomerRegistered, _, _>("crm.customer_registered", move |event, delivered| {
            let inner = Arc::clone(&inner);
            async move { inner.note_account(&ctx(&delivered), event.customer_id).await }
        });
        let inner = it();
        bus.on::<OrderPlaced, _, _>("crm.order_placed", move |event, delivered| {
            let inner = Arc::clone(&inner);
            async move { inner.note_order(&ctx(&delivered), event.order_id, Heard::Other).await }
        });
        let inner = it();
        bus.on::<OrderPaid, _, _>("crm.order_paid", move |event, delivered| {
            let inner = Arc::clone(&inner);
            async move { inner.note_order(&ctx(&delivered), event.order_id, Heard::Paid(delivered.at)).await }
        });
        let inner = it();
        bus.on::<OrderCancelled, _, _>("crm.order_cancelled", move |event, delivered| {
            let inner = Arc::clone(&inner);
            async move { inner.note_order(&ctx(&delivered), event.order_id, Heard::Cancelled(delivered.at)).await }
        });
        let inner = it();
        bus.on::<OrderShipped, _, _>("crm.order_shipped", move |event, delivered| {
            let inner = Arc::clone(&inner);
            async move { inner.note_order(&ctx(&delivered), event.order_id, Heard::Other).await }
        });
        let inner = it();
        bus.on::<OrderRefunded, _, _>("crm.order_refunded", move |event, delivered| {
            let inner = Arc::clone(&inner);
            async move { inner.note_order(&ctx(&delivered), event.order_id, Heard::Other).await }
        });
        let inner = it();
        bus.on::<MailSent, _, _>("crm.mail_sent", move |event, delivered| {
            let inner = Arc::clone(&inner);
            async move {
                let mail = inner.near.messaging.mail(&ctx(&delivered), event.mail_id).await?;
                inner.keep_mails(&[mail]).await
            }
        });
    }

    /// Takes in what was there before there was this domain, page by page, until all is or `stop` is cancelled; goes on
    /// where it was left. For a task of its own.
    pub async fn count_old(&self, stop: CancellationToken) {
        let ctx = Ctx::system("crm-old");
        for old in Old::ALL {
            while !stop.is_cancelled() {
                let pause = match self.inner.count_page(&ctx, old).await {
                    Ok(true) => break,
                    Ok(false) => PAUSE,
                    Err(error) => {
                        tracing::warn!(%error, what = old.name(), "old customers are not counted yet");
                        AGAIN
                    }
                };
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = tokio::time::sleep(pause) => {}
                }
            }
        }
    }
}

impl Inner {
    pub(crate) async fn counted(&self, old: Old) -> Result<Counted> {
        let value = store::progress(&mut *self.db.read().await?, old.name()).await?;
        Ok(match value {
            None => Counted::Nothing,
            Some(value) if value == DONE => Counted::Everything,
            Some(value) => Counted::From(value),
        })
    }

    /// One page more; true when that was the last.
    async fn count_page(&self, ctx: &Ctx, old: Old) -> Result<bool> {
        let after = match self.counted(old).await? {
            Counted::Everything => return Ok(true),
            Counted::Nothing => None,
            Counted::From(id) => Some(id),
        };
        let page = PageRequest { after: after.clone(), limit: Some(AT_ONCE) };
        let next = match old {
            Old::Accounts => {
                let page = self.near.identity.customers(ctx, &page).await?;
                self.keep_accounts(&page.items).await?;
                page.next
            }
            Old::Orders => {
                let query = OrderQuery { after, limit: Some(AT_ONCE), ..OrderQuery::default() };
                let page = self.near.orders.list(ctx, &query).await?;
                let mut orders = Vec::with_capacity(page.items.len());
                for summary in &page.items {
                    orders.push((self.near.orders.get(ctx, summary.id).await?, Heard::Old));
                }
                self.keep_orders(ctx, &orders).await?;
                // The last that was counted: later ones come by events.
                page.next.and(page.items.last().map(|order| order.id.to_string()))
            }
            Old::Mails => {
                let page = self.near.messaging.mails(ctx, &page).await?;
                let sent: Vec<_> =
                    page.items.into_iter().filter(|mail| mail.state == MailState::Sent).collect();
                self.keep_mails(&sent).await?;
                page.next
            }
        };
        let mut tx = self.db.begin().await?;
        store::set_progress(&mut tx, old.name(), next.as_deref().unwrap_or(DONE)).await?;
        tx.commit().await?;
        if next.is_none() {
            tracing::info!(what = old.name(), "customers are counted");
        }
        Ok(next.is_none())
    }

    /// Once for each profile that is named.
    pub(crate) async fn refresh_all(
        &self,
        tx: &mut souk_kernel::Tx,
        profiles: BTreeSet<souk_contract::ProfileId>,
    ) -> Result<()> {
        for id in profiles {
            self.refresh(tx, id).await?;
        }
        Ok(())
    }
}
