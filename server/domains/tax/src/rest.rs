//! Taxes over HTTP, relative to `/api/admin/v1`.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use souk_contract::{
    TaxClass, TaxClassId, TaxClassInput, TaxSettings, TaxSettingsInput, TaxSetup, TaxTrial, TaxTried,
    TaxZone, TaxZoneId, TaxZoneInput, Taxes,
};
use souk_kernel::http::{Caller, IfMatch, Json, Path, Problem, Versioned};
use utoipa_axum::{router::OpenApiRouter, routes};

type Service = State<Arc<dyn Taxes>>;

/// What staff do with taxes.
pub fn admin_routes(taxes: Arc<dyn Taxes>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(setup))
        .routes(routes!(write_settings))
        .routes(routes!(try_out))
        .routes(routes!(classes))
        .routes(routes!(create_class))
        .routes(routes!(update_class, remove_class))
        .routes(routes!(create_zone))
        .routes(routes!(update_zone, remove_zone))
        .with_state(taxes)
}

/// Show the taxes
///
/// Settings, classes and zones with their rates.
#[utoipa::path(
    get, path = "/taxes", tag = "settings", responses((status = 200, body = TaxSetup), (status = 403))
)]
async fn setup(State(taxes): Service, Caller(ctx): Caller) -> Result<Json<TaxSetup>, Problem> {
    Ok(Json(taxes.setup(&ctx).await?))
}

/// Change the tax settings
#[utoipa::path(
    put, path = "/taxes/settings", tag = "settings", request_body = TaxSettingsInput,
    params(("If-Match" = String, Header, description = "The `version` that was read")),
    responses((status = 200, body = TaxSettings), (status = 412), (status = 422), (status = 428))
)]
async fn write_settings(
    State(taxes): Service,
    Caller(ctx): Caller,
    if_match: IfMatch,
    Json(input): Json<TaxSettingsInput>,
) -> Result<Versioned<Json<TaxSettings>>, Problem> {
    let version = if_match.required()?;
    let written = taxes.write_settings(&ctx, input, Some(version)).await?;
    Ok(Versioned(written.version, Json(written)))
}

/// Try the taxes out
///
/// What a customer there would pay for one piece. Nothing is written.
#[utoipa::path(
    post, path = "/taxes/trial", tag = "settings", request_body = TaxTrial,
    responses((status = 200, body = TaxTried), (status = 403), (status = 422))
)]
async fn try_out(
    State(taxes): Service,
    Caller(ctx): Caller,
    Json(trial): Json<TaxTrial>,
) -> Result<Json<TaxTried>, Problem> {
    Ok(Json(taxes.try_out(&ctx, trial).await?))
}

/// List the tax classes
///
/// For whoever may see products: what a product may name.
#[utoipa::path(
    get, path = "/tax-classes", tag = "catalog", responses((status = 200, body = Vec<TaxClass>), (status = 403))
)]
async fn classes(State(taxes): Service, Caller(ctx): Caller) -> Result<Json<Vec<TaxClass>>, Problem> {
    Ok(Json(taxes.classes(&ctx).await?))
}

/// Create a tax class
///
/// 409 `name_taken` where another has its name.
#[utoipa::path(
    post, path = "/taxes/classes", tag = "settings", request_body = TaxClassInput,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = TaxClass), (status = 409), (status = 422))
)]
async fn create_class(
    State(taxes): Service,
    Caller(ctx): Caller,
    Json(input): Json<TaxClassInput>,
) -> Result<(StatusCode, Versioned<Json<TaxClass>>), Problem> {
    let made = taxes.write_class(&ctx, None, input, None).await?;
    Ok((StatusCode::CREATED, Versioned(made.version, Json(made))))
}

/// Change a tax class
#[utoipa::path(
    put, path = "/taxes/classes/{id}", tag = "settings", request_body = TaxClassInput,
    params(
        ("id" = TaxClassId, Path),
        ("If-Match" = String, Header, description = "The `version` that was read"),
    ),
    responses(
        (status = 200, body = TaxClass), (status = 404), (status = 409), (status = 412), (status = 422), (status = 428)
    )
)]
async fn update_class(
    State(taxes): Service,
    Caller(ctx): Caller,
    Path(id): Path<TaxClassId>,
    if_match: IfMatch,
    Json(input): Json<TaxClassInput>,
) -> Result<Versioned<Json<TaxClass>>, Problem> {
    let version = if_match.required()?;
    let written = taxes.write_class(&ctx, Some(id), input, Some(version)).await?;
    Ok(Versioned(written.version, Json(written)))
}

/// Remove a tax class
///
/// Its products are taxed by the default class from then on.
#[utoipa::path(
    delete, path = "/taxes/classes/{id}", tag = "settings",
    params(
        ("id" = TaxClassId, Path),
        ("If-Match" = String, Header, description = "The `version` that was read"),
    ),
    responses((status = 204), (status = 404), (status = 409), (status = 412), (status = 428))
)]
async fn remove_class(
    State(taxes): Service,
    Caller(ctx): Caller,
    Path(id): Path<TaxClassId>,
    if_match: IfMatch,
) -> Result<StatusCode, Problem> {
    let version = if_match.required()?;
    taxes.remove_class(&ctx, id, Some(version)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Create a tax zone
///
/// 409 `name_taken` where another has its name.
#[utoipa::path(
    post, path = "/taxes/zones", tag = "settings", request_body = TaxZoneInput,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = TaxZone), (status = 409), (status = 422))
)]
async fn create_zone(
    State(taxes): Service,
    Caller(ctx): Caller,
    Json(input): Json<TaxZoneInput>,
) -> Result<(StatusCode, Versioned<Json<TaxZone>>), Problem> {
    let made = taxes.write_zone(&ctx, None, input, None).await?;
    Ok((StatusCode::CREATED, Versioned(made.version, Json(made))))
}

/// Change a tax zone
#[utoipa::path(
    put, path = "/taxes/zones/{id}", tag = "settings", request_body = TaxZoneInput,
    params(
        ("id" = TaxZoneId, Path),
        ("If-Match" = String, Header, description = "The `version` that was read"),
    ),
    responses(
        (status = 200, body = TaxZone), (status = 404), (status = 409), (status = 412), (status = 422), (status = 428)
    )
)]
async fn update_zone(
    State(taxes): Service,
    Caller(ctx): Caller,
    Path(id): Path<TaxZoneId>,
    if_match: IfMatch,
    Json(input): Json<TaxZoneInput>,
) -> Result<Versioned<Json<TaxZone>>, Problem> {
    let version = if_match.required()?;
    let written = taxes.write_zone(&ctx, Some(id), input, Some(version)).await?;
    Ok(Versioned(written.version, Json(written)))
}

/// Remove a tax zone
///
/// What goes there is an export from then on.
#[utoipa::path(
    delete, path = "/taxes/zones/{id}", tag = "settings",
    params(
        ("id" = TaxZoneId, Path),
        ("If-Match" = String, Header, description = "The `version` that was read"),
    ),
    responses((status = 204), (status = 404), (status = 409), (status = 412), (status = 428))
)]
async fn remove_zone(
    State(taxes): Service,
    Caller(ctx): Caller,
    Path(id): Path<TaxZoneId>,
    if_match: IfMatch,
) -> Result<StatusCode, Problem> {
    let version = if_match.required()?;
    taxes.remove_zone(&ctx, id, Some(version)).await?;
    Ok(StatusCode::NO_CONTENT)
}
