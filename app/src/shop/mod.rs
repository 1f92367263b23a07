//! The storefront. Each page is a file: what it shows, how the server finds it (`load`), and its view.

#[cfg(feature = "ssr")]
pub mod account;
pub mod bag;
pub mod cart;
pub mod checkout;
#[cfg(feature = "ssr")]
pub mod content;
#[cfg(feature = "ssr")]
pub mod form;
pub mod frame;
#[cfg(feature = "ssr")]
pub mod home;
#[cfg(feature = "ssr")]
pub mod listing;
#[cfg(feature = "ssr")]
pub mod message;
#[cfg(feature = "ssr")]
pub mod order;
#[cfg(feature = "ssr")]
pub mod paid;
#[cfg(feature = "ssr")]
pub mod part;
pub mod pick;
pub mod product;
#[cfg(feature = "ssr")]
pub mod returns;
pub mod search;

use leptos::{either::Either, prelude::*};

use crate::{page::Page, store::Store};

/// The page that is shown now. Another path builds another page; the same path with another query only changes it.
pub fn page(store: Store) -> AnyView {
    (move || {
        let (count, loaded) = store.shown.get();
        let view = match &loaded.page {
            Page::Still(html) => html.view(),
            Page::Product(product) => product::view(store, product),
            Page::Cart => cart::view(store),
            Page::Checkout(checkout) => checkout::view(store, checkout),
        };
        if count % 2 == 0 { Either::Left(view) } else { Either::Right(view) }
    })
    .into_any()
}

/// What is wrong with a form as a whole, where the page was made anew for it. With script, [`crate::browser`] says it.
pub fn fault(store: Store, action: &str) -> AnyView {
    store.fault(action).map(bad).into_any()
}

/// An alert that the next try takes away.
pub fn bad(text: String) -> AnyView {
    view! {
        <div class="alert alert--bad" role="alert" data-fault="">
            {crate::ui::icon(crate::ui::Icon::Alert)}<div class="alert__body">{text}</div>
        </div>
    }
    .into_any()
}
