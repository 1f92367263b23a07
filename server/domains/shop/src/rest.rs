//! The shop's settings over HTTP, relative to `/api/admin/v1`.

use std::sync::Arc;

use axum::extract::State;
use souk_contract::{ShopSettings, ShopSettingsInput, Shopkeeping};
use souk_kernel::http::{Caller, IfMatch, Json, Problem, Versioned};
use utoipa_axum::{router::OpenApiRouter, routes};

type Service = State<Arc<dyn Shopkeeping>>;

/// What staff say of the shop.
pub fn admin_routes(shop: Arc<dyn Shopkeeping>) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(settings, write_settings)).with_state(shop)
}

/// Show the shop's settings
///
/// Its name and addresses, what it promises, and how its papers begin.
#[utoipa::path(
    get, path = "/shop-settings", tag = "settings",
    responses((status = 200, body = ShopSettings), (status = 403))
)]
async fn settings(
    State(shop): Service,
    Caller(ctx): Caller,
) -> Result<Versioned<Json<ShopSettings>>, Problem> {
    let known = shop.settings(&ctx).await?;
    Ok(Versioned(known.version, Json(known)))
}

/// Change the shop's settings
///
/// They hold at once. Papers that were issued stay as they are, and their numbers go on without gaps.
#[utoipa::path(
    put, path = "/shop-settings", tag = "settings", request_body = ShopSettingsInput,
    params(("If-Match" = String, Header, description = "The `version` that was read")),
    responses((status = 200, body = ShopSettings), (status = 412), (status = 422), (status = 428))
)]
async fn write_settings(
    State(shop): Service,
    Caller(ctx): Caller,
    if_match: IfMatch,
    Json(input): Json<ShopSettingsInput>,
) -> Result<Versioned<Json<ShopSettings>>, Problem> {
    let version = if_match.required()?;
    let written = shop.write_settings(&ctx, input, Some(version)).await?;
    Ok(Versioned(written.version, Json(written)))
}
