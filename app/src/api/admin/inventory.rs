//! Stock and its ledger.

use leptos::{prelude::*, server_fn::codec::Json};
use souk_contract::{Movement, Page, PageRequest, StockLevel, VariantId};

#[cfg(feature = "ssr")]
use crate::context::Visit;
use crate::{api::admin::Client, failure::Result};

#[server(prefix = "/fn", endpoint = "admin/inventory/levels", input = Json, output = Json, client = Client)]
pub async fn levels(variants: Vec<VariantId>) -> Result<Vec<StockLevel>> {
    let visit = Visit::current()?;
    Ok(visit.services.inventory.levels(&visit.ctx, &variants).await?)
}

#[server(prefix = "/fn", endpoint = "admin/inventory/running-out", input = Json, output = Json, client = Client)]
pub async fn running_out(limit: u32) -> Result<Vec<StockLevel>> {
    let visit = Visit::current()?;
    Ok(visit.services.inventory.running_out(&visit.ctx, limit).await?)
}

#[server(prefix = "/fn", endpoint = "admin/inventory/adjust", input = Json, output = Json, client = Client)]
pub async fn adjust_stock(request: souk_contract::AdjustStock) -> Result<StockLevel> {
    let visit = Visit::current()?;
    Ok(visit.services.inventory.adjust(&visit.ctx, request).await?)
}

#[server(prefix = "/fn", endpoint = "admin/inventory/set", input = Json, output = Json, client = Client)]
pub async fn set_stock(items: Vec<souk_contract::SetStock>, reason: String) -> Result<Vec<StockLevel>> {
    let visit = Visit::current()?;
    Ok(visit.services.inventory.set_stock(&visit.ctx, items, &reason).await?)
}

#[server(prefix = "/fn", endpoint = "admin/inventory/movements", input = Json, output = Json, client = Client)]
pub async fn movements(variant: VariantId, page: PageRequest) -> Result<Page<Movement>> {
    let visit = Visit::current()?;
    Ok(visit.services.inventory.movements(&visit.ctx, variant, &page).await?)
}
