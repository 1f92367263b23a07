//! The reports over HTTP, relative to `/api/admin/v1`. Each is there as JSON and, under the same name with `.csv`, as a table.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use souk_contract::{
    Analytics, Ctx, Export, FunnelReport, OrderFact, Page, ReportQuery, RowsQuery, SalesReport, StockReport,
    TopQuery, TopRow,
};
use souk_kernel::http::{Caller, Json, Problem, Query};
use utoipa_axum::{router::OpenApiRouter, routes};

type Service = State<Arc<dyn Analytics>>;

/// What staff look at.
pub fn admin_routes(analytics: Arc<dyn Analytics>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(sales))
        .routes(routes!(sales_table))
        .routes(routes!(top))
        .routes(routes!(top_table))
        .routes(routes!(funnel))
        .routes(routes!(funnel_table))
        .routes(routes!(stock))
        .routes(routes!(stock_table))
        .routes(routes!(orders))
        .routes(routes!(orders_table))
        .with_state(analytics)
}

/// A file to save.
struct Table {
    name: &'static str,
    csv: String,
}

impl IntoResponse for Table {
    fn into_response(self) -> Response {
        let mut response = self.csv.into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
        let saved = format!("attachment; filename=\"{}.csv\"", self.name);
        if let Ok(value) = HeaderValue::from_str(&saved) {
            headers.insert(header::CONTENT_DISPOSITION, value);
        }
        response
    }
}

async fn table(
    analytics: &Arc<dyn Analytics>,
    ctx: &Ctx,
    name: &'static str,
    export: Export,
) -> Result<Table, Problem> {
    Ok(Table { name, csv: analytics.export(ctx, &export).await? })
}

/// Sales over time
///
/// Orders by when they were placed, cancelled ones left out, in one currency. Days and hours are UTC. Each bucket of the
/// period is there, empty ones too, with the same bucket of the period that it is compared with.
#[utoipa::path(
    get, path = "/analytics/sales", tag = "analytics", params(ReportQuery),
    responses((status = 200, body = SalesReport), (status = 401), (status = 403), (status = 422))
)]
async fn sales(
    State(analytics): Service,
    Caller(ctx): Caller,
    Query(query): Query<ReportQuery>,
) -> Result<Json<SalesReport>, Problem> {
    Ok(Json(analytics.sales(&ctx, &query).await?))
}

/// Sales over time as CSV
#[utoipa::path(
    get, path = "/analytics/sales.csv", tag = "analytics", params(ReportQuery),
    responses((status = 200, body = String, content_type = "text/csv"), (status = 401), (status = 403), (status = 422))
)]
async fn sales_table(
    State(analytics): Service,
    Caller(ctx): Caller,
    Query(query): Query<ReportQuery>,
) -> Result<Table, Problem> {
    table(&analytics, &ctx, "sales", Export::Sales(query)).await
}

/// Top products or categories
///
/// What sold for most first. A product that was in several categories counts in each of them.
#[utoipa::path(
    get, path = "/analytics/top", tag = "analytics", params(TopQuery),
    responses((status = 200, body = Page<TopRow>), (status = 401), (status = 403), (status = 422))
)]
async fn top(
    State(analytics): Service,
    Caller(ctx): Caller,
    Query(query): Query<TopQuery>,
) -> Result<Json<Page<TopRow>>, Problem> {
    Ok(Json(analytics.top(&ctx, &query).await?))
}

/// Top products or categories as CSV
#[utoipa::path(
    get, path = "/analytics/top.csv", tag = "analytics", params(TopQuery),
    responses((status = 200, body = String, content_type = "text/csv"), (status = 401), (status = 403), (status = 422))
)]
async fn top_table(
    State(analytics): Service,
    Caller(ctx): Caller,
    Query(query): Query<TopQuery>,
) -> Result<Table, Problem> {
    table(&analytics, &ctx, "top", Export::Top(query)).await
}

/// From looking to paying
///
/// Product pages shown, carts begun, carts that came to the checkout, orders placed and paid: each counted where it happens.
#[utoipa::path(
    get, path = "/analytics/funnel", tag = "analytics", params(ReportQuery),
    responses((status = 200, body = FunnelReport), (status = 401), (status = 403), (status = 422))
)]
async fn funnel(
    State(analytics): Service,
    Caller(ctx): Caller,
    Query(query): Query<ReportQuery>,
) -> Result<Json<FunnelReport>, Problem> {
    Ok(Json(analytics.funnel(&ctx, &query).await?))
}

/// From looking to paying, as CSV
#[utoipa::path(
    get, path = "/analytics/funnel.csv", tag = "analytics", params(ReportQuery),
    responses((status = 200, body = String, content_type = "text/csv"), (status = 401), (status = 403), (status = 422))
)]
async fn funnel_table(
    State(analytics): Service,
    Caller(ctx): Caller,
    Query(query): Query<ReportQuery>,
) -> Result<Table, Problem> {
    table(&analytics, &ctx, "funnel", Export::Funnel(query)).await
}

/// Stock value and cover
///
/// Counted at most every five minutes.
#[utoipa::path(
    get, path = "/analytics/stock", tag = "analytics",
    responses((status = 200, body = StockReport), (status = 401), (status = 403), (status = 503))
)]
async fn stock(State(analytics): Service, Caller(ctx): Caller) -> Result<Json<StockReport>, Problem> {
    Ok(Json(analytics.stock(&ctx).await?))
}

/// The most valuable stock as CSV
#[utoipa::path(
    get, path = "/analytics/stock.csv", tag = "analytics",
    responses((status = 200, body = String, content_type = "text/csv"), (status = 401), (status = 403), (status = 503))
)]
async fn stock_table(State(analytics): Service, Caller(ctx): Caller) -> Result<Table, Problem> {
    table(&analytics, &ctx, "stock", Export::Stock).await
}

/// The orders behind a figure
///
/// Newest first, cancelled ones left out. The sum of `amount` over all pages is the figure.
#[utoipa::path(
    get, path = "/analytics/orders", tag = "analytics", params(RowsQuery),
    responses((status = 200, body = Page<OrderFact>), (status = 401), (status = 403), (status = 422))
)]
async fn orders(
    State(analytics): Service,
    Caller(ctx): Caller,
    Query(query): Query<RowsQuery>,
) -> Result<Json<Page<OrderFact>>, Problem> {
    Ok(Json(analytics.orders(&ctx, &query).await?))
}

/// The orders behind a figure as CSV
#[utoipa::path(
    get, path = "/analytics/orders.csv", tag = "analytics", params(RowsQuery),
    responses((status = 200, body = String, content_type = "text/csv"), (status = 401), (status = 403), (status = 422))
)]
async fn orders_table(
    State(analytics): Service,
    Caller(ctx): Caller,
    Query(query): Query<RowsQuery>,
) -> Result<Table, Problem> {
    table(&analytics, &ctx, "orders", Export::Orders(query)).await
}
