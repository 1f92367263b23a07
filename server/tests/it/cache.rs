//! Kept pages: fast for strangers, never stale, never somebody else's.

use reqwest::StatusCode;

use crate::shop::{TestShop, header, tea};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_kept_page_is_checked_by_its_tag_and_follows_the_catalogue() {
    let shop = TestShop::start().await;
    shop.put(tea("green")).await;
    // Stock reaches the catalogue as an event.
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    let first = shop.get("/products/green").send().await.expect("an answer");
    let etag = header(&first, "etag");
    assert!(etag.starts_with("W/\""), "{etag}");
    assert_eq!(header(&first, "cache-control"), "private, no-cache");
    assert!(header(&first, "vary").contains("cookie"));

    let again = shop.get("/products/green").header("if-none-match", &etag).send().await.expect("an answer");
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert!(!header(&again, "content-security-policy").is_empty());

    let mut dearer = tea("green");
    dearer.variants[0].price.minor = 12_345;
    shop.put(dearer).await;
    let changed = shop.get("/products/green").header("if-none-match", &etag).send().await.expect("an answer");
    assert_eq!(changed.status(), StatusCode::OK);
    assert!(changed.text().await.expect("text").contains("123.45"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn visitors_with_a_cart_get_their_own_page() {
    let shop = TestShop::start().await;
    let written = shop.put(tea("green")).await;
    let form = format!("variant_id={}&quantity=3", written.variant_ids[0]);
    let added = shop
        .post("/fn/cart/add")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form)
        .send()
        .await
        .expect("an answer");
    let cookie = header(&added, "set-cookie").split(';').next().expect("a cookie").to_owned();
    let own = shop.get("/").header("cookie", &cookie).send().await.expect("an answer");
    assert_eq!(header(&own, "etag"), "");
    let own = own.text().await.expect("text");
    assert!(own.contains("green-S"), "the bag is in the page's data");
    let strangers = shop.get("/").send().await.expect("an answer").text().await.expect("text");
    assert!(!strangers.contains("green-S"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn pages_come_packed_as_the_browser_likes() {
    let shop = TestShop::start().await;
    shop.put(tea("green")).await;
    let plain = shop.get("/products/green").send().await.expect("an answer").bytes().await.expect("bytes");
    for (accepted, encoding) in [("br, gzip", "br"), ("gzip", "gzip")] {
        for cookie in ["", "souk_cart=unknown"] {
            let request =
                shop.get("/products/green").header("accept-encoding", accepted).header("cookie", cookie);
            let response = request.send().await.expect("an answer");
            assert_eq!(header(&response, "content-encoding"), encoding);
            let packed = response.bytes().await.expect("bytes");
            assert!(packed.len() * 2 < plain.len(), "{} of {}", packed.len(), plain.len());
        }
    }
}
