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

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Mail {
    pub id: MailId,
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// `order_confirmation`, `password_reset`, `welcome`, …
    pub template: String,
    pub state: MailState,
    pub attempts: i64,
    pub last_error: Option<String>,
    pub created_at: Timestamp,
}

/// Carries a mail away: to a server, or into a folder.
#[async_trait]
pub trait MailTransport: Send + Sync {
    /// # Errors
    /// `Unavailable` when it is worth another try; anything else is final.
    async fn send(&self, mail: &Mail) -> Result<()>;
}

#[async_trait]
pub trait Messaging: Send + Sync {
    /// Staff. Newest first.
    async fn mails(&self, ctx: &Ctx, page: &PageRequest) -> Result<Page<Mail>>;
    async fn mail(&self, ctx: &Ctx, id: MailId) -> Result<Mail>;
    /// The same letter once more, as a mail of its own. `Conflict only_once` where its link works a single time.
    async fn send_again(&self, ctx: &Ctx, id: MailId) -> Result<Mail>;
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
