//! In and out.

use leptos::{prelude::*, server_fn::codec::Json};
use souk_contract::{StaffMember, StaffSignIn, StaffSignedIn};

#[cfg(feature = "ssr")]
use crate::context::Visit;
use crate::{api::admin::Client, context::ShopFacts, failure::Result};

#[server(prefix = "/fn", endpoint = "admin/sign-in", input = Json, output = Json, client = Client)]
pub async fn sign_in(request: StaffSignIn) -> Result<StaffMember> {
    let visit = Visit::current()?;
    let signed_in = visit.services.staffing.sign_in_staff(&visit.ctx, request, &visit.user_agent).await?;
    visit.keep_staff(&signed_in.token);
    Ok(signed_in.staff)
}

/// What everybody may know of the shop: a desktop asks for it when it is given the address.
#[server(prefix = "/fn", endpoint = "admin/shop", input = Json, output = Json, client = Client)]
pub async fn shop() -> Result<ShopFacts> {
    let visit = Visit::current()?;
    Ok(ShopFacts::from(visit.shop.as_ref()))
}

/// For a desktop, which has no cookies: the answer brings the token. A browser's scripts never see theirs.
#[server(prefix = "/fn", endpoint = "admin/desktop/sign-in", input = Json, output = Json, client = Client)]
pub async fn sign_in_desktop(request: StaffSignIn) -> Result<StaffSignedIn> {
    let visit = Visit::current()?;
    Ok(visit.services.staffing.sign_in_staff(&visit.ctx, request, &visit.user_agent).await?)
}

#[server(prefix = "/fn", endpoint = "admin/accept-invitation", input = Json, output = Json, client = Client)]
pub async fn accept_invitation(request: souk_contract::AcceptInvitation) -> Result<StaffMember> {
    let visit = Visit::current()?;
    let signed_in = visit.services.staffing.accept_invitation(&visit.ctx, request, &visit.user_agent).await?;
    visit.keep_staff(&signed_in.token);
    Ok(signed_in.staff)
}

#[server(prefix = "/fn", endpoint = "admin/sign-out", input = Json, output = Json, client = Client)]
pub async fn sign_out() -> Result<()> {
    let visit = Visit::current()?;
    visit.services.staffing.sign_out_staff(&visit.ctx).await?;
    visit.forget_staff();
    Ok(())
}

#[server(prefix = "/fn", endpoint = "admin/me", input = Json, output = Json, client = Client)]
pub async fn me() -> Result<StaffMember> {
    let visit = Visit::current()?;
    Ok(visit.services.staffing.staff_member(&visit.ctx).await?)
}
