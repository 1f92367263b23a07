#![doc = include_str!("../README.md")]

mod gateway;
mod rest;
mod service;
mod store;

pub use gateway::{Answer, BankAccount, BankTransfer, Charge, Gateway, Request, TestGateway};
pub use rest::{admin_routes, store_routes};
pub use service::LocalPayments;

/// The schema, oldest first.
pub const MIGRATIONS: &[souk_kernel::db::Migration] = souk_kernel::migrations!("payments"; "0001_init");
