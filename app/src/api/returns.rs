use std::collections::BTreeMap;

use leptos::prelude::*;
use souk_contract::{ReturnId, ReturnReason};

use super::Reply;
#[cfg(feature = "ssr")]
use crate::context::Visit;
use crate::failure::Result;

/// By the signed link of an order: the customer's own page has it too. Lines are called as by [`crate::shop::returns::key`].
#[server(prefix = "/fn", endpoint = "orders/return")]
pub async fn ask_return(
    token: String,
    id: ReturnId,
    #[server(default)] pieces: BTreeMap<String, i64>,
    #[server(default)] reasons: BTreeMap<String, ReturnReason>,
    #[server(default)] note: String,
) -> Result<Reply> {
    let visit = Visit::current()?;
    let request = crate::shop::returns::request(id, &pieces, &reasons, note);
    let order = souk_contract::OwnOrder::Link(token.clone());
    visit.services.returns.ask(&visit.ctx, &order, request).await?;
    Ok(Reply::go(crate::shop::returns::path(&token)).said("We have it, and write to you.").fresh())
}

#[server(prefix = "/fn", endpoint = "orders/return/cancel")]
pub async fn cancel_return(token: String, id: ReturnId) -> Result<Reply> {
    let visit = Visit::current()?;
    let order = souk_contract::OwnOrder::Link(token.clone());
    visit.services.returns.give_up(&visit.ctx, &order, id).await?;
    Ok(Reply::go(crate::shop::returns::path(&token)).said("Your return is cancelled.").fresh())
}
