//! What a thing costs.

use leptos::prelude::*;
use souk_contract::Money;

use super::button::join;

/// The price, and what it was before a sale. `from`: other variants cost more. `class` is `""` or `price--big`.
pub fn price(now: Money, was: Option<Money>, from: bool, class: &'static str) -> AnyView {
    let mut classes = join("price", class);
    if was.is_some() {
        classes.push_str(" price--sale");
    }
    view! {
        <span class=classes>
            {was.map(|_| view! { <span class="sr-only">"Now "</span> })}
            <span class="price__now">{from.then_some("from ")}{now.to_string()}</span>
            {was.map(|was| view! { <span class="sr-only">"Before "</span><s class="price__was">{was.to_string()}</s> })}
        </span>
    }
    .into_any()
}
