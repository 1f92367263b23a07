//! Categories and collections.

use leptos::{prelude::*, server_fn::codec::Json};
use souk_contract::{CollectionId, CollectionInput, CollectionRecord};

#[cfg(feature = "ssr")]
use crate::context::Visit;
use crate::{api::admin::Client, failure::Result};

#[server(prefix = "/fn", endpoint = "admin/collections", input = Json, output = Json, client = Client)]
pub async fn collections() -> Result<Vec<CollectionRecord>> {
    let visit = Visit::current()?;
    Ok(visit.services.catalog.collection_records(&visit.ctx).await?)
}

#[server(prefix = "/fn", endpoint = "admin/collections/write", input = Json, output = Json, client = Client)]
pub async fn write_collection(
    id: Option<CollectionId>,
    collection: CollectionInput,
    if_version: Option<i64>,
) -> Result<CollectionRecord> {
    let visit = Visit::current()?;
    Ok(visit.services.catalog.write_collection(&visit.ctx, id, collection, if_version).await?)
}

#[server(prefix = "/fn", endpoint = "admin/collections/remove", input = Json, output = Json, client = Client)]
pub async fn remove_collection(id: CollectionId, if_version: Option<i64>) -> Result<()> {
    let visit = Visit::current()?;
    Ok(visit.services.catalog.remove_collection(&visit.ctx, id, if_version).await?)
}

/// By handle.
#[server(prefix = "/fn", endpoint = "admin/collections/titles", input = Json, output = Json, client = Client)]
pub async fn titles(handles: Vec<String>) -> Result<Vec<(String, String)>> {
    let visit = Visit::current()?;
    let products = visit.services.catalog.products_by_handle(&visit.ctx, &handles).await?;
    Ok(products.into_iter().map(|one| (one.input.handle, one.input.title)).collect())
}
