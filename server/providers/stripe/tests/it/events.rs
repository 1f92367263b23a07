//! Events, against recorded shapes.

use serde_json::{Value, json};
use souk_stripe::{DisputeStatus, Event, IntentStatus, RefundStatus, Said, VERSION, WebhookError};

use crate::scripted::{charge, euro, intent, payment, refund};

fn event(kind: &str, object: Value) -> Result<Event, WebhookError> {
    let event = json!({
        "id": "evt_1",
        "object": "event",
        "api_version": VERSION,
        "created": 1_780_000_000,
        "data": {"object": object, "previous_attributes": {}},
        "livemode": true,
        "pending_webhooks": 1,
        "request": {"id": "req_1", "idempotency_key": "pay-1"},
        "type": kind,
    });
    Event::read(event.to_string().as_bytes())
}

fn said(kind: &str, object: Value) -> Said {
    event(kind, object).expect("an event").said
}

fn dispute(status: &str) -> Value {
    json!({
        "id": "dp_1", "object": "dispute", "amount": 1000, "charge": "ch_1", "created": 1_780_000_000,
        "currency": "eur", "evidence_details": {"due_by": 1_780_864_000, "has_evidence": false},
        "payment_intent": "pi_1", "reason": "product_not_received", "status": status,
    })
}

#[test]
fn what_is_around_the_object_is_read() {
    let event = event("payment_intent.succeeded", intent(json!({}))).expect("an event");
    assert_eq!((event.id.as_str(), event.live, event.version.as_deref()), ("evt_1", true, Some(VERSION)));
    assert_eq!((event.created_at.micros(), event.account), (1_780_000_000_000_000, None));
}

#[test]
fn payments_say_where_they_are() {
    let held = json!({"status": "requires_capture", "amount_capturable": 1000});
    let Said::PaymentCapturable(held) = said("payment_intent.amount_capturable_updated", intent(held)) else {
        panic!("held");
    };
    assert_eq!((held.capturable, held.payment()), (euro(1000), Some(payment())));
    let paid = json!({"status": "succeeded", "amount_received": 1000});
    let Said::PaymentSucceeded(paid) = said("payment_intent.succeeded", intent(paid)) else {
        panic!("paid");
    };
    assert_eq!((&paid.status, paid.received), (&IntentStatus::Succeeded, euro(1000)));
    let failed = json!({"last_payment_error": {"type": "card_error", "code": "card_declined"}});
    let Said::PaymentFailed(failed) = said("payment_intent.payment_failed", intent(failed)) else {
        panic!("failed");
    };
    assert_eq!(failed.last_error.and_then(|error| error.code).as_deref(), Some("card_declined"));
    let waits = json!({"status": "requires_action", "next_action": {"type": "use_stripe_sdk"}});
    let waits = said("payment_intent.requires_action", intent(waits));
    assert!(matches!(waits, Said::PaymentRequiresAction(intent) if intent.next_action.is_some()));
    let gone = said("payment_intent.canceled", intent(json!({"status": "canceled"})));
    assert!(matches!(gone, Said::PaymentCanceled(intent) if intent.status == IntentStatus::Canceled));
}

#[test]
fn charges_and_refunds_say_what_moved() {
    let card = json!({"capture_before": 1_780_500_000, "multicapture": {"status": "available"}});
    let details = json!({"type": "card", "card": card});
    let taken = charge(json!({"captured": true, "amount_captured": 900, "payment_method_details": details}));
    let Said::ChargeCaptured(taken) = said("charge.captured", taken) else { panic!("taken") };
    assert_eq!((taken.captured, taken.is_captured, taken.in_parts), (euro(900), true, true));
    assert_eq!(taken.held_until.map(|until| until.micros()), Some(1_780_500_000_000_000));
    let back = charge(json!({"captured": true, "amount_captured": 1000, "amount_refunded": 250}));
    let Said::ChargeRefunded(back) = said("charge.refunded", back) else { panic!("back") };
    assert_eq!((back.refunded, back.intent.as_deref()), (euro(250), Some("pi_1")));
    assert_eq!((back.in_parts, back.held_until), (false, None));
    let sent = said("refund.updated", refund(json!({"status": "succeeded", "metadata": null})));
    assert!(matches!(sent, Said::RefundUpdated(refund) if refund.status == Some(RefundStatus::Succeeded)));
    let failed = said("refund.failed", refund(json!({"status": "failed", "failure_reason": "unknown"})));
    assert!(matches!(failed, Said::RefundFailed(refund) if refund.failure_reason.is_some()));
}

#[test]
fn disputes_say_what_is_due_and_when() {
    let Said::DisputeCreated(begun) = said("charge.dispute.created", dispute("needs_response")) else {
        panic!("begun");
    };
    assert_eq!((&begun.status, begun.amount), (&DisputeStatus::NeedsResponse, euro(1000)));
    assert_eq!(begun.due_at.map(|due| due.micros()), Some(1_780_864_000_000_000));
    assert_eq!(begun.reason, "product_not_received");
    let moved = said("charge.dispute.updated", dispute("under_review"));
    assert!(matches!(moved, Said::DisputeUpdated(dispute) if dispute.status == DisputeStatus::UnderReview));
    let mut closed = dispute("lost");
    closed["evidence_details"]["due_by"] = Value::Null;
    let closed = said("charge.dispute.closed", closed);
    assert!(matches!(closed, Said::DisputeClosed(dispute) if dispute.due_at.is_none()));
}

#[test]
fn what_nobody_knows_is_kept() {
    for kind in ["invoice.paid", "refund.created", "payment_intent.created", "a.type.of.tomorrow"] {
        assert!(matches!(said(kind, json!({"any": ["thing"]})), Said::Other(known) if known == kind));
    }
}

#[test]
fn what_can_not_be_read_names_its_type() {
    let error = event("charge.refunded", json!({"id": "ch_1"})).expect_err("not all there");
    assert!(error.to_string().starts_with("a charge.refunded event that can't be read: missing"), "{error}");
    assert!(matches!(Event::read(b"[]"), Err(WebhookError::Unreadable { .. })));
    assert!(matches!(Event::read(b"{"), Err(WebhookError::Unreadable { .. })));
}
