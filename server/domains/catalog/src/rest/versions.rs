//! Versions and schedules of products over HTTP.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use souk_contract::{
    AuditChange, Catalog, ChangeOptions, Page, PageRequest, ProductId, ProductInput, ProductSchedule,
    ProductVersion, ProductWritten, Resource, SetSchedule,
};
use souk_kernel::http::{Caller, IfMatch, Json, Path, Problem, Query, Versioned};

type Store = State<Arc<dyn Catalog>>;

/// Change a product's options
///
/// All of them, in their order: `from` says what an option or a value is called now. Variants keep their ids, SKUs and
/// stock; those with a value that is left out are retired. `fill` makes variants for combinations with a new value.
#[utoipa::path(
    put, path = "/products/{id}/options", tag = "catalog", request_body = ChangeOptions,
    params(("id" = ProductId, Path), ("If-Match" = String, Header, description = "The product's `ETag` that was read")),
    responses((status = 200, body = ProductWritten), (status = 404), (status = 412), (status = 422), (status = 428))
)]
pub(super) async fn change_options(
    State(catalog): Store,
    Caller(ctx): Caller,
    Path(id): Path<ProductId>,
    version: IfMatch,
    Json(change): Json<ChangeOptions>,
) -> Result<Versioned<Json<ProductWritten>>, Problem> {
    ctx.require(Resource::Catalog.write())?;
    let written = catalog.change_options(&ctx, id, change, Some(version.required()?)).await?;
    Ok(Versioned(written.version, Json(written)))
}

/// List a product's versions
///
/// One for each save, newest first: the last 50, and of large products fewer.
#[utoipa::path(
    get, path = "/products/{id}/versions", tag = "catalog",
    params(("id" = ProductId, Path), ("after" = Option<String>, Query), ("limit" = Option<u32>, Query)),
    responses((status = 200, body = Page<ProductVersion>), (status = 404))
)]
pub(super) async fn list(
    State(catalog): Store,
    Caller(ctx): Caller,
    Path(id): Path<ProductId>,
    Query(page): Query<PageRequest>,
) -> Result<Json<Page<ProductVersion>>, Problem> {
    Ok(Json(catalog.product_versions(&ctx, id, &page).await?))
}

/// Get a version of a product
#[utoipa::path(
    get, path = "/products/{id}/versions/{number}", tag = "catalog",
    params(("id" = ProductId, Path), ("number" = i64, Path)),
    responses((status = 200, body = ProductInput), (status = 404))
)]
pub(super) async fn get(
    State(catalog): Store,
    Caller(ctx): Caller,
    Path((id, number)): Path<(ProductId, i64)>,
) -> Result<Json<ProductInput>, Problem> {
    Ok(Json(catalog.product_version(&ctx, id, number).await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct To {
    to: i64,
}

/// Compare two versions of a product
///
/// Field by field; a variant is one field.
#[utoipa::path(
    get, path = "/products/{id}/versions/{number}/changes", tag = "catalog",
    params(
        ("id" = ProductId, Path), ("number" = i64, Path, description = "From this version"),
        ("to" = i64, Query, description = "To this version"),
    ),
    responses((status = 200, body = Vec<AuditChange>), (status = 404))
)]
pub(super) async fn changes(
    State(catalog): Store,
    Caller(ctx): Caller,
    Path((id, number)): Path<(ProductId, i64)>,
    Query(To { to }): Query<To>,
) -> Result<Json<Vec<AuditChange>>, Problem> {
    Ok(Json(catalog.compare_versions(&ctx, id, number, to).await?))
}

/// Restore a version of a product
///
/// The product is as it was then, save for its status; that is a new version.
#[utoipa::path(
    post, path = "/products/{id}/versions/{number}/restore", tag = "catalog",
    params(
        ("id" = ProductId, Path), ("number" = i64, Path),
        ("If-Match" = String, Header, description = "The product's `ETag` that was read"),
        ("Idempotency-Key" = Option<String>, Header),
    ),
    responses((status = 200, body = ProductWritten), (status = 404), (status = 412), (status = 422), (status = 428))
)]
pub(super) async fn restore(
    State(catalog): Store,
    Caller(ctx): Caller,
    Path((id, number)): Path<(ProductId, i64)>,
    version: IfMatch,
) -> Result<Versioned<Json<ProductWritten>>, Problem> {
    ctx.require(Resource::Catalog.write())?;
    let written = catalog.restore_version(&ctx, id, number, Some(version.required()?)).await?;
    Ok(Versioned(written.version, Json(written)))
}

/// Get a product's schedule
#[utoipa::path(
    get, path = "/products/{id}/schedule", tag = "catalog", params(("id" = ProductId, Path)),
    responses((status = 200, body = ProductSchedule), (status = 404))
)]
pub(super) async fn schedule(
    State(catalog): Store,
    Caller(ctx): Caller,
    Path(id): Path<ProductId>,
) -> Result<Versioned<Json<ProductSchedule>>, Problem> {
    let schedule = catalog.product_schedule(&ctx, id).await?;
    Ok(Versioned(schedule.version, Json(schedule)))
}

/// Schedule publishing a product and taking it offline
///
/// A draft is published at `publish_at`, a published product is a draft again at `unpublish_at`. A moment that is left
/// out is cancelled.
#[utoipa::path(
    put, path = "/products/{id}/schedule", tag = "catalog", request_body = SetSchedule,
    params(("id" = ProductId, Path), ("If-Match" = String, Header, description = "The schedule's `ETag` that was read")),
    responses((status = 200, body = ProductSchedule), (status = 404), (status = 412), (status = 422), (status = 428))
)]
pub(super) async fn set_schedule(
    State(catalog): Store,
    Caller(ctx): Caller,
    Path(id): Path<ProductId>,
    version: IfMatch,
    Json(wanted): Json<SetSchedule>,
) -> Result<Versioned<Json<ProductSchedule>>, Problem> {
    ctx.require(Resource::Catalog.write())?;
    let schedule = catalog.set_schedule(&ctx, id, wanted, Some(version.required()?)).await?;
    Ok(Versioned(schedule.version, Json(schedule)))
}
