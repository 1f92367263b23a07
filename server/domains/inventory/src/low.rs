//! How many pieces are few is the shop's to say: when it says otherwise, each variant's word for shoppers is found anew.

use std::sync::Arc;

use souk_contract::{Error, LowStockChanged, Result, VariantId};
use souk_kernel::Bus;
use uuid::Uuid;

use crate::{books::Books, service::LocalInventory, store_levels};

/// Variants held at a time: orders go on between.
const AT_ONCE: i64 = 500;

impl LocalInventory {
    pub(crate) fn listen_to_shop(self: &Arc<Self>, bus: &Bus) {
        let inventory = Arc::clone(self);
        bus.on::<LowStockChanged, _, _>("inventory.low_stock", move |event, _| {
            let inventory = Arc::clone(&inventory);
            async move { inventory.say_all_anew(&event).await }
        });
    }

    /// A repeat has no effect: it finds every word as it should be.
    async fn say_all_anew(&self, event: &LowStockChanged) -> Result<()> {
        if !self.has_heard(event.version) {
            // Another process wrote it a moment ago; the event comes again.
            return Err(Error::Unavailable { what: "What the shop says now".to_owned() });
        }
        let mut after = VariantId::new(Uuid::nil());
        loop {
            let found = store_levels::low_or_not_after(&mut *self.db.read().await?, after, AT_ONCE).await?;
            let Some((last,)) = found.last().copied() else { return Ok(()) };
            let mut tx = self.db.begin().await?;
            let mut books = Books::open(&mut tx, found.into_iter().map(|(variant,)| variant)).await?;
            books.say_anew(self);
            books.close(self, &mut tx).await?;
            tx.commit().await?;
            after = last;
        }
    }
}
