//! The catalogue over HTTP. Paths are relative to `/api/store/v1` and `/api/admin/v1`.

mod admin;
mod attributes;
mod bulk;
mod collections;
mod store;
mod versions;

use std::sync::Arc;

use souk_contract::{Attributes, Catalog};
use utoipa_axum::{router::OpenApiRouter, routes};

/// What a shopper reads.
pub fn store_routes(catalog: Arc<dyn Catalog>, attributes: Arc<dyn Attributes>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(store::list_products))
        .routes(routes!(store::get_product))
        .routes(routes!(store::related_products))
        .routes(routes!(store::list_collections))
        .routes(routes!(store::get_collection))
        .routes(routes!(store::list_pages))
        .routes(routes!(store::get_page))
        .routes(routes!(store::get_home))
        .with_state(store::Store::new(catalog, attributes))
}

/// What staff reads and writes.
pub fn admin_routes(catalog: Arc<dyn Catalog>) -> OpenApiRouter {
    let pictures = OpenApiRouter::new()
        .routes(routes!(admin::add_picture))
        .routes(routes!(admin::put_picture))
        .routes(routes!(collections::set_picture))
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
        .routes(routes!(bulk::list_plans, bulk::plan))
        .routes(routes!(bulk::cancel_plan))
        .routes(routes!(versions::change_options))
        .routes(routes!(versions::list))
        .routes(routes!(versions::get))
        .routes(routes!(versions::changes))
        .routes(routes!(versions::restore))
        .routes(routes!(versions::schedule, versions::set_schedule))
        .merge(pictures)
        .with_state(catalog)
}

/// What staff knows of products beyond the fields that all have.
pub fn attribute_routes(attributes: Arc<dyn Attributes>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(attributes::list, attributes::create))
        .routes(routes!(attributes::get, attributes::change, attributes::remove))
        .routes(routes!(attributes::list_groups, attributes::create_group))
        .routes(routes!(attributes::get_group, attributes::change_group, attributes::remove_group))
        .routes(routes!(attributes::list_templates, attributes::create_template))
        .routes(routes!(attributes::get_template, attributes::change_template, attributes::remove_template))
        .routes(routes!(attributes::completeness))
        .with_state(attributes)
}
