//! Orders and their parcels.

use leptos::{prelude::*, server_fn::codec::Json};
use souk_contract::{
    CreateFulfillment, FulfillmentId, OrderId, OrderQuery, OrderSummary, OrdersWaiting, Page, Period,
    TaxShare,
};

#[cfg(feature = "ssr")]
use crate::context::Visit;
use crate::{api::admin::Client, failure::Result};

#[server(prefix = "/fn", endpoint = "admin/orders", input = Json, output = Json, client = Client)]
pub async fn orders(query: OrderQuery) -> Result<Page<OrderSummary>> {
    let visit = Visit::current()?;
    Ok(visit.services.orders.list(&visit.ctx, &query).await?)
}

#[server(prefix = "/fn", endpoint = "admin/orders/get", input = Json, output = Json, client = Client)]
pub async fn order(id: OrderId) -> Result<souk_contract::Order> {
    let visit = Visit::current()?;
    Ok(visit.services.orders.get(&visit.ctx, id).await?)
}

/// By rate; none on orders from before rates were kept.
#[server(prefix = "/fn", endpoint = "admin/orders/taxes", input = Json, output = Json, client = Client)]
pub async fn order_taxes(id: OrderId) -> Result<Vec<TaxShare>> {
    let visit = Visit::current()?;
    let order = visit.services.orders.get(&visit.ctx, id).await?;
    let of_lines = order.lines.iter().flat_map(|line| &line.taxes);
    Ok(TaxShare::by_rate(of_lines.chain(&order.shipping_taxes)))
}

#[server(prefix = "/fn", endpoint = "admin/orders/sales", input = Json, output = Json, client = Client)]
pub async fn sales(periods: Vec<Period>) -> Result<Vec<souk_contract::Sales>> {
    let visit = Visit::current()?;
    Ok(visit.services.orders.sales(&visit.ctx, &periods).await?)
}

#[server(prefix = "/fn", endpoint = "admin/orders/waiting", input = Json, output = Json, client = Client)]
pub async fn waiting() -> Result<OrdersWaiting> {
    let visit = Visit::current()?;
    Ok(visit.services.orders.waiting(&visit.ctx).await?)
}

#[server(prefix = "/fn", endpoint = "admin/orders/fulfil", input = Json, output = Json, client = Client)]
pub async fn fulfil(
    id: OrderId,
    request: CreateFulfillment,
    if_version: Option<i64>,
) -> Result<souk_contract::Order> {
    let visit = Visit::current()?;
    Ok(visit.services.orders.fulfil(&visit.ctx, id, request, if_version).await?)
}

#[server(prefix = "/fn", endpoint = "admin/orders/fulfillments/move", input = Json, output = Json, client = Client)]
pub async fn move_fulfillment(
    id: OrderId,
    fulfillment: FulfillmentId,
    request: souk_contract::MoveFulfillment,
) -> Result<souk_contract::Order> {
    let visit = Visit::current()?;
    Ok(visit.services.orders.move_fulfillment(&visit.ctx, id, fulfillment, request).await?)
}

#[server(prefix = "/fn", endpoint = "admin/orders/cancel", input = Json, output = Json, client = Client)]
pub async fn cancel_order(id: OrderId, if_version: Option<i64>) -> Result<souk_contract::Order> {
    let visit = Visit::current()?;
    Ok(visit.services.orders.cancel(&visit.ctx, id, if_version).await?)
}

/// The transfer is on the account.
#[server(prefix = "/fn", endpoint = "admin/payments/confirm-transfer", input = Json, output = Json, client = Client)]
pub async fn confirm_transfer(
    id: souk_contract::PaymentId,
    if_version: Option<i64>,
) -> Result<souk_contract::Payment> {
    let visit = Visit::current()?;
    Ok(visit.services.payments.confirm_transfer(&visit.ctx, id, if_version).await?)
}

/// One step for many.
#[server(prefix = "/fn", endpoint = "admin/orders/move", input = Json, output = Json, client = Client)]
pub async fn move_orders(request: souk_contract::MoveOrders) -> Result<souk_contract::OrdersMoved> {
    let visit = Visit::current()?;
    Ok(visit.services.orders.move_orders(&visit.ctx, request).await?)
}
