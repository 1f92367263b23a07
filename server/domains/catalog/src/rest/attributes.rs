//! Attributes, groups, templates and completeness over HTTP.

use std::sync::Arc;

use axum::{
    extract::{OriginalUri, State},
    http::{HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse as _, Response},
};
use serde::Serialize;
use souk_contract::{
    Attribute, AttributeGroup, AttributeGroupId, AttributeGroupInput, AttributeId, AttributeInput,
    Attributes, Completeness, Error, ProductId, ProductTemplate, ProductTemplateId, ProductTemplateInput,
    Resource, Result,
};
use souk_kernel::http::{Caller, IfMatch, Json, Path, Problem, Versioned};
use uuid::Uuid;

type Store = State<Arc<dyn Attributes>>;

fn created<T: Serialize>(uri: &Uri, id: Uuid, version: i64, body: T) -> Result<Response, Problem> {
    let place = format!("{}/{id}", uri.path());
    let location = HeaderValue::try_from(place).map_err(Error::internal)?;
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Versioned(version, Json(body))).into_response())
}

/// List attributes
///
/// By name; at most 500.
#[utoipa::path(
    get, path = "/attributes", tag = "catalog",
    responses((status = 200, body = Vec<Attribute>), (status = 401), (status = 403))
)]
pub(super) async fn list(State(store): Store, Caller(ctx): Caller) -> Result<Json<Vec<Attribute>>, Problem> {
    Ok(Json(store.model(&ctx).await?.attributes))
}

/// Create an attribute
#[utoipa::path(
    post, path = "/attributes", tag = "catalog", request_body = AttributeInput,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = Attribute), (status = 409), (status = 422))
)]
pub(super) async fn create(
    State(store): Store,
    Caller(ctx): Caller,
    OriginalUri(uri): OriginalUri,
    Json(input): Json<AttributeInput>,
) -> Result<Response, Problem> {
    let made = store.put_attribute(&ctx, None, input, None).await?;
    created(&uri, made.id.uuid(), made.version, made)
}

/// Get an attribute
#[utoipa::path(
    get, path = "/attributes/{id}", tag = "catalog", params(("id" = AttributeId, Path)),
    responses((status = 200, body = Attribute), (status = 404))
)]
pub(super) async fn get(
    State(store): Store,
    Caller(ctx): Caller,
    Path(id): Path<AttributeId>,
) -> Result<Versioned<Json<Attribute>>, Problem> {
    let all = store.model(&ctx).await?.attributes;
    let one = all.into_iter().find(|one| one.id == id).ok_or_else(|| Error::not_found("attribute"))?;
    Ok(Versioned(one.version, Json(one)))
}

/// Replace an attribute
///
/// The code stays. Refused with 422 `in_use` where products use the kind that changes, or an option that is left out.
#[utoipa::path(
    put, path = "/attributes/{id}", tag = "catalog", request_body = AttributeInput,
    params(("id" = AttributeId, Path), ("If-Match" = String, Header, description = "The `ETag` that was read")),
    responses((status = 200, body = Attribute), (status = 404), (status = 412), (status = 422), (status = 428))
)]
pub(super) async fn change(
    State(store): Store,
    Caller(ctx): Caller,
    Path(id): Path<AttributeId>,
    version: IfMatch,
    Json(input): Json<AttributeInput>,
) -> Result<Versioned<Json<Attribute>>, Problem> {
    ctx.require(Resource::Catalog.write())?;
    let changed = store.put_attribute(&ctx, Some(id), input, Some(version.required()?)).await?;
    Ok(Versioned(changed.version, Json(changed)))
}

/// Remove an attribute
///
/// Refused with 409 `in_use` while products or groups have it; the message says how many.
#[utoipa::path(
    delete, path = "/attributes/{id}", tag = "catalog",
    params(
        ("id" = AttributeId, Path),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read"),
    ),
    responses((status = 204), (status = 404), (status = 409), (status = 412))
)]
pub(super) async fn remove(
    State(store): Store,
    Caller(ctx): Caller,
    Path(id): Path<AttributeId>,
    version: IfMatch,
) -> Result<StatusCode, Problem> {
    store.remove_attribute(&ctx, id, version.0).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List attribute groups
///
/// By name; at most 200.
#[utoipa::path(
    get, path = "/attribute-groups", tag = "catalog",
    responses((status = 200, body = Vec<AttributeGroup>), (status = 401), (status = 403))
)]
pub(super) async fn list_groups(
    State(store): Store,
    Caller(ctx): Caller,
) -> Result<Json<Vec<AttributeGroup>>, Problem> {
    Ok(Json(store.model(&ctx).await?.groups))
}

/// Create an attribute group
#[utoipa::path(
    post, path = "/attribute-groups", tag = "catalog", request_body = AttributeGroupInput,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = AttributeGroup), (status = 409), (status = 422))
)]
pub(super) async fn create_group(
    State(store): Store,
    Caller(ctx): Caller,
    OriginalUri(uri): OriginalUri,
    Json(input): Json<AttributeGroupInput>,
) -> Result<Response, Problem> {
    let made = store.put_attribute_group(&ctx, None, input, None).await?;
    created(&uri, made.id.uuid(), made.version, made)
}

/// Get an attribute group
#[utoipa::path(
    get, path = "/attribute-groups/{id}", tag = "catalog", params(("id" = AttributeGroupId, Path)),
    responses((status = 200, body = AttributeGroup), (status = 404))
)]
pub(super) async fn get_group(
    State(store): Store,
    Caller(ctx): Caller,
    Path(id): Path<AttributeGroupId>,
) -> Result<Versioned<Json<AttributeGroup>>, Problem> {
    let all = store.model(&ctx).await?.groups;
    let one = all.into_iter().find(|one| one.id == id).ok_or_else(|| Error::not_found("attribute group"))?;
    Ok(Versioned(one.version, Json(one)))
}

/// Replace an attribute group
///
/// `attributes` are the codes of all it is to have, in their order.
#[utoipa::path(
    put, path = "/attribute-groups/{id}", tag = "catalog", request_body = AttributeGroupInput,
    params(("id" = AttributeGroupId, Path), ("If-Match" = String, Header, description = "The `ETag` that was read")),
    responses((status = 200, body = AttributeGroup), (status = 404), (status = 412), (status = 422), (status = 428))
)]
pub(super) async fn change_group(
    State(store): Store,
    Caller(ctx): Caller,
    Path(id): Path<AttributeGroupId>,
    version: IfMatch,
    Json(input): Json<AttributeGroupInput>,
) -> Result<Versioned<Json<AttributeGroup>>, Problem> {
    ctx.require(Resource::Catalog.write())?;
    let changed = store.put_attribute_group(&ctx, Some(id), input, Some(version.required()?)).await?;
    Ok(Versioned(changed.version, Json(changed)))
}

/// Remove an attribute group
///
/// Refused with 409 `in_use` while templates have it. Its attributes stay.
#[utoipa::path(
    delete, path = "/attribute-groups/{id}", tag = "catalog",
    params(
        ("id" = AttributeGroupId, Path),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read"),
    ),
    responses((status = 204), (status = 404), (status = 409), (status = 412))
)]
pub(super) async fn remove_group(
    State(store): Store,
    Caller(ctx): Caller,
    Path(id): Path<AttributeGroupId>,
    version: IfMatch,
) -> Result<StatusCode, Problem> {
    store.remove_attribute_group(&ctx, id, version.0).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List product templates
///
/// By name; at most 200.
#[utoipa::path(
    get, path = "/product-templates", tag = "catalog",
    responses((status = 200, body = Vec<ProductTemplate>), (status = 401), (status = 403))
)]
pub(super) async fn list_templates(
    State(store): Store,
    Caller(ctx): Caller,
) -> Result<Json<Vec<ProductTemplate>>, Problem> {
    Ok(Json(store.model(&ctx).await?.templates))
}

/// Create a product template
#[utoipa::path(
    post, path = "/product-templates", tag = "catalog", request_body = ProductTemplateInput,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = ProductTemplate), (status = 409), (status = 422))
)]
pub(super) async fn create_template(
    State(store): Store,
    Caller(ctx): Caller,
    OriginalUri(uri): OriginalUri,
    Json(input): Json<ProductTemplateInput>,
) -> Result<Response, Problem> {
    let made = store.put_product_template(&ctx, None, input, None).await?;
    created(&uri, made.id.uuid(), made.version, made)
}

/// Get a product template
#[utoipa::path(
    get, path = "/product-templates/{id}", tag = "catalog", params(("id" = ProductTemplateId, Path)),
    responses((status = 200, body = ProductTemplate), (status = 404))
)]
pub(super) async fn get_template(
    State(store): Store,
    Caller(ctx): Caller,
    Path(id): Path<ProductTemplateId>,
) -> Result<Versioned<Json<ProductTemplate>>, Problem> {
    let all = store.model(&ctx).await?.templates;
    let one = all.into_iter().find(|one| one.id == id).ok_or_else(|| Error::not_found("product template"))?;
    Ok(Versioned(one.version, Json(one)))
}

/// Replace a product template
///
/// `groups` are the ids of all it is to have, in their order.
#[utoipa::path(
    put, path = "/product-templates/{id}", tag = "catalog", request_body = ProductTemplateInput,
    params(("id" = ProductTemplateId, Path), ("If-Match" = String, Header, description = "The `ETag` that was read")),
    responses((status = 200, body = ProductTemplate), (status = 404), (status = 412), (status = 422), (status = 428))
)]
pub(super) async fn change_template(
    State(store): Store,
    Caller(ctx): Caller,
    Path(id): Path<ProductTemplateId>,
    version: IfMatch,
    Json(input): Json<ProductTemplateInput>,
) -> Result<Versioned<Json<ProductTemplate>>, Problem> {
    ctx.require(Resource::Catalog.write())?;
    let changed = store.put_product_template(&ctx, Some(id), input, Some(version.required()?)).await?;
    Ok(Versioned(changed.version, Json(changed)))
}

/// Remove a product template
///
/// Refused with 409 `in_use` while products have it. Its groups stay.
#[utoipa::path(
    delete, path = "/product-templates/{id}", tag = "catalog",
    params(
        ("id" = ProductTemplateId, Path),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read"),
    ),
    responses((status = 204), (status = 404), (status = 409), (status = 412))
)]
pub(super) async fn remove_template(
    State(store): Store,
    Caller(ctx): Caller,
    Path(id): Path<ProductTemplateId>,
    version: IfMatch,
) -> Result<StatusCode, Problem> {
    store.remove_product_template(&ctx, id, version.0).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Get how complete a product is
///
/// In percent, with everything that is missing.
#[utoipa::path(
    get, path = "/products/{id}/completeness", tag = "catalog", params(("id" = ProductId, Path)),
    responses((status = 200, body = Completeness), (status = 404))
)]
pub(super) async fn completeness(
    State(store): Store,
    Caller(ctx): Caller,
    Path(id): Path<ProductId>,
) -> Result<Json<Completeness>, Problem> {
    Ok(Json(store.product_completeness(&ctx, id).await?))
}
