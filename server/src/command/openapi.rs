//! `souk openapi`: the same text as `/openapi.json`.

use std::io::Write as _;

use crate::{cli::Outcome, compose::Shop, config::Settings, web};

/// Opens an empty shop in a folder of its own: the description needs no data, and no data folder is made for it.
pub async fn run(settings: &Settings) -> anyhow::Result<Outcome> {
    let scratch = std::env::temp_dir().join(format!("souk-openapi-{}", std::process::id()));
    let settings = Settings {
        data_dir: scratch.clone(),
        database: souk_kernel::config::DatabaseConfig::sqlite(&scratch),
        ..settings.clone()
    };
    let text = describe(&settings).await;
    std::fs::remove_dir_all(&scratch)?;
    std::io::stdout().write_all(text?.as_bytes())?;
    Ok(Outcome::Done)
}

async fn describe(settings: &Settings) -> anyhow::Result<String> {
    let shop = Shop::open(settings).await?;
    let (_, openapi) = web::api(&shop.web_parts(None))?;
    shop.close().await?;
    Ok(format!("{}\n", serde_json::to_string_pretty(&openapi)?))
}
