//! What a return does to stock: pieces that were looked at are on the shelf again, or among the damaged ones. Once per step
//! of receiving.

use std::sync::Arc;

use souk_contract::{Ctx, LocationId, ReserveLine, Result, ReturnSorted};
use souk_kernel::{Bus, Delivered};

use crate::{
    books::{Books, Cause, Delta},
    refunding,
    service::LocalInventory,
    store::ReservationLineRow,
    store_shipping,
};

/// Where such pieces go: to the place that was named, or to where they were sent from. Pieces that were never tracked
/// stand in no reservation, and nothing is counted for them.
fn split(
    lines: &[ReserveLine],
    shipped: &[ReservationLineRow],
    place: Option<LocationId>,
) -> Vec<ReservationLineRow> {
    let mut left = shipped.to_vec();
    let parts = lines.iter().flat_map(|line| refunding::take(&mut left, line.variant_id, line.quantity));
    parts.map(|row| ReservationLineRow { location_id: place.unwrap_or(row.location_id), ..row }).collect()
}

impl LocalInventory {
    pub(crate) fn listen_to_returns(self: &Arc<Self>, bus: &Bus) {
        let inventory = Arc::clone(self);
        bus.on::<ReturnSorted, _, _>("inventory.take_in_return", move |event, delivered| {
            let inventory = Arc::clone(&inventory);
            async move { inventory.take_in(&event, &delivered).await }
        });
    }

    async fn take_in(&self, event: &ReturnSorted, delivered: &Delivered) -> Result<()> {
        let ctx = Ctx::system(format!("event-{}", delivered.id));
        let mut tx = self.db.begin().await?;
        if !tx.first_time(delivered).await? {
            return Ok(());
        }
        let shipped = store_shipping::shipped_lines(&mut tx, event.reservation_id).await?;
        let resellable = split(&event.resellable, &shipped, event.location_id);
        let damaged = split(&event.damaged, &shipped, event.location_id);
        let rows = || resellable.iter().chain(&damaged);
        let (variants, places) = (rows().map(|row| row.variant_id), rows().map(|row| row.location_id));
        let mut books = Books::open_all(&mut tx, variants, places).await?;
        let reason = format!("return {}", event.name);
        let cause = Cause {
            kind: "returned",
            reason: &reason,
            reservation: Some(event.reservation_id),
            source: Some(event.return_id.uuid()),
        };
        let fit = |pieces| Delta::on_hand(pieces);
        let unfit = |pieces| Delta { damaged: pieces, ..Delta::default() };
        let moved = resellable.iter().map(|row| (row, fit(row.quantity)));
        for (row, delta) in moved.chain(damaged.iter().map(|row| (row, unfit(row.quantity)))) {
            let place = books.place_for(row.location_id)?;
            books.post(self, &ctx, (row.variant_id, place), delta, &cause)?;
        }
        books.close(self, &mut tx).await?;
        Ok(tx.commit().await?)
    }
}
