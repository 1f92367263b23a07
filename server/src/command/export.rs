//! `souk export shopify`: every product, in a file that imports without a change.

use std::{
    collections::{BTreeSet, HashMap},
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
};

use anyhow::Context as _;
use souk_contract::{Ctx, MAX_LIMIT, PageRequest, ProductRecord, StockLevel, VariantId};
use souk_import::mapping;
use souk_shopify_csv::Writer;

use crate::{cli::Outcome, compose::Shop, config::Settings};

/// Shopify's own number of options.
const LEAST_OPTIONS: usize = 3;

pub async fn run(settings: &Settings, file: &Path) -> anyhow::Result<Outcome> {
    let shop = Shop::open(settings).await?;
    let outcome = if file == Path::new("-") {
        write(&shop, io::stdout().lock()).await
    } else {
        // Beside it and renamed: a failed export leaves no half file.
        let partial = file.with_extension("partial");
        let output = File::create(&partial).with_context(|| partial.display().to_string())?;
        let outcome = write(&shop, BufWriter::new(output)).await;
        match &outcome {
            Ok(_) => std::fs::rename(&partial, file)?,
            Err(_) => std::fs::remove_file(&partial)?,
        }
        outcome
    };
    shop.close().await?;
    let Written { products, left_out } = outcome?;
    for reason in &left_out {
        eprintln!("error: {reason}");
    }
    eprintln!("{products} products exported");
    Ok(if left_out.is_empty() { Outcome::Done } else { Outcome::Unfinished })
}

struct Written {
    products: u64,
    left_out: Vec<String>,
}

/// Twice through the catalogue: the header must name every column before the first row.
async fn write(shop: &Shop, output: impl Write) -> anyhow::Result<Written> {
    let ctx = shop.ctx("export");
    let mut columns = BTreeSet::new();
    let mut options = LEAST_OPTIONS;
    let mut pages = Pages::new();
    while let Some(records) = pages.next(shop, &ctx).await? {
        for record in &records {
            columns.extend(mapping::extra_columns(&record.input));
            options = options.max(record.input.options.len());
        }
    }

    let mut writer = Writer::with_options(output, columns, options)?;
    let mut written = Written { products: 0, left_out: Vec::new() };
    let mut pages = Pages::new();
    while let Some(records) = pages.next(shop, &ctx).await? {
        let ids: Vec<VariantId> =
            records.iter().flat_map(|record| record.variant_ids.iter().copied()).collect();
        let levels = shop.services.inventory.levels(&ctx, &ids).await?;
        let levels: HashMap<VariantId, StockLevel> =
            levels.into_iter().map(|level| (level.variant_id, level)).collect();
        for record in &records {
            let own: Vec<_> = record.variant_ids.iter().map(|id| levels.get(id)).collect();
            match writer.write(&mapping::to_document(record, &own)) {
                Ok(()) => written.products += 1,
                Err(error @ souk_shopify_csv::WriteError::Product { .. }) => {
                    written.left_out.push(error.to_string())
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
    writer.finish()?.flush()?;
    Ok(written)
}

struct Pages(Option<PageRequest>);

impl Pages {
    fn new() -> Self {
        Self(Some(PageRequest { after: None, limit: Some(MAX_LIMIT) }))
    }

    async fn next(&mut self, shop: &Shop, ctx: &Ctx) -> anyhow::Result<Option<Vec<ProductRecord>>> {
        let Some(request) = self.0.take() else { return Ok(None) };
        let page = shop.services.catalog.product_records(ctx, &request).await?;
        self.0 = page.next.map(|next| PageRequest { after: Some(next), ..request });
        Ok(Some(page.items))
    }
}
