//! For whoever watches the server: alive, ready, figures.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use futures::future::join_all;
use souk_kernel::{Db, DbError};

use super::{Web, client};

/// The process answers.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// Every database answers.
pub async fn ready(State(web): State<Arc<Web>>) -> Response {
    let checks =
        join_all(web.parts.databases.iter().map(|db| async move { (db.domain(), ask(db).await) })).await;
    let all = checks.iter().all(|(_, outcome)| outcome.is_ok());
    let databases: serde_json::Map<String, serde_json::Value> = checks
        .into_iter()
        .map(|(domain, outcome)| {
            if let Err(error) = &outcome {
                tracing::error!(domain, %error, "not ready");
            }
            (domain.to_owned(), if outcome.is_ok() { "ok" } else { "down" }.into())
        })
        .collect();
    let status = if all { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(serde_json::json!({ "ready": all, "databases": databases }))).into_response()
}

async fn ask(db: &Db) -> Result<(), DbError> {
    db.read().await?.query("select 1").execute().await.map(drop)
}

/// Prometheus text, for callers in the machine's own network only.
pub async fn figures(State(web): State<Arc<Web>>, request: Request) -> Response {
    if !client::is_local(request.extensions(), request.headers()) {
        return StatusCode::NOT_FOUND.into_response();
    }
    match &web.parts.recorder {
        Some(recorder) => {
            ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], recorder.render()).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
