//! Taking an import back, product by product and field by field.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use souk_contract::{
    Ctx, Error, ImportBack, ImportReverted, ImportState, ProductInput, ProductRecord, PutProduct, Result,
    SetStock, VariantInput,
};
use souk_kernel::db::Json;

use crate::{
    LocalImports,
    job::{Job, Level, ProductRow, StockKept},
    plan::levels,
    store,
    work::{Pace, lost},
};

const PAGE: u32 = 100;
/// Tries against somebody who saves at the same moment.
const TRIES: usize = 5;

/// Names of the fields in which two states of a product differ: a variant's are told once, whichever variant it is.
pub(crate) fn fields(before: &ProductInput, after: &ProductInput) -> Vec<String> {
    let (was, is) = (object(before), object(after));
    // A field that one of them does not speak of is different too.
    let mut differ: BTreeSet<String> = was
        .keys()
        .chain(is.keys())
        .filter(|key| *key != "variants" && was.get(*key) != is.get(*key))
        .cloned()
        .collect();
    for variant in &after.variants {
        let Some(known) = before.variants.iter().find(|known| known.options == variant.options) else {
            differ.insert("variants".to_owned());
            continue;
        };
        let (was, is) = (object(known), object(variant));
        differ.extend(
            was.iter().filter(|(key, value)| is.get(*key) != Some(value)).map(|(key, _)| key.clone()),
        );
    }
    if same_variants(&before.variants, &after.variants) == Some(false)
        || before.variants.len() > after.variants.len()
    {
        differ.insert("variants".to_owned());
    }
    differ.into_iter().collect()
}

/// Whether they stand in the same order; none where they are not the same ones.
fn same_variants(one: &[VariantInput], other: &[VariantInput]) -> Option<bool> {
    if one.len() != other.len() {
        return None;
    }
    if one.iter().zip(other).all(|(one, other)| one.options == other.options) {
        return Some(true);
    }
    one.iter().all(|one| other.iter().any(|other| one.options == other.options)).then_some(false)
}

fn object(value: &impl serde::Serialize) -> Map<String, Value> {
    match serde_json::to_value(value) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

/// Each field that is still as the import left it is as before; names of those that stay.
fn merge(
    before: &Map<String, Value>,
    after: &Map<String, Value>,
    now: &Map<String, Value>,
    kept: &mut BTreeSet<String>,
) -> Map<String, Value> {
    let mut merged = now.clone();
    for (key, was) in before {
        let (left, is) = (after.get(key), now.get(key));
        if left == Some(was) || is == Some(was) {
            continue;
        }
        if is == left {
            merged.insert(key.clone(), was.clone());
        } else {
            kept.insert(key.clone());
        }
    }
    merged
}

/// The product as it is when the import is taken back, and the fields that somebody changed since.
pub(crate) fn take_back(
    before: &ProductInput,
    after: &ProductInput,
    now: &ProductInput,
) -> Result<(ProductInput, Vec<String>)> {
    let mut kept = BTreeSet::new();
    let shape =
        |input: &ProductInput| input.variants.iter().map(|one| one.options.clone()).collect::<Vec<_>>();
    let shape_stays = shape(before) == shape(after) && shape(after) == shape(now);
    let (mut was, mut left, mut is) = (object(before), object(after), object(now));
    let own: Vec<Value> = [&mut was, &mut left, &mut is]
        .into_iter()
        .map(|fields| fields.remove("variants").unwrap_or_default())
        .collect();
    let mut merged = merge(&was, &left, &is, &mut kept);
    let variants = if shape_stays {
        let one = |at: usize, list: usize| match own.get(list).and_then(|all| all.get(at)) {
            Some(Value::Object(fields)) => fields.clone(),
            _ => Map::new(),
        };
        let count = now.variants.len();
        (0..count).map(|at| Value::Object(merge(&one(at, 0), &one(at, 1), &one(at, 2), &mut kept))).collect()
    } else if own.get(2) == own.get(1) {
        own.first().cloned().unwrap_or_default()
    } else {
        if own.get(2) != own.first() {
            kept.insert("variants".to_owned());
            // Options and variants belong together.
            merged.insert("options".to_owned(), is.get("options").cloned().unwrap_or_default());
        }
        own.get(2).cloned().unwrap_or_default()
    };
    merged.insert("variants".to_owned(), variants);
    let mut input: ProductInput = serde_json::from_value(Value::Object(merged)).map_err(Error::internal)?;
    let known: BTreeSet<String> = input.media.iter().map(|media| media.source.clone()).collect();
    for variant in &mut input.variants {
        variant.media_source = variant.media_source.take().filter(|source| known.contains(source));
    }
    Ok((input, kept.into_iter().collect()))
}

impl LocalImports {
    pub(crate) async fn take_back(&self, ctx: &Ctx, mut job: Job, pace: &Pace) -> Result<()> {
        let mut counts = job.reverted.map(|counts| counts.0).unwrap_or_default();
        pace.add(counts.archived + counts.restored + counts.partly + counts.kept);
        loop {
            let rows = store::to_take_back(&mut *self.0.db.read().await?, job.id, PAGE).await?;
            if rows.is_empty() {
                break;
            }
            for row in rows {
                pace.check()?;
                let (back, kept) = self.take_back_one(ctx, &row).await?;
                *of(&mut counts, back) += 1;
                let mut tx = self.0.db.begin().await?;
                store::set_back(&mut tx, job.id, row.n, back, &kept).await?;
                if !store::set_reverted(&mut tx, job.id, self.0.me, &counts).await? {
                    return Err(lost());
                }
                tx.commit().await?;
                pace.add(1);
            }
        }
        job.reverted = Some(Json(counts));
        job.end(ImportState::Reverted);
        self.finish(&job).await
    }

    async fn take_back_one(&self, ctx: &Ctx, row: &ProductRow) -> Result<(ImportBack, Vec<String>)> {
        let everything = || vec!["product".to_owned()];
        let (Some(id), Some(after)) = (row.product_id, row.after.as_ref()) else {
            return Ok((ImportBack::Kept, everything()));
        };
        for _ in 0..TRIES {
            let record = match self.0.catalog.product_record(ctx, id).await {
                Ok(record) => record,
                Err(Error::NotFound { .. }) => return Ok((ImportBack::Kept, everything())),
                Err(error) => return Err(error),
            };
            let done = match &row.before {
                None => self.archive(ctx, &record, &after.0).await,
                Some(before) => self.restore(ctx, row, &record, &before.0, &after.0).await,
            };
            match done {
                Err(Error::Conflict { code, .. }) if code == "stale_version" => {}
                // Its handle was given to another, or it no longer fits: it stays, and says so.
                Err(Error::Conflict { .. } | Error::Invalid { .. }) => {
                    return Ok((ImportBack::Kept, everything()));
                }
                other => return other,
            }
        }
        Ok((ImportBack::Kept, everything()))
    }

    /// One that the import had made.
    async fn archive(
        &self,
        ctx: &Ctx,
        record: &ProductRecord,
        after: &ProductInput,
    ) -> Result<(ImportBack, Vec<String>)> {
        let changed = fields(after, &record.input);
        if changed.is_empty() || changed == ["status"] {
            self.0.catalog.archive_product(ctx, record.id, Some(record.version)).await?;
            return Ok((ImportBack::Archived, Vec::new()));
        }
        Ok((ImportBack::Kept, changed))
    }

    async fn restore(
        &self,
        ctx: &Ctx,
        row: &ProductRow,
        record: &ProductRecord,
        before: &ProductInput,
        after: &ProductInput,
    ) -> Result<(ImportBack, Vec<String>)> {
        let (product, mut kept) = take_back(before, after, &record.input)?;
        if product != record.input {
            let request = PutProduct { id: Some(record.id), product, if_version: Some(record.version) };
            self.0.catalog.put_product(ctx, request).await?;
        }
        if self.restock(ctx, row.stock.as_ref().map_or(&[], |stock| stock.0.as_slice())).await? {
            kept.push("stock".to_owned());
        }
        let all = row.fields.0.iter().all(|field| kept.contains(field));
        let back = match kept.is_empty() {
            true => ImportBack::Restored,
            false if all => ImportBack::Kept,
            false => ImportBack::Partly,
        };
        Ok((back, kept))
    }

    /// Whether something was sold, counted or delivered since, and stays.
    async fn restock(&self, ctx: &Ctx, stock: &[StockKept]) -> Result<bool> {
        let changed: Vec<&StockKept> = stock.iter().filter(|kept| kept.before != Some(kept.after)).collect();
        let ids: Vec<_> = changed.iter().map(|kept| kept.variant_id).collect();
        let now = levels(self.neighbours(), ctx, &ids).await?;
        let (mut items, mut stays) = (Vec::new(), false);
        for kept in changed {
            let Some(level) = now.get(&kept.variant_id) else { continue };
            let before =
                kept.before.unwrap_or(Level { on_hand: 0, tracked: false, policy: kept.after.policy });
            let is = Level::from(level);
            if is == kept.after {
                items.push(SetStock {
                    variant_id: kept.variant_id,
                    location_id: None,
                    on_hand: before.on_hand,
                    tracked: before.tracked,
                    policy: before.policy,
                    if_version: Some(level.version),
                });
            } else if is != before {
                stays = true;
            }
        }
        if !items.is_empty() {
            self.0.inventory.set_stock(ctx, items, "import taken back").await?;
        }
        Ok(stays)
    }
}

fn of(counts: &mut ImportReverted, back: ImportBack) -> &mut i64 {
    match back {
        ImportBack::Archived => &mut counts.archived,
        ImportBack::Restored => &mut counts.restored,
        ImportBack::Partly => &mut counts.partly,
        ImportBack::Kept => &mut counts.kept,
    }
}

#[cfg(test)]
mod tests {
    use souk_contract::{Currency, Money};

    use super::*;

    fn product(title: &str, vendor: &str, price: i64) -> ProductInput {
        let mut input = ProductInput::new("mug", title, VariantInput::new(Money::new(price, Currency::EUR)));
        input.vendor = vendor.to_owned();
        input
    }

    #[test]
    fn what_is_still_so_goes_back_and_the_rest_is_named() {
        let (before, after) = (product("Mug", "Clay", 900), product("Big mug", "Tern", 1100));
        assert_eq!(fields(&before, &after), ["price", "title", "vendor"]);
        assert_eq!(take_back(&before, &after, &after).expect("back"), (before.clone(), vec![]));
        let mut now = after.clone();
        now.vendor = "Gull".to_owned();
        now.tags.push("new".to_owned());
        let (back, kept) = take_back(&before, &after, &now).expect("back");
        assert_eq!(
            (back.title.as_str(), back.vendor.as_str(), back.variants[0].price.minor),
            ("Mug", "Gull", 900)
        );
        assert_eq!((back.tags, kept), (vec!["new".to_owned()], vec!["vendor".to_owned()]));
        // Taken back already, before a crash.
        assert_eq!(take_back(&before, &after, &before).expect("back"), (before.clone(), vec![]));
        // The import retired a variant: both come back together, unless somebody changed them.
        let mut two = before.clone();
        two.options = vec![souk_contract::ProductOption { name: "Size".into(), values: vec![] }];
        two.variants[0].options = vec!["S".into()];
        two.variants.push(VariantInput { options: vec!["L".into()], ..two.variants[0].clone() });
        assert_eq!(fields(&two, &after), ["options", "title", "variants", "vendor"]);
        assert_eq!(take_back(&two, &after, &after).expect("back").0, two);
        let mut now = after.clone();
        now.variants[0].price.minor = 1;
        let (back, kept) = take_back(&two, &after, &now).expect("back");
        assert_eq!((back.variants, back.options, kept), (now.variants, vec![], vec!["variants".to_owned()]));
    }
}
