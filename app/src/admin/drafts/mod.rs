//! Orders that staff write: the list of those that are open, and one of them.

mod customer;
mod editor;
mod list;
mod picker;
mod place;

pub use editor::view as editor;
pub use list::{begin, view as list};
pub use picker::view as picker;
