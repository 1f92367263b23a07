//! What Souk asks of a gateway. Every call carries an id as idempotency key: a repeat finds its own work.

mod awaited;
mod bank;
mod notices;
mod test;

use async_trait::async_trait;
use souk_contract::{CaptureId, Money, PaymentAction, PaymentId, RefundId, Result, TestToken, Timestamp};

pub use awaited::{BankTransfer, CashOnDelivery, Manual};
pub use bank::BankPage;
pub use test::TestGateway;

/// What became of an authorisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The amount is held; `capture` takes it.
    Authorized {
        reference: String,
        /// When the hold runs out, where the gateway says so.
        until: Option<Timestamp>,
        /// Whether it may be taken in several parts.
        in_parts: bool,
    },
    /// The shopper has to do something first; `look` tells what came of it.
    RequiresAction {
        reference: String,
        action: PaymentAction,
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

/// What the gateway's books say of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// The shopper has not answered yet.
    Waits,
    /// As in [`Answer::Authorized`].
    Held { amount: Money, until: Option<Timestamp>, in_parts: bool },
    /// Declined, cancelled, or never heard of.
    Gone { message: String },
}

/// What a gateway tells unasked. It says what to look at, and is not believed further.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The gateway's own name for it: told twice, it is one.
    pub event: String,
    pub kind: String,
    /// The gateway's own name for the payment, where it is about one.
    pub reference: Option<String>,
    /// What the payment is of, where it says so.
    pub amount: Option<Money>,
}

/// One payment as the gateway's own list has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    pub reference: String,
    /// Ours, where the gateway was told of one. Others share the account.
    pub payment: Option<PaymentId>,
    /// When it began, by the gateway's clock.
    pub created_at: Timestamp,
    /// Held and not taken.
    pub held: Money,
    /// What was taken, not merely held.
    pub captured: Money,
    /// What went back of it.
    pub refunded: Money,
}

/// Money that shall be taken.
#[derive(Debug, Clone)]
pub struct Capture<'a> {
    /// The idempotency key.
    pub id: CaptureId,
    pub payment: PaymentId,
    /// The gateway's own name for the payment.
    pub reference: &'a str,
    pub amount: Money,
}

/// What became of a capture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    Done { reference: String },
    Refused { reference: String, message: String },
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
    /// Asked again with the same id it tells what came of it.
    Pending,
    Sent {
        reference: String,
    },
    Declined {
        reference: String,
        message: String,
    },
}

#[derive(Debug, Clone)]
pub struct Request<'a> {
    pub payment: PaymentId,
    /// For the bank statement.
    pub reference: &'a str,
    pub amount: Money,
    pub token: Option<&'a str>,
    /// Where the shopper comes back to from a bank's page; none where there is no shopper.
    pub return_url: Option<&'a str>,
}

/// What a method is called until staff call it otherwise.
#[derive(Debug, Clone, Copy)]
pub struct About {
    pub name: &'static str,
    pub description: &'static str,
}

/// A way to be paid.
#[async_trait]
pub trait Gateway: Send + Sync {
    fn code(&self) -> &'static str;

    fn about(&self) -> About;

    /// Shoppers are neither offered it nor may they name it.
    fn is_for_staff(&self) -> bool {
        false
    }

    /// It holds money first. Otherwise the money is awaited, and staff say when it is there.
    fn holds(&self) -> bool {
        false
    }

    /// Tokens that can be chosen instead of entering a card: only the test gateway has them.
    fn test_tokens(&self) -> Vec<TestToken> {
        Vec::new()
    }

    /// # Errors
    /// `Unavailable` when it can't be asked: nobody knows then whether it happened, until asked again.
    /// `Invalid` when the token is none of its own.
    async fn authorize(&self, request: Request<'_>) -> Result<Answer>;

    /// What became of a payment that waits for its shopper. Without a `reference` its answer never reached us.
    ///
    /// # Errors
    /// `Unavailable` when it can't be asked.
    async fn look(&self, payment: PaymentId, reference: Option<&str>) -> Result<Found>;

    /// Takes some or all of what is held. Where it takes one part only, the rest is let go with it.
    ///
    /// # Errors
    /// `Unavailable` when it can't be asked: nobody knows then whether it happened, until asked again.
    async fn capture(&self, capture: Capture<'_>) -> Result<Taken>;

    /// Lets go of what is still held for that payment. Without a `reference` its answer never reached us: the
    /// payment's id is what it knows it by.
    ///
    /// # Errors
    /// `Conflict payment_captured` where all of it was taken.
    async fn void(&self, payment: PaymentId, reference: Option<&str>) -> Result<()>;

    /// Sends a part of what was taken back.
    ///
    /// # Errors
    /// `Unavailable` when it can't be asked: nobody knows then whether it happened, until asked again.
    async fn refund(&self, refund: Refund<'_>) -> Result<Back>;

    /// Reads a notice that is signed by this gateway, for this account, and no older than a few minutes at `now`.
    /// Why it is refused otherwise; a gateway that tells nothing refuses all.
    fn read_notice(&self, signature: &str, body: &[u8], now: Timestamp) -> Result<Notice, String> {
        let _ = (signature, body, now);
        Err("This gateway sends no notices.".to_owned())
    }

    /// What it holds and took of payments that began in `since..until`, for reconciliation; in no order. One that came
    /// to nothing may be left out.
    ///
    /// # Errors
    /// `Unavailable` when it can't be asked: a list in part is none.
    async fn charges(&self, since: Timestamp, until: Timestamp) -> Result<Vec<Charge>>;
}
