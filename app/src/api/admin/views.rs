//! Lists as members of staff like to see them.

use leptos::{prelude::*, server_fn::codec::Json};
use souk_contract::{SavedView, SavedViewId};

#[cfg(feature = "ssr")]
use crate::context::Visit;
use crate::{api::admin::Client, failure::Result};

#[server(prefix = "/fn", endpoint = "admin/views", input = Json, output = Json, client = Client)]
pub async fn views(screen: String) -> Result<Vec<SavedView>> {
    let visit = Visit::current()?;
    Ok(visit.services.views.views(&visit.ctx, &screen).await?)
}

#[server(prefix = "/fn", endpoint = "admin/views/save", input = Json, output = Json, client = Client)]
pub async fn save_view(request: souk_contract::SaveView) -> Result<SavedView> {
    let visit = Visit::current()?;
    Ok(visit.services.views.save_view(&visit.ctx, request).await?)
}

#[server(prefix = "/fn", endpoint = "admin/views/columns", input = Json, output = Json, client = Client)]
pub async fn columns(screen: String) -> Result<Option<Vec<String>>> {
    let visit = Visit::current()?;
    Ok(visit.services.views.columns(&visit.ctx, &screen).await?)
}

#[server(prefix = "/fn", endpoint = "admin/views/columns/set", input = Json, output = Json, client = Client)]
pub async fn set_columns(screen: String, columns: Option<Vec<String>>) -> Result<()> {
    let visit = Visit::current()?;
    Ok(visit.services.views.set_columns(&visit.ctx, &screen, columns).await?)
}

#[server(prefix = "/fn", endpoint = "admin/views/remove", input = Json, output = Json, client = Client)]
pub async fn remove_view(id: SavedViewId) -> Result<()> {
    let visit = Visit::current()?;
    Ok(visit.services.views.remove_view(&visit.ctx, id).await?)
}
