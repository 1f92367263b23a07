//! Our books against the gateways' own lists: payment by payment, over a time.

use std::collections::{HashMap, HashSet};

use souk_contract::{
    BooksSide, BreakFix, BreakKind, BreakQuery, BreakState, Ctx, Error, Page, PaymentBreak, PaymentBreakId,
    PaymentId, Reconcile, Reconciliation, Resource, Result, Timestamp,
};
use souk_kernel::db::{Json, Text};
use uuid::Uuid;

use crate::{
    comparing,
    gateway::{Charge, Gateway},
    service::LocalPayments,
    store,
    store_breaks::{self, BreakRow, Ours, RunRow},
};

const DAY: i64 = 86_400;
const DAYS: u32 = 60;
const MOST_DAYS: u32 = 400;
const AT_ONCE: i64 = 500;
/// Longer than a checkout waits for a shopper's bank: whoever began is done, or was given up.
const YOUNG_SECONDS: i64 = 30 * 60;
/// What changed since then may have changed between the two lists.
const QUIET_SECONDS: i64 = 10 * 60;
/// A gateway writes a payment down before we do.
const AHEAD_SECONDS: i64 = 3600;
const LAST_RUNS: i64 = 20;
const KEPT_SECONDS: i64 = 400 * DAY;

/// A payment in which the sides differ.
pub(crate) struct Found {
    pub ours: Option<Ours>,
    pub theirs: Option<Charge>,
    pub kind: BreakKind,
    pub fix: Option<BreakFix>,
}

impl Found {
    fn reference(&self) -> String {
        match (&self.theirs, &self.ours) {
            (Some(charge), _) => charge.reference.clone(),
            (None, Some(ours)) => name(ours),
            (None, None) => String::new(),
        }
    }

    /// Writes it into a row; whether anything of it is new.
    pub(crate) fn fill(&self, row: &mut BreakRow) -> bool {
        let known = |row: &BreakRow| {
            let side = |side: Option<Json<BooksSide>>| side.map(|side| side.0);
            (row.kind.0, side(row.ours), side(row.theirs), row.fix.map(|fix| fix.0))
        };
        let was = known(row);
        let (ours, theirs) = (self.ours.as_ref(), self.theirs.as_ref());
        row.payment_id = ours.map(|ours| ours.id).or_else(|| theirs.and_then(|charge| charge.payment));
        row.order_id = ours.map(|ours| ours.order_id);
        row.kind = Text(self.kind);
        row.ours = ours.map(|ours| Json(comparing::our_side(ours)));
        row.theirs = theirs.map(|charge| Json(comparing::their_side(charge)));
        row.fix = self.fix.map(Text);
        was != known(row)
    }
}

fn name(ours: &Ours) -> String {
    ours.gateway_ref.clone().unwrap_or_else(|| ours.id.to_string())
}

/// What both lists come to.
#[derive(Default)]
struct Compared {
    found: Vec<Found>,
    /// In motion: looked at the next time.
    young: HashSet<String>,
    charges: i64,
    foreign: i64,
    payments: i64,
}

impl LocalPayments {
    pub(crate) async fn reconcile_here(&self, ctx: &Ctx, request: Reconcile) -> Result<Reconciliation> {
        ctx.require(Resource::Payments.write())?;
        let days = request.days.unwrap_or(DAYS);
        if !(1..=MOST_DAYS).contains(&days) {
            return Err(Error::invalid("days", "out_of_range", format!("1 to {MOST_DAYS} days.")));
        }
        let run = self.new_run(days);
        if !self.claim(&run, None).await? {
            return Err(Error::conflict("busy", "The gateways' lists are being compared right now."));
        }
        self.run(run).await
    }

    pub(crate) async fn reconcile_daily_here(&self, ctx: &Ctx) -> Result<Option<Reconciliation>> {
        ctx.require(Resource::Payments.write())?;
        let run = self.new_run(DAYS);
        let day_ago = run.started_at.plus_seconds(-DAY);
        let gateways = self.gateways.iter().any(|gateway| gateway.holds());
        // Another server may be at it.
        if !gateways || !self.claim(&run, Some(day_ago)).await? {
            return Ok(None);
        }
        self.run(run).await.map(Some)
    }

    fn new_run(&self, days: u32) -> RunRow {
        let now = self.kit.now();
        RunRow {
            id: self.kit.ids.next(),
            since: now.plus_seconds(-DAY * i64::from(days)),
            until: now.plus_seconds(-YOUNG_SECONDS),
            started_at: now,
            finished_at: None,
            charges: 0,
            foreign_charges: 0,
            payments: 0,
            breaks: 0,
            failure: None,
        }
    }

    /// False while another is under way, and where one that asked everybody was made after `unless_since`.
    async fn claim(&self, run: &RunRow, unless_since: Option<Timestamp>) -> Result<bool> {
        let mut tx = self.db.begin().await?;
        tx.lock("reconciliation", Uuid::nil()).await?;
        let last = store_breaks::last_runs(&mut tx, LAST_RUNS).await?;
        // One that a crash cut off stands in nobody's way for long.
        let left = run.started_at.plus_seconds(-QUIET_SECONDS);
        let busy = last.iter().any(|last| match last.finished_at {
            None => last.started_at > left,
            // One that could not ask everybody is made again.
            Some(_) => last.failure.is_none() && unless_since.is_some_and(|since| last.started_at > since),
        });
        if !busy {
            store_breaks::start(&mut tx, run).await?;
        }
        tx.commit().await?;
        Ok(!busy)
    }

    async fn run(&self, mut run: RunRow) -> Result<Reconciliation> {
        let mut failures = Vec::new();
        for gateway in self.gateways.iter().filter(|gateway| gateway.holds()) {
            if let Err(error) = self.reconcile_gateway(gateway.as_ref(), &mut run).await {
                tracing::warn!(%error, gateway = gateway.code(), "a gateway's list was not compared");
                failures.push(format!("{}: {}", gateway.about().name, error.public_message()));
            }
        }
        run.failure = (!failures.is_empty()).then(|| failures.join(" "));
        run.finished_at = Some(self.kit.now());
        let mut tx = self.db.begin().await?;
        store_breaks::finish(&mut tx, &run).await?;
        store_breaks::forget_runs(&mut tx, run.started_at.plus_seconds(-KEPT_SECONDS)).await?;
        tx.commit().await?;
        Ok(run.into())
    }

    async fn reconcile_gateway(&self, gateway: &dyn Gateway, run: &mut RunRow) -> Result<()> {
        let time = (run.since, run.until);
        let quiet = run.started_at.plus_seconds(-QUIET_SECONDS);
        let compared = self.compare_with(gateway, time, quiet).await?;
        run.charges += compared.charges;
        run.foreign_charges += compared.foreign;
        run.payments += compared.payments;
        run.breaks += compared.found.len() as i64;
        let mut tx = self.db.begin().await?;
        let known = store_breaks::known(&mut tx, gateway.code(), time).await?;
        let mut known: HashMap<String, BreakRow> =
            known.into_iter().map(|row| (row.gateway_ref.clone(), row)).collect();
        for found in compared.found {
            match known.remove(&found.reference()) {
                Some(mut row) => {
                    if found.fill(&mut row) {
                        row.state = Text(BreakState::Open);
                    }
                    row.seen_at = run.started_at;
                    store_breaks::save(&mut tx, &row).await?;
                }
                None => {
                    let row = self.new_break(gateway.code(), &found, run.started_at);
                    store_breaks::insert(&mut tx, &row).await?;
                }
            }
        }
        for mut row in known.into_values().filter(|row| !compared.young.contains(&row.gateway_ref)) {
            row.state = Text(BreakState::Settled);
            row.seen_at = run.started_at;
            store_breaks::save(&mut tx, &row).await?;
        }
        Ok(tx.commit().await?)
    }

    fn new_break(&self, gateway: &str, found: &Found, now: Timestamp) -> BreakRow {
        let theirs = found.theirs.as_ref().map(|charge| charge.created_at);
        let mut row = BreakRow {
            id: self.kit.ids.next(),
            gateway: gateway.to_owned(),
            gateway_ref: found.reference(),
            payment_id: None,
            order_id: None,
            kind: Text(found.kind),
            ours: None,
            theirs: None,
            fix: None,
            state: Text(BreakState::Open),
            note: String::new(),
            begun_at: theirs.or(found.ours.as_ref().map(|ours| ours.created_at)).unwrap_or(now),
            found_at: now,
            seen_at: now,
            version: 1,
        };
        found.fill(&mut row);
        row
    }

    async fn compare_with(
        &self,
        gateway: &dyn Gateway,
        (since, until): (Timestamp, Timestamp),
        quiet: Timestamp,
    ) -> Result<Compared> {
        let listed = gateway.charges(since, until).await?;
        let mut charges: HashMap<String, Charge> =
            listed.into_iter().map(|charge| (charge.reference.clone(), charge)).collect();
        let mut compared = Compared::default();
        let mut after = (since, PaymentId::new(Uuid::nil()));
        loop {
            let mut reader = self.db.read().await?;
            let rows =
                store_breaks::ours_between(&mut reader, gateway.code(), (since, until), after, AT_ONCE)
                    .await?;
            let Some(last) = rows.last() else { break };
            after = (last.created_at, last.id);
            for ours in rows {
                compared.payments += 1;
                let theirs = charges.remove(&name(&ours));
                compared.charges += i64::from(theirs.is_some());
                // It may have begun there just before.
                let early = theirs.is_none() && ours.created_at < since.plus_seconds(AHEAD_SECONDS);
                if early || ours.touched_at() > quiet {
                    compared.young.insert(name(&ours));
                    continue;
                }
                compared.found.extend(judge(Some(ours), theirs));
            }
        }
        for charge in charges.into_values() {
            let ours = self.ours_of(gateway.code(), &charge).await?;
            if ours.is_none() && charge.payment.is_none() {
                compared.foreign += 1;
                continue;
            }
            compared.charges += 1;
            if ours.as_ref().is_some_and(|ours| ours.touched_at() > quiet) {
                compared.young.insert(charge.reference);
                continue;
            }
            compared.found.extend(judge(ours, Some(charge)));
        }
        Ok(compared)
    }

    async fn ours_of(&self, gateway: &str, charge: &Charge) -> Result<Option<Ours>> {
        let mut reader = self.db.read().await?;
        let known = store::by_reference(&mut reader, gateway, &charge.reference).await?;
        let Some(id) = known.map(|row| row.id).or(charge.payment) else { return Ok(None) };
        Ok(store_breaks::ours(&mut reader, id).await?)
    }

    /// As both sides are now. `None`: they agree.
    pub(crate) async fn look_at_break(&self, row: &BreakRow) -> Result<Option<Found>> {
        let gateway = self.gateway(&row.gateway)?;
        let (since, until) = (row.begun_at.plus_seconds(-1), row.begun_at.plus_seconds(1));
        let listed = gateway.charges(since, until).await?;
        let theirs = listed.into_iter().find(|charge| charge.reference == row.gateway_ref);
        let ours = match (&theirs, row.payment_id) {
            (Some(charge), _) => self.ours_of(&row.gateway, charge).await?,
            (None, Some(id)) => store_breaks::ours(&mut *self.db.read().await?, id).await?,
            (None, None) => None,
        };
        Ok(judge(ours, theirs))
    }

    pub(crate) async fn last_reconciliations(&self, ctx: &Ctx) -> Result<Vec<Reconciliation>> {
        ctx.require(Resource::Payments.read())?;
        let rows = store_breaks::last_runs(&mut *self.db.read().await?, LAST_RUNS).await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    pub(crate) async fn list_breaks(&self, ctx: &Ctx, query: &BreakQuery) -> Result<Page<PaymentBreak>> {
        ctx.require(Resource::Payments.read())?;
        let page = query.page();
        let before = page.after_id()?.unwrap_or_else(|| PaymentBreakId::new(Uuid::max()));
        let more = i64::from(page.limit()) + 1;
        let mut reader = self.db.read().await?;
        let rows = match query.state {
            Some(state) => store_breaks::in_state_before(&mut reader, state, before, more).await?,
            None => store_breaks::before(&mut reader, before, more).await?,
        };
        Ok(Page::cut(rows, page.limit(), |row| row.id.to_string(), Into::into))
    }
}

fn judge(ours: Option<Ours>, theirs: Option<Charge>) -> Option<Found> {
    let side = theirs.as_ref().map(comparing::their_side);
    let (kind, fix) = match (&ours, &side) {
        (Some(ours), Some(side)) => comparing::compare(ours, side),
        (Some(ours), None) => comparing::missing(ours),
        (None, Some(side)) => comparing::unknown(side),
        (None, None) => None,
    }?;
    Some(Found { ours, theirs, kind, fix })
}
