//! Customers: found, looked at, and made one where they are one.

mod address;
mod builder;
mod contact;
mod detail;
mod duplicates;
mod list;
mod merge;
mod new;
mod segment;
mod segments;
mod timeline;

pub use detail::view as detail;
pub use duplicates::view as duplicates;
pub use list::view as list;
pub use merge::view as merge;
pub use segment::{new as new_segment, saved as segment};
pub use segments::view as segments;
