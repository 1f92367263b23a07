//! Delivery over HTTP, relative to `/api/store/v1` and `/api/admin/v1`.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use souk_contract::{
    Cart, Change, Country, Shipping, ShippingMethod, ShippingMethodId, ShippingMethodInput, ShippingOption,
};
use souk_kernel::http::{Caller, IfMatch, Json, Path, Problem, Query, Versioned};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

type Service = State<Arc<dyn Shipping>>;

/// What a shopper chooses from.
pub fn store_routes(shipping: Arc<dyn Shipping>) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(options, select)).routes(routes!(countries)).with_state(shipping)
}

/// The rate tables.
pub fn admin_routes(shipping: Arc<dyn Shipping>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(methods, put_method, create_method))
        .routes(routes!(update_method, remove_method))
        .with_state(shipping)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OptionsQuery {
    #[serde(default)]
    country: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SelectDelivery {
    method_id: ShippingMethodId,
}

/// List the deliveries for a cart
#[utoipa::path(
    get, path = "/carts/{token}/delivery", tag = "carts",
    params(
        ("token" = String, Path),
        ("country" = Option<String>, Query, description = "ISO 3166-1 alpha-2, until the cart has an address"),
    ),
    responses((status = 200, body = Vec<ShippingOption>), (status = 404))
)]
async fn options(
    State(shipping): Service,
    Caller(ctx): Caller,
    Path(token): Path<String>,
    Query(query): Query<OptionsQuery>,
) -> Result<Json<Vec<ShippingOption>>, Problem> {
    Ok(Json(shipping.options(&ctx, &token, query.country.as_deref()).await?))
}

/// Choose a cart's delivery
#[utoipa::path(
    put, path = "/carts/{token}/delivery", tag = "carts", params(("token" = String, Path)),
    request_body = SelectDelivery,
    responses((status = 200, body = Cart), (status = 404), (status = 409), (status = 422))
)]
async fn select(
    State(shipping): Service,
    Caller(ctx): Caller,
    Path(token): Path<String>,
    Json(request): Json<SelectDelivery>,
) -> Result<Versioned<Json<Cart>>, Problem> {
    let cart = shipping.select(&ctx, &token, request.method_id).await?;
    Ok(Versioned(cart.version, Json(cart)))
}

/// List the countries that are delivered to
#[utoipa::path(get, path = "/countries", tag = "shipping", responses((status = 200, body = Vec<Country>)))]
async fn countries(State(shipping): Service, Caller(ctx): Caller) -> Result<Json<Vec<Country>>, Problem> {
    Ok(Json(shipping.countries(&ctx).await?))
}

/// Write a delivery method
///
/// Its name names it: created where new.
#[utoipa::path(
    put, path = "/shipping-methods", tag = "shipping", request_body = ShippingMethodInput,
    responses((status = 200, body = Change), (status = 422))
)]
async fn put_method(
    State(shipping): Service,
    Caller(ctx): Caller,
    Json(method): Json<ShippingMethodInput>,
) -> Result<Json<Change>, Problem> {
    Ok(Json(shipping.put_method(&ctx, method).await?))
}

/// List the delivery methods
///
/// In the order in which shoppers see them.
#[utoipa::path(
    get, path = "/shipping-methods", tag = "shipping",
    responses((status = 200, body = Vec<ShippingMethod>), (status = 403))
)]
async fn methods(
    State(shipping): Service,
    Caller(ctx): Caller,
) -> Result<Json<Vec<ShippingMethod>>, Problem> {
    Ok(Json(shipping.methods(&ctx).await?))
}

/// Create a delivery method
///
/// 409 `name_taken` where another has its name.
#[utoipa::path(
    post, path = "/shipping-methods", tag = "shipping", request_body = ShippingMethodInput,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = ShippingMethod), (status = 409), (status = 422))
)]
async fn create_method(
    State(shipping): Service,
    Caller(ctx): Caller,
    Json(method): Json<ShippingMethodInput>,
) -> Result<(StatusCode, Versioned<Json<ShippingMethod>>), Problem> {
    let made = shipping.write_method(&ctx, None, method, None).await?;
    Ok((StatusCode::CREATED, Versioned(made.version, Json(made))))
}

/// Change a delivery method
#[utoipa::path(
    put, path = "/shipping-methods/{id}", tag = "shipping", request_body = ShippingMethodInput,
    params(
        ("id" = ShippingMethodId, Path),
        ("If-Match" = String, Header, description = "The `version` that was read"),
    ),
    responses(
        (status = 200, body = ShippingMethod), (status = 404), (status = 409), (status = 412), (status = 422),
        (status = 428)
    )
)]
async fn update_method(
    State(shipping): Service,
    Caller(ctx): Caller,
    Path(id): Path<ShippingMethodId>,
    if_match: IfMatch,
    Json(method): Json<ShippingMethodInput>,
) -> Result<Versioned<Json<ShippingMethod>>, Problem> {
    let version = if_match.required()?;
    let written = shipping.write_method(&ctx, Some(id), method, Some(version)).await?;
    Ok(Versioned(written.version, Json(written)))
}

/// Remove a delivery method
///
/// Carts that chose it are asked to choose again; orders keep what they were promised.
#[utoipa::path(
    delete, path = "/shipping-methods/{id}", tag = "shipping",
    params(
        ("id" = ShippingMethodId, Path),
        ("If-Match" = String, Header, description = "The `version` that was read"),
    ),
    responses((status = 204), (status = 404), (status = 412), (status = 428))
)]
async fn remove_method(
    State(shipping): Service,
    Caller(ctx): Caller,
    Path(id): Path<ShippingMethodId>,
    if_match: IfMatch,
) -> Result<StatusCode, Problem> {
    let version = if_match.required()?;
    shipping.remove_method(&ctx, id, Some(version)).await?;
    Ok(StatusCode::NO_CONTENT)
}
