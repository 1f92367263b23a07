//! News without a click, and what is said while the shop is out of reach.
//!
//! One small question every five seconds while somebody looks, whatever is on the screen; what is on it asks again only
//! when the answer differs from the one before.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use souk_contract::{Error, OrderSummary};
use wasm_bindgen::JsCast;

use super::{
    desk::{Desk, Who},
    go, shell,
};
use crate::{
    api::admin::live::{self, Pulse},
    draft::age::ago,
    failure::SHOP,
    ui::{Icon, icon},
};

const EVERY: Duration = Duration::from_secs(5);
/// An answer that takes longer than that counts as none, in milliseconds.
const PATIENCE: f64 = 12_000.0;

/// Whether the shop answers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Link {
    Up,
    /// When it last did, and now: milliseconds as JavaScript counts them.
    Down {
        seen: f64,
        now: f64,
    },
}

/// The last question: when it was asked, and whether the answer is still awaited.
#[derive(Clone, Copy)]
struct Asked {
    at: f64,
    waits: bool,
}

pub fn start(desk: Desk) {
    let asked = StoredValue::new(Asked { at: 0.0, waits: false });
    set_interval(move || tick(desk, asked), EVERY);
    // The first answer is what later ones are held against.
    let present = Memo::new(move |_| desk.who.with(|who| matches!(who, Who::Member(_))));
    Effect::new(move || {
        if present.get() {
            desk.pulse.set(None);
            untrack(move || tick(desk, asked));
        }
    });
}

pub fn is_down(desk: Desk) -> bool {
    desk.link.with_untracked(|link| *link != Link::Up)
}

pub fn is_out_of_reach(error: &Error) -> bool {
    matches!(error, Error::Unavailable { what } if what == SHOP)
}

pub fn lost(desk: Desk) {
    let working = desk.who.with_untracked(|who| *who != Who::Nobody);
    if working {
        desk.link.set(Link::Down { seen: desk.seen.get_value(), now: js_sys::Date::now() });
    }
}

pub fn reached(desk: Desk) {
    desk.seen.set_value(js_sys::Date::now());
    if is_down(desk) {
        desk.link.set(Link::Up);
        desk.returned.update(|times| *times += 1);
    }
}

/// Does `act` with every news from now on.
pub fn follow(desk: Desk, act: impl Fn() + 'static) {
    Effect::new(move |before: Option<()>| {
        desk.news.track();
        if before.is_some() {
            act();
        }
    });
}

fn tick(desk: Desk, asked: StoredValue<Asked>) {
    let Asked { at, waits } = asked.get_value();
    let age = js_sys::Date::now() - at;
    if waits && age > PATIENCE {
        lost(desk);
    }
    // The interval's own ticks are never quite even.
    if waits || age < 0.9 * EVERY.as_secs_f64() * 1000.0 {
        return;
    }
    // A tab that nobody sees asks nothing; the desktop tells of news while its window is hidden.
    if document().hidden() && !cfg!(feature = "csr") {
        return;
    }
    match desk.who.get_untracked() {
        Who::Unknown if is_down(desk) => shell::ask_who(desk),
        Who::Member(_) if !desk.ended.get_untracked() => {
            let at = js_sys::Date::now();
            asked.set_value(Asked { at, waits: true });
            spawn_local(async move {
                let answer = live::ask().await;
                if asked.try_set_value(Asked { at, waits: false }).is_some() {
                    return;
                }
                match answer {
                    Ok(pulse) => {
                        reached(desk);
                        compare(desk, pulse);
                    }
                    // A proxy may answer for a shop that doesn't.
                    Err(failure) if matches!(failure.0, Error::Internal { .. }) => lost(desk),
                    Err(failure) => drop(desk.noticed(&failure.0)),
                }
            });
        }
        _ => {}
    }
}

fn compare(desk: Desk, now: Pulse) {
    let before = desk.pulse.get_untracked();
    if before.as_ref() == Some(&now) {
        return;
    }
    if let Some(before) = &before {
        let orders = new_orders(before, &now);
        // What the member just did is said first.
        let quiet = desk.toast.with_untracked(Option::is_some);
        match orders.as_slice() {
            _ if quiet => {}
            [] => {}
            [order] => desk.say(format!("New order #{} over {}", order.number, order.total)),
            several => desk.say(format!("{} new orders", several.len())),
        }
        #[cfg(feature = "csr")]
        crate::desktop::tell(before, &now, orders);
    }
    desk.pulse.set(Some(now));
    if before.is_some() {
        desk.news.update(|count| *count += 1);
    }
}

fn new_orders(before: &Pulse, now: &Pulse) -> Vec<OrderSummary> {
    let newest = before.orders.iter().map(|order| order.number).max().unwrap_or(0);
    now.orders.iter().filter(|order| order.number > newest).cloned().collect()
}

/// Above the screen while the shop is out of reach.
pub fn banner(desk: Desk) -> AnyView {
    let down = Memo::new(move |_| desk.link.with(|link| *link != Link::Up));
    let said = move || {
        down.get().then_some("The shop is out of reach. You can look, but change nothing until it is back.")
    };
    let age = move || match desk.link.get() {
        Link::Up => None,
        Link::Down { seen, now } => {
            let seen = oldest(seen);
            Some(format!(" Seen {}.", ago(((now - seen).max(0.0) / 1000.0) as u64)))
        }
    };
    view! {
        <div class="lost" class:is-there=move || down.get()>
            {icon(Icon::Alert)}
            <p><span role="status">{said}</span><span>{age}</span></p>
        </div>
    }
    .into_any()
}

/// What the desktop shows from memory may be older than the last answer.
fn oldest(seen: f64) -> f64 {
    #[cfg(feature = "csr")]
    let seen = crate::desktop::oldest_shown().map_or(seen, |shown| shown.min(seen));
    seen
}

/// A list that is drawn anew keeps the row that one stands on.
pub fn with_focus_kept(draw: impl FnOnce()) {
    let active = document().active_element().filter(|element| element.has_attribute("data-row"));
    let href = active.and_then(|element| element.get_attribute("href"));
    draw();
    let Some(href) = href else { return };
    request_animation_frame(move || {
        let nowhere = document().active_element().is_none_or(|element| element.tag_name() == "BODY");
        let Ok(rows) = document().query_selector_all("main [data-row]") else { return };
        let mut rows = (0..rows.length()).filter_map(|index| rows.item(index)?.dyn_into().ok());
        let same = |row: &web_sys::HtmlElement| row.get_attribute("href").as_deref() == Some(&href);
        if let Some(row) = rows.find(same).filter(|_| nowhere) {
            go::focus(&row);
        }
    });
}
