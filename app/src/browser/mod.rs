//! What makes the pages an application in the browser: links and forms are answered without a reload. All of it
//! works on plain links and forms, which do the same, slower, while this is not there yet.

mod fault;
mod fetch;
mod form;
mod history;
mod kept;
mod navigate;

pub use fetch::get;
pub use form::hide_notice_later;
pub use history::replace as replace_address;
pub use navigate::{Arrival, navigate};

use leptos::prelude::*;
use souk_contract::Cart;
use wasm_bindgen::JsCast;

use crate::store::{Notice, Store};

/// Starts listening. Once, after hydration.
pub fn start(store: Store) {
    history::start(store);
    navigate::start(store);
    form::start(store);
}

/// Sends a form as if its button were pressed.
pub fn submit(form: &web_sys::HtmlFormElement) {
    // Only fails for a button of another form, and none is given.
    let _ = form.request_submit();
}

/// The form around the element that an event came from.
pub fn form_of(event: &web_sys::Event) -> Option<web_sys::HtmlFormElement> {
    let element: web_sys::Element = event.target()?.dyn_into().ok()?;
    element.closest("form").ok().flatten()?.dyn_into().ok()
}

/// Changes the cart at once, before the server has answered; its answer replaces the guess.
pub fn guess(store: Store, change: impl FnOnce(&mut Cart)) {
    store.cart.update(|cart| {
        if let Some(cart) = cart {
            change(cart);
            // An overflow shows when the server answers.
            let _ = souk_pricing::reprice(cart);
        }
    });
}

fn say(store: Store, text: impl Into<String>, bad: bool, quiet: bool) {
    store.notice.set(Some(Notice { text: text.into(), bad, quiet }));
}

/// Everything that matches, in the document's order.
fn first(selector: &str) -> Option<web_sys::HtmlElement> {
    document().query_selector(selector).ok().flatten()?.dyn_into().ok()
}

/// Without the animation that the stylesheet asks for: a new page begins where it begins.
fn scroll_to(y: f64) {
    let options = web_sys::ScrollToOptions::new();
    options.set_top(y);
    options.set_left(0.0);
    options.set_behavior(web_sys::ScrollBehavior::Instant);
    window().scroll_to_with_scroll_to_options(&options);
}
