//! Promotions and their codes.

use leptos::{prelude::*, server_fn::codec::Json};
use souk_contract::{
    MadeCode, Page, PageRequest, PromotionId, PromotionInput, PromotionRecord, PromotionState, Simulation,
};

#[cfg(feature = "ssr")]
use crate::context::Visit;
use crate::{api::admin::Client, failure::Result};

#[server(prefix = "/fn", endpoint = "admin/promotions", input = Json, output = Json, client = Client)]
pub async fn promotions() -> Result<Vec<PromotionRecord>> {
    let visit = Visit::current()?;
    Ok(visit.services.promotions.promotions(&visit.ctx).await?)
}

#[server(prefix = "/fn", endpoint = "admin/promotions/get", input = Json, output = Json, client = Client)]
pub async fn promotion(id: PromotionId) -> Result<PromotionRecord> {
    let visit = Visit::current()?;
    Ok(visit.services.promotions.promotion(&visit.ctx, id).await?)
}

#[server(prefix = "/fn", endpoint = "admin/promotions/write", input = Json, output = Json, client = Client)]
pub async fn write_promotion(
    id: Option<PromotionId>,
    promotion: PromotionInput,
    if_version: Option<i64>,
) -> Result<PromotionRecord> {
    let visit = Visit::current()?;
    Ok(visit.services.promotions.write(&visit.ctx, id, promotion, if_version).await?)
}

#[server(prefix = "/fn", endpoint = "admin/promotions/move", input = Json, output = Json, client = Client)]
pub async fn move_promotion(
    id: PromotionId,
    state: PromotionState,
    if_version: Option<i64>,
) -> Result<PromotionRecord> {
    let visit = Visit::current()?;
    Ok(visit.services.promotions.set_state(&visit.ctx, id, state, if_version).await?)
}

#[server(prefix = "/fn", endpoint = "admin/promotions/codes", input = Json, output = Json, client = Client)]
pub async fn promotion_codes(id: PromotionId, page: PageRequest) -> Result<Page<MadeCode>> {
    let visit = Visit::current()?;
    Ok(visit.services.promotions.codes(&visit.ctx, id, &page).await?)
}

#[server(prefix = "/fn", endpoint = "admin/promotions/codes/make", input = Json, output = Json, client = Client)]
pub async fn create_codes(id: PromotionId, request: souk_contract::MakeCodes) -> Result<Vec<MadeCode>> {
    let visit = Visit::current()?;
    Ok(visit.services.promotions.make_codes(&visit.ctx, id, request).await?)
}

/// CSV, to be saved as a file.
#[server(prefix = "/fn", endpoint = "admin/promotions/codes/export", input = Json, output = Json, client = Client)]
pub async fn export_codes(id: PromotionId) -> Result<String> {
    let visit = Visit::current()?;
    Ok(visit.services.promotions.export_codes(&visit.ctx, id).await?)
}

#[server(prefix = "/fn", endpoint = "admin/promotions/codes/revoke", input = Json, output = Json, client = Client)]
pub async fn revoke_code(id: PromotionId, code: String) -> Result<()> {
    let visit = Visit::current()?;
    Ok(visit.services.promotions.revoke_code(&visit.ctx, id, &code).await?)
}

/// Over orders that were placed; writes nothing.
#[server(prefix = "/fn", endpoint = "admin/promotions/simulate", input = Json, output = Json, client = Client)]
pub async fn try_promotion(request: souk_contract::Simulate) -> Result<Simulation> {
    let visit = Visit::current()?;
    Ok(visit.services.simulator.simulate(&visit.ctx, request).await?)
}
