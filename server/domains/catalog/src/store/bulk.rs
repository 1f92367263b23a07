//! The `bulk_run` and `bulk_change` tables, and the narrow writes of an edit of many products.

use std::collections::HashSet;

use serde::Serialize;
use souk_contract::{
    BulkAction, BulkRun, BulkRunId, ProductId, ProductModel, Result, StaffId, Timestamp, VariantId,
};
use souk_kernel::{
    Conn, DbError,
    db::{Json, Many, Query},
    record,
};

use crate::{
    bulk::{Changed, run::Edited},
    product,
};

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

/// A product's values as they are kept.
#[derive(Serialize)]
struct Kept<'a> {
    run_id: BulkRunId,
    product_id: ProductId,
    changes: &'a [Changed],
}

pub(crate) async fn add_changes(
    conn: &mut Conn,
    run_id: BulkRunId,
    edited: &[Edited<'_>],
) -> Result<(), DbError> {
    let kept = edited.iter().map(|one| Kept { run_id, product_id: one.record.id, changes: &one.values });
    let rows: Vec<Kept<'_>> = kept.collect();
    let insert = Many {
        columns: "run_id uuid, product_id uuid, changes jsonb",
        sql: "insert into bulk_change (run_id, product_id, changes) select * from told",
    };
    insert
        .run(conn, &rows, |query, row: &Kept<'_>| {
            query.bind(row.run_id).bind(row.product_id).bind(Json(row.changes))
        })
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

/// What an edit may change of a product.
#[derive(Serialize)]
struct Product<'a> {
    id: ProductId,
    /// As it was read.
    version: i64,
    vendor: &'a str,
    product_type: &'a str,
    tags: &'a [String],
    status: &'a str,
    fingerprint: String,
    price_min: i64,
    price_max: i64,
    compare_at: Option<i64>,
    on_sale: bool,
    updated_at: Timestamp,
    completeness: i64,
}

impl Product<'_> {
    fn bind<'q>(query: Query<'q>, row: &Self) -> Query<'q> {
        let query = query.bind(row.id).bind(row.version).bind(row.vendor).bind(row.product_type);
        let query = query.bind(Json(row.tags)).bind(row.status).bind(&row.fingerprint);
        let query = query.bind(row.price_min).bind(row.price_max).bind(row.compare_at).bind(row.on_sale);
        query.bind(row.updated_at).bind(row.completeness)
    }
}

/// False where somebody else changed one of them since.
pub(crate) async fn set_products(
    conn: &mut Conn,
    edited: &[Edited<'_>],
    model: &ProductModel,
    now: Timestamp,
) -> Result<bool> {
    let mut rows = Vec::with_capacity(edited.len());
    for Edited { record, after, .. } in edited {
        let summary = product::summarise(after, &record.variant_ids);
        rows.push(Product {
            id: record.id,
            version: record.version,
            vendor: &after.vendor,
            product_type: &after.product_type,
            tags: &after.tags,
            status: after.status.as_str(),
            fingerprint: product::fingerprint(after)?,
            price_min: summary.price_min,
            price_max: summary.price_max,
            compare_at: summary.compare_at,
            on_sale: summary.on_sale,
            updated_at: now,
            completeness: model.completeness(after).percent,
        });
    }
    let update = Many {
        columns: "id uuid, version bigint, vendor text, product_type text, tags jsonb, status text, fingerprint text,
                  price_min bigint, price_max bigint, compare_at bigint, on_sale boolean, updated_at timestamptz,
                  completeness bigint",
        sql: "update product set vendor = told.vendor, product_type = told.product_type, tags = told.tags,
                status = told.status, fingerprint = told.fingerprint, price_min = told.price_min,
                price_max = told.price_max, compare_at = told.compare_at, on_sale = told.on_sale,
                version = told.version + 1, updated_at = told.updated_at, completeness = told.completeness
              from told where product.id = told.id and product.version = told.version",
    };
    let set = update.run(conn, &rows, Product::bind).await?;
    Ok(set == rows.len() as u64)
}

/// What a variant costs from now on, in minor units.
#[derive(Serialize)]
struct Price {
    id: VariantId,
    price: i64,
    compare_at: Option<i64>,
}

/// Of the variants whose prices differ.
pub(crate) async fn set_prices(conn: &mut Conn, edited: &[Edited<'_>]) -> Result<(), DbError> {
    let mut rows = Vec::new();
    for Edited { record, after, values } in edited {
        let differing: HashSet<VariantId> = values.iter().filter_map(|value| value.variant_id).collect();
        let variants = record.variant_ids.iter().zip(&after.variants);
        let variants = variants.filter(|(id, _)| differing.contains(id));
        rows.extend(variants.map(|(id, variant)| Price {
            id: *id,
            price: variant.price.minor,
            compare_at: variant.compare_at.map(|money| money.minor),
        }));
    }
    let update = Many {
        columns: "id uuid, price bigint, compare_at bigint",
        sql: "update variant set price = told.price, compare_at = told.compare_at from told
              where variant.id = told.id",
    };
    update
        .run(conn, &rows, |query, row: &Price| query.bind(row.id).bind(row.price).bind(row.compare_at))
        .await?;
    Ok(())
}
