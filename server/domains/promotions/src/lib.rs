#![doc = include_str!("../README.md")]

mod check;
mod reserve;
mod rest;
mod rule;
mod service;
mod staff;
mod store;
mod store_codes;
mod store_uses;

pub use rest::admin_routes;
pub use service::LocalPromotions;

/// The schema, oldest first.
pub const MIGRATIONS: &[souk_kernel::db::Migration] =
    souk_kernel::migrations!("promotions"; "0001_init", "0002_conditions_and_codes");
