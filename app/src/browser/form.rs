//! Forms without a reload: `get` forms lead to a page, `post` forms call the server function of their action.

use std::{cell::RefCell, collections::VecDeque, time::Duration};

use leptos::{ev, prelude::*, task::spawn_local};
use souk_contract::Error;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{FormData, HtmlButtonElement, HtmlFormElement, UrlSearchParams};

use super::{
    fault, fetch, first, history,
    navigate::{Arrival, navigate},
    say,
};
use crate::{api::Reply, page::is_page, store::Store};

struct Sending {
    action: String,
    body: String,
    form: HtmlFormElement,
    button: Option<HtmlButtonElement>,
}

thread_local! {
    /// One after the other, in the order of the clicks: the server sees the shopper's last word last.
    static QUEUE: RefCell<VecDeque<Sending>> = const { RefCell::new(VecDeque::new()) };
}

pub fn start(store: Store) {
    window_event_listener(ev::submit, move |event| {
        // `None` leaves the form to the browser.
        let _ = submitted(store, &event);
    });
    window_event_listener(ev::change, move |event| {
        if let Some(form) = super::form_of(&event).filter(|form| form.has_attribute("data-auto"))
            // A half-filled form waits.
            && form.check_validity()
        {
            super::submit(&form);
        }
    });
}

fn submitted(store: Store, event: &web_sys::SubmitEvent) -> Option<()> {
    if event.default_prevented() {
        return None;
    }
    let form: HtmlFormElement = event.target()?.dyn_into().ok()?;
    let button: Option<HtmlButtonElement> = event.submitter().and_then(|element| element.dyn_into().ok());
    // Not `form.action()`: a field of that name would hide it.
    let action = form.get_attribute("action")?;
    let data = FormData::new_with_form(&form).ok()?;
    if let Some(button) = button.as_ref().filter(|button| !button.name().is_empty()) {
        data.append_with_str(&button.name(), &button.value()).ok()?;
    }
    let pairs = UrlSearchParams::new_with_str_sequence_sequence(&data).ok()?;
    if form.get_attribute("method").as_deref() == Some("post") {
        if !action.starts_with("/fn/") {
            return None;
        }
        event.prevent_default();
        let body = JsValue::from(pairs.to_string()).as_string()?;
        enqueue(store, Sending { action, body, form, button });
    } else {
        let path = action.split('?').next()?.to_owned();
        if !is_page(&path) {
            return None;
        }
        event.prevent_default();
        let query = without_blanks(&data)?;
        let mark = if query.is_empty() { "" } else { "?" };
        if button.is_some()
            && let Some(sheet) = first(".filters[open]")
        {
            // Failing, the sheet stays open.
            let _ = sheet.remove_attribute("open");
        }
        let same = path == window().location().pathname().ok()?;
        navigate(store, &format!("{path}{mark}{query}"), if same { Arrival::Filter } else { Arrival::Link });
    }
    Some(())
}

/// Empty fields only lengthen the address.
fn without_blanks(data: &FormData) -> Option<String> {
    let kept = UrlSearchParams::new().ok()?;
    for pair in js_sys::try_iter(data).ok()?? {
        let pair: js_sys::Array = pair.ok()?.dyn_into().ok()?;
        let (name, value) = (pair.get(0).as_string()?, pair.get(1).as_string()?);
        if !value.is_empty() {
            kept.append(&name, &value);
        }
    }
    JsValue::from(kept.to_string()).as_string()
}

fn enqueue(store: Store, sending: Sending) {
    if let Some(button) = &sending.button {
        if button.get_attribute("aria-busy").is_some() {
            return;
        }
        let _ = button.set_attribute("aria-busy", "true");
    }
    let idle = QUEUE.with_borrow_mut(|queue| {
        queue.push_back(sending);
        queue.len() == 1
    });
    if idle {
        spawn_local(async move {
            while let Some((action, body)) =
                QUEUE.with_borrow(|queue| queue.front().map(|one| (one.action.clone(), one.body.clone())))
            {
                let answer = fetch::post::<Reply>(&action, &body).await;
                // The front stays while it is under way, so that nobody starts a second loop.
                let Some(sent) = QUEUE.with_borrow_mut(VecDeque::pop_front) else { break };
                if let Some(button) = sent.button {
                    let _ = button.remove_attribute("aria-busy");
                }
                fault::clear();
                let more = QUEUE.with_borrow(|queue| !queue.is_empty());
                match answer {
                    Ok(reply) => accept(store, reply, more),
                    Err(error) => refuse(store, &sent.form, &error),
                }
            }
        });
    }
}

fn accept(store: Store, reply: Reply, more: bool) {
    if reply.fresh {
        history::forget();
    }
    // While later clicks are under way the guess on the screen is newer than this answer.
    if !more {
        store.set_cart(reply.cart);
    }
    if let Some(said) = reply.said {
        say(store, said, false, reply.bag);
    }
    if reply.bag {
        store.bag_open.set(true);
    }
    if let Some(go) = reply.go {
        if !is_page(&go) {
            // A bank's own page.
            return drop(window().location().set_href(&go));
        }
        let path = go.split('?').next().map(str::to_owned);
        let arrival = match (window().location().pathname().ok() == path, reply.fresh) {
            (true, true) => Arrival::Renew,
            (true, false) => Arrival::Refresh,
            (false, _) => Arrival::Link,
        };
        navigate(store, &go, arrival);
    }
}

fn refuse(store: Store, form: &HtmlFormElement, error: &Error) {
    match error {
        Error::Unauthenticated { .. } => navigate(store, "/account/login", Arrival::Link),
        // What the page shows is no longer so.
        Error::Conflict { .. } | Error::NotFound { .. } => {
            history::forget();
            navigate(store, &history::address(), Arrival::Refresh);
        }
        _ => {}
    }
    if !fault::show(form, error) {
        say(store, error.public_message(), true, false);
    }
}

/// A notice that is shown goes away after a while.
pub fn hide_notice_later(store: Store) {
    set_timeout(move || store.notice.set(None), Duration::from_secs(6));
}
