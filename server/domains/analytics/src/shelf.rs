//! What lies on the shelf and what it is worth: asked of the catalogue and of inventory page by page, and kept for a while.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use souk_contract::{
    Ctx, Error, Money, PageRequest, ProductRecord, ProductStatus, Result, StockLevel, StockReport, StockRow,
    VariantId,
};

use crate::{Inner, period::day_of, store};

/// How long a count is good for.
const KEPT_SECONDS: i64 = 300;
/// How long somebody waits for the first one.
const PATIENCE: Duration = Duration::from_secs(15);
/// Of sales, for the pace.
const DAYS: i64 = 28;
const AT_ONCE: u32 = 100;
const LEVELS_AT_ONCE: usize = 500;
const MOST_ROWS: usize = 100;

#[derive(Default)]
pub(crate) struct Shelf {
    kept: RwLock<Option<Arc<StockReport>>>,
    /// One counts at a time.
    counting: tokio::sync::Mutex<()>,
}

impl Shelf {
    fn kept(&self) -> Option<Arc<StockReport>> {
        self.kept.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Inner {
    fn is_fresh(&self, report: &StockReport) -> bool {
        report.at.plus_seconds(KEPT_SECONDS) > self.kit.now()
    }

    /// An old count is answered at once, and a new one made meanwhile.
    pub async fn stock(self: &Arc<Self>) -> Result<StockReport> {
        let kept = self.shelf.kept();
        if let Some(fresh) = kept.as_ref().filter(|report| self.is_fresh(report)) {
            return Ok((**fresh).clone());
        }
        let inner = Arc::clone(self);
        let counting = tokio::spawn(async move {
            let _turn = inner.shelf.counting.lock().await;
            if let Some(fresh) = inner.shelf.kept().filter(|report| inner.is_fresh(report)) {
                return Ok(fresh);
            }
            let report = Arc::new(inner.count_shelf().await?);
            *inner.shelf.kept.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&report));
            Ok::<_, Error>(report)
        });
        if let Some(old) = kept {
            return Ok((*old).clone());
        }
        match tokio::time::timeout(PATIENCE, counting).await {
            Ok(Ok(report)) => report.map(|report| (*report).clone()),
            Ok(Err(error)) => Err(Error::internal(error)),
            Err(_) => Err(Error::Unavailable { what: "The stock report".to_owned() }),
        }
    }

    async fn count_shelf(&self) -> Result<StockReport> {
        let ctx = Ctx::system("analytics-stock");
        let at = self.kit.now();
        // Today is not over: the last whole days.
        let today = day_of(at);
        let sold = store::sold_between(&mut *self.db.read().await?, today - DAYS, today).await?;
        let sold: HashMap<VariantId, i64> = sold.into_iter().collect();
        let zero = Money::zero(self.settings.currency);
        let mut report = StockReport {
            at,
            variants: 0,
            on_hand: 0,
            retail: zero,
            cost: zero,
            on_hand_without_cost: 0,
            sold: 0,
            cover_days: None,
            dearest: Vec::new(),
            shortest: Vec::new(),
        };
        let mut page = PageRequest { after: None, limit: Some(AT_ONCE) };
        loop {
            let records = self.catalog.product_records(&ctx, &page).await?;
            let live: Vec<&ProductRecord> = records
                .items
                .iter()
                .filter(|record| record.input.status != ProductStatus::Archived)
                .collect();
            let ids: Vec<VariantId> = live.iter().flat_map(|record| record.variant_ids.clone()).collect();
            let mut levels = HashMap::with_capacity(ids.len());
            for ids in ids.chunks(LEVELS_AT_ONCE) {
                let found = self.inventory.levels(&ctx, ids).await?;
                levels.extend(found.into_iter().map(|level| (level.variant_id, level)));
            }
            for record in live {
                add(&mut report, record, &levels, &sold);
            }
            keep_foremost(&mut report);
            let Some(next) = records.next else { break };
            page.after = Some(next);
        }
        report.cover_days = cover(report.on_hand, report.sold);
        Ok(report)
    }
}

fn add(
    report: &mut StockReport,
    record: &ProductRecord,
    levels: &HashMap<VariantId, StockLevel>,
    sold: &HashMap<VariantId, i64>,
) {
    for (variant, id) in record.input.variants.iter().zip(&record.variant_ids) {
        let Some(level) = levels.get(id).filter(|level| level.tracked) else { continue };
        let worth = |each: Money| each.checked_mul(level.on_hand).unwrap_or(Money::zero(each.currency));
        let options = variant.options.join(" / ");
        let row = StockRow {
            variant_id: *id,
            product_id: record.id,
            title: match options.as_str() {
                "" => record.input.title.clone(),
                options => format!("{} – {options}", record.input.title),
            },
            sku: variant.sku.clone(),
            on_hand: level.on_hand,
            retail: worth(variant.price),
            cost: variant.cost.map(worth),
            sold: sold.get(id).copied().unwrap_or_default(),
            cover_days: cover(level.on_hand, sold.get(id).copied().unwrap_or_default()),
        };
        report.variants += 1;
        report.on_hand += row.on_hand;
        report.sold += row.sold;
        report.retail = report.retail.checked_add(row.retail).unwrap_or(report.retail);
        match row.cost {
            Some(cost) => report.cost = report.cost.checked_add(cost).unwrap_or(report.cost),
            None => report.on_hand_without_cost += row.on_hand,
        }
        if row.cover_days.is_some() {
            report.shortest.push(row.clone());
        }
        report.dearest.push(row);
    }
}

/// Only so many rows are held, however many variants there are.
fn keep_foremost(report: &mut StockReport) {
    report.dearest.sort_by_key(|row| (-row.retail.minor, row.variant_id));
    report.dearest.truncate(MOST_ROWS);
    report.shortest.sort_by_key(|row| (row.cover_days, -row.sold, row.variant_id));
    report.shortest.truncate(MOST_ROWS);
}

/// None where nothing was sold: it lasts for ever.
fn cover(on_hand: i64, sold: i64) -> Option<i64> {
    (sold > 0).then(|| on_hand.max(0).saturating_mul(DAYS) / sold)
}

#[cfg(test)]
mod tests {
    use super::cover;

    #[test]
    fn cover_is_what_is_there_by_the_daily_pace() {
        assert_eq!(cover(10, 28), Some(10));
        assert_eq!(cover(10, 3), Some(93));
        assert_eq!([cover(0, 5), cover(-2, 5)], [Some(0), Some(0)]);
        assert_eq!(cover(10, 0), None);
    }
}
