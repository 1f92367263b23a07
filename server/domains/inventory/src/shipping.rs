//! What leaves the shelf: orders say so, and it happens here, once per parcel.

use std::{collections::BTreeMap, sync::Arc};

use souk_contract::{Ctx, OrderShipped, Result, VariantId};
use souk_kernel::{Bus, Delivered};

use crate::{
    refunding::take,
    service::{Cause, LocalInventory},
    store_shipping,
};

impl LocalInventory {
    /// Hears when a parcel has left, and when money went back.
    pub fn listen(self: &Arc<Self>, bus: &Bus) {
        self.listen_to_refunds(bus);
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
        let cause = Cause { kind: "shipped", reason: "", reservation: Some(event.reservation_id) };
        let mut tx = self.db.begin().await?;
        if !tx.first_time(delivered).await? {
            return Ok(());
        }
        let (parcel, id) = (event.fulfillment_id, event.reservation_id);
        let mut lines = store_shipping::unshipped_lines(&mut tx, id).await?;
        for (variant, quantity) in leaving {
            for line in take(&mut lines, variant, quantity) {
                store_shipping::add_shipment_line(&mut tx, parcel, id, &line).await?;
                let row = store_shipping::ship(&mut tx, &line).await?;
                self.record(&ctx, &mut tx, &row, (-line.quantity, 0, -line.quantity), &cause).await?;
            }
        }
        Ok(tx.commit().await?)
    }
}
