#![doc = include_str!("../README.md")]

mod password;
mod rest;
mod service;
mod store;

pub use rest::store_routes;
pub use service::LocalIdentity;

/// The schema, oldest first.
pub const MIGRATIONS: &[souk_kernel::db::Migration] = souk_kernel::migrations!("identity"; "0001_init");
