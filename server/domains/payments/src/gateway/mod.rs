//! What Souk asks of a gateway. Every call carries the payment's id as idempotency key: a repeat finds its own work.

mod bank_transfer;
mod manual;
mod test;

use async_trait::async_trait;
use souk_contract::{Money, PaymentId, PaymentMethod, RefundId, Result};

pub use bank_transfer::{BankAccount, BankTransfer};
pub use manual::Manual;
pub use test::TestGateway;

/// What became of an authorisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The amount is held; `capture` takes it.
    Authorized {
        reference: String,
    },
    /// The money comes by another way, later.
    Awaited {
        reference: String,
        instructions: String,
    },
    Declined {
        reference: String,
        message: String,
    },
}

/// One payment as the gateway's own list has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    pub reference: String,
    pub amount: Money,
    /// Whether the money was taken, not merely held.
    pub captured: bool,
    /// What went back of it.
    pub refunded: Money,
}

/// Money that shall go back.
#[derive(Debug, Clone)]
pub struct Refund<'a> {
    /// The idempotency key.
    pub id: RefundId,
    pub payment: PaymentId,
    /// The gateway's own name for the payment.
    pub reference: &'a str,
    pub amount: Money,
}

/// What became of a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Back {
    Sent { reference: String },
    Declined { reference: String, message: String },
}

#[derive(Debug, Clone)]
pub struct Request<'a> {
    pub payment: PaymentId,
    /// For the bank statement.
    pub reference: &'a str,
    pub amount: Money,
    pub token: Option<&'a str>,
}

/// A way to be paid.
#[async_trait]
pub trait Gateway: Send + Sync {
    fn code(&self) -> &'static str;

    /// Shoppers are neither offered it nor may they name it.
    fn is_for_staff(&self) -> bool {
        false
    }

    /// None where it can't take this amount.
    fn offer(&self, amount: Money) -> Option<PaymentMethod>;

    /// # Errors
    /// `Unavailable` when it can't be asked: nobody knows then whether it happened, until asked again.
    /// `Invalid` when the token is none of its own.
    async fn authorize(&self, request: Request<'_>) -> Result<Answer>;

    async fn capture(&self, payment: PaymentId, reference: &str, amount: Money) -> Result<()>;

    /// Lets go of what is held for that payment, also where its reference never reached us.
    async fn void(&self, payment: PaymentId) -> Result<()>;

    /// Sends a part of what was taken back.
    ///
    /// # Errors
    /// `Unavailable` when it can't be asked: nobody knows then whether it happened, until asked again.
    async fn refund(&self, refund: Refund<'_>) -> Result<Back>;

    /// What it holds or took, for reconciliation.
    async fn charges(&self) -> Result<Vec<Charge>>;
}
