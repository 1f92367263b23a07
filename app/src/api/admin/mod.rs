//! What the merchant's screens ask for. JSON in and out; each takes the visit, whose actor is the member of staff, and calls
//! a trait, which checks what the member may do.

pub mod access;
pub mod account;
pub mod audit;
pub mod catalog;
pub mod inventory;
pub mod live;
pub mod orders;
pub mod staff;

use leptos::server_fn::ServerFn;

/// How the functions are called: by a browser, which sends its cookie, or by the desktop, which signs with a token.
#[cfg(feature = "csr")]
pub use crate::desktop::Client;
#[cfg(not(feature = "csr"))]
pub use leptos::server_fn::client::browser::BrowserClient as Client;

/// Paths that nobody has to be signed in for.
pub const OPEN: [&str; 4] =
    [access::SignIn::PATH, access::AcceptInvitation::PATH, access::Shop::PATH, access::SignInDesktop::PATH];
