//! What shoppers send back.

use leptos::{prelude::*, server_fn::codec::Json};
use serde::{Deserialize, Serialize};
use souk_contract::{
    CreateReturn, MoveReturn, OrderId, Page, ReceiveReturn, RefundReturn, ReturnId, ReturnSummary,
};

#[cfg(feature = "ssr")]
use crate::context::Visit;
use crate::{api::admin::Client, failure::Result};

#[server(prefix = "/fn", endpoint = "admin/returns", input = Json, output = Json, client = Client)]
pub async fn returns(
    text: Option<String>,
    state: Option<String>,
    after: Option<String>,
) -> Result<Page<ReturnSummary>> {
    let visit = Visit::current()?;
    let state = state.as_deref().and_then(souk_contract::ReturnState::parse);
    let query = souk_contract::ReturnQuery { text, state, after, limit: Some(50) };
    Ok(visit.services.returns.list(&visit.ctx, &query).await?)
}

#[server(prefix = "/fn", endpoint = "admin/returns/of-order", input = Json, output = Json, client = Client)]
pub async fn returns_of(order: OrderId) -> Result<souk_contract::OrderReturns> {
    let visit = Visit::current()?;
    Ok(visit.services.returns.of_order(&visit.ctx, order).await?)
}

/// What is done to a return: one function for all of it, since each is a kilobyte of wasm. The version says what was seen.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Change {
    Open(OrderId, CreateReturn),
    Move(ReturnId, i64, MoveReturn),
    Receive(ReturnId, i64, ReceiveReturn),
    Refund(ReturnId, i64, RefundReturn),
}

#[server(prefix = "/fn", endpoint = "admin/returns/change", input = Json, output = Json, client = Client)]
pub async fn change_return(change: Change) -> Result<()> {
    let Visit { services, ctx, .. } = Visit::current()?;
    match change {
        Change::Open(order, request) => services.returns.create(&ctx, order, request).await?,
        Change::Move(id, seen, request) => services.returns.move_on(&ctx, id, request, Some(seen)).await?,
        Change::Receive(id, seen, request) => services.returns.receive(&ctx, id, request, Some(seen)).await?,
        Change::Refund(id, seen, request) => services.returns.refund(&ctx, id, request, Some(seen)).await?,
    };
    Ok(())
}
