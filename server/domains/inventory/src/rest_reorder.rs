//! What should be ordered again, over HTTP, relative to `/api/admin/v1`.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use souk_contract::{Page, PageRequest, ReorderPoint, ReorderRow, Stockroom};
use souk_kernel::http::{Caller, Json, Problem, Query};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::rest_places::Service;

pub(crate) fn routes() -> OpenApiRouter<Arc<dyn Stockroom>> {
    OpenApiRouter::new().routes(routes!(list, put))
}

/// List what should be ordered again
///
/// Variants at their reorder point or below, with what was sold in 30 days and how many pieces would last as long again.
#[utoipa::path(
    get, path = "/inventory/reorder", tag = "inventory",
    params(("after" = Option<String>, Query), ("limit" = Option<u32>, Query)),
    responses((status = 200, body = Page<ReorderRow>), (status = 401), (status = 403))
)]
async fn list(
    State(stockroom): Service,
    Caller(ctx): Caller,
    Query(page): Query<PageRequest>,
) -> Result<Json<Page<ReorderRow>>, Problem> {
    Ok(Json(stockroom.reorder(&ctx, &page).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReorderPoints {
    /// 1 to 1,000; all are written or none.
    items: Vec<ReorderPoint>,
}

/// Set reorder points
#[utoipa::path(
    put, path = "/inventory/reorder", tag = "inventory", request_body = ReorderPoints,
    responses((status = 204), (status = 404), (status = 422))
)]
async fn put(
    State(stockroom): Service,
    Caller(ctx): Caller,
    Json(request): Json<ReorderPoints>,
) -> Result<axum::http::StatusCode, Problem> {
    stockroom.put_reorder_points(&ctx, request.items).await?;
    Ok(axum::http::StatusCode::NO_CONTENT)
}
