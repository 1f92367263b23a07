//! The `product_version`, `media_past` and `product_schedule` tables.

use serde::Serialize;
use serde_json::value::RawValue;
use souk_contract::{Actor, ProductId, ProductInput, StaffId, Timestamp, VariantId, VersionKind};
use souk_kernel::{
    Conn, DbError,
    db::{Json, Many, Query, Text},
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

/// A version as it is written.
#[derive(Serialize)]
pub(crate) struct NewVersion<'a> {
    pub product_id: ProductId,
    pub number: i64,
    pub at: Timestamp,
    pub staff_id: Option<StaffId>,
    pub kind: VersionKind,
    pub restored_from: Option<i64>,
    pub bytes: i64,
    /// A [`ProductInput`].
    pub input: Box<RawValue>,
    pub variants: &'a [VariantId],
}

impl NewVersion<'_> {
    fn bind<'q>(query: Query<'q>, row: &Self) -> Query<'q> {
        let query = query.bind(row.product_id).bind(row.number).bind(row.at).bind(row.staff_id);
        let query = query.bind(Text(row.kind)).bind(row.restored_from).bind(row.bytes);
        query.bind(Json(&row.input)).bind(Json(row.variants))
    }
}

pub(crate) async fn add(conn: &mut Conn, rows: &[NewVersion<'_>]) -> Result<(), DbError> {
    let insert = Many {
        columns:
            "product_id uuid, number bigint, at timestamptz, staff_id uuid, kind text, restored_from bigint,
                  bytes bigint, input jsonb, variants jsonb",
        sql: "insert into product_version
                (product_id, number, at, staff_id, kind, restored_from, bytes, input, variants)
              select * from told",
    };
    insert.run(conn, rows, NewVersion::bind).await?;
    Ok(())
}

/// Number and bytes of each that is kept, a product's newest first.
pub(crate) async fn sizes(
    conn: &mut Conn,
    products: &[ProductId],
) -> Result<Vec<(ProductId, i64, i64)>, DbError> {
    conn.query(
        "select product_id, number, bytes from product_version where product_id in ($1..)
         order by product_id, number desc",
    )
    .bind_list(products)
    .all()
    .await
}

/// Up to which number a product's versions go.
#[derive(Serialize)]
pub(crate) struct Old {
    pub product_id: ProductId,
    pub number: i64,
}

pub(crate) async fn delete_old(conn: &mut Conn, rows: &[Old]) -> Result<(), DbError> {
    let delete = Many {
        columns: "product_id uuid, number bigint",
        sql: "delete from product_version where (product_id, number) in
                (select kept.product_id, kept.number from told
                 join product_version kept on kept.product_id = told.product_id and kept.number <= told.number)",
    };
    delete.run(conn, rows, |query, row: &Old| query.bind(row.product_id).bind(row.number)).await?;
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
