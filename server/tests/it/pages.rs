//! Addresses and their answers.

use reqwest::StatusCode;
use souk_contract::PutProduct;

use crate::shop::{TestShop, header, tea};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn pages_have_the_right_status() {
    let shop = TestShop::start().await;
    shop.put(tea("green")).await;
    shop.put_collection("teas").await;
    for (path, status) in [
        ("/", 200),
        ("/products/green", 200),
        ("/collections/all", 200),
        ("/collections/teas", 200),
        ("/search?q=tea", 200),
        ("/cart", 200),
        ("/products/none", 404),
        ("/collections/none", 404),
        ("/pages/none", 404),
        ("/nowhere", 404),
        ("/wp-login.php", 404),
        ("/pkg/none.js", 404),
        ("/media/none-400.webp", 404),
        ("/media/..%2Fsecret.key", 404),
    ] {
        let response = shop.get(path).send().await.expect("an answer");
        assert_eq!(response.status().as_u16(), status, "{path}");
    }
    for (path, to) in [
        ("/products/green/", "/products/green"),
        ("/collections/teas/products/green", "/products/green"),
        ("/products", "/collections/all"),
    ] {
        let response = shop.get(path).send().await.expect("an answer");
        assert_eq!(response.status(), StatusCode::MOVED_PERMANENTLY, "{path}");
        assert_eq!(header(&response, "location"), to, "{path}");
    }
    let response = shop.post("/products/green").send().await.expect("an answer");
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_renamed_product_is_found_under_its_old_name() {
    let shop = TestShop::start().await;
    let written = shop.put(tea("green")).await;
    let renamed = PutProduct { id: Some(written.id), product: tea("sencha"), if_version: None };
    shop.shop.services.catalog.put_product(&shop.shop.ctx("test"), renamed).await.expect("renamed");
    let response = shop.get("/products/green").send().await.expect("an answer");
    assert_eq!(response.status(), StatusCode::MOVED_PERMANENTLY);
    assert_eq!(header(&response, "location"), "/products/sencha");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_sitemap_names_pages_that_are_there() {
    let shop = TestShop::start().await;
    shop.put(tea("green")).await;
    shop.put(tea("oolong")).await;
    shop.put_collection("teas").await;
    let index = shop.get("/sitemap.xml").send().await.expect("an answer");
    assert_eq!(header(&index, "content-type"), "application/xml");
    let index = index.text().await.expect("text");
    let document = roxmltree::Document::parse(&index).expect("well-formed XML");
    assert_eq!(document.root_element().tag_name().name(), "sitemapindex");
    let mut found = Vec::new();
    for part in locations(&document) {
        let part = part.strip_prefix("http://127.0.0.1:3000").expect("the configured address").to_owned();
        let text = shop.get(&part).send().await.expect("an answer").text().await.expect("text");
        let document = roxmltree::Document::parse(&text).expect("well-formed XML");
        assert_eq!(document.root_element().tag_name().name(), "urlset");
        found.extend(locations(&document));
    }
    for path in ["/", "/products/green", "/products/oolong", "/collections/teas"] {
        assert!(found.contains(&format!("http://127.0.0.1:3000{path}")), "{path} in {found:?}");
    }
    for url in &found {
        let path = url.strip_prefix("http://127.0.0.1:3000").expect("the configured address");
        let response = shop.get(path).send().await.expect("an answer");
        assert_eq!(response.status(), StatusCode::OK, "{path}");
    }
    let robots = shop.get("/robots.txt").send().await.expect("an answer").text().await.expect("text");
    assert!(robots.contains("Sitemap: http://127.0.0.1:3000/sitemap.xml"));
    assert!(robots.contains("Disallow: /checkout"));
}

fn locations(document: &roxmltree::Document<'_>) -> Vec<String> {
    let locations = document.descendants().filter(|node| node.tag_name().name() == "loc");
    locations.filter_map(|node| node.text().map(str::to_owned)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn watchers_and_developers_get_theirs() {
    let shop = TestShop::start().await;
    let alive = shop.get("/healthz").send().await.expect("an answer");
    assert_eq!(alive.status(), StatusCode::OK);
    let ready: serde_json::Value =
        shop.get("/readyz").send().await.expect("an answer").json().await.expect("JSON");
    assert_eq!(ready["ready"], true);
    assert_eq!(ready["databases"].as_object().map(serde_json::Map::len), Some(15));
    let openapi: serde_json::Value =
        shop.get("/openapi.json").send().await.expect("an answer").json().await.expect("JSON");
    assert!(openapi["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")));
    let paths = openapi["paths"].as_object().expect("paths");
    assert!(paths.keys().any(|path| path.starts_with("/api/store/v1/")), "{:?}", paths.keys());
    assert!(paths.keys().any(|path| path.starts_with("/api/admin/v1/")));
    let viewer = shop.get("/docs/").send().await.expect("an answer");
    assert_eq!(viewer.status(), StatusCode::OK);
    assert_eq!(header(&viewer, "content-type"), "text/html");
    let html = viewer.text().await.expect("text");
    let inline = html
        .split("<script")
        .skip(1)
        .filter(|tag| !tag.split('>').next().unwrap_or_default().contains("src="));
    assert_eq!(inline.count(), 0, "{html}");
    assert!(!html.contains("<style"), "{html}");
    let initializer = shop.get("/docs/swagger-initializer.js").send().await.expect("an answer");
    assert!(initializer.text().await.expect("text").contains("/openapi.json"));
    let icon = shop.get("/favicon.ico").send().await.expect("an answer");
    assert_eq!(header(&icon, "content-type"), "image/svg+xml");
}
