//! SQL about levels, and about what holds of a variant in every place.

use serde::Serialize;
use souk_contract::{Availability, LocationId, StockPolicy, Timestamp, VariantId};
use souk_kernel::{
    db::{Conn, DbError, Engine, Many, Query, Text, Tx},
    record,
};

/// Values in one list.
const CHUNK: usize = 1024;

record! {
    /// What holds of a variant in every place.
    #[derive(Debug, Clone)]
    pub(crate) struct ItemRow {
        pub variant_id: VariantId,
        pub tracked: bool,
        pub policy: Text<StockPolicy>,
        pub availability: Text<Availability>,
        pub version: i64,
    }
}

record! {
    #[derive(Debug, Clone, PartialEq)]
    pub(crate) struct LevelRow {
        pub variant_id: VariantId,
        pub location_id: LocationId,
        pub on_hand: i64,
        pub reserved: i64,
        pub allocated: i64,
        pub damaged: i64,
        pub shortfall: i64,
    }
}

impl LevelRow {
    pub(crate) fn empty(variant_id: VariantId, location_id: LocationId) -> Self {
        Self { variant_id, location_id, on_hand: 0, reserved: 0, allocated: 0, damaged: 0, shortfall: 0 }
    }

    pub(crate) fn available(&self) -> i64 {
        self.on_hand - self.reserved - self.allocated
    }

    /// How far the shelf falls short of what was promised.
    pub(crate) fn missing(&self) -> i64 {
        (self.reserved + self.allocated - self.on_hand).max(0)
    }
}

record! {
    /// A variant's stock over all places.
    #[derive(Debug, Clone)]
    pub(crate) struct TotalRow {
        pub variant_id: VariantId,
        pub tracked: bool,
        pub policy: Text<StockPolicy>,
        pub availability: Text<Availability>,
        pub version: i64,
        pub on_hand: i64,
        pub reserved: i64,
        pub allocated: i64,
        pub damaged: i64,
    }
}

/// An item as it is written.
#[derive(Serialize)]
struct Item {
    variant_id: VariantId,
    tracked: bool,
    policy: StockPolicy,
    availability: Availability,
    version: i64,
}

fn bind_item<'q>(query: Query<'q>, row: &Item) -> Query<'q> {
    let query = query.bind(row.variant_id).bind(row.tracked).bind(row.policy.as_str());
    query.bind(row.availability.as_str()).bind(row.version)
}

const ITEM_COLUMNS: &str = "variant_id uuid, tracked boolean, policy text, availability text, version bigint";

/// Makes the row of a variant that nobody counted so far; version 0 until its first change is written.
pub(crate) async fn add_items(conn: &mut Conn, variants: &[VariantId]) -> Result<(), DbError> {
    let item = |variant_id: &VariantId| Item {
        variant_id: *variant_id,
        tracked: true,
        policy: StockPolicy::Deny,
        availability: Availability::InStock,
        version: 0,
    };
    let rows: Vec<Item> = variants.iter().map(item).collect();
    let insert = Many {
        columns: ITEM_COLUMNS,
        sql: "insert into item (variant_id, tracked, policy, availability, version) select * from told where true
              on conflict (variant_id) do nothing",
    };
    insert.run(conn, &rows, bind_item).await?;
    Ok(())
}

/// Nobody else changes these variants until the transaction ends. In the order of their ids, so that no two lock each
/// other out. SQLite has but one writer.
pub(crate) async fn lock(tx: &mut Tx, sorted: &[VariantId]) -> Result<(), DbError> {
    if tx.engine() == Engine::Postgres {
        for part in sorted.chunks(CHUNK) {
            tx.query("select variant_id from item where variant_id in ($1..) order by variant_id for update")
                .bind_list(part)
                .execute()
                .await?;
        }
    }
    Ok(())
}

pub(crate) async fn items(conn: &mut Conn, variants: &[VariantId]) -> Result<Vec<ItemRow>, DbError> {
    let mut items = Vec::with_capacity(variants.len());
    for part in variants.chunks(CHUNK) {
        let found: Vec<ItemRow> = conn
            .query("select variant_id, tracked, policy, availability, version from item where variant_id in ($1..)")
            .bind_list(part)
            .all()
            .await?;
        items.extend(found);
    }
    Ok(items)
}

pub(crate) async fn levels(conn: &mut Conn, variants: &[VariantId]) -> Result<Vec<LevelRow>, DbError> {
    let mut levels = Vec::with_capacity(variants.len());
    for part in variants.chunks(CHUNK) {
        let found: Vec<LevelRow> = conn
            .query(
                "select variant_id, location_id, on_hand, reserved, allocated, damaged, shortfall
                 from level where variant_id in ($1..)",
            )
            .bind_list(part)
            .all()
            .await?;
        levels.extend(found);
    }
    Ok(levels)
}

/// Writes over what stood there; the rows' variants are locked.
pub(crate) async fn put_items(conn: &mut Conn, rows: &[ItemRow]) -> Result<(), DbError> {
    let item = |row: &ItemRow| Item {
        variant_id: row.variant_id,
        tracked: row.tracked,
        policy: row.policy.0,
        availability: row.availability.0,
        version: row.version,
    };
    let rows: Vec<Item> = rows.iter().map(item).collect();
    let insert = Many {
        columns: ITEM_COLUMNS,
        sql: "insert into item (variant_id, tracked, policy, availability, version) select * from told where true
              on conflict (variant_id) do update set tracked = excluded.tracked, policy = excluded.policy,
                availability = excluded.availability, version = excluded.version",
    };
    insert.run(conn, &rows, bind_item).await?;
    Ok(())
}

/// A level as it is written.
#[derive(Serialize)]
struct Level {
    variant_id: VariantId,
    location_id: LocationId,
    tracked: bool,
    policy: StockPolicy,
    on_hand: i64,
    reserved: i64,
    allocated: i64,
    damaged: i64,
    shortfall: i64,
}

fn bind_level<'q>(query: Query<'q>, row: &Level) -> Query<'q> {
    let query = query.bind(row.variant_id).bind(row.location_id).bind(row.tracked).bind(row.policy.as_str());
    let query = query.bind(row.on_hand).bind(row.reserved).bind(row.allocated);
    query.bind(row.damaged).bind(row.shortfall)
}

/// As [`put_items`]; what holds in every place stands in each level too, where the check needs it.
pub(crate) async fn put_levels(conn: &mut Conn, rows: &[(LevelRow, ItemRow)]) -> Result<(), DbError> {
    let level = |(row, item): &(LevelRow, ItemRow)| Level {
        variant_id: row.variant_id,
        location_id: row.location_id,
        tracked: item.tracked,
        policy: item.policy.0,
        on_hand: row.on_hand,
        reserved: row.reserved,
        allocated: row.allocated,
        damaged: row.damaged,
        shortfall: row.shortfall,
    };
    let rows: Vec<Level> = rows.iter().map(level).collect();
    let insert = Many {
        columns:
            "variant_id uuid, location_id uuid, tracked boolean, policy text, on_hand bigint, reserved bigint,
                  allocated bigint, damaged bigint, shortfall bigint",
        sql: "insert into level
                (variant_id, location_id, tracked, policy, on_hand, reserved, allocated, damaged, shortfall)
              select * from told where true
              on conflict (variant_id, location_id) do update set tracked = excluded.tracked,
                 policy = excluded.policy, on_hand = excluded.on_hand, reserved = excluded.reserved,
                 allocated = excluded.allocated, damaged = excluded.damaged, shortfall = excluded.shortfall",
    };
    insert.run(conn, &rows, bind_level).await?;
    Ok(())
}

pub(crate) async fn totals(conn: &mut Conn, variants: &[VariantId]) -> Result<Vec<TotalRow>, DbError> {
    conn.query(
        "select item.variant_id, item.tracked, item.policy, item.availability, item.version,
                cast(coalesce(sum(level.on_hand), 0) as bigint) as on_hand,
                cast(coalesce(sum(level.reserved), 0) as bigint) as reserved,
                cast(coalesce(sum(level.allocated), 0) as bigint) as allocated,
                cast(coalesce(sum(level.damaged), 0) as bigint) as damaged
         from item left join level on level.variant_id = item.variant_id
         where item.variant_id in ($1..)
         group by item.variant_id, item.tracked, item.policy, item.availability, item.version",
    )
    .bind_list(variants)
    .all()
    .await
}

/// Sold out or low, fewest pieces first.
pub(crate) async fn running_out(conn: &mut Conn, limit: i64) -> Result<Vec<TotalRow>, DbError> {
    conn.query(
        "select variant_id, tracked, policy, availability, version, on_hand, reserved, allocated, damaged
         from (
           select item.variant_id, item.tracked, item.policy, item.availability, item.version,
                  cast(coalesce(sum(level.on_hand), 0) as bigint) as on_hand,
                  cast(coalesce(sum(level.reserved), 0) as bigint) as reserved,
                  cast(coalesce(sum(level.allocated), 0) as bigint) as allocated,
                  cast(coalesce(sum(level.damaged), 0) as bigint) as damaged
           from item left join level on level.variant_id = item.variant_id
           where item.availability in ('low', 'sold_out') and item.tracked
           group by item.variant_id, item.tracked, item.policy, item.availability, item.version
         ) as short
         order by on_hand - reserved - allocated, variant_id limit $1",
    )
    .bind(limit)
    .all()
    .await
}

/// Of all that were ever counted, those after that one.
pub(crate) async fn variants_after(
    conn: &mut Conn,
    after: VariantId,
    limit: i64,
) -> Result<Vec<(VariantId,)>, DbError> {
    conn.query("select variant_id from item where variant_id > $1 order by variant_id limit $2")
        .bind(after)
        .bind(limit)
        .all()
        .await
}

/// Those after that one whose word depends on how many pieces are few.
pub(crate) async fn low_or_not_after(
    conn: &mut Conn,
    after: VariantId,
    limit: i64,
) -> Result<Vec<(VariantId,)>, DbError> {
    conn.query(
        "select variant_id from item
         where variant_id > $1 and tracked and availability in ('low', 'in_stock')
         order by variant_id limit $2",
    )
    .bind(after)
    .bind(limit)
    .all()
    .await
}

/// What the ledger makes of these variants up to the end of that moment; `shortfall` is not known of the past.
pub(crate) async fn past(
    conn: &mut Conn,
    variants: &[VariantId],
    as_of: Timestamp,
) -> Result<Vec<LevelRow>, DbError> {
    conn.query(
        "select variant_id, location_id,
                cast(sum(on_hand_delta) as bigint) as on_hand,
                cast(sum(reserved_delta) as bigint) as reserved,
                cast(sum(allocated_delta) as bigint) as allocated,
                cast(sum(damaged_delta) as bigint) as damaged,
                cast(0 as bigint) as shortfall
         from movement where at <= $1 and variant_id in ($2..)
         group by variant_id, location_id",
    )
    .bind(as_of)
    .bind_list(variants)
    .all()
    .await
}
