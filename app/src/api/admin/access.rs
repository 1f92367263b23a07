//! In and out.

use leptos::{prelude::*, server_fn::codec::Json};
use souk_contract::{StaffMember, StaffSignIn};

#[cfg(feature = "ssr")]
use crate::context::Visit;
use crate::failure::Result;

#[server(prefix = "/fn", endpoint = "admin/sign-in", input = Json, output = Json)]
pub async fn sign_in(request: StaffSignIn) -> Result<StaffMember> {
    let visit = Visit::current()?;
    let signed_in = visit.services.staffing.sign_in_staff(&visit.ctx, request, &visit.user_agent).await?;
    visit.keep_staff(&signed_in.token);
    Ok(signed_in.staff)
}

#[server(prefix = "/fn", endpoint = "admin/accept-invitation", input = Json, output = Json)]
pub async fn accept_invitation(request: souk_contract::AcceptInvitation) -> Result<StaffMember> {
    let visit = Visit::current()?;
    let signed_in = visit.services.staffing.accept_invitation(&visit.ctx, request, &visit.user_agent).await?;
    visit.keep_staff(&signed_in.token);
    Ok(signed_in.staff)
}

#[server(prefix = "/fn", endpoint = "admin/sign-out", input = Json, output = Json)]
pub async fn sign_out() -> Result<()> {
    let visit = Visit::current()?;
    visit.services.staffing.sign_out_staff(&visit.ctx).await?;
    visit.forget_staff();
    Ok(())
}

#[server(prefix = "/fn", endpoint = "admin/me", input = Json, output = Json)]
pub async fn me() -> Result<StaffMember> {
    let visit = Visit::current()?;
    Ok(visit.services.staffing.staff_member(&visit.ctx).await?)
}
