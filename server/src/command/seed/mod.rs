//! `souk seed`: the demo shop, or a made-up catalogue of any size.

mod demo;
mod past;
mod scale;

use anyhow::Context as _;
pub use demo::draw_missing;
use souk_contract::ListProducts;
use souk_kernel::{Clock, TestClock};

use crate::{
    cli::{Outcome, SeedArgs},
    compose::Shop,
    config::{Flags, Settings},
};

/// What the demo shop's own pages say of it, as its `souk.toml`.
const DEMO_SETTINGS: &str = "free_shipping_over = \"60.00\"\ncountry = \"BE\"\ntax_rate = 21.0\n";

/// Gives the demo shop its name and what it promises: as `souk.toml`, where the data folder is new and nobody said
/// anything else. True where it was written, so that the configuration has to be read again.
pub fn settle(flags: &Flags, settings: &Settings) -> anyhow::Result<bool> {
    let folder = &settings.data_dir;
    let file = folder.join("souk.toml");
    let own_database = settings.database.url.starts_with("sqlite:");
    if flags.config.is_some() || !own_database || folder.join("db").exists() || file.exists() {
        return Ok(false);
    }
    let demo = souk_demo::shop()?;
    let quoted = |text: &str| toml::Value::from(text).to_string();
    let text = format!(
        "# The demo shop's settings, written when it was seeded. `souk config` shows all there are.\n\n[shop]\n\
         name = {}\nemail = {}\n{DEMO_SETTINGS}",
        quoted(&demo.name),
        quoted(&demo.email),
    );
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&file, text))
        .with_context(|| format!("writing {}", file.display()))?;
    Ok(true)
}

pub async fn run(settings: &Settings, args: &SeedArgs) -> anyhow::Result<Outcome> {
    if let Some(count) = args.orders {
        return lived_in(settings, count, args).await;
    }
    let shop = Shop::open(settings).await?;
    let outcome = match args.scale {
        Some(count) => scale::run(&shop, settings, count, args.seed).await,
        None => demo(&shop, settings, !args.no_images).await,
    };
    shop.close().await?;
    outcome?;
    Ok(Outcome::Done)
}

/// The demo shop as if it had been open for two months.
async fn lived_in(settings: &Settings, orders: u32, args: &SeedArgs) -> anyhow::Result<Outcome> {
    let now = Clock::system().now();
    let clock = TestClock::at(now.plus_seconds(-(past::DAYS + 1) * 86_400));
    let shop = Shop::open_in_the_past(settings, clock.clock()).await?;
    let written = async {
        demo::write_all(&shop, settings).await?;
        past::orders(&shop, &clock, now, orders, args.seed).await?;
        clock.set(now);
        if !args.no_images {
            demo::draw_missing(&shop).await?;
        }
        anyhow::Ok(())
    };
    let outcome = written.await;
    shop.close().await?;
    outcome?;
    eprintln!("The demo shop is ready.");
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
