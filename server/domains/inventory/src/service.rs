//! The use cases: load, decide, save and publish, commit.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use async_trait::async_trait;
use souk_contract::{
    Actor, AdjustStock, Availability, Check, Ctx, Difference, Error, Inventory, LocationId, MAX_LIMIT,
    Movement, OrderId, Page, PageRequest, Reservation, ReservationId, ReservationState, Reserve, ReserveLine,
    Resource, Result, ReturnId, ReturnedStock, SetStock, Shopkeeping, StockLevel, StockPolicy, VariantId,
};
use souk_kernel::{
    Kit,
    audit::{self, Audited},
    db::{Conn, Db, Tx},
};
use uuid::Uuid;

use crate::{
    allot::allot,
    books::{self, Books, Cause, Delta},
    level,
    store::{self, KnownReservationRow, ReservationLineRow},
    store_levels::{self, TotalRow},
    store_places, store_shipping,
};

/// Numbers beyond this are typing errors, and sums of them stay far from overflow.
pub(crate) const MOST: i64 = 1_000_000_000;
const AT_ONCE: i64 = 200;

/// Stock in this process, on its own database.
pub struct LocalInventory {
    pub(crate) kit: Kit,
    pub(crate) db: Db,
    shop: Arc<dyn Shopkeeping>,
}

impl LocalInventory {
    /// `shop` says how many pieces are few.
    ///
    /// # Errors
    /// When the database can't be reached.
    pub async fn new(kit: Kit, db: Db, shop: Arc<dyn Shopkeeping>) -> Result<Self> {
        let mut tx = db.begin().await?;
        store_places::first(&mut tx, kit.ids.next()).await?;
        tx.commit().await?;
        Ok(Self { kit, db, shop })
    }

    /// This many pieces or fewer are shown as "only a few left".
    pub(crate) fn low_at(&self) -> i64 {
        self.shop.current().input.low_stock
    }

    /// Whether this process knows of that version of the shop's settings.
    pub(crate) fn has_heard(&self, version: i64) -> bool {
        self.shop.current().version >= version
    }

    /// What shoppers are told of such a stock.
    pub(crate) fn word(&self, row: &TotalRow) -> Availability {
        let available = row.on_hand - row.reserved - row.allocated;
        level::availability(row.tracked, row.policy.0, available, self.low_at())
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
        let cause = Cause { kind: to.as_str(), reservation: Some(id), ..Cause::default() };
        let lines = store::reservation_lines(tx, id).await?;
        let mut books = Books::open(tx, lines.iter().map(|line| line.variant_id)).await?;
        for line in &lines {
            let delta = Delta { reserved: -line.quantity, ..Delta::default() };
            books.post(self, ctx, (line.variant_id, line.location_id), delta, &cause)?;
        }
        books.close(self, tx).await?;
        Ok(true)
    }

    /// Holds every line or fails; what is not counted needs no holding. Where from is kept with the reservation.
    async fn hold(
        &self,
        ctx: &Ctx,
        tx: &mut Tx,
        books: &mut Books,
        id: ReservationId,
        wanted: &BTreeMap<VariantId, i64>,
    ) -> Result<Vec<ReservationLineRow>> {
        let cause = Cause { kind: "reserved", reservation: Some(id), ..Cause::default() };
        let mut lines = Vec::new();
        for (variant, quantity) in wanted {
            let Some(item) = books.item(*variant).filter(|item| item.tracked) else { continue };
            let (backorders, offers) = (item.policy.0 == StockPolicy::Continue, books.offers(*variant));
            let taken = allot(&offers, *quantity, backorders).ok_or_else(|| out_of_stock(&offers))?;
            for (place, pieces) in taken {
                let delta = Delta { reserved: pieces, ..Delta::default() };
                books.post(self, ctx, (*variant, place), delta, &cause)?;
                lines.push(ReservationLineRow { variant_id: *variant, location_id: place, quantity: pieces });
            }
        }
        store::add_reservation_lines(tx, id, &lines).await?;
        Ok(lines)
    }

    /// One variant as staff want it.
    async fn put(
        &self,
        ctx: &Ctx,
        tx: &mut Tx,
        books: &mut Books,
        wanted: &SetStock,
        cause: &Cause<'_>,
    ) -> Result<()> {
        let variant = wanted.variant_id;
        let old = books.total(variant).ok_or_else(|| Error::not_found("stock level"))?;
        if wanted.if_version.is_some_and(|expected| expected != old.version) {
            return Err(stale());
        }
        let place = books.place(wanted.location_id)?;
        let before = match wanted.location_id {
            Some(place) => books.level(variant, place).on_hand,
            None => old.on_hand,
        };
        if old.version != 0
            && (old.tracked, old.policy, before) == (wanted.tracked, wanted.policy, wanted.on_hand)
        {
            return Ok(());
        }
        books.rule(variant, wanted.tracked, wanted.policy)?;
        books.open_level(variant, place);
        let delta = Delta::on_hand(wanted.on_hand - before);
        books.correct(self, ctx, (variant, place), delta, cause)?;
        let new = books.total(variant).ok_or_else(|| Error::not_found("stock level"))?;
        let old = (old.version != 0).then(|| Rules::of(&old));
        let what = audit::changes(old.as_ref(), Some(&Rules::of(&new)));
        let label = if cause.reason.is_empty() { "Stock" } else { cause.reason };
        Ok(tx.audit(ctx, Audited::new("variant.stock_changed", variant, label), what).await?)
    }
}

/// What staff set, for the audit log.
#[derive(serde::Serialize)]
struct Rules {
    on_hand: i64,
    tracked: bool,
    policy: StockPolicy,
}

impl Rules {
    fn of(level: &StockLevel) -> Self {
        Self { on_hand: level.on_hand, tracked: level.tracked, policy: level.policy }
    }
}

#[async_trait]
impl Inventory for LocalInventory {
    async fn levels(&self, _ctx: &Ctx, variants: &[VariantId]) -> Result<Vec<StockLevel>> {
        if variants.is_empty() {
            return Ok(Vec::new());
        }
        let rows = store_levels::totals(&mut *self.db.read().await?, variants).await?;
        let by_variant: BTreeMap<_, _> =
            rows.iter().map(|row| (row.variant_id, level::to_contract(row))).collect();
        Ok(variants
            .iter()
            .map(|variant| by_variant.get(variant).cloned().unwrap_or_else(|| untracked(*variant)))
            .collect())
    }

    async fn reserve(&self, ctx: &Ctx, request: Reserve) -> Result<()> {
        let wanted = merged(&request)?;
        let id = request.reservation_id;
        let mut tx = self.db.begin().await?;
        if !store::add_reservation(&mut tx, id, request.expires_at, self.kit.now()).await? {
            return match store::reservation(&mut tx, id).await?.map(|row| row.state.0) {
                Some(ReservationState::Active | ReservationState::Committed) => Ok(tx.commit().await?),
                _ => Err(gone()),
            };
        }
        let mut books = Books::open(&mut tx, wanted.keys().copied()).await?;
        self.hold(ctx, &mut tx, &mut books, id, &wanted).await?;
        books.close(self, &mut tx).await?;
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
        let mut lines = store::reservation_lines(&mut tx, id).await?;
        let mut again = None;
        if !store::move_reservation(&mut tx, id, Active, Committed, Some(order), now).await? {
            match store::reservation(&mut tx, id).await? {
                Some(row) if row.state.0 == Committed && row.order_id == Some(order) => {
                    return Ok(tx.commit().await?);
                }
                Some(row) if row.state.0 == Expired => {
                    // It came too late; what is still there, wherever, may be taken all the same.
                    if !store::move_reservation(&mut tx, id, Expired, Committed, Some(order), now).await? {
                        return Err(gone());
                    }
                    let mut wanted = BTreeMap::new();
                    for line in &lines {
                        *wanted.entry(line.variant_id).or_default() += line.quantity;
                    }
                    again = Some(wanted);
                }
                _ => return Err(gone()),
            }
        }
        let mut books = Books::open(&mut tx, lines.iter().map(|line| line.variant_id)).await?;
        if let Some(wanted) = again {
            store::remove_reservation_lines(&mut tx, id).await?;
            lines = self.hold(ctx, &mut tx, &mut books, id, &wanted).await?;
        }
        let cause = Cause { kind: "allocated", reservation: Some(id), ..Cause::default() };
        for line in &lines {
            let (reserved, allocated) = (-line.quantity, line.quantity);
            let delta = Delta { reserved, allocated, ..Delta::default() };
            books.post(self, ctx, (line.variant_id, line.location_id), delta, &cause)?;
        }
        books.close(self, &mut tx).await?;
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
            let reservation = Some(id);
            let cause = Cause { kind: "released", reason: "order cancelled", reservation, source: None };
            // What has left already is not there to be given back.
            let lines = store_shipping::unshipped_lines(&mut tx, id).await?;
            let mut books = Books::open(&mut tx, lines.iter().map(|line| line.variant_id)).await?;
            for line in &lines {
                let delta = Delta { allocated: -line.quantity, ..Delta::default() };
                books.post(self, ctx, (line.variant_id, line.location_id), delta, &cause)?;
            }
            books.close(self, &mut tx).await?;
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

    async fn returned(&self, ctx: &Ctx, returns: &[ReturnId]) -> Result<Vec<ReturnedStock>> {
        ctx.require(Resource::Inventory.read())?;
        Ok(store_shipping::returned(&mut *self.db.read().await?, returns).await?)
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
        let cause = Cause { kind: "adjusted", reason, ..Cause::default() };
        let mut tx = self.db.begin().await?;
        let places = places_of(&mut tx, items.iter().map(|item| item.location_id)).await?;
        let mut books = Books::open_all(&mut tx, variants.iter().copied(), places).await?;
        for item in &items {
            self.put(ctx, &mut tx, &mut books, item, &cause).await?;
        }
        let levels = books.close(self, &mut tx).await?;
        tx.commit().await?;
        Ok(variants.iter().filter_map(|variant| levels.get(variant)).cloned().collect())
    }

    async fn adjust(&self, ctx: &Ctx, request: AdjustStock) -> Result<StockLevel> {
        ctx.require(Resource::Inventory.write())?;
        let fits = (-MOST..=MOST).contains(&request.delta) && request.delta != 0;
        Check::new()
            .that(fits, "delta", "out_of_range", "A number of pieces other than 0, at most one billion.")
            .text(&request.reason, "reason", 200)
            .done()?;
        let variant_id = request.variant_id;
        let mut tx = self.db.begin().await?;
        let places = places_of(&mut tx, [request.location_id]).await?;
        let mut books = Books::open_all(&mut tx, [variant_id], places.iter().copied()).await?;
        let old = books.total(variant_id).ok_or_else(|| Error::not_found("stock level"))?;
        let location_id = books.place(request.location_id)?;
        let wanted = SetStock {
            variant_id,
            location_id: Some(location_id),
            on_hand: books.level(variant_id, location_id).on_hand + request.delta,
            tracked: old.tracked,
            policy: old.policy,
            if_version: request.if_version,
        };
        let cause = Cause { kind: "adjusted", reason: &request.reason, ..Cause::default() };
        self.put(ctx, &mut tx, &mut books, &wanted, &cause).await?;
        let levels = books.close(self, &mut tx).await?;
        tx.commit().await?;
        levels.into_values().next().ok_or_else(|| Error::not_found("stock level"))
    }

    async fn running_out(&self, ctx: &Ctx, limit: u32) -> Result<Vec<StockLevel>> {
        ctx.require(Resource::Inventory.read())?;
        let limit = i64::from(limit.clamp(1, MAX_LIMIT));
        let rows = store_levels::running_out(&mut *self.db.read().await?, limit).await?;
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
        let mut reader = self.db.read().await?;
        let rows = store::audit(&mut reader).await?;
        let differs = rows.into_iter().map(|row| Difference {
            what: format!("stock level of variant {}", row.variant_id),
            expected: format!(
                "on hand {}, reserved {}, allocated {}, damaged {} by the ledger; {} held and {} promised by reservations",
                row.moved_on_hand, row.moved_reserved, row.moved_allocated, row.moved_damaged, row.held, row.promised
            ),
            found: format!(
                "on hand {}, reserved {}, allocated {}, damaged {}",
                row.on_hand, row.reserved, row.allocated, row.damaged
            ),
            explanation: "The level was changed without a movement, or a reservation without its level.".into(),
        });
        let mut found: Vec<Difference> = differs.collect();
        let unruly = store::unruly(&mut reader).await?;
        found.extend(unruly.into_iter().map(|(variant,)| Difference {
            what: format!("stock rules of variant {variant}"),
            expected: "the same in every place".into(),
            found: "a place with other ones".into(),
            explanation: "A level was changed without its variant.".into(),
        }));
        found.extend(crate::supplies::differences(&mut reader).await?);
        found.extend(crate::counts::differences(&mut reader).await?);
        Ok(found)
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

/// Pieces per variant.
fn merged(request: &Reserve) -> Result<BTreeMap<VariantId, i64>> {
    let mut quantities: BTreeMap<VariantId, i64> = BTreeMap::new();
    for (index, line) in request.lines.iter().enumerate() {
        if !(1..=MOST).contains(&line.quantity) {
            let field = format!("lines[{index}].quantity");
            return Err(Error::invalid(field, "out_of_range", "At least one piece."));
        }
        *quantities.entry(line.variant_id).or_default() += line.quantity;
    }
    Ok(quantities)
}

/// Where these will be, the preferred place for those that don't say; refused as [`books::pick`] does.
pub(crate) async fn places_of(
    tx: &mut Tx,
    wanted: impl IntoIterator<Item = Option<LocationId>>,
) -> Result<Vec<LocationId>> {
    let places = store_places::all(tx).await?;
    let wanted: BTreeSet<Option<LocationId>> = wanted.into_iter().collect();
    wanted.into_iter().map(|place| books::pick(&places, place)).collect()
}

fn out_of_stock(offers: &[(LocationId, i64)]) -> Error {
    let message = match offers.iter().map(|(_, offer)| offer.max(&0)).sum::<i64>() {
        0 => "Sorry, an item in your cart has just sold out.".to_owned(),
        left => format!("Sorry, only {left} of an item in your cart are left."),
    };
    Error::conflict("out_of_stock", message)
}

fn gone() -> Error {
    Error::conflict("reservation_gone", "The hold on these items has ended.")
}

pub(crate) fn stale() -> Error {
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
        damaged: 0,
        availability: Availability::InStock,
        version: 0,
    }
}

pub(crate) fn actor(ctx: &Ctx) -> String {
    match ctx.actor {
        Actor::System => "system".to_owned(),
        Actor::Guest => "guest".to_owned(),
        Actor::Customer { id } => format!("customer:{id}"),
        Actor::Staff { id, .. } => format!("staff:{id}"),
    }
}
