//! How fast it is, on ten thousand products. Run with
//! `cargo nextest run -p souk-catalog --run-ignored only --no-capture speed`.

use std::time::{Duration, Instant};

use souk_contract::{
    Catalog, CollectionInput, CollectionKind, CollectionRule, Filters, ListProducts, OptionValue,
    ProductInput, Seo, Sort,
};
use souk_kernel::testing::{Engine, TestKit};

use crate::shop::{Shop, eur, option, product, variant};

const PRODUCTS: usize = 10_000;

/// Five variants each, three options' worth of facets, 30 vendors and 20 types.
fn catalogue(count: usize) -> Vec<ProductInput> {
    let sizes = ["XS", "S", "M", "L", "XL"];
    let colours = ["Red", "Blue", "Green", "Black", "White", "Navy", "Sand"];
    (0..count)
        .map(|number| {
            let mix = number.wrapping_mul(2_654_435_761) >> 5;
            let colour = colours[mix % 7];
            let mut input = product(&format!("product-{number}"));
            input.title = format!("Product number {number} of a large catalogue");
            input.description_html =
                format!("<p>The <strong>{number}</strong>th of them.</p><ul><li>Soft</li><li>Warm</li></ul>")
                    .repeat(4);
            input.vendor = format!("Vendor {}", mix % 30);
            input.product_type = format!("Type {}", mix / 3 % 20);
            input.tags = vec![format!("tag-{}", mix % 11), "all".into()];
            input.options = vec![option("Size", &sizes), option("Color", &[colour])];
            input.options[1].values =
                vec![OptionValue { name: colour.into(), swatch: Some("#336699".into()) }];
            input.variants =
                sizes.iter().map(|size| variant(&[size, colour], 500 + (mix % 9000) as i64)).collect();
            for (at, variant) in input.variants.iter_mut().enumerate() {
                variant.sku = Some(format!("SKU-{number}-{at}"));
                variant.compare_at = (mix % 5 == 0).then(|| eur(10_000));
            }
            input
        })
        .collect()
}

fn report(what: &str, times: u32, elapsed: Duration) {
    println!("{what:<58} {:>10.3} ms", elapsed.as_secs_f64() * 1000.0 / f64::from(times));
}

async fn measure(engine: Engine) {
    let kit = TestKit::start(engine).await;
    let shop = Shop::open(&kit).await;
    println!("{engine:?}");
    for rule in [
        ("tagged", CollectionRule::Tag { equals: "tag-3".into() }),
        ("sale", CollectionRule::OnSale),
        ("typed", CollectionRule::Type { equals: "Type 4".into() }),
    ] {
        let input = CollectionInput {
            handle: rule.0.into(),
            title: rule.0.into(),
            description_html: String::new(),
            kind: CollectionKind::Category,
            rule: rule.1,
            media: None,
            seo: Seo::default(),
            position: 0,
        };
        shop.catalog.put_collection(&shop.system, input).await.expect("stored");
    }
    let products = catalogue(PRODUCTS);
    let start = Instant::now();
    shop.put_all(products[..1000].to_vec()).await;
    report("put 1,000 new products, 5,000 variants", 1, start.elapsed());
    let start = Instant::now();
    shop.put_all(products[..1000].to_vec()).await;
    report("put the same again", 1, start.elapsed());
    for part in products[1000..].chunks(1000) {
        shop.put_all(part.to_vec()).await;
    }
    let start = Instant::now();
    shop.list(ListProducts::default()).await;
    report("first list after a start (loads the shelf)", 1, start.elapsed());

    let mut filters = Filters::default();
    filters.facets.insert("vendor".into(), vec!["Vendor 3".into(), "Vendor 4".into()]);
    filters.facets.insert("option.color".into(), vec!["Red".into()]);
    let in_stock = Filters { in_stock: true, ..Filters::default() };
    let request = |collection: Option<&str>, filters: &Filters, sort| ListProducts {
        collection: collection.map(str::to_owned),
        filters: filters.clone(),
        sort,
        ..ListProducts::default()
    };
    let none = Filters::default();
    for (name, request) in [
        ("list all", request(None, &none, Sort::Featured)),
        ("list all, by price, in stock", request(None, &in_stock, Sort::PriceAsc)),
        ("list all, two facets chosen, by title", request(None, &filters, Sort::TitleAsc)),
        ("list a rule collection of 900", request(Some("tagged"), &none, Sort::PriceDesc)),
    ] {
        let times = 50;
        let mut uncached = Duration::ZERO;
        for number in 0..times {
            // Another limit is another request: no cache knows it.
            let fresh = ListProducts { limit: Some(24 + number % 2), ..request.clone() };
            touch(&shop).await;
            let start = Instant::now();
            shop.list(fresh).await;
            uncached += start.elapsed();
        }
        report(&format!("{name}, not cached"), times, uncached);
        let start = Instant::now();
        for _ in 0..times {
            shop.list(request.clone()).await;
        }
        report(&format!("{name}, cached"), times, start.elapsed());
    }
    let times = 100;
    let start = Instant::now();
    for number in 0..times {
        shop.product(&format!("product-{}", number * 37)).await;
    }
    report("product, not cached", times, start.elapsed());
    let start = Instant::now();
    for _ in 0..times {
        shop.product("product-37").await;
    }
    report("product, cached", times, start.elapsed());
    let id = shop.product("product-5").await.id;
    let start = Instant::now();
    shop.catalog.related(&shop.guest, id, 8).await.expect("related");
    report("related, not cached", 1, start.elapsed());
    let start = Instant::now();
    for number in 0..times {
        let mut input = products[number as usize].clone();
        input.title.push('!');
        shop.put(input).await;
        shop.list(ListProducts::default()).await;
    }
    report("put one product and list all", times, start.elapsed());
    kit.finish().await;
}

/// Makes every cache stale, as any visible change does, without a product that changed.
async fn touch(shop: &Shop) {
    let mut home = shop.catalog.home(&shop.guest).await.expect("home");
    home.tagline = format!("{}", shop.catalog.epoch());
    shop.catalog.put_home(&shop.system, home).await.expect("stored");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures, takes a minute"]
async fn speed_on_sqlite() {
    measure(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures, takes a minute"]
async fn speed_on_postgres() {
    measure(Engine::Postgres).await;
}

/// Ten thousand products of five variants each: looked at, put on sale, and taken back. The promise is 5 s for each.
async fn measure_bulk(engine: Engine) {
    use souk_contract::{Actor, BulkAction, BulkEdit, BulkSelection, Ctx, Preset};

    let kit = TestKit::start(engine).await;
    let shop = Shop::open(&kit).await;
    println!("{engine:?}");
    // Each product's change stands in the audit log, too.
    let owner = Ctx::guest("t").with_actor(Actor::staff(kit.kit().ids.next(), Preset::Owner.grants()));
    shop.put_all(catalogue(PRODUCTS)).await;
    let edit = BulkEdit {
        selection: BulkSelection::default(),
        actions: vec![
            BulkAction::KeepPriceAsCompareAt,
            BulkAction::ChangePrice { basis_points: -1000, ending: None },
        ],
        expected: None,
    };
    let begin = Instant::now();
    let preview = shop.catalog.preview_bulk(&owner, &edit, None).await.expect("a preview");
    report(&format!("preview of {} values", preview.values), 1, begin.elapsed());
    let begin = Instant::now();
    let run = shop.catalog.run_bulk(&owner, edit).await.expect("done");
    report(&format!("edit of {} products, {} values", run.products, run.values), 1, begin.elapsed());
    let begin = Instant::now();
    shop.catalog.undo_bulk(&owner, run.id).await.expect("taken back");
    report("undo", 1, begin.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement"]
async fn bulk_sqlite() {
    measure_bulk(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement"]
async fn bulk_postgres() {
    measure_bulk(Engine::Postgres).await;
}
