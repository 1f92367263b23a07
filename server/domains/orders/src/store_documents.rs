//! SQL about papers.

use souk_contract::{Document, DocumentKind, OrderId};
use souk_kernel::db::{Conn, DbError, Json, Text};

/// Oldest first.
pub(crate) async fn of_order(conn: &mut Conn, order: OrderId) -> Result<Vec<Document>, DbError> {
    let rows: Vec<(Json<Document>,)> =
        conn.query("select content from document where order_id = $1 order by id").bind(order).all().await?;
    Ok(rows.into_iter().map(|(document,)| document.0).collect())
}

/// The number that follows. Whoever asks at the same time waits, and a transaction that is given up gives it back: no
/// number is left out.
pub(crate) async fn next_number(conn: &mut Conn, kind: DocumentKind) -> Result<i64, DbError> {
    let (number,) = conn
        .query("update order_counter set value = value + 1 where name = $1 returning value")
        .bind(Text(kind))
        .one()
        .await?;
    Ok(number)
}

pub(crate) async fn add(conn: &mut Conn, document: &Document) -> Result<(), DbError> {
    conn.query(
        "insert into document (id, order_id, kind, number, refund_id, content, issued_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(document.id)
    .bind(document.order_id)
    .bind(Text(document.kind))
    .bind(document.number)
    .bind(document.refund_id)
    .bind(Json(document))
    .bind(document.issued_at)
    .execute()
    .await?;
    Ok(())
}

/// Numbers that nobody has, below the highest of their kind: kind and how many.
pub(crate) async fn gaps(conn: &mut Conn) -> Result<Vec<(String, i64)>, DbError> {
    conn.query(
        "select counter.name, counter.value - (select count(*) from document where kind = counter.name) as missing
         from order_counter counter
         where counter.name in ('invoice', 'credit_note')
           and counter.value <> (select count(*) from document where kind = counter.name)
         order by counter.name",
    )
    .all()
    .await
}
