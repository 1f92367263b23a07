//! What the views of one page share: the page itself, the cart, and what the browser is busy with.

use std::sync::Arc;

use leptos::prelude::*;
use souk_contract::Cart;

use crate::{api::CartNow, context::Frame, failure::Refusal, page::Loaded};

/// Copies point at the same state.
#[derive(Clone, Copy)]
pub struct Store {
    frame: StoredValue<Arc<Frame>>,
    /// What is shown, and how many different pages were shown before it.
    pub shown: RwSignal<(u32, Arc<Loaded>)>,
    pub cart: RwSignal<Option<Box<Cart>>>,
    refusal: StoredValue<Option<Refusal>>,
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
        let cart = match std::mem::take(&mut loaded.cart) {
            CartNow::Is(cart) => Some(cart),
            CartNow::Same | CartNow::Gone => None,
        };
        let refusal = loaded.refusal.take();
        Self {
            frame: StoredValue::new(frame),
            shown: RwSignal::new((0, Arc::new(loaded))),
            cart: RwSignal::new(cart),
            refusal: StoredValue::new(refusal),
            notice: RwSignal::new(None),
            bag_open: RwSignal::new(false),
            loading: RwSignal::new(false),
        }
    }

    pub fn frame(self) -> Arc<Frame> {
        self.frame.get_value()
    }

    pub fn set_cart(self, now: CartNow) {
        match now {
            CartNow::Same => {}
            CartNow::Gone => self.cart.set(None),
            CartNow::Is(cart) => self.cart.set(Some(cart)),
        }
    }

    pub fn item_count(self) -> i64 {
        self.cart.with(|cart| cart.as_ref().map_or(0, |cart| cart.item_count()))
    }

    /// What is wrong with the form that goes to `action`, where the page was made anew for it.
    pub fn fault(self, action: &str) -> Option<String> {
        self.refusal.with_value(|refusal| {
            let refusal = refusal.as_ref().filter(|one| one.action == action)?;
            Some(refusal.error.public_message())
        })
    }
}
