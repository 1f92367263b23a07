//! What the shop is compared with: axum that says hello, and axum that runs the product page's SQL without our layers.
//! They run in a process of their own, as the shop does.

use std::{path::PathBuf, sync::Arc};

use axum::{
    Json, Router,
    extract::{Path, State},
    routing::get,
};
use sqlx::{Row as _, SqlitePool, sqlite::SqliteConnectOptions};

pub async fn serve(port: u16, data: Option<PathBuf>) -> anyhow::Result<()> {
    let mut router = Router::new().route("/hello", get(|| async { "hello" }));
    if let Some(data) = data {
        let options = SqliteConnectOptions::new().filename(data.join("db/catalog.sqlite")).read_only(true);
        let pool = Arc::new(SqlitePool::connect_with(options).await?);
        router = router.merge(Router::new().route("/product/{handle}", get(product)).with_state(pool));
    }
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    Ok(axum::serve(listener, router).await?)
}

/// The same rows that a product page needs, as they are in the database.
async fn product(State(pool): State<Arc<SqlitePool>>, Path(handle): Path<String>) -> Json<serde_json::Value> {
    let product =
        sqlx::query("select id, title from product where handle = $1").bind(&handle).fetch_one(&*pool).await;
    let Ok(product) = product else { return Json(serde_json::Value::Null) };
    let id: Vec<u8> = product.get("id");
    let title: String = product.get("title");
    let variants = sqlx::query("select price_minor, sku from variant where product_id = $1")
        .bind(&id)
        .fetch_all(&*pool)
        .await
        .unwrap_or_default();
    let variants: Vec<_> = variants
        .iter()
        .map(|row| serde_json::json!({ "price": row.get::<i64, _>(0), "sku": row.get::<Option<String>, _>(1) }))
        .collect();
    let media = sqlx::query("select count(*) from product_media where product_id = $1")
        .bind(&id)
        .fetch_one(&*pool)
        .await;
    let media = media.map_or(0, |row| row.get::<i64, _>(0));
    Json(serde_json::json!({ "title": title, "variants": variants, "media": media }))
}
