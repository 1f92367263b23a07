//! Facts that other domains may want to know. They carry ids, never personal data.

use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

/// A published fact. Once released its fields only grow: old events stay readable.
pub trait Event: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// `<domain>.<fact>`, for example `orders.order_placed`.
    const KIND: &'static str;

    /// The thing it is about. Events of one key are delivered in order, save that one which fails and is tried again
    /// later does not hold up those behind it.
    fn key(&self) -> Uuid;
}
