//! The catalogue over HTTP. Paths are relative to `/api/store/v1` and `/api/admin/v1`.

mod admin;
mod bulk;
mod collections;
mod store;
mod versions;

use std::sync::Arc;

use souk_contract::Catalog;
use utoipa_axum::{router::OpenApiRouter, routes};

/// What a shopper reads.
pub fn store_routes(catalog: Arc<dyn Catalog>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(store::list_products))
        .routes(routes!(store::get_product))
        .routes(routes!(store::related_products))
        .routes(routes!(store::list_collections))
        .routes(routes!(store::get_collection))
        .routes(routes!(store::list_pages))
        .routes(routes!(store::get_page))
        .routes(routes!(store::get_home))
        .with_state(store::Store::new(catalog))
}

/// What staff reads and writes.
pub fn admin_routes(catalog: Arc<dyn Catalog>) -> OpenApiRouter {
    let pictures = OpenApiRouter::new()
        .routes(routes!(admin::add_picture))
        .routes(routes!(admin::put_picture))
        .layer(axum::extract::DefaultBodyLimit::max(admin::MAX_UPLOAD));
    OpenApiRouter::new()
        .routes(routes!(admin::list_products, admin::create_product))
        .routes(routes!(admin::find_products))
        .routes(routes!(admin::get_product, admin::put_product))
        .routes(routes!(admin::archive_product))
        .routes(routes!(admin::pending_pictures))
        .routes(routes!(admin::put_collection))
        .routes(routes!(collections::list, collections::create))
        .routes(routes!(collections::update, collections::remove))
        .routes(routes!(admin::put_page))
        .routes(routes!(admin::put_home))
        .routes(routes!(bulk::preview))
        .routes(routes!(bulk::list, bulk::run))
        .routes(routes!(bulk::undo))
        .routes(routes!(versions::change_options))
        .routes(routes!(versions::list))
        .routes(routes!(versions::get))
        .routes(routes!(versions::changes))
        .routes(routes!(versions::restore))
        .routes(routes!(versions::schedule, versions::set_schedule))
        .merge(pictures)
        .with_state(catalog)
}
