//! What an event says.

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use souk_contract::Timestamp;

use crate::{Charge, Dispute, PaymentIntent, Refund, WebhookError, wire};

#[derive(Debug, Clone)]
pub struct Event {
    /// The same for every delivery of it.
    pub id: String,
    pub created_at: Timestamp,
    /// Whether real money moves.
    pub live: bool,
    /// What its object is shaped by: that of the endpoint, which should be [`crate::VERSION`].
    pub version: Option<String>,
    /// Whose event it is, where it is of another account than the endpoint's.
    pub account: Option<String>,
    /// `payment_intent.succeeded`
    pub kind: String,
    pub said: Said,
}

/// The object is as it was then; by now it may have moved on.
#[derive(Debug, Clone)]
pub enum Said {
    PaymentSucceeded(Box<PaymentIntent>),
    PaymentFailed(Box<PaymentIntent>),
    PaymentRequiresAction(Box<PaymentIntent>),
    /// The amount is held, or a part of it was captured.
    PaymentCapturable(Box<PaymentIntent>),
    PaymentCanceled(Box<PaymentIntent>),
    /// Nothing more will be taken of it.
    ChargeCaptured(Box<Charge>),
    ChargeRefunded(Box<Charge>),
    RefundUpdated(Box<Refund>),
    RefundFailed(Box<Refund>),
    DisputeCreated(Box<Dispute>),
    DisputeUpdated(Box<Dispute>),
    DisputeClosed(Box<Dispute>),
    /// Any other type.
    Other(String),
}

#[derive(Deserialize)]
struct Wire {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(deserialize_with = "wire::moment")]
    created: Timestamp,
    livemode: bool,
    api_version: Option<String>,
    account: Option<String>,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    object: Value,
}

impl Event {
    /// Reads what was checked before and kept. What arrives goes through [`crate::Webhook::open`].
    pub fn read(body: &[u8]) -> Result<Self, WebhookError> {
        let wire: Wire = serde_json::from_slice(body).map_err(|error| unreadable("nameless", &error))?;
        let said = said(wire.kind.clone(), wire.data.object)?;
        Ok(Self {
            id: wire.id,
            created_at: wire.created,
            live: wire.livemode,
            version: wire.api_version,
            account: wire.account,
            kind: wire.kind,
            said,
        })
    }
}

fn said(kind: String, object: Value) -> Result<Said, WebhookError> {
    Ok(match kind.as_str() {
        "payment_intent.succeeded" => Said::PaymentSucceeded(read(&kind, object)?),
        "payment_intent.payment_failed" => Said::PaymentFailed(read(&kind, object)?),
        "payment_intent.requires_action" => Said::PaymentRequiresAction(read(&kind, object)?),
        "payment_intent.amount_capturable_updated" => Said::PaymentCapturable(read(&kind, object)?),
        "payment_intent.canceled" => Said::PaymentCanceled(read(&kind, object)?),
        "charge.captured" => Said::ChargeCaptured(read(&kind, object)?),
        "charge.refunded" => Said::ChargeRefunded(read(&kind, object)?),
        "refund.updated" => Said::RefundUpdated(read(&kind, object)?),
        "refund.failed" => Said::RefundFailed(read(&kind, object)?),
        "charge.dispute.created" => Said::DisputeCreated(read(&kind, object)?),
        "charge.dispute.updated" => Said::DisputeUpdated(read(&kind, object)?),
        "charge.dispute.closed" => Said::DisputeClosed(read(&kind, object)?),
        _ => Said::Other(kind),
    })
}

fn read<T: DeserializeOwned>(kind: &str, object: Value) -> Result<Box<T>, WebhookError> {
    serde_json::from_value(object).map(Box::new).map_err(|error| unreadable(kind, &error))
}

fn unreadable(kind: &str, error: &serde_json::Error) -> WebhookError {
    WebhookError::Unreadable { kind: kind.to_owned(), why: error.to_string() }
}
