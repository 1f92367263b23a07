//! What a refund does to stock: pieces that were never sent are no longer promised, pieces that came back may be on
//! the shelf again. Once per refund.

use std::{collections::BTreeMap, sync::Arc};

use souk_contract::{Ctx, OrderRefunded, RefundedPieces, Result, VariantId};
use souk_kernel::{Bus, Delivered, Tx};

use crate::{
    books::{Books, Cause, Delta},
    service::LocalInventory,
    store::ReservationLineRow,
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
        let unshipped = store_shipping::unshipped_lines(&mut tx, event.reservation_id).await?;
        let shipped = store_shipping::shipped_lines(&mut tx, event.reservation_id).await?;
        let variants = unshipped.iter().chain(&shipped).map(|line| line.variant_id).collect::<Vec<_>>();
        let places = shipped.iter().map(|line| line.location_id).collect::<Vec<_>>();
        let mut books = Books::open_all(&mut tx, variants, places).await?;
        self.let_go_of(&ctx, &mut tx, &mut books, event, unshipped).await?;
        self.put_back(&ctx, &mut books, event, shipped)?;
        books.close(self, &mut tx).await?;
        Ok(tx.commit().await?)
    }

    async fn let_go_of(
        &self,
        ctx: &Ctx,
        tx: &mut Tx,
        books: &mut Books,
        event: &OrderRefunded,
        mut lines: Vec<ReservationLineRow>,
    ) -> Result<()> {
        let id = event.reservation_id;
        for ((variant, restock), quantity) in sorted(&event.removed) {
            for line in take(&mut lines, variant, quantity) {
                let (moved, kind) = if restock { (0, "released") } else { (-line.quantity, "written_off") };
                let delta = Delta { on_hand: moved, allocated: -line.quantity, ..Delta::default() };
                let cause = Cause { kind, reason: "refunded", reservation: Some(id), source: None };
                books.post(self, ctx, (variant, line.location_id), delta, &cause)?;
                store_shipping::add_release_line(tx, event.refund_id, id, &line).await?;
            }
        }
        Ok(())
    }

    /// To where they were sent from.
    fn put_back(
        &self,
        ctx: &Ctx,
        books: &mut Books,
        event: &OrderRefunded,
        mut lines: Vec<ReservationLineRow>,
    ) -> Result<()> {
        let reservation = Some(event.reservation_id);
        let cause = Cause { kind: "returned", reason: "refunded", reservation, source: None };
        for ((variant, restock), quantity) in sorted(&event.returned) {
            for line in take(&mut lines, variant, quantity) {
                if restock {
                    let place = books.place_for(line.location_id)?;
                    books.post(self, ctx, (variant, place), Delta::on_hand(line.quantity), &cause)?;
                }
            }
        }
        Ok(())
    }
}
