//! Returns over HTTP, relative to `/api/store/v1` and `/api/admin/v1`.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use souk_contract::{
    CreateReturn, MoveReturn, OrderId, OrderReturns, OwnOrder, Page, ReceiveReturn, RefundReturn, Return,
    ReturnId, ReturnQuery, ReturnQuote, ReturnSummary, Returns,
};
use souk_kernel::http::{Caller, IfMatch, Json, Path, Problem, Query, Versioned};
use utoipa_axum::{router::OpenApiRouter, routes};

type Service = State<Arc<dyn Returns>>;
type Made = (StatusCode, Versioned<Json<Return>>);

/// Sending back what one bought.
pub fn store_return_routes(returns: Arc<dyn Returns>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(mine))
        .routes(routes!(ask))
        .routes(routes!(give_up))
        .routes(routes!(by_link))
        .routes(routes!(ask_by_link))
        .routes(routes!(give_up_by_link))
        .with_state(returns)
}

/// What staff do with returns.
pub fn admin_return_routes(returns: Arc<dyn Returns>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show))
        .routes(routes!(of_order))
        .routes(routes!(create))
        .routes(routes!(move_on))
        .routes(routes!(receive))
        .routes(routes!(quote))
        .routes(routes!(refund))
        .with_state(returns)
}

fn versioned(one: Return) -> Versioned<Json<Return>> {
    Versioned(one.version, Json(one))
}

fn made(one: Return) -> Made {
    (StatusCode::CREATED, versioned(one))
}

/// List the returns of my order
///
/// And what of it may still be sent back, until when.
#[utoipa::path(
    get, path = "/orders/{id}/returns", tag = "orders", params(("id" = OrderId, Path)),
    responses((status = 200, body = OrderReturns), (status = 401), (status = 404))
)]
async fn mine(
    State(returns): Service,
    Caller(ctx): Caller,
    Path(id): Path<OrderId>,
) -> Result<Json<OrderReturns>, Problem> {
    Ok(Json(returns.of_own(&ctx, &OwnOrder::Id(id)).await?))
}

/// Ask to send something back
///
/// Refusals: `too_many`, `too_late` (409).
#[utoipa::path(
    post, path = "/orders/{id}/returns", tag = "orders", request_body = CreateReturn,
    params(("id" = OrderId, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = Return), (status = 401), (status = 404), (status = 409), (status = 422))
)]
async fn ask(
    State(returns): Service,
    Caller(ctx): Caller,
    Path(id): Path<OrderId>,
    Json(request): Json<CreateReturn>,
) -> Result<Made, Problem> {
    Ok(made(returns.ask(&ctx, &OwnOrder::Id(id), request).await?))
}

/// Give up my return
///
/// Before it was sent: else 409 `wrong_state` or `already_received`.
#[utoipa::path(
    post, path = "/orders/{id}/returns/{return_id}/cancel", tag = "orders",
    params(("id" = OrderId, Path), ("return_id" = ReturnId, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = Return), (status = 401), (status = 404), (status = 409))
)]
async fn give_up(
    State(returns): Service,
    Caller(ctx): Caller,
    Path((id, of)): Path<(OrderId, ReturnId)>,
) -> Result<Versioned<Json<Return>>, Problem> {
    Ok(versioned(returns.give_up(&ctx, &OwnOrder::Id(id), of).await?))
}

/// List an order's returns by its signed link
#[utoipa::path(
    get, path = "/orders/by-token/{access_token}/returns", tag = "orders",
    params(("access_token" = String, Path)),
    responses((status = 200, body = OrderReturns), (status = 404))
)]
async fn by_link(
    State(returns): Service,
    Caller(ctx): Caller,
    Path(token): Path<String>,
) -> Result<Json<OrderReturns>, Problem> {
    Ok(Json(returns.of_own(&ctx, &OwnOrder::Link(token)).await?))
}

/// Ask by an order's signed link to send something back
///
/// Refusals: `too_many`, `too_late` (409).
#[utoipa::path(
    post, path = "/orders/by-token/{access_token}/returns", tag = "orders", request_body = CreateReturn,
    params(("access_token" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = Return), (status = 404), (status = 409), (status = 422))
)]
async fn ask_by_link(
    State(returns): Service,
    Caller(ctx): Caller,
    Path(token): Path<String>,
    Json(request): Json<CreateReturn>,
) -> Result<Made, Problem> {
    Ok(made(returns.ask(&ctx, &OwnOrder::Link(token), request).await?))
}

/// Give up a return by its order's signed link
///
/// Before it was sent: else 409 `wrong_state` or `already_received`.
#[utoipa::path(
    post, path = "/orders/by-token/{access_token}/returns/{return_id}/cancel", tag = "orders",
    params(
        ("access_token" = String, Path),
        ("return_id" = ReturnId, Path),
        ("Idempotency-Key" = Option<String>, Header),
    ),
    responses((status = 200, body = Return), (status = 404), (status = 409))
)]
async fn give_up_by_link(
    State(returns): Service,
    Caller(ctx): Caller,
    Path((token, of)): Path<(String, ReturnId)>,
) -> Result<Versioned<Json<Return>>, Problem> {
    Ok(versioned(returns.give_up(&ctx, &OwnOrder::Link(token), of).await?))
}

/// List returns
///
/// Newest first.
#[utoipa::path(
    get, path = "/returns", tag = "orders", params(ReturnQuery),
    responses((status = 200, body = Page<ReturnSummary>), (status = 401), (status = 403), (status = 422))
)]
async fn list(
    State(returns): Service,
    Caller(ctx): Caller,
    Query(query): Query<ReturnQuery>,
) -> Result<Json<Page<ReturnSummary>>, Problem> {
    Ok(Json(returns.list(&ctx, &query).await?))
}

/// Get a return
#[utoipa::path(
    get, path = "/returns/{id}", tag = "orders", params(("id" = ReturnId, Path)),
    responses((status = 200, body = Return), (status = 401), (status = 403), (status = 404))
)]
async fn show(
    State(returns): Service,
    Caller(ctx): Caller,
    Path(id): Path<ReturnId>,
) -> Result<Versioned<Json<Return>>, Problem> {
    Ok(versioned(returns.get(&ctx, id).await?))
}

/// List an order's returns
///
/// And what of it may still be sent back: to staff, whenever it was sent.
#[utoipa::path(
    get, path = "/orders/{id}/returns", tag = "orders", params(("id" = OrderId, Path)),
    responses((status = 200, body = OrderReturns), (status = 401), (status = 403), (status = 404))
)]
async fn of_order(
    State(returns): Service,
    Caller(ctx): Caller,
    Path(id): Path<OrderId>,
) -> Result<Json<OrderReturns>, Problem> {
    Ok(Json(returns.of_order(&ctx, id).await?))
}

/// Open a return
///
/// Of pieces that were sent, also after the shop's days to return; approved at once, and the shopper is told `reply`.
/// Refusals: `too_many` (409).
#[utoipa::path(
    post, path = "/orders/{id}/returns", tag = "orders", request_body = CreateReturn,
    params(("id" = OrderId, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = Return), (status = 404), (status = 409), (status = 422))
)]
async fn create(
    State(returns): Service,
    Caller(ctx): Caller,
    Path(id): Path<OrderId>,
    Json(request): Json<CreateReturn>,
) -> Result<Made, Problem> {
    Ok(made(returns.create(&ctx, id, request).await?))
}

/// Move a return on
///
/// `approve`, `decline`, `send`, `cancel` before anything came, `close`. The step it has taken already changes nothing
/// but the tracking. Refusals: `wrong_state`, `already_received` (409).
#[utoipa::path(
    post, path = "/returns/{id}/move", tag = "orders", request_body = MoveReturn,
    params(
        ("id" = ReturnId, Path),
        ("If-Match" = Option<String>, Header, description = "The return's ETag"),
        ("Idempotency-Key" = Option<String>, Header),
    ),
    responses((status = 200, body = Return), (status = 404), (status = 409), (status = 412), (status = 422))
)]
async fn move_on(
    State(returns): Service,
    Caller(ctx): Caller,
    Path(id): Path<ReturnId>,
    if_match: IfMatch,
    Json(request): Json<MoveReturn>,
) -> Result<Versioned<Json<Return>>, Problem> {
    Ok(versioned(returns.move_on(&ctx, id, request, if_match.0).await?))
}

/// Receive what was sent back
///
/// In as many steps as it takes: pieces that came, pieces that were looked at, or both at once. What is resellable is
/// put on the shelf, what is damaged among the damaged ones. Refusals: `wrong_state`, `too_many`, `nothing_came`,
/// `not_inspected` (409).
#[utoipa::path(
    post, path = "/returns/{id}/receipts", tag = "orders", request_body = ReceiveReturn,
    params(
        ("id" = ReturnId, Path),
        ("If-Match" = Option<String>, Header, description = "The return's ETag"),
        ("Idempotency-Key" = Option<String>, Header),
    ),
    responses((status = 201, body = Return), (status = 404), (status = 409), (status = 412), (status = 422))
)]
async fn receive(
    State(returns): Service,
    Caller(ctx): Caller,
    Path(id): Path<ReturnId>,
    if_match: IfMatch,
    Json(request): Json<ReceiveReturn>,
) -> Result<Made, Problem> {
    Ok(made(returns.receive(&ctx, id, request, if_match.0).await?))
}

/// Preview a return's refund
///
/// Changes nothing. Refusals as of the refund itself.
#[utoipa::path(
    post, path = "/returns/{id}/refund/preview", tag = "payments", request_body = RefundReturn,
    params(("id" = ReturnId, Path)),
    responses((status = 200, body = ReturnQuote), (status = 404), (status = 409), (status = 422))
)]
async fn quote(
    State(returns): Service,
    Caller(ctx): Caller,
    Path(id): Path<ReturnId>,
    Json(request): Json<RefundReturn>,
) -> Result<Json<ReturnQuote>, Problem> {
    Ok(Json(returns.quote(&ctx, id, request).await?))
}

/// Refund a return
///
/// The money for all that came, with its tax, less what is kept back. A credit note is made for it; stock is not touched
/// again. Refusals: `wrong_state`, `not_paid`, `too_many`, `more_than_paid`, `total_changed` (409).
#[utoipa::path(
    post, path = "/returns/{id}/refund", tag = "payments", request_body = RefundReturn,
    params(
        ("id" = ReturnId, Path),
        ("If-Match" = Option<String>, Header, description = "The return's ETag"),
        ("Idempotency-Key" = Option<String>, Header),
    ),
    responses((status = 201, body = Return), (status = 404), (status = 409), (status = 412), (status = 422))
)]
async fn refund(
    State(returns): Service,
    Caller(ctx): Caller,
    Path(id): Path<ReturnId>,
    if_match: IfMatch,
    Json(request): Json<RefundReturn>,
) -> Result<Made, Problem> {
    Ok(made(returns.refund(&ctx, id, request, if_match.0).await?))
}
