#![doc = include_str!("../README.md")]

mod class;
mod quote;
mod rest;
mod service;
mod settings;
mod store;
mod trial;
mod zone;

pub use rest::admin_routes;
pub use service::{LocalTaxes, Start};

/// The schema, oldest first.
pub const MIGRATIONS: &[souk_kernel::db::Migration] = souk_kernel::migrations!("tax"; "0001_init");
