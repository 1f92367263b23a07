//! Which products a collection holds. Rules are read from the shelf's columns, so nothing has to be kept in step:
//! membership is worked out when it is first asked for and forgotten when products change.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use souk_contract::{CollectionId, CollectionKind, CollectionLink, CollectionRule, ProductId, Sort};

use super::{Shelf, Slot};

#[derive(Debug)]
pub(crate) struct ShelfCollection {
    pub id: CollectionId,
    pub handle: String,
    pub title: String,
    pub kind: CollectionKind,
    pub rule: CollectionRule,
    members: RwLock<Option<Arc<Members>>>,
}

impl ShelfCollection {
    pub(crate) fn new(
        id: CollectionId,
        (handle, title): (String, String),
        kind: CollectionKind,
        rule: CollectionRule,
    ) -> Self {
        Self { id, handle, title, kind, rule, members: RwLock::default() }
    }
}

#[derive(Debug)]
pub(super) struct Members {
    /// One bit per slot.
    bits: Vec<u64>,
    pub(super) count: u64,
    /// The merchant's order, where there is one.
    pub(super) listed: Option<Vec<Slot>>,
}

impl Members {
    pub(super) fn contains(&self, slot: Slot) -> bool {
        self.bits.get(slot as usize / 64).is_some_and(|word| word & (1 << (slot % 64)) != 0)
    }

    fn of(slots: impl Iterator<Item = Slot>) -> Self {
        let mut members = Self { bits: Vec::new(), count: 0, listed: None };
        for slot in slots {
            let word = slot as usize / 64;
            if members.bits.len() <= word {
                members.bits.resize(word + 1, 0);
            }
            members.bits[word] |= 1 << (slot % 64);
            members.count += 1;
        }
        members
    }
}

impl Shelf {
    pub(super) fn collection(&self, handle: &str) -> Option<&ShelfCollection> {
        self.collections.iter().find(|collection| collection.handle == handle)
    }

    /// How many published products it holds.
    pub(crate) fn count(&self, handle: &str) -> u64 {
        self.collection(handle).map_or(0, |collection| self.members(collection).count)
    }

    /// The collections of a product, categories first.
    pub(crate) fn collections_of(&self, id: ProductId) -> Vec<CollectionLink> {
        let Some(slot) = self.by_id.get(&id).copied() else { return Vec::new() };
        let mut holding: Vec<&ShelfCollection> =
            self.collections.iter().filter(|collection| self.members(collection).contains(slot)).collect();
        holding.sort_by_key(|collection| collection.kind != CollectionKind::Category);
        let link = |collection: &ShelfCollection| CollectionLink {
            handle: collection.handle.clone(),
            title: collection.title.clone(),
        };
        holding.into_iter().map(link).collect()
    }

    /// By product: which of these collections hold it.
    pub(crate) fn holding(
        &self,
        collections: &[CollectionId],
        products: &[ProductId],
    ) -> HashMap<ProductId, Vec<CollectionId>> {
        let mut found: HashMap<ProductId, Vec<CollectionId>> = HashMap::new();
        for collection in self.collections.iter().filter(|one| collections.contains(&one.id)) {
            let members = self.members(collection);
            let holds =
                |product: &&ProductId| self.by_id.get(product).is_some_and(|slot| members.contains(*slot));
            for product in products.iter().filter(holds) {
                found.entry(*product).or_default().push(collection.id);
            }
        }
        found
    }

    /// Those collections of a product that say something about what it is: not "on sale" or "new".
    pub(super) fn members_shared_with(&self, id: ProductId) -> Vec<Arc<Members>> {
        let Some(slot) = self.by_id.get(&id).copied() else { return Vec::new() };
        self.collections
            .iter()
            .filter(|collection| {
                matches!(
                    collection.rule,
                    CollectionRule::Manual { .. }
                        | CollectionRule::Type { .. }
                        | CollectionRule::Tag { .. }
                        | CollectionRule::All { .. }
                )
            })
            .map(|collection| self.members(collection))
            .filter(|members| members.contains(slot))
            .collect()
    }

    pub(super) fn forget_members(&mut self) {
        for collection in &mut self.collections {
            *collection.members.get_mut().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }

    pub(super) fn members(&self, collection: &ShelfCollection) -> Arc<Members> {
        if let Some(members) = &*collection.members.read().unwrap_or_else(PoisonError::into_inner) {
            return Arc::clone(members);
        }
        let members = Arc::new(self.work_out(&collection.rule));
        *collection.members.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&members));
        members
    }

    fn work_out(&self, rule: &CollectionRule) -> Members {
        let all = || self.entries();
        match rule {
            CollectionRule::Manual { handles } => {
                let places: HashMap<&str, usize> =
                    handles.iter().enumerate().rev().map(|(at, handle)| (handle.as_str(), at)).collect();
                let mut listed: Vec<(usize, Slot)> = all()
                    .filter_map(|(slot, entry)| places.get(&*entry.handle).map(|place| (*place, slot)))
                    .collect();
                listed.sort_unstable();
                let listed: Vec<Slot> = listed.into_iter().map(|(_, slot)| slot).collect();
                Members { listed: Some(listed.clone()), ..Members::of(listed.into_iter()) }
            }
            CollectionRule::Type { equals } => {
                let word = self.known_word(equals);
                Members::of(all().filter(|(_, entry)| Some(entry.kind) == word).map(|(slot, _)| slot))
            }
            CollectionRule::Vendor { equals } => {
                let word = self.known_word(equals);
                Members::of(all().filter(|(_, entry)| Some(entry.vendor) == word).map(|(slot, _)| slot))
            }
            CollectionRule::Tag { equals } => match self.known_word(equals) {
                None => Members::of(std::iter::empty()),
                Some(word) => {
                    Members::of(all().filter(|(_, entry)| entry.tags.contains(&word)).map(|(slot, _)| slot))
                }
            },
            CollectionRule::OnSale => {
                Members::of(all().filter(|(_, entry)| entry.on_sale).map(|(slot, _)| slot))
            }
            CollectionRule::PriceAtMost { minor } => {
                Members::of(all().filter(|(_, entry)| entry.price <= *minor).map(|(slot, _)| slot))
            }
            CollectionRule::Newest { count } => self.in_order(Sort::Newest, |order| {
                let newest: Vec<Slot> = order.iter().take(*count as usize).copied().collect();
                Members { listed: Some(newest.clone()), ..Members::of(newest.into_iter()) }
            }),
            CollectionRule::All { rules } | CollectionRule::Any { rules } => {
                let parts: Vec<Members> =
                    rules.iter().map(|rule| self.work_out(&rule.clone().into())).collect();
                let of_all = matches!(rule, CollectionRule::All { .. });
                let fits = |slot: Slot| {
                    let mut held = parts.iter().map(|part| part.contains(slot));
                    if of_all { held.all(|holds| holds) } else { held.any(|holds| holds) }
                };
                Members::of(all().map(|(slot, _)| slot).filter(|slot| fits(*slot)))
            }
        }
    }
}
