//! Payments, their gateways, and the double-entry ledger. Card data never comes here.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Ctx, Difference, Event, Money, OrderId, PaymentId, RefundId, Result, Timestamp};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    Created,
    RequiresAction,
    /// The money is awaited: a bank transfer.
    Processing,
    Authorized,
    Captured,
    PartiallyRefunded,
    Refunded,
    Failed,
    Voided,
}

impl PaymentStatus {
    const ALL: [Self; 9] = [
        Self::Created,
        Self::RequiresAction,
        Self::Processing,
        Self::Authorized,
        Self::Captured,
        Self::PartiallyRefunded,
        Self::Refunded,
        Self::Failed,
        Self::Voided,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::RequiresAction => "requires_action",
            Self::Processing => "processing",
            Self::Authorized => "authorized",
            Self::Captured => "captured",
            Self::PartiallyRefunded => "partially_refunded",
            Self::Refunded => "refunded",
            Self::Failed => "failed",
            Self::Voided => "voided",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// The money was taken, whatever went back since.
    pub fn is_captured(self) -> bool {
        matches!(self, Self::Captured | Self::PartiallyRefunded | Self::Refunded)
    }
}

/// One line of the choice at checkout.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaymentMethod {
    /// `test`, `bank_transfer`.
    pub code: String,
    pub name: String,
    pub description: String,
    /// Tokens that can be chosen instead of entering a card: only the test gateway has them.
    pub test_tokens: Vec<TestToken>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TestToken {
    /// `tok_success`, `tok_declined`, `tok_insufficient_funds`, `tok_timeout`.
    pub token: String,
    pub label: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Payment {
    pub id: PaymentId,
    pub order_id: OrderId,
    pub method: String,
    pub status: PaymentStatus,
    pub amount: Money,
    pub captured: Money,
    /// Of what was captured.
    pub refunded: Money,
    /// The gateway's own name for it.
    pub gateway_ref: Option<String>,
    /// For the shopper, when it failed.
    pub failure: Option<String>,
    /// For the shopper, when there is something to do: where to transfer the money to.
    pub instructions: Option<String>,
    pub version: i64,
    pub created_at: Timestamp,
}

/// The id makes it idempotent: the same again answers what became of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Authorize {
    pub payment_id: PaymentId,
    pub order_id: OrderId,
    /// Shown on a bank statement and in transfer instructions.
    pub reference: String,
    pub amount: Money,
    pub method: String,
    /// From the gateway's own fields in the browser.
    pub token: Option<String>,
}

/// The id makes it idempotent: the same again answers what became of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RefundPayment {
    pub refund_id: RefundId,
    pub payment_id: PaymentId,
    pub amount: Money,
}

/// What became of a refund at the gateway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PaymentRefund {
    Succeeded,
    /// Refused for good.
    Failed(String),
}

#[async_trait]
pub trait Payments: Send + Sync {
    async fn methods(&self, ctx: &Ctx, amount: Money) -> Result<Vec<PaymentMethod>>;
    /// A decline is a `Payment` with status `failed`, not an error; `Unavailable` when the gateway can't be asked.
    async fn authorize(&self, ctx: &Ctx, request: Authorize) -> Result<Payment>;
    /// The whole authorised amount. A payment that is only awaited stays as it is.
    async fn capture(&self, ctx: &Ctx, id: PaymentId) -> Result<Payment>;
    /// No effect on one that failed or is void; `Conflict payment_captured` once the money was taken.
    async fn void(&self, ctx: &Ctx, id: PaymentId) -> Result<Payment>;
    /// Sends money back. `Conflict more_than_captured` where it would be more than was taken; `Unavailable` when the
    /// gateway can't be asked: then nobody knows, until asked again with the same id.
    async fn refund(&self, ctx: &Ctx, request: RefundPayment) -> Result<PaymentRefund>;
    async fn get(&self, ctx: &Ctx, id: PaymentId) -> Result<Payment>;
    async fn of_order(&self, ctx: &Ctx, order: OrderId) -> Result<Vec<Payment>>;
    /// Staff: the transfer is on the account.
    async fn confirm_transfer(&self, ctx: &Ctx, id: PaymentId, if_version: Option<i64>) -> Result<Payment>;
    /// Debits = credits, per payment and in all; payments against their ledger rows and the gateway's own list.
    async fn verify(&self, ctx: &Ctx) -> Result<Vec<Difference>>;
}

macro_rules! payment_event {
    ($(#[$doc:meta])* $name:ident, $kind:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Serialize, Deserialize)]
        pub struct $name {
            pub payment_id: PaymentId,
            pub order_id: OrderId,
        }

        impl Event for $name {
            const KIND: &'static str = $kind;
            fn key(&self) -> Uuid {
                self.order_id.uuid()
            }
        }
    };
}

payment_event!(
    /// The gateway holds the amount for us.
    PaymentAuthorized,
    "payments.payment_authorized"
);
payment_event!(
    /// The money is ours.
    PaymentCaptured,
    "payments.payment_captured"
);
payment_event!(
    /// Declined, or given up.
    PaymentFailed,
    "payments.payment_failed"
);
payment_event!(
    /// The hold was let go.
    PaymentVoided,
    "payments.payment_voided"
);
