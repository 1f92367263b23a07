//! The shelf: what lists need of every published product, in memory and in columns.
//!
//! Filtering, sorting and counting facets over a shelf takes microseconds per thousand products and is the same code
//! on both databases; the cards of the page that results are then read from the database. About 250 bytes per
//! product. The database stays the truth: a shelf is loaded from it, and what changed is loaded again before the
//! next list.

mod collections;
mod cursor;
mod facets;
mod list;

use std::{cmp::Ordering, collections::HashMap, sync::RwLock};

use souk_contract::{Availability, ProductId, ProductOption, Sort, Timestamp};

use crate::text::fold;
use facets::{FacetTable, Worn};

pub(crate) use collections::ShelfCollection;

/// A published product as the database tells it.
#[derive(Debug, Clone)]
pub(crate) struct ShelfRow {
    pub id: ProductId,
    pub handle: String,
    pub title: String,
    pub vendor: String,
    pub product_type: String,
    pub tags: Vec<String>,
    pub options: Vec<ProductOption>,
    /// The cheapest variant's, in minor units.
    pub price: i64,
    pub on_sale: bool,
    pub availability: Availability,
    pub created_at: Timestamp,
}

/// The same, ready for comparison. Words are numbers in `Shelf::words`.
#[derive(Debug)]
struct Entry {
    id: ProductId,
    handle: Box<str>,
    title_key: Box<str>,
    price: i64,
    created: i64,
    on_sale: bool,
    buyable: bool,
    vendor: u32,
    kind: u32,
    tags: Box<[u32]>,
    worn: Box<[Worn]>,
}

type Slot = u32;

#[derive(Debug, Default)]
pub(crate) struct Shelf {
    slots: Vec<Option<Entry>>,
    free: Vec<Slot>,
    by_id: HashMap<ProductId, Slot>,
    words: HashMap<Box<str>, u32>,
    facets: FacetTable,
    /// Per sort, the slots in that order; made when first asked for, then kept up.
    orders: [RwLock<Option<Vec<Slot>>>; Sort::ALL.len()],
    collections: Vec<ShelfCollection>,
}

/// What a list is sorted by; products with an equal key go by id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key<'a> {
    Number(i64),
    Text(&'a str),
}

impl Entry {
    fn key(&self, sort: Sort) -> Key<'_> {
        match sort {
            // A merchant's catalogue stands in the order in which it was entered.
            Sort::Featured => Key::Number(self.created),
            Sort::Newest => Key::Number(-self.created),
            Sort::PriceAsc => Key::Number(self.price),
            Sort::PriceDesc => Key::Number(-self.price),
            Sort::TitleAsc => Key::Text(&self.title_key),
        }
    }

    fn compare(&self, other: &Self, sort: Sort) -> Ordering {
        self.key(sort).cmp(&other.key(sort)).then(self.id.cmp(&other.id))
    }
}

impl Shelf {
    pub(crate) fn load(rows: Vec<ShelfRow>, collections: Vec<ShelfCollection>) -> Self {
        let mut shelf = Self { collections, ..Self::default() };
        shelf.add(rows);
        shelf
    }

    /// More of the same, while it is being loaded.
    pub(crate) fn add(&mut self, rows: Vec<ShelfRow>) {
        for row in rows {
            self.insert(row);
        }
    }

    /// Puts in what changed and takes out what is no longer published: `asked` without a row.
    pub(crate) fn refresh(&mut self, asked: &[ProductId], rows: Vec<ShelfRow>) {
        for id in asked {
            self.remove(*id);
        }
        for row in rows {
            self.insert(row);
        }
        self.forget_members();
    }

    pub(crate) fn set_collections(&mut self, collections: Vec<ShelfCollection>) {
        self.collections = collections;
    }

    fn insert(&mut self, row: ShelfRow) {
        self.remove(row.id);
        let worn = self.facets.wear(&row);
        let vendor = self.word(&row.vendor);
        let kind = self.word(&row.product_type);
        let tags = row.tags.iter().map(|tag| self.word(tag)).collect();
        let entry = Entry {
            id: row.id,
            handle: row.handle.into(),
            title_key: fold(&row.title).into(),
            price: row.price,
            created: row.created_at.micros(),
            on_sale: row.on_sale,
            buyable: row.availability.is_buyable(),
            vendor,
            kind,
            tags,
            worn,
        };
        let slot = match self.free.pop() {
            Some(slot) => slot,
            None => {
                self.slots.push(None);
                Slot::try_from(self.slots.len() - 1).unwrap_or(Slot::MAX)
            }
        };
        self.by_id.insert(entry.id, slot);
        for (sort, order) in Sort::ALL.into_iter().zip(&mut self.orders) {
            let order = order.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner);
            if let Some(order) = order {
                let slots = &self.slots;
                let before = |other: &Slot| {
                    slots[*other as usize].as_ref().is_some_and(|other| other.compare(&entry, sort).is_lt())
                };
                order.insert(order.partition_point(before), slot);
            }
        }
        self.slots[slot as usize] = Some(entry);
    }

    fn remove(&mut self, id: ProductId) {
        let Some(slot) = self.by_id.remove(&id) else { return };
        for order in &mut self.orders {
            if let Some(order) = order.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner) {
                order.retain(|other| *other != slot);
            }
        }
        if let Some(entry) = self.slots[slot as usize].take() {
            self.facets.take_off(&entry.worn);
        }
        self.free.push(slot);
    }

    fn word(&mut self, text: &str) -> u32 {
        let folded = fold(text);
        let next = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
        *self.words.entry(folded.into()).or_insert(next)
    }

    fn known_word(&self, text: &str) -> Option<u32> {
        self.words.get(fold(text).as_str()).copied()
    }

    fn entry(&self, slot: Slot) -> Option<&Entry> {
        self.slots.get(slot as usize)?.as_ref()
    }

    fn entries(&self) -> impl Iterator<Item = (Slot, &Entry)> {
        (0..).zip(&self.slots).filter_map(|(slot, entry)| Some((slot, entry.as_ref()?)))
    }

    /// Runs `use_order` with all slots in that order.
    fn in_order<R>(&self, sort: Sort, use_order: impl FnOnce(&[Slot]) -> R) -> R {
        let at = Sort::ALL.iter().position(|other| *other == sort).unwrap_or_default();
        let lock = &self.orders[at];
        if let Some(order) = &*lock.read().unwrap_or_else(std::sync::PoisonError::into_inner) {
            return use_order(order);
        }
        let mut order: Vec<Slot> = self.entries().map(|(slot, _)| slot).collect();
        order.sort_unstable_by(|a, b| match (self.entry(*a), self.entry(*b)) {
            (Some(a), Some(b)) => a.compare(b, sort),
            (a, b) => a.is_some().cmp(&b.is_some()),
        });
        let result = use_order(&order);
        *lock.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(order);
        result
    }

    /// Others of its type or its collections, what can be bought first; for variety those that were entered after it.
    pub(crate) fn related(&self, id: ProductId, limit: usize) -> Vec<ProductId> {
        let Some(entry) = self.by_id.get(&id).and_then(|slot| self.entry(*slot)) else { return Vec::new() };
        let shared = self.members_shared_with(id);
        let mut others: Vec<(bool, bool, bool, ProductId)> = self
            .entries()
            .filter(|(_, other)| other.id != id)
            .filter_map(|(slot, other)| {
                let same_kind = other.kind == entry.kind;
                let related = same_kind || shared.iter().any(|members| members.contains(slot));
                related.then_some((!other.buyable, !same_kind, other.id < id, other.id))
            })
            .collect();
        let count = limit.min(others.len());
        if count > 0 && count < others.len() {
            others.select_nth_unstable(count - 1);
        }
        others.truncate(count);
        others.sort_unstable();
        others.into_iter().map(|(.., id)| id).collect()
    }
}

#[cfg(test)]
mod tests;
