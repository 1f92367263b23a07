#![doc = include_str!("../README.md")]

mod amount;
mod charge;
mod client;
mod dispute;
mod error;
mod event;
mod form;
mod intent;
mod list;
mod refund;
mod retry;
mod secret;
mod webhook;
mod wire;

pub use amount::{NotChargeable, from_stripe, to_stripe};
pub use charge::{Charge, ChargeStatus};
pub use client::{Settings, SettingsError, Stripe, VERSION};
pub use dispute::{Dispute, DisputeStatus};
pub use error::{Decline, Refusal, StripeError};
pub use event::{Event, Said};
pub use intent::{
    CancelReason, Capture, CaptureMethod, Confirm, IntentStatus, NewIntent, NextAction, PaymentIntent,
    statement_suffix,
};
pub use list::{Created, Pages};
pub use refund::{NewRefund, Refund, RefundReason, RefundStatus};
pub use retry::Patience;
pub use secret::Secret;
pub use webhook::{Webhook, WebhookError};
