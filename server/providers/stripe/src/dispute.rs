//! Disputes: a shopper asked their bank for the money.

use serde::Deserialize;
use souk_contract::{Currency, Money, Timestamp};

use crate::{NotChargeable, Stripe, StripeError, amount, form::Form, wire};

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisputeStatus {
    /// The bank asks before it disputes.
    WarningNeedsResponse,
    WarningUnderReview,
    WarningClosed,
    NeedsResponse,
    UnderReview,
    Won,
    Lost,
    /// Settled before it became one.
    Prevented,
    #[serde(untagged)]
    Other(String),
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Wire")]
pub struct Dispute {
    pub id: String,
    pub intent: Option<String>,
    pub charge: Option<String>,
    pub status: DisputeStatus,
    pub amount: Money,
    /// `fraudulent`, `product_not_received`, …
    pub reason: String,
    /// When evidence must be there.
    pub due_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

#[derive(Deserialize)]
struct Wire {
    id: String,
    #[serde(default, deserialize_with = "wire::maybe_id")]
    payment_intent: Option<String>,
    #[serde(default, deserialize_with = "wire::maybe_id")]
    charge: Option<String>,
    status: DisputeStatus,
    amount: i64,
    currency: Currency,
    reason: String,
    evidence_details: Option<WireEvidence>,
    #[serde(deserialize_with = "wire::moment")]
    created: Timestamp,
}

#[derive(Deserialize)]
struct WireEvidence {
    #[serde(default, deserialize_with = "wire::maybe_moment")]
    due_by: Option<Timestamp>,
}

impl TryFrom<Wire> for Dispute {
    type Error = NotChargeable;

    fn try_from(wire: Wire) -> Result<Self, NotChargeable> {
        Ok(Self {
            id: wire.id,
            intent: wire.payment_intent,
            charge: wire.charge,
            status: wire.status,
            amount: amount::from_stripe(wire.amount, wire.currency)?,
            reason: wire.reason,
            due_at: wire.evidence_details.and_then(|evidence| evidence.due_by),
            created_at: wire.created,
        })
    }
}

impl Stripe {
    pub async fn dispute(&self, id: &str) -> Result<Dispute, StripeError> {
        self.get(&["disputes", id], &Form::default()).await
    }
}
