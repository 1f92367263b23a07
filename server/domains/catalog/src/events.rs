//! What other domains tell: inventory, whether a variant can be had.

use std::sync::Arc;

use souk_contract::{Availability, AvailabilityChanged, ProductChanged, Result};
use souk_kernel::Bus;

use crate::{LocalCatalog, follow, fresh::Marks, store};

impl LocalCatalog {
    /// Registers the handlers of this domain, and follows what other processes write to its database.
    pub fn listen(self: &Arc<Self>, bus: &Bus) {
        let this = Arc::clone(self);
        bus.on("catalog.availability", move |event: AvailabilityChanged, _| {
            let this = Arc::clone(&this);
            async move { this.note_availability(event).await }
        });
        tokio::spawn(follow::run(Arc::downgrade(self)));
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
