//! Every change of stock goes through here: the variants are locked, changed in memory, and written with the movements that
//! explain it, a few statements for however many rows.

use std::collections::{BTreeMap, BTreeSet};

use souk_contract::{
    AvailabilityChanged, Ctx, Error, LocationId, Movement, ReservationId, Result, StockLevel, StockPolicy,
    VariantId,
};
use souk_kernel::db::{Text, Tx};
use uuid::Uuid;

use crate::{
    level,
    service::{LocalInventory, actor},
    store,
    store_levels::{self, ItemRow, LevelRow, TotalRow},
    store_places::{self, LocationRow},
};

/// What a movement is, but for the level that it moves.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cause<'a> {
    pub kind: &'a str,
    pub reason: &'a str,
    pub reservation: Option<ReservationId>,
    /// A transfer, a purchase order, a count.
    pub source: Option<Uuid>,
}

/// Pieces more or, negative, fewer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Delta {
    pub on_hand: i64,
    pub reserved: i64,
    pub allocated: i64,
    pub damaged: i64,
}

impl Delta {
    pub(crate) fn on_hand(pieces: i64) -> Self {
        Self { on_hand: pieces, ..Self::default() }
    }
}

pub(crate) struct NewMovement {
    pub movement: Movement,
    pub reservation: Option<ReservationId>,
    pub source: Option<Uuid>,
}

struct Item {
    row: ItemRow,
    levels: BTreeMap<LocationId, LevelRow>,
    changed: BTreeSet<LocationId>,
    dirty: bool,
}

/// Some variants' stock, locked until the transaction ends.
pub(crate) struct Books {
    places: Vec<LocationRow>,
    items: BTreeMap<VariantId, Item>,
    moved: Vec<NewMovement>,
}

impl Books {
    /// Those of the variants that were counted before.
    pub(crate) async fn open(tx: &mut Tx, variants: impl IntoIterator<Item = VariantId>) -> Result<Self> {
        let variants: BTreeSet<VariantId> = variants.into_iter().collect();
        Self::load(tx, &variants.into_iter().collect::<Vec<_>>()).await
    }

    /// All of the variants: those that nobody counted so far are counted from now on. The places, too, stay as they
    /// are until the transaction ends.
    pub(crate) async fn open_all(
        tx: &mut Tx,
        variants: impl IntoIterator<Item = VariantId>,
        places: impl IntoIterator<Item = LocationId>,
    ) -> Result<Self> {
        let places: BTreeSet<LocationId> = places.into_iter().collect();
        for place in places {
            tx.lock("place", place.uuid()).await?;
        }
        let variants: BTreeSet<VariantId> = variants.into_iter().collect();
        let variants: Vec<VariantId> = variants.into_iter().collect();
        let known: BTreeSet<VariantId> =
            store_levels::items(tx, &variants).await?.iter().map(|row| row.variant_id).collect();
        let new: Vec<VariantId> = variants.iter().copied().filter(|one| !known.contains(one)).collect();
        store_levels::add_items(tx, &new).await?;
        Self::load(tx, &variants).await
    }

    async fn load(tx: &mut Tx, sorted: &[VariantId]) -> Result<Self> {
        store_levels::lock(tx, sorted).await?;
        let places = store_places::all(tx).await?;
        let rows = store_levels::items(tx, sorted).await?;
        let item = |row: ItemRow| {
            let dirty = row.version == 0;
            (row.variant_id, Item { row, levels: BTreeMap::new(), changed: BTreeSet::new(), dirty })
        };
        let mut items: BTreeMap<VariantId, Item> = rows.into_iter().map(item).collect();
        for level in store_levels::levels(tx, sorted).await? {
            if let Some(item) = items.get_mut(&level.variant_id) {
                item.levels.insert(level.location_id, level);
            }
        }
        Ok(Self { places, items, moved: Vec::new() })
    }

    /// Those that are on, in order of preference.
    pub(crate) fn places(&self) -> impl Iterator<Item = &LocationRow> {
        self.places.iter().filter(|place| place.active)
    }

    /// The place that is asked for, or the preferred one.
    pub(crate) fn place(&self, wanted: Option<LocationId>) -> Result<LocationId> {
        pick(&self.places, wanted)
    }

    /// As [`place`](Self::place); what comes back to a place that is off comes to the preferred one.
    pub(crate) fn place_for(&self, wanted: LocationId) -> Result<LocationId> {
        self.place(Some(wanted)).or_else(|_| self.place(None))
    }

    pub(crate) fn item(&self, variant: VariantId) -> Option<&ItemRow> {
        self.items.get(&variant).map(|item| &item.row)
    }

    pub(crate) fn level(&self, variant: VariantId, place: LocationId) -> LevelRow {
        let known = self.items.get(&variant).and_then(|item| item.levels.get(&place));
        known.cloned().unwrap_or_else(|| LevelRow::empty(variant, place))
    }

    /// What may be sold from each place that is on, in order of preference.
    pub(crate) fn offers(&self, variant: VariantId) -> Vec<(LocationId, i64)> {
        self.places().map(|place| (place.id, self.level(variant, place.id).available())).collect()
    }

    pub(crate) fn total(&self, variant: VariantId) -> Option<StockLevel> {
        self.items.get(&variant).map(|item| level::to_contract(&total(item)))
    }

    /// What holds of a variant in every place.
    pub(crate) fn rule(&mut self, variant: VariantId, tracked: bool, policy: StockPolicy) -> Result<()> {
        let item = self.items.get_mut(&variant).ok_or_else(|| unknown(variant))?;
        if (item.row.tracked, item.row.policy.0) != (tracked, policy) {
            (item.row.tracked, item.row.policy, item.dirty) = (tracked, Text(policy), true);
            for level in item.levels.values_mut() {
                level.shortfall = level.missing();
                item.changed.insert(level.location_id);
            }
        }
        Ok(())
    }

    /// As [`rule`](Self::rule) where nothing else changes: a level must be there to hold the rule.
    pub(crate) fn open_level(&mut self, variant: VariantId, place: LocationId) {
        if let Some(item) = self.items.get_mut(&variant)
            && !item.levels.contains_key(&place)
        {
            item.levels.insert(place, LevelRow::empty(variant, place));
            item.changed.insert(place);
            item.dirty = true;
        }
    }

    /// Moves pieces as orders do: never more are promised than there are; the check refuses it at the end.
    pub(crate) fn post(
        &mut self,
        inventory: &LocalInventory,
        ctx: &Ctx,
        (variant, place): (VariantId, LocationId),
        delta: Delta,
        cause: &Cause<'_>,
    ) -> Result<()> {
        self.shift(inventory, ctx, (variant, place), delta, cause, false)
    }

    /// Moves pieces as people see them, where their role reaches: that fewer are there than were promised is kept as the
    /// shortfall.
    pub(crate) fn correct(
        &mut self,
        inventory: &LocalInventory,
        ctx: &Ctx,
        (variant, place): (VariantId, LocationId),
        delta: Delta,
        cause: &Cause<'_>,
    ) -> Result<()> {
        ctx.require_at(place)?;
        self.shift(inventory, ctx, (variant, place), delta, cause, true)
    }

    fn shift(
        &mut self,
        inventory: &LocalInventory,
        ctx: &Ctx,
        (variant_id, location_id): (VariantId, LocationId),
        delta: Delta,
        cause: &Cause<'_>,
        corrects: bool,
    ) -> Result<()> {
        if delta == Delta::default() {
            return Ok(());
        }
        let item = self.items.get_mut(&variant_id).ok_or_else(|| unknown(variant_id))?;
        let level =
            item.levels.entry(location_id).or_insert_with(|| LevelRow::empty(variant_id, location_id));
        level.on_hand += delta.on_hand;
        level.reserved += delta.reserved;
        level.allocated += delta.allocated;
        level.damaged += delta.damaged;
        level.shortfall = if corrects { level.missing() } else { level.shortfall.min(level.missing()) };
        item.changed.insert(location_id);
        item.dirty = true;
        let movement = Movement {
            id: inventory.kit.ids.next(),
            variant_id,
            location_id,
            kind: cause.kind.to_owned(),
            on_hand_delta: delta.on_hand,
            reserved_delta: delta.reserved,
            allocated_delta: delta.allocated,
            damaged_delta: delta.damaged,
            reason: cause.reason.to_owned(),
            actor: actor(ctx),
            at: inventory.kit.now(),
        };
        self.moved.push(NewMovement { movement, reservation: cause.reservation, source: cause.source });
        Ok(())
    }

    /// Where the word for shoppers is another one although no piece moved.
    pub(crate) fn say_anew(&mut self, inventory: &LocalInventory) {
        for item in self.items.values_mut() {
            item.dirty |= inventory.word(&total(item)) != item.row.availability.0;
        }
    }

    /// Writes it all, and tells the others where the word for shoppers changed. The variants as they stand now.
    pub(crate) async fn close(
        mut self,
        inventory: &LocalInventory,
        tx: &mut Tx,
    ) -> Result<BTreeMap<VariantId, StockLevel>> {
        let (mut items, mut levels, mut told) = (Vec::new(), Vec::new(), Vec::new());
        for item in self.items.values_mut().filter(|item| item.dirty) {
            item.row.version += 1;
            let word = inventory.word(&total(item));
            if word != item.row.availability.0 {
                item.row.availability = Text(word);
                let (variant_id, version) = (item.row.variant_id, item.row.version);
                told.push(AvailabilityChanged { variant_id, availability: word, version });
            }
            items.push(item.row.clone());
            let changed = item.changed.iter().filter_map(|place| item.levels.get(place));
            levels.extend(changed.map(|level| (level.clone(), item.row.clone())));
        }
        store_levels::put_items(tx, &items).await?;
        store_levels::put_levels(tx, &levels).await?;
        store::add_movements(tx, &self.moved).await?;
        tx.publish_all(&told).await?;
        Ok(self.items.iter().map(|(id, item)| (*id, level::to_contract(&total(item)))).collect())
    }
}

/// The place that is asked for, or the preferred one.
pub(crate) fn pick(places: &[LocationRow], wanted: Option<LocationId>) -> Result<LocationId> {
    let Some(wanted) = wanted else {
        let first = places.iter().find(|place| place.active);
        return first.map(|place| place.id).ok_or_else(|| Error::not_found("location"));
    };
    match places.iter().find(|place| place.id == wanted) {
        None => Err(Error::invalid("location_id", "unknown", "There is no such location.")),
        Some(place) if !place.active => {
            Err(Error::conflict("location_off", "This location is switched off."))
        }
        Some(place) => Ok(place.id),
    }
}

fn total(item: &Item) -> TotalRow {
    let sum = |of: fn(&LevelRow) -> i64| item.levels.values().map(of).sum();
    TotalRow {
        variant_id: item.row.variant_id,
        tracked: item.row.tracked,
        policy: item.row.policy,
        availability: item.row.availability,
        version: item.row.version,
        on_hand: sum(|level| level.on_hand),
        reserved: sum(|level| level.reserved),
        allocated: sum(|level| level.allocated),
        damaged: sum(|level| level.damaged),
    }
}

fn unknown(variant: VariantId) -> Error {
    Error::internal(format!("variant {variant} has no stock that could move"))
}
