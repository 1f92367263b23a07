//! The checkout's states and what it checks before anything is held. Pure functions.

use serde::{Deserialize, Serialize};
use souk_contract::{
    Cart, CartId, CheckoutId, CustomerId, Error, FieldError, OrderId, PaymentId, PlaceOrder, ReservationId,
    Result, Timestamp,
};
use souk_kernel::{
    db::{Json, Text},
    record,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Step {
    /// Written down; nothing else has happened.
    Started,
    /// The cart is locked and its content kept here.
    Locked,
    /// Everything is held, and the shopper's bank asks them.
    Waiting,
    /// The gateway holds the money, the stock is allocated, and the order stands: from here it only goes forward.
    Placed,
    /// Staff gave the order up: its money and stock are being let go.
    Cancelling,
    Done,
    /// Something was refused; what was done is being taken back.
    Undoing,
    Failed,
}

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct CheckoutRow {
        pub id: CheckoutId,
        pub cart_id: Option<CartId>,
        pub order_id: OrderId,
        pub payment_id: PaymentId,
        pub reservation_id: ReservationId,
        pub customer_id: Option<CustomerId>,
        pub state: Text<Step>,
        pub request: Json<PlaceOrder>,
        pub cart: Option<Json<Cart>>,
        pub failure: Option<Json<Error>>,
        pub attempts: i64,
        pub updated_at: Timestamp,
        /// Of one that waits.
        pub waits_until: Option<Timestamp>,
    }
}

impl CheckoutRow {
    pub(crate) fn may_begin_again(&self) -> bool {
        let nothing_was_refused = match &self.failure {
            Some(Json(Error::Unavailable { .. } | Error::Internal { .. })) => true,
            // The shopper chose another way, or another payment for this cart was given up for this one.
            Some(Json(Error::Conflict { code, .. })) => {
                matches!(code.as_str(), GIVEN_UP | "cart_completing")
            }
            _ => false,
        };
        self.state.0 == Step::Failed && nothing_was_refused
    }

    /// The locked cart.
    ///
    /// # Errors
    /// `Internal` before the cart was locked: a bug.
    pub(crate) fn cart(&self) -> Result<&Cart> {
        let missing =
            || Error::internal(format!("checkout {} has no cart in state {:?}", self.id, self.state.0));
        self.cart.as_ref().map(|cart| &cart.0).ok_or_else(missing)
    }
}

const GIVEN_UP: &str = "payment_given_up";

/// The shopper went on without the payment that waited for them.
pub(crate) fn given_up() -> Error {
    let message = "This payment was given up, because you went on with your cart before your bank had confirmed it. \
                   Nothing was charged.";
    Error::conflict(GIVEN_UP, message)
}

/// Nobody answered their bank in time.
pub(crate) fn too_late() -> Error {
    let message =
        "Your bank did not confirm this payment in time. Nothing was charged, and your cart is as it was.";
    Error::conflict("payment_declined", message)
}

/// Whether the cart may become an order for what the shopper was shown.
pub(crate) fn check(cart: &Cart, request: &PlaceOrder) -> Result<()> {
    if let Some(stock) = cart.requirements.iter().find(|requirement| requirement.code == "stock") {
        return Err(Error::conflict("out_of_stock", stock.message.clone()));
    }
    if !cart.requirements.is_empty() {
        let field = |code: &str, message: &str| FieldError {
            field: code.to_owned(),
            code: "required".to_owned(),
            message: message.to_owned(),
        };
        let fields = cart.requirements.iter().map(|missing| field(&missing.code, &missing.message)).collect();
        return Err(Error::Invalid { fields });
    }
    if let Some(expected) = request.expected_total
        && expected != cart.totals.total
    {
        let message = format!(
            "The total changed from {expected} to {}. Please look at it again; nothing was charged.",
            cart.totals.total
        );
        return Err(Error::conflict("total_changed", message));
    }
    Ok(())
}

/// The id names one request: sent again it must say the same.
pub(crate) fn reused() -> Error {
    let message = "This checkout was sent before with another way to pay. Nothing more was charged; please look at \
                   your order before you pay again.";
    Error::conflict("checkout_reused", message)
}

/// What a caller may see of a failure that is kept: the same words for the same checkout.
pub(crate) fn lasting(error: Error) -> Error {
    match error {
        Error::Internal { .. } => Error::Internal { detail: "the checkout failed".to_owned() },
        other => other,
    }
}
