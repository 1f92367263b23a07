//! One relay per domain carries its outbox to the handlers, in order, until each has done its work.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures::{FutureExt as _, StreamExt as _, future::join_all, stream};
use souk_contract::Timestamp;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::{
    bus::{Bus, Delivered, Handler},
    db::{Db, DbError},
    http,
    outbox::{self, OutboxRow},
};

const BATCH: i64 = 64;
/// Events of different keys that are on their way at once.
const PARALLEL: usize = 16;
const HANDLER_LIMIT: Duration = Duration::from_secs(60);
/// With these tries and pauses a handler has about four hours to recover.
const LAST_ATTEMPT: i64 = 12;
const LONGEST_PAUSE_SECONDS: i64 = 3600;
const POLL: Duration = Duration::from_secs(1);
const PRUNE_EVERY_SECONDS: i64 = 3600;
const KEEP_DISPATCHED_SECONDS: i64 = 7 * 86_400;
/// Longer than the outbox, so that whatever can still be repeated is still remembered.
const KEEP_INBOX_SECONDS: i64 = 60 * 86_400;

/// Delivers what one domain published. Events of one key go in order, unless one fails: that one is tried again
/// later and the next ones don't wait for it. So a handler looks up how things stand now, by the ids it is given.
#[derive(Clone)]
pub struct Relay {
    db: Db,
    bus: Bus,
}

impl Relay {
    pub fn new(db: Db, bus: Bus) -> Self {
        Self { db, bus }
    }

    /// Runs until `stop` is cancelled; a batch that has begun is finished first.
    pub async fn run(self, stop: CancellationToken) {
        let mut pruned_at: Option<Timestamp> = None;
        while !stop.is_cancelled() {
            let pause = match self.deliver_batch().await {
                Ok(Batch { again: true, .. }) => continue,
                Ok(batch) => {
                    let now = self.db.kit().now();
                    if pruned_at.is_none_or(|at| at.plus_seconds(PRUNE_EVERY_SECONDS) <= now) {
                        pruned_at = Some(now);
                        if let Err(error) = self.prune().await {
                            tracing::warn!(domain = self.db.domain(), %error, "outbox not pruned");
                        }
                    }
                    batch.pause(now)
                }
                Err(error) => {
                    tracing::error!(domain = self.db.domain(), %error, "outbox not read");
                    POLL
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.db.published() => {}
                () = sleep(pause) => {}
            }
        }
    }

    /// Delivers until nothing is due, and says how many events were tried. For tests, and before a shutdown.
    pub async fn drain(&self) -> Result<usize, DbError> {
        let mut total = 0;
        loop {
            match self.deliver_batch().await?.tried {
                0 => return Ok(total),
                tried => total += tried,
            }
        }
    }

    /// Forgets old events; [`run`](Self::run) does it every hour.
    pub async fn prune(&self) -> Result<u64, DbError> {
        let now = self.db.kit().now();
        let mut tx = self.db.begin().await?;
        let gone = outbox::prune(
            &mut tx,
            now.plus_seconds(-KEEP_DISPATCHED_SECONDS),
            now.plus_seconds(-KEEP_INBOX_SECONDS),
        )
        .await?;
        let keys = http::prune(&mut tx, now.plus_seconds(-http::KEEP_SECONDS)).await?;
        tx.commit().await?;
        Ok(gone + keys)
    }

    async fn deliver_batch(&self) -> Result<Batch, DbError> {
        let mut rows = outbox::waiting(&mut *self.db.read().await?, BATCH).await?;
        let full = rows.len() == BATCH as usize;
        let now = self.db.kit().now();
        let due = rows.partition_point(|row| row.not_before <= now);
        let next = rows.get(due).map(|row| row.not_before);
        rows.truncate(due);
        if rows.is_empty() {
            return Ok(Batch { tried: 0, again: false, next });
        }
        rows.sort_by_key(|row| (row.key, row.seq));
        let by_key: Vec<Vec<OutboxRow>> =
            rows.chunk_by(|a, b| a.key == b.key).map(<[OutboxRow]>::to_vec).collect();
        let outcomes: Vec<Outcome> = stream::iter(by_key)
            .map(|rows| async move {
                let mut outcomes = Vec::with_capacity(rows.len());
                for row in rows {
                    outcomes.push(self.deliver(row).await);
                }
                stream::iter(outcomes)
            })
            .buffer_unordered(PARALLEL)
            .flatten()
            .collect()
            .await;
        self.write_down(&outcomes).await?;
        let failed = outcomes.iter().any(|outcome| outcome.error.is_some());
        Ok(Batch { tried: outcomes.len(), again: failed || (full && next.is_none()), next })
    }

    async fn deliver(&self, row: OutboxRow) -> Outcome {
        let kind: Arc<str> = row.kind.into();
        let payload = Arc::new(row.payload.0);
        let attempt = row.attempts + 1;
        let calls = self.bus.handlers(&kind).into_iter().map(|handler| {
            let delivered = Delivered {
                id: row.id,
                handler: handler.name,
                kind: Arc::clone(&kind),
                key: row.key,
                payload: Arc::clone(&payload),
                at: row.created_at,
                attempt: u32::try_from(attempt).unwrap_or(u32::MAX),
            };
            call(handler, delivered)
        });
        let errors: Vec<String> = join_all(calls).await.into_iter().filter_map(Result::err).collect();
        let error = (!errors.is_empty()).then(|| errors.join("; "));
        if let Some(error) = &error {
            let id = row.id;
            if attempt >= LAST_ATTEMPT {
                tracing::error!(kind = &*kind, %id, attempt, error, "event given up: it is a dead letter now");
            } else {
                tracing::warn!(kind = &*kind, %id, attempt, error, "event will be tried again");
            }
        }
        metrics::counter!(
            "souk_events_total",
            "domain" => self.db.domain(),
            "outcome" => if error.is_none() { "done" } else { "failed" }
        )
        .increment(1);
        Outcome { seq: row.seq, attempt, error }
    }

    async fn write_down(&self, outcomes: &[Outcome]) -> Result<(), DbError> {
        let done: Vec<i64> =
            outcomes.iter().filter(|outcome| outcome.error.is_none()).map(|outcome| outcome.seq).collect();
        let now = self.db.kit().now();
        let mut tx = self.db.begin().await?;
        if !done.is_empty() {
            outbox::mark_dispatched(&mut tx, &done, now).await?;
        }
        for outcome in outcomes {
            if let Some(error) = &outcome.error {
                let again = now.plus_seconds(pause_seconds(outcome.attempt));
                let dead = outcome.attempt >= LAST_ATTEMPT;
                outbox::mark_failed(&mut tx, outcome.seq, error, again, dead).await?;
            }
        }
        tx.commit().await
    }
}

/// Delivers for several domains until all are quiet: an event may make another domain publish.
pub async fn drain_all(relays: &[Relay]) -> Result<usize, DbError> {
    let mut total = 0;
    loop {
        let mut count = 0;
        for relay in relays {
            count += relay.drain().await?;
        }
        if count == 0 {
            return Ok(total);
        }
        total += count;
    }
}

struct Batch {
    tried: usize,
    /// There may be more to do at once. Whatever is published meanwhile rings.
    again: bool,
    /// When the next one is due.
    next: Option<Timestamp>,
}

impl Batch {
    fn pause(&self, now: Timestamp) -> Duration {
        let micros = self.next.map(|at| at.micros().saturating_sub(now.micros()));
        micros
            .map_or(POLL, |micros| POLL.min(Duration::from_micros(u64::try_from(micros).unwrap_or_default())))
    }
}

struct Outcome {
    seq: i64,
    attempt: i64,
    error: Option<String>,
}

async fn call(handler: Handler, delivered: Delivered) -> Result<(), String> {
    let name = handler.name;
    let running = AssertUnwindSafe(async move { (handler.run)(delivered).await }).catch_unwind();
    match timeout(HANDLER_LIMIT, running).await {
        Ok(Ok(Ok(()))) => Ok(()),
        Ok(Ok(Err(error))) => Err(format!("{name}: {error}")),
        Ok(Err(_)) => Err(format!("{name}: panicked")),
        Err(_) => Err(format!("{name}: took longer than {} s", HANDLER_LIMIT.as_secs())),
    }
}

/// 1 s, 3 s, 9 s … up to an hour.
fn pause_seconds(attempt: i64) -> i64 {
    let exponent = u32::try_from(attempt.saturating_sub(1)).unwrap_or(u32::MAX);
    3_i64.saturating_pow(exponent).min(LONGEST_PAUSE_SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_an_hour() {
        let pauses: Vec<i64> = [1, 2, 3, 8, 9, 12, i64::MAX].map(pause_seconds).into();
        assert_eq!(pauses, [1, 3, 9, 2187, 3600, 3600, 3600]);
    }
}
