//! Orders that staff write.

use leptos::{prelude::*, server_fn::codec::Json};
use souk_contract::{Country, DraftId, DraftSummary, Order, Page, PageRequest};

#[cfg(feature = "ssr")]
use crate::context::Visit;
use crate::{api::admin::Client, failure::Result};

#[server(prefix = "/fn", endpoint = "admin/drafts", input = Json, output = Json, client = Client)]
pub async fn drafts(page: PageRequest) -> Result<Page<DraftSummary>> {
    let visit = Visit::current()?;
    Ok(visit.services.drafts.drafts(&visit.ctx, &page).await?)
}

#[server(prefix = "/fn", endpoint = "admin/drafts/get", input = Json, output = Json, client = Client)]
pub async fn draft(id: DraftId) -> Result<souk_contract::Draft> {
    let visit = Visit::current()?;
    Ok(visit.services.drafts.draft(&visit.ctx, id).await?)
}

#[server(prefix = "/fn", endpoint = "admin/drafts/create", input = Json, output = Json, client = Client)]
pub async fn create_draft() -> Result<souk_contract::Draft> {
    let visit = Visit::current()?;
    Ok(visit.services.drafts.create_draft(&visit.ctx).await?)
}

#[server(prefix = "/fn", endpoint = "admin/drafts/change", input = Json, output = Json, client = Client)]
pub async fn change_draft(
    id: DraftId,
    request: souk_contract::ChangeDraft,
    if_version: Option<i64>,
) -> Result<souk_contract::Draft> {
    let visit = Visit::current()?;
    Ok(visit.services.drafts.change_draft(&visit.ctx, id, request, if_version).await?)
}

#[server(prefix = "/fn", endpoint = "admin/drafts/place", input = Json, output = Json, client = Client)]
pub async fn place_draft(
    id: DraftId,
    request: souk_contract::PlaceDraft,
    if_version: Option<i64>,
) -> Result<Order> {
    let visit = Visit::current()?;
    Ok(visit.services.drafts.place_draft(&visit.ctx, id, request, if_version).await?)
}

#[server(prefix = "/fn", endpoint = "admin/drafts/discard", input = Json, output = Json, client = Client)]
pub async fn discard_draft(id: DraftId, if_version: Option<i64>) -> Result<souk_contract::Draft> {
    let visit = Visit::current()?;
    Ok(visit.services.drafts.discard_draft(&visit.ctx, id, if_version).await?)
}

#[server(prefix = "/fn", endpoint = "admin/drafts/reopen", input = Json, output = Json, client = Client)]
pub async fn reopen_draft(id: DraftId) -> Result<souk_contract::Draft> {
    let visit = Visit::current()?;
    Ok(visit.services.drafts.reopen_draft(&visit.ctx, id).await?)
}

/// Where something is delivered to.
#[server(prefix = "/fn", endpoint = "admin/drafts/countries", input = Json, output = Json, client = Client)]
pub async fn draft_countries() -> Result<Vec<Country>> {
    let visit = Visit::current()?;
    Ok(visit.services.drafts.draft_countries(&visit.ctx).await?)
}
