//! Our books of payments against the gateways' own: each break between them, and what mends it.

use serde::{Deserialize, Serialize};

use crate::{Money, OrderId, PageRequest, PaymentBreakId, PaymentId, ReconciliationId, Timestamp};

/// Where the two sides differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BreakKind {
    /// The gateway holds or took money for this shop, and we know of no such payment.
    UnknownCharge,
    /// We know of a payment that the gateway's list has not.
    ChargeMissing,
    /// Another currency, or another amount held.
    AmountDiffers,
    /// The gateway took more than is written down.
    CaptureUnwritten,
    /// More is written down than the gateway took.
    CaptureMissing,
    /// More went back than is written down: somebody refunded at the gateway.
    RefundUnwritten,
    /// Less went back than is written down.
    RefundMissing,
    /// The gateway holds what we let go.
    HeldForNothing,
    /// The gateway let go of what we count on.
    HoldGone,
}

/// What mends a break. Each asks the gateway once more before anything is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BreakFix {
    /// The gateway lets go of what it holds.
    Release,
    /// What was taken too much goes back to the shopper.
    SendBack,
    /// What happened at the gateway is written down here, and the order follows.
    WriteDown,
    /// An answer of the gateway was lost: it is asked again.
    AskAgain,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BreakState {
    Open,
    /// Staff had it mended here.
    Fixed,
    /// The sides agree again, whoever saw to it.
    Settled,
    /// Staff know of it and leave it; opened again when its figures change.
    SetAside,
}

impl BreakState {
    const ALL: [Self; 4] = [Self::Open, Self::Fixed, Self::Settled, Self::SetAside];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Fixed => "fixed",
            Self::Settled => "settled",
            Self::SetAside => "set_aside",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// What one side's books say of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BooksSide {
    /// Held and not taken.
    pub held: Money,
    pub captured: Money,
    /// Of what was captured.
    pub refunded: Money,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaymentBreak {
    pub id: PaymentBreakId,
    pub gateway: String,
    /// The gateway's own name for the payment.
    pub gateway_ref: String,
    pub payment_id: Option<PaymentId>,
    pub order_id: Option<OrderId>,
    pub kind: BreakKind,
    /// None where we don't know the payment.
    pub ours: Option<BooksSide>,
    /// None where the gateway doesn't.
    pub theirs: Option<BooksSide>,
    /// None where only a look at the gateway helps.
    pub fix: Option<BreakFix>,
    pub state: BreakState,
    /// Why it was set aside.
    pub note: String,
    /// When the payment began.
    pub begun_at: Timestamp,
    pub found_at: Timestamp,
    /// When it was seen last.
    pub seen_at: Timestamp,
    pub version: i64,
}

/// One comparison with every gateway that keeps a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reconciliation {
    pub id: ReconciliationId,
    /// Payments that began from here on were compared.
    pub since: Timestamp,
    pub until: Timestamp,
    pub started_at: Timestamp,
    /// None: it is under way, or was cut off.
    pub finished_at: Option<Timestamp>,
    /// How many the gateways listed as this shop's.
    pub charges: i64,
    /// How many they listed that are not this shop's: others may share an account.
    pub foreign: i64,
    /// How many payments of ours were compared.
    pub payments: i64,
    /// How many of these break.
    pub breaks: i64,
    /// Which gateway could not be asked: what is known of it stays as it is.
    pub failure: Option<String>,
}

/// What shall be compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Reconcile {
    /// Payments of so many days, 1 to 400; 60 where not given.
    pub days: Option<u32>,
}

/// All conditions hold together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(default, deny_unknown_fields)]
pub struct BreakQuery {
    pub state: Option<BreakState>,
    /// `next` of the page before.
    pub after: Option<String>,
    /// 1 to 100; 24 where not given.
    pub limit: Option<u32>,
}

impl BreakQuery {
    pub fn page(&self) -> PageRequest {
        PageRequest { after: self.after.clone(), limit: self.limit }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetBreakAside {
    /// Why it may stay; up to 300 characters.
    pub note: String,
}
