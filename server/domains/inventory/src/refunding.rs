//! What a refund does to stock: pieces that were never sent are no longer promised, pieces that came back may be on
//! the shelf again. Once per refund.

use std::{collections::BTreeMap, sync::Arc};

use souk_contract::{Ctx, OrderRefunded, RefundedPieces, ReservationId, Result, VariantId};
use souk_kernel::{Bus, Delivered, Tx};

use crate::{
    service::{Cause, LocalInventory},
    store::{self, ReservationLineRow},
    store_shipping,
};

/// Pieces per variant, those that can be sold again apart from the others.
fn sorted(pieces: &[RefundedPieces]) -> BTreeMap<(VariantId, bool), i64> {
    let mut sorted = BTreeMap::new();
    for one in pieces {
        *sorted.entry((one.variant_id, one.restock)).or_default() += one.quantity;
    }
    sorted
}

/// Takes up to `wanted` pieces of a variant from the lines, which have fewer afterwards.
pub(crate) fn take(
    lines: &mut [ReservationLineRow],
    variant: VariantId,
    mut wanted: i64,
) -> Vec<ReservationLineRow> {
    let mut taken = Vec::new();
    for line in lines.iter_mut().filter(|line| line.variant_id == variant) {
        let quantity = line.quantity.min(wanted);
        if quantity > 0 {
            line.quantity -= quantity;
            wanted -= quantity;
            taken.push(ReservationLineRow { quantity, ..line.clone() });
        }
    }
    taken
}

impl LocalInventory {
    pub(crate) fn listen_to_refunds(self: &Arc<Self>, bus: &Bus) {
        let inventory = Arc::clone(self);
        bus.on::<OrderRefunded, _, _>("inventory.refund", move |event, delivered| {
            let inventory = Arc::clone(&inventory);
            async move { inventory.take_back(&event, &delivered).await }
        });
    }

    /// Pieces that were never tracked stand in no reservation, and nothing is counted for them.
    async fn take_back(&self, event: &OrderRefunded, delivered: &Delivered) -> Result<()> {
        let ctx = Ctx::system(format!("event-{}", delivered.id));
        let mut tx = self.db.begin().await?;
        if !tx.first_time(delivered).await? {
            return Ok(());
        }
        self.release(&ctx, &mut tx, event).await?;
        self.put_back(&ctx, &mut tx, event.reservation_id, &event.returned).await?;
        Ok(tx.commit().await?)
    }

    async fn release(&self, ctx: &Ctx, tx: &mut Tx, event: &OrderRefunded) -> Result<()> {
        let id = event.reservation_id;
        let mut lines = store_shipping::unshipped_lines(tx, id).await?;
        for ((variant, restock), quantity) in sorted(&event.removed) {
            for line in take(&mut lines, variant, quantity) {
                let (row, moved, kind) = if restock {
                    (store::shift(tx, &line, 0, -line.quantity).await?, 0, "released")
                } else {
                    (store_shipping::ship(tx, &line).await?, -line.quantity, "written_off")
                };
                let cause = Cause { kind, reason: "refunded", reservation: Some(id) };
                self.record(ctx, tx, &row, (moved, 0, -line.quantity), &cause).await?;
                store_shipping::add_release_line(tx, event.refund_id, id, &line).await?;
            }
        }
        Ok(())
    }

    /// To where they were sent from.
    async fn put_back(
        &self,
        ctx: &Ctx,
        tx: &mut Tx,
        id: ReservationId,
        returned: &[RefundedPieces],
    ) -> Result<()> {
        let mut lines = store_shipping::shipped_lines(tx, id).await?;
        for ((variant, restock), quantity) in sorted(returned) {
            for line in take(&mut lines, variant, quantity) {
                if restock {
                    let row = store_shipping::put_back(tx, &line).await?;
                    let cause = Cause { kind: "returned", reason: "refunded", reservation: Some(id) };
                    self.record(ctx, tx, &row, (line.quantity, 0, 0), &cause).await?;
                }
            }
        }
        Ok(())
    }
}
