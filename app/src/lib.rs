//! The storefront's pages and the functions they call, for the server and for the browser.
//!
//! A request goes like this. The server makes a [`context::Visit`] and asks [`serve::page`] for an address.
//! [`page::load`] finds what the page shows ([`page::Page`]) through the contract's traits; [`head::Head`] is what
//! search engines are told of it. [`app`] draws it, and the same data stands in the document as JSON, so that the
//! browser's wasm ([`hydrate`]) starts from what is there. From then on [`browser`] answers links and forms: it asks
//! for the next page's data and draws it with the same views. Forms post to the server functions of [`api`], with
//! script and without.
//!
//! There is one kind of request for all pages and one for all forms, and no code per page beside its view: that is
//! what keeps the wasm small. To add a page: a file in `shop/` with its data, `load` and `view`; a variant of
//! [`page::Page`]; a line in `page::find`.
//!
//! `admin` is the other application in here: the merchant's screens, a wasm of their own, drawn wholly in the browser.
//! What they ask the server for is in [`api::admin`]; `desktop` is what the desktop app adds to them.

#[cfg(feature = "admin")]
pub mod admin;
pub mod api;
pub mod browser;
pub mod context;
#[cfg(feature = "csr")]
pub mod desktop;
#[cfg(any(feature = "ssr", feature = "admin", test))]
pub mod draft;
pub mod failure;
#[cfg(feature = "ssr")]
pub mod head;
pub mod page;
#[cfg(feature = "ssr")]
pub mod serve;
pub mod shop;
pub mod store;
pub mod ui;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{context::Frame, page::Loaded, store::Store};

/// What a document brings for the script to start with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Boot {
    pub frame: Frame,
    pub loaded: Loaded,
}

/// The whole body.
pub fn app(store: Store) -> AnyView {
    view! {
        <a class="skip-link" href="#main">"Skip to content"</a>
        {shop::frame::header(store)}
        <main id="main" tabindex="-1">{shop::page(store)}</main>
        {shop::frame::footer(store)}
        {shop::bag::drawer(store)}
        {shop::frame::notices(store)}
    }
    .into_any()
}

/// Takes over the document that the server drew. Leaves it as it is where it brought no data that can be read.
#[cfg(feature = "hydrate")]
pub fn hydrate() {
    let Some(data) = document().get_element_by_id("souk").and_then(|element| element.text_content()) else {
        return;
    };
    let Ok(boot) = serde_json::from_str::<Boot>(&data) else {
        leptos::logging::error!("The page's data is not of this version: it stays as the server sent it.");
        return;
    };
    leptos::mount::hydrate_body(move || {
        let store = Store::new(boot.frame.into(), boot.loaded);
        browser::start(store);
        app(store)
    });
}
