//! `souk migrate`: opening a database brings it up to date.

use crate::{cli::Outcome, compose::Shop, config::Settings};

pub async fn run(settings: &Settings) -> anyhow::Result<Outcome> {
    let shop = Shop::open(settings).await?;
    for db in shop.databases() {
        println!("{} is up to date", db.domain());
    }
    shop.close().await?;
    Ok(Outcome::Done)
}
