//! From screen to screen without a reload.

use leptos::{ev, prelude::*};
use wasm_bindgen::{JsCast, JsValue};

use super::{
    desk::Desk,
    dialogs::Question,
    place::{Address, Place, ROOT},
};

pub fn start(desk: Desk) {
    window_event_listener(ev::click, move |event| {
        if let Some(url) = followed(&event) {
            event.prevent_default();
            leave(desk, url);
        }
    });
    window_event_listener(ev::popstate, move |_| arrive(desk));
    window_event_listener(ev::beforeunload, move |event| {
        if desk.unsaved.get_untracked() {
            event.prevent_default();
        }
    });
}

/// Where a plain click on a link of the admin leads.
fn followed(event: &web_sys::MouseEvent) -> Option<String> {
    let modified = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
    if event.default_prevented() || event.button() != 0 || modified {
        return None;
    }
    let element: web_sys::Element = event.target()?.dyn_into().ok()?;
    let link: web_sys::HtmlAnchorElement = element.closest("a[href]").ok().flatten()?.dyn_into().ok()?;
    let path = link.pathname();
    let ours = path == ROOT || path.starts_with("/admin/");
    let here = link.origin() == window().location().origin().ok()?;
    let same_page_part = !link.hash().is_empty();
    if !ours || !here || same_page_part || !link.target().is_empty() || link.has_attribute("download") {
        return None;
    }
    Some(path + &link.search())
}

/// Asks first where something typed would be lost.
pub fn leave(desk: Desk, url: String) {
    leave_by(desk, move || to(desk, &url));
}

/// As [`leave`], by what `act` does.
pub fn leave_by(desk: Desk, act: impl Fn() + Send + Sync + 'static) {
    if !desk.unsaved.get_untracked() {
        return act();
    }
    desk.ask(Question {
        title: "Leave without saving?".into(),
        text: "What you changed here has not been saved.".into(),
        yes: "Leave".into(),
        no: "Stay".into(),
        act: Callback::new(move |()| act()),
    });
}

/// A new entry of the history, and its screen.
pub fn to(desk: Desk, url: &str) {
    if let Ok(history) = window().history() {
        // Failing, the screen changes and the address doesn't.
        let _ = history.push_state_with_url(&JsValue::NULL, "", Some(url));
    }
    arrive(desk);
}

pub fn to_place(desk: Desk, place: Place) {
    to(desk, &place.url());
}

/// The same entry and screen under another address.
pub fn replace(desk: Desk, url: &str) {
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(url));
    }
    desk.address.set(Address::here());
}

fn arrive(desk: Desk) {
    let address = Address::here();
    let same = desk.address.with_untracked(|shown| shown.path == address.path);
    batch(move || {
        desk.menu.set(false);
        desk.palette.set(false);
        desk.shortcuts.set(false);
        if !same {
            desk.unsaved.set(false);
            desk.ready.set(false);
        }
        desk.address.set(address);
    });
    if !same {
        window().scroll_to_with_x_and_y(0.0, 0.0);
        request_animation_frame(focus_heading);
    }
}

/// Keyboard and screen reader go on where the new screen begins.
pub fn focus_heading() {
    if let Some(heading) = first("main h1") {
        heading.set_tab_index(-1);
        focus(&heading);
    }
}

pub fn first(selector: &str) -> Option<web_sys::HtmlElement> {
    document().query_selector(selector).ok().flatten()?.dyn_into().ok()
}

pub fn focus(element: &web_sys::HtmlElement) {
    let options = web_sys::FocusOptions::new();
    options.set_prevent_scroll(true);
    // Failing, the focus stays.
    let _ = element.focus_with_options(&options);
}
