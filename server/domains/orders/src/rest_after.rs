//! What comes after an order was placed, over HTTP: refunds, tags, notes and papers. Relative to `/api/admin/v1`.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use souk_contract::{CreateRefund, Document, Order, OrderId, Orders};
use souk_kernel::http::{Caller, IfMatch, Json, Path, Problem, Versioned};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

type Service = State<Arc<dyn Orders>>;

pub(crate) fn routes(orders: Arc<dyn Orders>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(refund))
        .routes(routes!(set_tags))
        .routes(routes!(add_note))
        .routes(routes!(invoice))
        .routes(routes!(documents))
        .with_state(orders)
}

/// Refund an order, or a part of it
///
/// Pieces of lines, delivery, and an amount for nothing in particular; tax goes back with them. Pieces that were not
/// sent leave the order, the others come back; `restock` says whether they can be sold again. The gateway is asked at
/// once; a refund it refuses is in the order as `failed`, one whose answer is lost as `pending`, and is asked again.
/// A credit note is made for what went back.
///
/// Refusals: `not_paid`, `too_many`, `in_parcel`, `more_than_paid`, `total_changed` (409).
#[utoipa::path(
    post, path = "/orders/{id}/refunds", tag = "payments", request_body = CreateRefund,
    params(
        ("id" = OrderId, Path),
        ("If-Match" = Option<String>, Header, description = "The order's ETag"),
        ("Idempotency-Key" = Option<String>, Header),
    ),
    responses((status = 201, body = Order), (status = 404), (status = 409), (status = 412), (status = 422))
)]
async fn refund(
    State(orders): Service,
    Caller(ctx): Caller,
    Path(id): Path<OrderId>,
    if_match: IfMatch,
    Json(request): Json<CreateRefund>,
) -> Result<(StatusCode, Versioned<Json<Order>>), Problem> {
    let order = orders.refund(&ctx, id, request, if_match.0).await?;
    Ok((StatusCode::CREATED, Versioned(order.version, Json(order))))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Tags {
    /// Up to 20 of up to 40 characters each.
    tags: Vec<String>,
}

/// Set an order's tags
#[utoipa::path(
    put, path = "/orders/{id}/tags", tag = "orders", request_body = Tags,
    params(("id" = OrderId, Path), ("If-Match" = Option<String>, Header, description = "The order's ETag")),
    responses((status = 200, body = Order), (status = 404), (status = 412), (status = 422))
)]
async fn set_tags(
    State(orders): Service,
    Caller(ctx): Caller,
    Path(id): Path<OrderId>,
    if_match: IfMatch,
    Json(request): Json<Tags>,
) -> Result<Versioned<Json<Order>>, Problem> {
    let order = orders.set_tags(&ctx, id, request.tags, if_match.0).await?;
    Ok(Versioned(order.version, Json(order)))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Note {
    /// 1 to 2,000 characters.
    text: String,
}

/// Write a note for colleagues
///
/// It stands in the order's history as `order.noted` (`GET /audit?object=order&object_id=…`), and stays.
#[utoipa::path(
    post, path = "/orders/{id}/notes", tag = "orders", request_body = Note,
    params(("id" = OrderId, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 204), (status = 404), (status = 422))
)]
async fn add_note(
    State(orders): Service,
    Caller(ctx): Caller,
    Path(id): Path<OrderId>,
    Json(note): Json<Note>,
) -> Result<StatusCode, Problem> {
    orders.add_note(&ctx, id, &note.text).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Issue an order's invoice
///
/// Made and numbered, without gaps, at the first call; afterwards the same again. 409 `not_paid` before the money came.
#[utoipa::path(
    post, path = "/orders/{id}/invoice", tag = "orders",
    params(("id" = OrderId, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = Document), (status = 404), (status = 409))
)]
async fn invoice(
    State(orders): Service,
    Caller(ctx): Caller,
    Path(id): Path<OrderId>,
) -> Result<Json<Document>, Problem> {
    Ok(Json(orders.invoice(&ctx, id).await?))
}

/// List an order's invoice and credit notes
#[utoipa::path(
    get, path = "/orders/{id}/documents", tag = "orders", params(("id" = OrderId, Path)),
    responses((status = 200, body = Vec<Document>), (status = 404))
)]
async fn documents(
    State(orders): Service,
    Caller(ctx): Caller,
    Path(id): Path<OrderId>,
) -> Result<Json<Vec<Document>>, Problem> {
    Ok(Json(orders.documents(&ctx, id).await?))
}
