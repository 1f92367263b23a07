//! Segments over HTTP, relative to `/api/admin/v1`.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use souk_contract::{Crm, Segment, SegmentCount, SegmentId, SegmentInput};
use souk_kernel::http::{Caller, IfMatch, Json, Path, Problem, Versioned};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::rest::Service;

pub(crate) fn routes(crm: Arc<dyn Crm>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(segments, create))
        .routes(routes!(change, remove))
        .routes(routes!(count))
        .with_state(crm)
}

/// List segments
///
/// By name. Who is in one: `GET /customers?rule=…`.
#[utoipa::path(
    get, path = "/customers/segments", tag = "customers",
    responses((status = 200, body = Vec<Segment>), (status = 401), (status = 403))
)]
async fn segments(State(crm): Service, Caller(ctx): Caller) -> Result<Json<Vec<Segment>>, Problem> {
    Ok(Json(crm.segments(&ctx).await?))
}

/// Make a segment
///
/// The rule is a text: `orders >= 2 and spent > 100 and not tag = "vip"`. 422 names the character where it goes wrong.
#[utoipa::path(
    post, path = "/customers/segments", tag = "customers", request_body = SegmentInput,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = Segment), (status = 409), (status = 422))
)]
async fn create(
    State(crm): Service,
    Caller(ctx): Caller,
    Json(request): Json<SegmentInput>,
) -> Result<(StatusCode, Versioned<Json<Segment>>), Problem> {
    let segment = crm.put_segment(&ctx, None, request, None).await?;
    Ok((StatusCode::CREATED, Versioned(segment.version, Json(segment))))
}

/// Change a segment
#[utoipa::path(
    put, path = "/customers/segments/{id}", tag = "customers", request_body = SegmentInput,
    params(("id" = SegmentId, Path), ("If-Match" = Option<String>, Header, description = "The segment's ETag")),
    responses((status = 200, body = Segment), (status = 404), (status = 412), (status = 422))
)]
async fn change(
    State(crm): Service,
    Caller(ctx): Caller,
    Path(id): Path<SegmentId>,
    if_match: IfMatch,
    Json(request): Json<SegmentInput>,
) -> Result<Versioned<Json<Segment>>, Problem> {
    let segment = crm.put_segment(&ctx, Some(id), request, if_match.0).await?;
    Ok(Versioned(segment.version, Json(segment)))
}

/// Remove a segment
///
/// Only the rule; the customers stay.
#[utoipa::path(
    delete, path = "/customers/segments/{id}", tag = "customers", params(("id" = SegmentId, Path)),
    responses((status = 204), (status = 404))
)]
async fn remove(
    State(crm): Service,
    Caller(ctx): Caller,
    Path(id): Path<SegmentId>,
) -> Result<StatusCode, Problem> {
    crm.remove_segment(&ctx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CountRule {
    rule: String,
}

/// Count who fits a rule
///
/// Now, and up to 100,000.
#[utoipa::path(
    post, path = "/customers/segments/count", tag = "customers", request_body = CountRule,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = SegmentCount), (status = 422))
)]
async fn count(
    State(crm): Service,
    Caller(ctx): Caller,
    Json(request): Json<CountRule>,
) -> Result<Json<SegmentCount>, Problem> {
    Ok(Json(crm.count_segment(&ctx, &request.rule).await?))
}
