use leptos::prelude::*;
use souk_contract::{CartLineId, VariantId};

use super::Reply;
#[cfg(feature = "ssr")]
use crate::context::Visit;
use crate::failure::Result;

#[server(prefix = "/fn", endpoint = "cart/add")]
pub async fn add_line(
    variant_id: VariantId,
    #[server(default)] quantity: Option<i64>,
    #[server(default)] first: Option<VariantId>,
    #[server(default)] options: Vec<String>,
) -> Result<Reply> {
    let visit = Visit::current()?;
    let variant_id = if first == Some(variant_id) && !options.is_empty() {
        with_options(&visit, variant_id, &options).await?
    } else {
        variant_id
    };
    let line = souk_contract::AddLine { variant_id, quantity: quantity.unwrap_or(1) };
    let cart = visit.services.carts.add_line(&visit.ctx, &visit.open_cart().await?, line).await?;
    Ok(Reply { bag: true, ..Reply::cart(cart).said("Added to your cart.") })
}

/// The variant of the same product that has these options.
#[cfg(feature = "ssr")]
async fn with_options(visit: &Visit, variant: VariantId, options: &[String]) -> Result<VariantId> {
    use souk_contract::{Error, ProductLookup};

    let catalog = &visit.services.catalog;
    let known = catalog.variants(&visit.ctx, &[variant]).await?;
    let Some(known) = known.first().filter(|known| known.variant.options != options) else {
        return Ok(variant);
    };
    let ProductLookup::Found(product) = catalog.product(&visit.ctx, &known.product_handle).await? else {
        return Ok(variant);
    };
    let found = product.variants.iter().find(|one| one.options == options);
    let none =
        || Error::conflict("no_such_variant", "This combination isn't made. Please choose another one.");
    Ok(found.ok_or_else(none)?.id)
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
