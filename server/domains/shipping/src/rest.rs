//! Delivery over HTTP, relative to `/api/store/v1` and `/api/admin/v1`.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use souk_contract::{Cart, Change, Country, Shipping, ShippingMethodId, ShippingMethodInput, ShippingOption};
use souk_kernel::http::{Caller, Json, Path, Problem, Query, Versioned};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

type Service = State<Arc<dyn Shipping>>;

/// What a shopper chooses from.
pub fn store_routes(shipping: Arc<dyn Shipping>) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(options, select)).routes(routes!(countries)).with_state(shipping)
}

/// The rate tables.
pub fn admin_routes(shipping: Arc<dyn Shipping>) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(put_method)).with_state(shipping)
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
