//! SQL about tags.

use souk_contract::{OrderId, Timestamp};
use souk_kernel::db::{Conn, DbError};

/// In their order.
pub(crate) async fn tags(conn: &mut Conn, order: OrderId) -> Result<Vec<String>, DbError> {
    let rows: Vec<(String,)> = conn
        .query("select tag from order_tag where order_id = $1 order by position")
        .bind(order)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(tag,)| tag).collect())
}

/// Replaces them all.
pub(crate) async fn set(
    conn: &mut Conn,
    order: OrderId,
    tags: &[String],
    now: Timestamp,
) -> Result<(), DbError> {
    conn.query("delete from order_tag where order_id = $1").bind(order).execute().await?;
    for (position, tag) in tags.iter().enumerate() {
        conn.query("insert into order_tag (order_id, position, tag, tag_key) values ($1, $2, $3, $4)")
            .bind(order)
            .bind(position as i64)
            .bind(tag)
            .bind(tag.to_lowercase())
            .execute()
            .await?;
    }
    conn.query(
        "update placed_order set tag_count = $2, version = version + 1, updated_at = $3 where id = $1",
    )
    .bind(order)
    .bind(tags.len() as i64)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}
