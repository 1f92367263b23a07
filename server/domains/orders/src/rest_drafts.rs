//! Orders that staff write, over HTTP. Relative to `/api/admin/v1`.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use souk_contract::{
    ChangeDraft, Draft, DraftId, DraftSummary, Drafts, Order, Page, PageRequest, PlaceDraft,
};
use souk_kernel::http::{Caller, IfMatch, Json, Path, Problem, Query, Versioned};
use utoipa_axum::{router::OpenApiRouter, routes};

type Service = State<Arc<dyn Drafts>>;

/// What staff do with drafts.
pub fn draft_routes(drafts: Arc<dyn Drafts>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, update, discard))
        .routes(routes!(reopen))
        .routes(routes!(place))
        .with_state(drafts)
}

type Reply = Result<Versioned<Json<Draft>>, Problem>;

fn reply(draft: Draft) -> Versioned<Json<Draft>> {
    Versioned(draft.version, Json(draft))
}

/// List drafts
///
/// The open ones, newest first.
#[utoipa::path(
    get, path = "/drafts", tag = "orders",
    params(
        ("after" = Option<String>, Query, description = "`next` of the page before"),
        ("limit" = Option<u32>, Query, description = "1 to 100; 24 where not given"),
    ),
    responses((status = 200, body = Page<DraftSummary>), (status = 422))
)]
async fn list(
    State(drafts): Service,
    Caller(ctx): Caller,
    Query(page): Query<PageRequest>,
) -> Result<Json<Page<DraftSummary>>, Problem> {
    Ok(Json(drafts.drafts(&ctx, &page).await?))
}

/// Begin a draft
///
/// An order that staff write for somebody, empty at first.
#[utoipa::path(
    post, path = "/drafts", tag = "orders", params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = Draft))
)]
async fn create(
    State(drafts): Service,
    Caller(ctx): Caller,
) -> Result<(StatusCode, Versioned<Json<Draft>>), Problem> {
    Ok((StatusCode::CREATED, reply(drafts.create_draft(&ctx).await?)))
}

/// Get a draft
#[utoipa::path(
    get, path = "/drafts/{id}", tag = "orders", params(("id" = DraftId, Path)),
    responses((status = 200, body = Draft), (status = 404))
)]
async fn show(State(drafts): Service, Caller(ctx): Caller, Path(id): Path<DraftId>) -> Reply {
    Ok(reply(drafts.draft(&ctx, id).await?))
}

/// Change a draft
///
/// Fields that are absent stay as they are; `lines` and `codes` are replaced whole. What could not be had as it was
/// asked is in `cart.warnings`. Refusals: `out_of_stock`, `draft_closed` (409).
#[utoipa::path(
    patch, path = "/drafts/{id}", tag = "orders", request_body = ChangeDraft,
    params(
        ("id" = DraftId, Path),
        ("If-Match" = String, Header, description = "The draft's ETag"),
        ("Idempotency-Key" = Option<String>, Header),
    ),
    responses((status = 200, body = Draft), (status = 404), (status = 409), (status = 412), (status = 422), (status = 428))
)]
async fn update(
    State(drafts): Service,
    Caller(ctx): Caller,
    Path(id): Path<DraftId>,
    if_match: IfMatch,
    Json(request): Json<ChangeDraft>,
) -> Reply {
    let version = if_match.required()?;
    Ok(reply(drafts.change_draft(&ctx, id, request, Some(version)).await?))
}

/// Put a draft away
#[utoipa::path(
    delete, path = "/drafts/{id}", tag = "orders",
    params(("id" = DraftId, Path), ("If-Match" = String, Header, description = "The draft's ETag")),
    responses((status = 200, body = Draft), (status = 404), (status = 409), (status = 412), (status = 428))
)]
async fn discard(
    State(drafts): Service,
    Caller(ctx): Caller,
    Path(id): Path<DraftId>,
    if_match: IfMatch,
) -> Reply {
    let version = if_match.required()?;
    Ok(reply(drafts.discard_draft(&ctx, id, Some(version)).await?))
}

/// Take a draft up again
#[utoipa::path(
    post, path = "/drafts/{id}/reopen", tag = "orders",
    params(("id" = DraftId, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = Draft), (status = 404), (status = 409))
)]
async fn reopen(State(drafts): Service, Caller(ctx): Caller, Path(id): Path<DraftId>) -> Reply {
    Ok(reply(drafts.reopen_draft(&ctx, id).await?))
}

/// Place a draft as an order
///
/// Stock is taken and the customer is written to, as with any order. `received` says that the money is there already,
/// and takes `payments:write`. Sent again, it answers the same order.
///
/// Refusals: `out_of_stock`, `total_changed`, `draft_closed` (409); what is missing, by field (422).
#[utoipa::path(
    post, path = "/drafts/{id}/place", tag = "orders", request_body = PlaceDraft,
    params(
        ("id" = DraftId, Path),
        ("If-Match" = Option<String>, Header, description = "The draft's ETag"),
        ("Idempotency-Key" = Option<String>, Header),
    ),
    responses((status = 201, body = Order), (status = 404), (status = 409), (status = 412), (status = 422), (status = 503))
)]
async fn place(
    State(drafts): Service,
    Caller(ctx): Caller,
    Path(id): Path<DraftId>,
    if_match: IfMatch,
    Json(request): Json<PlaceDraft>,
) -> Result<(StatusCode, Versioned<Json<Order>>), Problem> {
    let order = drafts.place_draft(&ctx, id, request, if_match.0).await?;
    Ok((StatusCode::CREATED, Versioned(order.version, Json(order))))
}
