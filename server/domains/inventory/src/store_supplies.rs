//! SQL about what is on its way.

use souk_contract::{Currency, LocationId, SupplyId, SupplyKind, SupplyState, Timestamp, VariantId};
use souk_kernel::{
    db::{Conn, DbError, Text, parts, placeholders},
    record,
};

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct SupplyRow {
        pub id: SupplyId,
        pub kind: Text<SupplyKind>,
        pub number: i64,
        pub state: Text<SupplyState>,
        pub from_id: Option<LocationId>,
        pub to_id: LocationId,
        pub supplier: String,
        pub expected_on: Option<String>,
        pub note: String,
        pub currency: Currency,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
        pub version: i64,
    }
}

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct SupplyLineRow {
        pub variant_id: VariantId,
        pub quantity: i64,
        pub received: i64,
        pub damaged: i64,
        pub lost: i64,
        pub cost_minor: Option<i64>,
    }
}

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct SummaryRow {
        pub id: SupplyId,
        pub kind: Text<SupplyKind>,
        pub number: i64,
        pub state: Text<SupplyState>,
        pub from_id: Option<LocationId>,
        pub to_id: LocationId,
        pub supplier: String,
        pub expected_on: Option<String>,
        pub pieces: i64,
        pub done: i64,
        pub updated_at: Timestamp,
    }
}

record! {
    /// A line beside what the ledger says of it.
    pub(crate) struct SupplyAuditRow {
        pub kind: Text<SupplyKind>,
        pub number: i64,
        pub variant_id: VariantId,
        pub sent: i64,
        pub received: i64,
        pub damaged: i64,
        pub moved_sent: i64,
        pub moved_received: i64,
        pub moved_damaged: i64,
    }
}

/// The next number of its kind; the caller holds the lock.
pub(crate) async fn next_number(conn: &mut Conn, kind: SupplyKind) -> Result<i64, DbError> {
    let (last,): (i64,) = conn
        .query("select cast(coalesce(max(number), 0) as bigint) from supply where kind = $1")
        .bind(Text(kind))
        .one()
        .await?;
    Ok(last + 1)
}

pub(crate) async fn supply(conn: &mut Conn, id: SupplyId) -> Result<Option<SupplyRow>, DbError> {
    conn.query(
        "select id, kind, number, state, from_id, to_id, supplier, expected_on, note, currency, created_at,
                updated_at, version
         from supply where id = $1",
    )
    .bind(id)
    .optional()
    .await
}

pub(crate) async fn lines(conn: &mut Conn, id: SupplyId) -> Result<Vec<SupplyLineRow>, DbError> {
    conn.query(
        "select variant_id, quantity, received, damaged, lost, cost_minor from supply_line
         where supply_id = $1 order by position, variant_id",
    )
    .bind(id)
    .all()
    .await
}

pub(crate) async fn add(conn: &mut Conn, row: &SupplyRow) -> Result<(), DbError> {
    conn.query(
        "insert into supply (id, kind, number, state, from_id, to_id, supplier, expected_on, note, currency,
                               created_at, updated_at, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(row.id)
    .bind(row.kind)
    .bind(row.number)
    .bind(row.state)
    .bind(row.from_id)
    .bind(row.to_id)
    .bind(&row.supplier)
    .bind(row.expected_on.as_deref())
    .bind(&row.note)
    .bind(row.currency)
    .bind(row.created_at)
    .bind(row.updated_at)
    .bind(row.version)
    .execute()
    .await?;
    Ok(())
}

/// False where somebody was faster.
pub(crate) async fn update(conn: &mut Conn, row: &SupplyRow) -> Result<bool, DbError> {
    let updated = conn
        .query(
            "update supply set state = $2, from_id = $3, to_id = $4, supplier = $5, expected_on = $6, note = $7,
                                 updated_at = $8, version = $9
             where id = $1 and version = $9 - 1",
        )
        .bind(row.id)
        .bind(row.state)
        .bind(row.from_id)
        .bind(row.to_id)
        .bind(&row.supplier)
        .bind(row.expected_on.as_deref())
        .bind(&row.note)
        .bind(row.updated_at)
        .bind(row.version)
        .execute()
        .await?;
    Ok(updated == 1)
}

/// In place of those that stood there.
pub(crate) async fn put_lines(conn: &mut Conn, id: SupplyId, rows: &[SupplyLineRow]) -> Result<(), DbError> {
    conn.query("delete from supply_line where supply_id = $1").bind(id).execute().await?;
    let rows: Vec<(i64, &SupplyLineRow)> = (0..).zip(rows).collect();
    for part in parts(&rows) {
        let sql = format!(
            "insert into supply_line (supply_id, variant_id, position, quantity, received, damaged, lost, cost_minor)
             values {}",
            placeholders(part.len(), 8)
        );
        let mut query = conn.query_dynamic(sql);
        for (position, row) in part {
            query = query.bind(id).bind(row.variant_id).bind(*position).bind(row.quantity);
            query = query.bind(row.received).bind(row.damaged).bind(row.lost).bind(row.cost_minor);
        }
        query.execute().await?;
    }
    Ok(())
}

/// Newest first, before the given one.
pub(crate) async fn list(
    conn: &mut Conn,
    kind: Option<SupplyKind>,
    open: bool,
    before: SupplyId,
    limit: i64,
) -> Result<Vec<SummaryRow>, DbError> {
    let mut sql = "select supply.id, supply.kind, supply.number, supply.state, supply.from_id, supply.to_id,
                          supply.supplier, supply.expected_on, supply.updated_at,
                          (select cast(sum(quantity) as bigint) from supply_line
                           where supply_id = supply.id) as pieces,
                          (select cast(sum(received + damaged + lost) as bigint) from supply_line
                           where supply_id = supply.id) as done
                   from supply where supply.id < $1"
        .to_owned();
    if open {
        sql.push_str(" and supply.state not in ('received', 'closed', 'cancelled')");
    }
    if kind.is_some() {
        sql.push_str(" and supply.kind = $3");
    }
    sql.push_str(" order by supply.id desc limit $2");
    let query = conn.query_dynamic(sql).bind(before).bind(limit);
    match kind {
        Some(kind) => query.bind(Text(kind)).all().await,
        None => query.all().await,
    }
}

/// Pieces of these variants that may still come, by location.
pub(crate) async fn incoming(
    conn: &mut Conn,
    variants: &[VariantId],
) -> Result<Vec<(VariantId, LocationId, i64)>, DbError> {
    conn.query(
        "select line.variant_id, supply.to_id,
                cast(sum(line.quantity - line.received - line.damaged - line.lost) as bigint)
         from supply_line line join supply on supply.id = line.supply_id
         where supply.state in ('in_transit', 'ordered', 'partially_received') and line.variant_id in ($1..)
         group by line.variant_id, supply.to_id",
    )
    .bind_list(variants)
    .all()
    .await
}

/// Whether anything is on its way to that location, or about to leave it.
pub(crate) async fn touches(conn: &mut Conn, place: LocationId) -> Result<bool, DbError> {
    let found: Option<(i64,)> = conn
        .query(
            "select 1 from supply where (to_id = $1 or from_id = $1)
               and state in ('ready', 'in_transit', 'ordered', 'partially_received') limit 1",
        )
        .bind(place)
        .optional()
        .await?;
    Ok(found.is_some())
}

/// Lines that differ from what the ledger says was sent and received for them.
pub(crate) async fn audit(conn: &mut Conn) -> Result<Vec<SupplyAuditRow>, DbError> {
    conn.query(
        "with moved as (
           select source_id, variant_id,
                  cast(sum(case when kind = 'sent' then -on_hand_delta else 0 end) as bigint) as sent,
                  cast(sum(case when kind = 'received' then on_hand_delta else 0 end) as bigint) as received,
                  cast(sum(case when kind = 'received' then damaged_delta else 0 end) as bigint) as damaged
           from movement where source_id is not null group by source_id, variant_id
         ), told as (
           select supply.kind, supply.number, line.variant_id,
                  case when supply.kind = 'transfer'
                         and supply.state in ('in_transit', 'partially_received', 'received')
                       then line.quantity else 0 end as sent,
                  line.received, line.damaged,
                  coalesce(moved.sent, 0) as moved_sent,
                  coalesce(moved.received, 0) as moved_received,
                  coalesce(moved.damaged, 0) as moved_damaged
           from supply join supply_line line on line.supply_id = supply.id
           left join moved on moved.source_id = supply.id and moved.variant_id = line.variant_id
         )
         select kind, number, variant_id, sent, received, damaged, moved_sent, moved_received, moved_damaged
         from told where sent <> moved_sent or received <> moved_received or damaged <> moved_damaged
         order by kind, number, variant_id",
    )
    .all()
    .await
}
