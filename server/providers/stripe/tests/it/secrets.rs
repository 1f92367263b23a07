//! Secrets stay where they are needed, and go nowhere else.

use serde_json::json;
use souk_stripe::{Secret, Settings, SettingsError, Stripe, StripeError, Webhook};

use crate::scripted::{KEY, Reply, Server, euro, intent, new_intent};

#[test]
fn nothing_that_can_be_printed_shows_one() {
    let settings = Settings::new(Secret::new(KEY));
    let stripe = Stripe::new(&settings).expect("a client");
    let webhook = Webhook::new([Secret::new("whsec_hunter2")]);
    for text in [format!("{settings:?}"), format!("{stripe:?}"), format!("{webhook:?}")] {
        assert!(!text.contains("hunter2"), "{text}");
    }
}

#[tokio::test]
async fn errors_and_intents_show_none() {
    let reflected =
        json!({"error": {"type": "invalid_request_error", "message": format!("Invalid API Key: {KEY}")}});
    let server = Server::of([Reply::Json(401, reflected), Reply::Json(200, intent(json!({})))]).await;
    let stripe = server.client();
    let error = stripe.create_intent("pay-1", &new_intent(euro(1000))).await.expect_err("refused");
    let expected = StripeError::Authentication { status: 401, request: Some("req_1".into()) };
    assert_eq!(error, expected);
    let made = stripe.create_intent("pay-2", &new_intent(euro(1000))).await.expect("an intent");
    assert!(!format!("{made:?}").contains("hunter"), "{made:?}");
}

#[test]
fn the_key_goes_over_tls_or_stays_on_this_machine() {
    let with = |base: &str| {
        let settings = Settings { base: base.to_owned(), ..Settings::new(Secret::new(KEY)) };
        Stripe::new(&settings).map(|_| ())
    };
    for fine in [
        "https://api.stripe.com",
        "https://proxy.shop.example/stripe/",
        "http://127.0.0.1:8420",
        "http://[::1]:8420",
        "http://localhost:8420",
    ] {
        assert_eq!(with(fine), Ok(()), "{fine}");
    }
    for wrong in [
        "http://api.stripe.com",
        "http://localhost.example",
        "http://127.0.0.1.example",
        "http://10.0.0.1",
        "http://0.0.0.0",
        "ftp://localhost",
        "https://user:word@api.stripe.com",
        "https://api.stripe.com/?key=1",
        "api.stripe.com",
        "",
    ] {
        assert_eq!(with(wrong), Err(SettingsError::Base(wrong.to_owned())), "{wrong}");
    }
    let two_lines = Stripe::new(&Settings::new(Secret::new("sk_test\r\nX-Other: 1"))).map(|_| ());
    assert_eq!(two_lines, Err(SettingsError::Key));
}

#[tokio::test]
async fn a_base_with_a_path_is_kept() {
    let server = Server::of([Reply::Json(200, intent(json!({})))]).await;
    let settings = Settings { base: format!("{}/stripe/", server.url), ..Settings::new(Secret::new(KEY)) };
    Stripe::new(&settings).expect("a client").intent("pi_1").await.expect("an intent");
    assert_eq!(server.asked_once().path, "/stripe/v1/payment_intents/pi_1");
}
