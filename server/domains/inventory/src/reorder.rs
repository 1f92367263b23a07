//! What should be ordered again, and from which number on.

use souk_contract::{
    Check, Ctx, Error, Page, PageRequest, REORDER_DAYS, ReorderPoint, ReorderRow, Result, VariantId,
};
use souk_kernel::audit::{self, Audited};
use uuid::Uuid;

use crate::{
    service::MOST,
    stockroom::LocalStockroom,
    store_reorder::{self, LowRow},
};

const DAY: i64 = 24 * 60 * 60;

impl LocalStockroom {
    pub(crate) async fn list_low(&self, page: &PageRequest) -> Result<Page<ReorderRow>> {
        let after = page.after_id()?.unwrap_or_else(|| VariantId::new(Uuid::nil()));
        let (limit, usual) = (page.limit() as usize, self.inventory.low_at());
        let since = self.inventory.kit.now().plus_seconds(-REORDER_DAYS * DAY);
        let mut reader = self.inventory.db.read().await?;
        let mut rows = store_reorder::low(&mut reader, after, since, usual, limit as i64 + 1).await?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|row| row.variant_id.to_string());
        Ok(Page { items: rows.into_iter().map(|row| suggest(&row, usual)).collect(), next })
    }

    pub(crate) async fn put_points(&self, ctx: &Ctx, points: &[ReorderPoint]) -> Result<()> {
        let mut check = Check::new();
        check.that((1..=1_000).contains(&points.len()), "items", "out_of_range", "1 to 1,000 at once.");
        for (index, one) in points.iter().enumerate() {
            let fits = one.reorder_point.is_none_or(|point| (0..=MOST).contains(&point));
            let field = format!("items[{index}].reorder_point");
            check.that(fits, &field, "out_of_range", "A number of pieces, from 0.");
        }
        check.done()?;
        let mut tx = self.inventory.db.begin().await?;
        let mut points = points.to_vec();
        points.sort_by_key(|one| one.variant_id);
        for ReorderPoint { variant_id, reorder_point } in points {
            let Some((old,)) = store_reorder::point(&mut tx, variant_id).await? else {
                return Err(Error::not_found("stock level"));
            };
            if old != reorder_point {
                store_reorder::put_point(&mut tx, variant_id, reorder_point).await?;
                let what = vec![audit::change("reorder_point", old, reorder_point)];
                tx.audit(ctx, Audited::new("variant.reorder_changed", variant_id, "Reorder point"), what)
                    .await?;
            }
        }
        Ok(tx.commit().await?)
    }
}

fn suggest(row: &LowRow, usual: i64) -> ReorderRow {
    let row = ReorderRow {
        variant_id: row.variant_id,
        available: row.available,
        incoming: row.incoming,
        reorder_point: row.reorder_point,
        sold: row.sold,
        suggested: 0,
    };
    ReorderRow { suggested: row.suggestion(row.reorder_point.unwrap_or(usual)), ..row }
}
