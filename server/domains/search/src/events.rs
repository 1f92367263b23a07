//! What the catalogue tells. Availability comes the same way: the catalogue says when a product's has changed.

use std::sync::{Arc, atomic::Ordering};

use souk_contract::{ProductChanged, Result};
use souk_kernel::Bus;

use crate::{Inner, LocalSearch, store, writer};

impl LocalSearch {
    /// Registers the handlers of this domain and keeps the index up from now on; built anew in the background where
    /// it is not whole. One process does this: the server.
    pub fn listen(self: &Arc<Self>, bus: &Bus) {
        let inner = Arc::clone(&self.inner);
        bus.on("search.index", move |event: ProductChanged, _| {
            let inner = Arc::clone(&inner);
            async move { inner.note(event).await }
        });
        if !self.inner.listening.swap(true, Ordering::SeqCst) {
            tokio::spawn(writer::run(Arc::downgrade(&self.inner)));
        }
    }
}

impl Inner {
    /// Written down first: a crash before the next commit loses nothing. A repeat only indexes it again.
    async fn note(&self, event: ProductChanged) -> Result<()> {
        let mut tx = self.db.begin().await?;
        store::add_pending(&mut tx, event.product_id).await?;
        tx.commit().await?;
        self.wake.notify_one();
        Ok(())
    }
}
