//! Refunds, against recorded shapes.

use serde_json::json;
use souk_contract::RefundId;
use souk_stripe::{NewRefund, RefundReason, RefundStatus, StripeError};
use uuid::Uuid;

use crate::scripted::{Reply, Server, error, euro, payment, refund};

fn new<'a>() -> NewRefund<'a> {
    NewRefund {
        refund: RefundId::new(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0003)),
        payment: payment(),
        intent: "pi_1",
        amount: euro(250),
        reason: Some(RefundReason::RequestedByCustomer),
    }
}

#[tokio::test]
async fn a_part_goes_back_under_its_own_name() {
    let metadata = json!({"souk_refund": new().refund, "souk_payment": payment()});
    let made = refund(json!({"status": "pending", "metadata": metadata}));
    let later = refund(json!({"status": "failed", "failure_reason": "lost_or_stolen_card"}));
    let server = Server::of([Reply::Json(200, made), Reply::Json(200, later)]).await;
    let stripe = server.client();
    let made = stripe.create_refund("refund-1", &new()).await.expect("a refund");
    assert_eq!((made.status.clone(), made.amount), (Some(RefundStatus::Pending), euro(250)));
    assert_eq!((made.refund(), made.payment()), (Some(new().refund), Some(payment())));
    let asked = server.asked_once();
    assert_eq!((asked.path.as_str(), asked.key()), ("/v1/refunds", "refund-1"));
    let id = new().refund.to_string();
    for (name, value) in [
        ("payment_intent", "pi_1"),
        ("amount", "250"),
        ("reason", "requested_by_customer"),
        ("metadata[souk_refund]", &id),
    ] {
        assert_eq!(asked.form[name], value, "{name}");
    }

    let failed = stripe.refund("re_1").await.expect("a refund");
    assert_eq!(failed.status, Some(RefundStatus::Failed));
    assert_eq!(failed.failure_reason.as_deref(), Some("lost_or_stolen_card"));
    assert_eq!(failed.refund(), None);
}

#[tokio::test]
async fn more_than_was_taken_is_refused() {
    let refused = error("invalid_request_error", "charge_already_refunded", json!({"charge": "ch_1"}));
    let server = Server::of([Reply::Json(400, refused)]).await;
    let refused = server.client().create_refund("refund-1", &new()).await.expect_err("too much");
    let StripeError::Invalid(refusal) = refused else { panic!("{refused:?}") };
    assert_eq!(refusal.code.as_deref(), Some("charge_already_refunded"));
    server.asked_once();
}
