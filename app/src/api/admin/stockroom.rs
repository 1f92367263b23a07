//! Stock in several places.

use leptos::{prelude::*, server_fn::codec::Json};
use souk_contract::{Location, LocationId, LocationInput, Page, PlaceLevel, StockLevel};

#[cfg(feature = "ssr")]
use crate::context::Visit;
use crate::{api::admin::Client, failure::Result};

#[server(prefix = "/fn", endpoint = "admin/inventory/locations", input = Json, output = Json, client = Client)]
pub async fn locations() -> Result<Vec<Location>> {
    let visit = Visit::current()?;
    Ok(visit.services.stockroom.locations(&visit.ctx).await?)
}

#[server(prefix = "/fn", endpoint = "admin/inventory/locations/put", input = Json, output = Json, client = Client)]
pub async fn put_location(
    id: Option<LocationId>,
    request: LocationInput,
    if_version: Option<i64>,
) -> Result<Location> {
    let visit = Visit::current()?;
    Ok(visit.services.stockroom.put_location(&visit.ctx, id, request, if_version).await?)
}

#[server(prefix = "/fn", endpoint = "admin/inventory/locations/order", input = Json, output = Json, client = Client)]
pub async fn order_locations(ids: Vec<LocationId>) -> Result<Vec<Location>> {
    let visit = Visit::current()?;
    Ok(visit.services.stockroom.order_locations(&visit.ctx, ids).await?)
}

#[server(prefix = "/fn", endpoint = "admin/inventory/places", input = Json, output = Json, client = Client)]
pub async fn place_levels(query: souk_contract::LevelQuery) -> Result<Page<PlaceLevel>> {
    let visit = Visit::current()?;
    Ok(visit.services.stockroom.place_levels(&visit.ctx, &query).await?)
}

#[server(prefix = "/fn", endpoint = "admin/inventory/damaged", input = Json, output = Json, client = Client)]
pub async fn move_damaged(request: souk_contract::MoveDamaged) -> Result<StockLevel> {
    let visit = Visit::current()?;
    Ok(visit.services.stockroom.move_damaged(&visit.ctx, request).await?)
}
