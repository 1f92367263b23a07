//! SQL about counts.

use souk_contract::{CountState, LocationId, StockCountId, Timestamp, VariantId};
use souk_kernel::{
    db::{Conn, DbError, Text, parts, placeholders},
    record,
};

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct CountRow {
        pub id: StockCountId,
        pub location_id: LocationId,
        pub state: Text<CountState>,
        pub note: String,
        pub lines: i64,
        pub counted: i64,
        pub different: i64,
        pub created_at: Timestamp,
        pub version: i64,
    }
}

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct CountLineRow {
        pub variant_id: VariantId,
        pub counted: Option<i64>,
        pub expected: Option<i64>,
        pub counted_at: Option<Timestamp>,
        /// By the books now.
        pub on_hand: i64,
    }
}

/// Variants that the books know of in that place.
pub(crate) async fn variants_in(conn: &mut Conn, place: LocationId) -> Result<Vec<(VariantId,)>, DbError> {
    conn.query("select variant_id from level where location_id = $1 and tracked order by variant_id")
        .bind(place)
        .all()
        .await
}

pub(crate) async fn add(
    conn: &mut Conn,
    id: StockCountId,
    place: LocationId,
    note: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    conn.query(
        "insert into stock_count (id, location_id, state, note, created_at, version)
         values ($1, $2, 'open', $3, $4, 1)",
    )
    .bind(id)
    .bind(place)
    .bind(note)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

pub(crate) async fn add_lines(
    conn: &mut Conn,
    id: StockCountId,
    variants: &[VariantId],
) -> Result<(), DbError> {
    for part in parts(variants) {
        let sql = format!(
            "insert into count_line (count_id, variant_id) values {} on conflict (count_id, variant_id) do nothing",
            placeholders(part.len(), 2)
        );
        let mut query = conn.query_dynamic(sql);
        for variant in part {
            query = query.bind(id).bind(*variant);
        }
        query.execute().await?;
    }
    Ok(())
}

pub(crate) async fn count(conn: &mut Conn, id: StockCountId) -> Result<Option<CountRow>, DbError> {
    conn.query(
        "select id, location_id, state, note, created_at, version,
                (select count(*) from count_line where count_id = stock_count.id) as lines,
                (select count(counted) from count_line where count_id = stock_count.id) as counted,
                (select count(*) from count_line where count_id = stock_count.id and counted <> expected) as different
         from stock_count where id = $1",
    )
    .bind(id)
    .optional()
    .await
}

/// Newest first, before the given one.
pub(crate) async fn list(
    conn: &mut Conn,
    before: StockCountId,
    limit: i64,
) -> Result<Vec<CountRow>, DbError> {
    conn.query(
        "select id, location_id, state, note, created_at, version,
                (select count(*) from count_line where count_id = stock_count.id) as lines,
                (select count(counted) from count_line where count_id = stock_count.id) as counted,
                (select count(*) from count_line where count_id = stock_count.id and counted <> expected) as different
         from stock_count where id < $1 order by id desc limit $2",
    )
    .bind(before)
    .bind(limit)
    .all()
    .await
}

/// By variant, after the given one; only those that differ from the books where `different`.
pub(crate) async fn lines(
    conn: &mut Conn,
    id: StockCountId,
    different: bool,
    after: VariantId,
    limit: i64,
) -> Result<Vec<CountLineRow>, DbError> {
    conn.query(
        "select line.variant_id, line.counted, line.expected, line.counted_at, coalesce(level.on_hand, 0) as on_hand
         from count_line line join stock_count on stock_count.id = line.count_id
         left join level on level.variant_id = line.variant_id and level.location_id = stock_count.location_id
         where line.count_id = $1 and line.variant_id > $2 and (not $3 or line.counted <> line.expected)
         order by line.variant_id limit $4",
    )
    .bind(id)
    .bind(after)
    .bind(different)
    .bind(limit)
    .all()
    .await
}

pub(crate) async fn line(
    conn: &mut Conn,
    id: StockCountId,
    variant: VariantId,
) -> Result<Option<CountLineRow>, DbError> {
    conn.query(
        "select line.variant_id, line.counted, line.expected, line.counted_at, coalesce(level.on_hand, 0) as on_hand
         from count_line line join stock_count on stock_count.id = line.count_id
         left join level on level.variant_id = line.variant_id and level.location_id = stock_count.location_id
         where line.count_id = $1 and line.variant_id = $2",
    )
    .bind(id)
    .bind(variant)
    .optional()
    .await
}

pub(crate) async fn put_line(
    conn: &mut Conn,
    id: StockCountId,
    variant: VariantId,
    (counted, expected): (i64, i64),
    now: Timestamp,
) -> Result<(), DbError> {
    conn.query(
        "insert into count_line (count_id, variant_id, counted, expected, counted_at) values ($1, $2, $3, $4, $5)
         on conflict (count_id, variant_id) do update set counted = excluded.counted,
           expected = excluded.expected, counted_at = excluded.counted_at",
    )
    .bind(id)
    .bind(variant)
    .bind(counted)
    .bind(expected)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// Moves it on from `open`; false where somebody was faster, or knew another version.
pub(crate) async fn end(
    conn: &mut Conn,
    id: StockCountId,
    to: CountState,
    version: i64,
) -> Result<bool, DbError> {
    let ended = conn
        .query("update stock_count set state = $2, version = version + 1 where id = $1 and state = 'open' and version = $3")
        .bind(id)
        .bind(Text(to))
        .bind(version)
        .execute()
        .await?;
    Ok(ended == 1)
}

/// What was counted otherwise than the books say.
pub(crate) async fn differences(
    conn: &mut Conn,
    id: StockCountId,
) -> Result<Vec<(VariantId, i64, i64)>, DbError> {
    conn.query(
        "select variant_id, counted, expected from count_line
         where count_id = $1 and counted <> expected order by variant_id",
    )
    .bind(id)
    .all()
    .await
}

/// Lines of counts that were applied whose difference is not what was booked: pieces counted more, and booked more.
pub(crate) async fn audit(conn: &mut Conn) -> Result<Vec<(StockCountId, VariantId, i64, i64)>, DbError> {
    conn.query(
        "select line.count_id, line.variant_id, line.counted - line.expected,
                cast(coalesce(moved.pieces, 0) as bigint)
         from stock_count join count_line line on line.count_id = stock_count.id
         left join (
           select source_id, variant_id, sum(on_hand_delta) as pieces from movement
           where source_id is not null and kind = 'counted' group by source_id, variant_id
         ) as moved on moved.source_id = line.count_id and moved.variant_id = line.variant_id
         where stock_count.state = 'applied' and line.counted is not null
           and line.counted - line.expected <> coalesce(moved.pieces, 0)
         order by line.count_id, line.variant_id",
    )
    .all()
    .await
}
