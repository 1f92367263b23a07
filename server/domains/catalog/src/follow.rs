//! Other processes write the same database, an import or a second server: what they changed is read from the log of
//! commits. Events would not do, since of several servers one alone gets each of them.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use souk_contract::{Error, Result};
use souk_kernel::Tx;

use crate::{LocalCatalog, fresh::Marks, store};

const EVERY: Duration = Duration::from_millis(250);

impl LocalCatalog {
    /// Commits, and then tells lists and caches what is stale. It is done even where the caller goes away
    /// meanwhile: a change that is on the disk must be seen.
    pub(crate) async fn commit(&self, mut tx: Tx, marks: Marks) -> Result<()> {
        let revision = store::changes::add(&mut tx, &marks).await?;
        let (fresh, seen) = (Arc::clone(&self.fresh), Arc::clone(&self.seen));
        let committing = tokio::spawn(async move {
            let mut seen = seen.lock().await;
            let done = tx.commit().await;
            // Also after an error: PostgreSQL may have committed before the connection broke.
            fresh.mark(marks);
            if done.is_ok() && *seen == revision - 1 {
                *seen = revision;
            }
            done
        });
        Ok(committing.await.map_err(Error::internal)??)
    }

    /// Marks what others have changed since the last time.
    pub(crate) async fn catch_up(&self) -> Result<()> {
        let mut seen = self.seen.lock().await;
        let changes = store::changes::since(&mut *self.db.read().await?, *seen).await?;
        let Some(last) = changes.last().map(|change| change.revision) else { return Ok(()) };
        // The log is cut off at its beginning.
        let missed = changes.first().is_some_and(|first| first.revision != *seen + 1);
        let mut marks = Marks { all: missed, collections: missed, ..Marks::default() };
        for change in changes {
            let products = change.products.0.into_iter().collect();
            marks.add(Marks { all: change.everything, products, collections: change.collections });
        }
        self.fresh.mark(marks);
        *seen = last;
        Ok(())
    }
}

/// Until the catalogue is dropped.
pub(crate) async fn run(catalog: Weak<LocalCatalog>) {
    if let Some(this) = catalog.upgrade()
        && let Err(error) = this.measure_all().await
    {
        tracing::warn!(%error, "how complete products are can't be worked out; each is with its next change");
    }
    loop {
        let Some(this) = catalog.upgrade() else { return };
        if let Err(error) = this.catch_up().await {
            tracing::debug!(%error, "the catalogue's log can't be read");
        }
        drop(this);
        tokio::time::sleep(EVERY).await;
    }
}
