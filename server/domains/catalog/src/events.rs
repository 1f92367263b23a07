//! What other domains tell: inventory, whether a variant can be had.

use std::{future::ready, sync::Arc};

use souk_contract::{Availability, AvailabilityChanged, CollectionChanged, ProductChanged, Result};
use souk_kernel::Bus;

use crate::{LocalCatalog, fresh::Marks, store};

impl LocalCatalog {
    /// Registers the handlers of this domain.
    pub fn listen(self: &Arc<Self>, bus: &Bus) {
        let this = Arc::clone(self);
        bus.on("catalog.availability", move |event: AvailabilityChanged, _| {
            let this = Arc::clone(&this);
            async move { this.note_availability(event).await }
        });
        // Another process may write the same database, an import say: its changes come as events only.
        let fresh = Arc::clone(&self.fresh);
        bus.on("catalog.follow_products", move |event: ProductChanged, _| {
            fresh.mark(Marks::products([event.product_id]));
            ready(Ok(()))
        });
        let fresh = Arc::clone(&self.fresh);
        bus.on("catalog.follow_collections", move |_: CollectionChanged, _| {
            fresh.mark(Marks::collections());
            ready(Ok(()))
        });
    }

    /// The event's version makes a repeat, and an older one that comes late, harmless: no inbox is needed.
    async fn note_availability(&self, event: AvailabilityChanged) -> Result<()> {
        let AvailabilityChanged { variant_id, availability, version } = event;
        let _turn = self.writing.lock().await;
        let mut tx = self.db.begin().await?;
        let Some((product, before, known)) = store::variants::stock_word(&mut tx, variant_id).await? else {
            return Ok(());
        };
        if known >= version
            || !store::variants::set_stock_word(&mut tx, variant_id, availability, version).await?
        {
            return Ok(());
        }
        if before.0 == availability {
            return Ok(tx.commit().await?);
        }
        let of_variants = store::variants::availabilities(&mut tx, product).await?;
        let best = of_variants.into_iter().map(|(word,)| word.0).max().unwrap_or(Availability::SoldOut);
        let mut marks = Marks::looks();
        if store::products::set_availability(&mut tx, product, best).await? {
            marks = Marks::products([product]);
            if let Some(head) = store::products::head(&mut tx, product).await? {
                tx.publish(&ProductChanged { product_id: product, version: head.version }).await?;
            }
        }
        self.commit(tx, marks).await
    }
}
