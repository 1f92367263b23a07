//! What the views of one page share: the page itself, the cart, and what the browser is busy with.

use std::sync::Arc;

use leptos::prelude::*;
use souk_contract::Cart;

use crate::{context::Frame, failure::Refusal, page::Loaded};

/// Copies point at the same state.
#[derive(Clone, Copy)]
pub struct Store {
    frame: StoredValue<Arc<Frame>>,
    /// What is shown, and how many different pages were shown before it.
    pub shown: RwSignal<(u32, Arc<Loaded>)>,
    pub cart: RwSignal<Option<Box<Cart>>>,
    pub refusal: RwSignal<Option<Refusal>>,
    /// Said by screen readers and shown for a moment.
    pub notice: RwSignal<Option<Notice>>,
    pub bag_open: RwSignal<bool>,
    /// Another page is on its way.
    pub loading: RwSignal<bool>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    pub text: String,
    pub bad: bool,
    /// Screen readers say it, nobody sees it.
    pub quiet: bool,
}

impl Store {
    pub fn new(frame: Arc<Frame>, mut loaded: Loaded) -> Self {
        let cart = loaded.cart.take().flatten();
        let refusal = loaded.refusal.take();
        Self {
            frame: StoredValue::new(frame),
            shown: RwSignal::new((0, Arc::new(loaded))),
            cart: RwSignal::new(cart),
            refusal: RwSignal::new(refusal),
            notice: RwSignal::new(None),
            bag_open: RwSignal::new(false),
            loading: RwSignal::new(false),
        }
    }

    pub fn frame(self) -> Arc<Frame> {
        self.frame.get_value()
    }

    pub fn item_count(self) -> i64 {
        self.cart.with(|cart| cart.as_ref().map_or(0, |cart| cart.item_count()))
    }

    /// What is wrong with a field of the form that goes to `action`.
    pub fn field_error(self, action: &str, field: &str) -> Option<String> {
        self.refusal.with(|refusal| {
            let refusal = refusal.as_ref().filter(|one| one.action == action)?;
            refusal.field(field).map(str::to_owned)
        })
    }

    /// What is wrong with the form that goes to `action`, beside the fields in `shown`.
    pub fn form_error(self, action: &str, shown: &[&str]) -> Option<String> {
        self.refusal.with(|refusal| {
            refusal.as_ref().filter(|one| one.action == action).and_then(|one| one.general(shown))
        })
    }

    /// What was typed into a field before the page was made anew.
    pub fn entered(self, action: &str, field: &str) -> Option<String> {
        self.refusal.with_untracked(|refusal| {
            let refusal = refusal.as_ref().filter(|one| one.action == action)?;
            refusal.entered(field).map(str::to_owned)
        })
    }
}
