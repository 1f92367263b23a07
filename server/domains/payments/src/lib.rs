#![doc = include_str!("../README.md")]

mod audit;
mod capturing;
mod comparing;
mod gateway;
mod looking;
mod mending;
mod noticing;
mod reconciling;
mod refunding;
mod rest;
mod rest_breaks;
mod rest_notices;
mod service;
mod settings;
mod store;
mod store_breaks;
mod store_captures;
mod store_notices;
mod store_refunds;
mod store_settings;
mod sums;

pub use gateway::{
    About, Answer, Back, BankPage, BankTransfer, Capture, CashOnDelivery, Charge, Found, Gateway, Manual,
    Notice, Refund, Request, Taken, TestGateway,
};
pub use rest::{admin_routes, store_routes};
pub use service::LocalPayments;
pub use settings::FirstSettings;

/// The schema, oldest first.
pub const MIGRATIONS: &[souk_kernel::db::Migration] = souk_kernel::migrations!("payments"; "0001_init", "0002_refunds", "0003_settings", "0004_captures", "0005_actions",
        "0006_notices", "0007_breaks");
