//! How fast it is, on ten thousand products. Run with
//! `cargo nextest run -p souk-search --run-ignored only --no-capture speed`.

use std::time::Instant;

use souk_contract::{Ctx, Filters, ProductInput, Search as _, SearchRequest, Sort};
use souk_kernel::testing::{Engine, TestKit};

use crate::shop::{Shop, option, product, variant, words};

const PRODUCTS: usize = 10_000;
const TIMES: u32 = 50;

const NOUNS: [&str; 12] = [
    "Shirt", "Jacket", "Mug", "Lamp", "Notebook", "Backpack", "Kettle", "Blanket", "Candle", "Scarf",
    "Basket", "Chair",
];
const ADJECTIVES: [&str; 10] = [
    "Linen",
    "Woollen",
    "Waterproof",
    "Vintage",
    "Folding",
    "Ceramic",
    "Striped",
    "Recycled",
    "Portable",
    "Heavy",
];

fn catalogue() -> Vec<ProductInput> {
    let sizes = ["XS", "S", "M", "L", "XL"];
    let colours = ["Red", "Blue", "Green", "Black", "White", "Navy", "Sand"];
    (0..PRODUCTS)
        .map(|number| {
            let mix = number.wrapping_mul(2_654_435_761) >> 5;
            let (noun, adjective) = (NOUNS[mix % 12], ADJECTIVES[mix / 12 % 10]);
            let mut input = product(&format!("product-{number:05}"), &format!("{adjective} {noun} no{number}"));
            input.description_html = format!(
                "<p>A {adjective} <strong>{noun}</strong> of series{} with everything that one expects of it.</p>",
                mix % 1500
            )
            .repeat(4);
            input.vendor = format!("Vendor {}", mix % 30);
            input.product_type = format!("{noun}s");
            input.tags = vec![format!("tag{}", mix % 11), "all".into()];
            input.options = vec![option("Size", &sizes), option("Color", &[colours[mix % 7]])];
            input.variants = sizes.iter().map(|_| variant(500 + (mix % 9000) as i64)).collect();
            for (at, variant) in input.variants.iter_mut().enumerate() {
                variant.sku = Some(format!("SKU-{number}-{at}"));
            }
            input
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures, and asserts nothing about speed"]
async fn speed() {
    let kit = TestKit::start(Engine::Sqlite).await;
    let shop = Shop::open(&kit, catalogue()).await;
    let start = Instant::now();
    let count = shop.search.reindex(&Ctx::system("test")).await.expect("indexed");
    println!("reindex of {count} products: {:?}", start.elapsed());

    let vendors =
        Filters { facets: [("vendor".into(), vec!["Vendor 3".into()])].into(), ..Filters::default() };
    let requests = [
        ("everything", words("")),
        ("a word of 833 products", words("lamp")),
        ("two words", words("waterproof lamp")),
        ("a word of all, by relevance", words("all")),
        ("by title", SearchRequest { sort: Sort::TitleAsc, ..words("lamp") }),
        ("filtered", SearchRequest { filters: vendors, ..words("lamp") }),
        ("misspelt", words("watrprof lampp")),
        ("unfinished", words("water")),
        ("one letter", words("w")),
        ("a code", words("SKU-4711-2")),
        ("nothing", words("qwertzuiopasdf")),
        ("some words missing", words("lamp kettle scarf")),
    ];
    for (what, request) in requests {
        let total = shop.find(request.clone()).await.total;
        let start = Instant::now();
        for time in 0..TIMES {
            // Another limit each time, past the cache; a page of 24 or more cards.
            shop.find(SearchRequest { limit: Some(24 + time), ..request.clone() }).await;
        }
        println!("{what:<32} {total:>6} found {:>10.3?}", start.elapsed() / TIMES);
    }
    let start = Instant::now();
    for _ in 0..1000 {
        shop.find(words("lamp")).await;
    }
    println!("kept: {:?}", start.elapsed() / 1000);
    for q in ["w", "wat", "waterpr", "watrproof", "lamp no4711"] {
        shop.shelf.stock(product("another", "Another"));
        let start = Instant::now();
        shop.search.suggest(&shop.guest, q).await.expect("suggestions");
        println!("suggest {q:<24} {:>10.3?}", start.elapsed());
    }
}
