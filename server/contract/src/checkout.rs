//! A checkout between its first step and its order: where the shopper has to go, and what came of it.

use serde::{Deserialize, Serialize};

use crate::{Error, Order, Result, Timestamp};

/// What the shopper has to do before a payment goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PaymentAction {
    /// Go to the bank's page (3-D Secure), which sends the shopper back to the shop.
    Redirect { url: String },
}

/// A checkout that waits for its shopper. Stock and codes are held, and the cart is locked, until then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckoutAction {
    /// Asks what became of it: the secret part of the address to which the bank sends the shopper back.
    pub token: String,
    pub action: PaymentAction,
    /// Afterwards it is given up, and nothing is charged.
    pub until: Timestamp,
}

/// How far a checkout came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Placed {
    Order { order: Box<Order> },
    RequiresAction { next: CheckoutAction },
}

impl Placed {
    /// For callers who have no shopper to send anywhere.
    ///
    /// # Errors
    /// `Conflict payment_action` where the shopper has to go somewhere first.
    pub fn order(self) -> Result<Order> {
        match self {
            Self::Order { order } => Ok(*order),
            Self::RequiresAction { .. } => Err(Error::conflict(
                "payment_action",
                "The shopper's bank asks them to confirm this payment.",
            )),
        }
    }
}
