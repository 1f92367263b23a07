//! A member's own access.

use leptos::{prelude::*, server_fn::codec::Json};
use souk_contract::{
    ApiKey, ApiKeyCreated, ApiTokenId, ChangeStaffPassword, RecoveryCodes, SessionId, StaffSession,
    TwoFactorSecret,
};

#[cfg(feature = "ssr")]
use crate::context::Visit;
use crate::{api::admin::Client, failure::Result};

#[server(prefix = "/fn", endpoint = "admin/account/password", input = Json, output = Json, client = Client)]
pub async fn change_password(request: ChangeStaffPassword) -> Result<()> {
    let visit = Visit::current()?;
    Ok(visit.services.staffing.change_staff_password(&visit.ctx, request).await?)
}

#[server(prefix = "/fn", endpoint = "admin/account/sessions", input = Json, output = Json, client = Client)]
pub async fn sessions() -> Result<Vec<StaffSession>> {
    let visit = Visit::current()?;
    Ok(visit.services.staffing.staff_sessions(&visit.ctx).await?)
}

#[server(prefix = "/fn", endpoint = "admin/account/sessions/end", input = Json, output = Json, client = Client)]
pub async fn end_session(id: SessionId) -> Result<()> {
    let visit = Visit::current()?;
    Ok(visit.services.staffing.end_staff_session(&visit.ctx, id).await?)
}

#[server(prefix = "/fn", endpoint = "admin/account/two-factor/begin", input = Json, output = Json, client = Client)]
pub async fn begin_two_factor() -> Result<TwoFactorSecret> {
    let visit = Visit::current()?;
    Ok(visit.services.staffing.begin_two_factor(&visit.ctx).await?)
}

#[server(prefix = "/fn", endpoint = "admin/account/two-factor/confirm", input = Json, output = Json, client = Client)]
pub async fn confirm_two_factor(code: String) -> Result<RecoveryCodes> {
    let visit = Visit::current()?;
    Ok(visit.services.staffing.confirm_two_factor(&visit.ctx, &code).await?)
}

#[server(prefix = "/fn", endpoint = "admin/account/two-factor/end", input = Json, output = Json, client = Client)]
pub async fn end_two_factor(code: String) -> Result<()> {
    let visit = Visit::current()?;
    Ok(visit.services.staffing.end_two_factor(&visit.ctx, &code).await?)
}

#[server(prefix = "/fn", endpoint = "admin/account/keys", input = Json, output = Json, client = Client)]
pub async fn api_keys() -> Result<Vec<ApiKey>> {
    let visit = Visit::current()?;
    Ok(visit.services.staffing.api_keys(&visit.ctx).await?)
}

#[server(prefix = "/fn", endpoint = "admin/account/keys/create", input = Json, output = Json, client = Client)]
pub async fn create_api_key(request: souk_contract::CreateApiKey) -> Result<ApiKeyCreated> {
    let visit = Visit::current()?;
    Ok(visit.services.staffing.create_api_key(&visit.ctx, request).await?)
}

#[server(prefix = "/fn", endpoint = "admin/account/keys/rotate", input = Json, output = Json, client = Client)]
pub async fn rotate_api_key(id: ApiTokenId) -> Result<ApiKeyCreated> {
    let visit = Visit::current()?;
    Ok(visit.services.staffing.rotate_api_key(&visit.ctx, id).await?)
}

#[server(prefix = "/fn", endpoint = "admin/account/keys/revoke", input = Json, output = Json, client = Client)]
pub async fn revoke_api_key(id: ApiTokenId) -> Result<()> {
    let visit = Visit::current()?;
    Ok(visit.services.staffing.revoke_api_key(&visit.ctx, id).await?)
}
