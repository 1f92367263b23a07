//! The cart's own page.

use leptos::prelude::*;

use super::bag;
use crate::{
    store::Store,
    ui::{Tone, alert},
};

pub fn view(store: Store) -> AnyView {
    let warnings = move || {
        store.cart.with(|cart| {
            let warnings = cart.as_ref().map(|cart| cart.warnings.as_slice()).unwrap_or_default();
            // Those of a line stand beside it.
            let general = warnings.iter().filter(|one| one.line_id.is_none());
            general.map(|one| alert(Tone::Warn, None, one.message.clone().into_any())).collect::<Vec<_>>()
        })
    };
    let filled = Memo::new(move |_| store.item_count() > 0);
    let body = move || {
        if !filled.get() {
            return bag::empty();
        }
        view! {
            <div class="cart">
                <div>
                    <h2 class="sr-only">"What you chose"</h2>
                    {bag::lines(store, "lines")}
                </div>
                <aside class="cart__summary panel" aria-label="Summary">
                    {bag::free_delivery(store)}
                    {bag::codes(store)}
                    {bag::totals(store)}
                    <a class="button button--big button--wide" href="/checkout">"Check out"</a>
                </aside>
            </div>
        }
        .into_any()
    };
    view! {
        <div class="wrap page">
            <div class="page__head"><h1>"Your cart"</h1></div>
            <div class="stack">{warnings}</div>
            {body}
        </div>
    }
    .into_any()
}

#[cfg(feature = "ssr")]
pub async fn load(visit: &crate::context::Visit) -> Result<crate::page::Found, crate::page::Stop> {
    if let Some(next) = visit.waits_for().await? {
        return Err(crate::page::Stop::see(format!("/checkout/paid/{}", next.token)));
    }
    Ok(crate::page::Found { page: crate::page::Page::Cart, head: crate::head::Head::private("Your cart") })
}
