//! Filters, facets and their counts, against a naive recount.

use std::collections::BTreeMap;

use souk_contract::{
    Facet, FacetValue, Filters, ProductCard, ProductInput, ProductRecord, SearchRequest,
    facet::{attributes, fold, present},
};
use souk_kernel::testing::TestKit;

use crate::shop::{Shop, option, product, variant, words};

/// A small generator, the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.roll(from.len())]
    }
}

fn random_product(dice: &mut Dice, number: usize) -> ProductInput {
    let mut input = product(&format!("p{number}"), dice.pick(&["Alpha thing", "Beta thing", "Alpha Beta"]));
    input.vendor = dice.pick(&["Acme", "ACME", "Kestrel", "Orca", ""]).into();
    input.product_type = dice.pick(&["Mugs", "Cups"]).into();
    let mut sizes = vec![dice.pick(&["S", "s", "M", "L"]), dice.pick(&["S", "M", "XL"])];
    sizes.dedup();
    input.options = vec![option("Size", &sizes)];
    if dice.roll(2) == 0 {
        input.options.push(option(dice.pick(&["Colour", "COLOUR "]), &[dice.pick(&["Red", "Blue", "blue"])]));
        if let Some(value) = input.options[1].values.first_mut() {
            value.swatch = Some("#123456".into());
        }
    }
    input.variants = vec![variant(100 * (1 + dice.roll(20) as i64))];
    input
}

fn random_filters(dice: &mut Dice) -> Filters {
    let mut filters = Filters::default();
    for (key, values) in [
        ("vendor", ["acme", "Kestrel", "Nobody"].as_slice()),
        ("option.size", &["S", "m", "xl"]),
        ("option.colour", &["BLUE", "red"]),
        ("option.material", &["Wool"]),
        ("type", &["mugs"]),
    ] {
        if dice.roll(3) == 0 && (key != "option.material" || dice.roll(5) == 0) {
            let count = 1 + dice.roll(2);
            let chosen = (0..count).map(|_| dice.pick(values).to_owned()).collect();
            filters.facets.insert(key.to_owned(), chosen);
        }
    }
    filters.price_min = (dice.roll(3) == 0).then(|| 100 * dice.roll(10) as i64);
    filters.price_max = (dice.roll(3) == 0).then(|| 100 * (5 + dice.roll(15)) as i64);
    filters.in_stock = dice.roll(3) == 0;
    filters
}

/// Folded key and value of everything a product has, with label, spelling and swatch; each once.
fn worn(record: &ProductRecord) -> BTreeMap<(String, String), (String, String, Option<String>)> {
    let mut worn = BTreeMap::new();
    let input = &record.input;
    for one in attributes(&input.product_type, &input.vendor, &input.options) {
        worn.entry((one.key, fold(one.value))).or_insert_with(|| {
            (one.label.trim().into(), one.value.trim().into(), one.swatch.map(str::to_owned))
        });
    }
    worn
}

/// The most common, of equals the first.
fn best<'a>(texts: impl Iterator<Item = &'a String>) -> String {
    let mut counts: BTreeMap<&String, usize> = BTreeMap::new();
    texts.for_each(|text| *counts.entry(text).or_default() += 1);
    let most = counts.values().max().copied();
    counts
        .into_iter()
        .find(|(_, count)| Some(*count) == most)
        .map(|(text, _)| text.clone())
        .unwrap_or_default()
}

struct Expected {
    handles: Vec<String>,
    facets: Vec<Facet>,
    price_range: Option<(i64, i64)>,
}

fn recount(all: &[(ProductRecord, ProductCard)], word: &str, filters: &Filters) -> Expected {
    let chosen: Vec<(String, Vec<String>)> = filters
        .facets
        .iter()
        .map(|(key, values)| (fold(key), values.iter().map(|value| fold(value)).collect()))
        .collect();
    let fits = |record: &ProductRecord, but: Option<&str>| {
        let worn = worn(record);
        chosen
            .iter()
            .filter(|(key, _)| Some(key.as_str()) != but)
            .all(|(key, values)| values.iter().any(|value| worn.contains_key(&(key.clone(), value.clone()))))
    };
    let has_word = |record: &ProductRecord| record.input.title.to_lowercase().contains(word);
    let stocked = |card: &ProductCard| !filters.in_stock || card.availability.is_buyable();
    let priced = |card: &ProductCard| {
        filters.price_min.is_none_or(|min| card.price.minor >= min)
            && filters.price_max.is_none_or(|max| card.price.minor <= max)
    };
    let listed: Vec<_> = all.iter().filter(|(record, card)| has_word(record) && stocked(card)).collect();
    let prices = listed.iter().filter(|(record, _)| fits(record, None)).map(|(_, card)| card.price.minor);
    let price_range = prices.clone().min().zip(prices.max());
    let mut handles: Vec<String> = listed
        .iter()
        .filter(|(record, card)| fits(record, None) && priced(card))
        .map(|(record, _)| record.input.handle.clone())
        .collect();
    handles.sort();
    let everything: Vec<_> = all.iter().map(|(record, _)| worn(record)).collect();
    let mut facets: BTreeMap<String, Facet> = BTreeMap::new();
    let mut known: Vec<(String, String)> = everything.iter().flat_map(|worn| worn.keys().cloned()).collect();
    known.sort();
    known.dedup();
    for (key, value) in known {
        let place = (key.clone(), value.clone());
        let count = listed
            .iter()
            .filter(|(record, card)| {
                priced(card) && worn(record).contains_key(&place) && fits(record, Some(&key))
            })
            .count() as u64;
        let selected = chosen.iter().any(|(chosen, values)| *chosen == key && values.contains(&value));
        if count == 0 && !selected {
            continue;
        }
        let of_key = || everything.iter().flat_map(|worn| worn.iter()).filter(|((one, _), _)| *one == key);
        let label = best(of_key().map(|(_, (label, ..))| label));
        let facet =
            facets.entry(key.clone()).or_insert_with(|| Facet { key: key.clone(), label, values: vec![] });
        let of_value = || everything.iter().filter_map(|worn| worn.get(&place));
        facet.values.push(FacetValue {
            value: best(of_value().map(|(_, spelling, _)| spelling)),
            count,
            selected,
            swatch: of_value().find_map(|(.., swatch)| swatch.clone()),
        });
    }
    Expected { handles, facets: present(facets.into_values()), price_range }
}

souk_kernel::each_engine! {
    async fn facets_and_counts_are_those_of_a_naive_recount(kit: TestKit) {
        let mut dice = Dice(7);
        let products = (0..80).map(|number| random_product(&mut dice, number)).collect();
        let shop = Shop::open(&kit, products).await;
        // Some are changed after the first commit: several segments, with deleted products in them.
        for number in (0..80).step_by(9) {
            let id = shop.shelf.put(random_product(&mut dice, number)).await;
            shop.shelf.set_sold_out(id, dice.roll(2) == 0).await;
        }
        shop.relay.drain().await.expect("delivered");
        let request = || SearchRequest { limit: Some(100), ..words("alpha") };
        shop.wait_until("all changes are in the index", async || {
            let expected = recount(&shop.shelf.published(), "alpha", &in_stock());
            let found = shop.find(SearchRequest { filters: in_stock(), ..request() }).await;
            found.facets == expected.facets && found.total == expected.handles.len() as u64
        })
        .await;
        let mut shown = 0;
        for round in 0..60 {
            let filters = random_filters(&mut dice);
            let expected = recount(&shop.shelf.published(), "alpha", &filters);
            let found = shop.find(SearchRequest { filters: filters.clone(), ..request() }).await;
            let mut handles: Vec<_> = found.cards.iter().map(|card| card.handle.clone()).collect();
            handles.sort();
            assert_eq!(handles, expected.handles, "round {round}: {filters:?}");
            assert_eq!(found.total, expected.handles.len() as u64);
            assert_eq!(found.facets, expected.facets, "round {round}: {filters:?}");
            let range = found.price_range.map(|range| (range.min.minor, range.max.minor));
            assert_eq!(range, expected.price_range, "round {round}: {filters:?}");
            shown += found.total;
        }
        assert!(shown > 150, "the filters leave something to compare: {shown}");
    }

    async fn too_many_filters_are_refused(kit: TestKit) {
        let shop = Shop::open(&kit, vec![product("a", "Alpha")]).await;
        let refused = async |filters: Filters| {
            let request = SearchRequest { filters, ..words("alpha") };
            souk_contract::Search::search(&*shop.search, &shop.guest, &request).await.is_err()
        };
        let many = (0..40).map(|n| (format!("option.{n}"), vec!["x".to_owned()])).collect();
        assert!(refused(Filters { facets: many, ..Filters::default() }).await);
        let long = [("vendor".to_owned(), vec!["x".repeat(5000)])].into();
        assert!(refused(Filters { facets: long, ..Filters::default() }).await);
        let fits = [("vendor".to_owned(), vec!["x".to_owned()])].into();
        assert!(!refused(Filters { facets: fits, ..Filters::default() }).await);
    }
}

fn in_stock() -> Filters {
    Filters { in_stock: true, ..Filters::default() }
}
