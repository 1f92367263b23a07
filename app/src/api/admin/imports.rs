//! Products from a file. The file itself is posted as it is, beside the functions.

use leptos::{prelude::*, server_fn::codec::Json};
use souk_contract::{
    Import, ImportId, ImportIssue, ImportedProduct, MapImport, Page, PageRequest, ProductFile,
};

#[cfg(feature = "ssr")]
use crate::context::Visit;
use crate::{api::admin::Client, failure::Result};

#[server(prefix = "/fn", endpoint = "admin/products/imports", input = Json, output = Json, client = Client)]
pub async fn imports(page: PageRequest) -> Result<Page<Import>> {
    let visit = Visit::current()?;
    Ok(visit.services.imports.imports(&visit.ctx, &page).await?)
}

#[server(prefix = "/fn", endpoint = "admin/products/imports/get", input = Json, output = Json, client = Client)]
pub async fn get(id: ImportId) -> Result<Import> {
    let visit = Visit::current()?;
    Ok(visit.services.imports.import(&visit.ctx, id).await?)
}

#[server(prefix = "/fn", endpoint = "admin/products/imports/map", input = Json, output = Json, client = Client)]
pub async fn map(id: ImportId, map: MapImport, if_version: Option<i64>) -> Result<Import> {
    let visit = Visit::current()?;
    Ok(visit.services.imports.map(&visit.ctx, id, map, if_version).await?)
}

#[server(prefix = "/fn", endpoint = "admin/products/imports/start", input = Json, output = Json, client = Client)]
pub async fn start(id: ImportId, if_version: Option<i64>) -> Result<Import> {
    let visit = Visit::current()?;
    Ok(visit.services.imports.start(&visit.ctx, id, if_version).await?)
}

#[server(prefix = "/fn", endpoint = "admin/products/imports/revert", input = Json, output = Json, client = Client)]
pub async fn revert(id: ImportId, if_version: Option<i64>) -> Result<Import> {
    let visit = Visit::current()?;
    Ok(visit.services.imports.revert(&visit.ctx, id, if_version).await?)
}

#[server(prefix = "/fn", endpoint = "admin/products/imports/issues", input = Json, output = Json, client = Client)]
pub async fn issues(id: ImportId, page: PageRequest) -> Result<Page<ImportIssue>> {
    let visit = Visit::current()?;
    Ok(visit.services.imports.issues(&visit.ctx, id, &page).await?)
}

#[server(prefix = "/fn", endpoint = "admin/products/imports/products", input = Json, output = Json, client = Client)]
pub async fn products(id: ImportId, page: PageRequest) -> Result<Page<ImportedProduct>> {
    let visit = Visit::current()?;
    Ok(visit.services.imports.products(&visit.ctx, id, &page).await?)
}

#[server(prefix = "/fn", endpoint = "admin/products/export", input = Json, output = Json, client = Client)]
pub async fn export() -> Result<ProductFile> {
    let visit = Visit::current()?;
    Ok(visit.services.imports.export(&visit.ctx).await?)
}
