//! `souk export shopify`: every product, in a file that imports without a change.

use std::{
    fs::File,
    io::{self, BufWriter},
    path::Path,
};

use anyhow::Context as _;
use souk_import::{Exported, Neighbours, export};

use crate::{cli::Outcome, compose::Shop, config::Settings};

pub async fn run(settings: &Settings, file: &Path) -> anyhow::Result<Outcome> {
    let shop = Shop::open(settings).await?;
    let (near, ctx) = (neighbours(&shop), shop.ctx("export"));
    let outcome = if file == Path::new("-") {
        export(near, &ctx, &mut io::stdout()).await
    } else {
        // Beside it and renamed: a failed export leaves no half file.
        let partial = file.with_extension("partial");
        let output = File::create(&partial).with_context(|| partial.display().to_string())?;
        let outcome = export(near, &ctx, &mut BufWriter::new(output)).await;
        match &outcome {
            Ok(_) => std::fs::rename(&partial, file)?,
            Err(_) => std::fs::remove_file(&partial)?,
        }
        outcome
    };
    shop.close().await?;
    let Exported { products, left_out } = outcome?;
    for reason in &left_out {
        eprintln!("error: {reason}");
    }
    eprintln!("{products} products exported");
    Ok(if left_out.is_empty() { Outcome::Done } else { Outcome::Unfinished })
}

/// Whom an import or export of products asks.
pub fn neighbours(shop: &Shop) -> Neighbours<'_> {
    let services = &shop.services;
    Neighbours {
        catalog: &*services.catalog,
        attributes: &*services.attributes,
        inventory: &*services.inventory,
    }
}
