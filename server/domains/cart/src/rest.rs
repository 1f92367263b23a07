//! Carts over HTTP, relative to `/api/store/v1`. Every answer is the whole cart.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use souk_contract::{AddLine, Cart, CartLineId, Carts, UpdateCart};
use souk_kernel::http::{Caller, Json, Path, Problem, Versioned};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

type Service = State<Arc<dyn Carts>>;
type Answer = Result<Versioned<Json<Cart>>, Problem>;

/// What a shopper does with a cart.
pub fn store_routes(carts: Arc<dyn Carts>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(create))
        .routes(routes!(show, update))
        .routes(routes!(add_line))
        .routes(routes!(set_quantity, remove_line))
        .routes(routes!(add_code))
        .routes(routes!(remove_code))
        .with_state(carts)
}

fn answer(cart: Cart) -> Versioned<Json<Cart>> {
    Versioned(cart.version, Json(cart))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SetQuantity {
    /// 0 to 999; 0 removes the line.
    quantity: i64,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AddCode {
    /// As typed; case does not matter.
    code: String,
}

/// Create a cart
///
/// The answer's `token` is the only way to it: keep it secret.
#[utoipa::path(
    post, path = "/carts", tag = "carts",
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = Cart))
)]
async fn create(
    State(carts): Service,
    Caller(ctx): Caller,
) -> Result<(StatusCode, Versioned<Json<Cart>>), Problem> {
    Ok((StatusCode::CREATED, answer(carts.create(&ctx).await?)))
}

/// Get a cart
#[utoipa::path(
    get, path = "/carts/{token}", tag = "carts", params(("token" = String, Path)),
    responses((status = 200, body = Cart), (status = 404))
)]
async fn show(State(carts): Service, Caller(ctx): Caller, Path(token): Path<String>) -> Answer {
    Ok(answer(carts.get(&ctx, &token).await?))
}

/// Update contact, addresses and note
///
/// Fields that are absent stay as they are.
#[utoipa::path(
    patch, path = "/carts/{token}", tag = "carts", params(("token" = String, Path)),
    request_body = UpdateCart,
    responses((status = 200, body = Cart), (status = 404), (status = 409), (status = 422))
)]
async fn update(
    State(carts): Service,
    Caller(ctx): Caller,
    Path(token): Path<String>,
    Json(request): Json<UpdateCart>,
) -> Answer {
    Ok(answer(carts.update(&ctx, &token, request).await?))
}

/// Add a line
///
/// More of a variant that is in the cart adds to its line. What is not there is cut to what is, with a warning.
#[utoipa::path(
    post, path = "/carts/{token}/lines", tag = "carts",
    params(("token" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    request_body = AddLine,
    responses((status = 200, body = Cart), (status = 404), (status = 409), (status = 422))
)]
async fn add_line(
    State(carts): Service,
    Caller(ctx): Caller,
    Path(token): Path<String>,
    Json(request): Json<AddLine>,
) -> Answer {
    Ok(answer(carts.add_line(&ctx, &token, request).await?))
}

/// Set a line's quantity
#[utoipa::path(
    put, path = "/carts/{token}/lines/{line_id}", tag = "carts",
    params(("token" = String, Path), ("line_id" = CartLineId, Path)),
    request_body = SetQuantity,
    responses((status = 200, body = Cart), (status = 404), (status = 409), (status = 422))
)]
async fn set_quantity(
    State(carts): Service,
    Caller(ctx): Caller,
    Path((token, line)): Path<(String, CartLineId)>,
    Json(request): Json<SetQuantity>,
) -> Answer {
    Ok(answer(carts.set_quantity(&ctx, &token, line, request.quantity).await?))
}

/// Remove a line
#[utoipa::path(
    delete, path = "/carts/{token}/lines/{line_id}", tag = "carts",
    params(("token" = String, Path), ("line_id" = CartLineId, Path)),
    responses((status = 200, body = Cart), (status = 404), (status = 409))
)]
async fn remove_line(
    State(carts): Service,
    Caller(ctx): Caller,
    Path((token, line)): Path<(String, CartLineId)>,
) -> Answer {
    Ok(answer(carts.set_quantity(&ctx, &token, line, 0).await?))
}

/// Use a code
#[utoipa::path(
    post, path = "/carts/{token}/codes", tag = "carts",
    params(("token" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    request_body = AddCode,
    responses((status = 200, body = Cart), (status = 404), (status = 409), (status = 422))
)]
async fn add_code(
    State(carts): Service,
    Caller(ctx): Caller,
    Path(token): Path<String>,
    Json(request): Json<AddCode>,
) -> Answer {
    Ok(answer(carts.add_code(&ctx, &token, &request.code).await?))
}

/// Take a code away
#[utoipa::path(
    delete, path = "/carts/{token}/codes/{code}", tag = "carts",
    params(("token" = String, Path), ("code" = String, Path)),
    responses((status = 200, body = Cart), (status = 404), (status = 409))
)]
async fn remove_code(
    State(carts): Service,
    Caller(ctx): Caller,
    Path((token, code)): Path<(String, String)>,
) -> Answer {
    Ok(answer(carts.remove_code(&ctx, &token, &code).await?))
}
