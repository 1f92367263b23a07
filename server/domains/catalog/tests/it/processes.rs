//! Two processes on one database: what one writes, the other shows.

use std::time::{Duration, Instant};

use souk_contract::{
    Catalog as _, CollectionInput, CollectionKind, CollectionRule, ContentPage, ListProducts, Seo,
};
use souk_kernel::testing::TestKit;

use crate::shop::{Shop, eur, in_collection, product, variant};

const PROMISE: Duration = Duration::from_secs(1);

async fn within_a_second(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let start = Instant::now();
    while !holds().await {
        assert!(start.elapsed() < 10 * PROMISE, "never: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(start.elapsed() < PROMISE, "{what} after {:?}", start.elapsed());
}

fn collection(handle: &str, kind: &str) -> CollectionInput {
    CollectionInput {
        handle: handle.to_owned(),
        title: handle.to_owned(),
        description_html: String::new(),
        kind: CollectionKind::Collection,
        rule: CollectionRule::Type { equals: kind.to_owned() },
        media: None,
        seo: Seo::default(),
        position: 1,
    }
}

souk_kernel::each_engine! {
    async fn what_one_process_writes_the_other_shows_within_a_second(kit: TestKit) {
        let (one, other) = (Shop::open(&kit).await, Shop::open(&kit).await);
        let all = ListProducts::default;
        one.put(product("cup")).await;
        one.catalog.put_collection(&one.system, collection("mugs", "Mugs")).await.expect("a collection");
        within_a_second("a new product", async || other.handles(all()).await == ["cup"]).await;
        within_a_second("a collection", async || other.catalog.list(&other.guest, &in_collection("mugs")).await.is_ok()).await;
        assert_eq!(one.handles(all()).await, ["cup"]);

        // In both directions, and what both keep in memory: lists, cards, members of collections.
        let mut dear = product("cup");
        dear.product_type = "Mugs".into();
        dear.variants = vec![variant(&[], 9900)];
        let epoch = one.catalog.epoch();
        other.put(dear).await;
        within_a_second("a price", async || one.list(all()).await.cards[0].price == eur(9900)).await;
        within_a_second("a member", async || one.handles(in_collection("mugs")).await == ["cup"]).await;
        assert_eq!(other.handles(in_collection("mugs")).await, ["cup"]);
        assert!(one.catalog.epoch() > epoch, "kept pages and answers are too old");

        // What no list is sorted by, and no event tells of.
        let page = |text: &str| ContentPage {
            handle: "about".into(), title: "About".into(), body_html: format!("<p>{text}</p>"), seo: Seo::default(),
        };
        for text in ["Old", "New"] {
            one.catalog.put_page(&one.system, page(text)).await.expect("a page");
            within_a_second(text, async || {
                other.catalog.page(&other.guest, "about").await.is_ok_and(|page| page.body_html.contains(text))
            }).await;
        }
    }

    async fn who_was_away_for_long_reads_everything_again(kit: TestKit) {
        let one = Shop::open(&kit).await;
        one.put(product("cup")).await;
        assert_eq!(one.handles(ListProducts::default()).await, ["cup"]);
        // The log ends far ahead and begins after what this one has seen.
        let mut tx = one.db.begin().await.expect("a transaction");
        tx.query("update product set title = 'Renamed', handle = 'mug' where handle = 'cup'").execute().await.expect("renamed");
        tx.query("update catalog_change set revision = revision + 5000").execute().await.expect("moved on");
        tx.commit().await.expect("committed");
        within_a_second("everything", async || one.handles(ListProducts::default()).await.contains(&"mug".to_owned())).await;
    }

    async fn nothing_changes_where_nobody_writes(kit: TestKit) {
        let one = Shop::open(&kit).await;
        one.put(product("cup")).await;
        let epoch = one.catalog.epoch();
        tokio::time::sleep(Duration::from_millis(700)).await;
        assert_eq!(one.catalog.epoch(), epoch, "its own writes are no news");
    }
}
