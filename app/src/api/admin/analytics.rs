//! Reports, with the charts that show them.

use leptos::{prelude::*, server_fn::codec::Json};
use serde::{Deserialize, Serialize};
use souk_contract::{
    Export, FunnelReport, OrderFact, Page, ReportQuery, RowsQuery, SalesReport, StockReport, TopQuery, TopRow,
};

use crate::{api::admin::Client, failure::Result};
#[cfg(feature = "ssr")]
use crate::{context::Visit, serve::chart};

/// A chart as the browser's module takes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Drawing {
    /// ECharts' option as JSON. Colours are names of the stylesheet: `--accent`.
    pub chart: String,
    /// What is said of each bar.
    pub tips: Vec<String>,
}

/// The sales report, and a drawing for each way to look at it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DrawnSales {
    pub report: SalesReport,
    pub sales: Drawing,
    pub orders: Drawing,
    pub average: Drawing,
    /// New against returning.
    pub buyers: Drawing,
}

#[server(prefix = "/fn", endpoint = "admin/analytics/sales", input = Json, output = Json, client = Client)]
pub async fn sales(query: ReportQuery) -> Result<DrawnSales> {
    let visit = Visit::current()?;
    Ok(chart::sales(visit.services.analytics.sales(&visit.ctx, &query).await?))
}

#[server(prefix = "/fn", endpoint = "admin/analytics/top", input = Json, output = Json, client = Client)]
pub async fn top(query: TopQuery) -> Result<Page<TopRow>> {
    let visit = Visit::current()?;
    Ok(visit.services.analytics.top(&visit.ctx, &query).await?)
}

#[server(prefix = "/fn", endpoint = "admin/analytics/funnel", input = Json, output = Json, client = Client)]
pub async fn funnel(query: ReportQuery) -> Result<(FunnelReport, Drawing)> {
    let visit = Visit::current()?;
    let report = visit.services.analytics.funnel(&visit.ctx, &query).await?;
    let drawing = chart::funnel(&report);
    Ok((report, drawing))
}

#[server(prefix = "/fn", endpoint = "admin/analytics/stock", input = Json, output = Json, client = Client)]
pub async fn stock() -> Result<StockReport> {
    let visit = Visit::current()?;
    Ok(visit.services.analytics.stock(&visit.ctx).await?)
}

/// The orders behind a bar.
#[server(prefix = "/fn", endpoint = "admin/analytics/orders", input = Json, output = Json, client = Client)]
pub async fn rows(query: RowsQuery) -> Result<Page<OrderFact>> {
    let visit = Visit::current()?;
    Ok(visit.services.analytics.orders(&visit.ctx, &query).await?)
}

/// CSV, to be saved as a file.
#[server(prefix = "/fn", endpoint = "admin/analytics/export", input = Json, output = Json, client = Client)]
pub async fn table(export: Export) -> Result<String> {
    let visit = Visit::current()?;
    Ok(visit.services.analytics.export(&visit.ctx, &export).await?)
}
