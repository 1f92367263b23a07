//! What staff and outside systems do with stock in several places.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use souk_contract::{
    Check, CountEntry, CountLine, CountLinesQuery, Ctx, Currency, DEFAULT_LIMIT, DamageStep, Error,
    LevelQuery, Location, LocationId, LocationInput, MAX_LIMIT, MoveDamaged, OpenCount, Page, PageRequest,
    PlaceLevel, ReceiveLine, ReorderPoint, ReorderRow, Resource, Result, StockCount, StockCountId,
    StockLevel, Stockroom, Supply, SupplyId, SupplyInput, SupplyQuery, SupplyState, SupplySummary,
    SyncReport, SyncStock, VariantCodes, VariantId,
};
use uuid::Uuid;

use crate::{
    books::{Books, Cause, Delta},
    service::{LocalInventory, MOST, places_of},
    store_levels::{self, LevelRow},
    store_places, store_supplies,
};

/// Variants in one question.
const MOST_VARIANTS: usize = 500;

/// Stock in several places, in this process.
pub struct LocalStockroom {
    pub(crate) inventory: Arc<LocalInventory>,
    pub(crate) codes: Arc<dyn VariantCodes>,
    pub(crate) currency: Currency,
}

impl LocalStockroom {
    /// `currency`: of what is paid to suppliers.
    pub fn new(inventory: Arc<LocalInventory>, codes: Arc<dyn VariantCodes>, currency: Currency) -> Self {
        Self { inventory, codes, currency }
    }

    /// The variants of a page, and where the next one goes on.
    async fn page_of(&self, query: &LevelQuery) -> Result<(Vec<VariantId>, Option<String>)> {
        if !query.variants.is_empty() {
            return Ok((query.variants.clone(), None));
        }
        let limit = query.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT) as usize;
        let after = query.after.unwrap_or_else(|| VariantId::new(Uuid::nil()));
        let mut reader = self.inventory.db.read().await?;
        let rows = store_levels::variants_after(&mut reader, after, limit as i64 + 1).await?;
        let variants: Vec<VariantId> = rows.iter().take(limit).map(|(id,)| *id).collect();
        let next = variants.last().filter(|_| rows.len() > limit).map(ToString::to_string);
        Ok((variants, next))
    }
}

#[async_trait]
impl Stockroom for LocalStockroom {
    async fn locations(&self, ctx: &Ctx) -> Result<Vec<Location>> {
        ctx.require(Resource::Inventory.read())?;
        let rows = store_places::all(&mut *self.inventory.db.read().await?).await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    async fn put_location(
        &self,
        ctx: &Ctx,
        id: Option<LocationId>,
        input: LocationInput,
        if_version: Option<i64>,
    ) -> Result<Location> {
        ctx.require(Resource::Inventory.write())?;
        self.inventory.put_place(ctx, id, input, if_version).await
    }

    async fn order_locations(&self, ctx: &Ctx, ids: Vec<LocationId>) -> Result<Vec<Location>> {
        ctx.require(Resource::Inventory.write())?;
        self.inventory.order_places(ctx, &ids).await
    }

    async fn place_levels(&self, ctx: &Ctx, query: &LevelQuery) -> Result<Page<PlaceLevel>> {
        ctx.require(Resource::Inventory.read())?;
        Check::new()
            .that(query.variants.len() <= MOST_VARIANTS, "variants", "too_many", "At most 500 at once.")
            .done()?;
        let (variants, next) = self.page_of(query).await?;
        let mut reader = self.inventory.db.read().await?;
        let rows = match query.as_of {
            _ if variants.is_empty() => Vec::new(),
            Some(as_of) => store_levels::past(&mut reader, &variants, as_of).await?,
            None => store_levels::levels(&mut reader, &variants).await?,
        };
        let places = store_places::all(&mut reader).await?;
        let order: BTreeMap<LocationId, usize> = places.iter().map(|place| place.id).zip(0..).collect();
        let mut rows: Vec<LevelRow> = rows
            .into_iter()
            .filter(|row| query.location_id.is_none_or(|place| place == row.location_id))
            .collect();
        rows.sort_by_key(|row| (row.variant_id, order.get(&row.location_id).copied()));
        let mut items: Vec<PlaceLevel> = rows.iter().map(to_contract).collect();
        if query.as_of.is_none() && !variants.is_empty() {
            let coming = store_supplies::incoming(&mut reader, &variants).await?;
            let coming = coming.into_iter().filter(|(_, place, pieces)| {
                *pieces > 0 && query.location_id.is_none_or(|wanted| wanted == *place)
            });
            for (variant, place, pieces) in coming {
                let known =
                    items.iter_mut().find(|one| (one.variant_id, one.location_id) == (variant, place));
                match known {
                    Some(level) => level.incoming = pieces,
                    None => items.push(PlaceLevel {
                        incoming: pieces,
                        ..to_contract(&LevelRow::empty(variant, place))
                    }),
                }
            }
            items.sort_by_key(|level| (level.variant_id, order.get(&level.location_id).copied()));
        }
        Ok(Page { items, next })
    }

    async fn move_damaged(&self, ctx: &Ctx, request: MoveDamaged) -> Result<StockLevel> {
        ctx.require(Resource::Inventory.write())?;
        let MoveDamaged { variant_id, location_id, step, quantity, reason } = request;
        Check::new()
            .that((1..=MOST).contains(&quantity), "quantity", "out_of_range", "At least one piece.")
            .text(&reason, "reason", 200)
            .done()?;
        let inventory = &self.inventory;
        let mut tx = inventory.db.begin().await?;
        let places = places_of(&mut tx, [location_id]).await?;
        let mut books = Books::open_all(&mut tx, [variant_id], places).await?;
        let place = books.place(location_id)?;
        let level = books.level(variant_id, place);
        let (there, kind, delta) = match step {
            DamageStep::Mark => {
                let delta = Delta { on_hand: -quantity, damaged: quantity, ..Delta::default() };
                (level.on_hand, "damaged", delta)
            }
            DamageStep::Restore => {
                let delta = Delta { on_hand: quantity, damaged: -quantity, ..Delta::default() };
                (level.damaged, "restored", delta)
            }
            DamageStep::WriteOff => {
                (level.damaged, "written_off", Delta { damaged: -quantity, ..Delta::default() })
            }
        };
        if there < quantity {
            let message = format!("Only {} such pieces are there.", there.max(0));
            return Err(Error::conflict("too_few", message));
        }
        let cause = Cause { kind, reason: &reason, ..Cause::default() };
        books.correct(inventory, ctx, (variant_id, place), delta, &cause)?;
        inventory.audit_level(ctx, &mut tx, &level, &books.level(variant_id, place), &reason).await?;
        let levels = books.close(inventory, &mut tx).await?;
        tx.commit().await?;
        levels.into_values().next().ok_or_else(|| Error::not_found("stock level"))
    }

    async fn sync(&self, ctx: &Ctx, request: SyncStock) -> Result<SyncReport> {
        ctx.require(Resource::Inventory.write())?;
        self.take_figures(ctx, request).await
    }

    async fn by_code(&self, ctx: &Ctx, code: &str) -> Result<Vec<VariantId>> {
        ctx.require(Resource::Inventory.read())?;
        let code = code.trim().to_owned();
        Ok(self.codes.by_codes(std::slice::from_ref(&code)).await?.remove(&code).unwrap_or_default())
    }

    async fn supplies(&self, ctx: &Ctx, query: &SupplyQuery) -> Result<Page<SupplySummary>> {
        ctx.require(Resource::Inventory.read())?;
        self.list_supplies(query).await
    }

    async fn supply(&self, ctx: &Ctx, id: SupplyId) -> Result<Supply> {
        ctx.require(Resource::Inventory.read())?;
        self.read_supply(id).await
    }

    async fn put_supply(
        &self,
        ctx: &Ctx,
        id: Option<SupplyId>,
        input: SupplyInput,
        if_version: Option<i64>,
    ) -> Result<Supply> {
        ctx.require(Resource::Inventory.write())?;
        self.write_supply(ctx, id, input, if_version).await
    }

    async fn move_supply(
        &self,
        ctx: &Ctx,
        id: SupplyId,
        to: SupplyState,
        if_version: Option<i64>,
    ) -> Result<Supply> {
        ctx.require(Resource::Inventory.write())?;
        self.step_supply(ctx, id, to, if_version).await
    }

    async fn receive(
        &self,
        ctx: &Ctx,
        id: SupplyId,
        lines: Vec<ReceiveLine>,
        if_version: Option<i64>,
    ) -> Result<Supply> {
        ctx.require(Resource::Inventory.write())?;
        self.take_supply(ctx, id, lines, if_version).await
    }

    async fn open_count(&self, ctx: &Ctx, request: OpenCount) -> Result<StockCount> {
        ctx.require(Resource::Inventory.write())?;
        self.begin_count(ctx, request).await
    }

    async fn counts(&self, ctx: &Ctx, page: &PageRequest) -> Result<Page<StockCount>> {
        ctx.require(Resource::Inventory.read())?;
        self.list_counts(page).await
    }

    async fn count(&self, ctx: &Ctx, id: StockCountId) -> Result<StockCount> {
        ctx.require(Resource::Inventory.read())?;
        self.read_count(id).await
    }

    async fn count_lines(
        &self,
        ctx: &Ctx,
        id: StockCountId,
        query: &CountLinesQuery,
    ) -> Result<Page<CountLine>> {
        ctx.require(Resource::Inventory.read())?;
        self.read_count_lines(id, query).await
    }

    async fn enter_count(&self, ctx: &Ctx, id: StockCountId, entry: CountEntry) -> Result<CountLine> {
        ctx.require(Resource::Inventory.write())?;
        self.enter(ctx, id, entry).await
    }

    async fn end_count(
        &self,
        ctx: &Ctx,
        id: StockCountId,
        apply: bool,
        if_version: Option<i64>,
    ) -> Result<StockCount> {
        ctx.require(Resource::Inventory.write())?;
        self.finish_count(ctx, id, apply, if_version).await
    }

    async fn reorder(&self, ctx: &Ctx, page: &PageRequest) -> Result<Page<ReorderRow>> {
        ctx.require(Resource::Inventory.read())?;
        self.list_low(page).await
    }

    async fn put_reorder_points(&self, ctx: &Ctx, points: Vec<ReorderPoint>) -> Result<()> {
        ctx.require(Resource::Inventory.write())?;
        self.put_points(ctx, &points).await
    }
}

fn to_contract(row: &LevelRow) -> PlaceLevel {
    PlaceLevel {
        variant_id: row.variant_id,
        location_id: row.location_id,
        on_hand: row.on_hand,
        reserved: row.reserved,
        allocated: row.allocated,
        available: row.available(),
        damaged: row.damaged,
        incoming: 0,
    }
}
