//! Counts: opened for a location, filled by hand or scanner, and applied as differences, so that what moved after a row was
//! counted stays.

use std::collections::BTreeSet;

use souk_contract::{
    Check, CountEntry, CountLine, CountLinesQuery, CountState, Ctx, Difference, Error, OpenCount, Page,
    PageRequest, Result, StockCount, StockCountId, VariantId,
};
use souk_kernel::{
    audit::{self, Audited},
    db::Conn,
};
use uuid::Uuid;

use crate::{
    books::{Books, Cause, Delta, pick},
    service::MOST,
    stockroom::LocalStockroom,
    store_counts::{self, CountLineRow, CountRow},
    store_places,
};

impl LocalStockroom {
    pub(crate) async fn begin_count(&self, ctx: &Ctx, request: OpenCount) -> Result<StockCount> {
        let OpenCount { location_id, note, vendor, product_type } = request;
        Check::new().short(&note, "note", 200).done()?;
        let (vendor, product_type) = (filled(vendor), filled(product_type));
        let wanted = match (&vendor, &product_type) {
            (None, None) => None,
            (vendor, kind) => Some(self.codes.of_products(vendor.as_deref(), kind.as_deref()).await?),
        };
        let inventory = &self.inventory;
        let id: StockCountId = inventory.kit.ids.next();
        let mut tx = inventory.db.begin().await?;
        let places = store_places::all(&mut tx).await?;
        pick(&places, Some(location_id))?;
        ctx.require_at(location_id)?;
        let there = store_counts::variants_in(&mut tx, location_id).await?.into_iter().map(|(id,)| id);
        let variants: Vec<VariantId> = match wanted {
            None => there.collect(),
            Some(wanted) => {
                let wanted: BTreeSet<VariantId> = wanted.into_iter().collect();
                there.filter(|id| wanted.contains(id)).collect()
            }
        };
        if variants.is_empty() {
            return Err(Error::conflict("nothing_to_count", "Nothing of that is counted in this location."));
        }
        store_counts::add(&mut tx, id, location_id, note.trim(), inventory.kit.now()).await?;
        store_counts::add_lines(&mut tx, id, &variants).await?;
        let count = load(&mut tx, id).await?;
        let what = vec![audit::change("products", 0, count.lines)];
        tx.audit(ctx, Audited::new("count.opened", id, name(&count)), what).await?;
        tx.commit().await?;
        Ok(count)
    }

    pub(crate) async fn list_counts(&self, page: &PageRequest) -> Result<Page<StockCount>> {
        let before = page.after_id()?.unwrap_or_else(|| StockCountId::new(Uuid::max()));
        let limit = page.limit() as usize;
        let mut reader = self.inventory.db.read().await?;
        let mut rows = store_counts::list(&mut reader, before, limit as i64 + 1).await?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|row| row.id.to_string());
        Ok(Page { items: rows.into_iter().map(to_contract).collect(), next })
    }

    pub(crate) async fn read_count(&self, id: StockCountId) -> Result<StockCount> {
        load(&mut *self.inventory.db.read().await?, id).await
    }

    pub(crate) async fn read_count_lines(
        &self,
        id: StockCountId,
        query: &CountLinesQuery,
    ) -> Result<Page<CountLine>> {
        let page = PageRequest { after: query.after.clone(), limit: query.limit };
        let after = page.after_id()?.unwrap_or_else(|| VariantId::new(Uuid::nil()));
        let limit = page.limit() as usize;
        let mut reader = self.inventory.db.read().await?;
        load(&mut reader, id).await?;
        let mut rows = store_counts::lines(&mut reader, id, query.different, after, limit as i64 + 1).await?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|row| row.variant_id.to_string());
        Ok(Page { items: rows.into_iter().map(line).collect(), next })
    }

    pub(crate) async fn enter(&self, ctx: &Ctx, id: StockCountId, entry: CountEntry) -> Result<CountLine> {
        let mut check = Check::new();
        check.that(
            entry.code.is_some() != entry.variant_id.is_some(),
            "code",
            "invalid",
            "A code or a variant.",
        );
        let one = entry.counted.is_some() != entry.add.is_some();
        check.that(one, "counted", "invalid", "Either the number, or pieces to add.");
        check.that(
            entry.counted.is_none_or(|n| (0..=MOST).contains(&n)),
            "counted",
            "out_of_range",
            "From 0.",
        );
        check.that(
            entry.add.is_none_or(|n| (-MOST..=MOST).contains(&n)),
            "add",
            "out_of_range",
            "Some pieces.",
        );
        check.done()?;
        let variant = self.named(&entry).await?;
        let inventory = &self.inventory;
        let mut tx = inventory.db.begin().await?;
        let count = load(&mut tx, id).await?;
        if count.state != CountState::Open {
            return Err(ended());
        }
        ctx.require_at(count.location_id)?;
        // What the books say must not move between the look and the note.
        let books = Books::open_all(&mut tx, [variant], [count.location_id]).await?;
        // Whoever ended the count meanwhile held the location.
        if load(&mut tx, id).await?.state != CountState::Open {
            return Err(ended());
        }
        let old = store_counts::line(&mut tx, id, variant).await?;
        let before = old.and_then(|line| line.counted).unwrap_or_default();
        let counted = entry.counted.unwrap_or(before + entry.add.unwrap_or_default()).max(0);
        let expected = books.level(variant, count.location_id).on_hand;
        store_counts::put_line(&mut tx, id, variant, (counted, expected), inventory.kit.now()).await?;
        books.close(inventory, &mut tx).await?;
        let new = store_counts::line(&mut tx, id, variant).await?;
        tx.commit().await?;
        new.map(line).ok_or_else(|| Error::not_found("line"))
    }

    /// The one variant that is meant.
    async fn named(&self, entry: &CountEntry) -> Result<VariantId> {
        let Some(code) = entry.code.as_ref().map(|code| code.trim().to_owned()) else {
            let id = entry.variant_id.ok_or_else(|| Error::not_found("variant"))?;
            let known = self.codes.known(&[id]).await?;
            return known.into_iter().next().ok_or_else(|| Error::not_found("variant"));
        };
        let found = self.codes.by_codes(std::slice::from_ref(&code)).await?;
        match found.get(&code).map(Vec::as_slice) {
            Some([one]) => Ok(*one),
            Some([_, ..]) => Err(Error::invalid("code", "ambiguous", "Several products have this code.")),
            _ => Err(Error::invalid("code", "unknown", "No product has this SKU or barcode.")),
        }
    }

    pub(crate) async fn finish_count(
        &self,
        ctx: &Ctx,
        id: StockCountId,
        apply: bool,
        if_version: Option<i64>,
    ) -> Result<StockCount> {
        let inventory = &self.inventory;
        let mut tx = inventory.db.begin().await?;
        let count = load(&mut tx, id).await?;
        ctx.require_at(count.location_id)?;
        // Numbers that are being entered come before the end, or are refused.
        tx.lock("place", count.location_id.uuid()).await?;
        if count.state != CountState::Open {
            return Err(ended());
        }
        let to = if apply { CountState::Applied } else { CountState::Cancelled };
        let version = if_version.unwrap_or(count.version);
        if version != count.version || !store_counts::end(&mut tx, id, to, version).await? {
            let message = "Somebody changed this count meanwhile. Please look at it again.";
            return Err(Error::conflict("stale_version", message));
        }
        let found = if apply { store_counts::differences(&mut tx, id).await? } else { Vec::new() };
        let variants = found.iter().map(|(variant, ..)| *variant);
        let mut books = Books::open_all(&mut tx, variants, [count.location_id]).await?;
        if !found.is_empty() {
            books.place(Some(count.location_id))?;
        }
        let reason = name(&count);
        let cause = Cause { kind: "counted", reason: &reason, source: Some(id.uuid()), ..Cause::default() };
        for (variant, counted, expected) in &found {
            let (at, delta) = ((*variant, count.location_id), Delta::on_hand(counted - expected));
            books.correct(inventory, ctx, at, delta, &cause)?;
        }
        books.close(inventory, &mut tx).await?;
        let what =
            vec![audit::change("state", count.state, to), audit::change("differences", 0, found.len())];
        tx.audit(ctx, Audited::new("count.ended", id, reason), what).await?;
        let count = load(&mut tx, id).await?;
        tx.commit().await?;
        Ok(count)
    }
}

fn filled(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

async fn load(conn: &mut Conn, id: StockCountId) -> Result<StockCount> {
    let row = store_counts::count(conn, id).await?.ok_or_else(|| Error::not_found("count"))?;
    Ok(to_contract(row))
}

fn to_contract(row: CountRow) -> StockCount {
    StockCount {
        id: row.id,
        location_id: row.location_id,
        state: row.state.0,
        note: row.note,
        lines: row.lines,
        counted: row.counted,
        different: row.different,
        created_at: row.created_at,
        version: row.version,
    }
}

fn line(row: CountLineRow) -> CountLine {
    CountLine {
        variant_id: row.variant_id,
        counted: row.counted,
        expected: row.expected.unwrap_or(row.on_hand),
        counted_at: row.counted_at,
    }
}

/// As the ledger calls it.
fn name(count: &StockCount) -> String {
    if count.note.is_empty() { "Count".to_owned() } else { format!("Count: {}", count.note) }
}

fn ended() -> Error {
    Error::conflict("ended", "This count is done.")
}

/// What was counted beside what was booked for it.
pub(crate) async fn differences(conn: &mut Conn) -> Result<Vec<Difference>> {
    let rows = store_counts::audit(conn).await?;
    let difference = |(id, variant, counted, booked)| Difference {
        what: format!("count {id}, variant {variant}"),
        expected: format!("{booked} pieces more by the ledger"),
        found: format!("{counted} pieces more"),
        explanation: "The count was changed after it was applied, or its movements are missing.".into(),
    };
    Ok(rows.into_iter().map(difference).collect())
}
