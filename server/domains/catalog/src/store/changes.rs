//! The `catalog_change` table: a log of commits, numbered without gaps.

use souk_contract::ProductId;
use souk_kernel::{Conn, DbError, Tx, db::Json, record};
use uuid::Uuid;

use crate::fresh::Marks;

/// Whoever is further behind reads everything again.
const KEPT: i64 = 1000;

record! {
    pub(crate) struct ChangeRow {
        pub revision: i64,
        pub everything: bool,
        pub collections: bool,
        pub products: Json<Vec<ProductId>>,
    }
}

/// Last in its transaction: from here to the commit others wait, so that numbers are committed in their order.
pub(crate) async fn add(tx: &mut Tx, marks: &Marks) -> Result<i64, DbError> {
    tx.lock("catalog_change", Uuid::nil()).await?;
    let (last,): (i64,) = tx.query("select coalesce(max(revision), 0) from catalog_change").one().await?;
    let revision = last + 1;
    tx.query(
        "insert into catalog_change (revision, everything, collections, products) values ($1, $2, $3, $4)",
    )
    .bind(revision)
    .bind(marks.all)
    .bind(marks.collections)
    .bind(Json(marks.products.iter().copied().collect::<Vec<_>>()))
    .execute()
    .await?;
    tx.query("delete from catalog_change where revision <= $1").bind(revision - KEPT).execute().await?;
    Ok(revision)
}

pub(crate) async fn since(conn: &mut Conn, revision: i64) -> Result<Vec<ChangeRow>, DbError> {
    conn.query(
        "select revision, everything, collections, products from catalog_change
         where revision > $1 order by revision",
    )
    .bind(revision)
    .all()
    .await
}
