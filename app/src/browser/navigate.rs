//! Going to another page without a reload.

use std::{cell::Cell, sync::Arc};

use leptos::{ev, prelude::*, task::spawn_local};
use souk_contract::Error;
use wasm_bindgen::JsCast;

use super::{fetch, first, history, kept::Kept, say, scroll_to};
use crate::{
    api,
    page::{Loaded, Page, is_page},
    store::Store,
};

/// How a page is come to; it decides on history, scroll and focus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// By a link: a new entry, at the top, focus on the heading.
    Link,
    /// By a form on the same page, such as a filter: a new entry, nothing jumps.
    Filter,
    /// The page that is shown, anew; what is typed into the checkout's forms stays.
    Refresh,
    /// The page that is shown, with other forms.
    Renew,
    /// By the browser's buttons: as it was left.
    Back,
}

thread_local! {
    /// Only the latest request may change the page.
    static LATEST: Cell<u32> = const { Cell::new(0) };
}

pub fn start(store: Store) {
    mark_menu();
    window_event_listener(ev::click, move |event| {
        if let Some(url) = followed(&event) {
            event.prevent_default();
            navigate(store, &url, Arrival::Link);
        }
    });
}

/// Where a plain click on a link of this shop leads.
fn followed(event: &web_sys::MouseEvent) -> Option<String> {
    let modified = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
    if event.default_prevented() || event.button() != 0 || modified {
        return None;
    }
    let element: web_sys::Element = event.target()?.dyn_into().ok()?;
    let link: web_sys::HtmlAnchorElement = element.closest("a[href]").ok().flatten()?.dyn_into().ok()?;
    if !link.target().is_empty() || link.has_attribute("download") {
        return None;
    }
    let path = link.pathname();
    let same_page_part = !link.hash().is_empty() && {
        let location = window().location();
        location.pathname().ok()? == path && location.search().ok()? == link.search()
    };
    if link.origin() != window().location().origin().ok()? || !is_page(&path) || same_page_part {
        return None;
    }
    Some(path + &link.search() + &link.hash())
}

/// Loads a page and shows it. What can't be loaded this way is left to the browser.
pub fn navigate(store: Store, url: &str, arrival: Arrival) {
    let number = LATEST.get().wrapping_add(1);
    LATEST.set(number);
    store.loading.set(true);
    let url = url.to_owned();
    spawn_local(async move {
        let (plain, part) = url.split_once('#').unwrap_or((&url, ""));
        let question = format!("{}?url={}", api::PAGE, js_sys::encode_uri_component(plain));
        let answer = fetch::get::<Loaded>(&question).await;
        if LATEST.get() != number {
            return;
        }
        match answer {
            Ok(mut loaded) => {
                if !part.is_empty() {
                    loaded.url = format!("{}#{part}", loaded.url);
                }
                show(store, loaded, arrival);
            }
            Err(Error::Unavailable { .. }) => {
                store.loading.set(false);
                say(store, "You seem to be offline. Please try again in a moment.", true, false);
            }
            // The server's own page says more than we could here.
            Err(_) => drop(window().location().set_href(&url)),
        }
    });
}

/// Puts a loaded page on the screen and into the history.
pub fn show(store: Store, mut loaded: Loaded, arrival: Arrival) {
    LATEST.set(LATEST.get().wrapping_add(1));
    match arrival {
        Arrival::Link | Arrival::Filter => history::push(&loaded.url),
        Arrival::Refresh | Arrival::Renew => history::replace(&loaded.url),
        Arrival::Back => {}
    }
    if arrival == Arrival::Refresh
        && let Page::Checkout(new) = &mut loaded.page
    {
        store.shown.with_untracked(|(_, old)| {
            if let Page::Checkout(old) = &old.page {
                new.details = old.details.clone();
            }
        });
    }
    let kept = matches!(arrival, Arrival::Refresh | Arrival::Renew | Arrival::Filter).then(Kept::of_document);
    let cart = std::mem::take(&mut loaded.cart);
    let (title, canonical) = (loaded.title.clone(), loaded.canonical.clone());
    let part = loaded.url.split_once('#').map(|(_, part)| part.to_owned());
    let loaded = Arc::new(loaded);
    batch(move || {
        store.set_cart(cart);
        if matches!(arrival, Arrival::Link | Arrival::Back) {
            store.bag_open.set(false);
        }
        store.loading.set(false);
        store.shown.update(|(count, shown)| {
            if path(&shown.url) != path(&loaded.url) {
                *count += 1;
            }
            *shown = loaded;
        });
    });
    document().set_title(&title);
    set_canonical(canonical.as_deref());
    history::keep(store);
    // After the views have changed.
    request_animation_frame(move || {
        mark_menu();
        match arrival {
            Arrival::Link => {
                let target = part.and_then(|part| document().get_element_by_id(&part));
                match target {
                    Some(target) => target.scroll_into_view(),
                    None => scroll_to(0.0),
                }
                focus_heading();
                say(store, title, false, true);
            }
            Arrival::Back => {
                scroll_to(history::here());
                say(store, title, false, true);
            }
            Arrival::Filter | Arrival::Refresh | Arrival::Renew => {
                if let Some(kept) = kept {
                    kept.restore();
                }
            }
        }
    });
}

/// Keeps the head's link in step with the page. Where it can't be, bookmarks merely take the address itself.
fn set_canonical(url: Option<&str>) {
    let there = first("link[rel=canonical]");
    let Some(url) = url else {
        if let Some(link) = there {
            link.remove();
        }
        return;
    };
    let link = there.or_else(|| {
        let link: web_sys::HtmlElement = document().create_element("link").ok()?.dyn_into().ok()?;
        link.set_attribute("rel", "canonical").ok()?;
        document().head()?.append_child(&link).ok()?;
        Some(link)
    });
    if let Some(link) = link {
        let _ = link.set_attribute("href", url);
    }
}

/// The menu says where one is; the phone's is closed.
fn mark_menu() {
    if let Some(menu) = first(".menu[open]") {
        let _ = menu.remove_attribute("open");
    }
    let Ok(links) = document().query_selector_all(".nav a") else { return };
    let here = window().location().pathname().unwrap_or_default();
    for index in 0..links.length() {
        let Some(link) = links.item(index).and_then(|node| node.dyn_into::<web_sys::Element>().ok()) else {
            continue;
        };
        let _ = if link.get_attribute("href").as_deref() == Some(&here) {
            link.set_attribute("aria-current", "page")
        } else {
            link.remove_attribute("aria-current")
        };
    }
}

fn path(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or_default()
}

/// Keyboard and screen reader go on where the new page begins.
fn focus_heading() {
    let Some(heading) = first("main h1").or_else(|| first("main")) else { return };
    heading.set_tab_index(-1);
    let options = web_sys::FocusOptions::new();
    options.set_prevent_scroll(true);
    let _ = heading.focus_with_options(&options);
}
