//! Stock over HTTP, relative to `/api/admin/v1`. Shoppers read availability with the catalogue.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use souk_contract::{
    DEFAULT_LIMIT, Error, Inventory, LocationId, Movement, Page, PageRequest, Resource, SetStock, StockLevel,
    StockPolicy, VariantId,
};
use souk_kernel::http::{Caller, IfMatch, Json, Path, Problem, Query, Versioned};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Rows in one request.
const MOST_ROWS: usize = 10_000;

type Service = State<Arc<dyn Inventory>>;

/// What staff and outside systems do with stock.
pub fn admin_routes(inventory: Arc<dyn Inventory>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(show, put))
        .routes(routes!(adjust))
        .routes(routes!(movements))
        .routes(routes!(put_many))
        .routes(routes!(running_out))
        .with_state(inventory)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PutLevel {
    /// Where; not given: `on_hand` is the sum over all locations, and the preferred one takes the difference.
    #[serde(default)]
    location_id: Option<LocationId>,
    /// The absolute number on the shelf.
    on_hand: i64,
    #[serde(default = "yes")]
    tracked: bool,
    #[serde(default)]
    policy: StockPolicy,
    #[serde(default)]
    reason: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Adjust {
    /// The preferred one where not given.
    #[serde(default)]
    location_id: Option<LocationId>,
    /// Pieces more or, negative, fewer.
    delta: i64,
    reason: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PutLevels {
    /// At most 10,000; all are written or none.
    items: Vec<SetStock>,
    #[serde(default)]
    reason: String,
}

fn yes() -> bool {
    true
}

/// Get a variant's stock level
#[utoipa::path(
    get, path = "/stock/{variant_id}", tag = "inventory", params(("variant_id" = VariantId, Path)),
    responses((status = 200, body = StockLevel), (status = 401))
)]
async fn show(
    State(inventory): Service,
    Caller(ctx): Caller,
    Path(variant): Path<VariantId>,
) -> Result<Versioned<Json<StockLevel>>, Problem> {
    ctx.require(Resource::Inventory.read())?;
    let levels = inventory.levels(&ctx, &[variant]).await?;
    let level = levels.into_iter().next().ok_or_else(|| Error::not_found("stock level"))?;
    Ok(Versioned(level.version, Json(level)))
}

/// Set a variant's stock level
#[utoipa::path(
    put, path = "/stock/{variant_id}", tag = "inventory",
    params(
        ("variant_id" = VariantId, Path),
        ("If-Match" = String, Header, description = "The level's ETag; \"0\" where there was none"),
    ),
    request_body = PutLevel,
    responses((status = 200, body = StockLevel), (status = 412), (status = 422), (status = 428))
)]
async fn put(
    State(inventory): Service,
    Caller(ctx): Caller,
    Path(variant_id): Path<VariantId>,
    if_match: IfMatch,
    Json(request): Json<PutLevel>,
) -> Result<Versioned<Json<StockLevel>>, Problem> {
    let PutLevel { location_id, on_hand, tracked, policy, reason } = request;
    let if_version = Some(if_match.required()?);
    let item = SetStock { variant_id, location_id, on_hand, tracked, policy, if_version };
    let levels = inventory.set_stock(&ctx, vec![item], &reason).await?;
    let level = levels.into_iter().next().ok_or_else(|| Error::not_found("stock level"))?;
    Ok(Versioned(level.version, Json(level)))
}

/// Adjust a variant's stock
#[utoipa::path(
    post, path = "/stock/{variant_id}/adjust", tag = "inventory",
    params(("variant_id" = VariantId, Path), ("Idempotency-Key" = Option<String>, Header)),
    request_body = Adjust,
    responses((status = 200, body = StockLevel), (status = 409), (status = 422))
)]
async fn adjust(
    State(inventory): Service,
    Caller(ctx): Caller,
    Path(variant_id): Path<VariantId>,
    if_match: IfMatch,
    Json(request): Json<Adjust>,
) -> Result<Versioned<Json<StockLevel>>, Problem> {
    let Adjust { location_id, delta, reason } = request;
    let if_version = if_match.0;
    let request = souk_contract::AdjustStock { variant_id, location_id, delta, reason, if_version };
    let level = inventory.adjust(&ctx, request).await?;
    Ok(Versioned(level.version, Json(level)))
}

#[derive(Deserialize)]
struct Limit {
    #[serde(default)]
    limit: Option<u32>,
}

/// List what is running out
///
/// Sold out or low, fewest pieces first.
#[utoipa::path(
    get, path = "/stock/running-out", tag = "inventory",
    params(("limit" = Option<u32>, Query, description = "1 to 100, 24 where not given")),
    responses((status = 200, body = Vec<StockLevel>), (status = 401), (status = 403))
)]
async fn running_out(
    State(inventory): Service,
    Caller(ctx): Caller,
    Query(Limit { limit }): Query<Limit>,
) -> Result<Json<Vec<StockLevel>>, Problem> {
    Ok(Json(inventory.running_out(&ctx, limit.unwrap_or(DEFAULT_LIMIT)).await?))
}

/// List a variant's stock movements
///
/// Newest first.
#[utoipa::path(
    get, path = "/stock/{variant_id}/movements", tag = "inventory",
    params(
        ("variant_id" = VariantId, Path),
        ("after" = Option<String>, Query),
        ("limit" = Option<u32>, Query),
    ),
    responses((status = 200, body = Page<Movement>), (status = 401))
)]
async fn movements(
    State(inventory): Service,
    Caller(ctx): Caller,
    Path(variant): Path<VariantId>,
    Query(page): Query<PageRequest>,
) -> Result<Json<Page<Movement>>, Problem> {
    Ok(Json(inventory.movements(&ctx, variant, &page).await?))
}

/// Set many stock levels
#[utoipa::path(
    post, path = "/stock", tag = "inventory", params(("Idempotency-Key" = Option<String>, Header)),
    request_body = PutLevels,
    responses((status = 200, body = Vec<StockLevel>), (status = 412), (status = 422))
)]
async fn put_many(
    State(inventory): Service,
    Caller(ctx): Caller,
    Json(request): Json<PutLevels>,
) -> Result<Json<Vec<StockLevel>>, Problem> {
    if request.items.len() > MOST_ROWS {
        return Err(Error::invalid("items", "too_many", "At most 10,000 at once.").into());
    }
    Ok(Json(inventory.set_stock(&ctx, request.items, &request.reason).await?))
}
