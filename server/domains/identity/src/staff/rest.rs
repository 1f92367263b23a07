//! How staff get in, relative to `/api/admin/v1`. A session's token, or an API key's, goes into
//! `Authorization: Bearer`.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
};
use serde::Deserialize;
use souk_contract::{
    AcceptInvitation, ApiKey, ApiKeyCreated, ApiTokenId, ChangeStaffPassword, Colleague, CreateApiKey,
    CreateStaff, RecoveryCodes, RoleId, RoleInput, RoleRecord, SessionId, StaffId, StaffInvited, StaffMember,
    StaffSession, StaffSignIn, StaffSignedIn, Staffing, TwoFactorSecret, UpdateStaff,
};
use souk_kernel::http::{Caller, IfMatch, Json, Path, Problem, Versioned};
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
        .routes(routes!(colleagues, invite))
        .routes(routes!(update, remove))
        .routes(routes!(invite_again))
        .routes(routes!(accept_invitation))
        .routes(routes!(roles, create_role))
        .routes(routes!(update_role, remove_role))
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
    post, path = "/sessions", tag = "access", request_body = StaffSignIn,
    responses((status = 201, body = StaffSignedIn), (status = 409), (status = 422), (status = 429))
)]
async fn sign_in(
    State(staffing): Service,
    Caller(ctx): Caller,
    headers: HeaderMap,
    Json(request): Json<StaffSignIn>,
) -> Result<(StatusCode, Json<StaffSignedIn>), Problem> {
    Ok((StatusCode::CREATED, Json(staffing.sign_in_staff(&ctx, request, device(&headers)).await?)))
}

/// What the browser or program says of itself.
fn device(headers: &HeaderMap) -> &str {
    headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default()
}

/// Sign out
#[utoipa::path(
    delete, path = "/sessions", tag = "access",
    responses((status = 204), (status = 401), (status = 403))
)]
async fn sign_out(State(staffing): Service, Caller(ctx): Caller) -> Result<StatusCode, Problem> {
    staffing.sign_out_staff(&ctx).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Get my account
#[utoipa::path(
    get, path = "/me", tag = "access",
    responses((status = 200, body = StaffMember), (status = 401), (status = 403))
)]
async fn me(State(staffing): Service, Caller(ctx): Caller) -> Result<Json<StaffMember>, Problem> {
    Ok(Json(staffing.staff_member(&ctx).await?))
}

/// List my sessions
#[utoipa::path(
    get, path = "/me/sessions", tag = "access",
    responses((status = 200, body = Vec<StaffSession>), (status = 401), (status = 403))
)]
async fn sessions(State(staffing): Service, Caller(ctx): Caller) -> Result<Json<Vec<StaffSession>>, Problem> {
    Ok(Json(staffing.staff_sessions(&ctx).await?))
}

/// End one of my sessions
#[utoipa::path(
    delete, path = "/me/sessions/{id}", tag = "access", params(("id" = SessionId, Path)),
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
    put, path = "/me/password", tag = "access", request_body = ChangeStaffPassword,
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
    post, path = "/me/two-factor", tag = "access",
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
    put, path = "/me/two-factor", tag = "access", request_body = Code,
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
    post, path = "/me/two-factor/end", tag = "access", request_body = Code,
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
    get, path = "/api-keys", tag = "access",
    responses((status = 200, body = Vec<ApiKey>), (status = 401), (status = 403))
)]
async fn keys(State(staffing): Service, Caller(ctx): Caller) -> Result<Json<Vec<ApiKey>>, Problem> {
    Ok(Json(staffing.api_keys(&ctx).await?))
}

/// Make an API key
///
/// Its token is shown this once. It can do what its role may, and no more than its owner; nothing of this section.
#[utoipa::path(
    post, path = "/api-keys", tag = "access", request_body = CreateApiKey,
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
    delete, path = "/api-keys/{id}", tag = "access", params(("id" = ApiTokenId, Path)),
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
    post, path = "/api-keys/{id}/rotate", tag = "access", params(("id" = ApiTokenId, Path)),
    responses((status = 200, body = ApiKeyCreated), (status = 401), (status = 403), (status = 404))
)]
async fn rotate_key(
    State(staffing): Service,
    Caller(ctx): Caller,
    Path(id): Path<ApiTokenId>,
) -> Result<Json<ApiKeyCreated>, Problem> {
    Ok(Json(staffing.rotate_api_key(&ctx, id).await?))
}

/// List staff
///
/// By name; those who were removed last.
#[utoipa::path(
    get, path = "/staff", tag = "staff",
    responses((status = 200, body = Vec<Colleague>), (status = 401), (status = 403))
)]
async fn colleagues(State(staffing): Service, Caller(ctx): Caller) -> Result<Json<Vec<Colleague>>, Problem> {
    Ok(Json(staffing.colleagues(&ctx).await?))
}

/// Invite somebody
///
/// Give them `/admin/welcome#TOKEN`: it sets their password, once, within seven days. Nobody gives a role that
/// allows more than their own.
#[utoipa::path(
    post, path = "/staff", tag = "staff", request_body = CreateStaff,
    responses((status = 201, body = StaffInvited), (status = 401), (status = 403), (status = 409), (status = 422))
)]
async fn invite(
    State(staffing): Service,
    Caller(ctx): Caller,
    Json(request): Json<CreateStaff>,
) -> Result<(StatusCode, Json<StaffInvited>), Problem> {
    Ok((StatusCode::CREATED, Json(staffing.invite_staff(&ctx, request).await?)))
}

/// Change somebody's name or role
///
/// 409 `last_owner` where nobody would be left who may do everything.
#[utoipa::path(
    put, path = "/staff/{id}", tag = "staff", request_body = UpdateStaff,
    params(("id" = StaffId, Path), ("If-Match" = String, Header, description = "The `version` that was read")),
    responses(
        (status = 200, body = Colleague), (status = 401), (status = 403), (status = 404), (status = 409),
        (status = 412), (status = 422), (status = 428)
    )
)]
async fn update(
    State(staffing): Service,
    Caller(ctx): Caller,
    Path(id): Path<StaffId>,
    version: IfMatch,
    Json(request): Json<UpdateStaff>,
) -> Result<Versioned<Json<Colleague>>, Problem> {
    ctx.require(souk_contract::Resource::Staff.write())?;
    let colleague = staffing.update_staff(&ctx, id, request, Some(version.required()?)).await?;
    Ok(Versioned(colleague.version, Json(colleague)))
}

/// Remove somebody
///
/// Their sessions and keys end; what they did stays in the audit log.
#[utoipa::path(
    delete, path = "/staff/{id}", tag = "staff", params(("id" = StaffId, Path)),
    responses((status = 204), (status = 401), (status = 403), (status = 404), (status = 409))
)]
async fn remove(
    State(staffing): Service,
    Caller(ctx): Caller,
    Path(id): Path<StaffId>,
) -> Result<StatusCode, Problem> {
    staffing.remove_staff(&ctx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Invite somebody again
///
/// For whoever lost the invitation, their password or their phone, or was removed: they begin without a password and
/// a second factor.
#[utoipa::path(
    post, path = "/staff/{id}/invite", tag = "staff", params(("id" = StaffId, Path)),
    responses((status = 200, body = StaffInvited), (status = 401), (status = 403), (status = 404))
)]
async fn invite_again(
    State(staffing): Service,
    Caller(ctx): Caller,
    Path(id): Path<StaffId>,
) -> Result<Json<StaffInvited>, Problem> {
    Ok(Json(staffing.invite_again(&ctx, id).await?))
}

/// Accept an invitation
///
/// Sets the password and signs in.
#[utoipa::path(
    post, path = "/invitations/accept", tag = "access", request_body = AcceptInvitation,
    responses((status = 201, body = StaffSignedIn), (status = 422), (status = 429))
)]
async fn accept_invitation(
    State(staffing): Service,
    Caller(ctx): Caller,
    headers: HeaderMap,
    Json(request): Json<AcceptInvitation>,
) -> Result<(StatusCode, Json<StaffSignedIn>), Problem> {
    Ok((StatusCode::CREATED, Json(staffing.accept_invitation(&ctx, request, device(&headers)).await?)))
}

/// List roles
///
/// The presets, then the shop's own.
#[utoipa::path(
    get, path = "/roles", tag = "staff",
    responses((status = 200, body = Vec<RoleRecord>), (status = 401), (status = 403))
)]
async fn roles(State(staffing): Service, Caller(ctx): Caller) -> Result<Json<Vec<RoleRecord>>, Problem> {
    Ok(Json(staffing.roles(&ctx).await?))
}

/// Make a role
#[utoipa::path(
    post, path = "/roles", tag = "staff", request_body = RoleInput,
    responses((status = 201, body = RoleRecord), (status = 401), (status = 403), (status = 409), (status = 422))
)]
async fn create_role(
    State(staffing): Service,
    Caller(ctx): Caller,
    Json(request): Json<RoleInput>,
) -> Result<(StatusCode, Versioned<Json<RoleRecord>>), Problem> {
    let role = staffing.put_role(&ctx, None, request, None).await?;
    Ok((StatusCode::CREATED, Versioned(role.version, Json(role))))
}

/// Change a role
///
/// What it allows changes at once for everybody who has it.
#[utoipa::path(
    put, path = "/roles/{id}", tag = "staff", request_body = RoleInput,
    params(("id" = RoleId, Path), ("If-Match" = String, Header, description = "The `version` that was read")),
    responses(
        (status = 200, body = RoleRecord), (status = 401), (status = 403), (status = 404), (status = 412),
        (status = 422), (status = 428)
    )
)]
async fn update_role(
    State(staffing): Service,
    Caller(ctx): Caller,
    Path(id): Path<RoleId>,
    version: IfMatch,
    Json(request): Json<RoleInput>,
) -> Result<Versioned<Json<RoleRecord>>, Problem> {
    ctx.require(souk_contract::Resource::Staff.write())?;
    let role = staffing.put_role(&ctx, Some(id), request, Some(version.required()?)).await?;
    Ok(Versioned(role.version, Json(role)))
}

/// Remove a role
///
/// 409 `role_in_use` where somebody, or a key, has it.
#[utoipa::path(
    delete, path = "/roles/{id}", tag = "staff", params(("id" = RoleId, Path)),
    responses((status = 204), (status = 401), (status = 403), (status = 404), (status = 409))
)]
async fn remove_role(
    State(staffing): Service,
    Caller(ctx): Caller,
    Path(id): Path<RoleId>,
) -> Result<StatusCode, Problem> {
    staffing.remove_role(&ctx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
