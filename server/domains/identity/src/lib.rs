#![doc = include_str!("../README.md")]

mod password;
mod rest;
mod service;
mod staff;
mod store;

pub use rest::{address_routes, store_routes};
pub use service::LocalIdentity;
pub use staff::rest::admin_routes;

/// The schema, oldest first.
pub const MIGRATIONS: &[souk_kernel::db::Migration] = souk_kernel::migrations!("identity"; "0001_init", "0002_staff_access", "0003_roles", "0004_views", "0005_reach", "0006_columns");
