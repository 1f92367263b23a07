//! Writing, and reading what shoppers don't see. Each handler names its permission in the catalogue itself.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{Multipart, OriginalUri, State, multipart::MultipartError},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde::{Deserialize, Serialize};
use souk_contract::{
    Catalog, Change, CollectionInput, ContentPage, Error, HomeContent, Media, MediaId, Page, PageRequest,
    ProductId, ProductInput, ProductQuery, ProductRecord, ProductRow, ProductWritten, PutProduct, Resource,
    StoreMedia,
};
use souk_kernel::http::{Caller, IfMatch, Json, Path, Problem, Query, Versioned};
use utoipa::ToSchema;

use crate::{picture::MAX_BYTES, upload};

/// The largest picture, and room for the form around it.
pub(super) const MAX_UPLOAD: usize = MAX_BYTES + 64 * 1024;
const MAX_PENDING: u32 = 1000;

pub(super) type Store = State<Arc<dyn Catalog>>;

/// List products
///
/// All of them, published or not, by handle: with everything that `PUT` takes.
#[utoipa::path(
    get, path = "/products", tag = "catalog",
    params(
        ("after" = Option<String>, Query, description = "`next` of the page before"),
        ("limit" = Option<u32>, Query, description = "1 to 100, 24 where not given"),
    ),
    responses((status = 200, body = Page<ProductRecord>))
)]
pub(super) async fn list_products(
    State(catalog): Store,
    Caller(ctx): Caller,
    Query(page): Query<PageRequest>,
) -> Result<Json<Page<ProductRecord>>, Problem> {
    Ok(Json(catalog.product_records(&ctx, &page).await?))
}

/// Find products
///
/// By title, without their variants.
#[utoipa::path(
    get, path = "/products/find", tag = "catalog", params(ProductQuery),
    responses((status = 200, body = Page<ProductRow>), (status = 401), (status = 403), (status = 422))
)]
pub(super) async fn find_products(
    State(catalog): Store,
    Caller(ctx): Caller,
    Query(query): Query<ProductQuery>,
) -> Result<Json<Page<ProductRow>>, Problem> {
    Ok(Json(catalog.find_products(&ctx, &query).await?))
}

/// Create a product
#[utoipa::path(
    post, path = "/products", tag = "catalog", request_body = ProductInput,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = ProductWritten), (status = 409, description = "The handle is taken"), (status = 422))
)]
pub(super) async fn create_product(
    State(catalog): Store,
    Caller(ctx): Caller,
    OriginalUri(uri): OriginalUri,
    Json(product): Json<ProductInput>,
) -> Result<Response, Problem> {
    let request = PutProduct { id: None, product, if_version: Some(0) };
    let written = catalog.put_product(&ctx, request).await?;
    let place = format!("{}/{}", uri.path(), written.id);
    let location = HeaderValue::try_from(place).map_err(Error::internal)?;
    let body = Versioned(written.version, Json(written));
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], body).into_response())
}

/// Get a product
#[utoipa::path(
    get, path = "/products/{id}", tag = "catalog", params(("id" = ProductId, Path)),
    responses((status = 200, body = ProductRecord), (status = 404))
)]
pub(super) async fn get_product(
    State(catalog): Store,
    Caller(ctx): Caller,
    Path(id): Path<ProductId>,
) -> Result<Versioned<Json<ProductRecord>>, Problem> {
    let record = catalog.product_record(&ctx, id).await?;
    Ok(Versioned(record.version, Json(record)))
}

/// Replace a product
///
/// The whole product: variants that are left out are retired. A new handle leaves a redirect behind.
#[utoipa::path(
    put, path = "/products/{id}", tag = "catalog", request_body = ProductInput,
    params(("id" = ProductId, Path), ("If-Match" = String, Header, description = "The `ETag` that was read")),
    responses(
        (status = 200, body = ProductWritten), (status = 404),
        (status = 412, description = "Changed meanwhile"), (status = 422), (status = 428)
    )
)]
pub(super) async fn put_product(
    State(catalog): Store,
    Caller(ctx): Caller,
    Path(id): Path<ProductId>,
    version: IfMatch,
    Json(product): Json<ProductInput>,
) -> Result<Versioned<Json<ProductWritten>>, Problem> {
    ctx.require(Resource::Catalog.write())?;
    let request = PutProduct { id: Some(id), product, if_version: Some(version.required()?) };
    let written = catalog.put_product(&ctx, request).await?;
    Ok(Versioned(written.version, Json(written)))
}

/// Archive a product
#[utoipa::path(
    post, path = "/products/{id}/archive", tag = "catalog",
    params(("id" = ProductId, Path), ("If-Match" = String, Header, description = "The `ETag` that was read")),
    responses((status = 200, body = ProductWritten), (status = 404), (status = 412), (status = 428))
)]
pub(super) async fn archive_product(
    State(catalog): Store,
    Caller(ctx): Caller,
    Path(id): Path<ProductId>,
    version: IfMatch,
) -> Result<Versioned<Json<ProductWritten>>, Problem> {
    ctx.require(Resource::Catalog.write())?;
    let written = catalog.archive_product(&ctx, id, Some(version.required()?)).await?;
    Ok(Versioned(written.version, Json(written)))
}

/// What a write did: `created`, `updated` or `unchanged`.
#[derive(Serialize, ToSchema)]
pub(super) struct Written {
    change: Change,
}

/// Create or replace a collection
#[utoipa::path(
    put, path = "/collections/{handle}", tag = "catalog", request_body = CollectionInput,
    params(("handle" = String, Path)), responses((status = 200, body = Written), (status = 422))
)]
pub(super) async fn put_collection(
    State(catalog): Store,
    Caller(ctx): Caller,
    Path(handle): Path<String>,
    Json(collection): Json<CollectionInput>,
) -> Result<Json<Written>, Problem> {
    same(&handle, &collection.handle)?;
    Ok(Json(Written { change: catalog.put_collection(&ctx, collection).await? }))
}

/// Create or replace a page of text
#[utoipa::path(
    put, path = "/pages/{handle}", tag = "catalog", request_body = ContentPage,
    params(("handle" = String, Path)), responses((status = 200, body = Written), (status = 422))
)]
pub(super) async fn put_page(
    State(catalog): Store,
    Caller(ctx): Caller,
    Path(handle): Path<String>,
    Json(page): Json<ContentPage>,
) -> Result<Json<Written>, Problem> {
    same(&handle, &page.handle)?;
    Ok(Json(Written { change: catalog.put_page(&ctx, page).await? }))
}

fn same(path: &str, body: &str) -> Result<(), Problem> {
    if path == body {
        return Ok(());
    }
    Err(Error::invalid("handle", "invalid", "Not the handle of the address.").into())
}

/// Replace the home page's words
#[utoipa::path(
    put, path = "/home", tag = "catalog", request_body = HomeContent,
    responses((status = 200, body = Written), (status = 422))
)]
pub(super) async fn put_home(
    State(catalog): Store,
    Caller(ctx): Caller,
    Json(home): Json<HomeContent>,
) -> Result<Json<Written>, Problem> {
    Ok(Json(Written { change: catalog.put_home(&ctx, home).await? }))
}

/// A picture that was named and isn't stored yet.
#[derive(Serialize, ToSchema)]
pub(super) struct Pending {
    id: MediaId,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PendingPage {
    after: Option<MediaId>,
    limit: Option<u32>,
}

/// List pictures that are not stored yet
#[utoipa::path(
    get, path = "/media/pending", tag = "catalog",
    params(
        ("after" = Option<MediaId>, Query, description = "The last id of the page before"),
        ("limit" = Option<u32>, Query, description = "1 to 1,000, 100 where not given"),
    ),
    responses((status = 200, body = Vec<Pending>))
)]
pub(super) async fn pending_pictures(
    State(catalog): Store,
    Caller(ctx): Caller,
    Query(page): Query<PendingPage>,
) -> Result<Json<Vec<Pending>>, Problem> {
    let limit = page.limit.unwrap_or(100).clamp(1, MAX_PENDING);
    let pending = catalog.pending_media(&ctx, page.after, limit).await?;
    Ok(Json(pending.into_iter().map(|media| Pending { id: media.id, source: media.source }).collect()))
}

/// Store the file of a pending picture
#[utoipa::path(
    put, path = "/media/{id}", tag = "catalog", params(("id" = MediaId, Path)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = Media), (status = 404), (status = 413), (status = 422))
)]
pub(super) async fn put_picture(
    State(catalog): Store,
    Caller(ctx): Caller,
    Path(id): Path<MediaId>,
    bytes: Bytes,
) -> Result<Json<Media>, Problem> {
    ctx.require(Resource::Catalog.write())?;
    Ok(Json(catalog.store_media(&ctx, StoreMedia { id, bytes: bytes.to_vec() }).await?))
}

/// The form of an upload.
#[derive(ToSchema)]
#[expect(dead_code, reason = "documents the multipart form, which is read part by part")]
pub(super) struct Upload {
    /// JPEG, PNG, WebP or GIF, up to 20 MiB and 50 megapixels.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    alt: Option<String>,
}

/// Add a picture to a product
///
/// The same file again changes nothing but its text.
#[utoipa::path(
    post, path = "/products/{id}/media", tag = "catalog",
    params(
        ("id" = ProductId, Path),
        ("If-Match" = Option<String>, Header, description = "The product's `ETag` that was read")
    ),
    request_body(content = Upload, content_type = "multipart/form-data"),
    responses((status = 201, body = Media), (status = 404), (status = 412), (status = 413), (status = 422))
)]
pub(super) async fn add_picture(
    State(catalog): Store,
    Caller(ctx): Caller,
    Path(id): Path<ProductId>,
    version: IfMatch,
    form: Multipart,
) -> Result<Response, Problem> {
    ctx.require(Resource::Catalog.write())?;
    let (file, alt) = read_form(form).await?;
    let media = upload::add_picture(catalog.as_ref(), &ctx, id, version.0, file, alt).await?;
    Ok((StatusCode::CREATED, Json(media)).into_response())
}

pub(super) async fn read_form(mut form: Multipart) -> Result<(Vec<u8>, String), Problem> {
    let broken = |error: MultipartError| {
        let code = if error.status() == StatusCode::PAYLOAD_TOO_LARGE { "too_large" } else { "malformed" };
        Problem::new(error.status(), code, error.body_text())
    };
    let (mut file, mut alt) = (None, String::new());
    while let Some(part) = form.next_field().await.map_err(broken)? {
        match part.name() {
            Some("file") => file = Some(part.bytes().await.map_err(broken)?.to_vec()),
            Some("alt") => alt = part.text().await.map_err(broken)?,
            other => {
                let name = other.unwrap_or_default().to_owned();
                return Err(Error::invalid(name, "unknown", "There is no such field.").into());
            }
        }
    }
    let file = file.ok_or_else(|| Error::invalid("file", "required", "Please choose a picture."))?;
    Ok((file, alt))
}
