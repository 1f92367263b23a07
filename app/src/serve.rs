//! What the server calls: a page as a whole document, and the server functions.
//!
//! A page is loaded first and drawn after, in one go: nothing waits while drawing, the status is known before the
//! first byte, and nothing in the document is an inline script (its data are JSON, which a content policy without
//! hashes lets pass).

mod admin;
pub(crate) mod chart;
mod document;
mod function;

pub use admin::{AdminAssets, admin_page};
pub use document::{Assets, Rendered, page};
pub use function::{HasFields, follow, function};
