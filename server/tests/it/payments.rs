//! What stands open for banks and gateways: nobody signs in there, and nothing is believed.

use reqwest::StatusCode;
use serde_json::json;
use souk_contract::{NoticeQuery, Services};
use souk_payments::{Gateway as _, Request};

use crate::shop::{TestShop, header};

async fn kept(services: &Services) -> usize {
    let ctx = souk_contract::Ctx::system("test");
    services.payments.notices(&ctx, &NoticeQuery::default()).await.expect("notices").items.len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_gateways_door_takes_what_is_signed_and_small() {
    let shop = TestShop::start().await;
    let path = "/webhooks/payments/test";
    let forged =
        shop.post(path).header("souk-test-signature", "t=1,v1=x").body("{}").send().await.expect("an answer");
    assert_eq!(forged.status(), StatusCode::FORBIDDEN);
    assert_eq!(header(&forged, "content-type"), "application/problem+json");
    assert_eq!(shop.post(path).body("{}").send().await.expect("an answer").status(), StatusCode::FORBIDDEN);
    assert_eq!(kept(&shop.shop.services).await, 2);

    let large = shop.post(path).body(vec![b'x'; 300 * 1024]).send().await.expect("an answer");
    assert_eq!(large.status(), StatusCode::PAYLOAD_TOO_LARGE);
    for nobody in ["/webhooks/payments/nobody", "/webhooks/payments/bank_transfer"] {
        let answer = shop.post(nobody).body("{}").send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{nobody}");
    }
    assert_eq!(shop.get(path).send().await.expect("an answer").status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(kept(&shop.shop.services).await, 2);

    // One that is signed is taken; that its charge is none of ours is another matter.
    let gateway = shop.shop.test_gateway();
    let payment: souk_contract::PaymentId = shop.shop.kit.ids.next();
    let amount = souk_contract::Money::new(500, souk_contract::Currency::EUR);
    let request = Request {
        payment,
        order: shop.shop.kit.ids.next(),
        reference: "SOUK-7",
        amount,
        token: None,
        return_url: None,
    };
    gateway.authorize(request).await.expect("held");
    let charge = format!("test_{}", payment.uuid().simple());
    let (signature, body) = gateway.notice("evt_1", &charge).await.expect("a notice");
    let told =
        shop.post(path).header("souk-test-signature", signature).body(body).send().await.expect("an answer");
    assert_eq!(told.status(), StatusCode::OK);
    assert_eq!(kept(&shop.shop.services).await, 3);
    shop.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_test_bank_is_there_only_with_the_test_gateway() {
    for (methods, status) in
        [("test,bank_transfer", StatusCode::OK), ("bank_transfer", StatusCode::NOT_FOUND)]
    {
        let shop = TestShop::with(&[("payments.methods", methods)]).await;
        let payment: souk_contract::PaymentId = shop.shop.kit.ids.next();
        let request = Request {
            payment,
            order: shop.shop.kit.ids.next(),
            reference: "SOUK-<7>",
            amount: souk_contract::Money::new(500, souk_contract::Currency::EUR),
            token: Some("tok_3ds"),
            return_url: Some("https://shop.example/checkout/paid/x"),
        };
        shop.shop.test_gateway().authorize(request).await.expect("asked");
        let page = format!("/test-bank/test_{}", payment.uuid().simple());
        let asked = shop.get(&page).send().await.expect("an answer");
        assert_eq!(asked.status(), status, "{methods}");
        let policy = header(&asked, "content-security-policy");
        let text = asked.text().await.expect("a page");
        assert!(!text.contains("<7>"), "{text}");
        let answer = || shop.post(&page).form(&[("approve", "false")]).send();
        if status == StatusCode::OK {
            assert!(policy.contains("form-action 'self'"), "{policy}");
            assert!(text.contains("€5.00") && text.contains("SOUK-&lt;7&gt;"), "{text}");
            let answered = answer().await.expect("an answer");
            assert_eq!(answered.status(), StatusCode::SEE_OTHER);
            assert_eq!(header(&answered, "location"), "https://shop.example/checkout/paid/x");
        } else {
            assert_eq!(answer().await.expect("an answer").status(), status);
        }
        let nowhere = shop.get("/test-bank/test_nothing").send().await.expect("an answer");
        assert_eq!(nowhere.status(), StatusCode::NOT_FOUND);
        shop.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn stripes_door_is_there_with_its_keys() {
    let path = "/webhooks/payments/stripe";
    let plain = TestShop::start().await;
    assert_eq!(plain.post(path).body("{}").send().await.expect("an answer").status(), StatusCode::NOT_FOUND);
    plain.stop().await;

    let shop = TestShop::with(&[
        ("payments.stripe.secret_key", "sk_test_hunter1"),
        ("payments.stripe.publishable_key", "pk_test_1"),
        ("payments.stripe.signing_secrets", "whsec_new, whsec_old"),
    ])
    .await;
    let now = shop.shop.kit.now().micros() / 1_000_000;
    let event = |id: &str, live: bool| {
        let object = json!({"id": "in_1", "object": "invoice"});
        json!({"id": id, "type": "invoice.paid", "created": now, "livemode": live, "data": {"object": object}})
            .to_string()
    };
    for (secret, at, body, status) in [
        ("whsec_new", now, event("evt_1", false), StatusCode::OK),
        ("whsec_old", now - 200, event("evt_2", false), StatusCode::OK),
        ("whsec_other", now, event("evt_3", false), StatusCode::FORBIDDEN),
        ("whsec_new", now - 400, event("evt_4", false), StatusCode::FORBIDDEN),
        // Real money, to a shop that tries.
        ("whsec_new", now, event("evt_5", true), StatusCode::FORBIDDEN),
        ("whsec_new", now, "{}".to_owned(), StatusCode::FORBIDDEN),
    ] {
        let signature = souk_stripe::testing::signature(secret, &body, at);
        let told = shop.post(path).header("stripe-signature", signature).body(body.clone()).send().await;
        assert_eq!(told.expect("an answer").status(), status, "{secret} {body}");
    }
    // Nothing of it is shown to whoever reads the configuration.
    let ctx = souk_contract::Ctx::system("test");
    let values = shop.shop.services.configuration.values(&ctx).expect("values");
    let shown = format!("{values:?}");
    assert!(shown.contains("payments.stripe.secret_key") && shown.contains("pk_test_1"), "{shown}");
    assert!(!shown.contains("hunter1") && !shown.contains("whsec_"), "{shown}");
    shop.stop().await;
}
