//! Keys that work everywhere.

use leptos::{ev, prelude::*};
use souk_contract::Resource;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

use super::{
    desk::{Desk, Who},
    go,
    place::Place,
};

/// How long after `g` the second letter counts.
const PAIR_MS: f64 = 1200.0;

pub fn start(desk: Desk) {
    let started = StoredValue::new(0.0_f64);
    window_event_listener(ev::keydown, move |event| {
        let working = desk.who.with_untracked(|who| matches!(who, Who::Member(_)));
        if !working || desk.ended.get_untracked() {
            return;
        }
        if (event.ctrl_key() || event.meta_key()) && event.key().eq_ignore_ascii_case("k") {
            event.prevent_default();
            desk.palette.update(|open| *open = !*open);
            return;
        }
        if event.ctrl_key() || event.meta_key() || event.alt_key() || is_taken(&event) {
            return;
        }
        let after_g = js_sys::Date::now() - started.get_value() < PAIR_MS;
        started.set_value(0.0);
        let key = event.key();
        let place = if after_g { place_of(desk, &key) } else { None };
        match (place, key.as_str()) {
            (Some(place), _) => go::leave(desk, place.url()),
            (None, "g") => started.set_value(js_sys::Date::now()),
            (None, "?") => desk.shortcuts.set(true),
            (None, "j") => step(1),
            (None, "k") => step(-1),
            (None, "/") => match go::first("main [data-search]") {
                Some(field) => drop(field.focus()),
                None => desk.palette.set(true),
            },
            _ => return,
        }
        event.prevent_default();
    });
}

fn place_of(desk: Desk, key: &str) -> Option<Place> {
    let (place, resource) = match key {
        "h" => return Some(Place::Home),
        "o" => (Place::Orders, Resource::Orders),
        "p" => (Place::Products, Resource::Catalog),
        "i" => (Place::Inventory, Resource::Inventory),
        "c" => (Place::Customers, Resource::Customers),
        "r" => (Place::Analytics, Resource::Analytics),
        "a" => (Place::Activity, Resource::Audit),
        "s" => (Place::Staff, Resource::Staff),
        _ => return None,
    };
    untrack(move || desk.may(resource.read())).then_some(place)
}

/// Whether the key means something else where it was pressed.
fn is_taken(event: &KeyboardEvent) -> bool {
    let element: Option<Element> = event.target().and_then(|target| target.dyn_into().ok());
    let inside = |selector: &str| {
        element.as_ref().is_some_and(|element| element.closest(selector).is_ok_and(|found| found.is_some()))
    };
    event.default_prevented()
        || inside("input, textarea, select, dialog")
        || go::first("dialog[open]").is_some()
}

/// The next row of the list gets the focus, and with it Enter.
fn step(by: i32) {
    let Ok(rows) = document().query_selector_all("main [data-row]") else { return };
    let rows: Vec<HtmlElement> =
        (0..rows.length()).filter_map(|index| rows.item(index)?.dyn_into().ok()).collect();
    let active = document().active_element();
    let now = rows.iter().position(|row| active.as_ref() == Some(row.as_ref()));
    let next = match now {
        Some(now) => (now as i32 + by).clamp(0, rows.len() as i32 - 1) as usize,
        None => 0,
    };
    if let Some(row) = rows.get(next) {
        let _ = row.focus();
    }
}
