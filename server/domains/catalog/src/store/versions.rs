//! The `product_version`, `media_past` and `product_schedule` tables.

use souk_contract::{Actor, ProductId, ProductInput, StaffId, Timestamp, VariantId, VersionKind};
use souk_kernel::{
    Conn, DbError,
    db::{Json, Text},
    record,
};

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct VersionRow {
        pub number: i64,
        pub at: Timestamp,
        pub staff_id: Option<StaffId>,
        pub kind: Text<VersionKind>,
        pub restored_from: Option<i64>,
        pub bytes: i64,
        pub input: Json<ProductInput>,
        pub variants: Json<Vec<VariantId>>,
    }
}

pub(crate) async fn add(conn: &mut Conn, product: ProductId, row: &VersionRow) -> Result<(), DbError> {
    conn.query(
        "insert into product_version (product_id, number, at, staff_id, kind, restored_from, bytes, input,
           variants)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(product)
    .bind(row.number)
    .bind(row.at)
    .bind(row.staff_id)
    .bind(Text(row.kind.0))
    .bind(row.restored_from)
    .bind(row.bytes)
    .bind(Json(&row.input.0))
    .bind(Json(&row.variants.0))
    .execute()
    .await?;
    Ok(())
}

/// Number and bytes, newest first.
pub(crate) async fn sizes(conn: &mut Conn, product: ProductId) -> Result<Vec<(i64, i64)>, DbError> {
    conn.query("select number, bytes from product_version where product_id = $1 order by number desc")
        .bind(product)
        .all()
        .await
}

pub(crate) async fn delete_up_to(conn: &mut Conn, product: ProductId, number: i64) -> Result<(), DbError> {
    conn.query("delete from product_version where product_id = $1 and number <= $2")
        .bind(product)
        .bind(number)
        .execute()
        .await?;
    Ok(())
}

/// Those of the products that have any.
pub(crate) async fn kept_of(conn: &mut Conn, products: &[ProductId]) -> Result<Vec<(ProductId,)>, DbError> {
    conn.query("select distinct product_id from product_version where product_id in ($1..)")
        .bind_list(products)
        .all()
        .await
}

/// Newest first, those before this number.
pub(crate) async fn page(
    conn: &mut Conn,
    product: ProductId,
    before: i64,
    limit: u32,
) -> Result<Vec<VersionRow>, DbError> {
    conn.query(
        "select number, at, staff_id, kind, restored_from, bytes, input, variants from product_version
         where product_id = $1 and number < $2 order by number desc limit $3",
    )
    .bind(product)
    .bind(before)
    .bind(limit)
    .all()
    .await
}

pub(crate) async fn one(
    conn: &mut Conn,
    product: ProductId,
    number: i64,
) -> Result<Option<VersionRow>, DbError> {
    conn.query(
        "select number, at, staff_id, kind, restored_from, bytes, input, variants from product_version
         where product_id = $1 and number = $2",
    )
    .bind(product)
    .bind(number)
    .optional()
    .await
}

pub(crate) async fn add_past_picture(
    conn: &mut Conn,
    product: ProductId,
    source: &str,
    asset: &str,
) -> Result<(), DbError> {
    conn.query(
        "insert into media_past (product_id, source, asset_key) values ($1, $2, $3)
         on conflict (product_id, source) do update set asset_key = excluded.asset_key",
    )
    .bind(product)
    .bind(source)
    .bind(asset)
    .execute()
    .await?;
    Ok(())
}

/// Source and key of pictures that the product had.
pub(crate) async fn past_pictures(
    conn: &mut Conn,
    product: ProductId,
    sources: &[&str],
) -> Result<Vec<(String, String)>, DbError> {
    conn.query("select source, asset_key from media_past where product_id = $1 and source in ($2..)")
        .bind(product)
        .bind_list(sources)
        .all()
        .await
}

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct ScheduleRow {
        pub product_id: ProductId,
        pub version: i64,
        pub publish_at: Option<Timestamp>,
        pub unpublish_at: Option<Timestamp>,
        pub actor: Json<Actor>,
    }
}

pub(crate) async fn schedule(conn: &mut Conn, product: ProductId) -> Result<Option<ScheduleRow>, DbError> {
    conn.query(
        "select product_id, version, publish_at, unpublish_at, actor from product_schedule where product_id = $1",
    )
    .bind(product)
    .optional()
    .await
}

/// False where its version is another.
pub(crate) async fn put_schedule(conn: &mut Conn, row: &ScheduleRow, version: i64) -> Result<bool, DbError> {
    let put = conn
        .query(
            "insert into product_schedule (product_id, version, publish_at, unpublish_at, actor)
             values ($1, $2, $3, $4, $5)
             on conflict (product_id) do update set version = excluded.version, publish_at = excluded.publish_at,
               unpublish_at = excluded.unpublish_at, actor = excluded.actor
             where product_schedule.version = $6",
        )
        .bind(row.product_id)
        .bind(row.version)
        .bind(row.publish_at)
        .bind(row.unpublish_at)
        .bind(Json(&row.actor.0))
        .bind(version)
        .execute()
        .await?;
    Ok(put == 1)
}

pub(crate) async fn due(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<Vec<ScheduleRow>, DbError> {
    conn.query(
        "select product_id, version, publish_at, unpublish_at, actor from product_schedule
         where publish_at <= $1 or unpublish_at <= $1 order by product_id limit $2",
    )
    .bind(now)
    .bind(limit)
    .all()
    .await
}
