#![doc = include_str!("../README.md")]

mod allocate;
mod engine;
pub mod refund;

pub use allocate::allocate;
pub use engine::{Line, PriceInput, PricingError, price, reprice};
