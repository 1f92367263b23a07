//! The use cases: load, decide, save and publish, commit.

use std::collections::BTreeMap;

use async_trait::async_trait;
use souk_contract::{
    Actor, AdjustStock, Availability, AvailabilityChanged, Check, Ctx, Difference, Error, Inventory,
    LocationId, MAX_LIMIT, Movement, OrderId, Page, PageRequest, Reservation, ReservationId,
    ReservationState, Reserve, ReserveLine, Resource, Result, SetStock, StockLevel, StockPolicy, VariantId,
};
use souk_kernel::{
    Kit,
    audit::{self, Audited},
    db::{Conn, Db, DbError, Text, Tx},
};
use uuid::Uuid;

use crate::{
    level,
    store::{self, KnownReservationRow, LevelRow, ReservationLineRow},
    store_shipping,
};

/// Numbers beyond this are typing errors, and sums of them stay far from overflow.
const MOST: i64 = 1_000_000_000;
const AT_ONCE: i64 = 200;

/// Stock in this process, on its own database.
pub struct LocalInventory {
    kit: Kit,
    pub(crate) db: Db,
    location: LocationId,
    low_at: i64,
}

/// What a movement is, but for the level that it moves.
pub(crate) struct Cause<'a> {
    pub kind: &'a str,
    pub reason: &'a str,
    pub reservation: Option<ReservationId>,
}

impl LocalInventory {
    /// `low_at`: this many pieces or fewer are shown as "only a few left".
    ///
    /// # Errors
    /// When the database can't be reached.
    pub async fn new(kit: Kit, db: Db, low_at: i64) -> Result<Self> {
        let mut tx = db.begin().await?;
        let location = store::default_location(&mut tx, kit.ids.next()).await?;
        tx.commit().await?;
        Ok(Self { kit, db, location, low_at })
    }

    /// Frees reservations that are past their time; a job calls it every second. Returns how many.
    ///
    /// # Errors
    /// When the database can't be reached; the next call takes up the rest.
    pub async fn expire_due(&self) -> Result<u64> {
        let ctx = Ctx::system("inventory.expire");
        let due = store::due(&mut *self.db.read().await?, self.kit.now(), AT_ONCE).await?;
        let mut freed = 0;
        for (id,) in due {
            let mut tx = self.db.begin().await?;
            freed += u64::from(self.let_go(&ctx, &mut tx, id, ReservationState::Expired).await?);
            tx.commit().await?;
        }
        Ok(freed)
    }

    /// Active becomes released or expired, and its pieces are free; false where it wasn't active.
    async fn let_go(&self, ctx: &Ctx, tx: &mut Tx, id: ReservationId, to: ReservationState) -> Result<bool> {
        if !store::move_reservation(tx, id, ReservationState::Active, to, None, self.kit.now()).await? {
            return Ok(false);
        }
        let cause = Cause { kind: to.as_str(), reason: "", reservation: Some(id) };
        for line in store::reservation_lines(tx, id).await? {
            let row = store::shift(tx, &line, -line.quantity, 0).await?;
            self.record(ctx, tx, &row, (0, -line.quantity, 0), &cause).await?;
        }
        Ok(true)
    }

    /// Holds every line or fails; in the order of the variants, so that two reservations can't lock each other out.
    async fn hold(
        &self,
        ctx: &Ctx,
        tx: &mut Tx,
        id: ReservationId,
        lines: &[ReservationLineRow],
    ) -> Result<()> {
        let cause = Cause { kind: "reserved", reason: "", reservation: Some(id) };
        for line in lines {
            let Some(row) = store::hold(tx, line.variant_id, line.location_id, line.quantity).await? else {
                return Err(out_of_stock(tx, line).await?);
            };
            self.record(ctx, tx, &row, (0, line.quantity, 0), &cause).await?;
        }
        Ok(())
    }

    /// Writes the movement that led to `row`, and tells the others when the word for shoppers changed.
    pub(crate) async fn record(
        &self,
        ctx: &Ctx,
        tx: &mut Tx,
        row: &LevelRow,
        (on_hand_delta, reserved_delta, allocated_delta): (i64, i64, i64),
        cause: &Cause<'_>,
    ) -> Result<()> {
        let movement = Movement {
            id: self.kit.ids.next(),
            variant_id: row.variant_id,
            location_id: row.location_id,
            kind: cause.kind.to_owned(),
            on_hand_delta,
            reserved_delta,
            allocated_delta,
            reason: cause.reason.to_owned(),
            actor: actor(ctx),
            at: self.kit.now(),
        };
        store::add_movement(tx, &movement, cause.reservation).await?;
        let word = level::availability(row.tracked, row.policy.0, row.available(), self.low_at);
        if word != row.availability.0 {
            store::set_availability(tx, row, word).await?;
            self.announce(tx, row, word).await?;
        }
        Ok(())
    }

    async fn announce(&self, tx: &mut Tx, row: &LevelRow, availability: Availability) -> Result<()> {
        let changed = AvailabilityChanged { variant_id: row.variant_id, availability, version: row.version };
        Ok(tx.publish(&changed).await.map(|_| ())?)
    }

    /// One level as staff want it; the row as it stands afterwards.
    async fn put(
        &self,
        ctx: &Ctx,
        tx: &mut Tx,
        old: Option<&LevelRow>,
        wanted: &SetStock,
        cause: &Cause<'_>,
    ) -> Result<LevelRow> {
        let version = old.map_or(0, |row| row.version);
        if wanted.if_version.is_some_and(|expected| expected != version) {
            return Err(stale());
        }
        let (reserved, allocated) = old.map_or((0, 0), |row| (row.reserved, row.allocated));
        let available = wanted.on_hand - reserved - allocated;
        let row = LevelRow {
            variant_id: wanted.variant_id,
            location_id: old.map_or(self.location, |row| row.location_id),
            tracked: wanted.tracked,
            policy: Text(wanted.policy),
            on_hand: wanted.on_hand,
            reserved,
            allocated,
            shortfall: level::shortfall(wanted.on_hand, reserved + allocated),
            availability: Text(level::availability(wanted.tracked, wanted.policy, available, self.low_at)),
            version: version + 1,
        };
        if let Some(old) = old
            && (old.tracked, old.policy, old.on_hand) == (row.tracked, row.policy, row.on_hand)
        {
            return Ok(old.clone());
        }
        if !store::put_level(tx, &row).await? {
            return Err(stale());
        }
        let delta = row.on_hand - old.map_or(0, |old| old.on_hand);
        let what = audit::changes(old.map(LevelRow::rules).as_ref(), Some(&row.rules()));
        let label = if cause.reason.is_empty() { "Stock" } else { cause.reason };
        tx.audit(ctx, Audited::new("variant.stock_changed", row.variant_id, label), what).await?;
        if delta != 0 {
            self.record(ctx, tx, &row, (delta, 0, 0), cause).await?;
        }
        // A variant that nobody has heard of counts as in stock.
        if old.map_or(Availability::InStock, |old| old.availability.0) != row.availability.0 {
            self.announce(tx, &row, row.availability.0).await?;
        }
        Ok(row)
    }
}

#[async_trait]
impl Inventory for LocalInventory {
    async fn levels(&self, _ctx: &Ctx, variants: &[VariantId]) -> Result<Vec<StockLevel>> {
        if variants.is_empty() {
            return Ok(Vec::new());
        }
        let rows = store::levels(&mut *self.db.read().await?, variants).await?;
        let by_variant: BTreeMap<_, _> =
            rows.iter().map(|row| (row.variant_id, level::to_contract(row))).collect();
        Ok(variants
            .iter()
            .map(|variant| by_variant.get(variant).cloned().unwrap_or_else(|| untracked(*variant)))
            .collect())
    }

    async fn reserve(&self, ctx: &Ctx, request: Reserve) -> Result<()> {
        let lines = merged(&request, self.location)?;
        let id = request.reservation_id;
        let mut tx = self.db.begin().await?;
        let known =
            store::levels(&mut tx, &lines.iter().map(|line| line.variant_id).collect::<Vec<_>>()).await?;
        let tracked: Vec<ReservationLineRow> = lines
            .into_iter()
            .filter(|line| known.iter().any(|row| row.variant_id == line.variant_id && row.tracked))
            .collect();
        if !store::add_reservation(&mut tx, id, request.expires_at, self.kit.now()).await? {
            return match store::reservation(&mut tx, id).await?.map(|row| row.state.0) {
                Some(ReservationState::Active | ReservationState::Committed) => Ok(tx.commit().await?),
                _ => Err(gone()),
            };
        }
        self.hold(ctx, &mut tx, id, &tracked).await?;
        for line in &tracked {
            store::add_reservation_line(&mut tx, id, line).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn release(&self, ctx: &Ctx, id: ReservationId) -> Result<()> {
        let mut tx = self.db.begin().await?;
        self.let_go(ctx, &mut tx, id, ReservationState::Released).await?;
        Ok(tx.commit().await?)
    }

    async fn commit(&self, ctx: &Ctx, id: ReservationId, order: OrderId) -> Result<()> {
        use ReservationState::{Active, Committed, Expired};
        let now = self.kit.now();
        let mut tx = self.db.begin().await?;
        let lines = store::reservation_lines(&mut tx, id).await?;
        if !store::move_reservation(&mut tx, id, Active, Committed, Some(order), now).await? {
            match store::reservation(&mut tx, id).await? {
                Some(row) if row.state.0 == Committed && row.order_id == Some(order) => {
                    return Ok(tx.commit().await?);
                }
                Some(row) if row.state.0 == Expired => {
                    // It came too late; what is still there may be taken all the same.
                    if !store::move_reservation(&mut tx, id, Expired, Committed, Some(order), now).await? {
                        return Err(gone());
                    }
                    self.hold(ctx, &mut tx, id, &lines).await?;
                }
                _ => return Err(gone()),
            }
        }
        let cause = Cause { kind: "allocated", reason: "", reservation: Some(id) };
        for line in &lines {
            let row = store::shift(&mut tx, line, -line.quantity, line.quantity).await?;
            self.record(ctx, &mut tx, &row, (0, -line.quantity, line.quantity), &cause).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn deallocate(&self, ctx: &Ctx, id: ReservationId, order: OrderId) -> Result<()> {
        use ReservationState::{Committed, Released};
        let mut tx = self.db.begin().await?;
        match store::reservation(&mut tx, id).await? {
            Some(row) if row.order_id == Some(order) => {}
            _ => return Err(Error::not_found("reservation")),
        }
        if store::move_reservation(&mut tx, id, Committed, Released, None, self.kit.now()).await? {
            let cause = Cause { kind: "released", reason: "order cancelled", reservation: Some(id) };
            // What has left already is not there to be given back.
            for line in
                store_shipping::unshipped_lines(&mut tx, id).await?.iter().filter(|line| line.quantity > 0)
            {
                let row = store::shift(&mut tx, line, 0, -line.quantity).await?;
                self.record(ctx, &mut tx, &row, (0, 0, -line.quantity), &cause).await?;
            }
        }
        Ok(tx.commit().await?)
    }

    async fn reservations(&self, ctx: &Ctx, ids: &[ReservationId]) -> Result<Vec<Reservation>> {
        ctx.require(Resource::Inventory.read())?;
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut reader = self.db.read().await?;
        let rows = store::reservations(&mut reader, ids).await?;
        with_lines(&mut reader, rows).await
    }

    async fn allocations(
        &self,
        ctx: &Ctx,
        after: Option<ReservationId>,
        limit: u32,
    ) -> Result<Vec<Reservation>> {
        ctx.require(Resource::Inventory.read())?;
        let after = after.unwrap_or_else(|| ReservationId::new(Uuid::nil()));
        let mut reader = self.db.read().await?;
        let rows = store::committed_after(&mut reader, after, i64::from(limit)).await?;
        with_lines(&mut reader, rows).await
    }

    async fn set_stock(&self, ctx: &Ctx, items: Vec<SetStock>, reason: &str) -> Result<Vec<StockLevel>> {
        ctx.require(Resource::Inventory.write())?;
        let mut check = Check::new();
        check.short(reason, "reason", 200);
        for (index, item) in items.iter().enumerate() {
            let fits = (-MOST..=MOST).contains(&item.on_hand);
            check.that(
                fits,
                &format!("items[{index}].on_hand"),
                "out_of_range",
                "At most one billion pieces.",
            );
        }
        check.done()?;
        let variants: Vec<VariantId> = items.iter().map(|item| item.variant_id).collect();
        let cause = Cause { kind: "adjusted", reason, reservation: None };
        let mut tx = self.db.begin().await?;
        let mut rows: BTreeMap<VariantId, LevelRow> = BTreeMap::new();
        for chunk in variants.chunks(500) {
            rows.extend(store::levels(&mut tx, chunk).await?.into_iter().map(|row| (row.variant_id, row)));
        }
        for item in &items {
            let row = self.put(ctx, &mut tx, rows.get(&item.variant_id), item, &cause).await?;
            rows.insert(item.variant_id, row);
        }
        tx.commit().await?;
        Ok(variants.iter().filter_map(|variant| rows.get(variant)).map(level::to_contract).collect())
    }

    async fn adjust(&self, ctx: &Ctx, request: AdjustStock) -> Result<StockLevel> {
        ctx.require(Resource::Inventory.write())?;
        let fits = (-MOST..=MOST).contains(&request.delta) && request.delta != 0;
        Check::new()
            .that(fits, "delta", "out_of_range", "A number of pieces other than 0, at most one billion.")
            .text(&request.reason, "reason", 200)
            .done()?;
        let mut tx = self.db.begin().await?;
        let old = store::levels(&mut tx, &[request.variant_id]).await?.into_iter().next();
        let wanted = SetStock {
            variant_id: request.variant_id,
            on_hand: old.as_ref().map_or(0, |row| row.on_hand) + request.delta,
            tracked: old.as_ref().is_none_or(|row| row.tracked),
            policy: old.as_ref().map_or(StockPolicy::Deny, |row| row.policy.0),
            if_version: request.if_version,
        };
        let cause = Cause { kind: "adjusted", reason: &request.reason, reservation: None };
        let row = self.put(ctx, &mut tx, old.as_ref(), &wanted, &cause).await?;
        tx.commit().await?;
        Ok(level::to_contract(&row))
    }

    async fn running_out(&self, ctx: &Ctx, limit: u32) -> Result<Vec<StockLevel>> {
        ctx.require(Resource::Inventory.read())?;
        let limit = i64::from(limit.clamp(1, MAX_LIMIT));
        let rows = store_shipping::running_out(&mut *self.db.read().await?, limit).await?;
        Ok(rows.iter().map(level::to_contract).collect())
    }

    async fn movements(&self, ctx: &Ctx, variant: VariantId, page: &PageRequest) -> Result<Page<Movement>> {
        ctx.require(Resource::Inventory.read())?;
        let before = page.after_id()?;
        let limit = i64::from(page.limit());
        let mut items = store::movements(&mut *self.db.read().await?, variant, before, limit + 1).await?;
        let more = items.len() as i64 > limit;
        items.truncate(page.limit() as usize);
        let next = items.last().filter(|_| more).map(|movement| movement.id.to_string());
        Ok(Page { items, next })
    }

    async fn verify(&self, ctx: &Ctx) -> Result<Vec<Difference>> {
        ctx.require(Resource::Inventory.read())?;
        let rows = store::audit(&mut *self.db.read().await?).await?;
        Ok(rows
            .into_iter()
            .map(|row| Difference {
                what: format!("stock level of variant {}", row.variant_id),
                expected: format!(
                    "on hand {}, reserved {}, allocated {} by the ledger; {} held and {} promised by reservations",
                    row.moved_on_hand, row.moved_reserved, row.moved_allocated, row.held, row.promised
                ),
                found: format!(
                    "on hand {}, reserved {}, allocated {}",
                    row.on_hand, row.reserved, row.allocated
                ),
                explanation: "The level was changed without a movement, or a reservation without its level.".into(),
            })
            .collect())
    }
}

async fn with_lines(conn: &mut Conn, rows: Vec<KnownReservationRow>) -> Result<Vec<Reservation>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<ReservationId> = rows.iter().map(|row| row.id).collect();
    let mut lines = by_reservation(store::lines_of(conn, &ids).await?);
    let mut shipped = by_reservation(store_shipping::shipped_of(conn, &ids).await?);
    let mut released = by_reservation(store_shipping::released_of(conn, &ids).await?);
    let with_lines = rows.into_iter().map(|row| Reservation {
        id: row.id,
        state: row.state.0,
        order_id: row.order_id,
        lines: lines.remove(&row.id).unwrap_or_default(),
        shipped: shipped.remove(&row.id).unwrap_or_default(),
        released: released.remove(&row.id).unwrap_or_default(),
    });
    Ok(with_lines.collect())
}

fn by_reservation(rows: Vec<(ReservationId, VariantId, i64)>) -> BTreeMap<ReservationId, Vec<ReserveLine>> {
    let mut lines: BTreeMap<ReservationId, Vec<ReserveLine>> = BTreeMap::new();
    for (id, variant_id, quantity) in rows {
        lines.entry(id).or_default().push(ReserveLine { variant_id, quantity });
    }
    lines
}

/// One line per variant, in the order of their ids.
fn merged(request: &Reserve, location_id: LocationId) -> Result<Vec<ReservationLineRow>> {
    let mut quantities: BTreeMap<VariantId, i64> = BTreeMap::new();
    for (index, line) in request.lines.iter().enumerate() {
        if !(1..=MOST).contains(&line.quantity) {
            let field = format!("lines[{index}].quantity");
            return Err(Error::invalid(field, "out_of_range", "At least one piece."));
        }
        *quantities.entry(line.variant_id).or_default() += line.quantity;
    }
    Ok(quantities
        .into_iter()
        .map(|(variant_id, quantity)| ReservationLineRow { variant_id, location_id, quantity })
        .collect())
}

async fn out_of_stock(tx: &mut Tx, line: &ReservationLineRow) -> Result<Error, DbError> {
    let left = store::levels(tx, &[line.variant_id]).await?.first().map_or(0, |row| row.available().max(0));
    let message = match left {
        0 => "Sorry, an item in your cart has just sold out.".to_owned(),
        left => format!("Sorry, only {left} of an item in your cart are left."),
    };
    Ok(Error::conflict("out_of_stock", message))
}

fn gone() -> Error {
    Error::conflict("reservation_gone", "The hold on these items has ended.")
}

fn stale() -> Error {
    Error::conflict("stale_version", "Somebody changed this stock level meanwhile. Please look at it again.")
}

fn untracked(variant_id: VariantId) -> StockLevel {
    StockLevel {
        variant_id,
        tracked: false,
        policy: StockPolicy::Continue,
        on_hand: 0,
        reserved: 0,
        allocated: 0,
        available: 0,
        availability: Availability::InStock,
        version: 0,
    }
}

fn actor(ctx: &Ctx) -> String {
    match ctx.actor {
        Actor::System => "system".to_owned(),
        Actor::Guest => "guest".to_owned(),
        Actor::Customer { id } => format!("customer:{id}"),
        Actor::Staff { id, .. } => format!("staff:{id}"),
    }
}
