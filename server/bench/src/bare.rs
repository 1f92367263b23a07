//! What the shop is compared with: axum that says hello, and axum that runs a page's SQL without our layers.
//! They run in a process of their own, as the shop does.

use std::{path::PathBuf, sync::Arc};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::get,
};
use serde_json::{Value, json};
use sqlx::{Row as _, SqlitePool, sqlite::SqliteConnectOptions, sqlite::SqliteRow};

pub async fn serve(port: u16, data: Option<PathBuf>) -> anyhow::Result<()> {
    let mut router = Router::new().route("/hello", get(|| async { "hello" }));
    if let Some(data) = data {
        let options = SqliteConnectOptions::new().filename(data.join("db/catalog.sqlite")).read_only(true);
        let pool = Arc::new(SqlitePool::connect_with(options).await?);
        let pages =
            Router::new().route("/product/{handle}", get(product)).route("/listing/{after}", get(listing));
        router = router.merge(pages.with_state(pool));
    }
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    Ok(axum::serve(listener, router).await?)
}

/// A product with its variants and pictures, as they are in the database.
async fn product(
    State(pool): State<Arc<SqlitePool>>,
    Path(handle): Path<String>,
) -> Result<Json<Value>, StatusCode> {
    let product = sqlx::query(
        "select id, title, description_html, vendor, options, price_min from product where handle = $1",
    )
    .bind(&handle)
    .fetch_one(&*pool)
    .await
    .map_err(failed)?;
    let id: Vec<u8> = product.get("id");
    let variants = sqlx::query(
        "select sku, options, price, compare_at, availability from variant
         where product_id = $1 and retired_at is null order by position",
    )
    .bind(&id)
    .fetch_all(&*pool)
    .await
    .map_err(failed)?;
    let pictures = sqlx::query(
        "select media.alt, asset.key, asset.width, asset.height, asset.blur from media
         left join asset on asset.key = media.asset_key where media.product_id = $1 order by media.position",
    )
    .bind(&id)
    .fetch_all(&*pool)
    .await
    .map_err(failed)?;
    let variant = |row: &SqliteRow| {
        json!({ "sku": row.get::<Option<&str>, _>(0), "options": row.get::<&str, _>(1), "price": row.get::<i64, _>(2),
                "compare_at": row.get::<Option<i64>, _>(3), "availability": row.get::<&str, _>(4) })
    };
    let picture =
        |row: &SqliteRow| json!({ "alt": row.get::<&str, _>(0), "key": row.get::<Option<&str>, _>(1) });
    Ok(Json(json!({
        "title": product.get::<&str, _>("title"), "description": product.get::<&str, _>("description_html"),
        "vendor": product.get::<&str, _>("vendor"), "options": product.get::<&str, _>("options"),
        "variants": variants.iter().map(variant).collect::<Vec<_>>(),
        "media": pictures.iter().map(picture).collect::<Vec<_>>(),
    })))
}

/// 24 products with price and picture, by the cheapest way the database has: along the index of handles.
async fn listing(
    State(pool): State<Arc<SqlitePool>>,
    Path(after): Path<String>,
) -> Result<Json<Value>, StatusCode> {
    let rows = sqlx::query(
        "select handle, title, price_min, price_max, compare_at, availability, pictures from product
         where status = 'published' and handle > $1 order by handle limit 24",
    )
    .bind(&after)
    .fetch_all(&*pool)
    .await
    .map_err(failed)?;
    let card = |row: &SqliteRow| {
        json!({ "handle": row.get::<&str, _>(0), "title": row.get::<&str, _>(1), "price_min": row.get::<i64, _>(2),
                "price_max": row.get::<i64, _>(3), "compare_at": row.get::<Option<i64>, _>(4),
                "availability": row.get::<&str, _>(5), "pictures": row.get::<&str, _>(6) })
    };
    Ok(Json(Value::Array(rows.iter().map(card).collect())))
}

/// The measurement ends with it: a fast error is no figure.
fn failed(error: sqlx::Error) -> StatusCode {
    eprintln!("bare: {error}");
    StatusCode::INTERNAL_SERVER_ERROR
}
