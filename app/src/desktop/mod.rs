//! The merchant's screens as a desktop app: any Souk server by its address, several shops, a token instead of a cookie, and
//! what the system gives beside the window ([`shell`]).
//!
//! [`Client`] is how the server functions are called: it signs with the token, and while the server is out of reach it
//! answers from what was seen before ([`memory`]). One shop is open at a time; another one means the window loads anew,
//! so nothing of the first is left in memory.

mod client;
mod drop;
mod memory;
pub mod paper;
mod shell;
pub mod shops;

use leptos::{prelude::*, task::spawn_local};
use souk_contract::{OrderQuery, OrderSummary, StaffMember, StaffSignIn};

use crate::{
    admin::{self, Desk, Place, ROOT},
    api::admin::{access, catalog, live::Pulse, orders},
    failure::Result,
};

pub use client::{Client, sign};
pub use memory::oldest_shown;
pub use shell::save_table;

/// Draws the body: the screens of the shop that was open last, or the question which shop.
pub fn start() {
    // Leptos' own comes to life with the first view.
    wasm_bindgen_futures::spawn_local(async {
        let begin = match shell::begin().await {
            Ok(begin) => begin,
            Err(error) => return leptos::logging::error!("The app does not answer its window: {error}"),
        };
        if let Some(body) = document().body() {
            body.set_inner_html("");
        }
        let inside = window().location().pathname().is_ok_and(|path| path.starts_with(ROOT));
        if let (false, Ok(history)) = (inside, window().history()) {
            // Failing, the screens say that the address leads nowhere, and the menu leads on.
            let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(ROOT));
        }
        shops::follow_outside_links();
        drop::start();
        let Some(shop) = begin.current() else {
            return leptos::mount::mount_to_body(move || shops::first(&begin));
        };
        client::open(&shop.url, begin.token.clone());
        leptos::mount::mount_to_body(move || {
            let desk = Desk::new(shop.facts.clone());
            provide_context(shops::Known { begin: StoredValue::new(begin.clone()) });
            refresh_facts(shop.clone());
            shell::on_open(move |target| open(desk, target));
            if let Some(target) = begin.open.clone() {
                open(desk, target);
            }
            admin::app(desk)
        });
    });
}

/// The shop may have another name since it was seen last; it shows from the next start on.
fn refresh_facts(shop: shell::Shop) {
    spawn_local(async move {
        if let Ok(facts) = access::shop().await
            && facts != shop.facts
        {
            shell::put_shop(&shell::Shop { facts, ..shop }).await;
        }
    });
}

/// What a link (`souk://order/1001`), or a notification that was clicked, leads to.
fn open(desk: Desk, target: String) {
    let (kind, rest) = target.split_once('/').unwrap_or((&target, ""));
    let rest = rest.trim_start_matches('#').to_owned();
    match kind {
        "order" => match rest.parse() {
            Ok(id) => admin::to_place(desk, Place::Order(id)),
            Err(_) => open_number(desk, rest),
        },
        "stock" => admin::to_place(desk, rest.parse().map_or(Place::Inventory, Place::Stock)),
        _ => {}
    }
}

/// By what people call an order.
fn open_number(desk: Desk, text: String) {
    let Ok(number) = text.parse::<i64>() else {
        return desk.say("This link names no order.");
    };
    spawn_local(async move {
        let query = OrderQuery { text: Some(text), limit: Some(5), ..OrderQuery::default() };
        match orders::orders(query).await {
            Ok(found) => match found.items.iter().find(|order| order.number == number) {
                Some(order) => admin::to_place(desk, Place::Order(order.id)),
                None => desk.say(format!("This shop has no order #{number}.")),
            },
            Err(failure) => desk.complain(&failure.0),
        }
    });
}

/// Signs in for a token, which the system's keyring keeps.
///
/// # Errors
/// As the server says.
pub async fn sign_in(request: StaffSignIn) -> Result<StaffMember> {
    let entered = access::sign_in_desktop(request).await?;
    client::set_token(Some(entered.token.clone()));
    // The keyring may want to be unlocked first: nobody has to wait for that.
    spawn_local(async move { shell::keep_token(Some(&entered.token)).await });
    Ok(entered.staff)
}

/// Forgets the token, and what was seen with it.
pub async fn sign_out() {
    client::set_token(None);
    memory::forget();
    shell::keep_token(None).await;
}

/// Tells of what is new outside the window, where nobody may be looking at it.
pub fn tell(before: &Pulse, now: &Pulse, new_orders: Vec<OrderSummary>) {
    for order in new_orders.into_iter().rev() {
        let note = shell::Note {
            title: format!("New order #{}", order.number),
            body: format!("{} from {}", order.total, order.name),
            open: format!("order/{}", order.id),
        };
        spawn_local(async move { shell::notify(&note).await });
    }
    let known = |level: &souk_contract::StockLevel| {
        before.short.iter().any(|before| before.variant_id == level.variant_id)
    };
    let short: Vec<_> = now.short.iter().filter(|level| !known(level)).cloned().collect();
    if short.is_empty() {
        return;
    }
    spawn_local(async move {
        // Without the right to read the catalogue there are no names, and nothing to say.
        let Ok(infos) = catalog::variants(short.iter().map(|level| level.variant_id).collect()).await else {
            return;
        };
        for level in short {
            let Some(info) = infos.iter().find(|info| info.variant.id == level.variant_id) else { continue };
            let note = shell::Note {
                title: format!("Running out: {}", info.product_title),
                body: format!("{} – {} left", info.variant.title, level.available),
                open: format!("stock/{}", info.product_id),
            };
            shell::notify(&note).await;
        }
    });
}
