//! The same over HTTP.

use axum::{
    Extension, Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode},
};
use serde_json::Value;
use souk_contract::Search as _;
use souk_kernel::testing::TestKit;
use tower::ServiceExt as _;

use crate::shop::{Shop, option, product};

async fn get(router: &Router, path: &str) -> (StatusCode, Value) {
    let request = Request::get(path).body(Body::empty()).expect("a request");
    let answer = router.clone().oneshot(request).await.expect("an answer");
    let status = answer.status();
    let body = to_bytes(answer.into_body(), 1 << 20).await.expect("a body");
    (status, serde_json::from_slice(&body).expect("JSON"))
}

souk_kernel::each_engine! {
    async fn search_and_suggest(kit: TestKit) {
        let mut vase = product("vase", "Tall Vase");
        vase.options = vec![option("Size", &["S", "M"])];
        let shop = Shop::open(&kit, vec![vase, product("jar", "Vase Jar")]).await;
        let (router, docs) = souk_search::store_routes(shop.search.clone()).split_for_parts();
        assert_eq!(docs.paths.paths.len(), 2);
        let router = router.layer(Extension(shop.guest.clone()));

        let (status, found) = get(&router, "/search?q=vase&sort=title-asc&limit=1").await;
        assert_eq!((status, &found["total"], &found["cards"][0]["handle"]), (StatusCode::OK, &2.into(), &"vase".into()));
        let next = found["next"].as_str().expect("a second page");
        let (_, second) = get(&router, &format!("/search?q=vase&sort=title-asc&limit=1&cursor={next}")).await;
        assert_eq!(second["cards"][0]["handle"], "jar");
        let (_, small) = get(&router, "/search?q=vase&filter.option.size=S&filter.option.size=XL&in_stock=true").await;
        assert_eq!((&small["total"], &small["facets"][0]["values"][0]["selected"]), (&1.into(), &true.into()));
        let (_, suggested) = get(&router, "/search/suggest?q=va").await;
        assert_eq!(suggested["products"].as_array().map(Vec::len), Some(2));

        for wrong in ["/search?colour=red", "/search?sort=up", "/search?limit=x", "/search?in_stock=1", "/search/suggest?p=1"] {
            let (status, problem) = get(&router, wrong).await;
            assert_eq!((status, &problem["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &"invalid".into()), "{wrong}");
        }
    }

    async fn answers_are_kept_until_the_index_or_the_catalogue_changes(kit: TestKit) {
        let shop = Shop::open(&kit, vec![product("vase", "Tall Vase")]).await;
        let (router, _) = souk_search::store_routes(shop.search.clone()).split_for_parts();
        let router = router.layer(Extension(shop.guest.clone()));
        let ask = async |path: &str, tag: Option<&str>| {
            let mut request = Request::get(path);
            if let Some(tag) = tag {
                request = request.header("if-none-match", tag);
            }
            let answer = router.clone().oneshot(request.body(Body::empty()).expect("a request")).await.expect("an answer");
            let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
            assert_eq!(header("cache-control").as_deref(), Some("no-cache"));
            let (status, tag) = (answer.status(), header("etag").expect("a tag"));
            let body = to_bytes(answer.into_body(), 1 << 20).await.expect("a body");
            (status, tag, String::from_utf8(body.to_vec()).expect("text"))
        };
        for path in ["/search?q=vase", "/search/suggest?q=vase"] {
            let (_, tag, first) = ask(path, None).await;
            let epoch = shop.search.epoch();
            assert_eq!(ask(path, None).await, (StatusCode::OK, tag.clone(), first.clone()));
            assert_eq!(ask(path, Some(&tag)).await, (StatusCode::NOT_MODIFIED, tag.clone(), String::new()));
            // Another filter is another answer.
            if path == "/search?q=vase" {
                let (_, _, other) = ask("/search?q=vase&filter.vendor=Nobody", None).await;
                assert!(first.contains("\"total\":1") && other.contains("\"total\":0"), "{other}");
            }
            // A new product: the index changes.
            let handle = format!("vase-{epoch}");
            shop.shelf.put(product(&handle, "Wide Vase")).await;
            shop.relay.drain().await.expect("carried");
            shop.wait_until("it is found", async || ask(path, None).await.2.contains(&handle)).await;
            assert!(shop.search.epoch() > epoch);
            let (status, changed, _) = ask(path, Some(&tag)).await;
            assert!(status == StatusCode::OK && changed != tag);
            // It is sold out: the catalogue changes at once, the index later.
            let (id, epoch) = (shop.shelf.put(product(&handle, "Wide Vase")).await, shop.search.epoch());
            shop.shelf.set_sold_out(id, true).await;
            assert!(shop.search.epoch() > epoch);
            if path == "/search?q=vase" {
                assert!(ask(path, None).await.2.contains("sold_out"));
            }
        }
    }
}
