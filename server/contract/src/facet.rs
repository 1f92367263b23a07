//! How facets are made and shown: the same in a listing and in a search.

use std::cmp::Ordering;

use crate::{Facet, FacetValue, ProductOption};

const MAX_FACETS: usize = 12;
const MAX_VALUES: usize = 50;

/// Words as people compare them. Case, outer blanks and repeated blanks don't count: `COLOR` and `Color ` are one.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.extend(word.chars().flat_map(char::to_lowercase));
    }
    folded
}

/// A value of a facet that a product has.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribute<'a> {
    /// `type`, `vendor`, `option.size`.
    pub key: String,
    /// The key as people read it.
    pub label: &'a str,
    /// As it is written on the product.
    pub value: &'a str,
    pub swatch: Option<&'a str>,
}

/// What a product can be narrowed down by. `blue` and `Blue` of one product are both in it.
pub fn attributes<'a>(
    product_type: &'a str,
    vendor: &'a str,
    options: &'a [ProductOption],
) -> Vec<Attribute<'a>> {
    let own = [("type", "Type", product_type), ("vendor", "Brand", vendor)];
    let own = own.into_iter().filter(|(.., value)| !value.trim().is_empty());
    let mut attributes: Vec<Attribute<'a>> = own
        .map(|(key, label, value)| Attribute { key: key.to_owned(), label, value, swatch: None })
        .collect();
    for option in options {
        let key = format!("option.{}", fold(&option.name));
        attributes.extend(option.values.iter().map(|value| Attribute {
            key: key.clone(),
            label: &option.name,
            value: &value.name,
            swatch: value.swatch.as_deref(),
        }));
    }
    attributes
}

/// From counted facets to what a page shows. A facet with one value chooses nothing and is left out, unless
/// something of it is chosen; type and brand come first, then what most products have.
pub fn present(facets: impl IntoIterator<Item = Facet>) -> Vec<Facet> {
    let mut shown: Vec<(u8, u64, Facet)> = facets
        .into_iter()
        .filter(|facet| facet.values.len() > 1 || facet.values.iter().any(|value| value.selected))
        .map(|mut facet| {
            let total = facet.values.iter().map(|value| value.count).sum();
            let rank = match facet.key.as_str() {
                "type" => 0,
                "vendor" => 1,
                _ => 2,
            };
            arrange(&mut facet.values);
            (rank, total, facet)
        })
        .collect();
    shown.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)).then_with(|| a.2.label.cmp(&b.2.label)));
    shown.truncate(MAX_FACETS);
    shown.into_iter().map(|(.., facet)| facet).collect()
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

    fn value(text: &str, count: u64) -> FacetValue {
        FacetValue { value: text.into(), count, selected: false, swatch: None }
    }

    #[test]
    fn folding_ignores_case_and_blanks() {
        assert_eq!(fold("  COLOR "), "color");
        assert_eq!(fold("Navy\u{a0} Blue"), "navy blue");
    }

    #[test]
    fn sizes_stand_in_their_own_order() {
        let mut values: Vec<_> =
            ["XL", "38", "M", "One Size", "7.5", "XS", "s"].map(|text| value(text, 1)).into();
        arrange(&mut values);
        let shown: Vec<_> = values.iter().map(|value| value.value.as_str()).collect();
        assert_eq!(shown, ["XS", "s", "M", "XL", "7.5", "38", "One Size"]);
    }

    #[test]
    fn a_facet_of_one_value_is_shown_only_where_it_is_chosen() {
        let facet = |key: &str, values: Vec<FacetValue>| Facet { key: key.into(), label: key.into(), values };
        let chosen = FacetValue { selected: true, ..value("Red", 1) };
        let shown = present([
            facet("option.colour", vec![chosen]),
            facet("vendor", vec![value("Acme", 9)]),
            facet("option.size", vec![value("M", 2), value("S", 3)]),
            facet("type", vec![value("Mug", 1), value("Cup", 4)]),
        ]);
        let keys: Vec<_> = shown.iter().map(|facet| facet.key.as_str()).collect();
        assert_eq!(keys, ["type", "option.size", "option.colour"]);
    }
}
