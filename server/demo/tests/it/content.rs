use std::collections::{BTreeMap, HashSet};

use souk_demo::{DemoProduct, Shop, is_ean13, shop};

fn demo() -> Shop {
    shop().expect("the embedded content is well formed")
}

fn unique<'a>(what: &str, values: impl Iterator<Item = &'a str>) {
    let mut seen = HashSet::new();
    for value in values {
        assert!(!value.is_empty(), "{what}: an empty one");
        assert!(seen.insert(value), "{what}: {value} twice");
    }
}

#[test]
fn the_store_is_as_large_as_promised() {
    let shop = demo();
    assert!((55..=75).contains(&shop.products.len()), "{} products", shop.products.len());
    assert_eq!(shop.collections.iter().filter(|collection| collection.is_category).count(), 8);
    assert_eq!(shop.promises.len(), 3);
    let pages: Vec<_> = shop.pages.iter().map(|page| page.handle.as_str()).collect();
    assert_eq!(pages, ["about", "shipping", "returns", "privacy"]);
    assert!(shop.products.iter().any(|product| product.variants.len() >= 40));
    assert!(shop.products.iter().any(|product| product.options.len() == 3));
    assert!(shop.products.iter().any(|product| product.title.chars().count() > 120));
    let vendors: HashSet<_> = shop.products.iter().map(|product| &product.vendor).collect();
    assert!(vendors.len() >= 8);
}

#[test]
fn every_name_and_code_is_unique_and_well_formed() {
    let shop = demo();
    unique("handle", shop.products.iter().map(|product| product.handle.as_str()));
    unique("title", shop.products.iter().map(|product| product.title.as_str()));
    unique("collection", shop.collections.iter().map(|collection| collection.handle.as_str()));
    let variants = || shop.products.iter().flat_map(|product| &product.variants);
    unique("SKU", variants().map(|variant| variant.sku.as_str()));
    unique("barcode", variants().map(|variant| variant.barcode.as_str()));
    for product in &shop.products {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(product.handle.chars().all(plain), "{}", product.handle);
        for variant in &product.variants {
            assert!(is_ean13(&variant.barcode), "{}", variant.barcode);
            let plain = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-';
            assert!(variant.sku.chars().all(plain) && variant.sku.len() <= 40, "{}", variant.sku);
        }
    }
}

#[test]
fn variants_are_combinations_of_the_options() {
    for DemoProduct { handle, options, variants, .. } in &demo().products {
        assert!(!variants.is_empty() && options.len() <= 3, "{handle}");
        let mut seen = HashSet::new();
        for variant in variants {
            assert_eq!(variant.values.len(), options.len(), "{handle}");
            assert!(seen.insert(&variant.values), "{handle}: {:?} twice", variant.values);
            for (value, option) in variant.values.iter().zip(options) {
                assert!(option.values.contains(value), "{handle}: {value} is no {}", option.name);
            }
        }
        for (place, option) in options.iter().enumerate() {
            assert!(option.swatches.is_empty() || option.swatches.len() == option.values.len(), "{handle}");
            for value in &option.values {
                assert!(
                    variants.iter().any(|variant| variant.values[place] == *value),
                    "{handle}: no {value}"
                );
            }
        }
    }
}

#[test]
fn prices_weights_and_stock_make_sense() {
    let shop = demo();
    for product in &shop.products {
        for variant in &product.variants {
            assert!(variant.price > 0 && variant.weight_grams > 0 && variant.stock >= 0, "{}", variant.sku);
            assert!(variant.compare_at.is_none_or(|before| before > variant.price), "{}", variant.sku);
            assert!(variant.picture < product.pictures.len(), "{}", variant.sku);
        }
    }
    let sold_out = |product: &&DemoProduct| product.variants.iter().all(|variant| variant.stock == 0);
    let count = shop.products.iter().filter(sold_out).count();
    assert!((2..=5).contains(&count), "{count} sold out");
    let variants = || shop.products.iter().flat_map(|product| &product.variants);
    assert!(variants().filter(|variant| variant.stock == 0).count() >= 20);
    assert!(variants().filter(|variant| (1..=3).contains(&variant.stock)).count() >= 20);
    let on_sale =
        shop.products.iter().filter(|product| product.variants.iter().any(|v| v.compare_at.is_some()));
    assert!(on_sale.count() >= 8);
}

#[test]
fn a_variant_shows_its_own_colour() {
    let shop = demo();
    let tee = shop.products.iter().find(|product| product.handle == "pocketless-t-shirt").unwrap();
    for variant in &tee.variants {
        let picture = &tee.pictures[variant.picture];
        assert!(picture.alt.ends_with(&variant.values[0].to_lowercase()), "{}: {}", variant.sku, picture.alt);
    }
}

#[test]
fn collections_hold_what_they_say() {
    let shop = demo();
    let products: BTreeMap<_, _> =
        shop.products.iter().map(|product| (product.handle.as_str(), product)).collect();
    for collection in &shop.collections {
        assert!(collection.products.len() >= 5, "{}: {}", collection.handle, collection.products.len());
        assert!(!collection.summary.is_empty() && !collection.seo_description.is_empty());
        for handle in &collection.products {
            let product = products[handle.as_str()];
            match collection.handle.as_str() {
                "sale" => assert!(product.variants.iter().any(|variant| variant.compare_at.is_some())),
                "gifts-under-25" => assert!(product.variants.iter().all(|variant| variant.price < 2500)),
                "new-arrivals" => assert!(product.age_days <= 31, "{handle}"),
                category => assert_eq!(product.category, category),
            }
        }
    }
    assert!(shop.collections.iter().any(|collection| collection.handle == shop.hero.collection));
}

/// Elements that are opened are closed, in order, and are among those the sanitiser keeps.
fn check_html(of: &str, html: &str) {
    const KNOWN: [&str; 17] = [
        "p",
        "ul",
        "ol",
        "li",
        "strong",
        "em",
        "h2",
        "h3",
        "a",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "br",
        "blockquote",
    ];
    let mut open = Vec::new();
    for part in html.split('<').skip(1) {
        let (tag, _) = part.split_once('>').unwrap_or_else(|| panic!("{of}: <{part}"));
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "{of}: </{name}>");
        } else {
            let name = tag.split(' ').next().unwrap_or_default();
            assert!(KNOWN.contains(&name), "{of}: <{name}>");
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{of}: {open:?} stay open");
    let bare = html.match_indices('&').find(|(at, _)| !html[*at..].starts_with("&amp;"));
    assert!(bare.is_none(), "{of}: a bare &");
}

#[test]
fn words_are_there_and_well_formed() {
    let shop = demo();
    for product in &shop.products {
        check_html(&product.handle, &product.body_html);
        let length = product.body_html.len();
        assert!((150..2000).contains(&length), "{}: {length}", product.handle);
        let seo = product.seo_description.chars().count();
        assert!((40..=160).contains(&seo), "{}: {seo}", product.handle);
        assert!(!product.tags.is_empty() && !product.product_type.is_empty());
    }
    for page in &shop.pages {
        check_html(&page.handle, &page.body_html);
    }
    check_html("story", &shop.story_html);
    let delivery = &shop.pages.iter().find(|page| page.handle == "shipping").unwrap().body_html;
    for fact in ["€4.90", "€9.90", "€60", "Free"] {
        assert!(delivery.contains(fact), "{fact}");
    }
    assert_eq!(demo(), shop);
}
