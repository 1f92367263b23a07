//! `souk import shopify`: rows become products and stock, in batches, as the file is read.

use std::{collections::BTreeMap, fs::File, sync::Mutex};

use anyhow::Context as _;
use souk_contract::{Change, Ctx, Currency};
use souk_import::{
    BATCH, Batch, Opened, Planned, Present, Refused, Teller, plan, store_pictures, told, write,
};
use souk_shopify_csv::{Chosen, RowIssue};

use crate::{
    cli::{ImportArgs, Outcome},
    command::export::neighbours,
    compose::Shop,
    config::Settings,
    progress::Progress,
};

/// Warnings are many in some files; errors are all said.
const WARNINGS_SHOWN: u64 = 50;

/// What a file came to.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Summary {
    pub created: u64,
    pub updated: u64,
    pub unchanged: u64,
    /// Products with an error in a row: nothing of them was written.
    pub skipped: u64,
    pub warnings: u64,
    pub collections: u64,
}

pub async fn run(settings: &Settings, args: &ImportArgs) -> anyhow::Result<Outcome> {
    let file = &args.file;
    // Before anything is opened: most mistakes are in the name.
    let size = std::fs::metadata(file).with_context(|| file.display().to_string())?.len();
    if let Some(folder) = &args.media_dir {
        std::fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    }
    let shop = Shop::open(settings).await?;
    let outcome = Importer::new(&shop, settings.shop.currency, size).run(settings, args).await;
    shop.close().await?;
    outcome
}

struct Importer<'s> {
    shop: &'s Shop,
    ctx: Ctx,
    currency: Currency,
    bar: Bar,
    summary: Summary,
    /// Product types that were seen, and how often.
    types: BTreeMap<String, u64>,
}

impl<'s> Importer<'s> {
    fn new(shop: &'s Shop, currency: Currency, size: u64) -> Self {
        let bar = Bar::default();
        bar.begin("reading", size, true);
        Self {
            ctx: shop.ctx("import"),
            shop,
            currency,
            bar,
            summary: Summary::default(),
            types: BTreeMap::new(),
        }
    }

    async fn run(mut self, settings: &Settings, args: &ImportArgs) -> anyhow::Result<Outcome> {
        let file = &args.file;
        let input = File::open(file).with_context(|| file.display().to_string())?;
        let Opened { present, issues, mut batches } = souk_import::open(input, self.currency, &Chosen::new())
            .with_context(|| file.display().to_string())?;
        self.note(&issues);
        // All or nothing, or only looking: everything is read before anything is written.
        let (first, mut all) = (args.dry_run || args.strict, Vec::new());
        while let Some(batch) = batches.recv().await {
            let planned = self.take(&present, batch?).await?;
            if !first {
                self.write(&planned).await?;
                continue;
            }
            for one in planned {
                match souk_catalog::check(&one.product, self.currency) {
                    Ok(()) => all.push(one),
                    Err(error) => self.skip(one.line, &one.product.handle, &told(&error)),
                }
            }
        }
        if self.summary.skipped > 0 && args.strict {
            self.bar.finish();
            println!(
                "Nothing was imported: {} of {} products have errors.",
                self.summary.skipped,
                all.len() as u64 + self.summary.skipped
            );
            return Ok(Outcome::Unfinished);
        }
        if args.dry_run {
            self.bar.finish();
            return self.say_dry_run(&all).await;
        }
        for batch in all.chunks(BATCH) {
            self.write(batch).await?;
        }
        let catalog = &*self.shop.services.catalog;
        self.summary.collections =
            souk_import::make_collections(catalog, &self.ctx, &self.types, &self.bar).await?;
        self.bar.finish();
        let Summary { created, updated, unchanged, skipped, warnings, collections } = self.summary;
        println!(
            "{created} created, {updated} updated, {unchanged} unchanged, {skipped} skipped, {warnings} warnings; {collections} new collections"
        );
        if !args.no_images {
            let rules = settings.fetch.rules();
            let ctx = self.shop.ctx("import-pictures");
            let counts = store_pictures(catalog, &ctx, &rules, args.media_dir.as_deref(), &self.bar).await?;
            println!("{counts}");
        }
        Ok(if skipped > 0 && args.strict { Outcome::Unfinished } else { Outcome::Done })
    }

    fn skip(&mut self, line: u64, handle: &str, reason: &str) {
        self.summary.skipped += 1;
        self.bar.say(&format!("error: line {line}, product {handle:?}: {reason}"));
    }

    fn note(&mut self, issues: &[RowIssue]) {
        for issue in issues {
            if issue.is_error() {
                self.bar.say(&format!("error: {issue}"));
                continue;
            }
            self.summary.warnings += 1;
            if self.summary.warnings <= WARNINGS_SHOWN {
                self.bar.say(&format!("warning: {issue}"));
            } else if self.summary.warnings == WARNINGS_SHOWN + 1 {
                self.bar.say("warning: and more, counted below");
            }
        }
    }

    /// Says the issues, counts, and leaves the products.
    async fn take(&mut self, present: &Present, batch: Batch) -> anyhow::Result<Vec<Planned>> {
        for (_, entry) in &batch.entries {
            self.note(&entry.issues);
        }
        let (planned, refused) =
            plan(neighbours(self.shop), &self.ctx, present, &batch.entries, false).await?;
        for Refused { line, handle, reason, .. } in refused {
            match reason {
                Some(reason) => self.skip(line, &handle, &reason),
                // Its rows have said why.
                None => self.summary.skipped += 1,
            }
        }
        self.bar.add(batch.bytes);
        Ok(planned)
    }

    async fn write(&mut self, planned: &[Planned]) -> anyhow::Result<()> {
        let outcomes = write(neighbours(self.shop), &self.ctx, planned).await?;
        for (one, outcome) in planned.iter().zip(outcomes) {
            let written = match outcome {
                Ok(written) => written,
                Err(error) => {
                    self.skip(one.line, &one.product.handle, &told(&error));
                    continue;
                }
            };
            match written.change {
                Change::Created => self.summary.created += 1,
                Change::Updated => self.summary.updated += 1,
                Change::Unchanged => self.summary.unchanged += 1,
            }
            let kind = one.product.product_type.trim();
            if !kind.is_empty() {
                *self.types.entry(kind.to_owned()).or_default() += 1;
            }
        }
        Ok(())
    }

    /// Which handles are there already is all that is said here; the browser's import says each field.
    async fn say_dry_run(&self, planned: &[Planned]) -> anyhow::Result<Outcome> {
        let mut present = 0;
        for batch in planned.chunks(BATCH) {
            let handles: Vec<String> = batch.iter().map(|one| one.product.handle.clone()).collect();
            present += self.shop.services.catalog.products_by_handle(&self.ctx, &handles).await?.len();
        }
        let variants: usize = planned.iter().map(|one| one.product.variants.len()).sum();
        let pictures: usize = planned.iter().map(|one| one.product.media.len()).sum();
        println!(
            "Would create {} products and update or leave {present}, with {variants} variants and {pictures} pictures; \
             {} would be skipped, {} warnings. Nothing was written.",
            planned.len() - present,
            self.summary.skipped,
            self.summary.warnings
        );
        Ok(if self.summary.skipped > 0 { Outcome::Unfinished } else { Outcome::Done })
    }
}

/// The bar on the terminal, one after the other.
#[derive(Default)]
struct Bar(Mutex<Option<Progress>>);

impl Bar {
    fn with(&self, act: impl FnOnce(&Progress)) {
        let bar = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(bar) = bar.as_ref() {
            act(bar);
        }
    }
}

impl Teller for Bar {
    fn begin(&self, what: &'static str, total: u64, bytes: bool) {
        let mut bar = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *bar = Some(Progress::new(what, total, bytes));
    }

    fn add(&self, count: u64) {
        self.with(|bar| bar.add(count));
    }

    fn say(&self, line: &str) {
        self.with(|bar| bar.say(line));
    }

    fn finish(&self) {
        self.with(Progress::finish);
    }
}
