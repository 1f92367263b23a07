//! What gateways tell us unasked: kept as it came, and acted on by asking the gateway.

use serde::{Deserialize, Serialize};

use crate::{PageRequest, PaymentId, PaymentNoticeId, Timestamp};

/// A notice as it came over the wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncomingNotice {
    /// `code` of the gateway whose address it came to.
    pub gateway: String,
    /// Of the header that the gateway signs with; empty where it is missing.
    pub signature: String,
    /// Up to 256 KiB.
    pub body: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NoticeState {
    /// Kept, its signature not yet checked.
    Received,
    /// Signed by the gateway; what it is about is still to be looked up.
    Verified,
    Done,
    /// About nothing of ours, or told before.
    Ignored,
    /// Not signed by the gateway, or too old.
    Refused,
    /// The gateway's own books don't bear it out, or it could not be asked often enough.
    Failed,
}

impl NoticeState {
    const ALL: [Self; 6] =
        [Self::Received, Self::Verified, Self::Done, Self::Ignored, Self::Refused, Self::Failed];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Verified => "verified",
            Self::Done => "done",
            Self::Ignored => "ignored",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaymentNotice {
    pub id: PaymentNoticeId,
    pub gateway: String,
    pub state: NoticeState,
    /// The gateway's own name for it, once its signature was checked.
    pub event: Option<String>,
    /// As the gateway calls it.
    pub kind: Option<String>,
    /// The payment that was looked up.
    pub payment_id: Option<PaymentId>,
    /// Why it was refused, or failed.
    pub failure: Option<String>,
    /// How often it was acted on.
    pub attempts: i64,
    /// As it came, where it is text.
    pub body: String,
    pub version: i64,
    pub received_at: Timestamp,
}

/// All conditions hold together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(default, deny_unknown_fields)]
pub struct NoticeQuery {
    pub state: Option<NoticeState>,
    /// `next` of the page before.
    pub after: Option<String>,
    /// 1 to 100; 24 where not given.
    pub limit: Option<u32>,
}

impl NoticeQuery {
    pub fn page(&self) -> PageRequest {
        PageRequest { after: self.after.clone(), limit: self.limit }
    }
}
