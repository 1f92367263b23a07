//! Edits of many products over HTTP.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use souk_contract::{
    BulkEdit, BulkPlan, BulkPlanId, BulkPreview, BulkRun, BulkRunId, BulkUndone, Catalog, Page, PageRequest,
    PlanBulk, ProductId,
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

/// Plan an edit of many products
///
/// Done at `run_at` or soon after, and taken back at `undo_at` where that is given. Which products it changes is decided
/// when it is done. A moment that has passed is refused (422).
#[utoipa::path(
    post, path = "/products/bulk/plans", tag = "catalog", request_body = PlanBulk,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = BulkPlan), (status = 422))
)]
pub(super) async fn plan(
    State(catalog): Store,
    Caller(ctx): Caller,
    Json(plan): Json<PlanBulk>,
) -> Result<(StatusCode, Json<BulkPlan>), Problem> {
    Ok((StatusCode::CREATED, Json(catalog.plan_bulk(&ctx, plan).await?)))
}

/// List planned edits
///
/// Newest first, with what became of each.
#[utoipa::path(
    get, path = "/products/bulk/plans", tag = "catalog",
    params(("after" = Option<String>, Query), ("limit" = Option<u32>, Query)),
    responses((status = 200, body = Page<BulkPlan>))
)]
pub(super) async fn list_plans(
    State(catalog): Store,
    Caller(ctx): Caller,
    Query(page): Query<PageRequest>,
) -> Result<Json<Page<BulkPlan>>, Problem> {
    Ok(Json(catalog.bulk_plans(&ctx, &page).await?))
}

/// Cancel a planned edit
///
/// What is still to come does not happen. An edit that was done stays; undo it to take it back. Refusal: `over` (409).
#[utoipa::path(
    post, path = "/products/bulk/plans/{id}/cancel", tag = "catalog",
    params(("id" = BulkPlanId, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = BulkPlan), (status = 404), (status = 409))
)]
pub(super) async fn cancel_plan(
    State(catalog): Store,
    Caller(ctx): Caller,
    Path(id): Path<BulkPlanId>,
) -> Result<Json<BulkPlan>, Problem> {
    Ok(Json(catalog.cancel_bulk_plan(&ctx, id).await?))
}
