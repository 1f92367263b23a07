//! Payments, their gateways, and the double-entry ledger. Card data never comes here.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    BreakQuery, CaptureId, CaptureMode, Ctx, Difference, Event, IncomingNotice, Money, NoticeQuery, OrderId,
    Page, PaymentAction, PaymentBreak, PaymentBreakId, PaymentId, PaymentNotice, PaymentNoticeId,
    PaymentSettings, PaymentSettingsInput, Reconcile, Reconciliation, RefundId, Result, SetBreakAside,
    Timestamp,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    Created,
    RequiresAction,
    /// The money is awaited: a bank transfer.
    Processing,
    Authorized,
    /// A part was taken, and the rest is still held.
    PartiallyCaptured,
    Captured,
    PartiallyRefunded,
    Refunded,
    Failed,
    Voided,
    /// What was held ran out before anything of it was taken.
    Expired,
}

impl PaymentStatus {
    const ALL: [Self; 11] = [
        Self::Created,
        Self::RequiresAction,
        Self::Processing,
        Self::Authorized,
        Self::PartiallyCaptured,
        Self::Captured,
        Self::PartiallyRefunded,
        Self::Refunded,
        Self::Failed,
        Self::Voided,
        Self::Expired,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::RequiresAction => "requires_action",
            Self::Processing => "processing",
            Self::Authorized => "authorized",
            Self::PartiallyCaptured => "partially_captured",
            Self::Captured => "captured",
            Self::PartiallyRefunded => "partially_refunded",
            Self::Refunded => "refunded",
            Self::Failed => "failed",
            Self::Voided => "voided",
            Self::Expired => "expired",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// The money was taken, whatever went back since, and nothing is held any more.
    pub fn is_captured(self) -> bool {
        matches!(self, Self::Captured | Self::PartiallyRefunded | Self::Refunded)
    }

    /// The gateway holds money for us.
    pub fn is_held(self) -> bool {
        matches!(self, Self::Authorized | Self::PartiallyCaptured)
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
    /// Where a card is entered in the gateway's own fields, which turn it into the token. Without one nothing is paid.
    pub fields: Option<HostedFields>,
}

/// Fields for a card that the gateway's own script puts into the page: what is typed never reaches the shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HostedFields {
    /// Address of the script.
    pub script: String,
    /// What the script is told to be whose; anybody may know it.
    pub key: String,
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
    /// As the shopper knew it.
    pub method_name: String,
    pub status: PaymentStatus,
    pub amount: Money,
    pub captured: Money,
    /// Of what was captured.
    pub refunded: Money,
    /// What was held and let go, or ran out.
    pub released: Money,
    /// When what is held is taken, as it was set when the shopper paid.
    pub capture: CaptureMode,
    /// Whether the gateway takes it in several parts. Otherwise the first capture lets go of the rest.
    pub in_parts: bool,
    /// When what is held runs out.
    pub held_until: Option<Timestamp>,
    /// The gateway's own name for it.
    pub gateway_ref: Option<String>,
    /// For the shopper, when it failed.
    pub failure: Option<String>,
    /// For the shopper, when there is something to do: where to transfer the money to.
    pub instructions: Option<String>,
    pub version: i64,
    pub created_at: Timestamp,
}

impl Payment {
    /// What can still be taken.
    pub fn held(&self) -> Money {
        let held = if self.status.is_held() {
            self.amount.minor - self.captured.minor - self.released.minor
        } else {
            0
        };
        Money::new(held, self.amount.currency)
    }
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
    /// Where it is delivered to, ISO 3166-1 alpha-2: a method may be offered in some countries only.
    pub country: Option<String>,
    /// From the gateway's own fields in the browser.
    pub token: Option<String>,
    /// Where a bank sends the shopper back to. None: whoever pays can't be sent anywhere.
    pub return_url: Option<String>,
}

/// Takes a part of what is held.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CapturePayment {
    /// Names it: the same id again finds what became of it. None: a new one.
    pub capture_id: Option<CaptureId>,
    pub payment_id: PaymentId,
    /// None: all that is left.
    pub amount: Option<Money>,
}

/// What became of a capture at the gateway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PaymentCapture {
    Taken(Money),
    /// Refused for good.
    Refused(String),
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
    /// Under way at the gateway: the same again tells what came of it.
    Pending,
    /// Refused for good.
    Failed(String),
}

#[async_trait]
pub trait Payments: Send + Sync {
    /// What is offered for an amount, in the order of the settings. `country`: where it is delivered to, once known.
    async fn methods(&self, ctx: &Ctx, amount: Money, country: Option<&str>) -> Result<Vec<PaymentMethod>>;
    /// A decline is a `Payment` with status `failed`, not an error; `Unavailable` when the gateway can't be asked.
    /// `requires_action`: the shopper has to do what [`next_action`](Self::next_action) says, and `look` tells what came
    /// of it.
    async fn authorize(&self, ctx: &Ctx, request: Authorize) -> Result<Payment>;
    /// What the shopper has to do, while the payment is `requires_action`. Nobody but the shopper may see it.
    async fn next_action(&self, ctx: &Ctx, id: PaymentId) -> Result<Option<PaymentAction>>;
    /// Asks the gateway what became of a payment that waits for its shopper, and writes it down; any other is answered as
    /// it is known. `Conflict amount_differs` where the gateway's amount is not ours: then nothing is written.
    async fn look(&self, ctx: &Ctx, id: PaymentId) -> Result<Payment>;
    /// The whole authorised amount, where the method takes it at once. A payment that is only awaited, or whose money
    /// is taken later, stays as it is. `Conflict`: `payment_not_authorized`, `hold_expired`, `capture_refused`.
    async fn capture(&self, ctx: &Ctx, id: PaymentId) -> Result<Payment>;
    /// What a parcel comes to, where the method takes it at shipping; at most what is left, and all of it where the
    /// gateway takes it in one part only. None where nothing is to be taken now. `Unavailable` when the gateway can't
    /// be asked: then nobody knows, until asked again with the same id.
    async fn capture_parcel(&self, ctx: &Ctx, request: CapturePayment) -> Result<Option<PaymentCapture>>;
    /// Staff: some or all of what is held. `Conflict`: `payment_not_authorized`, `more_than_authorized`,
    /// `hold_expired`, `capture_refused`, `capture_reused`, `stale_version`.
    async fn capture_by_hand(
        &self,
        ctx: &Ctx,
        request: CapturePayment,
        if_version: Option<i64>,
    ) -> Result<Payment>;
    /// Staff: lets go of what is held and was not taken. `Conflict`: `payment_not_authorized`, `stale_version`.
    async fn release(&self, ctx: &Ctx, id: PaymentId, if_version: Option<i64>) -> Result<Payment>;
    /// Writes down which holds have run out; runs every minute. How many.
    async fn expire(&self, ctx: &Ctx) -> Result<u64>;
    /// Gives up a payment nothing of which was taken. No effect on one that failed, ran out or is void; `Conflict
    /// payment_captured` once money was taken. `method`: how it was to be paid; where we know of no such payment, its gateway
    /// may all the same.
    async fn void(&self, ctx: &Ctx, id: PaymentId, method: &str) -> Result<Payment>;
    /// Sends money back. `Conflict more_than_captured` where it would be more than was taken; `Unavailable` when the
    /// gateway can't be asked: then nobody knows, until asked again with the same id.
    async fn refund(&self, ctx: &Ctx, request: RefundPayment) -> Result<PaymentRefund>;
    async fn get(&self, ctx: &Ctx, id: PaymentId) -> Result<Payment>;
    async fn of_order(&self, ctx: &Ctx, order: OrderId) -> Result<Vec<Payment>>;
    /// Staff: the money of a transfer, or the cash, is there.
    async fn confirm_transfer(&self, ctx: &Ctx, id: PaymentId, if_version: Option<i64>) -> Result<Payment>;
    /// Staff: which ways to pay are offered.
    async fn settings(&self, ctx: &Ctx) -> Result<PaymentSettings>;
    /// Staff. `Conflict stale_version`.
    async fn set_settings(
        &self,
        ctx: &Ctx,
        settings: PaymentSettingsInput,
        if_version: Option<i64>,
    ) -> Result<PaymentSettings>;
    /// Keeps what a gateway tells, whoever says so, then acts on it by asking the gateway. `Denied` where its signature is
    /// not the gateway's; `Unavailable` where it should be told again.
    async fn take_notice(&self, ctx: &Ctx, notice: IncomingNotice) -> Result<()>;
    /// Staff: newest first.
    async fn notices(&self, ctx: &Ctx, query: &NoticeQuery) -> Result<Page<PaymentNotice>>;
    /// Staff: acts on a notice once more, whatever became of it; not on one whose signature was refused (`Conflict
    /// notice_refused`). `Conflict stale_version`.
    async fn replay_notice(
        &self,
        ctx: &Ctx,
        id: PaymentNoticeId,
        if_version: Option<i64>,
    ) -> Result<PaymentNotice>;
    /// Acts on what was kept and not finished; runs every minute. How many.
    async fn resume_notices(&self, ctx: &Ctx) -> Result<u64>;
    /// Compares our books with the gateways' own lists, writes down each break, and closes those that are gone. Payments
    /// of the last half hour, and those that changed in the last ten minutes, are left to the next time. `Conflict busy`
    /// while another is under way.
    async fn reconcile(&self, ctx: &Ctx, request: Reconcile) -> Result<Reconciliation>;
    /// As [`reconcile`](Self::reconcile), where the last that asked every gateway is a day old; runs every quarter of an hour.
    async fn reconcile_daily(&self, ctx: &Ctx) -> Result<Option<Reconciliation>>;
    /// Staff: the last of them, newest first.
    async fn reconciliations(&self, ctx: &Ctx) -> Result<Vec<Reconciliation>>;
    /// Staff: newest first.
    async fn breaks(&self, ctx: &Ctx, query: &BreakQuery) -> Result<Page<PaymentBreak>>;
    /// Staff: does what its `fix` says, once, after another look at the gateway. `Conflict`: `break_closed`, `no_fix`,
    /// `break_changed` (it is shown anew), `refund_refused`, `stale_version`.
    async fn fix_break(&self, ctx: &Ctx, id: PaymentBreakId, if_version: Option<i64>)
    -> Result<PaymentBreak>;
    /// Staff: it may stay. `Conflict`: `break_closed`, `stale_version`.
    async fn set_break_aside(
        &self,
        ctx: &Ctx,
        id: PaymentBreakId,
        request: SetBreakAside,
        if_version: Option<i64>,
    ) -> Result<PaymentBreak>;
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
    /// A payment that waited for its shopper waits no more: it is authorised, or failed.
    PaymentAnswered,
    "payments.payment_answered"
);
payment_event!(
    /// Some or all of the money is ours.
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
payment_event!(
    /// What was held ran out before all of it was taken.
    PaymentExpired,
    "payments.payment_expired"
);

/// Money went back at the gateway, asked for by nobody here, and is in our books now.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RefundFound {
    pub refund_id: RefundId,
    pub payment_id: PaymentId,
    pub order_id: OrderId,
    pub amount: Money,
}

impl Event for RefundFound {
    const KIND: &'static str = "payments.refund_found";
    fn key(&self) -> Uuid {
        self.order_id.uuid()
    }
}
