//! Categories and collections: which products stand together, chosen by hand or by a rule.

mod editor;
mod list;
mod picture;
mod rule;

pub use editor::{new, saved};
pub use list::view as list;
