//! `souk seed`: the demo shop, or a made-up catalogue of any size.

mod demo;
mod scale;

use souk_contract::ListProducts;

use crate::{
    cli::{Outcome, SeedArgs},
    compose::Shop,
    config::Settings,
};

pub async fn run(settings: &Settings, args: &SeedArgs) -> anyhow::Result<Outcome> {
    let shop = Shop::open(settings).await?;
    let outcome = match args.scale {
        Some(count) => scale::run(&shop, settings, count, args.seed).await,
        None => demo::run(&shop, settings).await,
    };
    shop.close().await?;
    outcome?;
    Ok(Outcome::Done)
}

/// For the first start.
pub async fn demo_if_empty(shop: &Shop, settings: &Settings) -> anyhow::Result<()> {
    let request = ListProducts { limit: Some(1), ..ListProducts::default() };
    let listing = shop.services.catalog.list(&shop.ctx("seed"), &request).await?;
    if listing.total == 0 { demo::run(shop, settings).await } else { Ok(()) }
}
