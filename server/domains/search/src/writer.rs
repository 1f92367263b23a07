//! Keeps the index up with the catalogue: what is pending, in batches, and all of it where there is no whole index.

use std::{
    collections::HashMap,
    io::ErrorKind,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use souk_contract::{Ctx, Error, PageRequest, ProductCard, ProductId, ProductRecord, Result};
use tantivy::TantivyError;
use tokio::{sync::mpsc, task::spawn_blocking, time::sleep};

use crate::{
    Inner,
    index::{Entry, Fill},
    schema::VERSION,
    store::{self, Pending},
};

/// What changes together is committed together.
const GATHER: Duration = Duration::from_millis(50);
const AFTER_ERROR: Duration = Duration::from_secs(2);
const BATCH: i64 = 500;
const PAGE: u32 = souk_contract::MAX_LIMIT;
/// Products read ahead of the indexing thread.
const AHEAD: usize = 256;

/// Works until the last owner of the search is gone.
pub(crate) async fn run(inner: std::sync::Weak<Inner>) {
    loop {
        let Some(this) = inner.upgrade() else { return };
        let wake = Arc::clone(&this.wake);
        let woken = wake.notified();
        let pause = match this.catch_up().await {
            Ok(()) => None,
            Err(error) => {
                tracing::error!(%error, "search index is behind");
                Some(AFTER_ERROR)
            }
        };
        drop(this);
        match pause {
            Some(pause) => sleep(pause).await,
            None => {
                woken.await;
                sleep(GATHER).await;
            }
        }
    }
}

impl Inner {
    async fn catch_up(&self) -> Result<()> {
        if !self.whole.load(Ordering::SeqCst) {
            self.rebuild().await?;
        }
        while self.index_pending().await? {}
        Ok(())
    }

    /// True where there may be more.
    async fn index_pending(&self) -> Result<bool> {
        let _turn = self.writing.lock().await;
        let pending = store::pending(&mut *self.db.read().await?, BATCH).await?;
        if pending.is_empty() {
            return Ok(false);
        }
        let Some(stamp) = store::stamp(&mut *self.db.read().await?).await? else {
            return Err(Error::Unavailable { what: "The search index".to_owned() });
        };
        let entries = self.entries(&pending).await?;
        let index = Arc::clone(&self.index);
        let applied = spawn_blocking(move || index.apply(&stamp, entries)).await.map_err(Error::internal)?;
        if let Err(error) = applied {
            self.damaged(&error);
            return Err(Error::internal(error));
        }
        self.forget(&pending).await?;
        Ok(pending.len() == BATCH as usize)
    }

    /// As the catalogue stands now, whatever the events said.
    async fn entries(&self, pending: &[Pending]) -> Result<Vec<Entry>> {
        let ctx = Ctx::system("search");
        let ids: Vec<ProductId> = pending.iter().map(|(id, _)| *id).collect();
        let cards = by_id(self.catalog.cards(&ctx, &ids).await?);
        let mut entries = Vec::with_capacity(ids.len());
        for id in ids {
            let document = match cards.get(&id) {
                None => None,
                Some(card) => match self.catalog.product_record(&ctx, id).await {
                    Ok(record) => Some(self.index.fields.document(&record, card)),
                    Err(Error::NotFound { .. }) => None,
                    Err(error) => return Err(error),
                },
            };
            entries.push(Entry { id, document });
        }
        Ok(entries)
    }

    /// Everything, from the catalogue. Until it is done, searches are answered from what there was.
    pub(crate) async fn rebuild(&self) -> Result<u64> {
        let _turn = self.writing.lock().await;
        let before = store::pending(&mut *self.db.read().await?, i64::MAX).await?;
        let stamp = format!("{VERSION}:{}", self.kit.ids.uuid());
        let (fill, filled) = mpsc::channel(AHEAD);
        let index = Arc::clone(&self.index);
        let stamped = stamp.clone();
        let writing = spawn_blocking(move || index.replace(&stamped, filled));
        let sent = self.send_all(&fill).await;
        drop(fill);
        let written = writing.await.map_err(Error::internal)?;
        let whole = match written {
            Ok(whole) => whole,
            Err(error) => {
                self.damaged(&error);
                return Err(Error::internal(error));
            }
        };
        let count = sent?;
        if !whole {
            return Err(Error::internal("the search index was not finished"));
        }
        let mut tx = self.db.begin().await?;
        store::set_stamp(&mut tx, &stamp).await?;
        tx.commit().await?;
        self.whole.store(true, Ordering::SeqCst);
        self.forget(&before).await?;
        tracing::info!(products = count, "search index built");
        Ok(count)
    }

    async fn send_all(&self, fill: &mpsc::Sender<Fill>) -> Result<u64> {
        let ctx = Ctx::system("search");
        let gone = |_| Error::internal("the search index can't be written");
        let mut count = 0;
        let mut after = None;
        loop {
            let page = PageRequest { after, limit: Some(PAGE) };
            let page = self.catalog.product_records(&ctx, &page).await?;
            let ids: Vec<ProductId> = page.items.iter().map(|record: &ProductRecord| record.id).collect();
            let cards = by_id(self.catalog.cards(&ctx, &ids).await?);
            for record in &page.items {
                if let Some(card) = cards.get(&record.id) {
                    fill.send(Fill::Product(self.index.fields.document(record, card))).await.map_err(gone)?;
                    count += 1;
                }
            }
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        fill.send(Fill::Done).await.map_err(gone)?;
        Ok(count)
    }

    async fn forget(&self, pending: &[Pending]) -> Result<()> {
        if pending.is_empty() {
            return Ok(());
        }
        let mut tx = self.db.begin().await?;
        for one in pending {
            store::remove_pending(&mut tx, *one).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Files that can't be read are thrown away and written anew. A full disk is no reason to.
    pub(crate) fn damaged(&self, error: &TantivyError) {
        let unreadable = match error {
            TantivyError::DataCorruption(_) | TantivyError::OpenReadError(_) => true,
            TantivyError::IoError(error) => {
                matches!(
                    error.kind(),
                    ErrorKind::InvalidData | ErrorKind::UnexpectedEof | ErrorKind::NotFound
                )
            }
            _ => false,
        };
        if !unreadable {
            tracing::error!(%error, "search index");
            return;
        }
        tracing::error!(%error, "search index is damaged and will be built anew");
        self.index.distrust();
        self.whole.store(false, Ordering::SeqCst);
        self.wake.notify_one();
    }
}

fn by_id(cards: Vec<ProductCard>) -> HashMap<ProductId, ProductCard> {
    cards.into_iter().map(|card| (card.id, card)).collect()
}
