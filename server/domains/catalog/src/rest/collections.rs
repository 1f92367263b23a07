//! Collections as staff edit them, relative to `/api/admin/v1`.

use axum::{
    extract::{Multipart, State},
    http::StatusCode,
};
use souk_contract::{CollectionId, CollectionInput, CollectionPicture, CollectionRecord, Resource};
use souk_kernel::http::{Caller, IfMatch, Json, Path, Problem, Versioned};

use super::admin::{Store, Upload, read_form};

/// List collections
///
/// All, in the shop's order, with their rules and pictures' sources.
#[utoipa::path(
    get, path = "/collections", tag = "catalog", responses((status = 200, body = Vec<CollectionRecord>), (status = 403))
)]
pub(super) async fn list(
    State(catalog): Store,
    Caller(ctx): Caller,
) -> Result<Json<Vec<CollectionRecord>>, Problem> {
    Ok(Json(catalog.collection_records(&ctx).await?))
}

/// Create a collection
#[utoipa::path(
    post, path = "/collections", tag = "catalog", request_body = CollectionInput,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = CollectionRecord), (status = 403), (status = 422))
)]
pub(super) async fn create(
    State(catalog): Store,
    Caller(ctx): Caller,
    Json(collection): Json<CollectionInput>,
) -> Result<(StatusCode, Versioned<Json<CollectionRecord>>), Problem> {
    let made = catalog.write_collection(&ctx, None, collection, None).await?;
    Ok((StatusCode::CREATED, Versioned(made.version, Json(made))))
}

/// Change a collection
///
/// Its handle stays as it was made.
#[utoipa::path(
    put, path = "/collections/by-id/{id}", tag = "catalog", request_body = CollectionInput,
    params(
        ("id" = CollectionId, Path),
        ("If-Match" = String, Header, description = "The `version` that was read"),
    ),
    responses(
        (status = 200, body = CollectionRecord), (status = 403), (status = 404), (status = 409), (status = 412),
        (status = 422), (status = 428)
    )
)]
pub(super) async fn update(
    State(catalog): Store,
    Caller(ctx): Caller,
    Path(id): Path<CollectionId>,
    if_match: IfMatch,
    Json(collection): Json<CollectionInput>,
) -> Result<Versioned<Json<CollectionRecord>>, Problem> {
    let version = if_match.required()?;
    let written = catalog.write_collection(&ctx, Some(id), collection, Some(version)).await?;
    Ok(Versioned(written.version, Json(written)))
}

/// Remove a collection
///
/// Its products stay.
#[utoipa::path(
    delete, path = "/collections/by-id/{id}", tag = "catalog",
    params(
        ("id" = CollectionId, Path),
        ("If-Match" = String, Header, description = "The `version` that was read"),
    ),
    responses((status = 204), (status = 403), (status = 404), (status = 409), (status = 412), (status = 428))
)]
pub(super) async fn remove(
    State(catalog): Store,
    Caller(ctx): Caller,
    Path(id): Path<CollectionId>,
    if_match: IfMatch,
) -> Result<StatusCode, Problem> {
    catalog.remove_collection(&ctx, id, Some(if_match.required()?)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Set a collection's picture
///
/// In place of the one before, which stays where this one is refused.
#[utoipa::path(
    post, path = "/collections/by-id/{id}/media", tag = "catalog",
    params(
        ("id" = CollectionId, Path),
        ("If-Match" = Option<String>, Header, description = "The `version` that was read")
    ),
    request_body(content = Upload, content_type = "multipart/form-data"),
    responses(
        (status = 200, body = CollectionRecord), (status = 403), (status = 404), (status = 412), (status = 413),
        (status = 422)
    )
)]
pub(super) async fn set_picture(
    State(catalog): Store,
    Caller(ctx): Caller,
    Path(id): Path<CollectionId>,
    version: IfMatch,
    form: Multipart,
) -> Result<Versioned<Json<CollectionRecord>>, Problem> {
    ctx.require(Resource::Catalog.write())?;
    let (bytes, alt) = read_form(form).await?;
    let picture = CollectionPicture { bytes, alt };
    let written = catalog.set_collection_picture(&ctx, id, picture, version.0).await?;
    Ok(Versioned(written.version, Json(written)))
}
