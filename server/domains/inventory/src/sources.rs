//! Sources of figures as staff keep them, and files that they hand in. The fetching itself is in `pull`.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use souk_contract::{
    Check, Ctx, Error, LocationId, Outbound, Page, PageRequest, Reach, Resource, Result, SecretText,
    StockColumns, StockCounts, StockFile, StockFileReport, StockFinding, StockFormat, StockMode, StockRun,
    StockRunId, StockSource, StockSourceId, StockSourceInput, StockSources,
};
use souk_kernel::{
    Kit,
    audit::{self, Audited},
    db::{Conn, Db, Json, Text},
};
use uuid::Uuid;

use crate::{
    figures::{self, Figures, Meaning},
    pull::{Booking, FINDINGS},
    stockroom::LocalStockroom,
    store_places,
    store_sources::{self, SourceRow},
    sync::MOST_ROWS,
};

const MOST_SOURCES: usize = 50;
const LONGEST_SECRET: usize = 2_000;
const EVERY: std::ops::RangeInclusive<i64> = 15..=10_080;
const KEEP_SECONDS: i64 = 90 * 86_400;
/// What secrets are hidden for.
pub(crate) const SECRET: &str = "stock-source";
/// Headers that are not for staff to set.
const TAKEN: [&str; 6] =
    ["host", "connection", "content-length", "transfer-encoding", "if-none-match", "upgrade"];

/// Figures that are fetched or handed in, in this process. Cheap to clone.
#[derive(Clone)]
pub struct LocalStockSources {
    pub(crate) stockroom: Arc<LocalStockroom>,
    pub(crate) outbound: Arc<dyn Outbound>,
    /// Names this process where several work.
    pub(crate) me: Uuid,
}

impl LocalStockSources {
    pub fn new(stockroom: Arc<LocalStockroom>, outbound: Arc<dyn Outbound>) -> Self {
        let me = stockroom.inventory.kit.ids.uuid();
        Self { stockroom, outbound, me }
    }

    /// Deletes runs that are too old to be of use.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn sweep(&self) -> Result<()> {
        let before = self.kit().now().plus_seconds(-KEEP_SECONDS);
        loop {
            let mut tx = self.db().begin().await?;
            let gone = store_sources::forget(&mut tx, before).await?;
            tx.commit().await?;
            if gone == 0 {
                return Ok(());
            }
        }
    }

    pub(crate) fn kit(&self) -> &Kit {
        &self.stockroom.inventory.kit
    }

    pub(crate) fn db(&self) -> &Db {
        &self.stockroom.inventory.db
    }

    fn check(&self, input: &StockSourceInput) -> Result<()> {
        let mut check = Check::new();
        check.text(&input.name, "name", 60);
        check.that(input.url.len() <= 2_000, "url", "too_long", "At most 2,000 characters.");
        if let Err(refused) = self.outbound.origin(&input.url) {
            check.that(false, "url", "refused", &format!("This can't be fetched: {refused}."));
        }
        check_columns(&mut check, &input.columns);
        let named = input.mode == StockMode::Absolute || input.columns.reference.is_some();
        let message = "Differences need a reference, or one that is read twice counts twice.";
        check.that(named, "columns.reference", "required", message);
        check.short(input.rows_at.as_deref().unwrap_or_default(), "rows_at", 100);
        check.short(input.next_at.as_deref().unwrap_or_default(), "next_at", 100);
        let fits = input.every_minutes == 0 || EVERY.contains(&input.every_minutes);
        check.that(fits, "every_minutes", "out_of_range", "From 15 minutes to a week, or 0.");
        let header = input.header.as_deref().unwrap_or("Authorization");
        let is_name = (1..=60).contains(&header.len())
            && header.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
            && !TAKEN.contains(&header.to_lowercase().as_str());
        check.that(is_name, "header", "invalid", "The name of a header, such as Authorization or X-Api-Key.");
        let secret = input.secret.as_ref().map(|secret| secret.0.trim()).unwrap_or_default();
        let plain =
            secret.len() <= LONGEST_SECRET && secret.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        check.that(plain, "secret", "invalid", "At most 2,000 plain characters.");
        check.done()
    }

    /// What is kept of the secret.
    fn secret(
        &self,
        old: Option<&SourceRow>,
        id: StockSourceId,
        input: &StockSourceInput,
    ) -> Result<Option<String>> {
        let Some(SecretText(given)) = &input.secret else {
            let kept = old.and_then(|old| old.secret.clone());
            let moved = old.is_some_and(|old| {
                self.outbound.origin(&old.url).ok() != self.outbound.origin(&input.url).ok()
            });
            // Whoever may change an address must not learn a secret by it.
            if kept.is_some() && moved {
                let message = "The address leads to another host: please give the secret again.";
                return Err(Error::invalid("secret", "required", message));
            }
            return Ok(kept);
        };
        let given = given.trim();
        if given.is_empty() {
            return Ok(None);
        }
        self.kit().secrets.hide(SECRET, id.uuid(), given).map(Some).map_err(Error::internal)
    }

    async fn shown(&self, conn: &mut Conn, row: SourceRow) -> Result<StockSource> {
        let before = StockRunId::new(Uuid::max());
        let last = store_sources::runs(conn, row.id, before, 1).await?;
        Ok(show(row, last.into_iter().next().map(store_sources::RunRow::show)))
    }
}

fn check_columns(check: &mut Check, columns: &StockColumns) {
    check.text(&columns.code, "columns.code", 100).text(&columns.quantity, "columns.quantity", 100);
    for (name, path) in [
        (&columns.location, "columns.location"),
        (&columns.as_of, "columns.as_of"),
        (&columns.reference, "columns.reference"),
    ] {
        check.short(name.as_deref().unwrap_or_default(), path, 100);
    }
}

/// Without the columns that are only named by nothing.
fn tidy(columns: &StockColumns) -> StockColumns {
    let name = |name: &Option<String>| filled(name.as_deref());
    StockColumns {
        code: columns.code.trim().to_owned(),
        quantity: columns.quantity.trim().to_owned(),
        location: name(&columns.location),
        as_of: name(&columns.as_of),
        reference: name(&columns.reference),
    }
}

fn filled(text: Option<&str>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// Whoever sets it up has to reach all places that it may change.
fn check_reach(ctx: &Ctx, columns: &StockColumns, place: Option<LocationId>) -> Result<()> {
    let needed = match (&columns.location, place) {
        (None, Some(place)) => Reach::only([place]),
        _ => Reach::default(),
    };
    ctx.require_reach(&needed)
        .map_err(|_| Error::denied("This changes stock of locations that your role does not reach."))
}

fn show(row: SourceRow, last_run: Option<StockRun>) -> StockSource {
    StockSource {
        id: row.id,
        version: row.version,
        name: row.name,
        url: row.url,
        format: row.format.0,
        mode: row.mode.0,
        columns: row.fields.0,
        rows_at: row.rows_at,
        next_at: row.next_at,
        location_id: row.location_id,
        every_minutes: row.every_minutes,
        active: row.active,
        header: row.header,
        has_secret: row.secret.is_some(),
        due_at: row.due_at,
        failures: row.failures,
        last_run,
    }
}

/// For the audit log.
#[derive(Serialize)]
struct Kept<'a> {
    name: &'a str,
    url: &'a str,
    format: StockFormat,
    mode: StockMode,
    columns: &'a StockColumns,
    rows_at: &'a Option<String>,
    next_at: &'a Option<String>,
    location: Option<LocationId>,
    every_minutes: i64,
    active: bool,
    header: &'a Option<String>,
}

impl<'a> Kept<'a> {
    fn of(row: &'a SourceRow) -> Self {
        Self {
            name: &row.name,
            url: &row.url,
            format: row.format.0,
            mode: row.mode.0,
            columns: &row.fields.0,
            rows_at: &row.rows_at,
            next_at: &row.next_at,
            location: row.location_id,
            every_minutes: row.every_minutes,
            active: row.active,
            header: &row.header,
        }
    }
}

fn stale() -> Error {
    Error::conflict("stale_version", "Somebody changed this source meanwhile. Please look at it again.")
}

fn none() -> Error {
    Error::not_found("stock source")
}

#[async_trait]
impl StockSources for LocalStockSources {
    async fn sources(&self, ctx: &Ctx) -> Result<Vec<StockSource>> {
        ctx.require(Resource::Inventory.read())?;
        let mut reader = self.db().read().await?;
        let rows = store_sources::all(&mut reader).await?;
        let runs = store_sources::last_runs(&mut reader).await?;
        let mut runs: BTreeMap<StockSourceId, StockRun> =
            runs.into_iter().map(|run| (run.source_id, run.show())).collect();
        let shown = |row: SourceRow| {
            let last = runs.remove(&row.id);
            show(row, last)
        };
        Ok(rows.into_iter().map(shown).collect())
    }

    async fn source(&self, ctx: &Ctx, id: StockSourceId) -> Result<StockSource> {
        ctx.require(Resource::Inventory.read())?;
        let mut reader = self.db().read().await?;
        let row = store_sources::source(&mut reader, id).await?.ok_or_else(none)?;
        self.shown(&mut reader, row).await
    }

    async fn put_source(
        &self,
        ctx: &Ctx,
        id: Option<StockSourceId>,
        input: StockSourceInput,
        if_version: Option<i64>,
    ) -> Result<StockSource> {
        ctx.require(Resource::Inventory.write())?;
        self.check(&input)?;
        let mut tx = self.db().begin().await?;
        let old = match id {
            None => None,
            Some(id) => Some(store_sources::source(&mut tx, id).await?.ok_or_else(none)?),
        };
        let version = old.as_ref().map_or(1, |old| if_version.unwrap_or(old.version));
        if old.as_ref().is_some_and(|old| old.version != version) {
            return Err(stale());
        }
        if let Some(old) = &old {
            check_reach(ctx, &old.fields.0, old.location_id)?;
        }
        let columns = tidy(&input.columns);
        check_reach(ctx, &columns, input.location_id)?;
        let places = store_places::all(&mut tx).await?;
        if input.location_id.is_some_and(|wanted| !places.iter().any(|place| place.id == wanted)) {
            return Err(Error::invalid("location_id", "unknown", "There is no such location."));
        }
        let id = id.unwrap_or_else(|| self.kit().ids.next());
        let name = input.name.trim().to_owned();
        if store_sources::named(&mut tx, &name).await?.is_some_and(|(other,)| other != id) {
            return Err(Error::conflict("name_taken", "Another source has this name."));
        }
        let by_itself = input.active && input.every_minutes > 0;
        let row = SourceRow {
            id,
            version,
            name,
            url: input.url.clone(),
            format: Text(input.format),
            mode: Text(input.mode),
            fields: Json(columns),
            rows_at: filled(input.rows_at.as_deref()),
            next_at: filled(input.next_at.as_deref()),
            location_id: input.location_id,
            every_minutes: input.every_minutes,
            active: input.active,
            header: filled(input.header.as_deref()),
            secret: self.secret(old.as_ref(), id, &input)?,
            // Not at once: there is time to try it.
            due_at: by_itself.then(|| self.kit().now().plus_seconds(input.every_minutes * 60)),
            failures: 0,
            etag: None,
            contents: None,
            figures_at: None,
            clean: false,
        };
        let written = match &old {
            None if store_sources::all(&mut tx).await?.len() >= MOST_SOURCES => {
                return Err(Error::conflict("too_many_sources", "At most 50 sources."));
            }
            None => store_sources::add(&mut tx, &row).await?,
            Some(_) => store_sources::change(&mut tx, &row).await?,
        };
        if !written {
            return Err(stale());
        }
        let mut what = audit::changes(old.as_ref().map(Kept::of).as_ref(), Some(&Kept::of(&row)));
        if input.secret.is_some() {
            what.push(audit::change(
                "secret",
                None::<&str>,
                row.secret.as_ref().map_or("removed", |_| "given anew"),
            ));
        }
        let action = if old.is_none() { "stock_source.created" } else { "stock_source.changed" };
        tx.audit(ctx, Audited::new(action, id, row.name.as_str()), what).await?;
        let row = store_sources::source(&mut tx, id).await?.ok_or_else(none)?;
        let shown = self.shown(&mut tx, row).await?;
        tx.commit().await?;
        Ok(shown)
    }

    async fn remove_source(&self, ctx: &Ctx, id: StockSourceId, if_version: Option<i64>) -> Result<()> {
        ctx.require(Resource::Inventory.write())?;
        let mut tx = self.db().begin().await?;
        let old = store_sources::source(&mut tx, id).await?.ok_or_else(none)?;
        check_reach(ctx, &old.fields.0, old.location_id)?;
        if !store_sources::remove(&mut tx, id, if_version.unwrap_or(old.version)).await? {
            return Err(stale());
        }
        let what = audit::changes(Some(&Kept::of(&old)), None);
        tx.audit(ctx, Audited::new("stock_source.removed", id, old.name.as_str()), what).await?;
        Ok(tx.commit().await?)
    }

    async fn run_source(&self, ctx: &Ctx, id: StockSourceId, dry: bool) -> Result<StockRun> {
        ctx.require(Resource::Inventory.write())?;
        let mut tx = self.db().begin().await?;
        let source = store_sources::source(&mut tx, id).await?.ok_or_else(none)?;
        check_reach(ctx, &source.fields.0, source.location_id)?;
        let run: StockRunId = self.kit().ids.next();
        if !store_sources::add_run(&mut tx, run, id, dry, self.kit().now()).await? {
            return Err(Error::conflict("running", "It is being fetched already."));
        }
        let what = vec![audit::change("only_tried", None::<bool>, dry)];
        tx.audit(ctx, Audited::new("stock_source.run", id, source.name.as_str()), what).await?;
        let run = store_sources::run(&mut tx, run).await?.ok_or_else(none)?;
        tx.commit().await?;
        Ok(run.show())
    }

    async fn source_runs(&self, ctx: &Ctx, id: StockSourceId, page: &PageRequest) -> Result<Page<StockRun>> {
        ctx.require(Resource::Inventory.read())?;
        let before = page.after_id()?.unwrap_or_else(|| StockRunId::new(Uuid::max()));
        let limit = page.limit() as usize;
        let mut reader = self.db().read().await?;
        store_sources::source(&mut reader, id).await?.ok_or_else(none)?;
        let mut rows = store_sources::runs(&mut reader, id, before, limit as i64 + 1).await?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|row| row.id.to_string());
        Ok(Page { items: rows.into_iter().map(store_sources::RunRow::show).collect(), next })
    }

    async fn run_findings(&self, ctx: &Ctx, id: StockRunId) -> Result<Vec<StockFinding>> {
        ctx.require(Resource::Inventory.read())?;
        let mut reader = self.db().read().await?;
        store_sources::run(&mut reader, id).await?.ok_or_else(|| Error::not_found("run"))?;
        let rows = store_sources::findings(&mut reader, id).await?.into_iter();
        let finding = |row: store_sources::FindingRow| StockFinding {
            line: row.line,
            code: row.code,
            reason: row.reason,
            on_hand: row.on_hand,
        };
        Ok(rows.map(finding).collect())
    }

    async fn take_file(&self, ctx: &Ctx, file: StockFile) -> Result<StockFileReport> {
        ctx.require(Resource::Inventory.write())?;
        let mut check = Check::new();
        check.text(&file.name, "name", 100);
        check_columns(&mut check, &file.columns);
        check.done()?;
        let columns = tidy(&file.columns);
        let meaning = Meaning { columns: &columns, mode: file.mode, named: false };
        let read: Figures = figures::from_csv(file.text.as_bytes(), meaning)
            .map_err(|why| Error::invalid("text", "invalid", why))?;
        let fits = (1..=MOST_ROWS as i64).contains(&read.rows());
        Check::new().that(fits, "text", "out_of_range", "1 to 10,000 rows in a file.").done()?;
        let hash = hex::encode(Sha256::digest(file.text.as_bytes()));
        let own = columns.reference.is_some();
        let tag = if own { "file".to_owned() } else { format!("file {}", &hash[..16]) };
        let booking = Booking {
            mode: file.mode,
            place: file.location_id,
            as_of: file.as_of.unwrap_or_else(|| self.kit().now()),
            tag: &tag,
            reason: file.name.trim(),
        };
        let mut findings = read.faulty.clone();
        findings.extend(read.twice.iter().cloned());
        let mut counts = StockCounts {
            rows: read.rows(),
            faulty: read.faulty.len() as i64,
            conflicts: read.twice.len() as i64,
            ..StockCounts::default()
        };
        if !read.read.is_empty() {
            let (rows, named) = self.rows(&booking, &read.read).await?;
            let mut tx = self.db().begin().await?;
            let booked = self.book(ctx, &mut tx, &booking, (&read.read, rows, named)).await?;
            booked.count(&mut counts);
            findings.extend(booked.findings);
            // Without its commit nothing has happened.
            if !file.dry {
                tx.commit().await?;
            }
        }
        findings.sort_by_key(|one| one.line);
        findings.truncate(FINDINGS);
        Ok(StockFileReport { dry: file.dry, counts, findings })
    }
}
