#![doc = include_str!("../README.md")]

mod content;
mod service;
mod store;
mod view;

pub use service::{CartSettings, LocalCarts};

/// The schema, oldest first.
pub const MIGRATIONS: &[souk_kernel::db::Migration] = souk_kernel::migrations!("cart"; "0001_init");
