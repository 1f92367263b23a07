use leptos::prelude::*;
use souk_contract::{CartLineId, VariantId};

use super::Reply;
#[cfg(feature = "ssr")]
use crate::context::Visit;
use crate::failure::Result;

#[server(prefix = "/fn", endpoint = "cart/add")]
pub async fn add_line(variant_id: VariantId, #[server(default)] quantity: Option<i64>) -> Result<Reply> {
    let visit = Visit::current()?;
    let line = souk_contract::AddLine { variant_id, quantity: quantity.unwrap_or(1) };
    let cart = visit.services.carts.add_line(&visit.ctx, &visit.open_cart().await?, line).await?;
    Ok(Reply { bag: true, ..Reply::cart(cart).said("Added to your cart.") })
}

#[server(prefix = "/fn", endpoint = "cart/quantity")]
pub async fn set_quantity(line_id: CartLineId, quantity: i64) -> Result<Reply> {
    let visit = Visit::current()?;
    let cart =
        visit.services.carts.set_quantity(&visit.ctx, visit.require_cart()?, line_id, quantity).await?;
    Ok(Reply::cart(cart))
}

#[server(prefix = "/fn", endpoint = "cart/code")]
pub async fn add_code(code: String) -> Result<Reply> {
    let visit = Visit::current()?;
    let cart = visit.services.carts.add_code(&visit.ctx, visit.require_cart()?, &code).await?;
    Ok(Reply::cart(cart))
}

#[server(prefix = "/fn", endpoint = "cart/code/remove")]
pub async fn remove_code(code: String) -> Result<Reply> {
    let visit = Visit::current()?;
    let cart = visit.services.carts.remove_code(&visit.ctx, visit.require_cart()?, &code).await?;
    Ok(Reply::cart(cart))
}
