//! The work in the background: trying a file, writing it, fetching its pictures. One process at a time works on an import,
//! by a lease; another goes on where it stopped.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::Duration,
};

use souk_contract::{
    Ctx, Error, ImportChange, ImportCounts, ImportId, ImportState, ImportWork, ProductInput, Result,
    VariantId,
};
use souk_kernel::db::{Json, Text};
use souk_shopify_csv::HeaderError;
use tokio::{sync::mpsc, task::JoinHandle};

use crate::{
    LocalImports, collections,
    findings::{Findings, OnPace, Quiet, skipped},
    job::{Job, Level, ProductRow, StockKept},
    pictures,
    plan::{self, Planned, Refused, told},
    read::{self, Batch, Opened, Pieces},
    store,
};

const LEASE_SECONDS: i64 = 30;
const BEAT_EVERY: Duration = Duration::from_millis(700);
/// A file that nobody started.
const KEEP_FILES_SECONDS: i64 = 7 * 86_400;
const KEEP_HALVES_SECONDS: i64 = 86_400;

/// How far it has come, while somebody works on it.
#[derive(Default)]
pub(crate) struct Pace {
    pub(crate) done: AtomicI64,
    pub(crate) total: AtomicI64,
    /// Another process works on it now.
    lost: AtomicBool,
}

impl Pace {
    pub(crate) fn add(&self, count: i64) {
        self.done.fetch_add(count, Ordering::Relaxed);
    }

    /// # Errors
    /// Where the work is another's now.
    pub(crate) fn check(&self) -> Result<()> {
        if self.lost.load(Ordering::Relaxed) { Err(lost()) } else { Ok(()) }
    }

    fn now(&self) -> (i64, i64) {
        (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed))
    }
}

pub(crate) fn lost() -> Error {
    Error::conflict("lease_lost", "Another process works on this import.")
}

/// Ends with the work.
struct Beating(JoinHandle<()>);

impl Drop for Beating {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl LocalImports {
    /// Does one piece of waiting work, if there is any.
    ///
    /// # Errors
    /// Where a database refuses: the work is taken up again when its lease is over.
    pub async fn work(&self) -> Result<bool> {
        let now = self.0.kit.now();
        let waiting = store::waiting(&mut *self.0.db.read().await?, now).await?;
        let Some(job) = waiting else { return Ok(false) };
        let mut tx = self.0.db.begin().await?;
        let until = now.plus_seconds(LEASE_SECONDS);
        if !store::take(&mut tx, job.id, self.0.me, now, until).await? {
            return Ok(false);
        }
        tx.commit().await?;
        let pace = Arc::new(Pace::default());
        pace.total.store(job.total, Ordering::Relaxed);
        let _beating = self.beat(job.id, Arc::clone(&pace));
        let ctx = Ctx { channel: "admin", ..Ctx::system(format!("import-{}", job.id)) };
        let ctx = ctx.with_actor(job.actor.0.clone());
        match job.work.map(|work| work.0) {
            Some(ImportWork::Checking) => self.check(&ctx, job, &pace).await?,
            Some(ImportWork::Writing) => self.write(&ctx, job, &pace).await?,
            Some(ImportWork::Pictures) => self.fetch(&ctx, job, &pace).await?,
            Some(ImportWork::Reverting) => self.take_back(&ctx, job, &pace).await?,
            None => {}
        }
        Ok(true)
    }

    /// Deletes files that nobody started, and what taking back needs where it is too late for that.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn sweep(&self) -> Result<()> {
        let now = self.0.kit.now();
        let (files, halves) = (now.plus_seconds(-KEEP_FILES_SECONDS), now.plus_seconds(-KEEP_HALVES_SECONDS));
        let old = store::forgotten(&mut *self.0.db.read().await?, files, halves).await?;
        for (id,) in old {
            let mut tx = self.0.db.begin().await?;
            store::delete_pieces(&mut tx, id).await?;
            store::delete_findings(&mut tx, id).await?;
            store::delete_job(&mut tx, id).await?;
            tx.commit().await?;
        }
        let settled = now.plus_seconds(-crate::job::REVERT_SECONDS);
        let settled = store::settled(&mut *self.0.db.read().await?, settled).await?;
        for (id,) in settled {
            let mut tx = self.0.db.begin().await?;
            store::delete_findings(&mut tx, id).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    fn beat(&self, id: ImportId, pace: Arc<Pace>) -> Beating {
        let this = self.clone();
        Beating(tokio::spawn(async move {
            loop {
                tokio::time::sleep(BEAT_EVERY).await;
                match this.beat_once(id, &pace).await {
                    Ok(true) => {}
                    Ok(false) => return pace.lost.store(true, Ordering::Relaxed),
                    Err(error) => tracing::warn!(%id, %error, "an import can't say how far it is"),
                }
            }
        }))
    }

    async fn beat_once(&self, id: ImportId, pace: &Pace) -> Result<bool> {
        let until = self.0.kit.now().plus_seconds(LEASE_SECONDS);
        let mut tx = self.0.db.begin().await?;
        let mine = store::beat(&mut tx, id, self.0.me, pace.now(), until).await?;
        tx.commit().await?;
        Ok(mine)
    }

    /// The last step of a piece of work.
    pub(crate) async fn finish(&self, job: &Job) -> Result<()> {
        let mut tx = self.0.db.begin().await?;
        if !store::save(&mut tx, job, job.version).await? {
            return Err(lost());
        }
        // Nobody needs the file any more.
        if matches!(job.state.0, ImportState::Completed | ImportState::CompletedWithErrors) {
            store::delete_pieces(&mut tx, job.id).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn open(&self, job: &Job) -> Result<Result<Opened, HeaderError>> {
        let (sender, receiver) = mpsc::channel(2);
        let (this, id) = (self.clone(), job.id);
        tokio::spawn(async move {
            for number in 0.. {
                let piece = async {
                    let mut reader = this.0.db.read().await?;
                    store::piece(&mut reader, id, number).await
                };
                let piece = match piece.await {
                    Ok(Some((bytes,))) => Ok(bytes),
                    Ok(None) => return,
                    Err(error) => Err(std::io::Error::other(error.to_string())),
                };
                // Nobody reads any more.
                if sender.send(piece).await.is_err() {
                    return;
                }
            }
        });
        let (currency, chosen) = (self.0.settings.currency, job.chosen());
        let opening = move || read::open(Pieces::new(receiver), currency, &chosen);
        tokio::task::spawn_blocking(opening).await.map_err(Error::internal)
    }

    /// Says what would happen.
    async fn check(&self, ctx: &Ctx, mut job: Job, pace: &Pace) -> Result<()> {
        let mut tx = self.0.db.begin().await?;
        // Of a check that a crash cut off.
        store::delete_findings(&mut tx, job.id).await?;
        tx.commit().await?;
        let mut opened = match self.open(&job).await? {
            Ok(opened) => opened,
            Err(error) => {
                job.end(ImportState::Uploaded);
                job.trouble = Some(error.to_string());
                return self.finish(&job).await;
            }
        };
        let mut counts = ImportCounts::default();
        let mut findings = Findings::new(job.id, 0);
        findings.note(&opened.issues, &mut counts);
        while let Some(batch) = opened.batches.recv().await {
            pace.check()?;
            let batch = match batch {
                Ok(batch) => batch,
                Err(error) => {
                    job.trouble = Some(format!("The file breaks off: {error}."));
                    break;
                }
            };
            let seen = self.look_at(ctx, &opened, &batch, &mut findings, &mut counts).await?;
            let mut tx = self.0.db.begin().await?;
            findings.save(&mut tx).await?;
            for (row, _) in &seen {
                // What is kept for taking back is kept when it is written.
                let row = ProductRow { before: None, after: None, stock: None, ..row.clone() };
                store::add_product(&mut tx, job.id, &row).await?;
            }
            tx.commit().await?;
            pace.add(batch.bytes as i64);
        }
        let mut tx = self.0.db.begin().await?;
        findings.save(&mut tx).await?;
        tx.commit().await?;
        job.would = Some(Json(counts));
        job.end(ImportState::Validated);
        self.finish(&job).await
    }

    /// What is planned for the products of a batch, in the file's order, and with it what is to be written.
    async fn look_at(
        &self,
        ctx: &Ctx,
        opened: &Opened,
        batch: &Batch,
        findings: &mut Findings,
        counts: &mut ImportCounts,
    ) -> Result<Vec<(ProductRow, Option<Planned>)>> {
        for (_, entry) in &batch.entries {
            findings.note(&entry.issues, counts);
        }
        let (planned, mut refused) =
            plan::plan(self.neighbours(), ctx, &opened.present, &batch.entries, true).await?;
        let products = planned.iter().map(|one| one.product.clone()).collect();
        let checked = self.0.catalog.check_products(ctx, products).await?;
        let ids: Vec<VariantId> = planned
            .iter()
            .filter_map(|one| one.before.as_ref())
            .flat_map(|record| record.variant_ids.iter().copied())
            .collect();
        let levels = plan::levels(self.neighbours(), ctx, &ids).await?;
        let mut rows = Vec::with_capacity(batch.entries.len());
        for (one, after) in planned.into_iter().zip(checked) {
            let after = match after {
                Ok(after) => after,
                Err(error) => {
                    let (number, line, handle) = (one.number, one.line, one.product.handle);
                    refused.push(Refused { number, line, handle, reason: Some(told(&error)) });
                    continue;
                }
            };
            let before = one.before.as_ref().map(|record| &record.input);
            let mut fields = before.map(|before| crate::back::fields(before, &after)).unwrap_or_default();
            let mut kept = Vec::new();
            let mut restocked = false;
            for (variant, stock) in after.variants.iter().zip(&one.stock) {
                let known = one.before.as_ref().and_then(|record| {
                    let at = record.input.variants.iter().position(|known| known.options == variant.options);
                    record.variant_ids.get(at?).copied()
                });
                let Some(id) = known else { continue };
                let now = levels.get(&id);
                if let Some(set) = stock.of(id, now) {
                    let level = Level { on_hand: set.on_hand, tracked: set.tracked, policy: set.policy };
                    let was = now.map(Level::from);
                    restocked |= was != Some(level);
                    kept.push(StockKept { variant_id: id, before: was, after: level });
                }
            }
            if restocked {
                fields.push("stock".to_owned());
            }
            let change = match before {
                None => ImportChange::Created,
                Some(_) if fields.is_empty() => ImportChange::Unchanged,
                Some(_) => ImportChange::Updated,
            };
            counts.variants += after.variants.len() as i64;
            counts.pictures += after.media.len() as i64;
            let is_written = change != ImportChange::Unchanged;
            let row = ProductRow {
                n: one.number,
                line: one.line as i64,
                handle: after.handle.clone(),
                title: after.title.clone(),
                product_id: one.before.as_ref().map(|record| record.id),
                change: Text(change),
                fields: Json(fields),
                before: before.filter(|_| is_written).cloned().map(Json),
                after: is_written.then_some(Json(after)),
                stock: Some(Json(kept)),
                written: false,
                back: None,
                kept: Json(Vec::new()),
            };
            rows.push((row, Some(one)));
        }
        for one in refused {
            if let Some(reason) = one.reason {
                findings.add(one.line, reason);
            }
            rows.push((skipped(one.number, one.line, &one.handle, batch), None));
        }
        rows.sort_by_key(|(row, _)| row.n);
        for (row, _) in &rows {
            count(counts, row.change.0);
        }
        Ok(rows)
    }

    async fn write(&self, ctx: &Ctx, mut job: Job, pace: &Pace) -> Result<()> {
        let mut opened = match self.open(&job).await? {
            Ok(opened) => opened,
            Err(error) => {
                job.end(ImportState::CompletedWithErrors);
                job.trouble = Some(error.to_string());
                job.ended_at = Some(self.0.kit.now());
                return self.finish(&job).await;
            }
        };
        let (behind, mut findings, mut planned) = {
            let mut reader = self.0.db.read().await?;
            let behind = store::last_written(&mut reader, job.id).await?;
            let next = store::next_issue(&mut reader, job.id).await?;
            // A crash came between their being written and their being noted: what they were before counts.
            let planned: HashMap<i64, ProductRow> = store::products(&mut reader, job.id, behind, 1000)
                .await?
                .into_iter()
                .map(|row| (row.n, row))
                .collect();
            (behind, Findings::new(job.id, next), planned)
        };
        let mut did = job.did.map(|did| did.0).unwrap_or_default();
        if behind < 0 && findings.next == 0 {
            findings.note(&opened.issues, &mut did);
        }
        while let Some(batch) = opened.batches.recv().await {
            pace.check()?;
            let mut batch = match batch {
                Ok(batch) => batch,
                Err(error) => {
                    job.trouble = Some(format!("The file breaks off: {error}."));
                    break;
                }
            };
            pace.add(batch.bytes as i64);
            batch.entries.retain(|(number, _)| *number > behind);
            if batch.entries.is_empty() {
                continue;
            }
            let mut counts = did;
            let mut rows = self.look_at(ctx, &opened, &batch, &mut findings, &mut counts).await?;
            for (row, _) in &mut rows {
                if let Some(first) = planned.remove(&row.n) {
                    recount(&mut counts, row.change.0, first.change.0);
                    *row = first;
                }
            }
            let mut tx = self.0.db.begin().await?;
            for (row, _) in &rows {
                store::add_product(&mut tx, job.id, row).await?;
            }
            tx.commit().await?;
            self.write_batch(ctx, &job, &mut rows, &mut findings, &mut counts).await?;
            did = counts;
        }
        job.did = Some(Json(did));
        self.make_collections(ctx, job.id).await?;
        let bad = did.skipped > 0 || job.trouble.is_some();
        job.ended_at = Some(self.0.kit.now());
        job.end(if bad { ImportState::CompletedWithErrors } else { ImportState::Completed });
        if did.pictures > 0 {
            job.work = Some(Text(ImportWork::Pictures));
            (job.done, job.total) = (0, did.pictures);
        }
        self.finish(&job).await
    }

    async fn write_batch(
        &self,
        ctx: &Ctx,
        job: &Job,
        rows: &mut [(ProductRow, Option<Planned>)],
        findings: &mut Findings,
        counts: &mut ImportCounts,
    ) -> Result<()> {
        let (places, wanted): (Vec<usize>, Vec<Planned>) = rows
            .iter()
            .enumerate()
            .filter(|(_, (row, _))| matches!(row.change.0, ImportChange::Created | ImportChange::Updated))
            .filter_map(|(at, (_, planned))| Some((at, planned.clone()?)))
            .unzip();
        let outcomes = plan::write(self.neighbours(), ctx, &wanted).await?;
        let mut stock: HashMap<i64, Vec<StockKept>> = HashMap::new();
        for ((at, planned), outcome) in places.into_iter().zip(&wanted).zip(outcomes) {
            let Some((row, _)) = rows.get_mut(at) else { continue };
            match outcome {
                Ok(written) => {
                    row.product_id = Some(written.id);
                    let before = row.stock.take().map(|kept| kept.0).unwrap_or_default();
                    let now = planned.stock.iter().zip(written.variant_ids).filter_map(|(stock, id)| {
                        let known = before.iter().find(|kept| kept.variant_id == id);
                        if let Some(known) = known {
                            return Some(known.clone());
                        }
                        let set = stock.of(id, None)?;
                        let after = Level { on_hand: set.on_hand, tracked: set.tracked, policy: set.policy };
                        Some(StockKept { variant_id: id, before: None, after })
                    });
                    stock.insert(row.n, now.collect());
                }
                Err(error) => {
                    findings.add(planned.line, told(&error));
                    recount(counts, row.change.0, ImportChange::Skipped);
                    row.change = Text(ImportChange::Skipped);
                }
            }
        }
        let mut tx = self.0.db.begin().await?;
        findings.save(&mut tx).await?;
        for (row, _) in rows.iter() {
            store::set_written(&mut tx, job.id, row, stock.get(&row.n).map_or(&[], Vec::as_slice)).await?;
        }
        if !store::set_did(&mut tx, job.id, self.0.me, counts).await? {
            return Err(lost());
        }
        Ok(tx.commit().await?)
    }

    /// For the types of products that are new.
    async fn make_collections(&self, ctx: &Ctx, id: ImportId) -> Result<()> {
        let mut types: BTreeMap<String, u64> = BTreeMap::new();
        let mut after = -1;
        loop {
            let page = store::created(&mut *self.0.db.read().await?, id, after, 200).await?;
            let Some((last, ..)) = page.last() else { break };
            after = *last;
            for (.., Json(ProductInput { product_type, .. })) in page {
                let kind = product_type.trim();
                if !kind.is_empty() {
                    *types.entry(kind.to_owned()).or_default() += 1;
                }
            }
        }
        collections::make(&*self.0.catalog, ctx, &types, &Quiet).await?;
        Ok(())
    }

    /// Those of this import, and whatever else still waits for its picture.
    async fn fetch(&self, ctx: &Ctx, mut job: Job, pace: &Arc<Pace>) -> Result<()> {
        let teller = OnPace(Arc::clone(pace));
        let rules = &self.0.settings.fetch;
        let counts = pictures::store(&*self.0.catalog, ctx, rules, None, &teller).await?;
        let mut did = job.did.map(|did| did.0).unwrap_or_default();
        did.pictures_stored = counts.stored as i64;
        did.pictures_failed = counts.failed as i64;
        did.pictures_waiting = counts.waiting as i64;
        job.did = Some(Json(did));
        let state = job.state.0;
        job.end(state);
        self.finish(&job).await
    }
}

fn count(counts: &mut ImportCounts, change: ImportChange) {
    *of(counts, change) += 1;
}

fn recount(counts: &mut ImportCounts, from: ImportChange, to: ImportChange) {
    *of(counts, from) -= 1;
    *of(counts, to) += 1;
}

fn of(counts: &mut ImportCounts, change: ImportChange) -> &mut i64 {
    match change {
        ImportChange::Created => &mut counts.created,
        ImportChange::Updated => &mut counts.updated,
        ImportChange::Unchanged => &mut counts.unchanged,
        ImportChange::Skipped => &mut counts.skipped,
    }
}
