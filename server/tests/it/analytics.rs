//! Visits are counted as they happen, and reports reach those who may see them.

use reqwest::StatusCode;
use serde_json::Value;
use souk_contract::{CreateStaff, Preset};

use crate::shop::{TestShop, header, tea};

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

async fn token(shop: &TestShop, role: Preset) -> String {
    let ctx = shop.shop.ctx("test");
    let request =
        CreateStaff { email: format!("{role:?}@example.com"), name: "Sam".to_owned(), role: role.into() };
    shop.shop.services.staffing.create_staff(&ctx, request).await.expect("staff").token
}

async fn today(shop: &TestShop) -> Value {
    shop.shop.local_analytics().flush().await.expect("written");
    let token = token(shop, Preset::Analyst).await;
    let day = shop.shop.kit.now().to_rfc3339()[..10].to_owned();
    let path = format!("/api/admin/v1/analytics/funnel?from={day}&until={day}");
    let answer = shop.get(&path).bearer_auth(token).send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    answer.json::<Value>().await.expect("JSON")["total"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn looking_and_beginning_are_counted_and_bots_are_not() {
    let shop = TestShop::start().await;
    let written = shop.put(tea("green")).await;
    let look = |path: &'static str, agent: &'static str, more: Option<(&'static str, &'static str)>| {
        let request = shop.get(path).header("user-agent", agent);
        match more {
            Some((name, value)) => request.header(name, value),
            None => request,
        }
    };
    for (path, agent, more) in [
        // Rendered, and from memory.
        ("/products/green", FIREFOX, None),
        ("/products/green", FIREFOX, None),
        ("/fn/page?url=%2Fproducts%2Fgreen", FIREFOX, None),
        ("/products/green", "Mozilla/5.0 somebody else", None),
        ("/products/green", FIREFOX, Some(("dnt", "1"))),
        // Nobody, nothing, and nowhere.
        ("/products/green", "Googlebot/2.1", None),
        ("/products/gone", FIREFOX, None),
        ("/collections/all", FIREFOX, None),
        ("/products/green", FIREFOX, Some(("sec-purpose", "prefetch"))),
    ] {
        look(path, agent, more).send().await.expect("an answer");
    }
    let add = |cookie: &str| {
        let form = [("variant_id", written.variant_ids[0].to_string())];
        shop.post("/fn/cart/add")
            .header("user-agent", FIREFOX)
            .header("cookie", cookie.to_owned())
            .form(&form)
    };
    let answer = add("").send().await.expect("an answer");
    let cookie = header(&answer, "set-cookie").split(';').next().expect("a cookie").to_owned();
    assert!(cookie.starts_with("souk_cart="), "{cookie}");
    add(&cookie).send().await.expect("an answer");
    shop.post("/api/store/v1/carts").header("user-agent", FIREFOX).send().await.expect("a cart");
    for path in ["/checkout", "/checkout", "/fn/page?url=%2Fcheckout"] {
        let answer = shop.get(path).header("user-agent", FIREFOX).header("cookie", &cookie).send().await;
        assert_eq!(answer.expect("an answer").status(), StatusCode::OK, "{path}");
    }
    let total = today(&shop).await;
    for (step, count) in [("views", 5), ("visitors", 2), ("carts", 2), ("checkouts", 1), ("orders", 0)] {
        assert_eq!(total[step], count, "{step}: {total}");
    }
    shop.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn reports_are_for_those_who_may_see_them_and_come_as_files_too() {
    let shop = TestShop::start().await;
    let (analyst, packer) = (token(&shop, Preset::Analyst).await, token(&shop, Preset::Fulfilment).await);
    let period = "from=2026-01-01&until=2026-01-31";
    let moments = "from=2026-01-01T00:00:00Z&until=2026-02-01T00:00:00Z";
    for (name, query) in [
        ("sales", period.to_owned()),
        ("funnel", period.to_owned()),
        ("top", format!("{period}&by=category")),
        ("stock", String::new()),
        ("orders", moments.to_owned()),
    ] {
        let path = format!("/api/admin/v1/analytics/{name}");
        let ask = |path: String, token: &str| shop.get(&path).bearer_auth(token).send();
        let answer = ask(format!("{path}?{query}"), &analyst).await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK, "{name}");
        let table = ask(format!("{path}.csv?{query}"), &analyst).await.expect("an answer");
        assert_eq!(header(&table, "content-type"), "text/csv; charset=utf-8");
        let saved = format!("attachment; filename=\"{name}.csv\"");
        assert_eq!(header(&table, "content-disposition"), saved);
        assert!(table.text().await.expect("text").contains(','));
        for path in [format!("{path}?{query}"), format!("{path}.csv?{query}")] {
            assert_eq!(ask(path, &packer).await.expect("an answer").status(), StatusCode::FORBIDDEN);
        }
    }
    for wrong in ["from=2026-02-01&until=2026-01-01", "from=yesterday&until=2026-01-01", "until=2026-01-01"] {
        let path = format!("/api/admin/v1/analytics/sales?{wrong}");
        let answer = shop.get(&path).bearer_auth(&analyst).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
    shop.stop().await;
}
