//! Promotions: what the shop gives, to whom and when, with words that say so while it is written.

mod action;
mod codes;
mod conditions;
mod editor;
mod list;
mod selection;
mod trial;

pub use editor::{new, saved};
pub use list::view as list;

use leptos::prelude::AnyView;
use souk_contract::{FieldError, PromotionState};

use crate::ui::{Tone, badge};

fn fault(field: impl Into<String>, message: &str) -> Vec<FieldError> {
    vec![FieldError { field: field.into(), code: "invalid".into(), message: message.into() }]
}

fn state(state: PromotionState) -> AnyView {
    let (tone, name) = match state {
        PromotionState::Draft => (Tone::Plain, "Draft"),
        PromotionState::Active => (Tone::Good, "Active"),
        PromotionState::Paused => (Tone::Warn, "Paused"),
        PromotionState::Archived => (Tone::Plain, "Archived"),
    };
    badge(tone, name)
}
