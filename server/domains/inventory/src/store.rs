//! SQL, one function per statement.

use serde::Serialize;
use souk_contract::{
    LocationId, Movement, MovementId, OrderId, ReservationId, ReservationState, Timestamp, VariantId,
};
use souk_kernel::{
    db::{Conn, DbError, Many, Query, Text, parts, placeholders},
    record,
};
use uuid::Uuid;

use crate::books::NewMovement;

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct ReservationRow {
        pub state: Text<ReservationState>,
        pub order_id: Option<OrderId>,
    }
}

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct KnownReservationRow {
        pub id: ReservationId,
        pub state: Text<ReservationState>,
        pub order_id: Option<OrderId>,
    }
}

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct ReservationLineRow {
        pub variant_id: VariantId,
        pub location_id: LocationId,
        pub quantity: i64,
    }
}

record! {
    struct MovementRow {
        id: MovementId,
        variant_id: VariantId,
        location_id: LocationId,
        kind: String,
        on_hand_delta: i64,
        reserved_delta: i64,
        allocated_delta: i64,
        damaged_delta: i64,
        reason: String,
        actor: String,
        at: Timestamp,
    }
}

impl From<MovementRow> for Movement {
    fn from(row: MovementRow) -> Self {
        Self {
            id: row.id,
            variant_id: row.variant_id,
            location_id: row.location_id,
            kind: row.kind,
            on_hand_delta: row.on_hand_delta,
            reserved_delta: row.reserved_delta,
            allocated_delta: row.allocated_delta,
            damaged_delta: row.damaged_delta,
            reason: row.reason,
            actor: row.actor,
            at: row.at,
        }
    }
}

record! {
    /// A level beside what the ledger and the reservations make of it.
    pub(crate) struct AuditRow {
        pub variant_id: VariantId,
        pub on_hand: i64,
        pub reserved: i64,
        pub allocated: i64,
        pub damaged: i64,
        pub moved_on_hand: i64,
        pub moved_reserved: i64,
        pub moved_allocated: i64,
        pub moved_damaged: i64,
        pub held: i64,
        pub promised: i64,
    }
}

/// A movement as it is written.
#[derive(Serialize)]
struct Written<'a> {
    #[serde(flatten)]
    movement: &'a Movement,
    reservation_id: Option<ReservationId>,
    source_id: Option<Uuid>,
}

fn bind_movement<'q>(query: Query<'q>, row: &Written<'_>) -> Query<'q> {
    let Written { movement, reservation_id, source_id } = row;
    let query = query.bind(movement.id).bind(movement.variant_id).bind(movement.location_id);
    let query = query.bind(&movement.kind).bind(movement.on_hand_delta).bind(movement.reserved_delta);
    let query = query.bind(movement.allocated_delta).bind(movement.damaged_delta).bind(&movement.reason);
    query.bind(&movement.actor).bind(*reservation_id).bind(*source_id).bind(movement.at)
}

pub(crate) async fn add_movements(conn: &mut Conn, all: &[NewMovement]) -> Result<(), DbError> {
    let written = all.iter().map(|one| Written {
        movement: &one.movement,
        reservation_id: one.reservation,
        source_id: one.source,
    });
    let rows: Vec<Written<'_>> = written.collect();
    let insert = Many {
        columns: "id uuid, variant_id uuid, location_id uuid, kind text, on_hand_delta bigint,
                  reserved_delta bigint, allocated_delta bigint, damaged_delta bigint, reason text, actor text,
                  reservation_id uuid, source_id uuid, at timestamptz",
        sql: "insert into movement
                (id, variant_id, location_id, kind, on_hand_delta, reserved_delta, allocated_delta, damaged_delta,
                 reason, actor, reservation_id, source_id, at)
              select * from told",
    };
    insert.run(conn, &rows, bind_movement).await?;
    Ok(())
}

/// Newest first, before the given one.
pub(crate) async fn movements(
    conn: &mut Conn,
    variant: VariantId,
    before: Option<MovementId>,
    limit: i64,
) -> Result<Vec<Movement>, DbError> {
    let rows: Vec<MovementRow> = match before {
        Some(before) => {
            conn.query(
                "select id, variant_id, location_id, kind, on_hand_delta, reserved_delta, allocated_delta,
                        damaged_delta, reason, actor, at
                 from movement where variant_id = $1 and id < $2 order by id desc limit $3",
            )
            .bind(variant)
            .bind(before)
            .bind(limit)
            .all()
            .await?
        }
        None => {
            conn.query(
                "select id, variant_id, location_id, kind, on_hand_delta, reserved_delta, allocated_delta,
                        damaged_delta, reason, actor, at
                 from movement where variant_id = $1 order by id desc limit $2",
            )
            .bind(variant)
            .bind(limit)
            .all()
            .await?
        }
    };
    Ok(rows.into_iter().map(Into::into).collect())
}

pub(crate) async fn reservation(
    conn: &mut Conn,
    id: ReservationId,
) -> Result<Option<ReservationRow>, DbError> {
    conn.query("select state, order_id from reservation where id = $1").bind(id).optional().await
}

pub(crate) async fn reservations(
    conn: &mut Conn,
    ids: &[ReservationId],
) -> Result<Vec<KnownReservationRow>, DbError> {
    conn.query("select id, state, order_id from reservation where id in ($1..) order by id")
        .bind_list(ids)
        .all()
        .await
}

pub(crate) async fn committed_after(
    conn: &mut Conn,
    after: ReservationId,
    limit: i64,
) -> Result<Vec<KnownReservationRow>, DbError> {
    conn.query(
        "select id, state, order_id from reservation where state = 'committed' and id > $1 order by id limit $2",
    )
    .bind(after)
    .bind(limit)
    .all()
    .await
}

/// Pieces per reservation and variant.
pub(crate) async fn lines_of(
    conn: &mut Conn,
    ids: &[ReservationId],
) -> Result<Vec<(ReservationId, VariantId, i64)>, DbError> {
    conn.query(
        "select reservation_id, variant_id, cast(sum(quantity) as bigint) from reservation_line
         where reservation_id in ($1..) group by reservation_id, variant_id order by reservation_id, variant_id",
    )
    .bind_list(ids)
    .all()
    .await
}

/// False where the id exists already.
pub(crate) async fn add_reservation(
    conn: &mut Conn,
    id: ReservationId,
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<bool, DbError> {
    let added = conn
        .query(
            "insert into reservation (id, state, expires_at, updated_at) values ($1, 'active', $2, $3)
             on conflict (id) do nothing",
        )
        .bind(id)
        .bind(expires_at)
        .bind(now)
        .execute()
        .await?;
    Ok(added == 1)
}

pub(crate) async fn add_reservation_lines(
    conn: &mut Conn,
    id: ReservationId,
    lines: &[ReservationLineRow],
) -> Result<(), DbError> {
    for part in parts(lines) {
        let sql = format!(
            "insert into reservation_line (reservation_id, variant_id, location_id, quantity) values {}",
            placeholders(part.len(), 4)
        );
        let mut query = conn.query_dynamic(sql);
        for line in part {
            query = query.bind(id).bind(line.variant_id).bind(line.location_id).bind(line.quantity);
        }
        query.execute().await?;
    }
    Ok(())
}

/// Where what is held again may come from other places.
pub(crate) async fn remove_reservation_lines(conn: &mut Conn, id: ReservationId) -> Result<(), DbError> {
    conn.query("delete from reservation_line where reservation_id = $1").bind(id).execute().await?;
    Ok(())
}

pub(crate) async fn reservation_lines(
    conn: &mut Conn,
    id: ReservationId,
) -> Result<Vec<ReservationLineRow>, DbError> {
    conn.query(
        "select variant_id, location_id, quantity from reservation_line
         where reservation_id = $1 order by variant_id, location_id",
    )
    .bind(id)
    .all()
    .await
}

/// Moves it on if it is still in that state: of two who try, one wins.
pub(crate) async fn move_reservation(
    conn: &mut Conn,
    id: ReservationId,
    from: ReservationState,
    to: ReservationState,
    order: Option<OrderId>,
    now: Timestamp,
) -> Result<bool, DbError> {
    let moved = conn
        .query(
            "update reservation set state = $3, order_id = coalesce($4, order_id), updated_at = $5
             where id = $1 and state = $2",
        )
        .bind(id)
        .bind(Text(from))
        .bind(Text(to))
        .bind(order)
        .bind(now)
        .execute()
        .await?;
    Ok(moved == 1)
}

pub(crate) async fn due(
    conn: &mut Conn,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<(ReservationId,)>, DbError> {
    conn.query(
        "select id from reservation where state = 'active' and expires_at <= $1 order by expires_at limit $2",
    )
    .bind(now)
    .bind(limit)
    .all()
    .await
}

/// Levels that differ from their ledger or from the reservations that stand.
pub(crate) async fn audit(conn: &mut Conn) -> Result<Vec<AuditRow>, DbError> {
    conn.query(
        "with moved as (
           select variant_id, location_id,
                  cast(sum(on_hand_delta) as bigint) as on_hand,
                  cast(sum(reserved_delta) as bigint) as reserved,
                  cast(sum(allocated_delta) as bigint) as allocated,
                  cast(sum(damaged_delta) as bigint) as damaged
           from movement group by variant_id, location_id
         ), standing as (
           select line.variant_id, line.location_id,
                  cast(sum(case when reservation.state = 'active' then line.quantity else 0 end) as bigint) as held,
                  cast(sum(case when reservation.state = 'committed' then line.quantity else 0 end) as bigint) as promised
           from reservation_line line join reservation on reservation.id = line.reservation_id
           group by line.variant_id, line.location_id
         ), gone as (
           select line.variant_id, line.location_id, cast(sum(line.quantity) as bigint) as pieces
           from (select reservation_id, variant_id, location_id, quantity from shipment_line
                 union all
                 select reservation_id, variant_id, location_id, quantity from release_line) as line
           join reservation on reservation.id = line.reservation_id
           where reservation.state = 'committed'
           group by line.variant_id, line.location_id
         ), audited as (
           select level.variant_id, level.on_hand, level.reserved, level.allocated, level.damaged,
                  coalesce(moved.on_hand, 0) as moved_on_hand,
                  coalesce(moved.reserved, 0) as moved_reserved,
                  coalesce(moved.allocated, 0) as moved_allocated,
                  coalesce(moved.damaged, 0) as moved_damaged,
                  coalesce(standing.held, 0) as held,
                  coalesce(standing.promised, 0) - coalesce(gone.pieces, 0) as promised
           from level
           left join moved on moved.variant_id = level.variant_id and moved.location_id = level.location_id
           left join standing on standing.variant_id = level.variant_id and standing.location_id = level.location_id
           left join gone on gone.variant_id = level.variant_id and gone.location_id = level.location_id
         )
         select variant_id, on_hand, reserved, allocated, damaged, moved_on_hand, moved_reserved, moved_allocated,
                moved_damaged, held, promised
         from audited
         where on_hand <> moved_on_hand or reserved <> moved_reserved or allocated <> moved_allocated
            or damaged <> moved_damaged or reserved <> held or allocated <> promised
         order by variant_id",
    )
    .all()
    .await
}

/// Variants of which a level says something else than holds of them in every place.
pub(crate) async fn unruly(conn: &mut Conn) -> Result<Vec<(VariantId,)>, DbError> {
    conn.query(
        "select distinct level.variant_id from level left join item on item.variant_id = level.variant_id
         where item.variant_id is null or item.tracked <> level.tracked or item.policy <> level.policy
         order by level.variant_id",
    )
    .all()
    .await
}
