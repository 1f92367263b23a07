//! Publishing and taking offline at a moment that somebody set.

use souk_contract::{
    Ctx, Error, ProductChanged, ProductId, ProductInput, ProductSchedule, ProductStatus, Result, SetSchedule,
    Timestamp, VersionKind,
};
use souk_kernel::{
    audit::{Audited, change},
    db::Json,
};

use crate::{
    LocalCatalog,
    fresh::Marks,
    product,
    store::{self, versions::ScheduleRow},
    versions::{Cause, Saved},
};

const AT_ONCE: i64 = 100;

/// # Errors
/// `Invalid` where a new moment has passed, or it would go before it comes.
fn check(wanted: &SetSchedule, now: Timestamp, known: Option<&ScheduleRow>) -> Result<()> {
    let mut check = souk_contract::Check::new();
    let is_new = |at: Timestamp, known: Option<Timestamp>| at > now || known == Some(at);
    let fits = wanted.publish_at.is_none_or(|at| is_new(at, known.and_then(|row| row.publish_at)));
    check.that(fits, "publish_at", "out_of_range", "A moment that is still to come.");
    let fits = wanted.unpublish_at.is_none_or(|at| is_new(at, known.and_then(|row| row.unpublish_at)));
    check.that(fits, "unpublish_at", "out_of_range", "A moment that is still to come.");
    if let (Some(publish), Some(unpublish)) = (wanted.publish_at, wanted.unpublish_at) {
        let message = "It can only be taken offline after it was published.";
        check.that(unpublish > publish, "unpublish_at", "out_of_range", message);
    }
    check.done()
}

impl ScheduleRow {
    fn show(&self) -> ProductSchedule {
        ProductSchedule {
            product_id: self.product_id,
            version: self.version,
            publish_at: self.publish_at,
            unpublish_at: self.unpublish_at,
        }
    }
}

impl LocalCatalog {
    pub(crate) async fn read_schedule(&self, id: ProductId) -> Result<ProductSchedule> {
        let mut conn = self.db.read().await?;
        store::products::head(&mut conn, id).await?.ok_or_else(|| Error::not_found("product"))?;
        let row = store::versions::schedule(&mut conn, id).await?;
        Ok(row.map_or(
            ProductSchedule { product_id: id, version: 0, publish_at: None, unpublish_at: None },
            |row| row.show(),
        ))
    }

    pub(crate) async fn write_schedule(
        &self,
        ctx: &Ctx,
        id: ProductId,
        wanted: SetSchedule,
        if_version: Option<i64>,
    ) -> Result<ProductSchedule> {
        let _turn = self.writing.lock().await;
        let mut tx = self.db.begin().await?;
        let record = self.read_record(&mut tx, id).await?;
        let known = store::versions::schedule(&mut tx, id).await?;
        let version = known.as_ref().map_or(0, |row| row.version);
        if if_version.is_some_and(|wanted| wanted != version) {
            return Err(souk_kernel::http::stale());
        }
        check(&wanted, self.kit.now(), known.as_ref())?;
        let row = ScheduleRow {
            product_id: id,
            version: version + 1,
            publish_at: wanted.publish_at,
            unpublish_at: wanted.unpublish_at,
            actor: Json(ctx.actor.clone()),
        };
        if !store::versions::put_schedule(&mut tx, &row, version).await? {
            return Err(souk_kernel::http::stale());
        }
        let before = known.as_ref().map(ScheduleRow::show);
        let was = |at: fn(&ProductSchedule) -> Option<Timestamp>| before.as_ref().and_then(at);
        let what = vec![
            change("publish_at", was(|one| one.publish_at), row.publish_at),
            change("unpublish_at", was(|one| one.unpublish_at), row.unpublish_at),
        ];
        let what = what.into_iter().filter(|change| change.before != change.after).collect();
        tx.audit(ctx, Audited::new("product.scheduled", id, &record.input.title), what).await?;
        tx.commit().await?;
        Ok(row.show())
    }

    /// Does what is due: each once, however many servers there are. How many products changed.
    ///
    /// # Errors
    /// Where the database refuses; what was due then is still due.
    pub async fn run_schedules(&self) -> Result<usize> {
        let due = store::versions::due(&mut *self.db.read().await?, self.kit.now(), AT_ONCE).await?;
        let mut changed = 0;
        for row in due {
            match self.run_schedule(row.product_id).await {
                Ok(done) => changed += usize::from(done),
                // The others are not kept waiting by it.
                Err(error) => tracing::error!(product = %row.product_id, %error, "a schedule"),
            }
        }
        Ok(changed)
    }

    async fn run_schedule(&self, id: ProductId) -> Result<bool> {
        let now = self.kit.now();
        let _turn = self.writing.lock().await;
        let mut tx = self.db.begin().await?;
        let Some(mut row) = store::versions::schedule(&mut tx, id).await? else { return Ok(false) };
        let is_due = |at: Option<Timestamp>| at.filter(|at| *at <= now);
        // Where both have come while no server ran, the later one counts.
        let last = is_due(row.publish_at).max(is_due(row.unpublish_at));
        let Some(last) = last else { return Ok(false) };
        let publishes = row.publish_at == Some(last);
        row.publish_at = row.publish_at.filter(|at| *at > now);
        row.unpublish_at = row.unpublish_at.filter(|at| *at > now);
        let version = row.version;
        row.version += 1;
        // Another server was first: it has done it.
        if !store::versions::put_schedule(&mut tx, &row, version).await? {
            return Ok(false);
        }
        let record = self.read_record(&mut tx, id).await?;
        let from = record.input.status;
        // What somebody did by hand meanwhile stands: an archived product does not come back by itself.
        let to = match (publishes, from) {
            (true, ProductStatus::Draft | ProductStatus::Ready) => ProductStatus::Published,
            (false, ProductStatus::Published) => ProductStatus::Draft,
            _ => {
                tx.commit().await?;
                return Ok(false);
            }
        };
        let input = ProductInput { status: to, ..record.input.clone() };
        let fingerprint = product::fingerprint(&input)?;
        let head = store::products::head(&mut tx, id).await?.ok_or_else(|| Error::not_found("product"))?;
        if !store::products::set_status(&mut tx, &head, to, &fingerprint, now).await? {
            return Err(souk_kernel::http::stale());
        }
        let ctx = Ctx::system(format!("schedule-{id}")).with_actor(row.actor.0);
        let (kind, action) = if publishes {
            (VersionKind::Published, "product.published")
        } else {
            (VersionKind::Unpublished, "product.unpublished")
        };
        self.keep_versions(&ctx, &mut tx, &[Saved::of(&record, &input)], Cause::of(kind)).await?;
        tx.audit(&ctx, Audited::new(action, id, &input.title), vec![change("status", from, to)]).await?;
        tx.publish(&ProductChanged { product_id: id, version: head.version + 1 }).await?;
        self.commit(tx, Marks::products([id])).await?;
        Ok(true)
    }
}
