#![doc = include_str!("../README.md")]

mod country;
mod rate;
mod rest;
mod service;
mod store;

pub use rest::{admin_routes, store_routes};
pub use service::LocalShipping;

/// The schema, oldest first.
pub const MIGRATIONS: &[souk_kernel::db::Migration] =
    souk_kernel::migrations!("shipping"; "0001_init", "0002_versions");
