//! The index as of one commit, with its columns opened and its facets numbered.

use std::sync::OnceLock;

use tantivy::{
    Searcher, SegmentReader,
    columnar::{Column, StrColumn},
};

use crate::{
    facets::{FacetTable, NONE},
    schema::{self, FacetTerm},
};

pub(crate) struct Snapshot {
    pub searcher: Searcher,
    /// Grows with every commit that is seen.
    pub generation: u64,
    pub facets: FacetTable,
    pub segments: Vec<Columns>,
    titles: OnceLock<Titles>,
}

/// What filters and orders need of the products of a segment.
pub(crate) struct Columns {
    pub price: Column<i64>,
    pub created: Column<i64>,
    pub buyable: Column<bool>,
    pub id_high: Column<u64>,
    pub id_low: Column<u64>,
    /// Terms of the segment, by number.
    pub facets: Option<Column<u64>>,
    /// The number in [`FacetTable`] of each of these terms.
    pub values: Vec<u32>,
    titles: Option<StrColumn>,
}

/// All titles in order.
pub(crate) struct Titles {
    sorted: Vec<Box<str>>,
    /// Per segment, the place of each of its titles.
    places: Vec<Vec<u32>>,
}

impl Snapshot {
    /// Reads each facet of each product once: about a millisecond for 10,000.
    pub(crate) fn new(searcher: Searcher, generation: u64) -> tantivy::Result<Self> {
        let mut facets = FacetTable::default();
        let mut segments = Vec::with_capacity(searcher.segment_readers().len());
        for segment in searcher.segment_readers() {
            segments.push(Columns::open(segment, &mut facets)?);
        }
        Ok(Self { searcher, generation, facets, segments, titles: OnceLock::new() })
    }

    /// Made when a list is first sorted by title.
    pub(crate) fn titles(&self) -> tantivy::Result<&Titles> {
        if let Some(titles) = self.titles.get() {
            return Ok(titles);
        }
        let titles = Titles::read(&self.segments)?;
        Ok(self.titles.get_or_init(|| titles))
    }
}

impl Columns {
    fn open(segment: &SegmentReader, table: &mut FacetTable) -> tantivy::Result<Self> {
        let fast = segment.fast_fields();
        let facets = fast.str(schema::FACETS)?;
        let mut values = Vec::new();
        if let Some(facets) = &facets {
            let mut counts = vec![0_u64; facets.num_terms()];
            for doc in segment.doc_ids_alive() {
                for term in facets.ords().values_for_doc(doc) {
                    if let Some(count) = counts.get_mut(term as usize) {
                        *count += 1;
                    }
                }
            }
            values = vec![NONE; counts.len()];
            let mut text = String::new();
            for ((term, count), value) in (0..).zip(counts).zip(&mut values) {
                text.clear();
                if count > 0 && facets.ord_to_str(term, &mut text)? {
                    *value = FacetTerm::parse(&text).map_or(NONE, |term| table.add(term, count));
                }
            }
        }
        Ok(Self {
            price: fast.i64(schema::PRICE)?,
            created: fast.i64(schema::CREATED)?,
            buyable: fast.bool(schema::BUYABLE)?,
            id_high: fast.u64(schema::ID_HIGH)?,
            id_low: fast.u64(schema::ID_LOW)?,
            facets: facets.map(|column| column.ords().clone()),
            values,
            titles: fast.str(schema::TITLE_KEY)?,
        })
    }

    /// The number of its title within the segment.
    pub(crate) fn title(&self, doc: u32) -> u32 {
        let title = self.titles.as_ref().and_then(|titles| titles.ords().first(doc));
        title.and_then(|title| u32::try_from(title).ok()).unwrap_or(NONE)
    }
}

impl Titles {
    fn read(segments: &[Columns]) -> tantivy::Result<Self> {
        let mut all: Vec<(Box<str>, usize, usize)> = Vec::new();
        let mut places: Vec<Vec<u32>> = Vec::with_capacity(segments.len());
        for (at, segment) in segments.iter().enumerate() {
            let count = segment.titles.as_ref().map_or(0, |titles| titles.num_terms());
            places.push(vec![NONE; count]);
            let Some(titles) = &segment.titles else { continue };
            let mut stream = titles.dictionary().stream()?;
            let mut number = 0;
            while stream.advance() {
                all.push((String::from_utf8_lossy(stream.key()).into(), at, number));
                number += 1;
            }
        }
        all.sort_unstable();
        let mut sorted: Vec<Box<str>> = Vec::with_capacity(all.len());
        for (title, segment, number) in all {
            if sorted.last() != Some(&title) {
                sorted.push(title);
            }
            let place = u32::try_from(sorted.len() - 1).unwrap_or(NONE);
            if let Some(slot) = places.get_mut(segment).and_then(|places| places.get_mut(number)) {
                *slot = place;
            }
        }
        Ok(Self { sorted, places })
    }

    /// Twice the place, so that a title that is no longer there fits between two.
    pub(crate) fn key(&self, segment: u32, number: u32) -> i64 {
        let places = self.places.get(segment as usize);
        places.and_then(|places| places.get(number as usize)).map_or(i64::MAX, |place| i64::from(*place) * 2)
    }

    pub(crate) fn key_of(&self, title: &str) -> i64 {
        let at = self.sorted.partition_point(|known| **known < *title);
        let known = self.sorted.get(at).is_some_and(|known| **known == *title);
        at as i64 * 2 - i64::from(!known)
    }

    pub(crate) fn title(&self, key: i64) -> &str {
        let at = usize::try_from(key / 2).unwrap_or(usize::MAX);
        self.sorted.get(at).map_or("", |title| title)
    }
}
