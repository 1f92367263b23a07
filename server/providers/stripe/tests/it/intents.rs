//! Payment intents, against recorded shapes.

use std::collections::BTreeMap;

use serde_json::json;
use souk_contract::{CaptureId, Currency, Money};
use souk_stripe::{
    CancelReason, Capture, CaptureMethod, Confirm, IntentStatus, NewIntent, NextAction, Shopper, StripeError,
    Usage, VERSION,
};
use uuid::Uuid;

use crate::scripted::{KEY, Reply, Server, error, euro, intent, new_intent, order, payment};

const BACK: &str = "https://shop.example/back?o=1";
const CONFIRM: Confirm<'_> = Confirm { method: "pm_1", shopper: Shopper::Present { return_url: BACK } };

fn form(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[tokio::test]
async fn an_intent_for_the_hosted_fields_is_asked_for_in_stripes_words() {
    let server = Server::of([Reply::Json(200, intent(json!({})))]).await;
    let made = server.client().create_intent("pay-1", &new_intent(euro(1000))).await.expect("an intent");
    assert_eq!(made.status, IntentStatus::RequiresPaymentMethod);
    assert_eq!((made.amount, made.capturable, made.received), (euro(1000), euro(0), euro(0)));
    assert_eq!(made.client_secret.expect("a secret").expose(), "pi_1_secret_hunter3");
    assert_eq!(made.created_at.to_rfc3339(), "2026-05-28T20:26:40.000000Z");

    let asked = server.asked_once();
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("POST", "/v1/payment_intents"));
    assert_eq!(asked.key(), "pay-1");
    assert_eq!(asked.headers["authorization"], format!("Bearer {KEY}"));
    assert_eq!(asked.headers["stripe-version"], VERSION);
    assert_eq!(asked.headers["content-type"], "application/x-www-form-urlencoded");
    let (payment, order) = (payment().to_string(), order().to_string());
    let expected = form(&[
        ("amount", "1000"),
        ("currency", "eur"),
        ("capture_method", "manual"),
        ("payment_method_types[]", "card"),
        ("metadata[souk_payment]", &payment),
        ("metadata[souk_order]", &order),
        ("metadata[souk_shop]", "https://shop.example"),
    ]);
    assert_eq!(asked.form, expected);
}

#[tokio::test]
async fn all_that_can_be_asked_for_is_sent() {
    let answer = intent(json!({
        "status": "requires_capture", "amount": 500, "amount_capturable": 500, "currency": "jpy",
        "latest_charge": {"id": "ch_1", "object": "charge"}, "payment_method": "pm_1",
    }));
    let server = Server::of([Reply::Json(200, answer)]).await;
    let new = NewIntent {
        capture: CaptureMethod::Automatic,
        in_parts: true,
        statement_suffix: Some("Order & 1042"),
        customer: Some("cus_1"),
        save_for: Some(Usage::OnSession),
        confirm: Some(CONFIRM),
        ..new_intent(Money::new(500, Currency::JPY))
    };
    let made = server.client().create_intent("pay-1", &new).await.expect("an intent");
    assert_eq!(made.capturable, Money::new(500, Currency::JPY));
    assert_eq!(made.latest_charge.as_deref(), Some("ch_1"));
    assert_eq!(made.method.as_deref(), Some("pm_1"));
    assert_eq!((made.payment(), made.order()), (Some(payment()), Some(order())));
    let asked = server.asked_once();
    for (name, value) in [
        ("amount", "500"),
        ("currency", "jpy"),
        ("capture_method", "automatic"),
        ("payment_method_options[card][request_multicapture]", "if_available"),
        ("statement_descriptor_suffix", "Order & 1042"),
        ("confirm", "true"),
        ("payment_method", "pm_1"),
        ("return_url", BACK),
        ("customer", "cus_1"),
        ("setup_future_usage", "on_session"),
    ] {
        assert_eq!(asked.form[name], value, "{name}");
    }
}

#[tokio::test]
async fn an_amount_that_stripe_can_not_take_is_never_sent() {
    let server = Server::of([]).await;
    let fine = Money::new(1255, Currency::KWD);
    let refused = server.client().create_intent("pay-1", &new_intent(fine)).await.expect_err("too fine");
    let StripeError::Invalid(refusal) = refused else { panic!("{refused:?}") };
    assert_eq!((refusal.status, refusal.param.as_deref()), (None, Some("amount")));
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn a_bank_that_wants_to_know_who_it_is_has_an_address() {
    let redirect = json!({
        "status": "requires_action",
        "payment_method": "pm_1",
        "next_action": {
            "type": "redirect_to_url",
            "redirect_to_url": {
                "url": "https://hooks.stripe.com/3d_secure_2/hosted?merchant=acct_1&secret=hunter4",
                "return_url": "https://shop.example/back?o=1",
            },
        },
    });
    let sdk = json!({
        "status": "requires_action",
        "next_action": {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect"}},
    });
    let server = Server::of([Reply::Json(200, intent(redirect)), Reply::Json(200, intent(sdk))]).await;
    let stripe = server.client();
    let waits = stripe.confirm_intent("pay-1-try-1", "pi_1", &CONFIRM).await.expect("an intent");
    assert_eq!(waits.status, IntentStatus::RequiresAction);
    assert!(!format!("{waits:?}").contains("hunter"), "{waits:?}");
    let Some(NextAction::Redirect(url)) = waits.next_action else { panic!("{waits:?}") };
    assert!(url.expose().starts_with("https://hooks.stripe.com/3d_secure_2/"));
    let asked = server.asked_once();
    assert_eq!(asked.path, "/v1/payment_intents/pi_1/confirm");
    assert_eq!(asked.form, form(&[("payment_method", "pm_1"), ("return_url", BACK)]));

    let script = stripe.intent("pi_1").await.expect("an intent");
    assert!(matches!(script.next_action, Some(NextAction::Other(kind)) if kind == "use_stripe_sdk"));
}

#[tokio::test]
async fn a_decline_says_what_a_shopper_may_know() {
    let cases = [
        ("card_declined", Some("insufficient_funds"), "There is not enough money on this card"),
        ("card_declined", Some("stolen_card"), "The card was declined."),
        ("card_declined", Some("fraudulent"), "The card was declined."),
        ("card_declined", Some("authentication_required"), "Your bank could not confirm"),
        ("expired_card", None, "This card has expired."),
        ("incorrect_cvc", None, "The security code is not right."),
        ("payment_intent_authentication_failure", None, "Your bank could not confirm"),
        ("a_code_of_tomorrow", None, "The card was declined."),
    ];
    for (code, decline_code, words) in cases {
        let more = json!({
            "decline_code": decline_code,
            "message": "Reported stolen.",
            "charge": "ch_1",
            "payment_intent": intent(json!({})),
            "doc_url": "https://stripe.com/docs/error-codes",
        });
        let server = Server::of([Reply::Json(402, error("card_error", code, more))]).await;
        let declined = server.client().confirm_intent("try-1", "pi_1", &CONFIRM).await.expect_err("declined");
        let StripeError::Declined(decline) = declined else { panic!("{declined:?}") };
        assert_eq!((decline.code.as_deref(), decline.decline_code.as_deref()), (Some(code), decline_code));
        assert_eq!((decline.intent.as_deref(), decline.charge.as_deref()), (Some("pi_1"), Some("ch_1")));
        assert!(decline.message().starts_with(words), "{code} {decline_code:?}: {}", decline.message());
        assert_eq!(decline.request.as_deref(), Some("req_1"));
        // Settled: it is not tried again.
        server.asked_once();
    }
}

#[tokio::test]
async fn what_was_declined_can_be_looked_up() {
    let failed = json!({"last_payment_error": {
        "type": "card_error", "code": "card_declined", "decline_code": "insufficient_funds",
        "message": "Your card has insufficient funds.", "payment_method": {"id": "pm_1"},
    }});
    let server = Server::of([Reply::Json(200, intent(failed))]).await;
    let found = server.client().intent("pi_1").await.expect("an intent");
    let decline = found.last_error.expect("a decline");
    assert_eq!(decline.decline_code.as_deref(), Some("insufficient_funds"));
    assert_eq!(decline.intent.as_deref(), Some("pi_1"));
}

fn named(number: u128) -> CaptureId {
    CaptureId::new(Uuid::from_u128(number))
}

fn mark(number: u128) -> String {
    format!("metadata[souk_{:032x}]", number)
}

#[tokio::test]
async fn what_is_held_is_captured_in_parts() {
    let part = json!({"status": "requires_capture", "amount_capturable": 300, "amount_received": 700});
    let (first, second) = (format!("souk_{:032x}", 1), format!("souk_{:032x}", 2));
    let rest = json!({
        "status": "succeeded", "amount_capturable": 0, "amount_received": 900,
        "metadata": {first: "captured", second: "captured"},
    });
    let all = json!({"status": "succeeded", "amount_received": 1000});
    let server = Server::of([part, rest, all].map(|answer| Reply::Json(200, intent(answer)))).await;
    let stripe = server.client();

    let first = Capture { id: named(1), amount: Some(euro(700)), last: false };
    let held = stripe.capture_intent("parcel-1", "pi_1", first).await.expect("captured");
    assert_eq!(held.status, IntentStatus::RequiresCapture);
    assert!(!held.took_any(), "{:?}", held.metadata);
    assert_eq!((held.capturable, held.received), (euro(300), euro(700)));
    let second = Capture { id: named(2), amount: Some(euro(200)), last: true };
    let done = stripe.capture_intent("parcel-2", "pi_1", second).await.expect("captured");
    assert_eq!(
        (&done.status, done.capturable, done.received),
        (&IntentStatus::Succeeded, euro(0), euro(900))
    );
    assert_eq!([1, 2, 3].map(|number| done.took(named(number))), [true, true, false]);
    assert!(done.took_any());
    let whole = Capture { id: named(3), amount: None, last: true };
    stripe.capture_intent("whole", "pi_1", whole).await.expect("captured");

    let forms: Vec<_> = server.asked().into_iter().map(|asked| asked.form).collect();
    let expected = [
        form(&[("amount_to_capture", "700"), ("final_capture", "false"), (&mark(1), "captured")]),
        form(&[("amount_to_capture", "200"), (&mark(2), "captured")]),
        form(&[(&mark(3), "captured")]),
    ];
    assert_eq!(forms, expected);
    assert!(server.asked().iter().all(|asked| asked.path == "/v1/payment_intents/pi_1/capture"));
}

#[tokio::test]
async fn what_is_held_is_let_go_once() {
    let gone = error("invalid_request_error", "payment_intent_unexpected_state", json!({}));
    let canceled = intent(json!({"status": "canceled", "cancellation_reason": "requested_by_customer"}));
    let server = Server::of([Reply::Json(200, canceled), Reply::Json(400, gone)]).await;
    let stripe = server.client();
    let reason = Some(CancelReason::RequestedByCustomer);
    let canceled = stripe.cancel_intent("void-1", "pi_1", reason).await.expect("let go");
    assert_eq!(canceled.status, IntentStatus::Canceled);
    let twice = stripe.cancel_intent("void-2", "pi_1", None).await.expect_err("gone");
    let StripeError::Invalid(refusal) = twice else { panic!("{twice:?}") };
    assert_eq!(refusal.code.as_deref(), Some("payment_intent_unexpected_state"));
    assert_eq!(refusal.status, Some(400));
    let asked = server.asked();
    assert_eq!(asked[0].form, form(&[("cancellation_reason", "requested_by_customer")]));
    assert_eq!(asked[1].form, form(&[]));
}

#[tokio::test]
async fn what_is_not_there_and_names_that_are_none() {
    let missing = error("invalid_request_error", "resource_missing", json!({"param": "intent"}));
    let server = Server::of([Reply::Json(404, missing)]).await;
    let stripe = server.client();
    let error = stripe.intent("pi_2").await.expect_err("missing");
    assert!(error.is_missing(), "{error:?}");
    assert_eq!(error.to_string(), "refused: resource_missing: intent: Some reason.");
    for id in ["", "..", "pi_1/../../v1/charges", "pi_1?expand[]=x", "pi 1", "pi_ä"] {
        let refused = stripe.intent(id).await.expect_err("no id");
        assert!(matches!(refused, StripeError::Invalid(_)), "{id}: {refused:?}");
    }
    server.asked_once();
}

#[tokio::test]
async fn a_status_of_tomorrow_is_told_as_it_is() {
    let server = Server::of([Reply::Json(200, intent(json!({"status": "requires_patience"})))]).await;
    let found = server.client().intent("pi_1").await.expect("an intent");
    assert_eq!(found.status, IntentStatus::Other("requires_patience".into()));
}
