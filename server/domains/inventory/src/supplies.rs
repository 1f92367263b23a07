//! Transfers and purchase orders: planned, sent or ordered, and received, all at once or in parts.

use std::collections::BTreeMap;

use souk_contract::{
    Check, Ctx, Error, LocationId, Money, NaiveDate, Page, PageRequest, ReceiveLine, Result, Supply,
    SupplyId, SupplyInput, SupplyKind, SupplyLine, SupplyQuery, SupplyState, SupplySummary, VariantId,
    supply_name,
};
use souk_kernel::{
    audit::{self, Audited},
    db::{Conn, Text, Tx},
};
use uuid::Uuid;

use crate::{
    books::{Books, Cause, Delta},
    service::MOST,
    stockroom::LocalStockroom,
    store_supplies::{self, SummaryRow, SupplyLineRow, SupplyRow},
};

const MOST_LINES: usize = 1_000;

impl LocalStockroom {
    pub(crate) async fn list_supplies(&self, query: &SupplyQuery) -> Result<Page<SupplySummary>> {
        let page = PageRequest { after: query.after.clone(), limit: query.limit };
        let before = page.after_id()?.unwrap_or_else(|| SupplyId::new(Uuid::max()));
        let limit = page.limit() as usize;
        let mut reader = self.inventory.db.read().await?;
        let mut rows =
            store_supplies::list(&mut reader, query.kind, query.open, before, limit as i64 + 1).await?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|row| row.id.to_string());
        Ok(Page { items: rows.into_iter().map(summary).collect(), next })
    }

    pub(crate) async fn read_supply(&self, id: SupplyId) -> Result<Supply> {
        load(&mut *self.inventory.db.read().await?, id).await
    }

    pub(crate) async fn write_supply(
        &self,
        ctx: &Ctx,
        id: Option<SupplyId>,
        input: SupplyInput,
        if_version: Option<i64>,
    ) -> Result<Supply> {
        self.check(&input)?;
        let inventory = &self.inventory;
        let now = inventory.kit.now();
        let mut tx = inventory.db.begin().await?;
        tx.lock("supplies", Uuid::nil()).await?;
        let places = crate::store_places::all(&mut tx).await?;
        for place in input.from_id.into_iter().chain([input.to_id]) {
            crate::books::pick(&places, Some(place))?;
        }
        require_an_end(ctx, (input.from_id, input.to_id))?;
        let old = match id {
            Some(id) => Some(load(&mut tx, id).await?),
            None => None,
        };
        if let Some(old) = &old {
            require_an_end(ctx, (old.from_id, old.to_id))?;
        }
        let row = match &old {
            None => SupplyRow {
                id: inventory.kit.ids.next(),
                kind: Text(input.kind),
                number: store_supplies::next_number(&mut tx, input.kind).await?,
                state: Text(SupplyState::Draft),
                from_id: input.from_id,
                to_id: input.to_id,
                supplier: input.supplier.trim().to_owned(),
                expected_on: input.expected_on.map(|day| day.to_string()),
                note: input.note.trim().to_owned(),
                currency: self.currency,
                created_at: now,
                updated_at: now,
                version: 1,
            },
            Some(old) => {
                fresh(old, if_version)?;
                if old.kind != input.kind {
                    return Err(Error::invalid("kind", "invalid", "It stays what it was made as."));
                }
                if old.state != SupplyState::Draft {
                    return Err(Error::conflict("not_a_draft", "Only a draft can be changed."));
                }
                SupplyRow {
                    from_id: input.from_id,
                    to_id: input.to_id,
                    supplier: input.supplier.trim().to_owned(),
                    expected_on: input.expected_on.map(|day| day.to_string()),
                    note: input.note.trim().to_owned(),
                    ..self.row_of(old, now)
                }
            }
        };
        let line = |line: &souk_contract::SupplyLineInput| SupplyLineRow {
            variant_id: line.variant_id,
            quantity: line.quantity,
            received: 0,
            damaged: 0,
            lost: 0,
            cost_minor: line.cost.map(|cost| cost.minor),
        };
        let lines: Vec<SupplyLineRow> = input.lines.iter().map(line).collect();
        if old.is_none() {
            store_supplies::add(&mut tx, &row).await?;
        } else if !store_supplies::update(&mut tx, &row).await? {
            return Err(stale());
        }
        store_supplies::put_lines(&mut tx, row.id, &lines).await?;
        let new = load(&mut tx, row.id).await?;
        let action = if old.is_none() { "supply.created" } else { "supply.changed" };
        let what = audit::changes(old.as_ref().map(shown).as_ref(), Some(&shown(&new)));
        tx.audit(ctx, Audited::new(action, new.id, new.name()), what).await?;
        tx.commit().await?;
        Ok(new)
    }

    pub(crate) async fn step_supply(
        &self,
        ctx: &Ctx,
        id: SupplyId,
        to: SupplyState,
        if_version: Option<i64>,
    ) -> Result<Supply> {
        let inventory = &self.inventory;
        let mut tx = inventory.db.begin().await?;
        let old = load(&mut tx, id).await?;
        ctx.require_at(old.from_id.unwrap_or(old.to_id))?;
        fresh(&old, if_version)?;
        if old.state == to {
            return Ok(old);
        }
        if !old.state.next(old.kind).contains(&to) {
            return Err(Error::conflict("not_now", "That can't be done with it as it is now."));
        }
        let row = SupplyRow { state: Text(to), ..self.row_of(&old, inventory.kit.now()) };
        if !store_supplies::update(&mut tx, &row).await? {
            return Err(stale());
        }
        if to == SupplyState::InTransit {
            self.send(ctx, &mut tx, &old).await?;
        }
        let what = vec![audit::change("state", old.state, to)];
        tx.audit(ctx, Audited::new("supply.moved", id, old.name()), what).await?;
        let new = load(&mut tx, id).await?;
        tx.commit().await?;
        Ok(new)
    }

    /// The pieces leave the shelf that they come from; what is promised from there stays.
    async fn send(&self, ctx: &Ctx, tx: &mut Tx, supply: &Supply) -> Result<()> {
        let from = supply.from_id.ok_or_else(|| Error::internal("a transfer from nowhere"))?;
        let mut books = Books::open_all(tx, supply.lines.iter().map(|line| line.variant_id), [from]).await?;
        let (reason, source) = (supply.name(), Some(supply.id.uuid()));
        let cause = Cause { kind: "sent", reason: &reason, source, ..Cause::default() };
        for line in &supply.lines {
            let available = books.level(line.variant_id, from).available();
            if available < line.quantity {
                let message = format!("Only {} of one of its products are free to leave.", available.max(0));
                return Err(Error::conflict("too_few", message));
            }
            let at = (line.variant_id, from);
            books.post(&self.inventory, ctx, at, Delta::on_hand(-line.quantity), &cause)?;
        }
        books.close(&self.inventory, tx).await?;
        Ok(())
    }

    pub(crate) async fn take_supply(
        &self,
        ctx: &Ctx,
        id: SupplyId,
        came: Vec<ReceiveLine>,
        if_version: Option<i64>,
    ) -> Result<Supply> {
        let came = merged(&came)?;
        let inventory = &self.inventory;
        let mut tx = inventory.db.begin().await?;
        let old = load(&mut tx, id).await?;
        ctx.require_at(old.to_id)?;
        fresh(&old, if_version)?;
        if !old.state.is_coming() {
            return Err(Error::conflict("not_now", "Nothing of it is on its way."));
        }
        let mut books = Books::open_all(&mut tx, came.keys().copied(), [old.to_id]).await?;
        let place = books.place(Some(old.to_id))?;
        let (reason, source) = (old.name(), Some(id.uuid()));
        let cause = Cause { kind: "received", reason: &reason, source, ..Cause::default() };
        let mut lines = old.lines.clone();
        for (variant, one) in &came {
            let Some(line) = lines.iter_mut().find(|line| line.variant_id == *variant) else {
                return Err(Error::invalid("lines", "unknown", "This product is not in it."));
            };
            line.received += one.received;
            line.damaged += one.damaged;
            line.lost += one.lost;
            if line.open() < 0 {
                let message =
                    "More would have come than is on its way. Count again, or change the stock by hand.";
                return Err(Error::conflict("too_many", message));
            }
            let delta = Delta { on_hand: one.received, damaged: one.damaged, ..Delta::default() };
            books.correct(inventory, ctx, (*variant, place), delta, &cause)?;
        }
        let done = lines.iter().all(|line| line.open() == 0);
        let state = if done { SupplyState::Received } else { SupplyState::PartiallyReceived };
        let row = SupplyRow { state: Text(state), ..self.row_of(&old, inventory.kit.now()) };
        if !store_supplies::update(&mut tx, &row).await? {
            return Err(stale());
        }
        store_supplies::put_lines(&mut tx, id, &lines.iter().map(line_row).collect::<Vec<_>>()).await?;
        books.close(inventory, &mut tx).await?;
        let pieces = |of: fn(&SupplyLine) -> i64| {
            let sum = |lines: &[SupplyLine]| lines.iter().map(of).sum::<i64>();
            (sum(&old.lines), sum(&lines))
        };
        let what = [
            ("received", pieces(|line| line.received)),
            ("damaged", pieces(|line| line.damaged)),
            ("lost", pieces(|line| line.lost)),
        ];
        let what = what.into_iter().filter(|(_, (before, after))| before != after);
        let what = what.map(|(field, (before, after))| audit::change(field, before, after)).collect();
        tx.audit(ctx, Audited::new("supply.received", id, old.name()), what).await?;
        let new = load(&mut tx, id).await?;
        tx.commit().await?;
        Ok(new)
    }

    fn check(&self, input: &SupplyInput) -> Result<()> {
        let mut check = Check::new();
        let transfer = input.kind == SupplyKind::Transfer;
        check.that(
            transfer == input.from_id.is_some(),
            "from_id",
            "invalid",
            "A transfer comes from a location.",
        );
        check.that(
            input.from_id != Some(input.to_id),
            "to_id",
            "invalid",
            "Another location than it comes from.",
        );
        check.short(&input.supplier, "supplier", 100).short(&input.note, "note", 500);
        if !transfer {
            check.text(&input.supplier, "supplier", 100);
        }
        let count = input.lines.len();
        check.that((1..=MOST_LINES).contains(&count), "lines", "out_of_range", "1 to 1,000 products.");
        let mut seen = std::collections::BTreeSet::new();
        for (index, line) in input.lines.iter().enumerate() {
            let field = |name: &str| format!("lines[{index}].{name}");
            check.that(seen.insert(line.variant_id), &field("variant_id"), "repeated", "Each product once.");
            let fits = (1..=MOST).contains(&line.quantity);
            check.that(fits, &field("quantity"), "out_of_range", "At least one piece.");
            let right = |cost: Money| !transfer && cost.minor >= 0 && cost.currency == self.currency;
            check.that(line.cost.is_none_or(right), &field("cost"), "invalid", "In the shop's currency.");
        }
        check.done()
    }

    /// As it is stored, one version later.
    fn row_of(&self, supply: &Supply, now: souk_contract::Timestamp) -> SupplyRow {
        SupplyRow {
            id: supply.id,
            kind: Text(supply.kind),
            number: supply.number,
            state: Text(supply.state),
            from_id: supply.from_id,
            to_id: supply.to_id,
            supplier: supply.supplier.clone(),
            expected_on: supply.expected_on.map(|day| day.to_string()),
            note: supply.note.clone(),
            currency: self.currency,
            created_at: supply.created_at,
            updated_at: now,
            version: supply.version + 1,
        }
    }
}

/// Pieces per variant.
fn merged(came: &[ReceiveLine]) -> Result<BTreeMap<VariantId, ReceiveLine>> {
    let mut check = Check::new();
    let mut merged: BTreeMap<VariantId, ReceiveLine> = BTreeMap::new();
    for (index, one) in came.iter().enumerate() {
        let numbers = [one.received, one.damaged, one.lost];
        let fits = numbers.iter().all(|pieces| (0..=MOST).contains(pieces));
        check.that(fits, &format!("lines[{index}]"), "out_of_range", "A number of pieces, from 0.");
        if fits && numbers != [0, 0, 0] {
            let sum = merged.entry(one.variant_id).or_insert_with(|| ReceiveLine {
                variant_id: one.variant_id,
                received: 0,
                damaged: 0,
                lost: 0,
            });
            sum.received += one.received;
            sum.damaged += one.damaged;
            sum.lost += one.lost;
        }
    }
    check.done()?;
    Check::new().that(!merged.is_empty(), "lines", "required", "Say how many pieces came.").done()?;
    Ok(merged)
}

/// Whoever works at one end may plan a transfer; sending and receiving are for whoever works there.
fn require_an_end(ctx: &Ctx, (from, to): (Option<LocationId>, LocationId)) -> Result<()> {
    match from {
        Some(from) if ctx.require_at(from).is_ok() => Ok(()),
        _ => ctx.require_at(to),
    }
}

async fn load(conn: &mut Conn, id: SupplyId) -> Result<Supply> {
    let row = store_supplies::supply(conn, id).await?.ok_or_else(|| Error::not_found("supply"))?;
    let currency = row.currency;
    let line = |line: SupplyLineRow| SupplyLine {
        variant_id: line.variant_id,
        quantity: line.quantity,
        received: line.received,
        damaged: line.damaged,
        lost: line.lost,
        cost: line.cost_minor.map(|minor| Money::new(minor, currency)),
    };
    let lines = store_supplies::lines(conn, id).await?.into_iter().map(line).collect();
    Ok(Supply {
        id: row.id,
        kind: row.kind.0,
        number: row.number,
        state: row.state.0,
        from_id: row.from_id,
        to_id: row.to_id,
        supplier: row.supplier,
        expected_on: day(row.expected_on),
        note: row.note,
        lines,
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
    })
}

fn line_row(line: &SupplyLine) -> SupplyLineRow {
    SupplyLineRow {
        variant_id: line.variant_id,
        quantity: line.quantity,
        received: line.received,
        damaged: line.damaged,
        lost: line.lost,
        cost_minor: line.cost.map(|cost| cost.minor),
    }
}

fn summary(row: SummaryRow) -> SupplySummary {
    SupplySummary {
        id: row.id,
        kind: row.kind.0,
        number: row.number,
        state: row.state.0,
        from_id: row.from_id,
        to_id: row.to_id,
        supplier: row.supplier,
        expected_on: day(row.expected_on),
        pieces: row.pieces,
        done: row.done,
        updated_at: row.updated_at,
    }
}

fn day(text: Option<String>) -> Option<NaiveDate> {
    text.and_then(|text| text.parse().ok())
}

/// For the audit log.
fn shown(supply: &Supply) -> impl serde::Serialize + use<> {
    #[derive(serde::Serialize)]
    struct Shown {
        supplier: String,
        expected_on: Option<NaiveDate>,
        note: String,
        products: usize,
        pieces: i64,
    }
    Shown {
        supplier: supply.supplier.clone(),
        expected_on: supply.expected_on,
        note: supply.note.clone(),
        products: supply.lines.len(),
        pieces: supply.lines.iter().map(|line| line.quantity).sum(),
    }
}

fn fresh(supply: &Supply, if_version: Option<i64>) -> Result<()> {
    if if_version.is_some_and(|version| version != supply.version) { Err(stale()) } else { Ok(()) }
}

fn stale() -> Error {
    Error::conflict("stale_version", "Somebody changed this meanwhile. Please look at it again.")
}

/// What the books say of supplies beside what the supplies say.
pub(crate) async fn differences(conn: &mut Conn) -> Result<Vec<souk_contract::Difference>> {
    let rows = store_supplies::audit(conn).await?;
    let difference = |row: store_supplies::SupplyAuditRow| souk_contract::Difference {
        what: format!("{}, variant {}", supply_name(row.kind.0, row.number), row.variant_id),
        expected: format!(
            "sent {}, received {}, damaged {} by the ledger",
            row.moved_sent, row.moved_received, row.moved_damaged
        ),
        found: format!("sent {}, received {}, damaged {}", row.sent, row.received, row.damaged),
        explanation: "The supply was changed without its movements, or they without it.".into(),
    };
    Ok(rows.into_iter().map(difference).collect())
}
