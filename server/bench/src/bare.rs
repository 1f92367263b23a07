//! What the shop is compared with: axum that says hello, and axum that runs a page's SQL without our layers.
//! They run in a process of their own, as the shop does.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::get,
};
use rusqlite::{Connection, OpenFlags, Params, Row};
use serde_json::{Value, json};

pub async fn serve(port: u16, data: Option<PathBuf>) -> anyhow::Result<()> {
    let mut router = Router::new().route("/hello", get(|| async { "hello" }));
    if let Some(data) = data {
        let pool = Arc::new(Pool { file: data.join("db/catalog.sqlite"), idle: Mutex::default() });
        let pages =
            Router::new().route("/product/{handle}", get(product)).route("/listing/{after}", get(listing));
        router = router.merge(pages.with_state(pool));
    }
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    Ok(axum::serve(listener, router).await?)
}

/// Connections that are handed round: one more is opened where all are taken, so as many as there are threads.
struct Pool {
    file: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Pool {
    fn take(&self) -> rusqlite::Result<Connection> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        idle.map_or_else(|| Connection::open_with_flags(&self.file, flags), Ok)
    }

    fn all(
        &self,
        sql: &str,
        values: impl Params,
        card: impl Fn(&Row<'_>) -> rusqlite::Result<Value>,
    ) -> Answer {
        let conn = self.take().map_err(failed)?;
        let rows = conn
            .prepare_cached(sql)
            .and_then(|mut statement| statement.query_map(values, card)?.collect::<Result<Vec<_>, _>>());
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(conn);
        rows.map_err(failed)
    }
}

type Answer = Result<Vec<Value>, StatusCode>;

/// A product with its variants and pictures, as they are in the database.
async fn product(
    State(pool): State<Arc<Pool>>,
    Path(handle): Path<String>,
) -> Result<Json<Value>, StatusCode> {
    let products = pool.all(
        "select title, description_html, vendor, options, price_min, hex(id) from product where handle = $1",
        [&handle],
        |row| {
            Ok(json!({ "title": row.get_ref(0)?.as_str()?, "description": row.get_ref(1)?.as_str()?,
                "vendor": row.get_ref(2)?.as_str()?, "options": row.get_ref(3)?.as_str()?,
                "price_min": row.get::<_, i64>(4)?, "id": row.get_ref(5)?.as_str()? }))
        },
    )?;
    let mut product = products.into_iter().next().ok_or(StatusCode::NOT_FOUND)?;
    let id = product["id"].as_str().unwrap_or_default().to_owned();
    product["variants"] = Value::Array(pool.all(
        "select sku, options, price, compare_at, availability from variant
         where product_id = unhex($1) and retired_at is null order by position",
        [&id],
        |row| {
            Ok(json!({ "sku": row.get_ref(0)?.as_str_or_null()?, "options": row.get_ref(1)?.as_str()?,
                "price": row.get::<_, i64>(2)?, "compare_at": row.get::<_, Option<i64>>(3)?,
                "availability": row.get_ref(4)?.as_str()? }))
        },
    )?);
    product["media"] = Value::Array(pool.all(
        "select media.alt, asset.key, asset.width, asset.height, asset.blur from media
         left join asset on asset.key = media.asset_key where media.product_id = unhex($1) order by media.position",
        [&id],
        |row| {
            Ok(json!({ "alt": row.get_ref(0)?.as_str()?, "key": row.get_ref(1)?.as_str_or_null()? }))
        },
    )?);
    Ok(Json(product))
}

/// 24 products with price and picture, by the cheapest way the database has: along the index of handles.
async fn listing(
    State(pool): State<Arc<Pool>>,
    Path(after): Path<String>,
) -> Result<Json<Value>, StatusCode> {
    let cards = pool.all(
        "select handle, title, price_min, price_max, compare_at, availability, pictures from product
         where status = 'published' and handle > $1 order by handle limit 24",
        [&after],
        |row| {
            Ok(json!({ "handle": row.get_ref(0)?.as_str()?, "title": row.get_ref(1)?.as_str()?,
                "price_min": row.get::<_, i64>(2)?, "price_max": row.get::<_, i64>(3)?,
                "compare_at": row.get::<_, Option<i64>>(4)?, "availability": row.get_ref(5)?.as_str()?,
                "pictures": row.get_ref(6)?.as_str()? }))
        },
    )?;
    Ok(Json(Value::Array(cards)))
}

/// The measurement ends with it: a fast error is no figure.
fn failed(error: rusqlite::Error) -> StatusCode {
    eprintln!("bare: {error}");
    StatusCode::INTERNAL_SERVER_ERROR
}
