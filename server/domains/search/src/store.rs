//! SQL: what is to be indexed, and which index is whole.

use souk_contract::ProductId;
use souk_kernel::{Conn, DbError};

/// A product to be indexed, and how often that was said: what is said while it is being indexed is not lost.
pub(crate) type Pending = (ProductId, i64);

pub(crate) async fn add_pending(conn: &mut Conn, id: ProductId) -> Result<(), DbError> {
    conn.query(
        "insert into pending (product_id, seq) values ($1, 1)
         on conflict (product_id) do update set seq = pending.seq + 1",
    )
    .bind(id)
    .execute()
    .await?;
    Ok(())
}

pub(crate) async fn pending(conn: &mut Conn, limit: i64) -> Result<Vec<Pending>, DbError> {
    conn.query("select product_id, seq from pending order by product_id limit $1").bind(limit).all().await
}

/// Does nothing where it was said again meanwhile.
pub(crate) async fn remove_pending(conn: &mut Conn, (id, seq): Pending) -> Result<(), DbError> {
    conn.query("delete from pending where product_id = $1 and seq = $2").bind(id).bind(seq).execute().await?;
    Ok(())
}

/// The stamp of the last index that was built whole.
pub(crate) async fn stamp(conn: &mut Conn) -> Result<Option<String>, DbError> {
    let row: Option<(String,)> = conn.query("select value from state where key = 'index'").optional().await?;
    Ok(row.map(|(stamp,)| stamp))
}

pub(crate) async fn set_stamp(conn: &mut Conn, stamp: &str) -> Result<(), DbError> {
    conn.query(
        "insert into state (key, value) values ('index', $1) on conflict (key) do update set value = excluded.value",
    )
    .bind(stamp)
    .execute()
    .await?;
    Ok(())
}
