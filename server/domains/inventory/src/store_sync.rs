//! SQL for figures from outside systems.

use serde::Serialize;
use souk_contract::{LocationId, ReservationId, Timestamp, VariantId};
use souk_kernel::{
    db::{Conn, DbError, Many, Query},
    record,
};

const CHUNK: usize = 1024;

record! {
    /// Pieces that came to or left a shelf.
    #[derive(Debug, Clone)]
    pub(crate) struct MovedRow {
        pub variant_id: VariantId,
        pub location_id: LocationId,
        pub kind: String,
        pub on_hand_delta: i64,
        pub reservation_id: Option<ReservationId>,
        pub at: Timestamp,
    }
}

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct SyncedRow {
        pub reference: String,
        pub variant_id: VariantId,
        pub location_id: LocationId,
        pub delta: i64,
    }
}

/// What moved on the shelves after that moment, in its order.
pub(crate) async fn moved_since(
    conn: &mut Conn,
    variants: &[VariantId],
    since: Timestamp,
) -> Result<Vec<MovedRow>, DbError> {
    let mut moved = Vec::new();
    for part in variants.chunks(CHUNK) {
        let rows: Vec<MovedRow> = conn
            .query(
                "select variant_id, location_id, kind, on_hand_delta, reservation_id, at from movement
                 where on_hand_delta <> 0 and at > $1 and variant_id in ($2..) order by id",
            )
            .bind(since)
            .bind_list(part)
            .all()
            .await?;
        moved.extend(rows);
    }
    Ok(moved)
}

/// What was counted under these references.
pub(crate) async fn synced(conn: &mut Conn, references: &[String]) -> Result<Vec<SyncedRow>, DbError> {
    let mut synced = Vec::new();
    for part in references.chunks(CHUNK) {
        let rows: Vec<SyncedRow> = conn
            .query("select reference, variant_id, location_id, delta from synced where reference in ($1..)")
            .bind_list(part)
            .all()
            .await?;
        synced.extend(rows);
    }
    Ok(synced)
}

/// A difference as it is written.
#[derive(Serialize)]
struct Counted<'a> {
    reference: &'a str,
    variant_id: VariantId,
    location_id: LocationId,
    delta: i64,
    at: Timestamp,
}

fn bind_counted<'q>(query: Query<'q>, row: &Counted<'_>) -> Query<'q> {
    let query = query.bind(row.reference).bind(row.variant_id).bind(row.location_id);
    query.bind(row.delta).bind(row.at)
}

pub(crate) async fn add_synced(conn: &mut Conn, rows: &[SyncedRow], now: Timestamp) -> Result<(), DbError> {
    let counted = rows.iter().map(|row| Counted {
        reference: &row.reference,
        variant_id: row.variant_id,
        location_id: row.location_id,
        delta: row.delta,
        at: now,
    });
    let rows: Vec<Counted<'_>> = counted.collect();
    let insert = Many {
        columns: "reference text, variant_id uuid, location_id uuid, delta bigint, at timestamptz",
        sql: "insert into synced (reference, variant_id, location_id, delta, at) select * from told",
    };
    insert.run(conn, &rows, bind_counted).await?;
    Ok(())
}
