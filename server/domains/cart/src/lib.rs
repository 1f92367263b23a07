#![doc = include_str!("../README.md")]

mod change;
mod content;
mod rest;
mod service;
mod store;
mod view;

pub use rest::store_routes;
pub use service::{CartSettings, LocalCarts};

/// The schema, oldest first.
pub const MIGRATIONS: &[souk_kernel::db::Migration] = souk_kernel::migrations!("cart"; "0001_init");
