#![doc = include_str!("../README.md")]

mod audit;
mod checkout;
mod desk;
mod fulfillment;
mod order;
mod rest;
mod saga;
mod service;
mod store;
mod store_parcels;

pub use rest::{admin_routes, store_routes};
pub use saga::Neighbours;
pub use service::LocalOrders;

/// The schema, oldest first.
pub const MIGRATIONS: &[souk_kernel::db::Migration] =
    souk_kernel::migrations!("orders"; "0001_init", "0002_cancelling", "0003_fulfillment");
