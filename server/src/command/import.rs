//! `souk import shopify`: rows become products and stock, in batches, as the file is read.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::BufReader,
    path::Path,
};

use anyhow::Context as _;
use souk_contract::{
    Change, CollectionInput, CollectionKind, CollectionRule, Ctx, Currency, ProductInput, Seo, SetStock,
};
use souk_shopify_csv::{Reader, RowIssue};
use tokio::sync::mpsc;

use super::{
    mapping::{self, Stock},
    pictures,
};
use crate::{
    cli::{ImportArgs, Outcome},
    compose::Shop,
    config::Settings,
    progress::Progress,
};

const BATCH: usize = 200;
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

/// A product as it stood in the file.
struct Item {
    line: u64,
    product: ProductInput,
    stock: Vec<Stock>,
}

/// What was read since the last one.
#[derive(Default)]
struct Batch {
    items: Vec<Item>,
    skipped: u64,
    issues: Vec<(bool, String)>,
    bytes: u64,
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
    progress: Progress,
    summary: Summary,
    /// Product types that were seen, and how often.
    types: BTreeMap<String, u64>,
}

impl<'s> Importer<'s> {
    fn new(shop: &'s Shop, currency: Currency, size: u64) -> Self {
        Self {
            ctx: shop.ctx("import"),
            shop,
            currency,
            progress: Progress::new("reading", size, true),
            summary: Summary::default(),
            types: BTreeMap::new(),
        }
    }

    async fn run(mut self, settings: &Settings, args: &ImportArgs) -> anyhow::Result<Outcome> {
        if args.dry_run || args.strict {
            let items = self.read_all(&args.file).await?;
            if self.summary.skipped > 0 && args.strict {
                self.progress.finish();
                println!(
                    "Nothing was imported: {} of {} products have errors.",
                    self.summary.skipped,
                    items.len() as u64 + self.summary.skipped
                );
                return Ok(Outcome::Unfinished);
            }
            if args.dry_run {
                self.progress.finish();
                return self.say_dry_run(&items).await;
            }
            let mut items = items.into_iter();
            loop {
                let batch: Vec<Item> = items.by_ref().take(BATCH).collect();
                if batch.is_empty() {
                    break;
                }
                self.write(batch).await?;
            }
        } else {
            let mut batches = read(&args.file, self.currency)?;
            while let Some(batch) = batches.recv().await {
                let items = self.take(batch?);
                self.write(items).await?;
            }
        }
        self.collections().await?;
        self.progress.finish();
        let Summary { created, updated, unchanged, skipped, warnings, collections } = self.summary;
        println!(
            "{created} created, {updated} updated, {unchanged} unchanged, {skipped} skipped, {warnings} warnings; {collections} new collections"
        );
        if !args.no_images {
            let counts = pictures::store(self.shop, &settings.fetch, args.media_dir.as_deref()).await?;
            println!("{counts}");
        }
        Ok(if skipped > 0 && args.strict { Outcome::Unfinished } else { Outcome::Done })
    }

    /// Everything, before anything is written.
    async fn read_all(&mut self, file: &Path) -> anyhow::Result<Vec<Item>> {
        let mut batches = read(file, self.currency)?;
        let mut all = Vec::new();
        while let Some(batch) = batches.recv().await {
            for item in self.take(batch?) {
                match souk_catalog::check(&item.product, self.currency) {
                    Ok(()) => all.push(item),
                    Err(error) => self.skip(item.line, &item.product.handle, &error),
                }
            }
        }
        Ok(all)
    }

    fn skip(&mut self, line: u64, handle: &str, error: &souk_contract::Error) {
        self.summary.skipped += 1;
        let reason = match error {
            souk_contract::Error::Invalid { fields } => fields
                .iter()
                .map(|field| format!("{}: {}", field.field, field.message))
                .collect::<Vec<_>>()
                .join("; "),
            other => other.to_string(),
        };
        self.progress.say(&format!("error: line {line}, product {handle:?}: {reason}"));
    }

    /// Says the issues, counts, and leaves the products.
    fn take(&mut self, batch: Batch) -> Vec<Item> {
        self.summary.skipped += batch.skipped;
        for (is_error, text) in batch.issues {
            if is_error {
                self.progress.say(&format!("error: {text}"));
                continue;
            }
            self.summary.warnings += 1;
            if self.summary.warnings <= WARNINGS_SHOWN {
                self.progress.say(&format!("warning: {text}"));
            } else if self.summary.warnings == WARNINGS_SHOWN + 1 {
                self.progress.say("warning: and more, counted below");
            }
        }
        self.progress.add(batch.bytes);
        batch.items
    }

    async fn write(&mut self, items: Vec<Item>) -> anyhow::Result<()> {
        let services = &self.shop.services;
        let products = items.iter().map(|item| item.product.clone()).collect();
        let written = services.catalog.put_products(&self.ctx, products).await?;
        let mut levels: Vec<SetStock> = Vec::new();
        for (item, outcome) in items.iter().zip(written) {
            match outcome {
                Ok(written) => {
                    match written.change {
                        Change::Created => self.summary.created += 1,
                        Change::Updated => self.summary.updated += 1,
                        Change::Unchanged => self.summary.unchanged += 1,
                    }
                    levels.extend(item.stock.iter().zip(written.variant_ids).map(|(stock, id)| stock.of(id)));
                    let kind = item.product.product_type.trim();
                    if !kind.is_empty() {
                        *self.types.entry(kind.to_owned()).or_default() += 1;
                    }
                }
                Err(error) => self.skip(item.line, &item.product.handle, &error),
            }
        }
        services.inventory.set_stock(&self.ctx, levels, "import").await?;
        Ok(())
    }

    /// Each product type gets a place in the menu, unless it has one; the largest first.
    async fn collections(&mut self) -> anyhow::Result<()> {
        let catalog = &self.shop.services.catalog;
        let present = catalog.collections(&self.ctx).await?;
        let mut handles: BTreeSet<String> = present.iter().map(|one| one.handle.clone()).collect();
        let mut position = present.iter().map(|one| one.position).max().unwrap_or_default();
        let mut types: Vec<(&String, &u64)> = self.types.iter().collect();
        types.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        for (kind, _) in types {
            let has_one = present.iter().any(
                |one| matches!(&one.rule, CollectionRule::Type { equals } if equals.eq_ignore_ascii_case(kind)),
            );
            let handle = slug(kind);
            if has_one || handle.is_empty() || !handles.insert(handle.clone()) {
                continue;
            }
            position += 1;
            let collection = CollectionInput {
                handle,
                title: kind.clone(),
                description_html: String::new(),
                kind: CollectionKind::Category,
                rule: CollectionRule::Type { equals: kind.clone() },
                media: None,
                seo: Seo::default(),
                position,
            };
            match catalog.put_collection(&self.ctx, collection).await {
                Ok(_) => self.summary.collections += 1,
                Err(error) => self.progress.say(&format!("warning: no collection for {kind:?}: {error}")),
            }
        }
        Ok(())
    }

    /// Which handles are there already is all that can be said without writing.
    async fn say_dry_run(&self, items: &[Item]) -> anyhow::Result<Outcome> {
        let known = self.handles().await?;
        let present = items.iter().filter(|item| known.contains(&item.product.handle)).count();
        let variants: usize = items.iter().map(|item| item.product.variants.len()).sum();
        let pictures: usize = items.iter().map(|item| item.product.media.len()).sum();
        println!(
            "Would create {} products and update or leave {present}, with {variants} variants and {pictures} pictures; \
             {} would be skipped, {} warnings. Nothing was written.",
            items.len() - present,
            self.summary.skipped,
            self.summary.warnings
        );
        Ok(if self.summary.skipped > 0 { Outcome::Unfinished } else { Outcome::Done })
    }

    async fn handles(&self) -> anyhow::Result<BTreeSet<String>> {
        let mut handles = BTreeSet::new();
        let mut page = souk_contract::PageRequest { after: None, limit: Some(souk_contract::MAX_LIMIT) };
        loop {
            let records = self.shop.services.catalog.product_records(&self.ctx, &page).await?;
            handles.extend(records.items.into_iter().map(|record| record.input.handle));
            match records.next {
                Some(next) => page.after = Some(next),
                None => return Ok(handles),
            }
        }
    }
}

/// Lower case, dashes between words: as a path wants it.
fn slug(text: &str) -> String {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

/// Reads on a thread of its own, a few batches ahead.
fn read(file: &Path, currency: Currency) -> anyhow::Result<mpsc::Receiver<anyhow::Result<Batch>>> {
    let input = File::open(file).with_context(|| file.display().to_string())?;
    let mut reader =
        Reader::new(BufReader::new(input), currency).with_context(|| file.display().to_string())?;
    let (sender, receiver) = mpsc::channel(2);
    let mut batch = Batch::default();
    batch.issues.extend(reader.header_issues().iter().map(told));
    std::thread::spawn(move || {
        let mut seen = 0;
        loop {
            let entry = match reader.next() {
                None => break,
                Some(Ok(entry)) => entry,
                Some(Err(error)) => {
                    let _ = sender.blocking_send(Ok(std::mem::take(&mut batch)));
                    let _ = sender.blocking_send(Err(error.into()));
                    return;
                }
            };
            batch.issues.extend(entry.issues.iter().map(told));
            match entry.product.as_ref().map(mapping::from_document) {
                None => batch.skipped += 1,
                Some(Ok((product, stock))) => batch.items.push(Item { line: entry.line, product, stock }),
                Some(Err(reason)) => {
                    batch.skipped += 1;
                    batch
                        .issues
                        .push((true, format!("line {}, product {:?}: {reason}", entry.line, entry.handle)));
                }
            }
            if batch.items.len() >= BATCH {
                batch.bytes = reader.bytes_read() - seen;
                seen = reader.bytes_read();
                // Nobody listens any more: the import failed.
                if sender.blocking_send(Ok(std::mem::take(&mut batch))).is_err() {
                    return;
                }
            }
        }
        batch.bytes = reader.bytes_read() - seen;
        let _ = sender.blocking_send(Ok(batch));
    });
    Ok(receiver)
}

fn told(issue: &RowIssue) -> (bool, String) {
    (issue.is_error(), issue.to_string())
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn slugs_are_fit_for_a_path() {
        assert_eq!(slug("T-Shirts & Tops"), "t-shirts-tops");
        assert_eq!(slug("  Überwurf / Schal "), "überwurf-schal");
        assert_eq!(slug("&&"), "");
    }
}
