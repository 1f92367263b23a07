//! Who changed what.

use leptos::{prelude::*, server_fn::codec::Json};
use souk_contract::{AuditEntry, AuditQuery, Page};

#[cfg(feature = "ssr")]
use crate::context::Visit;
use crate::{api::admin::Client, failure::Result};

#[server(prefix = "/fn", endpoint = "admin/audit", input = Json, output = Json, client = Client)]
pub async fn entries(query: AuditQuery) -> Result<Page<AuditEntry>> {
    let visit = Visit::current()?;
    Ok(visit.services.audit.entries(&visit.ctx, &query).await?)
}
