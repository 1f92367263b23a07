//! The index follows the catalogue, and is built anew where it is not whole.

use std::{fs, sync::atomic::Ordering, time::Duration};

use souk_contract::{Actor, Ctx, Filters, Preset, ProductStatus, Search as _, SearchRequest};
use souk_kernel::{Bus, testing::TestKit};
use tokio::time::{sleep, timeout};

use crate::shop::{Shop, index_dir, open, product, variant, words};

const PROMISE: Duration = Duration::from_secs(1);

/// Every file of the index.
fn files(kit: &TestKit) -> Vec<std::path::PathBuf> {
    let folder = index_dir(kit).join("products");
    fs::read_dir(folder).expect("the index").map(|entry| entry.expect("an entry").path()).collect()
}

souk_kernel::each_engine! {
    async fn a_changed_product_is_found_within_a_second(kit: TestKit) {
        let shop = Shop::open(&kit, vec![product("vase", "Vase"), product("bowl", "Bowl")]).await;
        let delivering = deliver(&shop);
        assert!(shop.handles("amphora").await.is_empty());
        shop.shelf.put(product("vase", "Amphora")).await;
        let took = shop.wait_until("the new name is found", async || shop.handles("amphora").await == ["vase"]).await;
        assert!(took < PROMISE, "{took:?}");
        assert!(shop.handles("vase").await.is_empty());

        let mut dear = product("vase", "Amphora");
        dear.variants = vec![variant(99_900)];
        shop.shelf.put(dear).await;
        let filters = Filters { price_min: Some(90_000), ..Filters::default() };
        let request = SearchRequest { filters, ..words("amphora") };
        let took = shop.wait_until("the new price counts", async || shop.find(request.clone()).await.total == 1).await;
        assert!(took < PROMISE, "{took:?}");
        delivering.abort();
    }

    async fn sold_out_products_leave_the_filter_within_a_second(kit: TestKit) {
        let shop = Shop::open(&kit, vec![product("vase", "Vase")]).await;
        let delivering = deliver(&shop);
        let filters = Filters { in_stock: true, ..Filters::default() };
        let request = SearchRequest { filters, ..words("vase") };
        assert_eq!(shop.find(request.clone()).await.total, 1);
        let id = shop.shelf.published()[0].0.id;
        shop.shelf.set_sold_out(id, true).await;
        let took = shop.wait_until("it is filtered out", async || shop.find(request.clone()).await.total == 0).await;
        assert!(took < PROMISE, "{took:?}");
        delivering.abort();
    }

    async fn withdrawn_and_deleted_products_disappear(kit: TestKit) {
        let shop = Shop::open(&kit, vec![product("vase", "Vase"), product("jar", "Vase too")]).await;
        let delivering = deliver(&shop);
        let mut draft = product("vase", "Vase");
        draft.status = ProductStatus::Archived;
        shop.shelf.put(draft).await;
        shop.wait_until("it is gone", async || shop.find(words("vase")).await.total == 1).await;
        assert_eq!(shop.handles("vase").await, ["jar"]);
        let id = shop.shelf.published()[0].0.id;
        shop.shelf.remove(id).await;
        shop.wait_until("all are gone", async || shop.find(words("vase")).await.total == 0).await;
        delivering.abort();
    }

    async fn an_answer_is_kept_until_something_changes(kit: TestKit) {
        let shop = Shop::open(&kit, vec![product("vase", "Vase")]).await;
        let reads = || shop.shelf.cards_read.load(Ordering::SeqCst);
        shop.find(words("vase")).await;
        let before = reads();
        shop.find(words(" VASE ")).await;
        assert_eq!(reads(), before);
        shop.shelf.stock(product("jar", "Jar"));
        shop.find(words("vase")).await;
        assert_eq!(reads(), before + 1);
    }

    async fn a_lost_or_damaged_index_is_built_anew(kit: TestKit) {
        let shop = Shop::open(&kit, vec![product("vase", "Vase")]).await;
        let shelf = shop.shelf.clone();
        drop(shop);
        let reopen = async |expect_whole: bool| {
            let search = open(&kit, &shelf).await;
            assert_eq!(search.is_whole(), expect_whole);
            search.listen(&Bus::new());
            let built = async {
                while !search.is_whole() {
                    sleep(Duration::from_millis(10)).await;
                }
            };
            timeout(Duration::from_secs(10), built).await.expect("built in time");
            let found = search.search(&Ctx::guest("test"), &words("vase")).await.expect("an answer");
            assert_eq!(found.total, 1);
        };
        reopen(true).await;
        // Bytes turned around in the middle of each file but the locks.
        for file in files(&kit) {
            let mut bytes = fs::read(&file).expect("a file");
            if let Some(byte) = { let middle = bytes.len() / 2; bytes.get_mut(middle) } {
                *byte ^= 0xff;
                fs::write(&file, bytes).expect("written");
            }
        }
        reopen(false).await;
        for file in files(&kit) {
            fs::write(&file, b"{").expect("written");
        }
        reopen(false).await;
        for file in files(&kit) {
            if file.extension().is_some_and(|extension| extension == "idx" || extension == "fast") {
                fs::remove_file(&file).expect("removed");
            }
        }
        reopen(false).await;
        fs::remove_dir_all(index_dir(&kit)).expect("removed");
        reopen(false).await;
        reopen(true).await;
    }

    async fn changes_before_a_crash_are_indexed_after_it(kit: TestKit) {
        let shop = Shop::open(&kit, vec![product("vase", "Vase")]).await;
        shop.shelf.down.store(true, Ordering::SeqCst);
        shop.shelf.put(product("vase", "Amphora")).await;
        // The event is delivered, and cannot be worked on.
        shop.relay.drain().await.expect("delivered");
        let shelf = shop.shelf.clone();
        drop(shop);
        sleep(Duration::from_millis(300)).await;
        shelf.down.store(false, Ordering::SeqCst);
        let search = open(&kit, &shelf).await;
        assert!(search.is_whole());
        search.listen(&Bus::new());
        let found = async {
            while search.search(&Ctx::guest("test"), &words("amphora")).await.expect("an answer").total == 0 {
                sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(Duration::from_secs(10), found).await.expect("found in time");
    }

    async fn staff_may_reindex(kit: TestKit) {
        let products = (0..230).map(|n| product(&format!("p{n:03}"), "Vase")).collect();
        let shop = Shop::open(&kit, products).await;
        shop.shelf.stock(product("late", "Late Vase"));
        let role = |role: Preset| {
            Ctx::guest("test").with_actor(Actor::staff(kit.kit().ids.next(), role.grants()))
        };
        assert!(shop.search.reindex(&shop.guest).await.is_err());
        assert!(shop.search.reindex(&role(Preset::ReadOnly)).await.is_err());
        assert_eq!(shop.search.reindex(&role(Preset::Manager)).await, Ok(231));
        assert_eq!(shop.find(words("vase")).await.total, 231);
        // One that fails on the way leaves what there was.
        shop.shelf.down.store(true, Ordering::SeqCst);
        assert!(shop.search.reindex(&role(Preset::Owner)).await.is_err());
        shop.shelf.down.store(false, Ordering::SeqCst);
        assert_eq!(shop.find(words("vase")).await.total, 231);
    }

    async fn many_small_changes_do_not_pile_up(kit: TestKit) {
        let shop = Shop::open(&kit, (0..50).map(|n| product(&format!("p{n}"), "Vase")).collect()).await;
        for round in 0..30 {
            shop.shelf.put(product("p7", &format!("Vase round{round}"))).await;
            shop.relay.drain().await.expect("delivered");
            let q = format!("round{round}");
            shop.wait_until("it is found", async || shop.found(&q).await == ["p7"]).await;
        }
        assert_eq!(shop.find(words("vase")).await.total, 50);
        let segments = files(&kit).iter().filter(|file| file.extension().is_some_and(|e| e == "idx")).count();
        assert!(segments <= 12, "{segments} segments");
    }
}

/// Delivers events in the background, as the server does.
fn deliver(shop: &Shop) -> tokio::task::JoinHandle<()> {
    let relay = shop.relay.clone();
    tokio::spawn(async move {
        loop {
            relay.drain().await.expect("delivered");
            sleep(Duration::from_millis(20)).await;
        }
    })
}
