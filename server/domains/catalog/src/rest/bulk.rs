//! Edits of many products over HTTP.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use souk_contract::{
    BulkEdit, BulkPreview, BulkRun, BulkRunId, BulkUndone, Catalog, Page, PageRequest, ProductId,
};
use souk_kernel::http::{Caller, Json, Path, Problem, Query};
use utoipa::ToSchema;

type Store = State<Arc<dyn Catalog>>;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PreviewRequest {
    edit: BulkEdit,
    /// `next` of the page before.
    #[serde(default)]
    after: Option<ProductId>,
}

/// Preview an edit of many products
///
/// Every value that would change, 200 at a time, with a warning where a price would be below the cost. Nothing happens.
#[utoipa::path(
    post, path = "/products/bulk/preview", tag = "catalog", request_body = PreviewRequest,
    responses((status = 200, body = BulkPreview), (status = 422))
)]
pub(super) async fn preview(
    State(catalog): Store,
    Caller(ctx): Caller,
    Json(request): Json<PreviewRequest>,
) -> Result<Json<BulkPreview>, Problem> {
    Ok(Json(catalog.preview_bulk(&ctx, &request.edit, request.after).await?))
}

/// Edit many products
///
/// Up to 50,000 at once, all of them or none. `expected` is the number of values that the preview showed.
/// Refusals: `changed_meanwhile`, `nothing_to_do` (409).
#[utoipa::path(
    post, path = "/products/bulk", tag = "catalog", request_body = BulkEdit,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = BulkRun), (status = 409), (status = 422))
)]
pub(super) async fn run(
    State(catalog): Store,
    Caller(ctx): Caller,
    Json(edit): Json<BulkEdit>,
) -> Result<(StatusCode, Json<BulkRun>), Problem> {
    Ok((StatusCode::CREATED, Json(catalog.run_bulk(&ctx, edit).await?)))
}

/// List edits of many products
///
/// Newest first.
#[utoipa::path(
    get, path = "/products/bulk", tag = "catalog",
    params(("after" = Option<String>, Query), ("limit" = Option<u32>, Query)),
    responses((status = 200, body = Page<BulkRun>))
)]
pub(super) async fn list(
    State(catalog): Store,
    Caller(ctx): Caller,
    Query(page): Query<PageRequest>,
) -> Result<Json<Page<BulkRun>>, Problem> {
    Ok(Json(catalog.bulk_runs(&ctx, &page).await?))
}

/// Take an edit of many products back
///
/// Each value that is still what the edit made of it is what it was before; what somebody changed since stays.
#[utoipa::path(
    post, path = "/products/bulk/{id}/undo", tag = "catalog",
    params(("id" = BulkRunId, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = BulkUndone), (status = 404), (status = 409))
)]
pub(super) async fn undo(
    State(catalog): Store,
    Caller(ctx): Caller,
    Path(id): Path<BulkRunId>,
) -> Result<Json<BulkUndone>, Problem> {
    Ok(Json(catalog.undo_bulk(&ctx, id).await?))
}
