//! Products as the merchant sees them.

use leptos::{prelude::*, server_fn::codec::Json};
use souk_contract::{
    Media, Page, ProductId, ProductQuery, ProductRow, ProductWritten, VariantId, VariantInfo,
};

#[cfg(feature = "ssr")]
use crate::context::Visit;
use crate::{api::admin::Client, failure::Result};

#[server(prefix = "/fn", endpoint = "admin/products", input = Json, output = Json, client = Client)]
pub async fn find_products(query: ProductQuery) -> Result<Page<ProductRow>> {
    let visit = Visit::current()?;
    Ok(visit.services.catalog.find_products(&visit.ctx, &query).await?)
}

#[server(prefix = "/fn", endpoint = "admin/products/get", input = Json, output = Json, client = Client)]
pub async fn product_record(id: ProductId) -> Result<souk_contract::ProductRecord> {
    let visit = Visit::current()?;
    Ok(visit.services.catalog.product_record(&visit.ctx, id).await?)
}

/// The stored pictures of a product, in their order.
#[server(prefix = "/fn", endpoint = "admin/products/pictures", input = Json, output = Json, client = Client)]
pub async fn pictures(handle: String) -> Result<Vec<Media>> {
    let visit = Visit::current()?;
    let found = visit.services.catalog.product(&visit.ctx, &handle).await?;
    Ok(if let souk_contract::ProductLookup::Found(product) = found { product.media } else { Vec::new() })
}

#[server(prefix = "/fn", endpoint = "admin/products/put", input = Json, output = Json, client = Client)]
pub async fn put_product(request: souk_contract::PutProduct) -> Result<ProductWritten> {
    let visit = Visit::current()?;
    Ok(visit.services.catalog.put_product(&visit.ctx, request).await?)
}

#[server(prefix = "/fn", endpoint = "admin/products/archive", input = Json, output = Json, client = Client)]
pub async fn archive_product(id: ProductId, if_version: Option<i64>) -> Result<ProductWritten> {
    let visit = Visit::current()?;
    Ok(visit.services.catalog.archive_product(&visit.ctx, id, if_version).await?)
}

#[server(prefix = "/fn", endpoint = "admin/variants", input = Json, output = Json, client = Client)]
pub async fn variants(ids: Vec<VariantId>) -> Result<Vec<VariantInfo>> {
    let visit = Visit::current()?;
    Ok(visit.services.catalog.variants(&visit.ctx, &ids).await?)
}

/// What an edit of many products would do.
#[server(prefix = "/fn", endpoint = "admin/products/bulk/preview", input = Json, output = Json, client = Client)]
pub async fn preview_bulk(
    edit: souk_contract::BulkEdit,
    after: Option<ProductId>,
) -> Result<souk_contract::BulkPreview> {
    let visit = Visit::current()?;
    Ok(visit.services.catalog.preview_bulk(&visit.ctx, &edit, after).await?)
}

#[server(prefix = "/fn", endpoint = "admin/products/bulk/run", input = Json, output = Json, client = Client)]
pub async fn run_bulk(edit: souk_contract::BulkEdit) -> Result<souk_contract::BulkRun> {
    let visit = Visit::current()?;
    Ok(visit.services.catalog.run_bulk(&visit.ctx, edit).await?)
}

#[server(prefix = "/fn", endpoint = "admin/products/bulk/undo", input = Json, output = Json, client = Client)]
pub async fn undo_bulk(id: souk_contract::BulkRunId) -> Result<souk_contract::BulkUndone> {
    let visit = Visit::current()?;
    Ok(visit.services.catalog.undo_bulk(&visit.ctx, id).await?)
}

#[server(prefix = "/fn", endpoint = "admin/products/bulk", input = Json, output = Json, client = Client)]
pub async fn bulk_runs(page: souk_contract::PageRequest) -> Result<Page<souk_contract::BulkRun>> {
    let visit = Visit::current()?;
    Ok(visit.services.catalog.bulk_runs(&visit.ctx, &page).await?)
}

#[server(prefix = "/fn", endpoint = "admin/products/bulk/plan", input = Json, output = Json, client = Client)]
pub async fn plan_bulk(plan: souk_contract::PlanBulk) -> Result<souk_contract::BulkPlan> {
    let visit = Visit::current()?;
    Ok(visit.services.catalog.plan_bulk(&visit.ctx, plan).await?)
}

#[server(prefix = "/fn", endpoint = "admin/products/bulk/plan/cancel", input = Json, output = Json, client = Client)]
pub async fn cancel_bulk_plan(id: souk_contract::BulkPlanId) -> Result<souk_contract::BulkPlan> {
    let visit = Visit::current()?;
    Ok(visit.services.catalog.cancel_bulk_plan(&visit.ctx, id).await?)
}

#[server(prefix = "/fn", endpoint = "admin/products/bulk/plans", input = Json, output = Json, client = Client)]
pub async fn bulk_plans(page: souk_contract::PageRequest) -> Result<Page<souk_contract::BulkPlan>> {
    let visit = Visit::current()?;
    Ok(visit.services.catalog.bulk_plans(&visit.ctx, &page).await?)
}

#[server(prefix = "/fn", endpoint = "admin/products/versions", input = Json, output = Json, client = Client)]
pub async fn versions(
    id: ProductId,
    page: souk_contract::PageRequest,
) -> Result<Page<souk_contract::ProductVersion>> {
    let visit = Visit::current()?;
    Ok(visit.services.catalog.product_versions(&visit.ctx, id, &page).await?)
}

#[server(prefix = "/fn", endpoint = "admin/products/versions/compare", input = Json, output = Json, client = Client)]
pub async fn compare_versions(id: ProductId, from: i64, to: i64) -> Result<Vec<souk_contract::AuditChange>> {
    let visit = Visit::current()?;
    Ok(visit.services.catalog.compare_versions(&visit.ctx, id, from, to).await?)
}

#[server(prefix = "/fn", endpoint = "admin/products/versions/restore", input = Json, output = Json, client = Client)]
pub async fn restore_version(id: ProductId, number: i64, if_version: Option<i64>) -> Result<ProductWritten> {
    let visit = Visit::current()?;
    Ok(visit.services.catalog.restore_version(&visit.ctx, id, number, if_version).await?)
}

#[server(prefix = "/fn", endpoint = "admin/products/schedule", input = Json, output = Json, client = Client)]
pub async fn schedule(id: ProductId) -> Result<souk_contract::ProductSchedule> {
    let visit = Visit::current()?;
    Ok(visit.services.catalog.product_schedule(&visit.ctx, id).await?)
}

#[server(prefix = "/fn", endpoint = "admin/products/schedule/set", input = Json, output = Json, client = Client)]
pub async fn set_schedule(
    id: ProductId,
    schedule: souk_contract::SetSchedule,
    if_version: Option<i64>,
) -> Result<souk_contract::ProductSchedule> {
    let visit = Visit::current()?;
    Ok(visit.services.catalog.set_schedule(&visit.ctx, id, schedule, if_version).await?)
}

#[server(prefix = "/fn", endpoint = "admin/products/options", input = Json, output = Json, client = Client)]
pub async fn change_options(
    id: ProductId,
    change: souk_contract::ChangeOptions,
    if_version: Option<i64>,
) -> Result<ProductWritten> {
    let visit = Visit::current()?;
    Ok(visit.services.catalog.change_options(&visit.ctx, id, change, if_version).await?)
}
