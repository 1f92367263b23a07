//! What is asked again, how often, and what is known in the end.

use std::{collections::BTreeMap, time::Duration};

use serde_json::json;
use souk_stripe::{Patience, Stripe, StripeError};
use tokio::time::Instant;

use crate::scripted::{Asked, Reply, Server, client, client_with, error, euro, intent, new_intent, quick};

async fn create(stripe: &Stripe) -> Result<String, StripeError> {
    stripe.create_intent("pay-1", &new_intent(euro(1000))).await.map(|intent| intent.id)
}

fn fine() -> Reply {
    Reply::Json(200, intent(json!({})))
}

fn busy() -> Reply {
    Reply::Json(429, error("invalid_request_error", "rate_limit", json!({})))
}

fn locked(status: u16) -> Reply {
    Reply::Json(status, error("invalid_request_error", "lock_timeout", json!({})))
}

fn under_way() -> Reply {
    Reply::Json(409, error("idempotency_error", "idempotency_key_in_use", json!({})))
}

fn down(status: u16) -> Reply {
    Reply::Json(status, json!({"error": {"type": "api_error", "message": "Sorry."}}))
}

fn no_key() -> Reply {
    Reply::Json(
        401,
        json!({"error": {"type": "invalid_request_error", "message": "Invalid API Key: sk_***r2"}}),
    )
}

/// The same request each time, word for word.
fn assert_repeated(asked: &[Asked], times: usize) {
    assert_eq!(asked.len(), times, "{asked:?}");
    for again in asked {
        assert_eq!(again.key(), asked[0].key());
        assert_eq!((&again.path, &again.form), (&asked[0].path, &asked[0].form));
    }
}

#[tokio::test]
async fn what_may_pass_is_asked_again_with_the_same_key() {
    let firsts: [fn() -> Reply; 9] = [
        busy,
        || locked(409),
        || locked(429),
        under_way,
        || down(500),
        || down(502),
        || down(503),
        || Reply::Cut,
        || Reply::Silence,
    ];
    for (index, first) in firsts.iter().enumerate() {
        let server = Server::of([first(), fine()]).await;
        assert_eq!(create(&server.client()).await, Ok("pi_1".to_owned()), "case {index}");
        assert_repeated(&server.asked(), 2);
    }
}

#[tokio::test]
async fn a_lost_answer_and_a_repeat_make_one_intent() {
    // As Stripe does it: what was made under a key is kept, and told again.
    let mut kept: BTreeMap<String, (BTreeMap<String, String>, String)> = BTreeMap::new();
    let mut lose = true;
    let server = Server::answering(move |asked| {
        let next = format!("pi_{}", kept.len() + 1);
        let (form, id) = kept.entry(asked.key().to_owned()).or_insert((asked.form.clone(), next));
        if *form != asked.form {
            return Reply::Json(400, error("idempotency_error", "", json!({})));
        }
        if std::mem::take(&mut lose) { Reply::Cut } else { Reply::Json(200, intent(json!({"id": id}))) }
    })
    .await;
    let stripe = server.client();
    assert_eq!(create(&stripe).await, Ok("pi_1".to_owned()));
    assert_repeated(&server.asked(), 2);
    // The caller's own repeat, later.
    assert_eq!(create(&stripe).await, Ok("pi_1".to_owned()));
    // The same key for something else is a mistake, and said to be one.
    let other = stripe.create_intent("pay-1", &new_intent(euro(1001))).await.expect_err("another amount");
    let StripeError::Invalid(refusal) = other else { panic!("{other:?}") };
    assert_eq!(refusal.kind.as_deref(), Some("idempotency_error"));
    let second = stripe.create_intent("pay-2", &new_intent(euro(1000))).await.expect("another");
    assert_eq!(second.id, "pi_2");
}

#[tokio::test]
async fn what_is_settled_is_not_asked_again() {
    let settled = [
        Reply::Json(400, error("invalid_request_error", "parameter_unknown", json!({"param": "amont"}))),
        Reply::Json(402, error("card_error", "card_declined", json!({}))),
        Reply::Json(404, error("invalid_request_error", "resource_missing", json!({}))),
        no_key(),
        Reply::Json(403, json!({"error": {"type": "invalid_request_error"}})),
        Reply::With(500, &[("stripe-should-retry", "false")], json!({})),
    ];
    for reply in settled {
        let server = Server::of([reply]).await;
        create(&server.client()).await.expect_err("settled");
        server.asked_once();
    }
    // A payment that failed is declined, also where it was no card.
    let server = Server::of([Reply::Json(402, error("invalid_request_error", "", json!({})))]).await;
    assert!(matches!(create(&server.client()).await, Err(StripeError::Declined(_))));
    let told = Reply::With(400, &[("stripe-should-retry", "true")], json!({}));
    let server = Server::of([told, fine()]).await;
    assert_eq!(create(&server.client()).await, Ok("pi_1".to_owned()));
}

#[tokio::test]
async fn patience_ends_and_says_what_is_known() {
    let cases: [(fn() -> Reply, bool); 8] = [
        (busy, false),
        (|| locked(409), false),
        (under_way, true),
        (|| Reply::Json(409, json!({})), true),
        (|| down(500), true),
        (|| down(503), true),
        (|| Reply::Cut, true),
        (|| Reply::Silence, true),
    ];
    for (index, (reply, unknown)) in cases.into_iter().enumerate() {
        let server = Server::answering(move |_| reply()).await;
        let error = create(&server.client()).await.expect_err("no answer");
        let expected = if unknown {
            matches!(error, StripeError::Unavailable { .. })
        } else {
            matches!(error, StripeError::RateLimited { .. })
        };
        assert!(expected, "case {index}: {error:?}");
        assert_repeated(&server.asked(), 4);
    }
    // An address that nobody listens at.
    let closed =
        std::net::TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port");
    let error = create(&client(&format!("http://{closed}"))).await.expect_err("nobody");
    assert_eq!(error, StripeError::Unavailable { why: "no connection".into(), request: None });
}

#[tokio::test]
async fn once_it_may_have_happened_only_a_real_answer_settles_it() {
    // The first answer is lost; then nobody listens to us any more. That doesn't mean that nothing was done.
    let refusals: [fn() -> Reply; 4] =
        [busy, || locked(409), no_key, || Reply::Json(403, json!({"error": {}}))];
    for (index, refusal) in refusals.into_iter().enumerate() {
        let mut first = true;
        let server =
            Server::answering(move |_| if std::mem::take(&mut first) { Reply::Cut } else { refusal() }).await;
        let error = create(&server.client()).await.expect_err("no answer");
        assert!(matches!(error, StripeError::Unavailable { .. }), "case {index}: {error:?}");
    }
    let server =
        Server::of([Reply::Cut, Reply::Json(402, error("card_error", "card_declined", json!({})))]).await;
    assert!(matches!(create(&server.client()).await, Err(StripeError::Declined(_))));
}

#[tokio::test]
async fn what_can_not_be_read_leaves_it_open() {
    let answers = [
        Reply::Json(200, json!({"id": "pi_1"})),
        Reply::Json(200, intent(json!({"amount": "many"}))),
        Reply::Json(200, intent(json!({"currency": "lyd"}))),
        Reply::With(302, &[("location", "https://elsewhere.example/")], json!({})),
    ];
    for answer in answers {
        let server = Server::of([answer]).await;
        let error = create(&server.client()).await.expect_err("unreadable");
        assert!(matches!(error, StripeError::Unavailable { .. }), "{error:?}");
        server.asked_once();
    }
}

#[tokio::test]
async fn an_answer_without_end_is_given_up() {
    let server = Server::of([Reply::Bytes(17 << 20), fine()]).await;
    let patience = Patience { each: Duration::from_secs(5), whole: Duration::from_secs(20), ..quick() };
    assert_eq!(create(&client_with(&server.url, patience)).await, Ok("pi_1".to_owned()));
    assert_eq!(server.asked().len(), 2);
}

#[tokio::test]
async fn time_is_bounded_whatever_the_server_asks_for() {
    let patience =
        Patience { whole: Duration::from_millis(700), each: Duration::from_secs(20), tries: 100, ..quick() };
    // Silence for longer than there is time.
    let silent = Server::answering(|_| Reply::Silence).await;
    let begun = Instant::now();
    create(&client_with(&silent.url, patience)).await.expect_err("no answer");
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    assert!(silent.asked().len() <= 2);
    // A pause that is longer than there is time is not begun, but told.
    let later = || Reply::With(429, &[("retry-after", "30")], json!({}));
    let busy = Server::answering(move |_| later()).await;
    let begun = Instant::now();
    let error = create(&client_with(&busy.url, patience)).await.expect_err("busy");
    assert_eq!(error, StripeError::RateLimited { retry_after: Some(Duration::from_secs(30)) });
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    busy.asked_once();
    // One that fits is kept.
    let soon = Reply::With(429, &[("retry-after", "1")], json!({}));
    let server = Server::of([soon, fine()]).await;
    let begun = Instant::now();
    assert_eq!(create(&server.client()).await, Ok("pi_1".to_owned()));
    assert!(begun.elapsed() >= Duration::from_secs(1), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn reading_is_repeated_without_a_key() {
    let server = Server::of([down(503), Reply::Cut, fine()]).await;
    assert_eq!(server.client().intent("pi_1").await.expect("an intent").id, "pi_1");
    let asked = server.asked();
    assert_eq!(asked.len(), 3);
    assert!(
        asked.iter().all(|asked| asked.method == "GET" && !asked.headers.contains_key("idempotency-key"))
    );
}

#[tokio::test]
async fn keys_that_can_not_be_sent_are_refused() {
    let server = Server::of([]).await;
    let long = "k".repeat(256);
    for key in ["", long.as_str(), "two\nlines"] {
        let refused = server.client().create_intent(key, &new_intent(euro(1000))).await.expect_err("no key");
        assert!(matches!(refused, StripeError::Invalid(_)), "{key:?}: {refused:?}");
    }
    assert!(server.asked().is_empty());
}
