//! The published language of Souk: ids, money, requests and answers, one service trait and the events per
//! domain. No IO, and it compiles for the browser too.

mod access;
mod analytics;
mod audit;
mod cart;
mod catalog;
mod collection;
mod ctx;
mod error;
mod event;
pub mod facet;
mod id;
mod identity;
mod inventory;
mod listing;
mod messaging;
mod money;
#[cfg(feature = "openapi")]
mod openapi;
mod orders;
mod page;
mod payments;
mod promotions;
mod search;
mod services;
mod shipping;
mod staff;
mod time;
mod verify;

pub use access::{Action, Grants, Permission, Preset, Resource, Role, UnknownRole};
pub use analytics::*;
pub use audit::*;
pub use cart::*;
pub use catalog::*;
pub use chrono::NaiveDate;
pub use collection::*;
pub use ctx::{Actor, Ctx};
pub use error::{Check, Error, FieldError, Result};
pub use event::Event;
pub use id::*;
pub use identity::*;
pub use inventory::*;
pub use listing::*;
pub use messaging::*;
pub use money::{Currency, Money, NotACurrency};
pub use orders::*;
pub use page::{DEFAULT_LIMIT, MAX_LIMIT, Page, PageRequest};
pub use payments::*;
pub use promotions::*;
pub use search::*;
pub use services::Services;
pub use shipping::*;
pub use staff::*;
pub use time::Timestamp;
pub use verify::Difference;
