#![doc = include_str!("../README.md")]

mod agreed;
mod audit;
mod audit_returns;
mod capturing;
mod checkout;
mod confirming;
mod desk;
mod document;
mod draft;
mod fulfillment;
mod many;
mod order;
mod papers;
mod refund;
mod refunding;
mod rest;
mod rest_after;
mod rest_drafts;
mod rest_returns;
mod rest_simulator;
mod returning;
mod rma;
mod saga;
mod service;
mod simulator;
mod store;
mod store_captures;
mod store_documents;
mod store_drafts;
mod store_parcels;
mod store_refunds;
mod store_returns;
mod store_tags;
mod tags;

pub use rest::{admin_routes, store_routes};
pub use rest_drafts::draft_routes;
pub use rest_returns::{admin_return_routes, store_return_routes};
pub use rest_simulator::simulator_routes;
pub use saga::Neighbours;
pub use service::LocalOrders;
pub use simulator::LocalSimulator;

/// The schema, oldest first.
pub const MIGRATIONS: &[souk_kernel::db::Migration] = souk_kernel::migrations!("orders"; "0001_init", "0002_cancelling", "0003_fulfillment", "0004_refunds", "0005_drafts", "0006_captures", "0007_waiting", "0008_returns");
