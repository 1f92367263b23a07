#![doc = include_str!("../README.md")]

mod rest;
mod rule;
mod service;
mod store;

pub use rest::admin_routes;
pub use service::LocalPromotions;

/// The schema, oldest first.
pub const MIGRATIONS: &[souk_kernel::db::Migration] = souk_kernel::migrations!("promotions"; "0001_init");
