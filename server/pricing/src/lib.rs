#![doc = include_str!("../README.md")]

mod action;
mod allocate;
mod condition;
mod engine;
mod open;
mod outcome;
pub mod parcel;
pub mod refund;
mod settle;
mod tax;

pub use allocate::allocate;
pub use condition::{LineFacts, LocalTime, Shopper};
pub use engine::{PriceInput, price, price_cart};
pub use open::reprice;
pub use settle::{Line, PricingError};
pub use tax::{tax_shares, tax_shares_of, without};
