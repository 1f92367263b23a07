#![doc = include_str!("../README.md")]

mod level;
mod refunding;
mod rest;
mod service;
mod shipping;
mod store;
mod store_shipping;

pub use rest::admin_routes;
pub use service::LocalInventory;

/// The schema, oldest first.
pub const MIGRATIONS: &[souk_kernel::db::Migration] =
    souk_kernel::migrations!("inventory"; "0001_init", "0002_shipping", "0003_released");
