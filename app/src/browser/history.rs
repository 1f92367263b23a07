//! Where each entry of the history was scrolled to, and the pages last seen: going back shows them as they were.

use std::{cell::RefCell, sync::Arc};

use leptos::{ev, prelude::*};
use wasm_bindgen::JsValue;

use super::navigate::{self, Arrival};
use crate::{page::Loaded, store::Store};

const KEPT_PAGES: usize = 12;
const STORED: &str = "souk.scroll";

#[derive(Default)]
struct Memory {
    /// Number of the entry that is shown; it stands in its `history.state`.
    entry: u32,
    newest: u32,
    /// By entry, in pixels.
    scroll: Vec<f64>,
    pages: Vec<(u32, Arc<Loaded>)>,
}

thread_local! {
    static MEMORY: RefCell<Memory> = RefCell::default();
}

pub fn start(store: Store) {
    if let Ok(history) = window().history() {
        // Failing, the browser restores by itself, only less well.
        let _ = history.set_scroll_restoration(web_sys::ScrollRestoration::Manual);
        let entry = history.state().ok().and_then(|state| state.as_f64());
        MEMORY.with_borrow_mut(|memory| {
            memory.entry = entry.unwrap_or_default() as u32;
            memory.newest = memory.entry;
            memory.scroll = stored();
        });
        match entry {
            // A reload, or back from another site.
            Some(_) => super::scroll_to(here()),
            None => replace(store.shown.with_untracked(|(_, loaded)| loaded.url.clone()).as_str()),
        }
    }
    keep(store);
    window_event_listener(ev::scroll, move |_| remember());
    window_event_listener(ev::pagehide, move |_| store_all());
    window_event_listener(ev::popstate, move |event| {
        let Some(entry) = event.state().as_f64() else { return };
        let entry = entry as u32;
        let page = MEMORY.with_borrow_mut(|memory| {
            memory.entry = entry;
            memory.pages.iter().find(|(number, _)| *number == entry).map(|(_, page)| page.clone())
        });
        match page {
            Some(page) => navigate::show(store, Arc::unwrap_or_clone(page), Arrival::Back),
            None => navigate::navigate(store, &address(), Arrival::Back),
        }
    });
}

/// Path, query and fragment in the address bar.
pub fn address() -> String {
    let location = window().location();
    let part = |text: Result<String, JsValue>| text.unwrap_or_default();
    part(location.pathname()) + &part(location.search()) + &part(location.hash())
}

/// A new entry after the one that is shown.
pub fn push(url: &str) {
    let entry = MEMORY.with_borrow_mut(|memory| {
        memory.newest += 1;
        memory.entry = memory.newest;
        memory.entry
    });
    if let Ok(history) = window().history() {
        let _ = history.push_state_with_url(&f64::from(entry).into(), "", Some(url));
    }
}

/// The same entry under another address.
pub fn replace(url: &str) {
    let entry = MEMORY.with_borrow(|memory| memory.entry);
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&f64::from(entry).into(), "", Some(url));
    }
}

/// Keeps the shown page for going back to it.
pub fn keep(store: Store) {
    let page = store.shown.with_untracked(|(_, loaded)| loaded.clone());
    MEMORY.with_borrow_mut(|memory| {
        let entry = memory.entry;
        memory.pages.retain(|(number, _)| *number != entry);
        if page.thin {
            return;
        }
        memory.pages.push((entry, page));
        if memory.pages.len() > KEPT_PAGES {
            memory.pages.remove(0);
        }
    });
}

/// Prices, stock or the visitor changed: nothing seen before is shown again.
pub fn forget() {
    MEMORY.with_borrow_mut(|memory| memory.pages.clear());
}

/// How far the shown entry was scrolled.
pub fn here() -> f64 {
    MEMORY.with_borrow(|memory| memory.scroll.get(memory.entry as usize).copied().unwrap_or_default())
}

fn remember() {
    let y = window().scroll_y().unwrap_or_default();
    MEMORY.with_borrow_mut(|memory| {
        let entry = memory.entry as usize;
        if memory.scroll.len() <= entry {
            memory.scroll.resize(entry + 1, 0.0);
        }
        memory.scroll[entry] = y;
    });
}

fn stored() -> Vec<f64> {
    let Ok(Some(storage)) = window().session_storage() else { return Vec::new() };
    let text = storage.get_item(STORED).ok().flatten().unwrap_or_default();
    text.split(' ').map(|number| f64::from(number.parse::<u32>().unwrap_or_default())).collect()
}

fn store_all() {
    let text = MEMORY.with_borrow(|memory| {
        memory.scroll.iter().map(|y| (*y as u32).to_string()).collect::<Vec<_>>().join(" ")
    });
    if let Ok(Some(storage)) = window().session_storage() {
        // A full or forbidden storage only costs the scroll position after a reload.
        let _ = storage.set_item(STORED, &text);
    }
}
