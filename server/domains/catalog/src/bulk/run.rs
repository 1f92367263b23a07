//! Loading, deciding and saving an edit of many products. It is one transaction: all of it or nothing. Others who write to the
//! catalogue wait for it, shoppers read on.

use std::collections::BTreeSet;

use souk_contract::{
    Actor, BulkEdit, BulkPreview, BulkRun, BulkRunId, BulkSelection, BulkUndone, Ctx, Error, Page,
    PageRequest, ProductChanged, ProductId, ProductInput, ProductModel, ProductRecord, Result, Timestamp,
    VersionKind,
};
use souk_kernel::{Conn, Tx, audit::Audited, db::Json};
use uuid::Uuid;

use super::{Changed, apply, changes, check, is_selected, show, take_back};
use crate::{
    LocalCatalog,
    fresh::Marks,
    logged,
    store::{self, CHUNK, bulk::RunRow, prices::Since},
    versions::{Cause, Saved, staff},
};

/// More at once would keep others waiting.
const MOST_PRODUCTS: i64 = 50_000;
/// Values in one page of a preview.
const MOST_SHOWN: usize = 200;

impl LocalCatalog {
    /// Selected products by id, those after this one, and how far they go: none where they are all.
    async fn selected(
        &self,
        conn: &mut Conn,
        selection: &BulkSelection,
        after: ProductId,
    ) -> Result<(Vec<ProductRecord>, Option<ProductId>)> {
        let (rows, last) = if selection.ids.is_empty() {
            let rows = store::products::page_by_id(conn, after, CHUNK).await?;
            let last = rows.last().map(|row| row.id).filter(|_| rows.len() == CHUNK);
            (rows, last)
        } else {
            let wanted: BTreeSet<ProductId> =
                selection.ids.iter().copied().filter(|id| *id > after).collect();
            let now: Vec<ProductId> = wanted.iter().copied().take(CHUNK).collect();
            let last = now.last().copied().filter(|_| wanted.len() > CHUNK);
            let rows = if now.is_empty() { Vec::new() } else { store::products::by_ids(conn, &now).await? };
            (rows, last)
        };
        let records = self.records_of(conn, rows).await?;
        Ok((records.into_iter().filter(|record| is_selected(selection, record)).collect(), last))
    }

    pub(crate) async fn preview_edit(
        &self,
        edit: &BulkEdit,
        after: Option<ProductId>,
    ) -> Result<BulkPreview> {
        check(&edit.actions, self.settings.currency)?;
        let mut preview =
            BulkPreview { matched: 0, products: 0, values: 0, warnings: 0, changes: Vec::new(), next: None };
        let mut reader = self.db.read().await?;
        let mut from = Some(ProductId::new(Uuid::nil()));
        let mut full = false;
        while let Some(begin) = from {
            let (records, next) = self.selected(&mut reader, &edit.selection, begin).await?;
            from = next;
            for record in &records {
                preview.matched += 1;
                let changed_to = apply(&edit.actions, &record.input);
                let values = changes(&record.input, &changed_to, &record.variant_ids);
                if values.is_empty() {
                    continue;
                }
                preview.products += 1;
                preview.values += values.len() as i64;
                let shown: Vec<_> = values.iter().map(|value| show(record, &changed_to, value)).collect();
                preview.warnings += shown.iter().filter(|one| one.warning.is_some()).count() as i64;
                if after.is_some_and(|after| record.id <= after) || full {
                    continue;
                }
                // A product's values stay together, so that the next page begins with another product.
                if !preview.changes.is_empty() && preview.changes.len() + shown.len() > MOST_SHOWN {
                    full = true;
                    preview.next = preview.changes.last().map(|last| last.product_id);
                    continue;
                }
                preview.changes.extend(shown);
            }
            too_many(preview.matched)?;
        }
        Ok(preview)
    }

    pub(crate) async fn run_edit(&self, ctx: &Ctx, edit: BulkEdit) -> Result<BulkRun> {
        let _turn = self.writing.lock().await;
        let mut tx = self.db.begin().await?;
        let (run, changed) = self.edit(ctx, &mut tx, edit).await?;
        self.commit(tx, changed).await?;
        Ok(run)
    }

    /// Whoever commits holds [`writing`](Self::writing).
    pub(super) async fn edit(&self, ctx: &Ctx, tx: &mut Tx, edit: BulkEdit) -> Result<(BulkRun, Marks)> {
        check(&edit.actions, self.settings.currency)?;
        let mut row = RunRow {
            id: self.kit.ids.next(),
            at: self.kit.now(),
            staff_id: staff(ctx),
            actions: Json(edit.actions.clone()),
            products: 0,
            value_count: 0,
            undone_at: None,
        };
        let model = Self::locked_model(tx).await?;
        store::bulk::add_run(tx, &row).await?;
        let mut changed = Vec::new();
        let mut matched = 0;
        let mut from = Some(ProductId::new(Uuid::nil()));
        while let Some(begin) = from {
            let (records, next) = self.selected(tx, &edit.selection, begin).await?;
            from = next;
            matched += records.len() as i64;
            too_many(matched)?;
            let edited =
                records.iter().filter_map(|record| Edited::of(record, apply(&edit.actions, &record.input)));
            let edited: Vec<Edited<'_>> = edited.collect();
            self.save_edited(ctx, tx, &model, &edited).await?;
            store::bulk::add_changes(tx, row.id, &edited).await?;
            row.value_count += edited.iter().map(|one| one.values.len() as i64).sum::<i64>();
            changed.extend(edited.iter().map(|one| one.record.id));
        }
        row.products = changed.len() as i64;
        if changed.is_empty() {
            return Err(Error::conflict("nothing_to_do", "No product would become different."));
        }
        if edit.expected.is_some_and(|expected| expected != row.value_count) {
            let message = format!("{} values would change now. Please look at them again.", row.value_count);
            return Err(Error::conflict("changed_meanwhile", message));
        }
        store::bulk::set_counts(tx, row.id, row.products, row.value_count).await?;
        Ok((row.show(), Marks::products(changed)))
    }

    pub(crate) async fn undo_edit(&self, ctx: &Ctx, id: BulkRunId) -> Result<BulkUndone> {
        let _turn = self.writing.lock().await;
        let mut tx = self.db.begin().await?;
        let (undone, changed) = self.undo(ctx, &mut tx, id).await?;
        self.commit(tx, changed).await?;
        Ok(undone)
    }

    /// Whoever commits holds [`writing`](Self::writing).
    pub(super) async fn undo(&self, ctx: &Ctx, tx: &mut Tx, id: BulkRunId) -> Result<(BulkUndone, Marks)> {
        let now = self.kit.now();
        let model = Self::locked_model(tx).await?;
        let mut row = store::bulk::run(tx, id).await?.ok_or_else(|| Error::not_found("edit"))?;
        if !store::bulk::set_undone(tx, id, now).await? {
            return Err(Error::conflict("undone", "This edit was taken back already."));
        }
        row.undone_at = Some(now);
        let (mut changed, mut kept, mut restored) = (Vec::new(), 0, 0);
        let mut after = ProductId::new(Uuid::nil());
        loop {
            let page = store::bulk::changes_after(tx, id, after, CHUNK).await?;
            let Some((last, _)) = page.last() else { break };
            after = *last;
            let ids: Vec<ProductId> = page.iter().map(|(product, _)| *product).collect();
            let rows = store::products::by_ids(tx, &ids).await?;
            let records = self.records_of(tx, rows).await?;
            let mut edited = Vec::new();
            for (product, values) in page {
                let Some(record) = records.iter().find(|record| record.id == product) else {
                    kept += values.0.len() as i64;
                    continue;
                };
                let (input, left) = take_back(&values.0, record);
                kept += left;
                restored += values.0.len() as i64 - left;
                edited.extend(Edited::of(record, input));
            }
            self.save_edited(ctx, tx, &model, &edited).await?;
            changed.extend(edited.iter().map(|one| one.record.id));
        }
        Ok((BulkUndone { run: row.show(), restored, kept }, Marks::products(changed)))
    }

    pub(crate) async fn list_runs(&self, page: &PageRequest) -> Result<Page<BulkRun>> {
        let before = page.after_id()?.unwrap_or_else(|| BulkRunId::new(Uuid::max()));
        let limit = page.limit();
        let mut rows = store::bulk::runs(&mut *self.db.read().await?, before, limit + 1).await?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next = rows.last().filter(|_| more).map(|row| row.id.to_string());
        Ok(Page { items: rows.into_iter().map(RunRow::show).collect(), next })
    }

    /// Writes what differs, and what the log and others are told of it.
    async fn save_edited(
        &self,
        ctx: &Ctx,
        tx: &mut Tx,
        model: &ProductModel,
        edited: &[Edited<'_>],
    ) -> Result<()> {
        if !store::bulk::set_products(tx, edited, model, self.kit.now()).await? {
            return Err(Error::conflict("changed_meanwhile", "A product was changed at the same moment."));
        }
        store::bulk::set_prices(tx, edited).await?;
        let now = self.kit.now();
        let repriced: Vec<Since> = edited.iter().flat_map(|one| one.repriced(now)).collect();
        store::prices::add(tx, &repriced).await?;
        if let Actor::Staff { .. } = ctx.actor {
            let logged = edited.iter().map(|Edited { record, after, .. }| {
                let done = Audited::new("product.bulk_edited", record.id, &after.title);
                (done, logged::changes(Some(&record.input), after))
            });
            tx.audit_all(ctx, logged.collect()).await?;
        }
        let saved: Vec<Saved<'_>> = edited.iter().map(|one| Saved::of(one.record, &one.after)).collect();
        self.keep_versions(ctx, tx, &saved, Cause::of(VersionKind::Edited)).await?;
        let told = edited
            .iter()
            .map(|one| ProductChanged { product_id: one.record.id, version: one.record.version + 1 });
        tx.publish_all(&told.collect::<Vec<_>>()).await?;
        Ok(())
    }
}

/// A product with what is to become of it.
pub(crate) struct Edited<'a> {
    pub record: &'a ProductRecord,
    pub after: ProductInput,
    /// Those that differ, at least one.
    pub values: Vec<Changed>,
}

impl<'a> Edited<'a> {
    /// None where nothing would become different.
    fn of(record: &'a ProductRecord, after: ProductInput) -> Option<Self> {
        let values = changes(&record.input, &after, &record.variant_ids);
        (!values.is_empty()).then_some(Self { record, after, values })
    }

    fn repriced(&self, now: Timestamp) -> impl Iterator<Item = Since> + use<'_, 'a> {
        let variants = self.record.input.variants.iter().zip(&self.after.variants);
        let of_ids = self.record.variant_ids.iter().zip(variants);
        of_ids.filter(|(_, (before, after))| before.price != after.price).map(move |(id, (_, after))| Since {
            variant_id: *id,
            since: now,
            price: after.price.minor,
        })
    }
}

fn too_many(matched: i64) -> Result<()> {
    if matched <= MOST_PRODUCTS {
        return Ok(());
    }
    Err(Error::invalid("selection", "too_many", "At most 50,000 products at once."))
}
