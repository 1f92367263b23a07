#![doc = include_str!("../README.md")]

mod allot;
mod books;
mod level;
mod places;
mod refunding;
mod rest;
mod rest_places;
mod service;
mod shipping;
mod stockroom;
mod store;
mod store_levels;
mod store_places;
mod store_shipping;
mod store_sync;
mod sync;

pub use rest::admin_routes;
pub use rest_places::stockroom_routes;
pub use service::LocalInventory;
pub use stockroom::LocalStockroom;

/// The schema, oldest first.
pub const MIGRATIONS: &[souk_kernel::db::Migration] =
    souk_kernel::migrations!("inventory"; "0001_init", "0002_shipping", "0003_released", "0004_places");
