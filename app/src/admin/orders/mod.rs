//! Orders: the list, and one of them with its parcels.

mod cancel;
mod capture;
mod detail;
mod fulfil;
mod list;
mod many;
mod notes;
mod papers;
mod parcels;
mod refund;
mod return_forms;
mod returns;
mod returns_list;
mod sides;

pub use detail::view as detail;
pub use list::view as list;
pub use returns_list::view as returns;
