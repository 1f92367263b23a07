//! SQL, one function per statement.

use souk_contract::{
    Availability, LocationId, Movement, MovementId, OrderId, ReservationId, ReservationState, StockPolicy,
    Timestamp, VariantId,
};
use souk_kernel::{
    db::{Conn, DbError, Text},
    record,
};

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct LevelRow {
        pub variant_id: VariantId,
        pub location_id: LocationId,
        pub tracked: bool,
        pub policy: Text<StockPolicy>,
        pub on_hand: i64,
        pub reserved: i64,
        pub allocated: i64,
        pub shortfall: i64,
        pub availability: Text<Availability>,
        pub version: i64,
    }
}

/// What staff set, for the audit log.
#[derive(serde::Serialize)]
pub(crate) struct Rules {
    on_hand: i64,
    tracked: bool,
    policy: StockPolicy,
}

impl LevelRow {
    pub(crate) fn rules(&self) -> Rules {
        Rules { on_hand: self.on_hand, tracked: self.tracked, policy: self.policy.0 }
    }

    pub(crate) fn available(&self) -> i64 {
        self.on_hand - self.reserved - self.allocated
    }
}

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
        pub moved_on_hand: i64,
        pub moved_reserved: i64,
        pub moved_allocated: i64,
        pub held: i64,
        pub promised: i64,
    }
}

/// The shop's own shelf, made on first use.
pub(crate) async fn default_location(conn: &mut Conn, id: LocationId) -> Result<LocationId, DbError> {
    conn.query(
        "insert into location (id, name, is_default) values ($1, 'Main', $2) on conflict (name) do nothing",
    )
    .bind(id)
    .bind(true)
    .execute()
    .await?;
    let (id,) = conn.query("select id from location where name = 'Main'").one().await?;
    Ok(id)
}

pub(crate) async fn levels(conn: &mut Conn, variants: &[VariantId]) -> Result<Vec<LevelRow>, DbError> {
    conn.query(
        "select variant_id, location_id, tracked, policy, on_hand, reserved, allocated, shortfall, availability, version
         from level where variant_id in ($1..)",
    )
    .bind_list(variants)
    .all()
    .await
}

/// Holds pieces if they are there; none where they aren't, or where nothing is tracked.
pub(crate) async fn hold(
    conn: &mut Conn,
    variant: VariantId,
    location: LocationId,
    quantity: i64,
) -> Result<Option<LevelRow>, DbError> {
    conn.query(
        "update level set reserved = reserved + $3, version = version + 1
         where variant_id = $1 and location_id = $2 and tracked
           and (policy = 'continue' or on_hand - reserved - allocated >= $3)
         returning variant_id, location_id, tracked, policy, on_hand, reserved, allocated, shortfall, availability, version",
    )
    .bind(variant)
    .bind(location)
    .bind(quantity)
    .optional()
    .await
}

/// Changes what is promised by differences and lets the shortfall shrink with it.
pub(crate) async fn shift(
    conn: &mut Conn,
    line: &ReservationLineRow,
    reserved_delta: i64,
    allocated_delta: i64,
) -> Result<LevelRow, DbError> {
    conn.query(
        "update level set
           reserved = reserved + $3,
           allocated = allocated + $4,
           shortfall = case
             when reserved + $3 + allocated + $4 - on_hand <= 0 then 0
             when reserved + $3 + allocated + $4 - on_hand < shortfall then reserved + $3 + allocated + $4 - on_hand
             else shortfall end,
           version = version + 1
         where variant_id = $1 and location_id = $2
         returning variant_id, location_id, tracked, policy, on_hand, reserved, allocated, shortfall, availability, version",
    )
    .bind(line.variant_id)
    .bind(line.location_id)
    .bind(reserved_delta)
    .bind(allocated_delta)
    .one()
    .await
}

pub(crate) async fn set_availability(
    conn: &mut Conn,
    row: &LevelRow,
    word: Availability,
) -> Result<(), DbError> {
    conn.query("update level set availability = $3 where variant_id = $1 and location_id = $2")
        .bind(row.variant_id)
        .bind(row.location_id)
        .bind(Text(word))
        .execute()
        .await?;
    Ok(())
}

/// Writes a level as staff set it; `None` when another change came between (its version moved on).
pub(crate) async fn put_level(conn: &mut Conn, row: &LevelRow) -> Result<bool, DbError> {
    let written = conn
        .query(
            "insert into level
               (variant_id, location_id, tracked, policy, on_hand, reserved, allocated, shortfall, availability, version)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             on conflict (variant_id, location_id) do update set
               tracked = excluded.tracked, policy = excluded.policy, on_hand = excluded.on_hand,
               shortfall = excluded.shortfall, availability = excluded.availability, version = excluded.version
             where level.version = excluded.version - 1",
        )
        .bind(row.variant_id)
        .bind(row.location_id)
        .bind(row.tracked)
        .bind(row.policy)
        .bind(row.on_hand)
        .bind(row.reserved)
        .bind(row.allocated)
        .bind(row.shortfall)
        .bind(row.availability)
        .bind(row.version)
        .execute()
        .await?;
    Ok(written == 1)
}

pub(crate) async fn add_movement(
    conn: &mut Conn,
    movement: &Movement,
    reservation: Option<ReservationId>,
) -> Result<(), DbError> {
    conn.query(
        "insert into movement (id, variant_id, location_id, kind, on_hand_delta, reserved_delta, allocated_delta,
                               reason, actor, reservation_id, at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(movement.id)
    .bind(movement.variant_id)
    .bind(movement.location_id)
    .bind(&movement.kind)
    .bind(movement.on_hand_delta)
    .bind(movement.reserved_delta)
    .bind(movement.allocated_delta)
    .bind(&movement.reason)
    .bind(&movement.actor)
    .bind(reservation)
    .bind(movement.at)
    .execute()
    .await?;
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
                "select id, variant_id, location_id, kind, on_hand_delta, reserved_delta, allocated_delta, reason,
                        actor, at
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
                "select id, variant_id, location_id, kind, on_hand_delta, reserved_delta, allocated_delta, reason,
                        actor, at
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

pub(crate) async fn add_reservation_line(
    conn: &mut Conn,
    id: ReservationId,
    line: &ReservationLineRow,
) -> Result<(), DbError> {
    conn.query(
        "insert into reservation_line (reservation_id, variant_id, location_id, quantity) values ($1, $2, $3, $4)",
    )
    .bind(id)
    .bind(line.variant_id)
    .bind(line.location_id)
    .bind(line.quantity)
    .execute()
    .await?;
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
                  cast(sum(allocated_delta) as bigint) as allocated
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
           select level.variant_id, level.on_hand, level.reserved, level.allocated,
                  coalesce(moved.on_hand, 0) as moved_on_hand,
                  coalesce(moved.reserved, 0) as moved_reserved,
                  coalesce(moved.allocated, 0) as moved_allocated,
                  coalesce(standing.held, 0) as held,
                  coalesce(standing.promised, 0) - coalesce(gone.pieces, 0) as promised
           from level
           left join moved on moved.variant_id = level.variant_id and moved.location_id = level.location_id
           left join standing on standing.variant_id = level.variant_id and standing.location_id = level.location_id
           left join gone on gone.variant_id = level.variant_id and gone.location_id = level.location_id
         )
         select variant_id, on_hand, reserved, allocated, moved_on_hand, moved_reserved, moved_allocated, held, promised
         from audited
         where on_hand <> moved_on_hand or reserved <> moved_reserved or allocated <> moved_allocated
            or reserved <> held or allocated <> promised
         order by variant_id",
    )
    .all()
    .await
}
