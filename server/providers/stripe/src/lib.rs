#![doc = include_str!("../README.md")]

mod amount;
mod charge;
mod client;
mod customer;
mod dispute;
mod error;
mod event;
mod form;
mod intent;
mod list;
mod refund;
mod retry;
mod secret;
mod setup;
#[cfg(feature = "testing")]
pub mod testing;
mod webhook;
mod wire;

pub use amount::{NotChargeable, from_stripe, to_stripe};
pub use charge::{Charge, ChargeStatus};
pub use client::{Settings, SettingsError, Stripe, VERSION};
pub use customer::{Card, Customer, NewCustomer, SavedMethod};
pub use dispute::{Dispute, DisputeStatus};
pub use error::{Decline, Refusal, StripeError};
pub use event::{Event, Said};
pub use intent::{
    CancelReason, Capture, CaptureMethod, Confirm, IntentStatus, NewIntent, NextAction, PaymentIntent,
    Shopper, statement_suffix,
};
pub use list::{Created, Pages};
pub use refund::{NewRefund, Refund, RefundReason, RefundStatus};
pub use retry::Patience;
pub use secret::Secret;
pub use setup::{SetupIntent, SetupStatus, Usage};
pub use webhook::{Webhook, WebhookError};
