//! The merchant's settings of the shop: what is saved is on every page with the next answer.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::shop::{TestShop, header, tea};

const PATH: &str = "/api/admin/v1/shop-settings";

async fn token(shop: &TestShop, role: souk_contract::Preset) -> String {
    let staff = souk_contract::CreateStaff {
        email: format!("{}@example.com", format!("{role:?}").to_lowercase()),
        name: format!("{role:?}"),
        role: role.into(),
    };
    shop.shop.services.staffing.create_staff(&shop.shop.ctx("test"), staff).await.expect("staff").token
}

async fn read(shop: &TestShop, token: &str) -> Value {
    let answer = shop.get(PATH).bearer_auth(token).send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    answer.json().await.expect("JSON")
}

async fn write(shop: &TestShop, token: &str, version: Option<i64>, input: &Value) -> (StatusCode, Value) {
    let mut request = shop.request(Method::PUT, PATH).bearer_auth(token).json(input);
    if let Some(version) = version {
        request = request.header("if-match", format!("\"{version}\""));
    }
    let answer = request.send().await.expect("an answer");
    (answer.status(), answer.json().await.expect("JSON"))
}

async fn page(shop: &TestShop, path: &str) -> String {
    shop.get(path).send().await.expect("an answer").text().await.expect("text")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_new_name_is_on_every_page_at_once_and_hostile_text_does_nothing() {
    let shop = TestShop::start().await;
    shop.put(tea("green")).await;
    let owner = token(&shop, souk_contract::Preset::Owner).await;
    for path in ["/", "/products/green"] {
        for _ in 0..2 {
            let html = page(&shop, path).await;
            assert!(html.contains("Souk") && html.contains("30 days"), "{path}");
        }
    }
    let mut settings = read(&shop, &owner).await;
    assert_eq!(settings["version"], 1);
    let input = &mut settings["input"];
    input["name"] = json!("Tern </script><b>&\"");
    input["returns_days"] = json!(14);
    input["phone"] = json!("+49 30 1234567");
    input["free_shipping_over"] = json!({"amount": 7500, "currency": "EUR"});
    let (status, refused) = write(&shop, &owner, Some(1), input).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "an amount has other fields: {refused}");
    input["free_shipping_over"] = json!({"minor": 7500, "currency": "EUR"});
    let (status, written) = write(&shop, &owner, Some(1), input).await;
    assert_eq!((status, &written["version"]), (StatusCode::OK, &json!(2)), "{written}");

    for path in ["/", "/products/green"] {
        let html = page(&shop, path).await;
        assert!(html.contains("Tern &lt;/script&gt;&lt;b&gt;&amp;&quot;</title>"), "{path}: {html}");
        assert!(!html.contains("Tern </script>") && !html.contains("<b>&"), "{path}");
        assert!(html.contains("Free delivery over €75.00 and 14 days to return"), "{path}");
        assert!(html.contains("tel:+49301234567") && !html.contains("30 days"), "{path}");
    }
    let home = page(&shop, "/").await;
    assert!(home.contains("\"name\":\"Tern \\u003c/script>\\u003cb>&\\\"\""), "{home}");
    assert!(home.contains("\"telephone\":\"+49 30 1234567\""), "{home}");
    let search = page(&shop, "/opensearch.xml").await;
    let search = roxmltree::Document::parse(&search).expect("well-formed XML");
    assert!(search.descendants().any(|node| node.text() == Some("Tern </script><b>&\"")));
    let admin = page(&shop, "/admin").await;
    assert!(admin.contains("Tern &lt;/script&gt;") && !admin.contains("Tern </script>"), "{admin}");

    // Neither the address nor the version of the file comes back with a new start.
    let data = shop.stop().await;
    let again = TestShop::on(data, &[("shop.name", "From the file"), ("shop.returns_days", "99")]).await;
    let home = page(&again, "/").await;
    assert!(home.contains("14 days to return") && !home.contains("From the file"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_promised_where_nothing_is() {
    let shop = TestShop::with(&[("shop.returns_days", "0")]).await;
    shop.put(tea("green")).await;
    let html = page(&shop, "/products/green").await;
    assert!(!html.contains("0 days") && html.contains("Secure payment"), "{html}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_writes_has_read_and_may() {
    let shop = TestShop::start().await;
    let owner = token(&shop, souk_contract::Preset::Owner).await;
    let packer = token(&shop, souk_contract::Preset::Fulfilment).await;
    let refused = shop.get(PATH).bearer_auth(&packer).send().await.expect("an answer");
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    assert_eq!(header(&refused, "content-type"), "application/problem+json");
    let settings = read(&shop, &owner).await;
    let mut input = settings["input"].clone();
    assert_eq!(write(&shop, &packer, Some(1), &input).await.0, StatusCode::FORBIDDEN);
    assert_eq!(write(&shop, &owner, None, &input).await.0, StatusCode::PRECONDITION_REQUIRED);
    assert_eq!(write(&shop, &owner, Some(7), &input).await.0, StatusCode::PRECONDITION_FAILED);
    input["colour"] = json!("green");
    assert_eq!(write(&shop, &owner, Some(1), &input).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    let mut less = settings["input"].clone();
    less.as_object_mut().expect("an object").remove("returns_days");
    assert_eq!(write(&shop, &owner, Some(1), &less).await.0, StatusCode::UNPROCESSABLE_ENTITY, "no default");
    let mut wrong = settings["input"].clone();
    wrong["email"] = json!("nobody");
    wrong["seller_address"] = json!(["Quay 7", "x".repeat(101)]);
    let (status, problem) = write(&shop, &owner, Some(1), &wrong).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let named = problem.to_string();
    assert!(named.contains("\"email\"") && named.contains("seller_address[1]"), "{named}");
    assert_eq!(read(&shop, &owner).await, settings);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_configuration_shows_what_is_still_one() {
    let shop = TestShop::start().await;
    let owner = token(&shop, souk_contract::Preset::Owner).await;
    let answer = shop.get("/api/admin/v1/configuration").bearer_auth(&owner).send().await.expect("an answer");
    let values: Vec<Value> = answer.json().await.expect("JSON");
    let keys: Vec<&str> = values.iter().filter_map(|value| value["key"].as_str()).collect();
    for still in
        ["shop.base_url", "shop.currency", "shop.country", "papers.fonts", "http.listen", "mail.from"]
    {
        assert!(keys.contains(&still), "{still}");
    }
    for gone in
        ["shop.name", "shop.email", "shop.returns_days", "papers.seller", "shop.tax_rate", "payments.methods"]
    {
        assert!(!keys.contains(&gone), "{gone}");
    }
}
