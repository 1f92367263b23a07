//! What stands in front of the handlers: security headers, CSRF, limits, cookies.

use reqwest::StatusCode;

use crate::shop::{TestShop, header, tea};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_answer_carries_the_security_headers() {
    let shop = TestShop::start().await;
    shop.put(tea("green")).await;
    for path in [
        "/",
        "/products/green",
        "/nowhere",
        "/robots.txt",
        "/healthz",
        "/api/store/v1/nowhere",
        "/pkg/x.js",
        "/openapi.json",
        "/docs/",
    ] {
        let response = shop.get(path).send().await.expect("an answer");
        assert_eq!(header(&response, "x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header(&response, "referrer-policy"), "strict-origin-when-cross-origin", "{path}");
        assert_eq!(header(&response, "cross-origin-opener-policy"), "same-origin", "{path}");
        assert!(header(&response, "permissions-policy").contains("camera=()"), "{path}");
        let policy = header(&response, "content-security-policy");
        assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{path}: {policy}");
        assert_eq!(header(&response, "strict-transport-security"), "", "{path}: this shop is on http");
        assert!(!header(&response, "x-request-id").is_empty(), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn pages_hold_no_script_or_style_that_the_policy_would_stop() {
    let shop = TestShop::start().await;
    shop.put(tea("green")).await;
    for path in
        ["/", "/products/green", "/collections/all", "/search?q=tea", "/cart", "/account/login", "/nowhere"]
    {
        let html = shop.get(path).send().await.expect("an answer").text().await.expect("text");
        for script in html.split("<script").skip(1) {
            let tag = script.split('>').next().unwrap_or_default();
            let is_data = tag.contains("application/json") || tag.contains("application/ld+json");
            assert!(is_data || tag.contains("src="), "{path}: <script{tag}>");
        }
        assert!(!html.contains("<style"), "{path}");
        assert!(!html.contains(" style=\""), "{path}");
        assert!(!html.contains(" onclick="), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn https_is_insisted_on_once_the_shop_has_it() {
    let shop = TestShop::with(&[("shop.base_url", "https://shop.example")]).await;
    let written = shop.put(tea("green")).await;
    let response = shop.get("/").send().await.expect("an answer");
    assert!(header(&response, "strict-transport-security").contains("max-age=31536000"));
    let form = format!("variant_id={}&quantity=1", written.variant_ids[0]);
    let response = add(&shop, &form).send().await.expect("an answer");
    assert!(header(&response, "set-cookie").contains("; Secure"), "{:?}", response.headers());
}

fn add(shop: &TestShop, form: &str) -> reqwest::RequestBuilder {
    shop.post("/fn/cart/add")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_cart_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    let shop = TestShop::start().await;
    let written = shop.put(tea("green")).await;
    let form = format!("variant_id={}&quantity=1", written.variant_ids[0]);
    let response = add(&shop, &form).header("accept", "text/html").send().await.expect("an answer");
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    let cookie = header(&response, "set-cookie");
    assert!(cookie.starts_with("souk_cart="), "{cookie}");
    assert!(
        cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Lax") && cookie.contains("; Path=/"),
        "{cookie}"
    );
    let token = cookie.split(['=', ';']).nth(1).expect("a token").to_owned();
    assert!(token.len() >= 40, "256 bits: {token}");
    let page =
        shop.get("/cart").header("cookie", format!("souk_cart={token}")).send().await.expect("an answer");
    assert_eq!(header(&page, "cache-control"), "private, no-store");
    let html = page.text().await.expect("text");
    assert!(html.contains("Tea green"));
    assert!(!html.contains(&token), "the token is for the cookie only");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn another_sites_form_changes_nothing() {
    let shop = TestShop::start().await;
    let written = shop.put(tea("green")).await;
    let form = format!("variant_id={}&quantity=1", written.variant_ids[0]);

    let evil = add(&shop, &form).header("origin", "https://evil.example").send().await.expect("an answer");
    assert_eq!(evil.status(), StatusCode::FORBIDDEN);
    assert_eq!(header(&evil, "set-cookie"), "");
    let cross = add(&shop, &form).header("sec-fetch-site", "cross-site").send().await.expect("an answer");
    assert_eq!(cross.status(), StatusCode::FORBIDDEN);
    let api = shop
        .post("/api/store/v1/carts")
        .header("origin", "https://evil.example")
        .json(&serde_json::json!({}));
    let api = api.send().await.expect("an answer");
    assert_eq!(api.status(), StatusCode::FORBIDDEN);
    assert_eq!(header(&api, "content-type"), "application/problem+json");

    let own = add(&shop, &form).header("origin", shop.url.clone()).send().await.expect("an answer");
    assert!(own.status().is_success(), "{}", own.status());
    let plain = add(&shop, &form).send().await.expect("an answer");
    assert!(plain.status().is_success(), "a client that is no browser: {}", plain.status());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn too_many_tries_are_told_when_to_come_back() {
    let limits = [
        ("http.sign_in_per_minute", "2"),
        ("http.register_per_minute", "1"),
        ("http.reset_per_minute", "1"),
        ("http.checkout_per_minute", "1"),
        ("http.notices_per_minute", "1"),
        ("http.trusted_proxies", "127.0.0.1"),
    ];
    let shop = TestShop::with(&limits).await;
    let form = "email=nobody%40example.com&password=wrong-password&name=x&new=wrong-password&token=x";
    for (path, allowed) in [
        ("/fn/account/sign-in", 2),
        ("/fn/account/register", 1),
        ("/fn/account/request-reset", 1),
        ("/fn/checkout/place", 1),
        ("/webhooks/payments/test", 1),
    ] {
        let send = |client: &'static str| {
            shop.post(path)
                .header("content-type", "application/x-www-form-urlencoded")
                .header("x-forwarded-for", client)
                .body(form)
                .send()
        };
        for _ in 0..allowed {
            let response = send("203.0.113.1").await.expect("an answer");
            assert_ne!(response.status(), StatusCode::TOO_MANY_REQUESTS, "{path}");
        }
        let response = send("203.0.113.1").await.expect("an answer");
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS, "{path}");
        let wait: u64 = header(&response, "retry-after").parse().expect("seconds");
        assert!((1..=60).contains(&wait));
        let other = send("203.0.113.2").await.expect("an answer");
        assert_ne!(other.status(), StatusCode::TOO_MANY_REQUESTS, "{path}: somebody else's allowance");
    }
}

/// The guard of `docs/adr/0008`: which addresses have an account can't be asked quickly, by whichever door.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn registering_is_limited_over_both_doors_together() {
    let limits = [("http.register_per_minute", "3"), ("http.trusted_proxies", "127.0.0.1")];
    let shop = TestShop::with(&limits).await;
    let by_api = |email: &str, client: &'static str| {
        let who = serde_json::json!({ "email": email, "password": "a long password", "name": "Ada" });
        shop.post("/api/store/v1/customers").header("x-forwarded-for", client).json(&who).send()
    };
    let by_form = |email: &str, client: &'static str| {
        shop.post("/fn/account/register")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("x-forwarded-for", client)
            .body(format!("email={email}&password=a+long+password&name=Ada"))
            .send()
    };
    let fresh = by_api("ada@example.com", "2a00::1:2:3:4").await.expect("an answer");
    assert_eq!(fresh.status(), StatusCode::CREATED);
    let known = by_api("ada@example.com", "2a00::5:6:7:8").await.expect("an answer");
    assert_eq!(known.status(), StatusCode::CONFLICT);
    let problem: serde_json::Value = known.json().await.expect("problem details");
    assert_eq!(problem["code"], "cannot_register");
    let known = by_form("ada@example.com", "2a00::1:2:3:4").await.expect("an answer");
    assert_eq!(known.status(), StatusCode::CONFLICT);
    // Enough, for known and unknown addresses alike, and for the whole household.
    for email in ["ada@example.com", "eve@example.com"] {
        for response in [by_api(email, "2a00::9").await, by_form(email, "2a00::1:2:3:4").await] {
            let response = response.expect("an answer");
            assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS, "{email}");
            assert!(!header(&response, "retry-after").is_empty());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn large_bodies_are_refused() {
    let shop = TestShop::with(&[("http.body_limit_kib", "16")]).await;
    let body = format!("email={}", "x".repeat(20 * 1024));
    let response = shop
        .post("/fn/account/sign-in")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body)
        .send()
        .await
        .expect("an answer");
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_admin_api_wants_a_staff_token() {
    let shop = TestShop::start().await;
    for token in [None, Some("nonsense")] {
        let mut request = shop.get("/api/admin/v1/orders");
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.expect("an answer");
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{token:?}");
        assert_eq!(header(&response, "content-type"), "application/problem+json");
    }
    let ctx = shop.shop.ctx("test");
    let staff = souk_contract::CreateStaff {
        email: "owner@example.com".to_owned(),
        name: "Owner".to_owned(),
        role: souk_contract::Preset::Owner.into(),
    };
    let created = shop.shop.services.staffing.create_staff(&ctx, staff).await.expect("staff");
    let response =
        shop.get("/api/admin/v1/orders").bearer_auth(&created.token).send().await.expect("an answer");
    assert_eq!(response.status(), StatusCode::OK);
    // A cookie is no staff token.
    let cookie = format!("souk_session={}", created.token);
    let response = shop.get("/api/admin/v1/orders").header("cookie", cookie).send().await.expect("an answer");
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_request_keeps_its_id() {
    let shop = TestShop::start().await;
    let response = shop.get("/nowhere").header("x-request-id", "abc-1").send().await.expect("an answer");
    assert_eq!(header(&response, "x-request-id"), "abc-1");
    let response =
        shop.get("/nowhere").header("x-request-id", "not a good id").send().await.expect("an answer");
    assert_ne!(header(&response, "x-request-id"), "not a good id");
    let response =
        shop.get("/api/store/v1/nowhere").header("x-request-id", "abc-2").send().await.expect("an answer");
    let problem: serde_json::Value = response.json().await.expect("problem details");
    assert_eq!(problem["request_id"], "abc-2");
}
