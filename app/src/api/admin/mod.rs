//! What the merchant's screens ask for. JSON in and out; each takes the visit, whose actor is the member of staff, and calls
//! a trait, which checks what the member may do.

pub mod access;
pub mod account;
pub mod analytics;
pub mod audit;
pub mod catalog;
pub mod inventory;
pub mod orders;
pub mod refunds;
pub mod staff;

use leptos::server_fn::ServerFn;

/// Paths that nobody has to be signed in for.
pub const OPEN: [&str; 2] = [access::SignIn::PATH, access::AcceptInvitation::PATH];
