//! Saved methods, against recorded shapes.

use serde_json::json;
use souk_contract::CustomerId;
use souk_stripe::{
    Card, Confirm, NewCustomer, NewIntent, NextAction, SetupStatus, Shopper, StripeError, Usage,
};
use uuid::Uuid;

use crate::scripted::{Reply, Server, error, euro, new_intent};

const WHO: CustomerId = CustomerId::new(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0005));

#[tokio::test]
async fn a_customer_is_made_under_our_name_and_forgotten() {
    let made = json!({
        "id": "cus_1", "object": "customer", "created": 1_780_000_000, "email": "ann@shop.example",
        "metadata": {"souk_customer": WHO},
    });
    let gone = json!({"id": "cus_1", "object": "customer", "deleted": true});
    let missing = error("invalid_request_error", "resource_missing", json!({"param": "id"}));
    let down = json!({"error": {"type": "api_error"}});
    let server = Server::of([
        Reply::Json(200, made),
        Reply::Json(503, down),
        Reply::Json(200, gone),
        Reply::Json(404, missing),
        Reply::Json(403, json!({"error": {}})),
    ])
    .await;
    let stripe = server.client();
    let new = NewCustomer { customer: WHO, email: Some("ann@shop.example"), name: Some("Ann") };
    let customer = stripe.create_customer("customer-5", &new).await.expect("a customer");
    assert_eq!((customer.id.as_str(), customer.customer()), ("cus_1", Some(WHO)));
    assert!(!format!("{customer:?}").contains("ann@"), "{customer:?}");
    let asked = server.asked_once();
    let id = WHO.to_string();
    for (name, value) in
        [("metadata[souk_customer]", id.as_str()), ("email", "ann@shop.example"), ("name", "Ann")]
    {
        assert_eq!(asked.form[name], value, "{name}");
    }
    for _ in 0..2 {
        assert_eq!(stripe.delete_customer("cus_1").await, Ok(true));
    }
    let refused = stripe.delete_customer("cus_1").await;
    assert!(matches!(refused, Err(StripeError::Authentication { .. })), "{refused:?}");
    let asked = server.asked();
    assert_eq!(asked.len(), 5);
    assert!(asked[1..].iter().all(|asked| asked.method == "DELETE" && asked.path == "/v1/customers/cus_1"));
}

#[tokio::test]
async fn a_setup_waits_for_the_bank() {
    let shape = |status: &str, more: serde_json::Value| {
        let mut shape = json!({
            "id": "seti_1", "object": "setup_intent", "client_secret": "seti_1_secret_hunter3",
            "created": 1_780_000_000, "customer": "cus_1", "last_setup_error": null, "next_action": null,
            "payment_method": null, "status": status, "usage": "off_session",
        });
        shape.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        Reply::Json(200, shape)
    };
    let redirect = json!({"next_action": {
        "type": "redirect_to_url", "redirect_to_url": {"url": "https://hooks.stripe.com/x?secret=hunter4"},
    }});
    let failed = json!({"last_setup_error": {"type": "card_error", "code": "expired_card"}});
    let server = Server::of([
        shape("requires_payment_method", json!({})),
        shape("requires_action", redirect),
        shape("requires_payment_method", failed),
        shape("succeeded", json!({"payment_method": "pm_1"})),
    ])
    .await;
    let stripe = server.client();
    let setup = stripe.create_setup("setup-1", "cus_1", Usage::OffSession).await.expect("a setup");
    assert_eq!(setup.client_secret.expect("a secret").expose(), "seti_1_secret_hunter3");
    let asked = server.asked_once();
    assert_eq!((asked.path.as_str(), asked.key()), ("/v1/setup_intents", "setup-1"));
    assert_eq!((asked.form["customer"].as_str(), asked.form["usage"].as_str()), ("cus_1", "off_session"));
    let waits = stripe.setup("seti_1").await.expect("a setup");
    assert!(!format!("{waits:?}").contains("hunter"), "{waits:?}");
    assert!(matches!(waits.next_action, Some(NextAction::Redirect(_))));
    let failed = stripe.setup("seti_1").await.expect("a setup");
    assert_eq!(failed.last_error.and_then(|error| error.code).as_deref(), Some("expired_card"));
    let done = stripe.setup("seti_1").await.expect("a setup");
    assert_eq!((done.status, done.method.as_deref()), (SetupStatus::Succeeded, Some("pm_1")));
}

#[tokio::test]
async fn cards_are_listed_by_what_may_be_shown_of_them() {
    let card = |id: &str| {
        json!({
            "id": id, "object": "payment_method", "type": "card", "customer": "cus_1", "created": 1_780_000_000,
            "billing_details": {"name": "Ann"},
            "card": {"brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2040, "fingerprint": "x"},
        })
    };
    let page = |id: &str, more: bool| json!({"object": "list", "has_more": more, "data": [card(id)]});
    let mut gone = card("pm_1");
    gone["customer"] = json!(null);
    let replies = [page("pm_2", true), page("pm_1", false), gone];
    let server = Server::of(replies.map(|reply| Reply::Json(200, reply))).await;
    let stripe = server.client();
    let saved = stripe.saved_cards("cus_1").all().await.expect("cards");
    assert_eq!(saved.iter().map(|method| method.id.as_str()).collect::<Vec<_>>(), ["pm_2", "pm_1"]);
    let visa = Card { brand: "visa".into(), last4: "4242".into(), exp_month: 12, exp_year: 2040 };
    assert_eq!(saved[0].card, Some(visa));
    let forgotten = stripe.forget_method("forget-1", "pm_1").await.expect("forgotten");
    assert_eq!((forgotten.kind.as_str(), forgotten.customer), ("card", None));
    let asked = server.asked();
    assert_eq!((asked[0].query["customer"].as_str(), asked[0].query["type"].as_str()), ("cus_1", "card"));
    assert_eq!(asked[1].query["starting_after"], "pm_2");
    assert_eq!(asked[2].path, "/v1/payment_methods/pm_1/detach");
}

#[tokio::test]
async fn who_is_away_can_not_be_asked_by_the_bank() {
    let refused =
        error("card_error", "authentication_required", json!({"decline_code": "authentication_required"}));
    let server = Server::of([Reply::Json(402, refused)]).await;
    let confirm = Some(Confirm { method: "pm_1", shopper: Shopper::Away });
    let new = NewIntent { customer: Some("cus_1"), confirm, ..new_intent(euro(1000)) };
    let declined = server.client().create_intent("pay-1", &new).await.expect_err("declined");
    assert!(matches!(declined, StripeError::Declined(_)), "{declined:?}");
    let asked = server.asked_once();
    assert_eq!(asked.form["off_session"], "true");
    assert!(!asked.form.contains_key("return_url"));
}
