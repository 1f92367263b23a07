//! Each save is kept as a numbered version; the oldest go, so that a product takes a bounded place.

use std::collections::{HashMap, HashSet};

use souk_contract::{
    Actor, AuditChange, Ctx, Error, Page, PageRequest, ProductId, ProductInput, ProductRecord,
    ProductVersion, ProductWritten, PutProduct, Result, StaffId, Timestamp, VariantId, VersionKind,
};
use souk_kernel::{Conn, Tx};

use crate::{
    LocalCatalog, logged,
    store::{
        self, CHUNK,
        versions::{NewVersion, Old},
    },
};

/// Of one product.
const MOST_VERSIONS: usize = 50;
/// Of one product, as JSON. The newest two stay whatever they take.
const MOST_BYTES: i64 = 2 * 1024 * 1024;

/// Why a product is saved.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cause {
    pub kind: VersionKind,
    pub restored_from: Option<i64>,
}

impl Cause {
    pub(crate) fn of(kind: VersionKind) -> Self {
        Self { kind, restored_from: None }
    }
}

/// The newest number that goes, with a new version of `bytes`; `kept` is newest first.
fn cut(bytes: i64, kept: &[(i64, i64)]) -> Option<i64> {
    let mut all = bytes;
    kept.iter().enumerate().find_map(|(at, (number, bytes))| {
        all += bytes;
        let is_many = at + 2 > MOST_VERSIONS;
        (is_many || (all > MOST_BYTES && at > 0)).then_some(*number)
    })
}

pub(crate) fn staff(ctx: &Ctx) -> Option<StaffId> {
    if let Actor::Staff { id, .. } = ctx.actor { Some(id) } else { None }
}

/// A product that is saved.
pub(crate) struct Saved<'a> {
    pub id: ProductId,
    /// None where it is new, or where versions of it are kept already.
    pub before: Option<&'a ProductRecord>,
    pub after: &'a ProductInput,
    pub variants: &'a [VariantId],
}

impl<'a> Saved<'a> {
    /// Of a product that keeps its variants.
    pub(crate) fn of(before: &'a ProductRecord, after: &'a ProductInput) -> Self {
        Self { id: before.id, before: Some(before), after, variants: &before.variant_ids }
    }
}

fn row<'a>(
    (product_id, number): (ProductId, i64),
    (at, staff_id): (Timestamp, Option<StaffId>),
    cause: Cause,
    (input, variants): (&ProductInput, &'a [VariantId]),
) -> Result<NewVersion<'a>> {
    let input = serde_json::value::to_raw_value(input).map_err(Error::internal)?;
    Ok(NewVersion {
        product_id,
        number,
        at,
        staff_id,
        kind: cause.kind,
        restored_from: cause.restored_from,
        bytes: i64::try_from(input.get().len()).map_err(Error::internal)?,
        input,
        variants,
    })
}

impl LocalCatalog {
    /// Products of which nothing is kept yet: what they were before is kept with their next change.
    pub(crate) async fn without_versions(conn: &mut Conn, ids: &[ProductId]) -> Result<HashSet<ProductId>> {
        let mut none: HashSet<ProductId> = ids.iter().copied().collect();
        for chunk in ids.chunks(CHUNK) {
            for (id,) in store::versions::kept_of(conn, chunk).await? {
                none.remove(&id);
            }
        }
        Ok(none)
    }

    /// At most [`CHUNK`] products.
    pub(crate) async fn keep_versions(
        &self,
        ctx: &Ctx,
        tx: &mut Tx,
        all: &[Saved<'_>],
        cause: Cause,
    ) -> Result<()> {
        let mut kept: HashMap<ProductId, Vec<(i64, i64)>> = HashMap::new();
        if cause.kind != VersionKind::Created {
            let ids: Vec<ProductId> = all.iter().map(|saved| saved.id).collect();
            for (id, number, bytes) in store::versions::sizes(tx, &ids).await? {
                kept.entry(id).or_default().push((number, bytes));
            }
        }
        let by = (self.kit.now(), staff(ctx));
        let (mut new, mut old) = (Vec::new(), Vec::new());
        for saved in all {
            let id = saved.id;
            let mut kept = kept.remove(&id).unwrap_or_default();
            if let Some(before) = saved.before.filter(|_| kept.is_empty()) {
                let was = (&before.input, before.variant_ids.as_slice());
                let created = Cause::of(VersionKind::Created);
                let first = row((id, 1), (before.updated_at, None), created, was)?;
                kept.push((1, first.bytes));
                new.push(first);
            }
            let number = kept.first().map_or(1, |(number, _)| number + 1);
            let row = row((id, number), by, cause, (saved.after, saved.variants))?;
            old.extend(cut(row.bytes, &kept).map(|number| Old { product_id: id, number }));
            new.push(row);
        }
        store::versions::add(tx, &new).await?;
        store::versions::delete_old(tx, &old).await?;
        Ok(())
    }

    pub(crate) async fn list_versions(
        &self,
        id: ProductId,
        page: &PageRequest,
    ) -> Result<Page<ProductVersion>> {
        let parse = |text: &String| {
            text.parse::<i64>()
                .map_err(|_| Error::invalid("after", "invalid", "This is not a cursor of ours."))
        };
        let before = page.after.as_ref().map_or(Ok(i64::MAX), parse)?;
        let limit = page.limit();
        let mut conn = self.db.read().await?;
        store::products::head(&mut conn, id).await?.ok_or_else(|| Error::not_found("product"))?;
        // One more: a version is shown by what differs from the one before.
        let rows = store::versions::page(&mut conn, id, before, limit + 1).await?;
        let shown = rows.iter().take(limit as usize).enumerate().map(|(at, row)| ProductVersion {
            number: row.number,
            at: row.at,
            staff_id: row.staff_id,
            kind: row.kind.0,
            restored_from: row.restored_from,
            fields: rows.get(at + 1).map_or_else(Vec::new, |older| {
                let changes = logged::changes(Some(&older.input.0), &row.input.0);
                changes.into_iter().map(|change| change.field).collect()
            }),
        });
        let items: Vec<ProductVersion> = shown.collect();
        let more = rows.len() > limit as usize;
        let next = items.last().filter(|_| more).map(|version| version.number.to_string());
        Ok(Page { items, next })
    }

    pub(crate) async fn read_version(&self, id: ProductId, number: i64) -> Result<ProductInput> {
        let row = store::versions::one(&mut *self.db.read().await?, id, number).await?;
        Ok(row.ok_or_else(|| Error::not_found("version"))?.input.0)
    }

    pub(crate) async fn compare(&self, id: ProductId, from: i64, to: i64) -> Result<Vec<AuditChange>> {
        let (before, after) = (self.read_version(id, from).await?, self.read_version(id, to).await?);
        let mut changes = logged::changes(Some(&before), &after);
        logged::name_templates(&mut *self.db.read().await?, &mut changes).await?;
        Ok(changes)
    }

    /// Whether shoppers see it is decided by whoever restores, not by the past.
    pub(crate) async fn restore(
        &self,
        ctx: &Ctx,
        id: ProductId,
        number: i64,
        if_version: Option<i64>,
    ) -> Result<ProductWritten> {
        let past = store::versions::one(&mut *self.db.read().await?, id, number).await?;
        let past = past.ok_or_else(|| Error::not_found("version"))?;
        let record = self.read_record(&mut *self.db.read().await?, id).await?;
        let product = ProductInput { status: record.input.status, ..past.input.0 };
        let product = self.fitting(product).await?;
        let if_version = Some(if_version.unwrap_or(record.version));
        let cause = Cause { kind: VersionKind::Restored, restored_from: Some(number) };
        let ids = past.variants.0.into_iter().map(Some).collect();
        self.write_with(ctx, PutProduct { id: Some(id), product, if_version }, cause, ids).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_go_when_there_are_many_or_they_are_large() {
        let many: Vec<(i64, i64)> = (1..=50).rev().map(|number| (number, 1000)).collect();
        assert_eq!(cut(1000, &many), Some(1));
        assert_eq!(cut(1000, &many[1..]), None);
        let large = [(9, MOST_BYTES), (8, 10), (7, 10)];
        assert_eq!(cut(MOST_BYTES, &large), Some(8), "the newest two stay");
        assert_eq!(cut(10, &[]), None);
    }
}
