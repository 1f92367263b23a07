//! One pass over the shelf answers a list: the products of a page, how many match, facets and the price range.

use souk_contract::{DEFAULT_LIMIT, MAX_LIMIT};
use souk_contract::{Facet, ListProducts, ProductId, Result, Sort};

use super::{
    Entry, Key, Shelf, Slot,
    collections::Members,
    cursor::{Cursor, Side},
    facets::Chosen,
};

/// A page of a list, before its cards are read.
#[derive(Debug)]
pub(crate) struct Found {
    pub ids: Vec<ProductId>,
    pub facets: Vec<Facet>,
    /// Cheapest and dearest in minor units, before the price filter.
    pub price_range: Option<(i64, i64)>,
    pub total: u64,
    pub next: Option<String>,
    pub prev: Option<String>,
}

/// How an entry stands to the filters.
enum Fit {
    All,
    /// Everything but this one of the chosen facets.
    AllBut(usize),
    No,
}

impl Shelf {
    /// `None` where there is no such collection.
    ///
    /// # Errors
    /// `Invalid cursor`.
    pub(crate) fn list(&self, request: &ListProducts) -> Result<Option<Found>> {
        let members = match request.collection.as_deref() {
            None | Some("all") => None,
            Some(handle) => match self.collection(handle) {
                None => return Ok(None),
                Some(collection) => Some(self.members(collection)),
            },
        };
        let listed = members.as_deref().and_then(|members| members.listed.as_deref());
        match listed {
            Some(listed) if request.sort == Sort::Featured => {
                let place = |at: usize, _: &Entry| Key::Number(at as i64);
                self.page(listed, None, request, place).map(Some)
            }
            _ => self
                .in_order(request.sort, |order| {
                    self.page(order, members.as_deref(), request, |_, entry| entry.key(request.sort))
                })
                .map(Some),
        }
    }

    /// `place` gives the key by which `order` is sorted, of the entry at that place of it.
    fn page<'s>(
        &'s self,
        order: &[Slot],
        members: Option<&Members>,
        request: &ListProducts,
        place: impl Fn(usize, &'s Entry) -> Key<'s>,
    ) -> Result<Found> {
        let filters = &request.filters;
        let chosen = self.facets.chosen(filters.facets.iter());
        let in_price = |price: i64| {
            filters.price_min.is_none_or(|min| price >= min)
                && filters.price_max.is_none_or(|max| price <= max)
        };
        let mut counts = vec![0_u64; self.facets.values.len()];
        let mut price_range: Option<(i64, i64)> = None;
        let mut matching: Vec<(Key<'s>, ProductId)> = Vec::new();
        for (at, slot) in order.iter().enumerate() {
            if members.is_some_and(|members| !members.contains(*slot)) {
                continue;
            }
            let Some(entry) = self.entry(*slot) else { continue };
            if filters.in_stock && !entry.buyable {
                continue;
            }
            let fit = self.fit(entry, &chosen);
            if matches!(fit, Fit::All) {
                let (min, max) = price_range.unwrap_or((entry.price, entry.price));
                price_range = Some((min.min(entry.price), max.max(entry.price)));
            }
            if !in_price(entry.price) {
                continue;
            }
            match fit {
                Fit::All => {
                    for worn in &entry.worn {
                        counts[worn.value as usize] += 1;
                    }
                    matching.push((place(at, entry), entry.id));
                }
                Fit::AllBut(missed) => {
                    let key = chosen[missed].key;
                    for worn in entry.worn.iter().filter(|worn| Some(self.facets.key_of(worn)) == key) {
                        counts[worn.value as usize] += 1;
                    }
                }
                Fit::No => {}
            }
        }
        let (from, to) = bounds(&matching, request)?;
        let edge = |side, at: usize| {
            let (key, id) = &matching[at];
            Cursor::new(side, request.sort, key, *id).encode()
        };
        Ok(Found {
            ids: matching[from..to].iter().map(|(_, id)| *id).collect(),
            facets: self.facets.show(&counts, &chosen),
            price_range,
            total: matching.len() as u64,
            next: (to > from && to < matching.len()).then(|| edge(Side::After, to - 1)).transpose()?,
            prev: (to > from && from > 0).then(|| edge(Side::Before, from)).transpose()?,
        })
    }

    fn fit(&self, entry: &Entry, chosen: &[Chosen]) -> Fit {
        let mut fit = Fit::All;
        for (at, facet) in chosen.iter().enumerate() {
            if !entry.worn.iter().any(|worn| facet.values.contains(&worn.value)) {
                match fit {
                    Fit::All => fit = Fit::AllBut(at),
                    _ => return Fit::No,
                }
            }
        }
        fit
    }
}

/// Which part of the matching products the page shows.
fn bounds(matching: &[(Key<'_>, ProductId)], request: &ListProducts) -> Result<(usize, usize)> {
    let limit = request.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT) as usize;
    let Some(text) = &request.cursor else { return Ok((0, limit.min(matching.len()))) };
    let cursor = Cursor::decode(text, request.sort)?;
    let edge = (cursor.key.key(), cursor.id);
    Ok(match cursor.side {
        Side::After => {
            let from = matching.partition_point(|place| *place <= edge);
            (from, (from + limit).min(matching.len()))
        }
        Side::Before => {
            let to = matching.partition_point(|place| *place < edge);
            (to.saturating_sub(limit), to)
        }
    })
}
