//! Charges: each try of an intent that reached a bank.

use serde::Deserialize;
use souk_contract::{Currency, Money, Timestamp};

use crate::{
    NotChargeable, Stripe, StripeError, amount,
    form::Form,
    list::{Created, Pages},
    wire,
};

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChargeStatus {
    Succeeded,
    Pending,
    Failed,
    #[serde(untagged)]
    Other(String),
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Wire")]
pub struct Charge {
    pub id: String,
    pub intent: Option<String>,
    pub status: ChargeStatus,
    pub amount: Money,
    /// What was taken of it so far.
    pub captured: Money,
    /// Nothing more will be taken.
    pub is_captured: bool,
    pub refunded: Money,
    pub disputed: bool,
    /// When the card's bank lets go of what was not taken by then.
    pub held_until: Option<Timestamp>,
    /// Whether it may be taken in several parts: asked for with the intent, granted by card and account.
    pub in_parts: bool,
    pub failure_code: Option<String>,
    pub created_at: Timestamp,
}

#[derive(Deserialize)]
struct Wire {
    id: String,
    #[serde(default, deserialize_with = "wire::maybe_id")]
    payment_intent: Option<String>,
    status: ChargeStatus,
    amount: i64,
    amount_captured: i64,
    captured: bool,
    amount_refunded: i64,
    disputed: bool,
    currency: Currency,
    failure_code: Option<String>,
    payment_method_details: Option<Details>,
    #[serde(deserialize_with = "wire::moment")]
    created: Timestamp,
}

#[derive(Deserialize)]
struct Details {
    card: Option<CardDetails>,
}

#[derive(Deserialize)]
struct CardDetails {
    #[serde(default, deserialize_with = "wire::maybe_moment")]
    capture_before: Option<Timestamp>,
    multicapture: Option<Granted>,
}

#[derive(Deserialize)]
struct Granted {
    status: String,
}

impl TryFrom<Wire> for Charge {
    type Error = NotChargeable;

    fn try_from(wire: Wire) -> Result<Self, NotChargeable> {
        let money = |amount| amount::from_stripe(amount, wire.currency);
        let card = wire.payment_method_details.and_then(|details| details.card);
        let granted = card.as_ref().and_then(|card| card.multicapture.as_ref());
        Ok(Self {
            id: wire.id,
            intent: wire.payment_intent,
            status: wire.status,
            amount: money(wire.amount)?,
            captured: money(wire.amount_captured)?,
            is_captured: wire.captured,
            refunded: money(wire.amount_refunded)?,
            disputed: wire.disputed,
            in_parts: granted.is_some_and(|granted| granted.status == "available"),
            held_until: card.and_then(|card| card.capture_before),
            failure_code: wire.failure_code,
            created_at: wire.created,
        })
    }
}

const CHARGES: &str = "charges";

impl Stripe {
    pub async fn charge(&self, id: &str) -> Result<Charge, StripeError> {
        self.get(&[CHARGES, id], &Form::default()).await
    }

    /// The charges of that time, newest first; those that failed too.
    pub fn charges(&self, created: Created) -> Pages<'_, Charge> {
        Pages::new(self, CHARGES, created.query())
    }
}
