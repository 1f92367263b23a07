//! Counts over HTTP, relative to `/api/admin/v1`.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use souk_contract::{
    CountEntry, CountLine, CountLinesQuery, OpenCount, Page, PageRequest, StockCount, StockCountId, Stockroom,
};
use souk_kernel::http::{Caller, IfMatch, Json, Path, Problem, Query, Versioned};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::rest_places::Service;

type Answer = Result<Versioned<Json<StockCount>>, Problem>;

pub(crate) fn routes() -> OpenApiRouter<Arc<dyn Stockroom>> {
    OpenApiRouter::new()
        .routes(routes!(list, open))
        .routes(routes!(show))
        .routes(routes!(lines, enter))
        .routes(routes!(end))
}

fn answer(count: StockCount) -> Answer {
    Ok(Versioned(count.version, Json(count)))
}

/// List counts
///
/// Newest first.
#[utoipa::path(
    get, path = "/inventory/counts", tag = "inventory",
    params(("after" = Option<String>, Query), ("limit" = Option<u32>, Query)),
    responses((status = 200, body = Page<StockCount>), (status = 401), (status = 403))
)]
async fn list(
    State(stockroom): Service,
    Caller(ctx): Caller,
    Query(page): Query<PageRequest>,
) -> Result<Json<Page<StockCount>>, Problem> {
    Ok(Json(stockroom.counts(&ctx, &page).await?))
}

/// Open a count of a location
///
/// Of all that is counted there, or of one vendor's or one type's products.
#[utoipa::path(
    post, path = "/inventory/counts", tag = "inventory",
    params(("Idempotency-Key" = Option<String>, Header)),
    request_body = OpenCount,
    responses((status = 200, body = StockCount), (status = 409), (status = 422))
)]
async fn open(State(stockroom): Service, Caller(ctx): Caller, Json(request): Json<OpenCount>) -> Answer {
    answer(stockroom.open_count(&ctx, request).await?)
}

/// Get a count
#[utoipa::path(
    get, path = "/inventory/counts/{id}", tag = "inventory", params(("id" = StockCountId, Path)),
    responses((status = 200, body = StockCount), (status = 401), (status = 404))
)]
async fn show(State(stockroom): Service, Caller(ctx): Caller, Path(id): Path<StockCountId>) -> Answer {
    answer(stockroom.count(&ctx, id).await?)
}

/// List a count's lines
#[utoipa::path(
    get, path = "/inventory/counts/{id}/lines", tag = "inventory",
    params(
        ("id" = StockCountId, Path),
        ("different" = Option<bool>, Query, description = "Only those that differ from the books"),
        ("after" = Option<String>, Query),
        ("limit" = Option<u32>, Query),
    ),
    responses((status = 200, body = Page<CountLine>), (status = 401), (status = 403))
)]
async fn lines(
    State(stockroom): Service,
    Caller(ctx): Caller,
    Path(id): Path<StockCountId>,
    Query(query): Query<CountLinesQuery>,
) -> Result<Json<Page<CountLine>>, Problem> {
    Ok(Json(stockroom.count_lines(&ctx, id, &query).await?))
}

/// Enter what was counted
///
/// By SKU, barcode or variant; a number, or pieces beside those of before.
#[utoipa::path(
    post, path = "/inventory/counts/{id}/lines", tag = "inventory",
    params(("id" = StockCountId, Path), ("Idempotency-Key" = Option<String>, Header)),
    request_body = CountEntry,
    responses((status = 200, body = CountLine), (status = 409), (status = 422))
)]
async fn enter(
    State(stockroom): Service,
    Caller(ctx): Caller,
    Path(id): Path<StockCountId>,
    Json(entry): Json<CountEntry>,
) -> Result<Json<CountLine>, Problem> {
    Ok(Json(stockroom.enter_count(&ctx, id, entry).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EndCount {
    /// True: the differences are booked. False: the count is cancelled.
    apply: bool,
}

/// Apply or cancel a count
///
/// Of each row the difference between what was counted and what the books said then is booked: what moved since stays.
/// Rows that nobody counted stay as they are.
#[utoipa::path(
    post, path = "/inventory/counts/{id}/end", tag = "inventory",
    params(("id" = StockCountId, Path), ("Idempotency-Key" = Option<String>, Header)),
    request_body = EndCount,
    responses((status = 200, body = StockCount), (status = 409), (status = 412))
)]
async fn end(
    State(stockroom): Service,
    Caller(ctx): Caller,
    Path(id): Path<StockCountId>,
    if_match: IfMatch,
    Json(EndCount { apply }): Json<EndCount>,
) -> Answer {
    answer(stockroom.end_count(&ctx, id, apply, if_match.0).await?)
}
