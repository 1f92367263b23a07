//! Accounts over HTTP, relative to `/api/store/v1`. A session's token goes into `Authorization: Bearer`.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use souk_contract::{
    Address, AddressId, ChangePassword, Customer, Identity, Register, ResetPassword, SavedAddress, SignIn,
    SignedIn,
};
use souk_kernel::http::{Caller, Json, Path, Problem, SessionToken};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

type Service = State<Arc<dyn Identity>>;

/// What customers do with their account. Their answers carry tokens: none of them is kept for a repeat.
pub fn store_routes(identity: Arc<dyn Identity>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(register, me))
        .routes(routes!(sign_in, sign_out))
        .routes(routes!(change_password))
        .routes(routes!(request_reset))
        .routes(routes!(reset_password))
        .with_state(identity)
}

/// Their addresses.
pub fn address_routes(identity: Arc<dyn Identity>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(addresses, add_address))
        .routes(routes!(put_address, delete_address))
        .with_state(identity)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RequestReset {
    email: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PutAddress {
    address: Address,
    /// Offered first at checkout.
    #[serde(default)]
    is_default: bool,
}

/// Register
#[utoipa::path(
    post, path = "/customers", tag = "customers", request_body = Register,
    responses((status = 201, body = SignedIn), (status = 409), (status = 422), (status = 429))
)]
async fn register(
    State(identity): Service,
    Caller(ctx): Caller,
    Json(request): Json<Register>,
) -> Result<(StatusCode, Json<SignedIn>), Problem> {
    Ok((StatusCode::CREATED, Json(identity.register(&ctx, request).await?)))
}

/// Sign in
#[utoipa::path(
    post, path = "/sessions", tag = "customers", request_body = SignIn,
    responses((status = 201, body = SignedIn), (status = 422), (status = 429))
)]
async fn sign_in(
    State(identity): Service,
    Caller(ctx): Caller,
    Json(request): Json<SignIn>,
) -> Result<(StatusCode, Json<SignedIn>), Problem> {
    Ok((StatusCode::CREATED, Json(identity.sign_in(&ctx, request).await?)))
}

/// Sign out
///
/// Ends the session whose token is sent. Answers the same where it is over already, or where none is sent.
#[utoipa::path(delete, path = "/sessions", tag = "customers", responses((status = 204)))]
async fn sign_out(
    State(identity): Service,
    Caller(ctx): Caller,
    SessionToken(token): SessionToken,
) -> Result<StatusCode, Problem> {
    if let Some(token) = token {
        identity.sign_out(&ctx, &token).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Get my account
#[utoipa::path(
    get, path = "/customers", tag = "customers",
    responses((status = 200, body = Customer), (status = 401))
)]
async fn me(State(identity): Service, Caller(ctx): Caller) -> Result<Json<Customer>, Problem> {
    Ok(Json(identity.me(&ctx).await?))
}

/// Change my password
///
/// Ends every session; the answer is a fresh one.
#[utoipa::path(
    post, path = "/customers/password", tag = "customers", request_body = ChangePassword,
    responses((status = 200, body = SignedIn), (status = 401), (status = 422), (status = 429))
)]
async fn change_password(
    State(identity): Service,
    Caller(ctx): Caller,
    Json(request): Json<ChangePassword>,
) -> Result<Json<SignedIn>, Problem> {
    Ok(Json(identity.change_password(&ctx, request).await?))
}

/// Ask for a password reset
///
/// Answers the same whether the address is known or not.
#[utoipa::path(
    post, path = "/password-resets", tag = "customers", request_body = RequestReset,
    responses((status = 202), (status = 422), (status = 429))
)]
async fn request_reset(
    State(identity): Service,
    Caller(ctx): Caller,
    Json(request): Json<RequestReset>,
) -> Result<StatusCode, Problem> {
    identity.request_reset(&ctx, &request.email).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Set a new password with a reset token
#[utoipa::path(
    put, path = "/password-resets", tag = "customers", request_body = ResetPassword,
    responses((status = 204), (status = 409), (status = 422))
)]
async fn reset_password(
    State(identity): Service,
    Caller(ctx): Caller,
    Json(request): Json<ResetPassword>,
) -> Result<StatusCode, Problem> {
    identity.reset_password(&ctx, request).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List my addresses
#[utoipa::path(
    get, path = "/customers/addresses", tag = "customers",
    responses((status = 200, body = Vec<SavedAddress>), (status = 401))
)]
async fn addresses(
    State(identity): Service,
    Caller(ctx): Caller,
) -> Result<Json<Vec<SavedAddress>>, Problem> {
    Ok(Json(identity.addresses(&ctx).await?))
}

/// Add an address
#[utoipa::path(
    post, path = "/customers/addresses", tag = "customers", request_body = PutAddress,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = SavedAddress), (status = 401), (status = 409), (status = 422))
)]
async fn add_address(
    State(identity): Service,
    Caller(ctx): Caller,
    Json(request): Json<PutAddress>,
) -> Result<(StatusCode, Json<SavedAddress>), Problem> {
    let saved = identity.save_address(&ctx, None, request.address, request.is_default).await?;
    Ok((StatusCode::CREATED, Json(saved)))
}

/// Change an address
#[utoipa::path(
    put, path = "/customers/addresses/{id}", tag = "customers", params(("id" = AddressId, Path)),
    request_body = PutAddress,
    responses((status = 200, body = SavedAddress), (status = 401), (status = 404), (status = 422))
)]
async fn put_address(
    State(identity): Service,
    Caller(ctx): Caller,
    Path(id): Path<AddressId>,
    Json(request): Json<PutAddress>,
) -> Result<Json<SavedAddress>, Problem> {
    Ok(Json(identity.save_address(&ctx, Some(id), request.address, request.is_default).await?))
}

/// Remove an address
#[utoipa::path(
    delete, path = "/customers/addresses/{id}", tag = "customers", params(("id" = AddressId, Path)),
    responses((status = 204), (status = 401), (status = 404))
)]
async fn delete_address(
    State(identity): Service,
    Caller(ctx): Caller,
    Path(id): Path<AddressId>,
) -> Result<StatusCode, Problem> {
    identity.delete_address(&ctx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
