#![doc = include_str!("../README.md")]

pub mod audit;
pub mod bus;
mod clock;
pub mod config;
pub mod db;
mod hidden;
pub mod http;
mod ids;
pub mod kept;
mod kit;
pub mod outbox;
mod relay;
mod sealed;
mod secrets;
pub mod telemetry;
#[cfg(feature = "testing")]
pub mod testing;

pub use bus::{Bus, Delivered};
pub use clock::{Clock, TestClock};
pub use db::{Conn, Db, DbError, Reader, Tx};
pub use ids::Ids;
pub use kit::Kit;
pub use relay::{Relay, drain_all};
pub use secrets::Secrets;
