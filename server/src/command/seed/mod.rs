//! `souk seed`: the demo shop, or a made-up catalogue of any size.

mod demo;
mod scale;

pub use demo::draw_missing;
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
        None => demo(&shop, settings, !args.no_images).await,
    };
    shop.close().await?;
    outcome?;
    Ok(Outcome::Done)
}

async fn demo(shop: &Shop, settings: &Settings, draw: bool) -> anyhow::Result<()> {
    demo::write_all(shop, settings).await?;
    if draw {
        demo::draw_missing(shop).await?;
    }
    eprintln!("The demo shop is ready.");
    Ok(())
}

/// For the first start: when this returns the shop can be used, with [`draw_missing`] still to come.
pub async fn demo_if_empty(shop: &Shop, settings: &Settings) -> anyhow::Result<()> {
    let request = ListProducts { limit: Some(1), ..ListProducts::default() };
    let listing = shop.services.catalog.list(&shop.ctx("seed"), &request).await?;
    if listing.total == 0 { demo::write_all(shop, settings).await } else { Ok(()) }
}
