//! The desktop app's way in: another origin, a token, never a cookie.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::shop::{TestShop, header};

const ORIGINS: [&str; 2] = ["tauri://localhost", "http://tauri.localhost"];
const PASSWORD: &str = "a long enough one";

/// The owner's token of the command line, once there is a password too.
async fn owner(shop: &TestShop) -> String {
    let ctx = shop.shop.ctx("test");
    let staff = souk_contract::CreateStaff {
        email: "owner@example.com".to_owned(),
        name: "Owner".to_owned(),
        role: souk_contract::Preset::Owner.into(),
    };
    let staffing = &shop.shop.services.staffing;
    let created = staffing.create_staff(&ctx, staff).await.expect("staff");
    staffing.reset_staff_password(&ctx, "owner@example.com", PASSWORD).await.expect("a password");
    created.token
}

fn call(shop: &TestShop, name: &str, origin: &str, body: &Value) -> reqwest::RequestBuilder {
    shop.post(&format!("/fn/admin/{name}"))
        .header("origin", origin)
        .header("sec-fetch-site", "cross-site")
        .json(body)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn it_asks_first_and_is_told_what_it_may_send() {
    let shop = TestShop::start().await;
    let ask = |origin: &'static str, path: &'static str| {
        shop.request(Method::OPTIONS, path)
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization,content-type")
    };
    for origin in ORIGINS {
        let answer = ask(origin, "/fn/admin/orders").send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::NO_CONTENT);
        assert_eq!(header(&answer, "access-control-allow-origin"), origin);
        assert_eq!(header(&answer, "access-control-allow-headers"), "authorization, content-type");
        assert_eq!(header(&answer, "access-control-allow-methods"), "POST");
        assert_eq!(header(&answer, "access-control-allow-credentials"), "");
    }
    for (origin, path) in [
        ("https://evil.example", "/fn/admin/orders"),
        ("tauri://localhost.evil.example", "/fn/admin/orders"),
        ("null", "/fn/admin/orders"),
        ("tauri://localhost", "/fn/cart/add"),
        ("tauri://localhost", "/api/store/v1/carts"),
        ("tauri://localhost", "/api/admin/v1/orders"),
    ] {
        let answer = ask(origin, path).send().await.expect("an answer");
        assert_eq!(header(&answer, "access-control-allow-origin"), "", "{origin} {path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn it_signs_in_for_a_token_and_works_with_it() {
    let shop = TestShop::start().await;
    owner(&shop).await;
    let origin = ORIGINS[0];
    let facts = call(&shop, "shop", origin, &json!({})).send().await.expect("an answer");
    assert_eq!(header(&facts, "access-control-allow-origin"), origin);
    let facts: Value = facts.json().await.expect("facts");
    assert!(facts["name"].is_string() && facts["base_url"].is_string(), "{facts}");

    let who = json!({ "request": { "email": "owner@example.com", "password": PASSWORD } });
    let wrong = json!({ "request": { "email": "owner@example.com", "password": "not this one" } });
    let refused = call(&shop, "desktop/sign-in", origin, &wrong).send().await.expect("an answer");
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(header(&refused, "access-control-allow-origin"), origin, "the app reads why");
    let entered = call(&shop, "desktop/sign-in", origin, &who).send().await.expect("an answer");
    assert_eq!(entered.status(), StatusCode::OK);
    assert_eq!(header(&entered, "set-cookie"), "");
    let entered: Value = entered.json().await.expect("a session");
    let token = entered["token"].as_str().expect("a token");

    let signed = call(&shop, "live", origin, &json!({})).bearer_auth(token).send().await.expect("an answer");
    assert_eq!(signed.status(), StatusCode::OK);
    assert_eq!(header(&signed, "access-control-allow-origin"), origin);
    let out = call(&shop, "sign-out", origin, &json!({})).bearer_auth(token).send().await.expect("an answer");
    assert_eq!(out.status(), StatusCode::OK);
    assert_eq!(header(&out, "set-cookie"), "");
    let after = call(&shop, "live", origin, &json!({})).bearer_auth(token).send().await.expect("an answer");
    assert_eq!(after.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn it_fetches_papers_with_its_token_and_reads_what_they_are_called() {
    let shop = TestShop::start().await;
    let token = owner(&shop).await;
    let nobody = "01900000-0000-7000-8000-000000000000";
    for (path, expected) in [
        (format!("orders/paper?order={nobody}&paper=receipt"), StatusCode::NOT_FOUND),
        (format!("products/labels?variants={nobody}:2"), StatusCode::NOT_FOUND),
        ("products/labels?variants=x".to_owned(), StatusCode::UNPROCESSABLE_ENTITY),
        (format!("products/labels?variants={nobody}&layout=a5"), StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let ask = || shop.request(Method::GET, &format!("/fn/admin/{path}")).header("origin", ORIGINS[0]);
        let refused = ask().send().await.expect("an answer");
        assert_eq!(refused.status(), StatusCode::UNAUTHORIZED, "{path}");
        let answer = ask().bearer_auth(&token).send().await.expect("an answer");
        assert_eq!(answer.status(), expected, "{path}");
        assert_eq!(header(&answer, "access-control-allow-origin"), ORIGINS[0], "{path}");
        assert_eq!(header(&answer, "access-control-expose-headers"), "content-disposition", "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_browsers_session_is_of_no_use_to_it() {
    let shop = TestShop::start().await;
    let token = owner(&shop).await;
    let cookie = format!("souk_staff={token}");
    let own = shop.post("/fn/admin/live").header("cookie", &cookie).json(&json!({}));
    assert_eq!(own.send().await.expect("an answer").status(), StatusCode::OK, "the cookie itself is good");
    for origin in ORIGINS {
        let asked = call(&shop, "live", origin, &json!({})).header("cookie", &cookie);
        assert_eq!(asked.send().await.expect("an answer").status(), StatusCode::UNAUTHORIZED, "{origin}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn other_sites_stay_outside() {
    let shop = TestShop::start().await;
    let token = owner(&shop).await;
    for origin in ["https://evil.example", "tauri://evil", "http://tauri.localhost.evil.example", "null"] {
        for signed in [call(&shop, "live", origin, &json!({})).bearer_auth(&token), {
            call(&shop, "live", origin, &json!({})).header("cookie", format!("souk_staff={token}"))
        }] {
            let answer = signed.send().await.expect("an answer");
            assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{origin}");
            assert_eq!(header(&answer, "access-control-allow-origin"), "", "{origin}");
        }
    }
    // Nor does the app's origin open what isn't the merchant's.
    let cart = shop.post("/fn/cart/add").header("origin", ORIGINS[0]).body("variant_id=x&quantity=1");
    let cart = cart.header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(cart.send().await.expect("an answer").status(), StatusCode::FORBIDDEN);
}
