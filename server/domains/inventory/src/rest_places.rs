//! Stock in several places over HTTP, relative to `/api/admin/v1`.

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, State};
use serde::Deserialize;
use souk_contract::{
    Ctx, LevelQuery, Location, LocationId, LocationInput, MoveDamaged, Page, PlaceLevel, StockLevel,
    Stockroom, SyncReport, SyncStock, Timestamp, VariantId,
};
use souk_kernel::http::{Caller, IfMatch, Json, Path, Problem, Query, Versioned};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) type Service = State<Arc<dyn Stockroom>>;

/// Ten thousand rows.
const LARGEST_SYNC: usize = 2 << 20;

/// What staff and outside systems do with stock in several places.
pub fn stockroom_routes(stockroom: Arc<dyn Stockroom>) -> OpenApiRouter {
    let sync = OpenApiRouter::new().routes(routes!(sync)).layer(DefaultBodyLimit::max(LARGEST_SYNC));
    OpenApiRouter::new()
        .routes(routes!(list_locations, create_location))
        .routes(routes!(order_locations))
        .routes(routes!(put_location))
        .routes(routes!(levels))
        .routes(routes!(move_damaged))
        .merge(crate::rest_supplies::routes())
        .merge(crate::rest_counts::routes())
        .merge(crate::rest_reorder::routes())
        .merge(sync)
        .with_state(stockroom)
}

/// List locations
///
/// In order of preference, those that are switched off too.
#[utoipa::path(
    get, path = "/inventory/locations", tag = "inventory",
    responses((status = 200, body = Vec<Location>), (status = 401), (status = 403))
)]
async fn list_locations(
    State(stockroom): Service,
    Caller(ctx): Caller,
) -> Result<Json<Vec<Location>>, Problem> {
    Ok(Json(stockroom.locations(&ctx).await?))
}

async fn put(
    stockroom: &dyn Stockroom,
    ctx: &Ctx,
    id: Option<LocationId>,
    input: LocationInput,
    if_version: Option<i64>,
) -> Result<Versioned<Json<Location>>, Problem> {
    let location = stockroom.put_location(ctx, id, input, if_version).await?;
    Ok(Versioned(location.version, Json(location)))
}

/// Create a location
///
/// It is the last in order of preference.
#[utoipa::path(
    post, path = "/inventory/locations", tag = "inventory",
    params(("Idempotency-Key" = Option<String>, Header)),
    request_body = LocationInput,
    responses((status = 200, body = Location), (status = 409), (status = 422))
)]
async fn create_location(
    State(stockroom): Service,
    Caller(ctx): Caller,
    Json(input): Json<LocationInput>,
) -> Result<Versioned<Json<Location>>, Problem> {
    put(&*stockroom, &ctx, None, input, None).await
}

/// Change a location
///
/// It can be switched off once no pieces are there.
#[utoipa::path(
    put, path = "/inventory/locations/{id}", tag = "inventory",
    params(
        ("id" = LocationId, Path),
        ("If-Match" = String, Header, description = "The location's version, as an ETag"),
    ),
    request_body = LocationInput,
    responses((status = 200, body = Location), (status = 409), (status = 412), (status = 422), (status = 428))
)]
async fn put_location(
    State(stockroom): Service,
    Caller(ctx): Caller,
    Path(id): Path<LocationId>,
    if_match: IfMatch,
    Json(input): Json<LocationInput>,
) -> Result<Versioned<Json<Location>>, Problem> {
    let version = if_match.required()?;
    put(&*stockroom, &ctx, Some(id), input, Some(version)).await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OrderLocations {
    /// All of them, the preferred one first.
    ids: Vec<LocationId>,
}

/// Set the locations' order of preference
#[utoipa::path(
    put, path = "/inventory/locations/order", tag = "inventory", request_body = OrderLocations,
    responses((status = 200, body = Vec<Location>), (status = 422))
)]
async fn order_locations(
    State(stockroom): Service,
    Caller(ctx): Caller,
    Json(request): Json<OrderLocations>,
) -> Result<Json<Vec<Location>>, Problem> {
    Ok(Json(stockroom.order_locations(&ctx, request.ids).await?))
}

#[derive(Deserialize)]
struct AskedLevels {
    #[serde(default)]
    variant_id: Option<VariantId>,
    #[serde(default)]
    location_id: Option<LocationId>,
    #[serde(default)]
    as_of: Option<Timestamp>,
    #[serde(default)]
    after: Option<VariantId>,
    #[serde(default)]
    limit: Option<u32>,
}

/// List stock levels by location
///
/// By variant, then in the locations' order; now, or at the end of a past moment.
#[utoipa::path(
    get, path = "/inventory/levels", tag = "inventory",
    params(
        ("variant_id" = Option<VariantId>, Query),
        ("location_id" = Option<LocationId>, Query),
        ("as_of" = Option<Timestamp>, Query, description = "As the ledger says that it was then"),
        ("after" = Option<String>, Query),
        ("limit" = Option<u32>, Query, description = "Variants, 1 to 100, 24 where not given"),
    ),
    responses((status = 200, body = Page<PlaceLevel>), (status = 401), (status = 403))
)]
async fn levels(
    State(stockroom): Service,
    Caller(ctx): Caller,
    Query(asked): Query<AskedLevels>,
) -> Result<Json<Page<PlaceLevel>>, Problem> {
    let AskedLevels { variant_id, location_id, as_of, after, limit } = asked;
    let query = LevelQuery { variants: variant_id.into_iter().collect(), location_id, as_of, after, limit };
    Ok(Json(stockroom.place_levels(&ctx, &query).await?))
}

/// Mark, restore or write off damaged pieces
#[utoipa::path(
    post, path = "/inventory/damaged", tag = "inventory",
    params(("Idempotency-Key" = Option<String>, Header)),
    request_body = MoveDamaged,
    responses((status = 200, body = StockLevel), (status = 409), (status = 422))
)]
async fn move_damaged(
    State(stockroom): Service,
    Caller(ctx): Caller,
    Json(request): Json<MoveDamaged>,
) -> Result<Versioned<Json<StockLevel>>, Problem> {
    let level = stockroom.move_damaged(&ctx, request).await?;
    Ok(Versioned(level.version, Json(level)))
}

/// Take over stock from another system
///
/// Up to 10,000 rows, each a number with the moment at which it was counted, or a difference with a reference that counts
/// once. What our own orders took from the shelf, or brought back, after `as_of` is kept: the number on the shelf
/// becomes `on_hand` with these movements added. Any other movement after `as_of` makes the row a conflict with
/// what is known. All rows but those in conflict are applied together. Bodies up to 2 MiB.
#[utoipa::path(
    post, path = "/inventory/sync", tag = "inventory",
    params(("Idempotency-Key" = Option<String>, Header)),
    request_body = SyncStock,
    responses((status = 200, body = SyncReport), (status = 413), (status = 422))
)]
async fn sync(
    State(stockroom): Service,
    Caller(ctx): Caller,
    Json(request): Json<SyncStock>,
) -> Result<Json<SyncReport>, Problem> {
    Ok(Json(stockroom.sync(&ctx, request).await?))
}
