#![doc = include_str!("../README.md")]

mod audit;
mod gateway;
mod refunding;
mod rest;
mod service;
mod store;
mod store_refunds;

pub use gateway::{
    Answer, Back, BankAccount, BankTransfer, Charge, Gateway, Manual, Refund, Request, TestGateway,
};
pub use rest::{admin_routes, store_routes};
pub use service::LocalPayments;

/// The schema, oldest first.
pub const MIGRATIONS: &[souk_kernel::db::Migration] =
    souk_kernel::migrations!("payments"; "0001_init", "0002_refunds");
