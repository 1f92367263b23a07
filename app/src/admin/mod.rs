//! The merchant's screens, drawn wholly in the browser over the server functions of [`crate::api::admin`]; a desktop mounts
//! the same.
//!
//! [`Desk`] is what all screens share: who works here, the address, what is said and asked. `shell` draws the screen of
//! an address ([`place`]), each a folder or file of its own. A screen shows a `Source` or `Pages` (what came from the
//! server, or why not: [`load`]) and sends a `Form` (which shows an error beside the field that it names: [`form`]). What
//! needs no browser is in [`crate::draft`]. To add a screen: a file with `view(desk)`, a variant of `Place`, a line in
//! `shell::screen` and in `shell::MENU`.

mod account;
mod activity;
mod analytics;
mod chart;
mod collections;
mod columns;
mod customers;
mod desk;
mod dialogs;
mod drafts;
mod drop;
mod drop_zone;
mod form;
mod go;
mod home;
mod keys;
mod labels;
mod live;
mod load;
mod orders;
mod palette;
mod paper;
mod parts;
mod place;
mod products;
mod promotions;
mod scan;
mod settings;
mod shell;
mod sign_in;
mod staff;
mod stock;
mod table_file;
mod tags;
mod time;
mod upload;
mod views;
mod welcome;
mod words;

pub use desk::Desk;
pub use shell::app;
#[cfg(not(feature = "csr"))]
pub use shell::start;
#[cfg(feature = "csr")]
pub use {
    form::{Form, Input},
    go::to_place,
    place::{Place, ROOT},
};
