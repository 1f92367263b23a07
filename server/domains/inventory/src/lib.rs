#![doc = include_str!("../README.md")]

mod level;
mod rest;
mod service;
mod store;

pub use rest::admin_routes;
pub use service::LocalInventory;

/// The schema, oldest first.
pub const MIGRATIONS: &[souk_kernel::db::Migration] = souk_kernel::migrations!("inventory"; "0001_init");
