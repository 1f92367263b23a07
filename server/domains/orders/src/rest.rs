//! Orders over HTTP, relative to `/api/store/v1` and `/api/admin/v1`.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use souk_contract::{
    CheckoutAction, CheckoutId, CreateFulfillment, Error, FulfillmentId, Money, MoveFulfillment, MoveOrders,
    Order, OrderId, OrderQuery, OrderSummary, Orders, OrdersMoved, OrdersWaiting, Page, PageRequest, Period,
    PlaceOrder, Placed, Resource, Sales, Timestamp,
};
use souk_kernel::{
    Ids,
    http::{Caller, IfMatch, Json, Path, Problem, Query, Versioned},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::rest_after;

type Service = State<Arc<dyn Orders>>;

#[derive(Clone)]
struct Checkouts {
    orders: Arc<dyn Orders>,
    ids: Ids,
}

/// Buying, and looking at what one bought.
pub fn store_routes(orders: Arc<dyn Orders>, ids: Ids) -> OpenApiRouter {
    let checkouts = Checkouts { orders: Arc::clone(&orders), ids };
    OpenApiRouter::new()
        .routes(routes!(mine))
        .routes(routes!(my_order))
        .routes(routes!(by_access_token))
        .with_state(orders)
        .merge(
            OpenApiRouter::new()
                .routes(routes!(complete))
                .routes(routes!(checkout))
                .routes(routes!(give_up))
                .with_state(checkouts),
        )
}

/// What staff do with orders.
pub fn admin_routes(orders: Arc<dyn Orders>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show))
        .routes(routes!(cancel))
        .routes(routes!(waiting))
        .routes(routes!(sales))
        .routes(routes!(fulfil))
        .routes(routes!(move_orders))
        .routes(routes!(move_on))
        .with_state(Arc::clone(&orders))
        .merge(rest_after::routes(orders))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Complete {
    /// `code` of one of the payment methods.
    payment_method: String,
    /// From the gateway's own fields.
    #[serde(default)]
    payment_token: Option<String>,
    /// What the shopper saw; another total is refused with `total_changed`, and nothing is charged.
    #[serde(default)]
    expected_total: Option<Money>,
}

/// Complete a cart: place the order
///
/// Send an `Idempotency-Key`: the same key for the same cart is the same checkout, and makes one order and one
/// charge however often it is sent. After a decline use a new one.
///
/// 202: the shopper's bank asks them to confirm. Send them to `action.url`, and ask `/checkouts/{token}` what came of
/// it. Another request for this cart gives that payment up, and so does `DELETE /carts/{token}/payment`.
///
/// Refusals: `out_of_stock`, `payment_declined`, `total_changed`, `cart_completing`, `cart_completed`,
/// `code_used_up`, `delivery_gone`, `checkout_reused` (409); what is missing, by field (422).
#[utoipa::path(
    post, path = "/carts/{token}/complete", tag = "carts",
    params(("token" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    request_body = Complete,
    responses(
        (status = 201, body = Order), (status = 202, body = CheckoutAction), (status = 404), (status = 409),
        (status = 422), (status = 503)
    )
)]
async fn complete(
    State(checkouts): State<Checkouts>,
    Caller(ctx): Caller,
    Path(token): Path<String>,
    headers: HeaderMap,
    Json(request): Json<Complete>,
) -> Result<Response, Problem> {
    let key = headers.get("idempotency-key").map(|key| key.as_bytes());
    let checkout = key.map_or_else(|| checkouts.ids.next(), |key| checkout_of(key, &token));
    let request = PlaceOrder {
        cart_token: token,
        payment_method: request.payment_method,
        payment_token: request.payment_token,
        expected_total: request.expected_total,
    };
    Ok(answer(checkouts.orders.place(&ctx, checkout, request).await?, StatusCode::CREATED))
}

fn answer(placed: Placed, done: StatusCode) -> Response {
    match placed {
        Placed::Order { order } => (done, Versioned(order.version, Json(*order))).into_response(),
        Placed::RequiresAction { next } => (StatusCode::ACCEPTED, Json(next)).into_response(),
    }
}

/// Get what became of a checkout
///
/// Of one that waits for its shopper's bank: the bank is asked. 200: the order; 202: it waits still; 409: it was
/// declined, or given up, and nothing was charged.
#[utoipa::path(
    get, path = "/checkouts/{token}", tag = "carts", params(("token" = String, Path)),
    responses(
        (status = 200, body = Order), (status = 202, body = CheckoutAction), (status = 404), (status = 409),
        (status = 503)
    )
)]
async fn checkout(
    State(checkouts): State<Checkouts>,
    Caller(ctx): Caller,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    Ok(answer(checkouts.orders.checkout(&ctx, &token).await?, StatusCode::OK))
}

/// Give up the payment that a cart waits for
///
/// The cart is open again, and a late confirmation takes nothing. 200: it was confirmed before, and this is its order.
#[utoipa::path(
    delete, path = "/carts/{token}/payment", tag = "carts", params(("token" = String, Path)),
    responses((status = 200, body = Order), (status = 204), (status = 404), (status = 503))
)]
async fn give_up(
    State(checkouts): State<Checkouts>,
    Caller(ctx): Caller,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    let confirmed = checkouts.orders.give_up(&ctx, &token).await?;
    Ok(match confirmed {
        Some(order) => Versioned(order.version, Json(order)).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    })
}

/// The same for the same key and cart, and for nothing else: a UUID of version 8, whose bits are ours to choose.
fn checkout_of(key: &[u8], token: &str) -> CheckoutId {
    let mut hash = Sha256::new();
    hash.update((key.len() as u64).to_be_bytes());
    hash.update(key);
    hash.update(token);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    CheckoutId::new(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

/// List my orders
#[utoipa::path(
    get, path = "/orders", tag = "orders",
    params(("after" = Option<String>, Query), ("limit" = Option<u32>, Query)),
    responses((status = 200, body = Page<OrderSummary>), (status = 401))
)]
async fn mine(
    State(orders): Service,
    Caller(ctx): Caller,
    Query(page): Query<PageRequest>,
) -> Result<Json<Page<OrderSummary>>, Problem> {
    Ok(Json(orders.mine(&ctx, &page).await?))
}

/// Get one of my orders
#[utoipa::path(
    get, path = "/orders/{id}", tag = "orders", params(("id" = OrderId, Path)),
    responses((status = 200, body = Order), (status = 401), (status = 404))
)]
async fn my_order(
    State(orders): Service,
    Caller(ctx): Caller,
    Path(id): Path<OrderId>,
) -> Result<Versioned<Json<Order>>, Problem> {
    ctx.require_customer()?;
    let order = orders.get(&ctx, id).await?;
    Ok(Versioned(order.version, Json(order)))
}

/// Get an order by its signed link
#[utoipa::path(
    get, path = "/orders/by-token/{access_token}", tag = "orders", params(("access_token" = String, Path)),
    responses((status = 200, body = Order), (status = 404))
)]
async fn by_access_token(
    State(orders): Service,
    Caller(ctx): Caller,
    Path(access_token): Path<String>,
) -> Result<Versioned<Json<Order>>, Problem> {
    let order = orders.by_access_token(&ctx, &access_token).await?;
    Ok(Versioned(order.version, Json(order)))
}

/// List orders
///
/// Newest first.
#[utoipa::path(
    get, path = "/orders", tag = "orders", params(OrderQuery),
    responses((status = 200, body = Page<OrderSummary>), (status = 401), (status = 403), (status = 422))
)]
async fn list(
    State(orders): Service,
    Caller(ctx): Caller,
    Query(query): Query<OrderQuery>,
) -> Result<Json<Page<OrderSummary>>, Problem> {
    Ok(Json(orders.list(&ctx, &query).await?))
}

/// Count what waits
#[utoipa::path(
    get, path = "/orders/waiting", tag = "orders",
    responses((status = 200, body = OrdersWaiting), (status = 401), (status = 403))
)]
async fn waiting(State(orders): Service, Caller(ctx): Caller) -> Result<Json<OrdersWaiting>, Problem> {
    Ok(Json(orders.waiting(&ctx).await?))
}

#[derive(Deserialize)]
struct Between {
    from: Timestamp,
    until: Timestamp,
}

/// Sum the sales of a period
///
/// What was placed from one moment (RFC 3339) to another and not cancelled.
#[utoipa::path(
    get, path = "/orders/sales", tag = "orders",
    params(("from" = Timestamp, Query), ("until" = Timestamp, Query, description = "Not included")),
    responses((status = 200, body = Sales), (status = 401), (status = 403), (status = 422))
)]
async fn sales(
    State(orders): Service,
    Caller(ctx): Caller,
    Query(Between { from, until }): Query<Between>,
) -> Result<Json<Sales>, Problem> {
    let sales = orders.sales(&ctx, &[Period { from, until }]).await?;
    Ok(Json(sales.into_iter().next().ok_or_else(|| Error::not_found("period"))?))
}

/// Begin a parcel
///
/// With everything that is left, or the lines named. `ship`: it leaves at once, and the shopper is written to.
/// Refusals: `nothing_left`, `too_many`, `order_closed` (409).
#[utoipa::path(
    post, path = "/orders/{id}/fulfillments", tag = "orders", request_body = CreateFulfillment,
    params(
        ("id" = OrderId, Path),
        ("If-Match" = Option<String>, Header, description = "The order's ETag"),
        ("Idempotency-Key" = Option<String>, Header),
    ),
    responses((status = 201, body = Order), (status = 404), (status = 409), (status = 412), (status = 422))
)]
async fn fulfil(
    State(orders): Service,
    Caller(ctx): Caller,
    Path(id): Path<OrderId>,
    if_match: IfMatch,
    Json(request): Json<CreateFulfillment>,
) -> Result<(StatusCode, Versioned<Json<Order>>), Problem> {
    let order = orders.fulfil(&ctx, id, request, if_match.0).await?;
    Ok((StatusCode::CREATED, Versioned(order.version, Json(order))))
}

/// Move many orders
///
/// Ships them, or confirms that their money came; each by itself. What was refused is answered with its reason, and
/// keeps none of the others.
#[utoipa::path(
    post, path = "/orders/move", tag = "orders", request_body = MoveOrders,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = OrdersMoved), (status = 403), (status = 422))
)]
async fn move_orders(
    State(orders): Service,
    Caller(ctx): Caller,
    Json(request): Json<MoveOrders>,
) -> Result<Json<OrdersMoved>, Problem> {
    Ok(Json(orders.move_orders(&ctx, request).await?))
}

/// Move a parcel on
///
/// `pack`, `ship`, `deliver`, or `cancel` before it has left. The step it has taken already changes nothing but the
/// tracking; 409 `wrong_state` for one that can't follow.
#[utoipa::path(
    post, path = "/orders/{id}/fulfillments/{fulfillment_id}", tag = "orders", request_body = MoveFulfillment,
    params(("id" = OrderId, Path), ("fulfillment_id" = FulfillmentId, Path)),
    responses((status = 200, body = Order), (status = 404), (status = 409), (status = 422))
)]
async fn move_on(
    State(orders): Service,
    Caller(ctx): Caller,
    Path((id, fulfillment)): Path<(OrderId, FulfillmentId)>,
    Json(request): Json<MoveFulfillment>,
) -> Result<Versioned<Json<Order>>, Problem> {
    let order = orders.move_fulfillment(&ctx, id, fulfillment, request).await?;
    Ok(Versioned(order.version, Json(order)))
}

/// Get an order
#[utoipa::path(
    get, path = "/orders/{id}", tag = "orders", params(("id" = OrderId, Path)),
    responses((status = 200, body = Order), (status = 401), (status = 404))
)]
async fn show(
    State(orders): Service,
    Caller(ctx): Caller,
    Path(id): Path<OrderId>,
) -> Result<Versioned<Json<Order>>, Problem> {
    ctx.require(Resource::Orders.read())?;
    let order = orders.get(&ctx, id).await?;
    Ok(Versioned(order.version, Json(order)))
}

/// Cancel an order
///
/// Gives its stock back and lets go of what is held; refused with `payment_captured` once the money was taken.
#[utoipa::path(
    post, path = "/orders/{id}/cancel", tag = "orders",
    params(
        ("id" = OrderId, Path),
        ("If-Match" = String, Header, description = "The order's ETag"),
        ("Idempotency-Key" = Option<String>, Header),
    ),
    responses((status = 200, body = Order), (status = 404), (status = 409), (status = 412), (status = 428))
)]
async fn cancel(
    State(orders): Service,
    Caller(ctx): Caller,
    Path(id): Path<OrderId>,
    if_match: IfMatch,
) -> Result<Versioned<Json<Order>>, Problem> {
    let version = if_match.required()?;
    let order = orders.cancel(&ctx, id, Some(version)).await?;
    Ok(Versioned(order.version, Json(order)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_names_one_checkout_of_one_cart() {
        let checkout = checkout_of(b"key-1", "token-a");
        assert_eq!(checkout, checkout_of(b"key-1", "token-a"));
        assert_ne!(checkout, checkout_of(b"key-2", "token-a"));
        assert_ne!(checkout, checkout_of(b"key-1", "token-b"));
        assert_ne!(checkout_of(b"ab", "c"), checkout_of(b"a", "bc"));
        assert_eq!(checkout.uuid().get_version_num(), 8);
    }
}
