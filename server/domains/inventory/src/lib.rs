#![doc = include_str!("../README.md")]

mod level;
mod service;
mod store;

pub use service::LocalInventory;

/// The schema, oldest first.
pub const MIGRATIONS: &[souk_kernel::db::Migration] = souk_kernel::migrations!("inventory"; "0001_init");
