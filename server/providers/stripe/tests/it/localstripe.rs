//! Against localstripe, which keeps what it is told, behind a shim.

use std::{net::Ipv4Addr, time::Duration};

use axum::{Router, body::Bytes, http::HeaderMap, routing::post};
use serde_json::{Value, json};
use souk_contract::{CaptureId, CustomerId, Money, PaymentId, RefundId, Timestamp};
use souk_stripe::{
    CancelReason, Capture, CaptureMethod, ChargeStatus, Confirm, Created, Event, IntentStatus, NewCustomer,
    NewIntent, NewRefund, Patience, RefundStatus, Said, Secret, SetupStatus, Shopper, Stripe, StripeError,
    Usage, Webhook, WebhookError,
    testing::{LocalStripe, dress},
};
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::scripted::{client_with, euro, new_intent, quick};

const PRESENT: Shopper<'_> = Shopper::Present { return_url: "https://shop.example/back" };
const WHOLE: Capture = Capture { id: CaptureId::new(Uuid::nil()), amount: None, last: true };

fn client(server: &LocalStripe) -> Stripe {
    let patience = Patience { each: Duration::from_secs(10), whole: Duration::from_secs(20), ..quick() };
    client_with(&server.url, patience)
}

fn payment(number: u128) -> PaymentId {
    PaymentId::new(Uuid::from_u128(number))
}

fn confirmed<'a>(amount: Money, number: u128, method: &'a str) -> NewIntent<'a> {
    let confirm = Some(Confirm { method, shopper: PRESENT });
    NewIntent { payment: payment(number), confirm, ..new_intent(amount) }
}

fn back(number: u128, intent: &str, minor: i64) -> NewRefund<'_> {
    let refund = RefundId::new(Uuid::from_u128(number));
    NewRefund { refund, payment: payment(1), intent, amount: euro(minor), reason: None }
}

/// All that was made since the year began that localstripe's clock is in, and later.
fn always() -> Created {
    let moment = |text| Timestamp::parse(text).expect("a moment");
    Created { from: moment("2020-01-01T00:00:00Z"), until: moment("2200-01-01T00:00:00Z") }
}

#[tokio::test]
async fn money_is_held_taken_and_sent_back() {
    let server = LocalStripe::start().await;
    let stripe = client(&server);
    let new = confirmed(euro(1000), 1, "pm_card_visa");
    let held = stripe.create_intent("pay-1", &new).await.expect("held");
    assert_eq!(
        (&held.status, held.capturable, held.received),
        (&IntentStatus::RequiresCapture, euro(1000), euro(0))
    );
    assert_eq!(held.payment(), Some(payment(1)));
    // The same again is the same.
    assert_eq!(stripe.create_intent("pay-1", &new).await.expect("held").id, held.id);

    let taken = stripe.capture_intent("capture-1", &held.id, WHOLE).await.expect("taken");
    assert_eq!((taken.status, taken.received), (IntentStatus::Succeeded, euro(1000)));
    stripe.cancel_intent("void-1", &held.id, None).await.expect_err("it is taken");

    let sent = stripe.create_refund("refund-1", &back(7, &held.id, 250)).await.expect("sent");
    assert_eq!((&sent.status, sent.amount), (&Some(RefundStatus::Succeeded), euro(250)));
    let again = stripe.create_refund("refund-1", &back(7, &held.id, 250)).await.expect("sent");
    assert_eq!(again.id, sent.id);
    assert_eq!(stripe.refund(&sent.id).await.expect("a refund").refund(), sent.refund());
    let too_much = stripe.create_refund("refund-2", &back(8, &held.id, 751)).await.expect_err("too much");
    assert!(matches!(too_much, StripeError::Invalid(_)), "{too_much:?}");
    stripe.create_refund("refund-3", &back(9, &held.id, 750)).await.expect("the rest");

    let charge = stripe.charge(&taken.latest_charge.expect("a charge")).await.expect("a charge");
    assert_eq!(
        (charge.status, charge.captured, charge.refunded),
        (ChargeStatus::Succeeded, euro(1000), euro(1000))
    );
    assert_eq!(charge.intent.as_deref(), Some(held.id.as_str()));
}

#[tokio::test]
async fn a_part_is_taken_and_the_rest_let_go() {
    let server = LocalStripe::start().await;
    let stripe = client(&server);
    let held = stripe.create_intent("pay-1", &confirmed(euro(1000), 1, "pm_card_visa")).await.expect("held");
    let id = CaptureId::new(Uuid::from_u128(7));
    let part = Capture { id, amount: Some(euro(700)), last: true };
    let taken = stripe.capture_intent("capture-1", &held.id, part).await.expect("taken");
    assert_eq!((&taken.status, taken.received), (&IntentStatus::Succeeded, euro(700)));
    assert!(stripe.intent(&held.id).await.expect("an intent").took(id));
    stripe.create_refund("refund-1", &back(7, &held.id, 250)).await.expect("sent");
    let charge = stripe.charge(&taken.latest_charge.expect("a charge")).await.expect("a charge");
    assert_eq!((charge.captured, charge.refunded), (euro(700), euro(250)));
    let refunds = stripe.refunds_of(&held.id).all().await.expect("refunds");
    assert_eq!(refunds.iter().map(|refund| refund.amount).collect::<Vec<_>>(), [euro(250)]);
}

#[tokio::test]
async fn cards_are_declined_and_others_tried() {
    let server = LocalStripe::start().await;
    let stripe = client(&server);
    let bad = server.method("4000000000000341").await;
    let declined =
        stripe.create_intent("pay-1", &confirmed(euro(1000), 1, &bad)).await.expect_err("declined");
    let StripeError::Declined(decline) = declined else { panic!("{declined:?}") };
    assert_eq!(decline.code.as_deref(), Some("card_declined"));
    // What became of it is found by the payment, though no answer named it.
    let found = stripe.intents_of(payment(1), always()).await.expect("a list");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].status, IntentStatus::RequiresPaymentMethod);
    assert!(found[0].last_error.is_some());

    // Made first, tried later; then let go.
    let open = NewIntent { payment: payment(2), ..new_intent(euro(500)) };
    let open = stripe.create_intent("pay-2", &open).await.expect("an intent");
    assert_eq!(open.status, IntentStatus::RequiresPaymentMethod);
    let good = server.method("4242424242424242").await;
    let confirm = Confirm { method: &good, shopper: PRESENT };
    let held = stripe.confirm_intent("pay-2-try-1", &open.id, &confirm).await.expect("held");
    assert_eq!((held.status, held.capturable), (IntentStatus::RequiresCapture, euro(500)));
    let gone = stripe.cancel_intent("void-2", &open.id, Some(CancelReason::Abandoned)).await.expect("let go");
    assert_eq!(gone.status, IntentStatus::Canceled);
    let missing = stripe.intent("pi_none").await.expect_err("missing");
    assert!(missing.is_missing(), "{missing:?}");
}

#[tokio::test]
async fn a_bank_asks_and_the_webhook_tells() {
    let server = LocalStripe::start().await;
    let stripe = client(&server);
    let (hook, mut delivered) = endpoint().await;
    server.post("/_config/webhooks/shop", &[("url", &hook), ("secret", "whsec_hunter2")]).await;
    let card = server.method("4000002500003155").await;
    let new = NewIntent { capture: CaptureMethod::Automatic, ..confirmed(euro(1000), 1, &card) };
    let waits = stripe.create_intent("pay-1", &new).await.expect("waits");
    assert_eq!(waits.status, IntentStatus::RequiresAction);
    assert!(waits.next_action.is_some());
    // The shopper, at the bank's page.
    let secret = waits.client_secret.expect("a secret");
    let path = format!("/v1/payment_intents/{}/_authenticate", waits.id);
    server.post(&path, &[("client_secret", secret.expose()), ("success", "true")]).await;
    assert_eq!(stripe.intent(&waits.id).await.expect("paid").status, IntentStatus::Succeeded);

    let (signature, body) = delivered.recv().await.expect("a webhook");
    let signed = signature.split(',').find_map(|part| part.strip_prefix("t=")).expect("a time");
    let now = Timestamp::from_micros(signed.parse::<i64>().expect("seconds") * 1_000_000).expect("a moment");
    let webhook = Webhook::new([Secret::new("whsec_hunter2")]);
    assert_eq!(webhook.check(&signature, &body, now), Ok(()));
    assert_eq!(webhook.check(&signature, &body, now.plus_seconds(301)), Err(WebhookError::Stale(301)));
    let other = Webhook::new([Secret::new("whsec_hunter3")]);
    assert_eq!(other.check(&signature, &body, now), Err(WebhookError::Signature));
    // Its objects lack what Stripe's have.
    let mut event: Value = serde_json::from_slice(&body).expect("JSON");
    dress(&mut event["data"]["object"]);
    let event = Event::read(event.to_string().as_bytes()).expect("an event");
    let Said::PaymentSucceeded(paid) = event.said else { panic!("{event:?}") };
    assert_eq!((paid.payment(), paid.received), (Some(payment(1)), euro(1000)));
}

#[tokio::test]
async fn a_card_is_saved_used_and_forgotten() {
    let server = LocalStripe::start().await;
    let stripe = client(&server);
    let who = NewCustomer {
        customer: CustomerId::new(Uuid::from_u128(5)),
        email: Some("ann@shop.example"),
        name: None,
    };
    let customer = stripe.create_customer("customer-5", &who).await.expect("a customer");
    assert_eq!(customer.customer(), Some(who.customer));
    let setup = stripe.create_setup("setup-1", &customer.id, Usage::OffSession).await.expect("a setup");
    assert_eq!(setup.status, SetupStatus::RequiresPaymentMethod);
    // The browser; at Stripe this alone saves the card to the customer.
    let card = server.method("4242424242424242").await;
    server.post(&format!("/v1/setup_intents/{}/confirm", setup.id), &[("payment_method", &card)]).await;
    server.post(&format!("/v1/payment_methods/{card}/attach"), &[("customer", &customer.id)]).await;
    let setup = stripe.setup(&setup.id).await.expect("a setup");
    assert_eq!((setup.status, setup.method.as_deref()), (SetupStatus::Succeeded, Some(card.as_str())));

    let saved = stripe.saved_cards(&customer.id).all().await.expect("cards");
    assert_eq!(saved.len(), 1);
    assert_eq!(saved[0].card.as_ref().map(|card| card.last4.as_str()), Some("4242"));
    let new = NewIntent {
        customer: Some(&customer.id),
        confirm: Some(Confirm { method: &card, shopper: Shopper::Away }),
        ..new_intent(euro(1000))
    };
    let held = stripe.create_intent("pay-1", &new).await.expect("held");
    assert_eq!(held.status, IntentStatus::RequiresCapture);

    let forgotten = stripe.forget_method("forget-1", &card).await.expect("forgotten");
    assert_eq!(forgotten.customer, None);
    assert!(stripe.saved_cards(&customer.id).all().await.expect("no cards").is_empty());
    assert_eq!(stripe.delete_customer(&customer.id).await, Ok(true));
    assert_eq!(stripe.delete_customer(&customer.id).await, Ok(true));
}

/// Where webhooks are sent to, and what came.
async fn endpoint() -> (String, mpsc::UnboundedReceiver<(String, Bytes)>) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
    let take = async move |headers: HeaderMap, body: Bytes| {
        let signature = headers["stripe-signature"].to_str().expect("text").to_owned();
        sender.send((signature, body)).expect("the test waits");
    };
    let app = Router::new().route("/hook", post(take));
    tokio::spawn(async move { axum::serve(listener, app).await });
    (url, receiver)
}

#[tokio::test]
async fn everything_is_found_again_for_reconciliation() {
    let server = LocalStripe::start().await;
    let stripe = client(&server);
    let mut made = Vec::new();
    for number in 1..=5 {
        let new = confirmed(euro(100 * number), number as u128, "pm_card_visa");
        let held = stripe.create_intent(&format!("pay-{number}"), &new).await.expect("held");
        stripe.capture_intent(&format!("capture-{number}"), &held.id, WHOLE).await.expect("taken");
        stripe.create_refund(&format!("refund-{number}"), &back(1, &held.id, 50)).await.expect("sent");
        made.push(held.id);
    }
    made.reverse();
    let intents = stripe.intents(always()).all().await.expect("intents");
    assert_eq!(intents.iter().map(|intent| intent.id.clone()).collect::<Vec<_>>(), made);
    let charges = stripe.charges(always()).all().await.expect("charges");
    let mut paid: Vec<i64> = charges.iter().map(|charge| charge.captured.minor).collect();
    paid.sort_unstable();
    assert_eq!(paid, [100, 200, 300, 400, 500]);
    assert!(charges.iter().all(|charge| charge.refunded == euro(50)));
    assert_eq!(stripe.refunds(always()).all().await.expect("refunds").len(), 5);
    let nothing = Created { until: Timestamp::parse("2020-01-02T00:00:00Z").expect("a moment"), ..always() };
    assert!(stripe.charges(nothing).all().await.expect("none").is_empty());
    assert_eq!(stripe.intents_of(payment(3), always()).await.expect("a list")[0].id, made[2]);
}

#[test]
fn the_shim_dresses_what_localstripe_leaves_bare() {
    let mut intent = json!({
        "object": "payment_intent", "amount": 7, "status": "succeeded",
        "latest_charge": {"id": "ch_1"},
    });
    dress(&mut intent);
    assert_eq!(intent["amount_received"], 7);
    assert_eq!(intent["latest_charge"], "ch_1");
}
