//! Transfers, purchase orders and counts.

use leptos::{prelude::*, server_fn::codec::Json};
use souk_contract::{
    CountLine, Page, StockCount, StockCountId, SupplyId, SupplyState, SupplySummary, VariantId,
};

#[cfg(feature = "ssr")]
use crate::context::Visit;
use crate::{api::admin::Client, failure::Result};

#[server(prefix = "/fn", endpoint = "admin/inventory/supplies", input = Json, output = Json, client = Client)]
pub async fn supplies(query: souk_contract::SupplyQuery) -> Result<Page<SupplySummary>> {
    let visit = Visit::current()?;
    Ok(visit.services.stockroom.supplies(&visit.ctx, &query).await?)
}

#[server(prefix = "/fn", endpoint = "admin/inventory/supplies/get", input = Json, output = Json, client = Client)]
pub async fn supply(id: SupplyId) -> Result<souk_contract::Supply> {
    let visit = Visit::current()?;
    Ok(visit.services.stockroom.supply(&visit.ctx, id).await?)
}

#[server(prefix = "/fn", endpoint = "admin/inventory/supplies/put", input = Json, output = Json, client = Client)]
pub async fn put_supply(
    id: Option<SupplyId>,
    request: souk_contract::SupplyInput,
    if_version: Option<i64>,
) -> Result<souk_contract::Supply> {
    let visit = Visit::current()?;
    Ok(visit.services.stockroom.put_supply(&visit.ctx, id, request, if_version).await?)
}

#[server(prefix = "/fn", endpoint = "admin/inventory/supplies/move", input = Json, output = Json, client = Client)]
pub async fn move_supply(
    id: SupplyId,
    to: SupplyState,
    if_version: Option<i64>,
) -> Result<souk_contract::Supply> {
    let visit = Visit::current()?;
    Ok(visit.services.stockroom.move_supply(&visit.ctx, id, to, if_version).await?)
}

#[server(prefix = "/fn", endpoint = "admin/inventory/supplies/receive", input = Json, output = Json, client = Client)]
pub async fn receive(
    id: SupplyId,
    lines: Vec<souk_contract::ReceiveLine>,
    if_version: Option<i64>,
) -> Result<souk_contract::Supply> {
    let visit = Visit::current()?;
    Ok(visit.services.stockroom.receive(&visit.ctx, id, lines, if_version).await?)
}

/// Variants by SKU or barcode.
#[server(prefix = "/fn", endpoint = "admin/inventory/by-code", input = Json, output = Json, client = Client)]
pub async fn by_code(code: String) -> Result<Vec<VariantId>> {
    let visit = Visit::current()?;
    Ok(visit.services.stockroom.by_code(&visit.ctx, &code).await?)
}

#[server(prefix = "/fn", endpoint = "admin/inventory/counts", input = Json, output = Json, client = Client)]
pub async fn counts(page: souk_contract::PageRequest) -> Result<Page<StockCount>> {
    let visit = Visit::current()?;
    Ok(visit.services.stockroom.counts(&visit.ctx, &page).await?)
}

#[server(prefix = "/fn", endpoint = "admin/inventory/counts/get", input = Json, output = Json, client = Client)]
pub async fn count(id: StockCountId) -> Result<StockCount> {
    let visit = Visit::current()?;
    Ok(visit.services.stockroom.count(&visit.ctx, id).await?)
}

#[server(prefix = "/fn", endpoint = "admin/inventory/counts/lines", input = Json, output = Json, client = Client)]
pub async fn count_lines(id: StockCountId, query: souk_contract::CountLinesQuery) -> Result<Page<CountLine>> {
    let visit = Visit::current()?;
    Ok(visit.services.stockroom.count_lines(&visit.ctx, id, &query).await?)
}

#[server(prefix = "/fn", endpoint = "admin/inventory/counts/open", input = Json, output = Json, client = Client)]
pub async fn open_count(request: souk_contract::OpenCount) -> Result<StockCount> {
    let visit = Visit::current()?;
    Ok(visit.services.stockroom.open_count(&visit.ctx, request).await?)
}

#[server(prefix = "/fn", endpoint = "admin/inventory/counts/enter", input = Json, output = Json, client = Client)]
pub async fn enter_count(id: StockCountId, entry: souk_contract::CountEntry) -> Result<CountLine> {
    let visit = Visit::current()?;
    Ok(visit.services.stockroom.enter_count(&visit.ctx, id, entry).await?)
}

#[server(prefix = "/fn", endpoint = "admin/inventory/counts/end", input = Json, output = Json, client = Client)]
pub async fn end_count(id: StockCountId, apply: bool, if_version: Option<i64>) -> Result<StockCount> {
    let visit = Visit::current()?;
    Ok(visit.services.stockroom.end_count(&visit.ctx, id, apply, if_version).await?)
}

#[server(prefix = "/fn", endpoint = "admin/inventory/reorder", input = Json, output = Json, client = Client)]
pub async fn reorder(page: souk_contract::PageRequest) -> Result<Page<souk_contract::ReorderRow>> {
    let visit = Visit::current()?;
    Ok(visit.services.stockroom.reorder(&visit.ctx, &page).await?)
}

#[server(prefix = "/fn", endpoint = "admin/inventory/reorder/points", input = Json, output = Json, client = Client)]
pub async fn put_reorder_points(points: Vec<souk_contract::ReorderPoint>) -> Result<()> {
    let visit = Visit::current()?;
    Ok(visit.services.stockroom.put_reorder_points(&visit.ctx, points).await?)
}
