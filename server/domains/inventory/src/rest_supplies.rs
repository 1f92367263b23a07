//! Transfers and purchase orders over HTTP, relative to `/api/admin/v1`.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use souk_contract::{
    Ctx, Page, ReceiveLine, Stockroom, Supply, SupplyId, SupplyInput, SupplyQuery, SupplyState, SupplySummary,
};
use souk_kernel::http::{Caller, IfMatch, Json, Path, Problem, Query, Versioned};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::rest_places::Service;

type Answer = Result<Versioned<Json<Supply>>, Problem>;

pub(crate) fn routes() -> OpenApiRouter<Arc<dyn Stockroom>> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, put))
        .routes(routes!(step))
        .routes(routes!(receive))
}

fn answer(supply: Supply) -> Answer {
    Ok(Versioned(supply.version, Json(supply)))
}

/// List transfers and purchase orders
///
/// Newest first.
#[utoipa::path(
    get, path = "/inventory/supplies", tag = "inventory",
    params(
        ("kind" = Option<String>, Query, description = "`transfer` or `purchase`"),
        ("open" = Option<bool>, Query, description = "Only those that are neither done nor cancelled"),
        ("after" = Option<String>, Query),
        ("limit" = Option<u32>, Query),
    ),
    responses((status = 200, body = Page<SupplySummary>), (status = 401), (status = 403))
)]
async fn list(
    State(stockroom): Service,
    Caller(ctx): Caller,
    Query(query): Query<SupplyQuery>,
) -> Result<Json<Page<SupplySummary>>, Problem> {
    Ok(Json(stockroom.supplies(&ctx, &query).await?))
}

/// Get a transfer or purchase order
#[utoipa::path(
    get, path = "/inventory/supplies/{id}", tag = "inventory", params(("id" = SupplyId, Path)),
    responses((status = 200, body = Supply), (status = 401), (status = 404))
)]
async fn show(State(stockroom): Service, Caller(ctx): Caller, Path(id): Path<SupplyId>) -> Answer {
    answer(stockroom.supply(&ctx, id).await?)
}

async fn write(
    stockroom: &dyn Stockroom,
    ctx: &Ctx,
    id: Option<SupplyId>,
    input: SupplyInput,
    if_version: Option<i64>,
) -> Answer {
    answer(stockroom.put_supply(ctx, id, input, if_version).await?)
}

/// Draft a transfer or purchase order
#[utoipa::path(
    post, path = "/inventory/supplies", tag = "inventory",
    params(("Idempotency-Key" = Option<String>, Header)),
    request_body = SupplyInput,
    responses((status = 200, body = Supply), (status = 409), (status = 422))
)]
async fn create(State(stockroom): Service, Caller(ctx): Caller, Json(input): Json<SupplyInput>) -> Answer {
    write(&*stockroom, &ctx, None, input, None).await
}

/// Change a draft
#[utoipa::path(
    put, path = "/inventory/supplies/{id}", tag = "inventory",
    params(
        ("id" = SupplyId, Path),
        ("If-Match" = String, Header, description = "Its version, as an ETag"),
    ),
    request_body = SupplyInput,
    responses((status = 200, body = Supply), (status = 409), (status = 412), (status = 422), (status = 428))
)]
async fn put(
    State(stockroom): Service,
    Caller(ctx): Caller,
    Path(id): Path<SupplyId>,
    if_match: IfMatch,
    Json(input): Json<SupplyInput>,
) -> Answer {
    let version = if_match.required()?;
    write(&*stockroom, &ctx, Some(id), input, Some(version)).await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Step {
    to: SupplyState,
}

/// Move a transfer or purchase order on
///
/// A transfer goes `draft`, `ready`, `in_transit`: then its pieces leave the shelf. A purchase order goes `draft`,
/// `ordered`; once pieces came it may be `closed`. Until pieces are on their way either may be `cancelled`.
#[utoipa::path(
    post, path = "/inventory/supplies/{id}/move", tag = "inventory",
    params(("id" = SupplyId, Path), ("Idempotency-Key" = Option<String>, Header)),
    request_body = Step,
    responses((status = 200, body = Supply), (status = 409), (status = 412))
)]
async fn step(
    State(stockroom): Service,
    Caller(ctx): Caller,
    Path(id): Path<SupplyId>,
    if_match: IfMatch,
    Json(Step { to }): Json<Step>,
) -> Answer {
    answer(stockroom.move_supply(&ctx, id, to, if_match.0).await?)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Receive {
    lines: Vec<ReceiveLine>,
}

/// Receive pieces
///
/// Some or all of those that are on their way; damaged ones and lost ones are told apart.
#[utoipa::path(
    post, path = "/inventory/supplies/{id}/receive", tag = "inventory",
    params(("id" = SupplyId, Path), ("Idempotency-Key" = Option<String>, Header)),
    request_body = Receive,
    responses((status = 200, body = Supply), (status = 409), (status = 412), (status = 422))
)]
async fn receive(
    State(stockroom): Service,
    Caller(ctx): Caller,
    Path(id): Path<SupplyId>,
    if_match: IfMatch,
    Json(Receive { lines }): Json<Receive>,
) -> Answer {
    answer(stockroom.receive(&ctx, id, lines, if_match.0).await?)
}
