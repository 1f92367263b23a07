//! Long lists, for reconciliation.

use serde_json::{Value, json};
use souk_contract::Timestamp;
use souk_stripe::{Created, StripeError};

use crate::scripted::{Asked, Reply, Server, charge, intent, payment, refund};

fn created() -> Created {
    let moment = |text| Timestamp::parse(text).expect("a moment");
    Created { from: moment("2026-05-28T00:00:00.5Z"), until: moment("2026-05-29T00:00:00.25Z") }
}

fn page(data: impl IntoIterator<Item = Value>, has_more: bool) -> Value {
    let data: Vec<Value> = data.into_iter().collect();
    json!({"object": "list", "url": "/v1/charges", "has_more": has_more, "data": data})
}

/// Pages through 250 of them, named by their number, as Stripe would.
fn long(asked: &Asked, make: fn(Value) -> Value) -> Reply {
    let limit: usize = asked.query["limit"].parse().expect("a number");
    let begin = asked.query.get("starting_after").map_or(0, |id| id[3..].parse().expect("a number"));
    let rows = (begin + 1..=250).take(limit).map(|number| make(json!({"id": format!("xx_{number}")})));
    Reply::Json(200, page(rows, begin + limit < 250))
}

#[tokio::test]
async fn pages_follow_each_other_to_the_end() {
    let server = Server::answering(|asked| long(asked, charge)).await;
    let stripe = server.client();
    let charges = stripe.charges(created()).all().await.expect("charges");
    assert_eq!(charges.len(), 250);
    assert!(charges.iter().enumerate().all(|(index, charge)| charge.id == format!("xx_{}", index + 1)));
    let asked = server.asked();
    assert_eq!(asked.len(), 3);
    for (index, asked) in asked.iter().enumerate() {
        assert_eq!(asked.path, "/v1/charges");
        // Whole seconds, and never less than was asked for.
        assert_eq!(asked.query["created[gte]"], "1779926400");
        assert_eq!(asked.query["created[lt]"], "1780012801");
        assert_eq!(asked.query["limit"], "100");
        let after = [None, Some("xx_100"), Some("xx_200")];
        assert_eq!(asked.query.get("starting_after").map(String::as_str), after[index]);
    }
}

#[tokio::test]
async fn intents_and_refunds_are_listed_too() {
    let server = Server::answering(|asked| {
        let make = if asked.path == "/v1/refunds" { refund } else { intent };
        long(asked, make)
    })
    .await;
    let stripe = server.client();
    let mut pages = stripe.intents(created());
    let mut sizes = Vec::new();
    while let Some(page) = pages.next().await.expect("a page") {
        sizes.push(page.len());
    }
    assert_eq!(sizes, [100, 100, 50]);
    assert!(pages.next().await.expect("the end").is_none());
    assert_eq!(stripe.refunds(created()).all().await.expect("refunds").len(), 250);
}

#[tokio::test]
async fn a_page_that_failed_is_asked_for_again() {
    let mut count = 0;
    let server = Server::answering(move |asked| {
        count += 1;
        // The second page fails for good at first.
        if count == 2 {
            Reply::With(500, &[("stripe-should-retry", "false")], json!({}))
        } else {
            long(asked, charge)
        }
    })
    .await;
    let stripe = server.client();
    let mut pages = stripe.charges(created());
    assert_eq!(pages.next().await.expect("a page").map(|page| page.len()), Some(100));
    assert!(matches!(pages.next().await, Err(StripeError::Unavailable { .. })));
    assert_eq!(pages.all().await.expect("the rest").len(), 150);
}

#[tokio::test]
async fn a_list_that_does_not_get_on_ends() {
    let stuck = || Reply::Json(200, page([charge(json!({}))], true));
    let server = Server::of([stuck(), stuck(), stuck()]).await;
    let error = server.client().charges(created()).all().await.expect_err("stuck");
    assert!(matches!(error, StripeError::Unavailable { .. }), "{error:?}");
    assert_eq!(server.asked().len(), 2);
    let server = Server::of([Reply::Json(200, page([], true))]).await;
    let error = server.client().charges(created()).all().await.expect_err("stuck");
    assert!(matches!(error, StripeError::Unavailable { .. }), "{error:?}");
    let server = Server::of([Reply::Json(200, page([], false))]).await;
    assert_eq!(server.client().charges(created()).all().await.expect("nothing"), []);
}

#[tokio::test]
async fn the_intent_of_a_payment_is_found_where_its_name_was_lost() {
    let rows = [
        intent(json!({"id": "pi_3", "metadata": {"souk_payment": "not one"}})),
        intent(json!({"id": "pi_2"})),
        intent(json!({"id": "pi_1", "metadata": {}})),
        intent(json!({"id": "pi_0", "metadata": {"souk_payment": uuid::Uuid::from_u128(9)}})),
    ];
    let server = Server::of([Reply::Json(200, page(rows, false))]).await;
    let found = server.client().intents_of(payment(), created()).await.expect("a list");
    assert_eq!(found.iter().map(|intent| intent.id.as_str()).collect::<Vec<_>>(), ["pi_2"]);
}
