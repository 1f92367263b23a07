//! Imports over HTTP. Paths are relative to `/api/admin/v1`.

use std::sync::Arc;

use async_trait::async_trait;
use axum::{
    body::{Body, BodyDataStream},
    extract::State,
    http::{HeaderName, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use futures::StreamExt as _;
use serde::Deserialize;
use souk_contract::{
    Error, Import, ImportBody, ImportId, ImportIssue, ImportedProduct, Imports, MapImport, Page, PageRequest,
    Resource, Result,
};
use souk_kernel::http::{Caller, IfMatch, Json, Path, Problem, Query, Versioned};
use utoipa_axum::{router::OpenApiRouter, routes};

type Store = State<Arc<dyn Imports>>;

/// What staff calls.
pub fn admin_routes(imports: Arc<dyn Imports>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get))
        .routes(routes!(check))
        .routes(routes!(start))
        .routes(routes!(revert))
        .routes(routes!(issues))
        .routes(routes!(products))
        .routes(routes!(export))
        .with_state(imports)
}

/// The file itself, which is larger than what else is sent.
pub fn upload_routes(imports: Arc<dyn Imports>) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(upload)).with_state(imports)
}

/// A request's body as the import takes it: never all of it at once.
pub struct Streamed(BodyDataStream);

impl Streamed {
    pub fn new(body: Body) -> Self {
        Self(body.into_data_stream())
    }
}

#[async_trait]
impl ImportBody for Streamed {
    async fn piece(&mut self) -> Result<Option<Vec<u8>>> {
        match self.0.next().await {
            None => Ok(None),
            Some(Ok(bytes)) => Ok(Some(bytes.to_vec())),
            Some(Err(_)) => {
                Err(Error::invalid("file", "broken", "The file did not arrive whole. Please send it again."))
            }
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    #[serde(default)]
    file: String,
}

/// Upload a file of products
///
/// The file's bytes as they are: CSV in UTF-8 with a header row, up to 64 MiB. Nothing is written yet.
/// Refusals of `file`: `too_large`, `not_csv`, `not_utf8`, `empty` (422).
#[utoipa::path(
    post, path = "/imports", tag = "catalog",
    params(("file" = Option<String>, Query, description = "The file's name")),
    request_body(content = Vec<u8>, content_type = "text/csv"),
    responses((status = 201, body = Import), (status = 422))
)]
async fn upload(
    State(imports): Store,
    Caller(ctx): Caller,
    Query(named): Query<Named>,
    body: Body,
) -> Result<(StatusCode, Versioned<Json<Import>>), Problem> {
    ctx.require(Resource::Catalog.write())?;
    let import = imports.upload(&ctx, &named.file, &mut Streamed::new(body)).await?;
    Ok((StatusCode::CREATED, Versioned(import.version, Json(import))))
}

/// List imports
///
/// Newest first.
#[utoipa::path(
    get, path = "/imports", tag = "catalog",
    params(("after" = Option<String>, Query), ("limit" = Option<u32>, Query)),
    responses((status = 200, body = Page<Import>))
)]
async fn list(
    State(imports): Store,
    Caller(ctx): Caller,
    Query(page): Query<PageRequest>,
) -> Result<Json<Page<Import>>, Problem> {
    Ok(Json(imports.imports(&ctx, &page).await?))
}

/// Get an import
///
/// Also how far its work in the background has come.
#[utoipa::path(
    get, path = "/imports/{id}", tag = "catalog", params(("id" = ImportId, Path)),
    responses((status = 200, body = Import), (status = 404))
)]
async fn get(
    State(imports): Store,
    Caller(ctx): Caller,
    Path(id): Path<ImportId>,
) -> Result<Versioned<Json<Import>>, Problem> {
    let import = imports.import(&ctx, id).await?;
    Ok(Versioned(import.version, Json(import)))
}

/// Say what the columns mean, and try the file
///
/// What it would do and every bad row are there once `state` is `validated`; nothing is written. A file that sets stock
/// takes `inventory:write` too. Refusals: `busy`, `started` (409).
#[utoipa::path(
    post, path = "/imports/{id}/check", tag = "catalog", request_body = MapImport,
    params(("id" = ImportId, Path), ("If-Match" = String, Header, description = "The `ETag` that was read"), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = Import), (status = 404), (status = 409), (status = 412), (status = 422), (status = 428))
)]
async fn check(
    State(imports): Store,
    Caller(ctx): Caller,
    Path(id): Path<ImportId>,
    version: IfMatch,
    Json(map): Json<MapImport>,
) -> Result<Versioned<Json<Import>>, Problem> {
    ctx.require(Resource::Catalog.write())?;
    let import = imports.map(&ctx, id, map, Some(version.required()?)).await?;
    Ok(Versioned(import.version, Json(import)))
}

/// Write what was checked
///
/// In the background; products with a bad row are left out. Refusals: `not_checked`, `busy`, `started` (409).
#[utoipa::path(
    post, path = "/imports/{id}/start", tag = "catalog",
    params(("id" = ImportId, Path), ("If-Match" = String, Header, description = "The `ETag` that was read"), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = Import), (status = 404), (status = 409), (status = 412), (status = 428))
)]
async fn start(
    State(imports): Store,
    Caller(ctx): Caller,
    Path(id): Path<ImportId>,
    version: IfMatch,
) -> Result<Versioned<Json<Import>>, Problem> {
    ctx.require(Resource::Catalog.write())?;
    let import = imports.start(&ctx, id, Some(version.required()?)).await?;
    Ok(Versioned(import.version, Json(import)))
}

/// Take an import back
///
/// In the background, for 30 days: products that it created are archived, what it changed is as before, save for what
/// somebody changed since; the products say so. Refusals: `not_done`, `busy`, `reverted`, `too_late` (409).
#[utoipa::path(
    post, path = "/imports/{id}/revert", tag = "catalog",
    params(("id" = ImportId, Path), ("If-Match" = String, Header, description = "The `ETag` that was read"), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = Import), (status = 404), (status = 409), (status = 412), (status = 428))
)]
async fn revert(
    State(imports): Store,
    Caller(ctx): Caller,
    Path(id): Path<ImportId>,
    version: IfMatch,
) -> Result<Versioned<Json<Import>>, Problem> {
    ctx.require(Resource::Catalog.write())?;
    let import = imports.revert(&ctx, id, Some(version.required()?)).await?;
    Ok(Versioned(import.version, Json(import)))
}

/// List remarks on an import's rows
///
/// Of the last check or run, in the file's order: the first 10,000.
#[utoipa::path(
    get, path = "/imports/{id}/issues", tag = "catalog",
    params(("id" = ImportId, Path), ("after" = Option<String>, Query), ("limit" = Option<u32>, Query)),
    responses((status = 200, body = Page<ImportIssue>), (status = 404))
)]
async fn issues(
    State(imports): Store,
    Caller(ctx): Caller,
    Path(id): Path<ImportId>,
    Query(page): Query<PageRequest>,
) -> Result<Json<Page<ImportIssue>>, Problem> {
    Ok(Json(imports.issues(&ctx, id, &page).await?))
}

/// List an import's products
///
/// In the file's order: what would become or has become of each.
#[utoipa::path(
    get, path = "/imports/{id}/products", tag = "catalog",
    params(("id" = ImportId, Path), ("after" = Option<String>, Query), ("limit" = Option<u32>, Query)),
    responses((status = 200, body = Page<ImportedProduct>), (status = 404))
)]
async fn products(
    State(imports): Store,
    Caller(ctx): Caller,
    Path(id): Path<ImportId>,
    Query(page): Query<PageRequest>,
) -> Result<Json<Page<ImportedProduct>>, Problem> {
    Ok(Json(imports.products(&ctx, id, &page).await?))
}

/// Export all products
///
/// CSV that imports again without a change, with costs, stock and attributes. It takes `inventory:read` too. Products that the
/// layout can't tell are left out; `Souk-Left-Out` says how many. Refusal: `too_large` beyond 64 MiB (409).
#[utoipa::path(
    get, path = "/products.csv", tag = "catalog",
    responses(
        (status = 200, body = String, content_type = "text/csv",
            headers(("Souk-Left-Out" = u64, description = "Products that are not in the file"))),
        (status = 401), (status = 403), (status = 409)
    )
)]
async fn export(State(imports): Store, Caller(ctx): Caller) -> Result<Response, Problem> {
    let file = imports.export(&ctx).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"products.csv\"".to_owned()),
        (HeaderName::from_static("souk-left-out"), file.left_out.len().to_string()),
    ];
    Ok((headers, file.csv).into_response())
}
