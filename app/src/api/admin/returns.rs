//! What shoppers send back.

use leptos::{prelude::*, server_fn::codec::Json};
use souk_contract::{
    CreateReturn, OrderId, Page, ReceiveReturn, RefundReturn, Return, ReturnId, ReturnQuery, ReturnQuote,
    ReturnSummary,
};

#[cfg(feature = "ssr")]
use crate::context::Visit;
use crate::{api::admin::Client, failure::Result};

#[server(prefix = "/fn", endpoint = "admin/returns", input = Json, output = Json, client = Client)]
pub async fn returns(query: ReturnQuery) -> Result<Page<ReturnSummary>> {
    let visit = Visit::current()?;
    Ok(visit.services.returns.list(&visit.ctx, &query).await?)
}

#[server(prefix = "/fn", endpoint = "admin/returns/of-order", input = Json, output = Json, client = Client)]
pub async fn returns_of(order: OrderId) -> Result<souk_contract::OrderReturns> {
    let visit = Visit::current()?;
    Ok(visit.services.returns.of_order(&visit.ctx, order).await?)
}

#[server(prefix = "/fn", endpoint = "admin/returns/open", input = Json, output = Json, client = Client)]
pub async fn open_return(order: OrderId, request: CreateReturn) -> Result<Return> {
    let visit = Visit::current()?;
    Ok(visit.services.returns.create(&visit.ctx, order, request).await?)
}

#[server(prefix = "/fn", endpoint = "admin/returns/move", input = Json, output = Json, client = Client)]
pub async fn step_return(
    id: ReturnId,
    request: souk_contract::MoveReturn,
    if_version: Option<i64>,
) -> Result<Return> {
    let visit = Visit::current()?;
    Ok(visit.services.returns.move_on(&visit.ctx, id, request, if_version).await?)
}

#[server(prefix = "/fn", endpoint = "admin/returns/receive", input = Json, output = Json, client = Client)]
pub async fn take_in_return(id: ReturnId, request: ReceiveReturn, if_version: Option<i64>) -> Result<Return> {
    let visit = Visit::current()?;
    Ok(visit.services.returns.receive(&visit.ctx, id, request, if_version).await?)
}

/// What a refund would come to.
#[server(prefix = "/fn", endpoint = "admin/returns/quote", input = Json, output = Json, client = Client)]
pub async fn quote_return(id: ReturnId, request: RefundReturn) -> Result<ReturnQuote> {
    let visit = Visit::current()?;
    Ok(visit.services.returns.quote(&visit.ctx, id, request).await?)
}

#[server(prefix = "/fn", endpoint = "admin/returns/refund", input = Json, output = Json, client = Client)]
pub async fn pay_return(id: ReturnId, request: RefundReturn, if_version: Option<i64>) -> Result<Return> {
    let visit = Visit::current()?;
    Ok(visit.services.returns.refund(&visit.ctx, id, request, if_version).await?)
}
