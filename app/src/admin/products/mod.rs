//! Products: the list, a new one, and the one that is edited.

mod attributes;
mod bulk;
mod cells;
pub mod clash;
mod complete;
mod detail;
mod editor;
mod facts;
mod import;
mod imports;
mod list;
mod new;
mod options;
mod pictures;
mod plans;
mod schedule;
mod versions;

pub use attributes::view as attributes;
pub use bulk::view as bulk;
pub use detail::view as detail;
pub use import::view as import;
pub use imports::{import_file, view as imports};
pub use list::view as list;
pub use new::view as new;
