//! SQL about what should be ordered again.

use souk_contract::{Timestamp, VariantId};
use souk_kernel::{
    db::{Conn, DbError},
    record,
};

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct LowRow {
        pub variant_id: VariantId,
        pub reorder_point: Option<i64>,
        pub available: i64,
        pub incoming: i64,
        pub sold: i64,
    }
}

/// By variant, after the given one. `usual`: the point of those that have none.
pub(crate) async fn low(
    conn: &mut Conn,
    after: VariantId,
    since: Timestamp,
    usual: i64,
    limit: i64,
) -> Result<Vec<LowRow>, DbError> {
    conn.query(
        "with shelf as (
           select item.variant_id, item.reorder_point,
                  cast(coalesce(sum(level.on_hand - level.reserved - level.allocated), 0) as bigint) as available
           from item left join level on level.variant_id = item.variant_id
           where item.tracked and item.variant_id > $1 group by item.variant_id, item.reorder_point
         ), coming as (
           select line.variant_id,
                  cast(sum(line.quantity - line.received - line.damaged - line.lost) as bigint) as incoming
           from supply_line line join supply on supply.id = line.supply_id
           where supply.state in ('in_transit', 'ordered', 'partially_received') group by line.variant_id
         ), gone as (
           select variant_id, cast(sum(allocated_delta) as bigint) as sold from movement
           where kind in ('allocated', 'released') and at > $2 group by variant_id
         )
         select shelf.variant_id, shelf.reorder_point, shelf.available,
                coalesce(coming.incoming, 0) as incoming, coalesce(gone.sold, 0) as sold
         from shelf left join coming on coming.variant_id = shelf.variant_id
         left join gone on gone.variant_id = shelf.variant_id
         where shelf.available + coalesce(coming.incoming, 0) <= coalesce(shelf.reorder_point, $3)
         order by shelf.variant_id limit $4",
    )
    .bind(after)
    .bind(since)
    .bind(usual)
    .bind(limit)
    .all()
    .await
}

pub(crate) async fn point(conn: &mut Conn, variant: VariantId) -> Result<Option<(Option<i64>,)>, DbError> {
    conn.query("select reorder_point from item where variant_id = $1").bind(variant).optional().await
}

pub(crate) async fn put_point(
    conn: &mut Conn,
    variant: VariantId,
    point: Option<i64>,
) -> Result<(), DbError> {
    conn.query("update item set reorder_point = $2 where variant_id = $1")
        .bind(variant)
        .bind(point)
        .execute()
        .await?;
    Ok(())
}
