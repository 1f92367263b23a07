//! Colleagues and roles.

use leptos::{prelude::*, server_fn::codec::Json};
use souk_contract::{Colleague, CreateStaff, RoleId, RoleInput, RoleRecord, StaffId, StaffInvited};

#[cfg(feature = "ssr")]
use crate::context::Visit;
use crate::{api::admin::Client, failure::Result};

#[server(prefix = "/fn", endpoint = "admin/staff", input = Json, output = Json, client = Client)]
pub async fn colleagues() -> Result<Vec<Colleague>> {
    let visit = Visit::current()?;
    Ok(visit.services.staffing.colleagues(&visit.ctx).await?)
}

#[server(prefix = "/fn", endpoint = "admin/staff/invite", input = Json, output = Json, client = Client)]
pub async fn invite_staff(request: CreateStaff) -> Result<StaffInvited> {
    let visit = Visit::current()?;
    Ok(visit.services.staffing.invite_staff(&visit.ctx, request).await?)
}

#[server(prefix = "/fn", endpoint = "admin/staff/invite-again", input = Json, output = Json, client = Client)]
pub async fn invite_again(id: StaffId) -> Result<StaffInvited> {
    let visit = Visit::current()?;
    Ok(visit.services.staffing.invite_again(&visit.ctx, id).await?)
}

#[server(prefix = "/fn", endpoint = "admin/staff/update", input = Json, output = Json, client = Client)]
pub async fn update_staff(
    id: StaffId,
    request: souk_contract::UpdateStaff,
    if_version: Option<i64>,
) -> Result<Colleague> {
    let visit = Visit::current()?;
    Ok(visit.services.staffing.update_staff(&visit.ctx, id, request, if_version).await?)
}

#[server(prefix = "/fn", endpoint = "admin/staff/remove", input = Json, output = Json, client = Client)]
pub async fn remove_staff(id: StaffId) -> Result<()> {
    let visit = Visit::current()?;
    Ok(visit.services.staffing.remove_staff(&visit.ctx, id).await?)
}

#[server(prefix = "/fn", endpoint = "admin/roles", input = Json, output = Json, client = Client)]
pub async fn roles() -> Result<Vec<RoleRecord>> {
    let visit = Visit::current()?;
    Ok(visit.services.staffing.roles(&visit.ctx).await?)
}

#[server(prefix = "/fn", endpoint = "admin/roles/put", input = Json, output = Json, client = Client)]
pub async fn put_role(id: Option<RoleId>, request: RoleInput, if_version: Option<i64>) -> Result<RoleRecord> {
    let visit = Visit::current()?;
    Ok(visit.services.staffing.put_role(&visit.ctx, id, request, if_version).await?)
}

#[server(prefix = "/fn", endpoint = "admin/roles/remove", input = Json, output = Json, client = Client)]
pub async fn remove_role(id: RoleId) -> Result<()> {
    let visit = Visit::current()?;
    Ok(visit.services.staffing.remove_role(&visit.ctx, id).await?)
}
