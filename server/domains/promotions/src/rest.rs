//! Promotions over HTTP, relative to `/api/admin/v1`. Shoppers use codes on their cart.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use souk_contract::{
    BundlePart, Change, LineSelection, MadeCode, MakeCodes, Page, PageRequest, PromotionId, PromotionInput,
    PromotionRecord, Promotions, SetPromotionState, Tier, TierBy,
};
use souk_kernel::http::{Caller, IfMatch, Json, Path, Problem, Query, Versioned};
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

/// What tagged enums name, whose schemas stand in place: nobody else brings these into the description.
#[derive(OpenApi)]
#[openapi(components(schemas(BundlePart, LineSelection, Tier, TierBy)))]
struct Parts;

type Service = State<Arc<dyn Promotions>>;

/// What staff do with promotions.
pub fn admin_routes(promotions: Arc<dyn Promotions>) -> OpenApiRouter {
    OpenApiRouter::with_openapi(Parts::openapi())
        .routes(routes!(list, put, create))
        .routes(routes!(show, change))
        .routes(routes!(set_state))
        .routes(routes!(codes, make_codes))
        .routes(routes!(export_codes))
        .routes(routes!(revoke_code))
        .with_state(promotions)
}

fn versioned(record: PromotionRecord) -> Versioned<Json<PromotionRecord>> {
    Versioned(record.version, Json(record))
}

/// List promotions
///
/// By priority; archived ones last.
#[utoipa::path(
    get, path = "/promotions", tag = "promotions",
    responses((status = 200, body = Vec<PromotionRecord>), (status = 401), (status = 403))
)]
async fn list(
    State(promotions): Service,
    Caller(ctx): Caller,
) -> Result<Json<Vec<PromotionRecord>>, Problem> {
    Ok(Json(promotions.promotions(&ctx).await?))
}

/// Write a promotion
///
/// Its title names it: created where new, and at work at once.
#[utoipa::path(
    put, path = "/promotions", tag = "promotions", request_body = PromotionInput,
    responses((status = 200, body = Change), (status = 409), (status = 422))
)]
async fn put(
    State(promotions): Service,
    Caller(ctx): Caller,
    Json(promotion): Json<PromotionInput>,
) -> Result<Json<Change>, Problem> {
    Ok(Json(promotions.put(&ctx, promotion).await?))
}

/// Make a promotion
///
/// A draft, which nobody gets until its state is `active`.
#[utoipa::path(
    post, path = "/promotions", tag = "promotions", request_body = PromotionInput,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = PromotionRecord), (status = 409), (status = 422))
)]
async fn create(
    State(promotions): Service,
    Caller(ctx): Caller,
    Json(promotion): Json<PromotionInput>,
) -> Result<(StatusCode, Versioned<Json<PromotionRecord>>), Problem> {
    Ok((StatusCode::CREATED, versioned(promotions.write(&ctx, None, promotion, None).await?)))
}

/// Get a promotion
#[utoipa::path(
    get, path = "/promotions/{id}", tag = "promotions", params(("id" = PromotionId, Path)),
    responses((status = 200, body = PromotionRecord), (status = 404))
)]
async fn show(
    State(promotions): Service,
    Caller(ctx): Caller,
    Path(id): Path<PromotionId>,
) -> Result<Versioned<Json<PromotionRecord>>, Problem> {
    Ok(versioned(promotions.promotion(&ctx, id).await?))
}

/// Change a promotion
///
/// Orders that used it keep what they got.
#[utoipa::path(
    put, path = "/promotions/{id}", tag = "promotions", request_body = PromotionInput,
    params(("id" = PromotionId, Path), ("If-Match" = Option<String>, Header, description = "The promotion's ETag")),
    responses((status = 200, body = PromotionRecord), (status = 404), (status = 409), (status = 412), (status = 422))
)]
async fn change(
    State(promotions): Service,
    Caller(ctx): Caller,
    Path(id): Path<PromotionId>,
    if_match: IfMatch,
    Json(promotion): Json<PromotionInput>,
) -> Result<Versioned<Json<PromotionRecord>>, Problem> {
    Ok(versioned(promotions.write(&ctx, Some(id), promotion, if_match.0).await?))
}

/// Start, pause or archive a promotion
///
/// A draft becomes `active`; an active one `paused`, and active again; each of them `archived`, for good. 409
/// `wrong_state` for anything else.
#[utoipa::path(
    put, path = "/promotions/{id}/state", tag = "promotions", request_body = SetPromotionState,
    params(("id" = PromotionId, Path), ("If-Match" = Option<String>, Header, description = "The promotion's ETag")),
    responses((status = 200, body = PromotionRecord), (status = 404), (status = 409), (status = 412), (status = 422))
)]
async fn set_state(
    State(promotions): Service,
    Caller(ctx): Caller,
    Path(id): Path<PromotionId>,
    if_match: IfMatch,
    Json(request): Json<SetPromotionState>,
) -> Result<Versioned<Json<PromotionRecord>>, Problem> {
    Ok(versioned(promotions.set_state(&ctx, id, request.state, if_match.0).await?))
}

/// List the codes that were made for a promotion
#[utoipa::path(
    get, path = "/promotions/{id}/codes", tag = "promotions",
    params(("id" = PromotionId, Path), ("after" = Option<String>, Query), ("limit" = Option<u32>, Query)),
    responses((status = 200, body = Page<MadeCode>), (status = 404), (status = 422))
)]
async fn codes(
    State(promotions): Service,
    Caller(ctx): Caller,
    Path(id): Path<PromotionId>,
    Query(page): Query<PageRequest>,
) -> Result<Json<Page<MadeCode>>, Problem> {
    Ok(Json(promotions.codes(&ctx, id, &page).await?))
}

/// Make codes for a promotion
///
/// Each unlike the others, and none to be guessed. The promotion must work by codes (`by_codes`).
#[utoipa::path(
    post, path = "/promotions/{id}/codes", tag = "promotions", request_body = MakeCodes,
    params(("id" = PromotionId, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = Vec<MadeCode>), (status = 404), (status = 409), (status = 422))
)]
async fn make_codes(
    State(promotions): Service,
    Caller(ctx): Caller,
    Path(id): Path<PromotionId>,
    Json(request): Json<MakeCodes>,
) -> Result<(StatusCode, Json<Vec<MadeCode>>), Problem> {
    Ok((StatusCode::CREATED, Json(promotions.make_codes(&ctx, id, request).await?)))
}

struct Table(String);

impl IntoResponse for Table {
    fn into_response(self) -> Response {
        let mut response = self.0.into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
        let saved = HeaderValue::from_static("attachment; filename=\"codes.csv\"");
        headers.insert(header::CONTENT_DISPOSITION, saved);
        response
    }
}

/// Codes as CSV
#[utoipa::path(
    get, path = "/promotions/{id}/codes.csv", tag = "promotions", params(("id" = PromotionId, Path)),
    responses((status = 200, body = String, content_type = "text/csv"), (status = 404))
)]
async fn export_codes(
    State(promotions): Service,
    Caller(ctx): Caller,
    Path(id): Path<PromotionId>,
) -> Result<Table, Problem> {
    Ok(Table(promotions.export_codes(&ctx, id).await?))
}

/// Revoke a code
///
/// Nobody can use it any more; orders that did keep what they got.
#[utoipa::path(
    delete, path = "/promotions/{id}/codes/{code}", tag = "promotions",
    params(("id" = PromotionId, Path), ("code" = String, Path)),
    responses((status = 204), (status = 404))
)]
async fn revoke_code(
    State(promotions): Service,
    Caller(ctx): Caller,
    Path((id, code)): Path<(PromotionId, String)>,
) -> Result<StatusCode, Problem> {
    promotions.revoke_code(&ctx, id, &code).await?;
    Ok(StatusCode::NO_CONTENT)
}
