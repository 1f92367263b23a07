//! One pass over the products that match the words: filters, counts of facets, the price range, and what is left.

use std::sync::Arc;

use souk_contract::Filters;
use tantivy::{
    DocId, Score, SegmentOrdinal, SegmentReader,
    collector::{Collector, SegmentCollector},
};

use crate::{
    facets::{Chosen, NONE},
    page::{Hit, Order},
    snapshot::Snapshot,
};

pub(crate) struct Sieve {
    pub snapshot: Arc<Snapshot>,
    pub filters: Arc<Filters>,
    pub chosen: Arc<[Chosen]>,
    pub order: Order,
}

#[derive(Debug, Default)]
pub(crate) struct Sifted {
    /// How many have the words, before any filter.
    pub matched: u64,
    pub hits: Vec<Hit>,
    /// By number of the value.
    pub counts: Vec<u64>,
    /// Cheapest and dearest in minor units, before the price filter.
    pub price_range: Option<(i64, i64)>,
}

pub(crate) struct SegmentSieve {
    snapshot: Arc<Snapshot>,
    filters: Arc<Filters>,
    order: Order,
    segment: SegmentOrdinal,
    /// Per term, the bit of the chosen facet of which it is a chosen value.
    fits: Vec<u32>,
    /// Per term, the bit of the chosen facet to which it belongs.
    belongs: Vec<u32>,
    /// A bit for each chosen facet; the service lets through 20 at most.
    all: u32,
    counts: Vec<u64>,
    terms: Vec<u64>,
    sifted: Sifted,
}

impl Collector for Sieve {
    type Fruit = Sifted;
    type Child = SegmentSieve;

    fn for_segment(&self, segment: SegmentOrdinal, _: &SegmentReader) -> tantivy::Result<SegmentSieve> {
        let columns = &self.snapshot.segments[segment as usize];
        let bit_where = |fits: &dyn Fn(&Chosen) -> bool| {
            (0..)
                .zip(self.chosen.iter())
                .filter(|(_, facet)| fits(facet))
                .fold(0, |bits, (at, _)| bits | 1 << at)
        };
        let values = columns.values.iter();
        let facets = &self.snapshot.facets;
        Ok(SegmentSieve {
            snapshot: Arc::clone(&self.snapshot),
            filters: Arc::clone(&self.filters),
            order: self.order,
            segment,
            fits: values.clone().map(|value| bit_where(&|facet| facet.values.contains(value))).collect(),
            belongs: values
                .map(|value| bit_where(&|facet| *value != NONE && facet.key == facets.key_of(*value)))
                .collect(),
            all: (0..self.chosen.len()).fold(0, |bits, at| bits | 1 << at),
            counts: vec![0; columns.values.len()],
            terms: Vec::new(),
            sifted: Sifted::default(),
        })
    }

    fn requires_scoring(&self) -> bool {
        self.order == Order::Relevance
    }

    fn merge_fruits(&self, parts: Vec<Sifted>) -> tantivy::Result<Sifted> {
        let mut whole = Sifted { counts: vec![0; self.snapshot.facets.len()], ..Sifted::default() };
        for part in parts {
            whole.matched += part.matched;
            whole.hits.extend(part.hits);
            for (sum, count) in whole.counts.iter_mut().zip(part.counts) {
                *sum += count;
            }
            whole.price_range = match (whole.price_range, part.price_range) {
                (Some((low, high)), Some((min, max))) => Some((low.min(min), high.max(max))),
                (one, other) => one.or(other),
            };
        }
        Ok(whole)
    }
}

impl SegmentCollector for SegmentSieve {
    type Fruit = Sifted;

    fn collect(&mut self, doc: DocId, score: Score) {
        let columns = &self.snapshot.segments[self.segment as usize];
        self.sifted.matched += 1;
        if self.filters.in_stock && columns.buyable.first(doc) != Some(true) {
            return;
        }
        self.terms.clear();
        if let Some(facets) = &columns.facets {
            self.terms.extend(facets.values_for_doc(doc));
        }
        let fitting = self.terms.iter().fold(0, |bits, term| bits | self.fits[*term as usize]);
        let missed = self.all & !fitting;
        let price = columns.price.first(doc).unwrap_or_default();
        if missed == 0 {
            let (min, max) = self.sifted.price_range.unwrap_or((price, price));
            self.sifted.price_range = Some((min.min(price), max.max(price)));
        }
        let cheap_enough = self.filters.price_max.is_none_or(|max| price <= max);
        let dear_enough = self.filters.price_min.is_none_or(|min| price >= min);
        if !(cheap_enough && dear_enough) {
            return;
        }
        if missed == 0 {
            for term in &self.terms {
                self.counts[*term as usize] += 1;
            }
            let key = match self.order {
                Order::Relevance => -i64::from(score.max(0.0).to_bits()),
                Order::Entered => columns.created.first(doc).unwrap_or_default(),
                Order::Newest => -columns.created.first(doc).unwrap_or_default(),
                Order::PriceAsc => price,
                Order::PriceDesc => -price,
                // The place among all titles is looked up afterwards.
                Order::Title => i64::from(self.segment) << 32 | i64::from(columns.title(doc)),
            };
            let id = (
                columns.id_high.first(doc).unwrap_or_default(),
                columns.id_low.first(doc).unwrap_or_default(),
            );
            self.sifted.hits.push(Hit { key, id });
        } else if missed.is_power_of_two() {
            // It would be shown if a value that it has were chosen too.
            for term in self.terms.iter().filter(|term| self.belongs[**term as usize] & missed != 0) {
                self.counts[*term as usize] += 1;
            }
        }
    }

    fn harvest(mut self) -> Sifted {
        let mut counts = vec![0; self.snapshot.facets.len()];
        let values = &self.snapshot.segments[self.segment as usize].values;
        for (value, count) in values.iter().zip(&self.counts) {
            if let Some(sum) = counts.get_mut(*value as usize) {
                *sum += count;
            }
        }
        self.sifted.counts = counts;
        self.sifted
    }
}
