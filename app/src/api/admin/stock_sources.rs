//! Figures of stock that are fetched, or handed in as a file.

use leptos::{prelude::*, server_fn::codec::Json};
use souk_contract::{
    Page, PageRequest, StockFileReport, StockFinding, StockRun, StockRunId, StockSource, StockSourceId,
    StockSourceInput,
};

#[cfg(feature = "ssr")]
use crate::context::Visit;
use crate::{api::admin::Client, failure::Result};

#[server(prefix = "/fn", endpoint = "admin/inventory/sources", input = Json, output = Json, client = Client)]
pub async fn sources() -> Result<Vec<StockSource>> {
    let visit = Visit::current()?;
    Ok(visit.services.stock_sources.sources(&visit.ctx).await?)
}

#[server(prefix = "/fn", endpoint = "admin/inventory/sources/get", input = Json, output = Json, client = Client)]
pub async fn source(id: StockSourceId) -> Result<StockSource> {
    let visit = Visit::current()?;
    Ok(visit.services.stock_sources.source(&visit.ctx, id).await?)
}

#[server(prefix = "/fn", endpoint = "admin/inventory/sources/put", input = Json, output = Json, client = Client)]
pub async fn put_source(
    id: Option<StockSourceId>,
    request: StockSourceInput,
    if_version: Option<i64>,
) -> Result<StockSource> {
    let visit = Visit::current()?;
    Ok(visit.services.stock_sources.put_source(&visit.ctx, id, request, if_version).await?)
}

#[server(prefix = "/fn", endpoint = "admin/inventory/sources/remove", input = Json, output = Json, client = Client)]
pub async fn remove_source(id: StockSourceId, if_version: Option<i64>) -> Result<()> {
    let visit = Visit::current()?;
    Ok(visit.services.stock_sources.remove_source(&visit.ctx, id, if_version).await?)
}

#[server(prefix = "/fn", endpoint = "admin/inventory/sources/run", input = Json, output = Json, client = Client)]
pub async fn run_source(id: StockSourceId, dry: bool) -> Result<StockRun> {
    let visit = Visit::current()?;
    Ok(visit.services.stock_sources.run_source(&visit.ctx, id, dry).await?)
}

#[server(prefix = "/fn", endpoint = "admin/inventory/sources/runs", input = Json, output = Json, client = Client)]
pub async fn source_runs(id: StockSourceId, page: PageRequest) -> Result<Page<StockRun>> {
    let visit = Visit::current()?;
    Ok(visit.services.stock_sources.source_runs(&visit.ctx, id, &page).await?)
}

#[server(prefix = "/fn", endpoint = "admin/inventory/sources/findings", input = Json, output = Json, client = Client)]
pub async fn run_findings(id: StockRunId) -> Result<Vec<StockFinding>> {
    let visit = Visit::current()?;
    Ok(visit.services.stock_sources.run_findings(&visit.ctx, id).await?)
}

#[server(prefix = "/fn", endpoint = "admin/inventory/file", input = Json, output = Json, client = Client)]
pub async fn take_stock_file(request: souk_contract::StockFile) -> Result<StockFileReport> {
    let visit = Visit::current()?;
    Ok(visit.services.stock_sources.take_file(&visit.ctx, request).await?)
}
