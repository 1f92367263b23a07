//! Who changed what: every change by staff, from a screen or by a key, with what was there before.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{AuditId, Ctx, Page, PageRequest, Result, StaffId, Timestamp};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEntry {
    pub id: AuditId,
    pub at: Timestamp,
    pub staff_id: StaffId,
    /// By a session, or by a key.
    pub by_key: bool,
    /// `order.shipped`, `product.updated`, `staff.invited`.
    pub action: String,
    /// `order`, `product`, `variant`, `staff`.
    pub object: String,
    pub object_id: Uuid,
    /// As people call it: `#1001`, a title, a name.
    pub label: String,
    /// What became different; empty where the action says it all.
    pub changes: Vec<AuditChange>,
    /// Also on every log line of the request.
    pub request_id: String,
}

/// One field. Texts stand as they are, everything else as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditChange {
    pub field: String,
    #[serde(default)]
    pub before: Option<String>,
    #[serde(default)]
    pub after: Option<String>,
}

/// All conditions hold together.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(default)]
pub struct AuditQuery {
    pub staff_id: Option<StaffId>,
    /// `order`, `product`, …
    pub object: Option<String>,
    pub object_id: Option<Uuid>,
    /// `order.shipped`, or its beginning: `order.`
    pub action: Option<String>,
    /// Found in the label or in a changed field's values; letters' case does not matter.
    pub text: Option<String>,
    pub from: Option<Timestamp>,
    /// Not included.
    pub until: Option<Timestamp>,
    /// `next` of the page before.
    pub after: Option<String>,
    /// 1 to 100; 24 where not given.
    pub limit: Option<u32>,
}

impl AuditQuery {
    pub fn page(&self) -> PageRequest {
        PageRequest { after: self.after.clone(), limit: self.limit }
    }
}

#[async_trait]
pub trait Audit: Send + Sync {
    /// Newest first, over all domains.
    async fn entries(&self, ctx: &Ctx, query: &AuditQuery) -> Result<Page<AuditEntry>>;
}
