//! Facets: which values products have, how they are spelled, and how many products of a list have each.

use std::collections::HashMap;

use souk_contract::{
    Facet, FacetValue,
    facet::{Attribute, attributes, present},
};

use super::ShelfRow;
use crate::text::fold;

/// A value that a product has, and which of its spellings.
#[derive(Debug, Clone, Copy)]
pub(super) struct Worn {
    pub(super) value: u32,
    spelling: u16,
    key_spelling: u16,
}

/// Every key and value that some product has. Numbers are places in `keys` and `values`; they stay when nobody has
/// the value any more.
#[derive(Debug, Default)]
pub(super) struct FacetTable {
    keys: Vec<FacetKey>,
    by_key: HashMap<String, u16>,
    pub(super) values: Vec<Value>,
    by_value: HashMap<(u16, Box<str>), u32>,
}

#[derive(Debug)]
struct FacetKey {
    key: String,
    spellings: Spellings,
}

#[derive(Debug)]
pub(super) struct Value {
    pub(super) key: u16,
    spellings: Spellings,
    swatch: Option<Box<str>>,
}

/// Ways to write the same thing, with how many products write it so.
#[derive(Debug, Default)]
struct Spellings(Vec<(Box<str>, u32)>);

impl Spellings {
    fn add(&mut self, text: &str) -> u16 {
        let text = text.trim();
        let at = match self.0.iter().position(|(known, _)| **known == *text) {
            Some(at) => at,
            None => {
                self.0.push((text.into(), 0));
                self.0.len() - 1
            }
        };
        self.0[at].1 += 1;
        u16::try_from(at).unwrap_or(u16::MAX)
    }

    fn drop_one(&mut self, at: u16) {
        if let Some((_, count)) = self.0.get_mut(usize::from(at)) {
            *count = count.saturating_sub(1);
        }
    }

    /// The most common; of equals the first by letters, so that both engines and every run agree.
    fn best(&self) -> &str {
        let by_use = |a: &&(Box<str>, u32), b: &&(Box<str>, u32)| a.1.cmp(&b.1).then(b.0.cmp(&a.0));
        self.0.iter().max_by(by_use).map_or("", |(text, _)| text)
    }
}

impl FacetTable {
    /// Notes what a product has.
    pub(super) fn wear(&mut self, row: &ShelfRow) -> Box<[Worn]> {
        let mut worn: Vec<Worn> = Vec::new();
        for Attribute { key, label, value, swatch } in
            attributes(&row.product_type, &row.vendor, &row.options)
        {
            let one = self.note(key, label, value, swatch);
            // `blue` and `Blue` of one product count once.
            if worn.iter().any(|other| other.value == one.value) {
                self.take_off(&[one]);
            } else {
                worn.push(one);
            }
        }
        worn.into()
    }

    pub(super) fn take_off(&mut self, worn: &[Worn]) {
        for one in worn {
            let Some(value) = self.values.get_mut(one.value as usize) else { continue };
            value.spellings.drop_one(one.spelling);
            if let Some(key) = self.keys.get_mut(usize::from(value.key)) {
                key.spellings.drop_one(one.key_spelling);
            }
        }
    }

    fn note(&mut self, key: String, label: &str, value: &str, swatch: Option<&str>) -> Worn {
        let key_at = match self.by_key.get(&key) {
            Some(at) => *at,
            None => {
                let at = u16::try_from(self.keys.len()).unwrap_or(u16::MAX);
                self.keys.push(FacetKey { key: key.clone(), spellings: Spellings::default() });
                self.by_key.insert(key, at);
                at
            }
        };
        let folded = (key_at, fold(value).into_boxed_str());
        let value_at = match self.by_value.get(&folded) {
            Some(at) => *at,
            None => {
                let at = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
                self.values.push(Value { key: key_at, spellings: Spellings::default(), swatch: None });
                self.by_value.insert(folded, at);
                at
            }
        };
        let entry = &mut self.values[value_at as usize];
        if let Some(swatch) = swatch {
            entry.swatch = Some(swatch.into());
        }
        let spelling = entry.spellings.add(value);
        let key_spelling = self.keys.get_mut(usize::from(key_at)).map_or(0, |key| key.spellings.add(label));
        Worn { value: value_at, spelling, key_spelling }
    }

    pub(super) fn key_of(&self, worn: &Worn) -> u16 {
        self.values.get(worn.value as usize).map_or(u16::MAX, |value| value.key)
    }

    /// The chosen facets, as numbers. A key or value that no product has still narrows the list: to nothing.
    pub(super) fn chosen<'a>(
        &self,
        facets: impl Iterator<Item = (&'a String, &'a Vec<String>)>,
    ) -> Vec<Chosen> {
        facets
            .filter(|(_, values)| !values.is_empty())
            .map(|(key, values)| {
                let folded = fold(key);
                let at = self.by_key.get(&folded).copied();
                let find = |value: &String| self.by_value.get(&(at?, fold(value).into_boxed_str())).copied();
                Chosen { key: at, values: values.iter().filter_map(find).collect() }
            })
            .collect()
    }

    /// From the counts per value to what a page shows.
    pub(super) fn show(&self, counts: &[u64], chosen: &[Chosen]) -> Vec<Facet> {
        let mut of_key: Vec<Vec<FacetValue>> = vec![Vec::new(); self.keys.len()];
        for ((at, value), count) in (0..).zip(&self.values).zip(counts) {
            let selected = chosen.iter().any(|facet| facet.values.contains(&at));
            if *count > 0 || selected {
                of_key[usize::from(value.key)].push(FacetValue {
                    value: value.spellings.best().to_owned(),
                    count: *count,
                    selected,
                    swatch: value.swatch.as_deref().map(str::to_owned),
                });
            }
        }
        let facet = |(key, values): (&FacetKey, Vec<FacetValue>)| Facet {
            key: key.key.clone(),
            label: key.spellings.best().to_owned(),
            values,
        };
        present(self.keys.iter().zip(of_key).map(facet))
    }
}

/// One facet of which something is chosen.
#[derive(Debug)]
pub(super) struct Chosen {
    pub(super) key: Option<u16>,
    pub(super) values: Vec<u32>,
}
