//! Lists against a plain reading of the same products.

use std::collections::BTreeMap;

use souk_contract::{
    Availability, CollectionKind, CollectionRule, Filters, ListProducts, OptionValue, PlainRule, ProductId,
    ProductOption, Sort, Timestamp,
};

use super::*;
use crate::shelf::list::Found;

fn id(number: usize) -> ProductId {
    format!("00000000-0000-7000-8000-{number:012}").parse().expect("an id")
}

/// Deterministic and uneven: a multiplicative sequence picks the words.
fn rows(count: usize) -> Vec<ShelfRow> {
    let sizes = ["S", "M", "L", "XL"];
    let colours = ["Red", "red", "Blue", "Green"];
    (0..count)
        .map(|number| {
            let mix = number.wrapping_mul(2_654_435_761) >> 7;
            let value = |name: &str| OptionValue { name: name.into(), swatch: None };
            ShelfRow {
                id: id(number),
                handle: format!("product-{number}"),
                title: format!("{} {number}", ["Tee", "coat", "Bag"][mix % 3]),
                vendor: ["Acme", "ACME", "Beta", ""][mix % 4].into(),
                product_type: ["Shirts", "Bags"][mix / 3 % 2].into(),
                tags: vec![["new", "Sale"][mix / 5 % 2].into()],
                options: vec![
                    ProductOption {
                        name: "Size".into(),
                        values: vec![value(sizes[mix / 7 % 4]), value("M")],
                    },
                    ProductOption {
                        name: ["Color", "COLOR"][mix % 2].into(),
                        values: vec![value(colours[mix / 11 % 4])],
                    },
                ],
                price: (mix % 50) as i64 * 100,
                on_sale: mix % 6 == 0,
                availability: if mix % 7 == 0 { Availability::SoldOut } else { Availability::InStock },
                created_at: Timestamp::from_micros((mix % 1000) as i64).expect("a time"),
            }
        })
        .map(|mut row| {
            // `M` twice in one option is one value.
            row.options[0].values.dedup();
            row
        })
        .collect()
}

fn has(row: &ShelfRow, key: &str, wanted: &str) -> bool {
    match key {
        "vendor" => fold(&row.vendor) == fold(wanted),
        "type" => fold(&row.product_type) == fold(wanted),
        _ => row.options.iter().any(|option| {
            format!("option.{}", fold(&option.name)) == key
                && option.values.iter().any(|value| fold(&value.name) == fold(wanted))
        }),
    }
}

fn matches(row: &ShelfRow, filters: &Filters, but: Option<&str>) -> bool {
    filters
        .facets
        .iter()
        .filter(|(key, values)| Some(key.as_str()) != but && !values.is_empty())
        .all(|(key, values)| values.iter().any(|value| has(row, key, value)))
        && filters.price_min.is_none_or(|min| row.price >= min)
        && filters.price_max.is_none_or(|max| row.price <= max)
        && (!filters.in_stock || row.availability.is_buyable())
}

fn filters(facets: &[(&str, &[&str])], price_max: Option<i64>, in_stock: bool) -> Filters {
    let facets: BTreeMap<String, Vec<String>> = facets
        .iter()
        .map(|(key, values)| ((*key).to_owned(), values.iter().map(|value| (*value).to_owned()).collect()))
        .collect();
    Filters { facets, price_max, in_stock, ..Filters::default() }
}

fn list(shelf: &Shelf, request: &ListProducts) -> Found {
    shelf.list(request).expect("a good request").expect("a list")
}

#[test]
fn counts_and_totals_agree_with_a_plain_reading() {
    let rows = rows(700);
    let shelf = Shelf::load(rows.clone(), vec![]);
    for filters in [
        Filters::default(),
        filters(&[("vendor", &["acme"])], None, false),
        filters(&[("vendor", &["Acme", "Beta"]), ("option.size", &["XL"])], None, true),
        filters(&[("option.color", &["RED"]), ("type", &["shirts"])], Some(2500), false),
        filters(&[("vendor", &["Nobody"])], None, false),
    ] {
        let found =
            list(&shelf, &ListProducts { filters: filters.clone(), limit: Some(100), ..Default::default() });
        let total = rows.iter().filter(|row| matches(row, &filters, None)).count();
        assert_eq!(found.total, total as u64);
        for facet in &found.facets {
            for value in &facet.values {
                let expected = rows
                    .iter()
                    .filter(|row| {
                        has(row, &facet.key, &value.value) && matches(row, &filters, Some(&facet.key))
                    })
                    .count();
                assert_eq!(value.count, expected as u64, "{} {} under {filters:?}", facet.key, value.value);
            }
        }
    }
}

#[test]
fn spellings_are_one_value_and_the_common_one_is_shown() {
    let shelf = Shelf::load(rows(700), vec![]);
    let found = list(&shelf, &ListProducts::default());
    let facet = |key: &str| found.facets.iter().find(|facet| facet.key == key).expect("the facet");
    assert_eq!(facet("vendor").label, "Brand");
    assert_eq!(facet("vendor").values.len(), 2);
    assert_eq!(facet("option.color").values.len(), 3);
    let sizes: Vec<_> = facet("option.size").values.iter().map(|value| value.value.as_str()).collect();
    assert_eq!(sizes, ["S", "M", "L", "XL"]);
}

#[test]
fn pages_meet_without_a_gap_in_both_directions_and_every_sort() {
    let shelf = Shelf::load(rows(230), vec![]);
    for sort in Sort::ALL {
        let request = |cursor, limit| ListProducts { sort, cursor, limit: Some(limit), ..Default::default() };
        let mut all = Vec::new();
        let mut cursor = None;
        let last = loop {
            let found = list(&shelf, &request(cursor.clone(), 24));
            all.extend(found.ids.clone());
            match found.next.clone() {
                Some(next) => cursor = Some(next),
                None => break found,
            }
        };
        assert_eq!(all.len(), 230);
        assert_eq!(all.iter().collect::<std::collections::HashSet<_>>().len(), 230);
        let mut back = last.ids;
        let mut prev = last.prev;
        while let Some(cursor) = prev {
            let found = list(&shelf, &request(Some(cursor), 24));
            back.splice(0..0, found.ids);
            prev = found.prev;
        }
        assert_eq!(back, all, "{sort:?}");
    }
}

#[test]
fn a_cursor_of_another_sort_is_refused() {
    let shelf = Shelf::load(rows(50), vec![]);
    let next = list(&shelf, &ListProducts::default()).next;
    let other = ListProducts { sort: Sort::PriceAsc, cursor: next, ..Default::default() };
    assert!(shelf.list(&other).is_err());
    let garbage = ListProducts { cursor: Some("x".into()), ..Default::default() };
    assert!(shelf.list(&garbage).is_err());
}

#[test]
fn changing_products_one_by_one_equals_loading_them_anew() {
    let old = rows(300);
    let mut new = rows(300);
    for (number, row) in new.iter_mut().enumerate().filter(|(number, _)| number % 3 == 0) {
        row.price += 150;
        row.title = format!("{} again", row.title);
        row.vendor = ["Gamma", "Beta"][number % 2].into();
        row.options.truncate(1);
    }
    let gone: Vec<ProductId> = new.iter().skip(280).map(|row| row.id).collect();
    new.truncate(280);
    let shelf = {
        let mut shelf = Shelf::load(old, vec![]);
        for sort in Sort::ALL {
            list(&shelf, &ListProducts { sort, ..Default::default() });
        }
        for row in new.iter().step_by(3) {
            shelf.refresh(&[row.id], vec![row.clone()]);
        }
        shelf.refresh(&gone, vec![]);
        shelf
    };
    let fresh = Shelf::load(new, vec![]);
    for sort in Sort::ALL {
        let request = ListProducts { sort, limit: Some(100), ..Default::default() };
        let (kept, anew) = (list(&shelf, &request), list(&fresh, &request));
        assert_eq!(
            (kept.ids, kept.total, kept.facets, kept.price_range),
            (anew.ids, anew.total, anew.facets, anew.price_range)
        );
    }
}

#[test]
fn rules_choose_the_products_they_name() {
    let rows = rows(400);
    let manual = CollectionRule::Manual {
        handles: ["product-30", "product-2", "nowhere", "product-7"].map(str::to_owned).into(),
    };
    let collection = |handle: &str, rule| {
        ShelfCollection::new(
            id(0).uuid().into(),
            (handle.into(), handle.into()),
            CollectionKind::Collection,
            rule,
        )
    };
    let both = || vec![PlainRule::Type { equals: "bags".into() }, PlainRule::PriceAtMost { minor: 1000 }];
    let shelf = Shelf::load(
        rows.clone(),
        vec![
            collection("manual", manual),
            collection("bags", CollectionRule::Type { equals: "bags".into() }),
            collection("sale-tag", CollectionRule::Tag { equals: "sale".into() }),
            collection("acme", CollectionRule::Vendor { equals: "Acme".into() }),
            collection("sale", CollectionRule::OnSale),
            collection("cheap", CollectionRule::PriceAtMost { minor: 1000 }),
            collection("new", CollectionRule::Newest { count: 10 }),
            collection("cheap-bags", CollectionRule::All { rules: both() }),
            collection("cheap-or-bags", CollectionRule::Any { rules: both() }),
        ],
    );
    let page = |handle: &str| {
        let request =
            ListProducts { collection: Some(handle.into()), limit: Some(100), ..Default::default() };
        list(&shelf, &request)
    };
    assert_eq!(page("manual").ids, [id(30), id(2), id(7)]);
    let expect = |handle: &str, holds: &dyn Fn(&ShelfRow) -> bool| {
        let count = rows.iter().filter(|row| holds(row)).count() as u64;
        assert_eq!((page(handle).total, shelf.count(handle)), (count, count), "{handle}");
    };
    expect("bags", &|row| row.product_type == "Bags");
    expect("sale-tag", &|row| row.tags == ["Sale"]);
    expect("acme", &|row| fold(&row.vendor) == "acme");
    expect("sale", &|row| row.on_sale);
    expect("cheap", &|row| row.price <= 1000);
    expect("cheap-bags", &|row| row.price <= 1000 && row.product_type == "Bags");
    expect("cheap-or-bags", &|row| row.price <= 1000 || row.product_type == "Bags");
    assert!(page("cheap-bags").total > 0 && page("cheap-bags").total < page("cheap").total);
    assert_eq!(page("new").total, 10);
    let oldest_of_new = page("new").ids.iter().map(|id| created(&rows, *id)).min();
    let newest_of_others =
        rows.iter().filter(|row| !page("new").ids.contains(&row.id)).map(|row| row.created_at).max();
    assert!(oldest_of_new >= newest_of_others);
    assert!(
        shelf
            .list(&ListProducts { collection: Some("none".into()), ..Default::default() })
            .expect("ok")
            .is_none()
    );
    assert_eq!(shelf.collections_of(id(30)).first().map(|link| link.handle.as_str()), Some("manual"));
}

fn created(rows: &[ShelfRow], id: ProductId) -> Timestamp {
    rows.iter().find(|row| row.id == id).expect("a row").created_at
}

#[test]
fn related_products_share_the_type_and_can_be_bought() {
    let rows = rows(200);
    let shelf = Shelf::load(rows.clone(), vec![]);
    let related = shelf.related(id(5), 8);
    assert_eq!(related.len(), 8);
    assert!(!related.contains(&id(5)));
    for other in related {
        let row = rows.iter().find(|row| row.id == other).expect("a row");
        assert!(row.product_type == rows[5].product_type && row.availability.is_buyable());
    }
}
