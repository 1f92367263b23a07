#![doc = include_str!("../README.md")]

mod allot;
mod books;
mod counts;
mod figures;
mod level;
mod low;
mod places;
mod pull;
mod refunding;
mod reorder;
mod rest;
mod rest_counts;
mod rest_places;
mod rest_reorder;
mod rest_sources;
mod rest_supplies;
mod returning;
mod service;
mod shipping;
mod sources;
mod stockroom;
mod store;
mod store_counts;
mod store_levels;
mod store_places;
mod store_reorder;
mod store_shipping;
mod store_sources;
mod store_supplies;
mod store_sync;
mod supplies;
mod sync;

pub use rest::admin_routes;
pub use rest_places::stockroom_routes;
pub use rest_sources::source_routes;
pub use service::LocalInventory;
pub use sources::LocalStockSources;
pub use stockroom::LocalStockroom;

/// The schema, oldest first.
pub const MIGRATIONS: &[souk_kernel::db::Migration] = souk_kernel::migrations!("inventory"; "0001_init", "0002_shipping", "0003_released", "0004_places", "0005_supplies", "0006_counts", "0007_reorder", "0008_sources");
