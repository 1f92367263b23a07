//! What changed while somebody looks: asked for again and again, so it is small and quick to find.

use leptos::{prelude::*, server_fn::codec::Json};
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
use souk_contract::{OrderQuery, Resource};
use souk_contract::{OrderSummary, OrdersWaiting, StockLevel};

#[cfg(feature = "ssr")]
use crate::context::Visit;
use crate::{api::admin::Client, failure::Result};

/// Orders of one answer: more than come in between two questions, in most shops.
#[cfg(feature = "ssr")]
const NEWEST: u32 = 8;
/// As many as the first screen shows of what runs out.
#[cfg(feature = "ssr")]
const SHORT: u32 = 12;

/// Whatever is different from last time is news. What the member may not see stays empty.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Pulse {
    /// Newest first.
    pub orders: Vec<OrderSummary>,
    pub waiting: Option<OrdersWaiting>,
    /// What runs out, fewest pieces first.
    pub short: Vec<StockLevel>,
}

#[server(prefix = "/fn", endpoint = "admin/live", input = Json, output = Json, client = Client)]
pub async fn ask() -> Result<Pulse> {
    let visit = Visit::current()?;
    let may = |resource: Resource| visit.ctx.require(resource.read()).is_ok();
    let mut pulse = Pulse::default();
    if may(Resource::Orders) {
        let newest = OrderQuery { limit: Some(NEWEST), ..OrderQuery::default() };
        pulse.orders = visit.services.orders.list(&visit.ctx, &newest).await?.items;
        pulse.waiting = Some(visit.services.orders.waiting(&visit.ctx).await?);
    }
    if may(Resource::Inventory) {
        pulse.short = visit.services.inventory.running_out(&visit.ctx, SHORT).await?;
    }
    Ok(pulse)
}
