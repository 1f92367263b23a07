//! Fetching figures and taking them over, in the background. One process at a time works on a run, by a lease; another
//! goes on where it stopped.

use sha2::{Digest as _, Sha256};
use souk_contract::{
    Ctx, Error, Fetched, LocationId, Result, StockCounts, StockFinding, StockFormat, StockMode,
    StockRunState, SyncOutcome, SyncRow, SyncStock, Timestamp, Wanted,
};
use souk_kernel::db::{Text, Tx};

use crate::{
    figures::{self, Figure, Figures, Meaning},
    sources::{LocalStockSources, SECRET},
    store_sources::{self, RunRow, SourceRow},
    sync::Named,
};

/// Of a run or a file.
pub(crate) const FINDINGS: usize = 1_000;
/// Rows in one transaction: what shoppers write comes in between.
const BATCH: usize = 1_000;
const LEASE_SECONDS: i64 = 90;
const MOST_PAGES: usize = 200;
const MOST_BYTES: usize = 64 << 20;
const RETRY_SECONDS: i64 = 60;
const LONGEST_WAIT_SECONDS: i64 = 6 * 3_600;

/// What holds for all rows of a file.
pub(crate) struct Booking<'a> {
    pub mode: StockMode,
    pub place: Option<LocationId>,
    pub as_of: Timestamp,
    pub tag: &'a str,
    pub reason: &'a str,
}

/// What came of some rows.
#[derive(Default)]
pub(crate) struct Booked {
    applied: i64,
    unchanged: i64,
    conflicts: i64,
    unknown: i64,
    pub findings: Vec<StockFinding>,
}

impl Booked {
    pub(crate) fn count(&self, counts: &mut StockCounts) {
        counts.applied += self.applied;
        counts.unchanged += self.unchanged;
        counts.conflicts += self.conflicts;
        counts.unknown += self.unknown;
    }
}

/// Why a run goes no further.
enum Stop {
    /// Another process works on it, or it is gone with its source.
    Lost,
    /// For people.
    Failed(String),
    Broken(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Broken(error)
    }
}

impl From<souk_kernel::DbError> for Stop {
    fn from(error: souk_kernel::DbError) -> Self {
        Self::Broken(error.into())
    }
}

/// What came, and what it means.
struct Contents {
    figures: Figures,
    hash: String,
    etag: Option<String>,
    modified_at: Option<Timestamp>,
}

impl LocalStockSources {
    /// Does one run that waits, if there is one; a job calls it every second.
    ///
    /// # Errors
    /// Where a database refuses, or something else is our own fault.
    pub async fn work(&self) -> Result<bool> {
        let now = self.kit().now();
        self.begin_due(now).await?;
        let waiting = store_sources::waiting(&mut *self.db().read().await?, now).await?;
        let Some(mut run) = waiting else { return Ok(false) };
        let mut tx = self.db().begin().await?;
        if !store_sources::take(&mut tx, run.id, self.me, now, now.plus_seconds(LEASE_SECONDS)).await? {
            return Ok(false);
        }
        run.state = Text(StockRunState::Running);
        let source = store_sources::source(&mut tx, run.source_id).await?;
        tx.commit().await?;
        let Some(mut source) = source else { return Ok(false) };
        match self.pull(&mut source, &mut run).await {
            Ok(()) | Err(Stop::Lost) => {}
            Err(Stop::Failed(trouble)) => self.fail(&mut source, &mut run, trouble).await?,
            // It is taken up again when the lease is over.
            Err(Stop::Broken(error @ Error::Unavailable { .. })) => return Err(error),
            Err(Stop::Broken(error)) => {
                self.fail(&mut source, &mut run, error.public_message()).await?;
                if matches!(error, Error::Internal { .. }) {
                    return Err(error);
                }
            }
        }
        Ok(true)
    }

    async fn begin_due(&self, now: Timestamp) -> Result<()> {
        let due = store_sources::due(&mut *self.db().read().await?, now).await?;
        if due.is_empty() {
            return Ok(());
        }
        let mut tx = self.db().begin().await?;
        for (source,) in due {
            store_sources::add_run(&mut tx, self.kit().ids.next(), source, false, now).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn pull(&self, source: &mut SourceRow, run: &mut RunRow) -> Result<(), Stop> {
        let Some(contents) = self.fetch(source, run).await? else {
            return self.finish(source, run, StockRunState::Unchanged).await;
        };
        let known = source.contents.as_ref() == Some(&contents.hash);
        if known && source.clean && !run.dry {
            source.etag = contents.etag;
            return self.finish(source, run, StockRunState::Unchanged).await;
        }
        let now = self.kit().now();
        let seen_at = contents.modified_at.filter(|at| *at <= now).unwrap_or(run.started_at);
        // The same contents are as old as they were when they were first seen.
        let as_of = source.figures_at.filter(|_| known).unwrap_or(seen_at);
        self.begin(run, &contents).await?;
        let id = source.id.uuid().simple().to_string();
        let tag = id.get(20..).unwrap_or_default().to_owned();
        let (name, place) = (source.name.clone(), source.location_id);
        let booking = Booking { mode: source.mode.0, place, as_of, tag: &tag, reason: &name };
        let done = usize::try_from(run.done).unwrap_or_default();
        for part in contents.figures.read.get(done..).unwrap_or_default().chunks(BATCH) {
            self.batch(run, &booking, part).await?;
        }
        if !run.dry {
            source.etag = contents.etag;
            source.contents = Some(contents.hash);
            source.figures_at = Some(as_of);
            // What is not known yet may be known next time.
            source.clean = run.unknown == 0;
        }
        self.finish(source, run, StockRunState::Done).await
    }

    /// None: as it was.
    async fn fetch(&self, source: &SourceRow, run: &RunRow) -> Result<Option<Contents>, Stop> {
        let header = match &source.secret {
            None => None,
            Some(hidden) => {
                let secret = self.kit().secrets.reveal(SECRET, source.id.uuid(), hidden);
                let secret = secret.ok_or_else(|| {
                    Stop::Failed(
                        "The secret can't be read with this server's key: please give it again.".into(),
                    )
                })?;
                let name = source.header.clone().unwrap_or_else(|| "Authorization".to_owned());
                let alone = name.eq_ignore_ascii_case("authorization") && !secret.contains(' ');
                Some((name, if alone { format!("Bearer {secret}") } else { secret }))
            }
        };
        let columns = &source.fields.0;
        let meaning = Meaning { columns, mode: source.mode.0, named: true };
        let ask = source.clean && !run.dry && source.next_at.is_none();
        let mut wanted =
            Wanted { url: source.url.clone(), header, etag: source.etag.clone().filter(|_| ask) };
        let own = self.outbound.origin(&source.url).map_err(|error| Stop::Failed(error.0))?;
        let mut hash = Sha256::new();
        let (mut figures, mut seen, mut size, mut pages) = (Figures::default(), 0, 0, 0);
        let (mut etag, mut modified_at) = (None, None);
        loop {
            let answer = self.outbound.fetch(&wanted).await.map_err(|error| Stop::Failed(error.0))?;
            let Fetched::New { bytes, etag: tag, modified_at: moment } = answer else { return Ok(None) };
            hash.update(&bytes);
            size += bytes.len();
            pages += 1;
            if pages == 1 {
                (etag, modified_at) = (tag, moment);
            }
            let next = match source.format.0 {
                StockFormat::Csv => {
                    figures = figures::from_csv(&bytes, meaning).map_err(Stop::Failed)?;
                    None
                }
                StockFormat::Json => {
                    let paths = (source.rows_at.as_deref(), source.next_at.as_deref());
                    figures::from_json(&bytes, meaning, paths, &mut figures, &mut seen)
                        .map_err(Stop::Failed)?
                }
            };
            let Some(next) = next else { break };
            if pages == MOST_PAGES || size > MOST_BYTES {
                return Err(Stop::Failed("There is no end of pages.".into()));
            }
            let next = self.outbound.join(&wanted.url, &next).map_err(|error| Stop::Failed(error.0))?;
            if self.outbound.origin(&next).ok().as_ref() != Some(&own) {
                return Err(Stop::Failed("The next page is on another host.".into()));
            }
            wanted = Wanted { url: next, etag: None, ..wanted };
            self.hold(run).await?;
        }
        if source.format.0 == StockFormat::Json {
            figures.part_contradictions(source.mode.0);
        }
        Ok(Some(Contents { figures, hash: hex::encode(hash.finalize()), etag, modified_at }))
    }

    /// Where other contents came than those that were begun with, all of it begins anew: what was taken over has no
    /// effect again.
    async fn begin(&self, run: &mut RunRow, contents: &Contents) -> Result<(), Stop> {
        if run.contents.as_ref() == Some(&contents.hash) {
            return Ok(());
        }
        let figures = &contents.figures;
        run.contents = Some(contents.hash.clone());
        (run.done, run.applied, run.unchanged, run.unknown) = (0, 0, 0, 0);
        (run.total, run.faulty) = (figures.rows(), figures.faulty.len() as i64);
        run.conflicts = figures.twice.len() as i64;
        let mut tx = self.db().begin().await?;
        store_sources::delete_findings(&mut tx, run.id).await?;
        let both: Vec<StockFinding> =
            figures.faulty.iter().chain(&figures.twice).take(FINDINGS).cloned().collect();
        store_sources::add_findings(&mut tx, run.id, 0, &both).await?;
        self.keep(&mut tx, run).await?;
        Ok(tx.commit().await?)
    }

    async fn batch(&self, run: &mut RunRow, booking: &Booking<'_>, part: &[Figure]) -> Result<(), Stop> {
        let ctx = Ctx::system(format!("stock-run-{}", run.id));
        let (rows, named) = self.rows(booking, part).await?;
        let mut tx = self.db().begin().await?;
        let booked = self.book(&ctx, &mut tx, booking, (part, rows, named)).await?;
        if run.dry {
            // Dropped with all it did.
            drop(tx);
            tx = self.db().begin().await?;
        }
        run.done += part.len() as i64;
        run.applied += booked.applied;
        run.unchanged += booked.unchanged;
        run.conflicts += booked.conflicts;
        run.unknown += booked.unknown;
        let before = store_sources::count_findings(&mut tx, run.id).await?;
        let room = FINDINGS.saturating_sub(usize::try_from(before).unwrap_or(FINDINGS));
        let findings = booked.findings.get(..room.min(booked.findings.len())).unwrap_or_default();
        store_sources::add_findings(&mut tx, run.id, before, findings).await?;
        self.keep(&mut tx, run).await?;
        Ok(tx.commit().await?)
    }

    /// As the sync takes them, with the variant of each.
    pub(crate) async fn rows(
        &self,
        booking: &Booking<'_>,
        figures: &[Figure],
    ) -> Result<(Vec<SyncRow>, Vec<Named>)> {
        let row = |figure: &Figure| figure.row(booking.mode, booking.place, booking.as_of, booking.tag);
        let rows: Vec<SyncRow> = figures.iter().map(row).collect();
        let named = self.stockroom.name_variants(&rows).await?;
        Ok((rows, named))
    }

    /// Takes the rows over in the caller's transaction.
    pub(crate) async fn book(
        &self,
        ctx: &Ctx,
        tx: &mut Tx,
        booking: &Booking<'_>,
        (figures, rows, named): (&[Figure], Vec<SyncRow>, Vec<Named>),
    ) -> Result<Booked> {
        let request = SyncStock { rows, reason: booking.reason.to_owned() };
        let report = self.stockroom.book_figures(ctx, tx, &request, named).await?;
        let mut booked = Booked::default();
        for (figure, row) in figures.iter().zip(report.rows) {
            match row.outcome {
                SyncOutcome::Applied => booked.applied += 1,
                SyncOutcome::Unchanged => booked.unchanged += 1,
                SyncOutcome::Conflict => {
                    let reason = row.reason.unwrap_or_default();
                    if is_unknown(&reason) {
                        booked.unknown += 1
                    } else {
                        booked.conflicts += 1
                    }
                    let finding = figures::finding(figure.line, &figure.code, &reason);
                    let on_hand = row.known.map(|known| known.on_hand);
                    booked.findings.push(StockFinding { on_hand, ..finding });
                }
            }
        }
        Ok(booked)
    }

    async fn finish(
        &self,
        source: &mut SourceRow,
        run: &mut RunRow,
        state: StockRunState,
    ) -> Result<(), Stop> {
        let now = self.kit().now();
        run.state = Text(state);
        run.ended_at = Some(now);
        let mut tx = self.db().begin().await?;
        self.end(&mut tx, run).await?;
        if !run.dry {
            source.failures = 0;
            let by_itself = source.active && source.every_minutes > 0;
            source.due_at = by_itself.then(|| now.plus_seconds(source.every_minutes * 60));
            store_sources::settle(&mut tx, source).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn fail(&self, source: &mut SourceRow, run: &mut RunRow, trouble: String) -> Result<()> {
        let now = self.kit().now();
        run.state = Text(StockRunState::Failed);
        (run.ended_at, run.trouble) = (Some(now), Some(trouble));
        let mut tx = self.db().begin().await?;
        if !store_sources::keep(&mut tx, run, self.me, None).await? {
            return Ok(());
        }
        if !run.dry {
            source.failures += 1;
            let by_itself = source.active && source.every_minutes > 0;
            source.due_at = by_itself.then(|| now.plus_seconds(wait(source.failures, source.every_minutes)));
            store_sources::settle(&mut tx, source).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn hold(&self, run: &RunRow) -> Result<(), Stop> {
        let mut tx = self.db().begin().await?;
        self.keep(&mut tx, run).await?;
        Ok(tx.commit().await?)
    }

    async fn keep(&self, tx: &mut Tx, run: &RunRow) -> Result<(), Stop> {
        let until = Some(self.kit().now().plus_seconds(LEASE_SECONDS));
        if store_sources::keep(tx, run, self.me, until).await? { Ok(()) } else { Err(Stop::Lost) }
    }

    async fn end(&self, tx: &mut Tx, run: &RunRow) -> Result<(), Stop> {
        if store_sources::keep(tx, run, self.me, None).await? { Ok(()) } else { Err(Stop::Lost) }
    }
}

/// Rows that may fit once a product or location is made.
fn is_unknown(reason: &str) -> bool {
    matches!(
        reason,
        "unknown_sku" | "ambiguous_sku" | "unknown_variant" | "unknown_location" | "location_off"
    )
}

/// Seconds until the next try: a minute, then twice as long each time.
fn wait(failures: i64, every_minutes: i64) -> i64 {
    let doubled = RETRY_SECONDS << (failures - 1).clamp(0, 20);
    doubled.min(LONGEST_WAIT_SECONDS.max(every_minutes * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_doubles_the_wait_up_to_a_limit() {
        let waits = [1, 2, 3, 9, 10, 60].map(|failures| wait(failures, 15));
        assert_eq!(waits, [60, 120, 240, 15_360, 21_600, 21_600]);
        assert_eq!(wait(60, 1_440), 86_400);
    }
}
