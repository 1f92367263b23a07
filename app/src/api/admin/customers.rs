//! Customers as the merchant knows them.

use leptos::{prelude::*, server_fn::codec::Json};
use souk_contract::{
    CustomerId, CustomerProfile, CustomerQuery, CustomerSummary, Duplicate, NewCustomer, OrderId, Page,
    PageRequest, ProfileId, ProfileMergeId, PutAddressOf, TimelineEntry,
};

#[cfg(feature = "ssr")]
use crate::context::Visit;
use crate::{api::admin::Client, failure::Result};

#[server(prefix = "/fn", endpoint = "admin/customers", input = Json, output = Json, client = Client)]
pub async fn customers(query: CustomerQuery) -> Result<Page<CustomerSummary>> {
    let visit = Visit::current()?;
    Ok(visit.services.crm.customers(&visit.ctx, &query).await?)
}

/// CSV, to be saved as a file.
#[server(prefix = "/fn", endpoint = "admin/customers/export", input = Json, output = Json, client = Client)]
pub async fn export_customers(query: CustomerQuery) -> Result<String> {
    let visit = Visit::current()?;
    Ok(visit.services.crm.export_customers(&visit.ctx, &query).await?)
}

#[server(prefix = "/fn", endpoint = "admin/customers/get", input = Json, output = Json, client = Client)]
pub async fn customer(id: ProfileId) -> Result<CustomerProfile> {
    let visit = Visit::current()?;
    Ok(visit.services.crm.customer(&visit.ctx, id).await?)
}

#[server(prefix = "/fn", endpoint = "admin/customers/of-order", input = Json, output = Json, client = Client)]
pub async fn customer_of_order(id: OrderId) -> Result<Option<ProfileId>> {
    let visit = Visit::current()?;
    Ok(visit.services.crm.customer_of_order(&visit.ctx, id).await?)
}

#[server(prefix = "/fn", endpoint = "admin/customers/timeline", input = Json, output = Json, client = Client)]
pub async fn timeline(id: ProfileId, page: PageRequest) -> Result<Page<TimelineEntry>> {
    let visit = Visit::current()?;
    Ok(visit.services.crm.timeline(&visit.ctx, id, &page).await?)
}

#[server(prefix = "/fn", endpoint = "admin/customers/create", input = Json, output = Json, client = Client)]
pub async fn create_customer(request: NewCustomer) -> Result<CustomerProfile> {
    let visit = Visit::current()?;
    Ok(visit.services.crm.create_customer(&visit.ctx, request).await?)
}

#[server(prefix = "/fn", endpoint = "admin/customers/edit", input = Json, output = Json, client = Client)]
pub async fn edit_customer(
    id: ProfileId,
    request: souk_contract::EditCustomer,
    if_version: Option<i64>,
) -> Result<CustomerProfile> {
    let visit = Visit::current()?;
    Ok(visit.services.crm.edit_customer(&visit.ctx, id, request, if_version).await?)
}

#[server(prefix = "/fn", endpoint = "admin/customers/tags", input = Json, output = Json, client = Client)]
pub async fn tag_customer(
    id: ProfileId,
    tags: Vec<String>,
    if_version: Option<i64>,
) -> Result<CustomerProfile> {
    let visit = Visit::current()?;
    Ok(visit.services.crm.tag_customer(&visit.ctx, id, tags, if_version).await?)
}

#[server(prefix = "/fn", endpoint = "admin/customers/note", input = Json, output = Json, client = Client)]
pub async fn note_customer(id: ProfileId, text: String) -> Result<()> {
    let visit = Visit::current()?;
    Ok(visit.services.crm.note_customer(&visit.ctx, id, &text).await?)
}

#[server(prefix = "/fn", endpoint = "admin/customers/consent", input = Json, output = Json, client = Client)]
pub async fn set_consent(
    id: ProfileId,
    request: souk_contract::SetConsent,
    if_version: Option<i64>,
) -> Result<CustomerProfile> {
    let visit = Visit::current()?;
    Ok(visit.services.crm.set_consent(&visit.ctx, id, request, if_version).await?)
}

#[server(prefix = "/fn", endpoint = "admin/customers/address", input = Json, output = Json, client = Client)]
pub async fn save_customer_address(
    id: ProfileId,
    account: CustomerId,
    request: PutAddressOf,
) -> Result<CustomerProfile> {
    let visit = Visit::current()?;
    Ok(visit.services.crm.save_customer_address(&visit.ctx, id, account, request).await?)
}

#[server(prefix = "/fn", endpoint = "admin/customers/merge", input = Json, output = Json, client = Client)]
pub async fn merge_customers(
    request: souk_contract::MergeCustomers,
    if_version: Option<i64>,
) -> Result<CustomerProfile> {
    let visit = Visit::current()?;
    Ok(visit.services.crm.merge_customers(&visit.ctx, request, if_version).await?)
}

#[server(prefix = "/fn", endpoint = "admin/customers/merge/undo", input = Json, output = Json, client = Client)]
pub async fn undo_merge(id: ProfileMergeId) -> Result<CustomerProfile> {
    let visit = Visit::current()?;
    Ok(visit.services.crm.undo_merge(&visit.ctx, id).await?)
}

#[server(prefix = "/fn", endpoint = "admin/customers/duplicates", input = Json, output = Json, client = Client)]
pub async fn duplicates(page: PageRequest) -> Result<Page<Duplicate>> {
    let visit = Visit::current()?;
    Ok(visit.services.crm.duplicates(&visit.ctx, &page).await?)
}

#[server(prefix = "/fn", endpoint = "admin/customers/not-the-same", input = Json, output = Json, client = Client)]
pub async fn not_the_same(request: souk_contract::NotTheSame) -> Result<()> {
    let visit = Visit::current()?;
    Ok(visit.services.crm.not_the_same(&visit.ctx, request).await?)
}
