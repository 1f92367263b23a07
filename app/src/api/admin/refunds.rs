//! What comes after an order was placed: refunds, tags, notes and papers.

use leptos::{prelude::*, server_fn::codec::Json};
use souk_contract::{CreateRefund, Document, Order, OrderId};

#[cfg(feature = "ssr")]
use crate::context::Visit;
use crate::{api::admin::Client, failure::Result};

#[server(prefix = "/fn", endpoint = "admin/orders/refund", input = Json, output = Json, client = Client)]
pub async fn refund(id: OrderId, request: CreateRefund, if_version: Option<i64>) -> Result<Order> {
    let visit = Visit::current()?;
    Ok(visit.services.orders.refund(&visit.ctx, id, request, if_version).await?)
}

#[server(prefix = "/fn", endpoint = "admin/orders/tags", input = Json, output = Json, client = Client)]
pub async fn set_tags(id: OrderId, tags: Vec<String>, if_version: Option<i64>) -> Result<Order> {
    let visit = Visit::current()?;
    Ok(visit.services.orders.set_tags(&visit.ctx, id, tags, if_version).await?)
}

#[server(prefix = "/fn", endpoint = "admin/orders/note", input = Json, output = Json, client = Client)]
pub async fn add_note(id: OrderId, text: String) -> Result<()> {
    let visit = Visit::current()?;
    Ok(visit.services.orders.add_note(&visit.ctx, id, &text).await?)
}

#[server(prefix = "/fn", endpoint = "admin/orders/documents", input = Json, output = Json, client = Client)]
pub async fn documents(id: OrderId) -> Result<Vec<Document>> {
    let visit = Visit::current()?;
    Ok(visit.services.orders.documents(&visit.ctx, id).await?)
}
