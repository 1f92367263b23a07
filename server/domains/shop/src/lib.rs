#![doc = include_str!("../README.md")]

mod rest;
mod service;
mod settings;
mod store;

pub use rest::admin_routes;
pub use service::LocalShopkeeping;

/// The schema, oldest first.
pub const MIGRATIONS: &[souk_kernel::db::Migration] = souk_kernel::migrations!("shop"; "0001_init");
