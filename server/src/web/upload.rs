//! Files that the merchant's screens send as they are.

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{DefaultBodyLimit, Query, State},
    response::{IntoResponse as _, Response},
    routing::post,
};
use serde::Deserialize;
use souk_contract::{CollectionId, CollectionPicture, Media, ProductId, Result};
use souk_kernel::http::{Caller, Json};

use super::{
    Web,
    answer::{Reader, refuse},
    takes,
};

/// They are larger than what forms send.
pub fn routes(web: Arc<Web>) -> Router {
    Router::new()
        .route(takes::PICTURE, post(picture))
        .route(takes::COLLECTION_PICTURE, post(collection_picture))
        .route(takes::IMPORT, post(import))
        // The import counts its bytes itself.
        .layer(DefaultBodyLimit::max(souk_catalog::MAX_PICTURE_BYTES))
        .with_state(web)
}

#[derive(Deserialize)]
struct OfProduct {
    product: ProductId,
    /// As the screen knows it.
    version: Option<i64>,
    #[serde(default)]
    alt: String,
}

async fn picture(
    State(web): State<Arc<Web>>,
    Caller(ctx): Caller,
    Query(of): Query<OfProduct>,
    bytes: Bytes,
) -> Response {
    let catalog = web.services.catalog.as_ref();
    let added: Result<Media> =
        souk_catalog::add_picture(catalog, &ctx, of.product, of.version, bytes.to_vec(), of.alt).await;
    match added {
        Ok(media) => Json(media).into_response(),
        Err(error) => refuse(Reader::ServerFunction, &error, &ctx.request_id),
    }
}

#[derive(Deserialize)]
struct OfCollection {
    collection: CollectionId,
    version: Option<i64>,
    #[serde(default)]
    alt: String,
}

async fn collection_picture(
    State(web): State<Arc<Web>>,
    Caller(ctx): Caller,
    Query(of): Query<OfCollection>,
    bytes: Bytes,
) -> Response {
    let picture = CollectionPicture { bytes: bytes.to_vec(), alt: of.alt };
    let catalog = web.services.catalog.as_ref();
    match catalog.set_collection_picture(&ctx, of.collection, picture, of.version).await {
        Ok(record) => Json(record).into_response(),
        Err(error) => refuse(Reader::ServerFunction, &error, &ctx.request_id),
    }
}

#[derive(Deserialize)]
struct Named {
    #[serde(default)]
    file: String,
}

async fn import(
    State(web): State<Arc<Web>>,
    Caller(ctx): Caller,
    Query(named): Query<Named>,
    body: Body,
) -> Response {
    let mut body = souk_import::Streamed::new(body);
    match web.services.imports.upload(&ctx, &named.file, &mut body).await {
        Ok(import) => Json(import).into_response(),
        Err(error) => refuse(Reader::ServerFunction, &error, &ctx.request_id),
    }
}
