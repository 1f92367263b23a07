//! Customers over HTTP: for staff relative to `/api/admin/v1`, for themselves to `/api/store/v1`.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use souk_contract::{
    Consent, Crm, CustomerProfile, CustomerQuery, CustomerSummary, EditCustomer, NewCustomer, Page,
    PageRequest, ProfileId, TimelineEntry,
};
use souk_kernel::http::{Caller, IfMatch, Json, Path, Problem, Query, Versioned};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) type Service = State<Arc<dyn Crm>>;

/// What staff do.
pub fn admin_routes(crm: Arc<dyn Crm>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(export))
        .routes(routes!(show, edit))
        .routes(routes!(timeline))
        .with_state(crm.clone())
        .merge(crate::rest_segments::routes(crm.clone()))
        .merge(crate::rest_desk::routes(crm))
}

/// What customers decide themselves.
pub fn store_routes(crm: Arc<dyn Crm>) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(own_consent, set_own_consent)).with_state(crm)
}

/// A file to save.
pub(crate) struct Table(pub String);

impl IntoResponse for Table {
    fn into_response(self) -> Response {
        let mut response = self.0.into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
        let saved = HeaderValue::from_static("attachment; filename=\"customers.csv\"");
        headers.insert(header::CONTENT_DISPOSITION, saved);
        response
    }
}

pub(crate) fn versioned(profile: CustomerProfile) -> Versioned<Json<CustomerProfile>> {
    Versioned(profile.person.version, Json(profile))
}

/// List customers
///
/// People with an account and guests who ordered: one profile per mail address. Figures count orders that stand; what was
/// spent is what was paid in the shop's currency, less what went back.
#[utoipa::path(
    get, path = "/customers", tag = "customers", params(CustomerQuery),
    responses((status = 200, body = Page<CustomerSummary>), (status = 401), (status = 403), (status = 422))
)]
async fn list(
    State(crm): Service,
    Caller(ctx): Caller,
    Query(query): Query<CustomerQuery>,
) -> Result<Json<Page<CustomerSummary>>, Problem> {
    Ok(Json(crm.customers(&ctx, &query).await?))
}

/// Customers as CSV
///
/// Up to 100,000 rows; `after` and `limit` don't count.
#[utoipa::path(
    get, path = "/customers.csv", tag = "customers", params(CustomerQuery),
    responses((status = 200, body = String, content_type = "text/csv"), (status = 401), (status = 403), (status = 422))
)]
async fn export(
    State(crm): Service,
    Caller(ctx): Caller,
    Query(query): Query<CustomerQuery>,
) -> Result<Table, Problem> {
    Ok(Table(crm.export_customers(&ctx, &query).await?))
}

/// Write a customer down
///
/// 409 `email_known` where there is one with this mail address.
#[utoipa::path(
    post, path = "/customers", tag = "customers", request_body = NewCustomer,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = CustomerProfile), (status = 409), (status = 422))
)]
async fn create(
    State(crm): Service,
    Caller(ctx): Caller,
    Json(request): Json<NewCustomer>,
) -> Result<(StatusCode, Versioned<Json<CustomerProfile>>), Problem> {
    Ok((StatusCode::CREATED, versioned(crm.create_customer(&ctx, request).await?)))
}

/// Get a customer
///
/// The id of a profile that was merged answers with the one that it is a part of.
#[utoipa::path(
    get, path = "/customers/{id}", tag = "customers", params(("id" = ProfileId, Path)),
    responses((status = 200, body = CustomerProfile), (status = 404))
)]
async fn show(
    State(crm): Service,
    Caller(ctx): Caller,
    Path(id): Path<ProfileId>,
) -> Result<Versioned<Json<CustomerProfile>>, Problem> {
    Ok(versioned(crm.customer(&ctx, id).await?))
}

/// Change a customer's name and phone number
///
/// What staff write stays, whatever later orders say; left empty, it is the latest order's again.
#[utoipa::path(
    put, path = "/customers/{id}", tag = "customers", request_body = EditCustomer,
    params(("id" = ProfileId, Path), ("If-Match" = Option<String>, Header, description = "The customer's ETag")),
    responses((status = 200, body = CustomerProfile), (status = 404), (status = 412), (status = 422))
)]
async fn edit(
    State(crm): Service,
    Caller(ctx): Caller,
    Path(id): Path<ProfileId>,
    if_match: IfMatch,
    Json(request): Json<EditCustomer>,
) -> Result<Versioned<Json<CustomerProfile>>, Problem> {
    Ok(versioned(crm.edit_customer(&ctx, id, request, if_match.0).await?))
}

/// What happened to a customer
///
/// Newest first: registration, orders, mails, notes, tags, consent, merges.
#[utoipa::path(
    get, path = "/customers/{id}/timeline", tag = "customers",
    params(("id" = ProfileId, Path), ("after" = Option<String>, Query), ("limit" = Option<u32>, Query)),
    responses((status = 200, body = Page<TimelineEntry>), (status = 404), (status = 422))
)]
async fn timeline(
    State(crm): Service,
    Caller(ctx): Caller,
    Path(id): Path<ProfileId>,
    Query(page): Query<PageRequest>,
) -> Result<Json<Page<TimelineEntry>>, Problem> {
    Ok(Json(crm.timeline(&ctx, id, &page).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Wish {
    /// Marketing mail is welcome.
    granted: bool,
}

#[derive(Serialize, ToSchema)]
struct Said {
    consent: Consent,
}

/// Whether I get marketing mail
#[utoipa::path(
    get, path = "/customers/consent", tag = "customers", responses((status = 200, body = Said), (status = 401))
)]
async fn own_consent(State(crm): Service, Caller(ctx): Caller) -> Result<Json<Said>, Problem> {
    Ok(Json(Said { consent: crm.own_consent(&ctx).await? }))
}

/// Choose whether I get marketing mail
///
/// Stands, whatever was recorded before; after a no, only a yes in the same place counts.
#[utoipa::path(
    put, path = "/customers/consent", tag = "customers", request_body = Wish,
    responses((status = 200, body = Said), (status = 401), (status = 422))
)]
async fn set_own_consent(
    State(crm): Service,
    Caller(ctx): Caller,
    Json(wish): Json<Wish>,
) -> Result<Json<Said>, Problem> {
    Ok(Json(Said { consent: crm.set_own_consent(&ctx, wish.granted).await? }))
}
