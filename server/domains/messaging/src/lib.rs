#![doc = include_str!("../README.md")]

mod letter;
mod rest;
mod sample;
mod service;
mod store;
mod words;

pub use rest::admin_routes;
pub use service::{LocalMessaging, Neighbours, Settings};

/// The schema, oldest first.
pub const MIGRATIONS: &[souk_kernel::db::Migration] =
    souk_kernel::migrations!("messaging"; "0001_init", "0002_words");
