//! Figures from outside systems: thousands of rows at once, each with its own outcome.

use std::collections::{BTreeMap, BTreeSet};

use souk_contract::{
    Check, Ctx, KnownStock, LocationId, Result, SyncOutcome, SyncReport, SyncRow, SyncStock, SyncedRow,
    Timestamp, VariantId,
};
use souk_kernel::{
    audit::{self, Audited},
    db::Tx,
};

use crate::{
    books::{Books, Cause, Delta},
    service::MOST,
    stockroom::LocalStockroom,
    store_places::{self, LocationRow},
    store_sync::{self, MovedRow},
};

pub(crate) const MOST_ROWS: usize = 10_000;
/// Clocks of other systems may be ahead by so much.
const AHEAD_SECONDS: i64 = 300;

/// A row's variant, or why there is none.
pub(crate) type Named = Result<VariantId, &'static str>;

/// A row, and the level that it is about.
#[derive(Clone, Copy)]
struct Aimed<'a> {
    row: &'a SyncRow,
    variant: VariantId,
    place: LocationId,
}

/// What is known beside the levels.
struct Known {
    /// Since the earliest moment that a row names, by level, in their order.
    moved: BTreeMap<(VariantId, LocationId), Vec<MovedRow>>,
    /// By reference and level: the difference that was counted.
    counted: BTreeMap<(String, VariantId, LocationId), i64>,
}

impl LocalStockroom {
    pub(crate) async fn take_figures(&self, ctx: &Ctx, request: SyncStock) -> Result<SyncReport> {
        check(&request)?;
        let variants = self.name_variants(&request.rows).await?;
        let mut tx = self.inventory.db.begin().await?;
        let report = self.book_figures(ctx, &mut tx, &request, variants).await?;
        tx.commit().await?;
        Ok(report)
    }

    /// What is done with the rows, in the caller's transaction.
    pub(crate) async fn book_figures(
        &self,
        ctx: &Ctx,
        tx: &mut Tx,
        request: &SyncStock,
        variants: Vec<Named>,
    ) -> Result<SyncReport> {
        let rows = &request.rows;
        let inventory = &self.inventory;
        let now = inventory.kit.now();
        let places = Places::of(store_places::all(tx).await?);
        let mut seen = BTreeMap::new();
        let mut aimed: Vec<Result<Aimed<'_>, &'static str>> = Vec::with_capacity(rows.len());
        for (row, variant) in rows.iter().zip(variants) {
            let one = variant.and_then(|variant| Ok(Aimed { row, variant, place: places.find(row)? }));
            aimed.push(one.and_then(|one| one.in_time(now)));
        }
        for one in aimed.iter().flatten() {
            let (absolute, count) = seen.entry((one.variant, one.place)).or_insert((false, 0_u32));
            *absolute |= one.row.on_hand.is_some();
            *count += 1;
        }
        for one in &mut aimed {
            // Two figures of one shelf: nobody knows which one was meant.
            if let Ok(Aimed { variant, place, .. }) = one
                && seen.get(&(*variant, *place)).is_some_and(|(absolute, count)| *absolute && *count > 1)
            {
                *one = Err("named_twice");
            }
        }
        let good: Vec<Aimed<'_>> = aimed.iter().flatten().copied().collect();
        let (ids, shelves) = (good.iter().map(|one| one.variant), good.iter().map(|one| one.place));
        let mut books = Books::open_all(tx, ids, shelves).await?;
        let mut known = Known::load(tx, &good).await?;
        let cause = Cause { kind: "synced", reason: &request.reason, ..Cause::default() };
        let mut report = SyncReport { applied: 0, unchanged: 0, conflicts: 0, rows: Vec::new() };
        let mut counted = Vec::new();
        for one in aimed {
            let outcome = match one {
                Err(reason) => SyncedRow {
                    outcome: SyncOutcome::Conflict,
                    variant_id: None,
                    location_id: None,
                    on_hand: None,
                    reason: Some(reason.to_owned()),
                    known: None,
                },
                Ok(one) => {
                    let decided = one.decide(&books, &known);
                    if let Decided::Change(delta) = decided {
                        let at = (one.variant, one.place);
                        books.open_level(one.variant, one.place);
                        let said = Cause { reason: &one.reason(&request.reason), ..cause };
                        books.correct(inventory, ctx, at, Delta::on_hand(delta), &said)?;
                        if let (Some(reference), Some(delta)) = (&one.row.reference, one.row.delta) {
                            known.counted.insert((reference.clone(), one.variant, one.place), delta);
                            let (variant_id, location_id) = at;
                            let reference = reference.clone();
                            counted.push(store_sync::SyncedRow { reference, variant_id, location_id, delta });
                        }
                    }
                    one.outcome(decided, books.level(one.variant, one.place).on_hand)
                }
            };
            match outcome.outcome {
                SyncOutcome::Applied => report.applied += 1,
                SyncOutcome::Unchanged => report.unchanged += 1,
                SyncOutcome::Conflict => report.conflicts += 1,
            }
            report.rows.push(outcome);
        }
        store_sync::add_synced(tx, &counted, now).await?;
        books.close(inventory, tx).await?;
        let what = vec![
            audit::change("applied", 0, report.applied),
            audit::change("unchanged", 0, report.unchanged),
            audit::change("conflicts", 0, report.conflicts),
        ];
        let label = if request.reason.is_empty() { "Stock" } else { request.reason.as_str() };
        tx.audit(ctx, Audited::new("stock.synced", inventory.kit.ids.uuid(), label), what).await?;
        Ok(report)
    }

    /// The variant of each row, or why there is none.
    pub(crate) async fn name_variants(&self, rows: &[SyncRow]) -> Result<Vec<Named>> {
        let codes: BTreeSet<&String> = rows.iter().filter_map(|row| row.sku.as_ref()).collect();
        let codes: Vec<String> = codes.into_iter().cloned().collect();
        let ids: BTreeSet<VariantId> = rows.iter().filter_map(|row| row.variant_id).collect();
        let by_code = self.codes.by_codes(&codes).await?;
        let known = self.codes.known(&ids.into_iter().collect::<Vec<_>>()).await?;
        let name = |row: &SyncRow| match (row.variant_id, &row.sku) {
            (Some(id), _) => known.get(&id).copied().ok_or("unknown_variant"),
            (None, sku) => match sku.as_ref().and_then(|sku| by_code.get(sku)).map(Vec::as_slice) {
                Some([one]) => Ok(*one),
                Some([_, ..]) => Err("ambiguous_sku"),
                _ => Err("unknown_sku"),
            },
        };
        Ok(rows.iter().map(name).collect())
    }
}

fn check(request: &SyncStock) -> Result<()> {
    let mut check = Check::new();
    let count = request.rows.len();
    check.that((1..=MOST_ROWS).contains(&count), "rows", "out_of_range", "1 to 10,000 rows at once.");
    check.short(&request.reason, "reason", 200);
    for (index, row) in request.rows.iter().enumerate() {
        let mut wrong = |field: &str, holds: bool, message: &str| {
            if !holds {
                check.that(false, &format!("rows[{index}].{field}"), "invalid", message);
            }
        };
        wrong("sku", row.sku.is_some() != row.variant_id.is_some(), "Either a SKU or a variant's id.");
        let counted = row.on_hand.is_some() && row.as_of.is_some() && row.delta.is_none();
        let differs = row.delta.is_some() && row.on_hand.is_none() && row.as_of.is_none();
        wrong("on_hand", counted || differs, "Either `on_hand` with `as_of`, or `delta` with `reference`.");
        wrong("on_hand", row.on_hand.is_none_or(|pieces| (-MOST..=MOST).contains(&pieces)), "Out of range.");
        let fits = |delta: i64| delta != 0 && (-MOST..=MOST).contains(&delta);
        wrong("delta", row.delta.is_none_or(fits), "Some pieces more or fewer.");
        let named = |text: &String| !text.trim().is_empty() && text.chars().count() <= 100;
        let needed = row.reference.as_ref().map_or(row.delta.is_none(), named);
        wrong("reference", needed, "Up to 100 characters that name the difference.");
    }
    check.done()
}

/// Places by what a row calls them.
struct Places {
    all: Vec<LocationRow>,
    by_name: BTreeMap<String, usize>,
}

impl Places {
    fn of(all: Vec<LocationRow>) -> Self {
        let names = all.iter().enumerate();
        let by_name = names
            .flat_map(|(at, place)| [(place.id.to_string(), at), (place.name.to_lowercase(), at)])
            .collect();
        Self { all, by_name }
    }

    fn find(&self, row: &SyncRow) -> Result<LocationId, &'static str> {
        let Some(wanted) = &row.location else {
            return self
                .all
                .iter()
                .find(|place| place.active)
                .map(|place| place.id)
                .ok_or("unknown_location");
        };
        let at = self.by_name.get(&wanted.trim().to_lowercase()).ok_or("unknown_location")?;
        match self.all.get(*at) {
            Some(place) if place.active => Ok(place.id),
            Some(_) => Err("location_off"),
            None => Err("unknown_location"),
        }
    }
}

impl Known {
    async fn load(tx: &mut Tx, rows: &[Aimed<'_>]) -> Result<Self> {
        let mut moved: BTreeMap<_, Vec<MovedRow>> = BTreeMap::new();
        if let Some(since) = rows.iter().filter_map(|one| one.row.as_of).min() {
            let counted: BTreeSet<VariantId> =
                rows.iter().filter(|one| one.row.as_of.is_some()).map(|one| one.variant).collect();
            let counted: Vec<VariantId> = counted.into_iter().collect();
            for one in store_sync::moved_since(tx, &counted, since).await? {
                moved.entry((one.variant_id, one.location_id)).or_default().push(one);
            }
        }
        let references: BTreeSet<&String> = rows.iter().filter_map(|one| one.told()).collect();
        let references: Vec<String> = references.into_iter().cloned().collect();
        let counted = store_sync::synced(tx, &references).await?.into_iter();
        let counted =
            counted.map(|row| ((row.reference, row.variant_id, row.location_id), row.delta)).collect();
        Ok(Self { moved, counted })
    }
}

enum Decided {
    Change(i64),
    Nothing,
    Conflict(&'static str, KnownStock),
}

impl Aimed<'_> {
    fn in_time(self, now: Timestamp) -> Result<Self, &'static str> {
        let ahead = self.row.as_of.is_some_and(|as_of| as_of > now.plus_seconds(AHEAD_SECONDS));
        if ahead { Err("in_the_future") } else { Ok(self) }
    }

    /// The reference of a difference; of a number it is only a note.
    fn told(&self) -> Option<&String> {
        self.row.reference.as_ref().filter(|_| self.row.delta.is_some())
    }

    fn decide(&self, books: &Books, known: &Known) -> Decided {
        let on_hand = books.level(self.variant, self.place).on_hand;
        if let Some(delta) = self.row.delta {
            let reference = self.row.reference.clone().unwrap_or_default();
            return match known.counted.get(&(reference, self.variant, self.place)) {
                None => Decided::Change(delta),
                Some(before) if *before == delta => Decided::Nothing,
                Some(_) => {
                    let known = KnownStock { on_hand, moved_at: None, kind: None };
                    Decided::Conflict("reference_reused", known)
                }
            };
        }
        let as_of = self.row.as_of;
        let moved = known.moved.get(&(self.variant, self.place)).into_iter().flatten();
        let since: Vec<&MovedRow> = moved.filter(|one| as_of.is_some_and(|as_of| one.at > as_of)).collect();
        // What our orders took since was still there when it was counted.
        let own: i64 =
            since.iter().filter(|one| one.reservation_id.is_some()).map(|one| one.on_hand_delta).sum();
        let target = self.row.on_hand.unwrap_or_default() + own;
        let new = books.item(self.variant).is_none_or(|item| item.version == 0);
        if target == on_hand && !new {
            return Decided::Nothing;
        }
        match since.iter().rev().find(|one| one.reservation_id.is_none()) {
            None => Decided::Change(target - on_hand),
            Some(last) => {
                let (moved_at, kind) = (Some(last.at), Some(last.kind.clone()));
                Decided::Conflict("newer_movement", KnownStock { on_hand, moved_at, kind })
            }
        }
    }

    fn reason(&self, reason: &str) -> String {
        match (&self.row.reference, reason) {
            (Some(reference), "") => reference.clone(),
            (Some(reference), reason) => format!("{reason} ({reference})"),
            (None, reason) => reason.to_owned(),
        }
    }

    fn outcome(&self, decided: Decided, on_hand: i64) -> SyncedRow {
        let (outcome, reason, known) = match decided {
            Decided::Change(_) => (SyncOutcome::Applied, None, None),
            Decided::Nothing => (SyncOutcome::Unchanged, None, None),
            Decided::Conflict(reason, known) => (SyncOutcome::Conflict, Some(reason.to_owned()), Some(known)),
        };
        SyncedRow {
            outcome,
            variant_id: Some(self.variant),
            location_id: Some(self.place),
            on_hand: Some(on_hand),
            reason,
            known,
        }
    }
}
