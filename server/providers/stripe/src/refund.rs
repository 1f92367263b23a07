//! Refunds: money on its way back.

use std::collections::BTreeMap;

use serde::Deserialize;
use souk_contract::{Currency, Money, PaymentId, RefundId, Timestamp};

use crate::{
    NotChargeable, Stripe, StripeError, amount,
    form::Form,
    intent::PAYMENT,
    list::{Created, Pages},
    wire,
};

const REFUND: &str = "souk_refund";

/// What shall go back.
#[derive(Debug, Clone, Copy)]
pub struct NewRefund<'a> {
    pub refund: RefundId,
    pub payment: PaymentId,
    /// The intent it was paid by.
    pub intent: &'a str,
    /// In the currency it was paid in.
    pub amount: Money,
    pub reason: Option<RefundReason>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundReason {
    Duplicate,
    Fraudulent,
    RequestedByCustomer,
}

impl RefundReason {
    fn as_str(self) -> &'static str {
        match self {
            Self::Duplicate => "duplicate",
            Self::Fraudulent => "fraudulent",
            Self::RequestedByCustomer => "requested_by_customer",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundStatus {
    Pending,
    RequiresAction,
    /// Sent. The bank may still send it back: then it fails.
    Succeeded,
    Failed,
    Canceled,
    #[serde(untagged)]
    Other(String),
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Wire")]
pub struct Refund {
    pub id: String,
    pub intent: Option<String>,
    pub charge: Option<String>,
    /// None: Stripe has not settled on one yet.
    pub status: Option<RefundStatus>,
    pub amount: Money,
    /// `expired_or_canceled_card`, `lost_or_stolen_card`, `insufficient_funds`, …
    pub failure_reason: Option<String>,
    pub metadata: BTreeMap<String, String>,
    pub created_at: Timestamp,
}

impl Refund {
    /// None where it is not one of ours: one made at Stripe's own pages.
    pub fn refund(&self) -> Option<RefundId> {
        wire::ours(&self.metadata, REFUND)
    }

    pub fn payment(&self) -> Option<PaymentId> {
        wire::ours(&self.metadata, PAYMENT)
    }
}

#[derive(Deserialize)]
struct Wire {
    id: String,
    #[serde(default, deserialize_with = "wire::maybe_id")]
    payment_intent: Option<String>,
    #[serde(default, deserialize_with = "wire::maybe_id")]
    charge: Option<String>,
    status: Option<RefundStatus>,
    amount: i64,
    currency: Currency,
    failure_reason: Option<String>,
    metadata: Option<BTreeMap<String, String>>,
    #[serde(deserialize_with = "wire::moment")]
    created: Timestamp,
}

impl TryFrom<Wire> for Refund {
    type Error = NotChargeable;

    fn try_from(wire: Wire) -> Result<Self, NotChargeable> {
        Ok(Self {
            id: wire.id,
            intent: wire.payment_intent,
            charge: wire.charge,
            status: wire.status,
            amount: amount::from_stripe(wire.amount, wire.currency)?,
            failure_reason: wire.failure_reason,
            metadata: wire.metadata.unwrap_or_default(),
            created_at: wire.created,
        })
    }
}

const REFUNDS: &str = "refunds";

impl Stripe {
    /// # Errors
    /// `Invalid` where it is more than is left of what was taken, or the account has not enough for it.
    pub async fn create_refund(&self, key: &str, new: &NewRefund<'_>) -> Result<Refund, StripeError> {
        let mut form = Form::default();
        form.put("payment_intent", new.intent)
            .put("amount", amount::to_stripe(new.amount)?)
            .put("metadata[souk_refund]", new.refund)
            .put("metadata[souk_payment]", new.payment)
            .maybe("reason", new.reason.map(RefundReason::as_str));
        self.post(&[REFUNDS], key, &form).await
    }

    pub async fn refund(&self, id: &str) -> Result<Refund, StripeError> {
        self.get(&[REFUNDS, id], &Form::default()).await
    }

    /// All refunds of an intent, newest first.
    pub fn refunds_of(&self, intent: &str) -> Pages<'_, Refund> {
        let mut query = Form::default();
        query.put("payment_intent", intent);
        Pages::new(self, REFUNDS, query)
    }

    /// The refunds of that time, newest first.
    pub fn refunds(&self, created: Created) -> Pages<'_, Refund> {
        Pages::new(self, REFUNDS, created.query())
    }
}
