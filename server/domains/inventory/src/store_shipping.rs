//! SQL about what leaves the shelf, and what is about to be gone.

use souk_contract::{FulfillmentId, RefundId, ReservationId, ReturnId, ReturnedStock, VariantId};
use souk_kernel::db::{Conn, DbError};

use crate::store::ReservationLineRow;

/// The lines, less what has left the shelf and what was refunded before it left.
pub(crate) async fn unshipped_lines(
    conn: &mut Conn,
    id: ReservationId,
) -> Result<Vec<ReservationLineRow>, DbError> {
    conn.query(
        "select line.variant_id, line.location_id,
                line.quantity - cast(coalesce((
                  select sum(shipped.quantity) from shipment_line shipped
                  where shipped.reservation_id = line.reservation_id and shipped.variant_id = line.variant_id
                    and shipped.location_id = line.location_id), 0) as bigint)
                - cast(coalesce((
                  select sum(released.quantity) from release_line released
                  where released.reservation_id = line.reservation_id and released.variant_id = line.variant_id
                    and released.location_id = line.location_id), 0) as bigint) as quantity
         from reservation_line line join location on location.id = line.location_id
         where line.reservation_id = $1 order by line.variant_id, location.position, line.location_id",
    )
    .bind(id)
    .all()
    .await
}

pub(crate) async fn add_shipment_line(
    conn: &mut Conn,
    fulfillment: FulfillmentId,
    reservation: ReservationId,
    line: &ReservationLineRow,
) -> Result<(), DbError> {
    conn.query(
        "insert into shipment_line (fulfillment_id, reservation_id, variant_id, location_id, quantity)
         values ($1, $2, $3, $4, $5)",
    )
    .bind(fulfillment)
    .bind(reservation)
    .bind(line.variant_id)
    .bind(line.location_id)
    .bind(line.quantity)
    .execute()
    .await?;
    Ok(())
}

/// What has left the shelf of a reservation, by variant and location.
pub(crate) async fn shipped_lines(
    conn: &mut Conn,
    id: ReservationId,
) -> Result<Vec<ReservationLineRow>, DbError> {
    conn.query(
        "select variant_id, location_id, cast(sum(quantity) as bigint) as quantity from shipment_line
         where reservation_id = $1 group by variant_id, location_id order by variant_id, location_id",
    )
    .bind(id)
    .all()
    .await
}

/// A location may give pieces of a variant in two goes: those that can be sold again, and the others.
pub(crate) async fn add_release_line(
    conn: &mut Conn,
    refund: RefundId,
    reservation: ReservationId,
    line: &ReservationLineRow,
) -> Result<(), DbError> {
    conn.query(
        "insert into release_line (refund_id, reservation_id, variant_id, location_id, quantity)
         values ($1, $2, $3, $4, $5)
         on conflict (refund_id, variant_id, location_id)
           do update set quantity = release_line.quantity + excluded.quantity",
    )
    .bind(refund)
    .bind(reservation)
    .bind(line.variant_id)
    .bind(line.location_id)
    .bind(line.quantity)
    .execute()
    .await?;
    Ok(())
}

/// Pieces per reservation and variant that were refunded before they left.
pub(crate) async fn released_of(
    conn: &mut Conn,
    ids: &[ReservationId],
) -> Result<Vec<(ReservationId, VariantId, i64)>, DbError> {
    conn.query(
        "select reservation_id, variant_id, cast(sum(quantity) as bigint) from release_line
         where reservation_id in ($1..) group by reservation_id, variant_id order by reservation_id, variant_id",
    )
    .bind_list(ids)
    .all()
    .await
}

/// Pieces per reservation and variant that have left the shelf.
pub(crate) async fn shipped_of(
    conn: &mut Conn,
    ids: &[ReservationId],
) -> Result<Vec<(ReservationId, VariantId, i64)>, DbError> {
    conn.query(
        "select reservation_id, variant_id, cast(sum(quantity) as bigint) from shipment_line
         where reservation_id in ($1..) group by reservation_id, variant_id order by reservation_id, variant_id",
    )
    .bind_list(ids)
    .all()
    .await
}

/// Pieces per return and variant that came back, by the ledger.
pub(crate) async fn returned(conn: &mut Conn, ids: &[ReturnId]) -> Result<Vec<ReturnedStock>, DbError> {
    let rows: Vec<(ReturnId, VariantId, i64, i64)> = conn
        .query(
            "select source_id, variant_id, cast(sum(on_hand_delta) as bigint), cast(sum(damaged_delta) as bigint)
             from movement where kind = 'returned' and source_id in ($1..)
             group by source_id, variant_id order by source_id, variant_id",
        )
        .bind_list(ids)
        .all()
        .await?;
    let stock = |(return_id, variant_id, resellable, damaged)| ReturnedStock {
        return_id,
        variant_id,
        resellable,
        damaged,
    };
    Ok(rows.into_iter().map(stock).collect())
}
