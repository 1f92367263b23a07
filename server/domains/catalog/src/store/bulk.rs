//! The `bulk_run` and `bulk_change` tables, and the narrow writes of an edit of many products.

use souk_contract::{
    BulkAction, BulkRun, BulkRunId, ProductId, ProductInput, StaffId, Timestamp, VariantId, VariantInput,
};
use souk_kernel::{Conn, DbError, db::Json, record};

use crate::{bulk::Changed, product::Summary};

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct RunRow {
        pub id: BulkRunId,
        pub at: Timestamp,
        pub staff_id: Option<StaffId>,
        pub actions: Json<Vec<BulkAction>>,
        pub products: i64,
        pub value_count: i64,
        pub undone_at: Option<Timestamp>,
    }
}

impl RunRow {
    pub(crate) fn show(self) -> BulkRun {
        BulkRun {
            id: self.id,
            at: self.at,
            staff_id: self.staff_id,
            actions: self.actions.0,
            products: self.products,
            values: self.value_count,
            undone_at: self.undone_at,
        }
    }
}

pub(crate) async fn add_run(conn: &mut Conn, row: &RunRow) -> Result<(), DbError> {
    conn.query(
        "insert into bulk_run (id, at, staff_id, actions, products, value_count)
         values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(row.id)
    .bind(row.at)
    .bind(row.staff_id)
    .bind(Json(&row.actions.0))
    .bind(row.products)
    .bind(row.value_count)
    .execute()
    .await?;
    Ok(())
}

pub(crate) async fn run(conn: &mut Conn, id: BulkRunId) -> Result<Option<RunRow>, DbError> {
    conn.query(
        "select id, at, staff_id, actions, products, value_count, undone_at from bulk_run where id = $1",
    )
    .bind(id)
    .optional()
    .await
}

/// Newest first.
pub(crate) async fn runs(conn: &mut Conn, before: BulkRunId, limit: u32) -> Result<Vec<RunRow>, DbError> {
    conn.query(
        "select id, at, staff_id, actions, products, value_count, undone_at from bulk_run
         where id < $1 order by id desc limit $2",
    )
    .bind(before)
    .bind(limit)
    .all()
    .await
}

/// How many products and values it came to.
pub(crate) async fn set_counts(
    conn: &mut Conn,
    id: BulkRunId,
    products: i64,
    values: i64,
) -> Result<(), DbError> {
    conn.query("update bulk_run set products = $2, value_count = $3 where id = $1")
        .bind(id)
        .bind(products)
        .bind(values)
        .execute()
        .await?;
    Ok(())
}

/// False where it was taken back before.
pub(crate) async fn set_undone(conn: &mut Conn, id: BulkRunId, now: Timestamp) -> Result<bool, DbError> {
    let set = conn
        .query("update bulk_run set undone_at = $2 where id = $1 and undone_at is null")
        .bind(id)
        .bind(now)
        .execute()
        .await?;
    Ok(set == 1)
}

pub(crate) async fn add_changes(
    conn: &mut Conn,
    run: BulkRunId,
    product: ProductId,
    changes: &[Changed],
) -> Result<(), DbError> {
    conn.query("insert into bulk_change (run_id, product_id, changes) values ($1, $2, $3)")
        .bind(run)
        .bind(product)
        .bind(Json(changes))
        .execute()
        .await?;
    Ok(())
}

/// By product, those after this one.
pub(crate) async fn changes_after(
    conn: &mut Conn,
    run: BulkRunId,
    after: ProductId,
    limit: usize,
) -> Result<Vec<(ProductId, Json<Vec<Changed>>)>, DbError> {
    conn.query(
        "select product_id, changes from bulk_change where run_id = $1 and product_id > $2
         order by product_id limit $3",
    )
    .bind(run)
    .bind(after)
    .bind(limit as i64)
    .all()
    .await
}

/// What an edit may change of a product; false where somebody else was first.
pub(crate) async fn set_product(
    conn: &mut Conn,
    id: ProductId,
    version: i64,
    (input, summary, fingerprint, completeness): (&ProductInput, &Summary, &str, i64),
    now: Timestamp,
) -> Result<bool, DbError> {
    let set = conn
        .query(
            "update product set vendor = $3, product_type = $4, tags = $5, status = $6, fingerprint = $7,
               price_min = $8, price_max = $9, compare_at = $10, on_sale = $11, version = version + 1,
               updated_at = $12, completeness = $13
             where id = $1 and version = $2",
        )
        .bind(id)
        .bind(version)
        .bind(&input.vendor)
        .bind(&input.product_type)
        .bind(Json(&input.tags))
        .bind(input.status.as_str())
        .bind(fingerprint)
        .bind(summary.price_min)
        .bind(summary.price_max)
        .bind(summary.compare_at)
        .bind(summary.on_sale)
        .bind(now)
        .bind(completeness)
        .execute()
        .await?;
    Ok(set == 1)
}

pub(crate) async fn set_price(conn: &mut Conn, id: VariantId, input: &VariantInput) -> Result<(), DbError> {
    conn.query("update variant set price = $2, compare_at = $3 where id = $1")
        .bind(id)
        .bind(input.price.minor)
        .bind(input.compare_at.map(|money| money.minor))
        .execute()
        .await?;
    Ok(())
}
