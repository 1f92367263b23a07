//! Segments of customers.

use leptos::{prelude::*, server_fn::codec::Json};
use souk_contract::{Segment, SegmentCount, SegmentId, SegmentInput};

#[cfg(feature = "ssr")]
use crate::context::Visit;
use crate::{api::admin::Client, failure::Result};

#[server(prefix = "/fn", endpoint = "admin/segments", input = Json, output = Json, client = Client)]
pub async fn segments() -> Result<Vec<Segment>> {
    let visit = Visit::current()?;
    Ok(visit.services.crm.segments(&visit.ctx).await?)
}

#[server(prefix = "/fn", endpoint = "admin/segments/count", input = Json, output = Json, client = Client)]
pub async fn count_segment(rule: String) -> Result<SegmentCount> {
    let visit = Visit::current()?;
    Ok(visit.services.crm.count_segment(&visit.ctx, &rule).await?)
}

#[server(prefix = "/fn", endpoint = "admin/segments/put", input = Json, output = Json, client = Client)]
pub async fn put_segment(
    id: Option<SegmentId>,
    request: SegmentInput,
    if_version: Option<i64>,
) -> Result<Segment> {
    let visit = Visit::current()?;
    Ok(visit.services.crm.put_segment(&visit.ctx, id, request, if_version).await?)
}

#[server(prefix = "/fn", endpoint = "admin/segments/remove", input = Json, output = Json, client = Client)]
pub async fn remove_segment(id: SegmentId) -> Result<()> {
    let visit = Visit::current()?;
    Ok(visit.services.crm.remove_segment(&visit.ctx, id).await?)
}
