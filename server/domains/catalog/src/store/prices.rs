//! The `price_since` table: what each variant cost since when.

use serde::Serialize;
use souk_contract::{ProductId, Timestamp, VariantId};
use souk_kernel::{Conn, DbError, db::Many};

/// From then on.
#[derive(Serialize)]
pub(crate) struct Since {
    pub variant_id: VariantId,
    pub since: Timestamp,
    pub price: i64,
}

/// Of variants whose price is known to be another than before.
pub(crate) async fn add(conn: &mut Conn, rows: &[Since]) -> Result<(), DbError> {
    let insert = Many {
        columns: "variant_id uuid, since timestamptz, price bigint",
        sql: "insert into price_since (variant_id, since, price)
              select variant_id, since, price from told where true
              on conflict (variant_id, since) do update set price = excluded.price",
    };
    insert
        .run(conn, rows, |query, row: &Since| query.bind(row.variant_id).bind(row.since).bind(row.price))
        .await?;
    Ok(())
}

/// Writes down the prices of this product's variants that are others than the last ones written.
pub(crate) async fn note(conn: &mut Conn, product: ProductId, now: Timestamp) -> Result<(), DbError> {
    conn.query(
        "insert into price_since (variant_id, since, price)
         select variant.id, $1, variant.price from variant
         where variant.product_id = $2 and variant.retired_at is null
           and variant.price is distinct from (
             select past.price from price_since past where past.variant_id = variant.id
             order by past.since desc limit 1)
         on conflict (variant_id, since) do update set price = excluded.price",
    )
    .bind(now)
    .bind(product)
    .execute()
    .await?;
    Ok(())
}

/// Each variant's, the oldest first.
pub(crate) async fn of_variants(
    conn: &mut Conn,
    variants: &[VariantId],
) -> Result<Vec<(VariantId, Timestamp, i64)>, DbError> {
    conn.query(
        "select variant_id, since, price from price_since where variant_id in ($1..) order by variant_id, since",
    )
    .bind_list(variants)
    .all()
    .await
}

/// The cheapest variants of these products, where they are on sale.
pub(crate) async fn cheapest(
    conn: &mut Conn,
    products: &[ProductId],
) -> Result<Vec<(ProductId, VariantId)>, DbError> {
    conn.query(
        "select variant.product_id, variant.id from variant join product on product.id = variant.product_id
         where variant.product_id in ($1..) and variant.retired_at is null and variant.compare_at > variant.price
           and variant.price = product.price_min",
    )
    .bind_list(products)
    .all()
    .await
}
