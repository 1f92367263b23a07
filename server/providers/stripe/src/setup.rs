//! Setup intents: a payment method is saved without a payment.

use serde::Deserialize;
use souk_contract::Timestamp;

use crate::{
    Decline, NextAction, Secret, Stripe, StripeError, error::ErrorBody, form::Form, intent::WireAction, wire,
};

/// What a saved method will be used for. The shopper agrees to just this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Usage {
    /// The shopper is there, as at a later checkout.
    OnSession,
    /// The shopper is not there, as for a subscription.
    OffSession,
}

impl Usage {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::OnSession => "on_session",
            Self::OffSession => "off_session",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SetupStatus {
    RequiresPaymentMethod,
    RequiresConfirmation,
    RequiresAction,
    Processing,
    Canceled,
    /// It is saved.
    Succeeded,
    #[serde(untagged)]
    Other(String),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(from = "Wire")]
pub struct SetupIntent {
    pub id: String,
    pub status: SetupStatus,
    /// For the hosted fields of this shopper, and for nobody else.
    pub client_secret: Option<Secret>,
    pub next_action: Option<NextAction>,
    pub customer: Option<String>,
    pub method: Option<String>,
    /// Why the last try failed.
    pub last_error: Option<Decline>,
    pub created_at: Timestamp,
}

#[derive(Deserialize)]
struct Wire {
    id: String,
    status: SetupStatus,
    client_secret: Option<Secret>,
    next_action: Option<WireAction>,
    #[serde(default, deserialize_with = "wire::maybe_id")]
    customer: Option<String>,
    #[serde(default, deserialize_with = "wire::maybe_id")]
    payment_method: Option<String>,
    last_setup_error: Option<ErrorBody>,
    #[serde(deserialize_with = "wire::moment")]
    created: Timestamp,
}

impl From<Wire> for SetupIntent {
    fn from(wire: Wire) -> Self {
        let id = wire.id;
        Self {
            status: wire.status,
            client_secret: wire.client_secret,
            next_action: wire.next_action.map(NextAction::from),
            customer: wire.customer,
            method: wire.payment_method,
            last_error: wire.last_setup_error.map(|error| error.decline(None)),
            created_at: wire.created,
            id,
        }
    }
}

const SETUPS: &str = "setup_intents";

impl Stripe {
    /// The shopper's browser does the rest, with the client secret.
    pub async fn create_setup(
        &self,
        key: &str,
        customer: &str,
        usage: Usage,
    ) -> Result<SetupIntent, StripeError> {
        let mut form = Form::default();
        form.put("customer", customer).put("usage", usage.as_str());
        self.post(&[SETUPS], key, &form).await
    }

    pub async fn setup(&self, id: &str) -> Result<SetupIntent, StripeError> {
        self.get(&[SETUPS, id], &Form::default()).await
    }
}
