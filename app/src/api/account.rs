use leptos::prelude::*;
use souk_contract::{Address, AddressId};

use super::Reply;
#[cfg(feature = "ssr")]
use crate::context::Visit;
use crate::failure::Result;

#[server(prefix = "/fn", endpoint = "account/register")]
pub async fn register(
    email: String,
    password: String,
    name: String,
    #[server(default)] next: Option<String>,
) -> Result<Reply> {
    let visit = Visit::current()?;
    let request = souk_contract::Register { email, password, name };
    let signed_in = visit.services.identity.register(&visit.ctx, request).await?;
    let cart = visit.welcome(&signed_in).await?;
    Ok(Reply { cart, ..Reply::go(crate::shop::account::next(next)).fresh() })
}

#[server(prefix = "/fn", endpoint = "account/sign-in")]
pub async fn sign_in(
    email: String,
    password: String,
    #[server(default)] next: Option<String>,
) -> Result<Reply> {
    let visit = Visit::current()?;
    let request = souk_contract::SignIn { email, password };
    let signed_in = visit.services.identity.sign_in(&visit.ctx, request).await?;
    let cart = visit.welcome(&signed_in).await?;
    Ok(Reply { cart, ..Reply::go(crate::shop::account::next(next)).fresh() })
}

/// The bag stays with the account, not with the browser.
#[server(prefix = "/fn", endpoint = "account/sign-out")]
pub async fn sign_out() -> Result<Reply> {
    let visit = Visit::current()?;
    visit.services.identity.sign_out(&visit.ctx, visit.session_token.as_deref().unwrap_or_default()).await?;
    visit.forget_session();
    visit.forget_cart();
    Ok(Reply { cart: super::CartNow::Gone, ..Reply::go("/").said("You are signed out.").fresh() })
}

#[server(prefix = "/fn", endpoint = "account/request-reset")]
pub async fn request_reset(email: String) -> Result<Reply> {
    let visit = Visit::current()?;
    visit.services.identity.request_reset(&visit.ctx, &email).await?;
    Ok(Reply::go("/account/reset?sent=1"))
}

#[server(prefix = "/fn", endpoint = "account/reset")]
pub async fn reset_password(token: String, new: String) -> Result<Reply> {
    let visit = Visit::current()?;
    let request = souk_contract::ResetPassword { token, new };
    visit.services.identity.reset_password(&visit.ctx, request).await?;
    Ok(Reply::go("/account/login?reset=1"))
}

#[server(prefix = "/fn", endpoint = "account/password")]
pub async fn change_password(current: String, new: String) -> Result<Reply> {
    let visit = Visit::current()?;
    let request = souk_contract::ChangePassword { current, new };
    let signed_in = visit.services.identity.change_password(&visit.ctx, request).await?;
    visit.keep_session(&signed_in.token);
    Ok(Reply::go("/account").said("Your password is changed. Other devices are signed out.").fresh())
}

#[server(prefix = "/fn", endpoint = "account/address")]
pub async fn save_address(
    #[server(default)] id: Option<AddressId>,
    address: Address,
    #[server(default)] default: Option<String>,
) -> Result<Reply> {
    let visit = Visit::current()?;
    let saved = visit.services.identity.save_address(&visit.ctx, id, address, default.is_some()).await;
    saved.map_err(|error| crate::failure::renamed(error, &[("address.", "address"), ("", "address")]))?;
    Ok(Reply::go("/account/addresses").said("The address is saved.").fresh())
}

#[server(prefix = "/fn", endpoint = "account/address/delete")]
pub async fn delete_address(id: AddressId) -> Result<Reply> {
    let visit = Visit::current()?;
    visit.services.identity.delete_address(&visit.ctx, id).await?;
    Ok(Reply::go("/account/addresses").said("The address is removed.").fresh())
}
