//! The design system: the parts every page is made of. It knows no domain, only money and pictures. The classes are
//! those of `style/`, whose README shows each part's markup and says when to use which.
//!
//! Parts are functions that return [`AnyView`](leptos::prelude::AnyView): one type, so the browser's code stays small.
//! A part that changes takes a [`Signal`](leptos::prelude::Signal).

mod button;
mod choice;
#[cfg(test)]
mod contrast;
mod dialog;
mod feedback;
mod field;
mod following;
mod icon;
mod nav;
mod picture;
mod price;
mod stepper;

pub use button::{arrow_link, button, icon_button, link_button};
pub use choice::{Choice, Pill, checkbox, choices, options, pill};
pub use dialog::{DialogKind, accordion, dialog};
pub use feedback::{Toast, Tone, alert, badge, card_skeletons, empty, progress, skeleton, toasts};
pub use field::{Field, SelectField};
pub use following::following;
pub use icon::{Icon, icon};
pub use nav::{breadcrumbs, chip, pagination};
pub use picture::{Shape, picture, swatch, swatches, tone};
pub use price::price;
pub use stepper::stepper;
