//! Work on single customers over HTTP, relative to `/api/admin/v1`.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use souk_contract::{
    Crm, CustomerId, CustomerProfile, Duplicate, MergeCustomers, NotTheSame, OrderId, Page, PageRequest,
    ProfileId, ProfileMergeId, PutAddressOf, SetConsent,
};
use souk_kernel::http::{Caller, IfMatch, Json, Path, Problem, Query, Versioned};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::rest::{Service, versioned};

pub(crate) fn routes(crm: Arc<dyn Crm>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(of_order))
        .routes(routes!(set_tags))
        .routes(routes!(add_note))
        .routes(routes!(set_consent))
        .routes(routes!(save_address))
        .routes(routes!(merge))
        .routes(routes!(undo_merge))
        .routes(routes!(duplicates))
        .routes(routes!(not_the_same))
        .with_state(crm)
}

#[derive(Serialize, ToSchema)]
struct Buyer {
    id: ProfileId,
}

/// Whose order it is
#[utoipa::path(
    get, path = "/orders/{id}/customer", tag = "customers", params(("id" = OrderId, Path)),
    responses((status = 200, body = Buyer), (status = 404))
)]
async fn of_order(
    State(crm): Service,
    Caller(ctx): Caller,
    Path(id): Path<OrderId>,
) -> Result<Json<Buyer>, Problem> {
    let id = crm.customer_of_order(&ctx, id).await?.ok_or_else(crate::desk::not_found)?;
    Ok(Json(Buyer { id }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CustomerTags {
    /// Up to 20 of up to 40 characters each.
    tags: Vec<String>,
}

/// Set a customer's tags
#[utoipa::path(
    put, path = "/customers/{id}/tags", tag = "customers", request_body = CustomerTags,
    params(("id" = ProfileId, Path), ("If-Match" = Option<String>, Header, description = "The customer's ETag")),
    responses((status = 200, body = CustomerProfile), (status = 404), (status = 412), (status = 422))
)]
async fn set_tags(
    State(crm): Service,
    Caller(ctx): Caller,
    Path(id): Path<ProfileId>,
    if_match: IfMatch,
    Json(request): Json<CustomerTags>,
) -> Result<Versioned<Json<CustomerProfile>>, Problem> {
    Ok(versioned(crm.tag_customer(&ctx, id, request.tags, if_match.0).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CustomerNote {
    /// 1 to 2,000 characters.
    text: String,
}

/// Write a note about a customer
///
/// For colleagues: it stands in the timeline, and stays.
#[utoipa::path(
    post, path = "/customers/{id}/notes", tag = "customers", request_body = CustomerNote,
    params(("id" = ProfileId, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 204), (status = 404), (status = 422))
)]
async fn add_note(
    State(crm): Service,
    Caller(ctx): Caller,
    Path(id): Path<ProfileId>,
    Json(note): Json<CustomerNote>,
) -> Result<StatusCode, Problem> {
    crm.note_customer(&ctx, id, &note.text).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Record a customer's consent to marketing mail
///
/// With how it was given. 409 `own_choice` where the customer has said no in their account.
#[utoipa::path(
    put, path = "/customers/{id}/consent", tag = "customers", request_body = SetConsent,
    params(("id" = ProfileId, Path), ("If-Match" = Option<String>, Header, description = "The customer's ETag")),
    responses((status = 200, body = CustomerProfile), (status = 404), (status = 409), (status = 412), (status = 422))
)]
async fn set_consent(
    State(crm): Service,
    Caller(ctx): Caller,
    Path(id): Path<ProfileId>,
    if_match: IfMatch,
    Json(request): Json<SetConsent>,
) -> Result<Versioned<Json<CustomerProfile>>, Problem> {
    Ok(versioned(crm.set_consent(&ctx, id, request, if_match.0).await?))
}

/// Change or add an address of a customer's account
#[utoipa::path(
    put, path = "/customers/{id}/accounts/{account}/addresses", tag = "customers", request_body = PutAddressOf,
    params(("id" = ProfileId, Path), ("account" = CustomerId, Path)),
    responses((status = 200, body = CustomerProfile), (status = 404), (status = 409), (status = 422))
)]
async fn save_address(
    State(crm): Service,
    Caller(ctx): Caller,
    Path((id, account)): Path<(ProfileId, CustomerId)>,
    Json(request): Json<PutAddressOf>,
) -> Result<Versioned<Json<CustomerProfile>>, Problem> {
    Ok(versioned(crm.save_customer_address(&ctx, id, account, request).await?))
}

/// Make two customers one
///
/// The kept one has the orders, notes, tags and mails of both; the other's id leads to it. A no of either to marketing
/// mail stands. 409 `same_customer` where they are one already.
#[utoipa::path(
    post, path = "/customers/merge", tag = "customers", request_body = MergeCustomers,
    params(
        ("If-Match" = Option<String>, Header, description = "The ETag of the customer that is kept"),
        ("Idempotency-Key" = Option<String>, Header),
    ),
    responses((status = 200, body = CustomerProfile), (status = 404), (status = 409), (status = 412), (status = 422))
)]
async fn merge(
    State(crm): Service,
    Caller(ctx): Caller,
    if_match: IfMatch,
    Json(request): Json<MergeCustomers>,
) -> Result<Versioned<Json<CustomerProfile>>, Problem> {
    Ok(versioned(crm.merge_customers(&ctx, request, if_match.0).await?))
}

/// Take a merge back
///
/// Orders and mails go back by their address. What was written since stays with the customer that was kept, and a no to
/// marketing mail stands for both. 409 `merged_on` where the kept one was merged into another since.
#[utoipa::path(
    post, path = "/customers/merges/{id}/undo", tag = "customers",
    params(("id" = ProfileMergeId, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = CustomerProfile), (status = 404), (status = 409))
)]
async fn undo_merge(
    State(crm): Service,
    Caller(ctx): Caller,
    Path(id): Path<ProfileMergeId>,
) -> Result<Versioned<Json<CustomerProfile>>, Problem> {
    Ok(versioned(crm.undo_merge(&ctx, id).await?))
}

/// Customers who may be one person
///
/// The same phone number, or the same name and postcode.
#[utoipa::path(
    get, path = "/customers/duplicates", tag = "customers",
    params(("after" = Option<String>, Query), ("limit" = Option<u32>, Query)),
    responses((status = 200, body = Page<Duplicate>), (status = 422))
)]
async fn duplicates(
    State(crm): Service,
    Caller(ctx): Caller,
    Query(page): Query<PageRequest>,
) -> Result<Json<Page<Duplicate>>, Problem> {
    Ok(Json(crm.duplicates(&ctx, &page).await?))
}

/// Say that two customers are two people
///
/// They are not suggested again.
#[utoipa::path(
    post, path = "/customers/duplicates/dismiss", tag = "customers", request_body = NotTheSame,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 204), (status = 404), (status = 422))
)]
async fn not_the_same(
    State(crm): Service,
    Caller(ctx): Caller,
    Json(request): Json<NotTheSame>,
) -> Result<StatusCode, Problem> {
    crm.not_the_same(&ctx, request).await?;
    Ok(StatusCode::NO_CONTENT)
}
