//! What leaves the shelf: orders say so, and it happens here, once per parcel.

use std::{collections::BTreeMap, sync::Arc};

use souk_contract::{Ctx, OrderShipped, Result, VariantId};
use souk_kernel::{Bus, Delivered};

use crate::{
    books::{Books, Cause, Delta},
    refunding::take,
    service::LocalInventory,
    store_shipping,
};

impl LocalInventory {
    /// Hears when a parcel has left, and when money went back.
    pub fn listen(self: &Arc<Self>, bus: &Bus) {
        self.listen_to_refunds(bus);
        self.listen_to_returns(bus);
        self.listen_to_shop(bus);
        let inventory = Arc::clone(self);
        bus.on::<OrderShipped, _, _>("inventory.ship", move |event, delivered| {
            let inventory = Arc::clone(&inventory);
            async move { inventory.ship(&event, &delivered).await }
        });
    }

    /// Pieces that were never tracked stand in no reservation, and nothing is counted for them.
    async fn ship(&self, event: &OrderShipped, delivered: &Delivered) -> Result<()> {
        let ctx = Ctx::system(format!("event-{}", delivered.id));
        let mut leaving: BTreeMap<VariantId, i64> = BTreeMap::new();
        for line in &event.lines {
            *leaving.entry(line.variant_id).or_default() += line.quantity;
        }
        let reservation = Some(event.reservation_id);
        let cause = Cause { kind: "shipped", reason: "", reservation, source: None };
        let mut tx = self.db.begin().await?;
        if !tx.first_time(delivered).await? {
            return Ok(());
        }
        let (parcel, id) = (event.fulfillment_id, event.reservation_id);
        let mut lines = store_shipping::unshipped_lines(&mut tx, id).await?;
        let mut books = Books::open(&mut tx, lines.iter().map(|line| line.variant_id)).await?;
        for (variant, quantity) in leaving {
            for line in take(&mut lines, variant, quantity) {
                store_shipping::add_shipment_line(&mut tx, parcel, id, &line).await?;
                let (on_hand, allocated) = (-line.quantity, -line.quantity);
                let delta = Delta { on_hand, allocated, ..Delta::default() };
                books.post(self, &ctx, (variant, line.location_id), delta, &cause)?;
            }
        }
        books.close(self, &mut tx).await?;
        Ok(tx.commit().await?)
    }
}
