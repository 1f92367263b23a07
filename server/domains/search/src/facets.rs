//! The facets of all products in the index: numbers for their values, and how each is written.

use std::collections::HashMap;

use souk_contract::{
    Facet, FacetValue, Filters,
    facet::{fold, present},
};

use crate::schema::FacetTerm;

/// No value.
pub(crate) const NONE: u32 = u32::MAX;

#[derive(Debug, Default)]
pub(crate) struct FacetTable {
    keys: Vec<Key>,
    values: Vec<Value>,
    by_key: HashMap<Box<str>, u32>,
    by_value: HashMap<(u32, Box<str>), u32>,
}

#[derive(Debug)]
struct Key {
    key: Box<str>,
    label: Spellings,
}

#[derive(Debug)]
struct Value {
    key: u32,
    spelling: Spellings,
    swatch: Spellings,
}

/// Ways to write the same thing, with how many products write it so.
#[derive(Debug, Default)]
struct Spellings(Vec<(Box<str>, u64)>);

impl Spellings {
    fn add(&mut self, text: &str, count: u64) {
        match self.0.iter_mut().find(|(known, _)| **known == *text) {
            Some((_, known)) => *known += count,
            None => self.0.push((text.into(), count)),
        }
    }

    /// The most common; of equals the first by letters, so that every run agrees.
    fn best(&self) -> Option<&str> {
        self.0.iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0))).map(|(text, _)| &**text)
    }
}

impl FacetTable {
    /// Notes that so many products have it, and gives the value's number.
    pub(crate) fn add(&mut self, term: FacetTerm<'_>, count: u64) -> u32 {
        let key = match self.by_key.get(term.key) {
            Some(key) => *key,
            None => {
                let key = number(self.keys.len());
                self.keys.push(Key { key: term.key.into(), label: Spellings::default() });
                self.by_key.insert(term.key.into(), key);
                key
            }
        };
        let place = (key, Box::from(term.value));
        let value = match self.by_value.get(&place) {
            Some(value) => *value,
            None => {
                let value = number(self.values.len());
                self.values.push(Value { key, spelling: Spellings::default(), swatch: Spellings::default() });
                self.by_value.insert(place, value);
                value
            }
        };
        if let Some(key) = self.keys.get_mut(key as usize) {
            key.label.add(term.label, count);
        }
        if let Some(entry) = self.values.get_mut(value as usize) {
            entry.spelling.add(term.spelling, count);
            if let Some(swatch) = term.swatch {
                entry.swatch.add(swatch, count);
            }
        }
        value
    }

    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    pub(crate) fn key_of(&self, value: u32) -> u32 {
        self.values.get(value as usize).map_or(NONE, |value| value.key)
    }

    /// The chosen facets, as numbers. A key or value that no product has still narrows the list: to nothing.
    pub(crate) fn chosen(&self, filters: &Filters) -> Vec<Chosen> {
        let chosen = filters.facets.iter().filter(|(_, values)| !values.is_empty());
        chosen
            .map(|(key, values)| {
                let key = self.by_key.get(fold(key).as_str()).copied();
                let find = |value: &String| self.by_value.get(&(key?, fold(value).into_boxed_str())).copied();
                Chosen { key: key.unwrap_or(NONE), values: values.iter().filter_map(find).collect() }
            })
            .collect()
    }

    /// From the counts per value to what a page shows.
    pub(crate) fn show(&self, counts: &[u64], chosen: &[Chosen]) -> Vec<Facet> {
        let mut of_key: Vec<Vec<FacetValue>> = vec![Vec::new(); self.keys.len()];
        for ((at, value), count) in (0..).zip(&self.values).zip(counts) {
            let selected = chosen.iter().any(|facet| facet.values.contains(&at));
            if *count > 0 || selected {
                of_key[value.key as usize].push(FacetValue {
                    value: value.spelling.best().unwrap_or_default().to_owned(),
                    count: *count,
                    selected,
                    swatch: value.swatch.best().map(str::to_owned),
                });
            }
        }
        let facet = |(key, values): (&Key, Vec<FacetValue>)| Facet {
            key: key.key.to_string(),
            label: key.label.best().unwrap_or_default().to_owned(),
            values,
        };
        present(self.keys.iter().zip(of_key).map(facet))
    }
}

/// One facet of which something is chosen.
#[derive(Debug)]
pub(crate) struct Chosen {
    pub key: u32,
    pub values: Vec<u32>,
}

fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(NONE)
}
