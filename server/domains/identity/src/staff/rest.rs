//! How staff get in, relative to `/api/admin/v1`. A session's token, or an API key's, goes into
//! `Authorization: Bearer`.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
};
use serde::Deserialize;
use souk_contract::{
    ApiKey, ApiKeyCreated, ApiTokenId, ChangeStaffPassword, CreateApiKey, RecoveryCodes, SessionId,
    StaffMember, StaffSession, StaffSignIn, StaffSignedIn, Staffing, TwoFactorSecret,
};
use souk_kernel::http::{Caller, Json, Path, Problem};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

type Service = State<Arc<dyn Staffing>>;

/// What staff do about their own access.
pub fn admin_routes(staffing: Arc<dyn Staffing>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(sign_in, sign_out))
        .routes(routes!(me))
        .routes(routes!(sessions))
        .routes(routes!(end_session))
        .routes(routes!(change_password))
        .routes(routes!(begin_two_factor, confirm_two_factor))
        .routes(routes!(end_two_factor))
        .routes(routes!(keys, create_key))
        .routes(routes!(revoke_key))
        .routes(routes!(rotate_key))
        .with_state(staffing)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Code {
    /// Of the authenticator app; to take the second factor off, a recovery code will do.
    code: String,
}

/// Sign in
///
/// 409 `two_factor_required` where the password is right and `code` is missing.
#[utoipa::path(
    post, path = "/sessions", tag = "staff", request_body = StaffSignIn,
    responses((status = 201, body = StaffSignedIn), (status = 409), (status = 422), (status = 429))
)]
async fn sign_in(
    State(staffing): Service,
    Caller(ctx): Caller,
    headers: HeaderMap,
    Json(request): Json<StaffSignIn>,
) -> Result<(StatusCode, Json<StaffSignedIn>), Problem> {
    let device = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    Ok((StatusCode::CREATED, Json(staffing.sign_in_staff(&ctx, request, device).await?)))
}

/// Sign out
#[utoipa::path(
    delete, path = "/sessions", tag = "staff",
    responses((status = 204), (status = 401), (status = 403))
)]
async fn sign_out(State(staffing): Service, Caller(ctx): Caller) -> Result<StatusCode, Problem> {
    staffing.sign_out_staff(&ctx).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Get my account
#[utoipa::path(
    get, path = "/me", tag = "staff",
    responses((status = 200, body = StaffMember), (status = 401), (status = 403))
)]
async fn me(State(staffing): Service, Caller(ctx): Caller) -> Result<Json<StaffMember>, Problem> {
    Ok(Json(staffing.staff_member(&ctx).await?))
}

/// List my sessions
#[utoipa::path(
    get, path = "/me/sessions", tag = "staff",
    responses((status = 200, body = Vec<StaffSession>), (status = 401), (status = 403))
)]
async fn sessions(State(staffing): Service, Caller(ctx): Caller) -> Result<Json<Vec<StaffSession>>, Problem> {
    Ok(Json(staffing.staff_sessions(&ctx).await?))
}

/// End one of my sessions
#[utoipa::path(
    delete, path = "/me/sessions/{id}", tag = "staff", params(("id" = SessionId, Path)),
    responses((status = 204), (status = 401), (status = 403), (status = 404))
)]
async fn end_session(
    State(staffing): Service,
    Caller(ctx): Caller,
    Path(id): Path<SessionId>,
) -> Result<StatusCode, Problem> {
    staffing.end_staff_session(&ctx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Change my password
///
/// Ends my other sessions.
#[utoipa::path(
    put, path = "/me/password", tag = "staff", request_body = ChangeStaffPassword,
    responses((status = 204), (status = 401), (status = 403), (status = 422), (status = 429))
)]
async fn change_password(
    State(staffing): Service,
    Caller(ctx): Caller,
    Json(request): Json<ChangeStaffPassword>,
) -> Result<StatusCode, Problem> {
    staffing.change_staff_password(&ctx, request).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Begin with a second factor
///
/// In force once a code of it was sent with PUT. 409 `two_factor_on` where one is in force.
#[utoipa::path(
    post, path = "/me/two-factor", tag = "staff",
    responses((status = 200, body = TwoFactorSecret), (status = 401), (status = 403), (status = 409))
)]
async fn begin_two_factor(
    State(staffing): Service,
    Caller(ctx): Caller,
) -> Result<Json<TwoFactorSecret>, Problem> {
    Ok(Json(staffing.begin_two_factor(&ctx).await?))
}

/// Put the second factor in force
///
/// The recovery codes are shown this once.
#[utoipa::path(
    put, path = "/me/two-factor", tag = "staff", request_body = Code,
    responses((status = 200, body = RecoveryCodes), (status = 401), (status = 403), (status = 409), (status = 422), (status = 429))
)]
async fn confirm_two_factor(
    State(staffing): Service,
    Caller(ctx): Caller,
    Json(request): Json<Code>,
) -> Result<Json<RecoveryCodes>, Problem> {
    Ok(Json(staffing.confirm_two_factor(&ctx, &request.code).await?))
}

/// Take the second factor off
#[utoipa::path(
    post, path = "/me/two-factor/end", tag = "staff", request_body = Code,
    responses((status = 204), (status = 401), (status = 403), (status = 422), (status = 429))
)]
async fn end_two_factor(
    State(staffing): Service,
    Caller(ctx): Caller,
    Json(request): Json<Code>,
) -> Result<StatusCode, Problem> {
    staffing.end_two_factor(&ctx, &request.code).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List my API keys
#[utoipa::path(
    get, path = "/api-keys", tag = "staff",
    responses((status = 200, body = Vec<ApiKey>), (status = 401), (status = 403))
)]
async fn keys(State(staffing): Service, Caller(ctx): Caller) -> Result<Json<Vec<ApiKey>>, Problem> {
    Ok(Json(staffing.api_keys(&ctx).await?))
}

/// Make an API key
///
/// Its token is shown this once. It can do what its role may, and no more than its owner; nothing of this section.
#[utoipa::path(
    post, path = "/api-keys", tag = "staff", request_body = CreateApiKey,
    responses((status = 201, body = ApiKeyCreated), (status = 401), (status = 403), (status = 409), (status = 422))
)]
async fn create_key(
    State(staffing): Service,
    Caller(ctx): Caller,
    Json(request): Json<CreateApiKey>,
) -> Result<(StatusCode, Json<ApiKeyCreated>), Problem> {
    Ok((StatusCode::CREATED, Json(staffing.create_api_key(&ctx, request).await?)))
}

/// Revoke an API key
#[utoipa::path(
    delete, path = "/api-keys/{id}", tag = "staff", params(("id" = ApiTokenId, Path)),
    responses((status = 204), (status = 401), (status = 403), (status = 404))
)]
async fn revoke_key(
    State(staffing): Service,
    Caller(ctx): Caller,
    Path(id): Path<ApiTokenId>,
) -> Result<StatusCode, Problem> {
    staffing.revoke_api_key(&ctx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Give an API key a new token
///
/// The one before is worth nothing from now on.
#[utoipa::path(
    post, path = "/api-keys/{id}/rotate", tag = "staff", params(("id" = ApiTokenId, Path)),
    responses((status = 200, body = ApiKeyCreated), (status = 401), (status = 403), (status = 404))
)]
async fn rotate_key(
    State(staffing): Service,
    Caller(ctx): Caller,
    Path(id): Path<ApiTokenId>,
) -> Result<Json<ApiKeyCreated>, Problem> {
    Ok(Json(staffing.rotate_api_key(&ctx, id).await?))
}
