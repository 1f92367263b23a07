//! Mail: written, kept, and sent when a server is configured.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Ctx, Event, MailId, Page, PageRequest, Result, Timestamp};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MailState {
    Queued,
    Sent,
    /// Given up after many tries.
    Dead,
}

impl MailState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Dead => "dead",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Queued, Self::Sent, Self::Dead].into_iter().find(|state| state.as_str() == text)
    }
}

/// What a mail is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MailKind {
    OrderConfirmation,
    OrderShipped,
    OrderShippedInPart,
    OrderRefunded,
    OrderCancelled,
    ReturnRequested,
    ReturnApproved,
    ReturnDeclined,
    ReturnReceived,
    Welcome,
    PasswordReset,
}

impl MailKind {
    pub const ALL: [Self; 11] = [
        Self::OrderConfirmation,
        Self::OrderShipped,
        Self::OrderShippedInPart,
        Self::OrderRefunded,
        Self::OrderCancelled,
        Self::ReturnRequested,
        Self::ReturnApproved,
        Self::ReturnDeclined,
        Self::ReturnReceived,
        Self::Welcome,
        Self::PasswordReset,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::OrderConfirmation => "order_confirmation",
            Self::OrderShipped => "order_shipped",
            Self::OrderShippedInPart => "order_shipped_in_part",
            Self::OrderRefunded => "order_refunded",
            Self::OrderCancelled => "order_cancelled",
            Self::ReturnRequested => "return_requested",
            Self::ReturnApproved => "return_approved",
            Self::ReturnDeclined => "return_declined",
            Self::ReturnReceived => "return_received",
            Self::Welcome => "welcome",
            Self::PasswordReset => "password_reset",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// The words of a kind of mail. `{number}` and the like stand for what [`MailTemplate::placeholders`] says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MailWords {
    /// One line, at most 200 characters.
    pub subject: String,
    /// The heading: one line, at most 200 characters.
    pub title: String,
    /// Each line is a paragraph; at most 5,000 characters. Text, not HTML.
    pub body: String,
    /// On the button that leads to the shop: one line, at most 80 characters.
    pub button: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MailPlaceholder {
    /// Without its braces.
    pub name: String,
    pub meaning: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MailTemplate {
    pub kind: MailKind,
    pub words: MailWords,
    /// False: what the program brings.
    pub is_own: bool,
    pub placeholders: Vec<MailPlaceholder>,
    /// 0 until it was changed once.
    pub version: i64,
}

/// A mail as a customer would get it, of an order that never was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MailPreview {
    pub subject: String,
    pub text: String,
    pub html: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Mail {
    pub id: MailId,
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// As [`MailKind`] writes it.
    pub template: String,
    pub state: MailState,
    pub attempts: i64,
    pub last_error: Option<String>,
    pub created_at: Timestamp,
}

/// Who writes, as the shop's settings say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailSender {
    pub name: String,
    /// Where answers go to.
    pub email: String,
}

/// Carries a mail away: to a server, or into a folder.
#[async_trait]
pub trait MailTransport: Send + Sync {
    /// # Errors
    /// `Unavailable` when it is worth another try; anything else is final.
    async fn send(&self, mail: &Mail, sender: &MailSender) -> Result<()>;
}

#[async_trait]
pub trait Messaging: Send + Sync {
    /// Staff. Newest first.
    async fn mails(&self, ctx: &Ctx, page: &PageRequest) -> Result<Page<Mail>>;
    async fn mail(&self, ctx: &Ctx, id: MailId) -> Result<Mail>;
    /// The same letter once more, as a mail of its own. `Conflict only_once` where its link works a single time.
    async fn send_again(&self, ctx: &Ctx, id: MailId) -> Result<Mail>;
    async fn templates(&self, ctx: &Ctx) -> Result<Vec<MailTemplate>>;
    /// No words: those of the program again. Letters that are written from now on say it.
    ///
    /// # Errors
    /// `Invalid` names the field and the placeholder that is not known; `Conflict stale_version`.
    async fn set_template(
        &self,
        ctx: &Ctx,
        kind: MailKind,
        words: Option<MailWords>,
        if_version: Option<i64>,
    ) -> Result<MailTemplate>;
    /// Writes nothing, sends nothing.
    async fn preview(&self, ctx: &Ctx, kind: MailKind, words: &MailWords) -> Result<MailPreview>;
}

/// A mail has left.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MailSent {
    pub mail_id: MailId,
}

impl Event for MailSent {
    const KIND: &'static str = "messaging.mail_sent";
    fn key(&self) -> Uuid {
        self.mail_id.uuid()
    }
}
