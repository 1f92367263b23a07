//! What can come of a call other than its answer.

use std::{fmt, time::Duration};

use serde::Deserialize;

use crate::NotChargeable;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StripeError {
    /// The payment was tried and refused, for good: another try needs another idempotency key.
    #[error("declined: {0}")]
    Declined(Box<Decline>),
    /// The request is wrong, or the state of things refuses it. This call did nothing.
    #[error("refused: {0}")]
    Invalid(Box<Refusal>),
    /// The API key is none, or may not do this. This call did nothing.
    #[error("Stripe does not accept the API key for this ({status})")]
    Authentication { status: u16, request: Option<String> },
    /// Too many requests, or somebody else holds what is asked for. This call did nothing.
    #[error("Stripe asks for fewer requests")]
    RateLimited { retry_after: Option<Duration> },
    /// Nobody knows whether it was done, until it is asked for again with the same idempotency key, or looked up.
    #[error("Stripe can't be asked: {why}")]
    Unavailable { why: String, request: Option<String> },
}

impl StripeError {
    pub(crate) fn wrong(param: &str, message: impl fmt::Display) -> Self {
        Self::Invalid(Box::new(Refusal {
            param: Some(param.to_owned()),
            message: message.to_string(),
            ..Refusal::default()
        }))
    }

    /// Whether what was asked for by its name is not there.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Invalid(refusal) if refusal.code.as_deref() == Some("resource_missing"))
    }
}

impl From<NotChargeable> for StripeError {
    fn from(error: NotChargeable) -> Self {
        Self::wrong("amount", error)
    }
}

/// Why something was refused. For the log: a shopper can't mend it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refusal {
    /// None where it was seen to be wrong before it was sent.
    pub status: Option<u16>,
    /// `invalid_request_error`, `idempotency_error`.
    pub kind: Option<String>,
    /// `resource_missing`, `payment_intent_unexpected_state`, `charge_already_refunded`.
    pub code: Option<String>,
    /// The parameter that is wrong.
    pub param: Option<String>,
    pub message: String,
    /// Stripe's name for the request.
    pub request: Option<String>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in [&self.code, &self.param].into_iter().flatten() {
            write!(f, "{part}: ")?;
        }
        f.write_str(&self.message)
    }
}

/// A payment that was tried and refused.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decline {
    /// `card_declined`, `expired_card`, `payment_intent_authentication_failure`.
    pub code: Option<String>,
    /// The bank's reason, where it gave one: `insufficient_funds`, `lost_card`.
    pub decline_code: Option<String>,
    /// The intent that it was tried for.
    pub intent: Option<String>,
    pub charge: Option<String>,
    /// Stripe's name for the request.
    pub request: Option<String>,
}

impl Decline {
    /// What a shopper may know and can mend. That a card is reported lost, or a payment held for fraud, stays untold.
    ///
    /// Source: docs.stripe.com/declines/codes.
    pub fn message(&self) -> &'static str {
        match self.decline_code.as_deref().or(self.code.as_deref()).unwrap_or_default() {
            "insufficient_funds" | "card_velocity_exceeded" | "withdrawal_count_limit_exceeded" => {
                "There is not enough money on this card, or its limit is reached. Please use another one."
            }
            "expired_card" => "This card has expired. Please use another one.",
            "incorrect_cvc" | "invalid_cvc" => "The security code is not right. Please check it.",
            "incorrect_number" | "invalid_number" => "The card number is not right. Please check it.",
            "invalid_expiry_month" | "invalid_expiry_year" => {
                "The expiry date is not right. Please check it."
            }
            "incorrect_zip" => "The postal code is not that of the card. Please check it.",
            "authentication_required"
            | "payment_intent_authentication_failure"
            | "authentication_not_handled" => {
                "Your bank could not confirm that it is you. Please try again, or use another card."
            }
            "card_not_supported" | "currency_not_supported" => {
                "This card can't be used for this. Please use another one."
            }
            "processing_error" | "issuer_not_available" | "try_again_later" | "reenter_transaction" => {
                "The bank can't be reached. Please try again in a moment."
            }
            _ => "The card was declined. Please use another one, or ask your bank.",
        }
    }
}

impl fmt::Display for Decline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_deref().unwrap_or("no code"))?;
        match &self.decline_code {
            Some(reason) => write!(f, " ({reason})"),
            None => Ok(()),
        }
    }
}

/// `error` in an answer, and `last_payment_error` of an intent.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct ErrorBody {
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) decline_code: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) param: Option<String>,
    pub(crate) charge: Option<String>,
    pub(crate) payment_intent: Option<Named>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Named {
    pub(crate) id: String,
}

#[derive(Debug, Deserialize)]
struct Body {
    error: ErrorBody,
}

impl ErrorBody {
    /// Of an answer that is none of Stripe's, nothing.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        serde_json::from_slice(bytes).map(|body: Body| body.error).unwrap_or_default()
    }

    pub(crate) fn decline(self, request: Option<String>) -> Decline {
        Decline {
            code: self.code,
            decline_code: self.decline_code,
            intent: self.payment_intent.map(|intent| intent.id),
            charge: self.charge,
            request,
        }
    }

    pub(crate) fn refusal(self, status: u16, request: Option<String>) -> Refusal {
        Refusal {
            status: Some(status),
            kind: self.kind,
            code: self.code,
            param: self.param,
            message: self.message.unwrap_or_else(|| format!("answered {status} without a reason")),
            request,
        }
    }
}
