//! Facets: which values products have, how they are spelled, and how many products of a list have each.

use std::{cmp::Ordering, collections::HashMap};

use souk_contract::{Facet, FacetValue};

use super::ShelfRow;
use crate::text::fold;

const MAX_FACETS: usize = 12;
const MAX_VALUES: usize = 50;

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
        let mut worn = Vec::new();
        for (key, label, value) in [("type", "Type", &row.product_type), ("vendor", "Brand", &row.vendor)] {
            if !value.trim().is_empty() {
                worn.push(self.note(key.to_owned(), label, value, None));
            }
        }
        for option in &row.options {
            let key = format!("option.{}", fold(&option.name));
            for value in &option.values {
                let one = self.note(key.clone(), &option.name, &value.name, value.swatch.as_deref());
                // `blue` and `Blue` of one product count once.
                if worn.iter().any(|other: &Worn| other.value == one.value) {
                    self.take_off(&[one]);
                } else {
                    worn.push(one);
                }
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
    pub(super) fn chosen<'a>(&self, facets: impl Iterator<Item = (&'a String, &'a Vec<String>)>) -> Vec<Chosen> {
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

    /// From the counts per value to what a page shows. A facet with one value chooses nothing and is left out,
    /// unless something of it is chosen.
    pub(super) fn show(&self, counts: &[u64], chosen: &[Chosen]) -> Vec<Facet> {
        let mut of_key: Vec<Vec<usize>> = vec![Vec::new(); self.keys.len()];
        let is_chosen = |at: usize| chosen.iter().any(|facet| facet.values.contains(&(at as u32)));
        for (at, value) in self.values.iter().enumerate() {
            if counts.get(at).is_some_and(|count| *count > 0) || is_chosen(at) {
                of_key[usize::from(value.key)].push(at);
            }
        }
        let mut shown: Vec<(u8, u64, Facet)> = self
            .keys
            .iter()
            .zip(of_key)
            .filter(|(_, values)| values.len() > 1 || values.iter().any(|at| is_chosen(*at)))
            .map(|(key, values)| {
                let label = key.spellings.best().to_owned();
                let total = values.iter().map(|at| counts[*at]).sum();
                let mut values: Vec<FacetValue> = values
                    .into_iter()
                    .map(|at| FacetValue {
                        value: self.values[at].spellings.best().to_owned(),
                        count: counts[at],
                        selected: is_chosen(at),
                        swatch: self.values[at].swatch.as_deref().map(str::to_owned),
                    })
                    .collect();
                arrange(&mut values);
                let rank = match key.key.as_str() {
                    "type" => 0,
                    "vendor" => 1,
                    _ => 2,
                };
                (rank, total, Facet { key: key.key.clone(), label, values })
            })
            .collect();
        shown.sort_by(|a, b| {
            a.0.cmp(&b.0).then(b.1.cmp(&a.1)).then_with(|| a.2.label.cmp(&b.2.label))
        });
        shown.truncate(MAX_FACETS);
        shown.into_iter().map(|(.., facet)| facet).collect()
    }
}

/// One facet of which something is chosen.
#[derive(Debug)]
pub(super) struct Chosen {
    pub(super) key: Option<u16>,
    pub(super) values: Vec<u32>,
}

/// The most common values; sizes and numbers then in their own order, others by count.
fn arrange(values: &mut Vec<FacetValue>) {
    let by_count = |a: &FacetValue, b: &FacetValue| {
        b.selected.cmp(&a.selected).then(b.count.cmp(&a.count)).then_with(|| a.value.cmp(&b.value))
    };
    if values.len() > MAX_VALUES {
        values.sort_by(by_count);
        values.truncate(MAX_VALUES);
    }
    let sizes = values.iter().filter(|value| size_rank(&value.value).is_some()).count();
    // A few odd ones among sizes (`One Size`) go to the end.
    if sizes * 3 >= values.len() * 2 {
        values.sort_by(|a, b| compare_sizes(&a.value, &b.value));
    } else {
        values.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
    }
}

fn compare_sizes(a: &str, b: &str) -> Ordering {
    match (size_rank(a), size_rank(b)) {
        (Some(a_rank), Some(b_rank)) => a_rank.total_cmp(&b_rank).then_with(|| a.cmp(b)),
        (a_rank, b_rank) => b_rank.is_some().cmp(&a_rank.is_some()).then_with(|| a.cmp(b)),
    }
}

/// Letter sizes far below the numbers, so that a mixed list shows `S M L` and then `36 38`.
fn size_rank(text: &str) -> Option<f64> {
    const LETTERS: f64 = -1000.0;
    let folded = fold(text);
    let word = match folded.as_str() {
        "xxs" | "2xs" | "xx-small" => -3.0,
        "xs" | "x-small" | "extra small" => -2.0,
        "s" | "small" | "sm" => -1.0,
        "s/m" => -0.5,
        "m" | "medium" | "med" => 0.0,
        "m/l" => 0.5,
        "l" | "large" | "lg" => 1.0,
        "l/xl" => 1.5,
        "xl" | "x-large" | "extra large" => 2.0,
        "xxl" | "2xl" | "xx-large" => 3.0,
        "xxxl" | "3xl" | "xxx-large" => 4.0,
        "4xl" => 5.0,
        "5xl" => 6.0,
        _ => return leading_number(&folded),
    };
    Some(LETTERS + word)
}

/// `38`, `7.5`, `42 cm`, `6mm`: the number, where the rest is a short unit.
fn leading_number(text: &str) -> Option<f64> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    (unit.trim().chars().count() <= 4).then(|| number.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_stand_in_their_own_order() {
        let value = |text: &str| FacetValue { value: text.into(), count: 1, selected: false, swatch: None };
        let mut values: Vec<_> = ["XL", "38", "M", "One Size", "7.5", "XS", "s"].map(value).into();
        arrange(&mut values);
        let shown: Vec<_> = values.iter().map(|value| value.value.as_str()).collect();
        assert_eq!(shown, ["XS", "s", "M", "XL", "7.5", "38", "One Size"]);
    }
}
