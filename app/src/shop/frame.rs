//! What stands around every page: header, footer, and what is said in passing.

use std::sync::Arc;

use leptos::prelude::*;
use souk_contract::CollectionLink;

use super::search;
use crate::{
    browser,
    context::Frame,
    page::Page,
    store::{Notice, Store},
    ui::{Icon, icon},
};

pub fn header(store: Store) -> AnyView {
    let frame = store.frame();
    let bare = Memo::new(move |_| store.shown.with(|(_, loaded)| matches!(loaded.page, Page::Checkout(_))));
    (move || if bare.get() { at_checkout(&frame) } else { full(store, &frame) }).into_any()
}

/// Nothing that leads away from paying, but the way back.
fn at_checkout(frame: &Frame) -> AnyView {
    view! {
        <header class="header header--bare">
            <div class="wrap">
                <div class="header__bar">
                    <a class="logo" href="/">{frame.shop.name.clone()}</a>
                    <a class="arrow-link" href="/cart">"Back to cart"</a>
                </div>
            </div>
        </header>
    }
    .into_any()
}

fn full(store: Store, frame: &Arc<Frame>) -> AnyView {
    let returns = frame.shop.returns_days;
    let offer = match frame.shop.free_shipping_over {
        Some(amount) => format!("Free delivery over {amount} and {returns} days to return"),
        None => format!("{returns} days to return"),
    };
    view! {
        <aside class="announce" aria-label="Offer">{offer}</aside>
        <header class="header">
            <div class="wrap">
                <div class="header__bar">
                    {menu(frame)}
                    <a class="logo" href="/">{frame.shop.name.clone()}</a>
                    <nav class="nav desk-only" aria-label="Main">
                        <ul>{frame.menu.iter().take(6).map(|link| entry(store, link)).collect::<Vec<_>>()}</ul>
                    </nav>
                    <div class="header__tools">
                        <a class="icon-button desk-only" href="/account" aria-label="Account">{icon(Icon::User)}</a>
                        {cart_button(store)}
                    </div>
                </div>
                <div class="header__search">{search::field(store)}</div>
            </div>
            {progress(store)}
        </header>
    }
    .into_any()
}

fn address(link: &CollectionLink) -> String {
    format!("/collections/{}", link.handle)
}

fn entry(store: Store, link: &CollectionLink) -> AnyView {
    let href = address(link);
    let here = href.clone();
    let current =
        move || store.shown.with(|(_, loaded)| loaded.url.split('?').next() == Some(&here)).then_some("page");
    view! { <li><a href=href aria-current=current>{link.title.clone()}</a></li> }.into_any()
}

/// The phone's menu: a `<details>`, so it opens before and without any script.
fn menu(frame: &Frame) -> AnyView {
    let entries: Vec<AnyView> = frame
        .menu
        .iter()
        .map(|link| {
            view! { <li><a href=address(link)>{link.title.clone()}{icon(Icon::Right)}</a></li> }.into_any()
        })
        .collect();
    view! {
        <details class="menu phone-only">
            <summary class="icon-button" aria-label="Menu">
                <span class="when-closed">{icon(Icon::Menu)}</span>
                <span class="when-open">{icon(Icon::Close)}</span>
            </summary>
            <nav class="menu__panel" aria-label="Menu">
                <ul>{entries}</ul>
                <ul class="menu__minor">
                    <li><a href="/account">"Your account"</a></li>
                    <li><a href="/pages/shipping">"Delivery"</a></li>
                    <li><a href="/pages/returns">"Returns"</a></li>
                </ul>
            </nav>
        </details>
    }
    .into_any()
}

/// A link to the cart's page; with script it opens the drawer.
fn cart_button(store: Store) -> AnyView {
    let label = move || match store.item_count() {
        0 => "Cart, empty".to_owned(),
        1 => "Cart, 1 item".to_owned(),
        count => format!("Cart, {count} items"),
    };
    let open = move |event: web_sys::MouseEvent| {
        let here = store.shown.with_untracked(|(_, loaded)| matches!(loaded.page, Page::Cart));
        if !here && !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
            event.prevent_default();
            store.bag_open.set(true);
        }
    };
    view! {
        <a class="icon-button" href="/cart" aria-label=label on:click=open>
            {icon(Icon::Bag)}
            {move || {
                let count = store.item_count();
                (count > 0).then(|| view! { <span class="count" aria-hidden="true">{count}</span> })
            }}
        </a>
    }
    .into_any()
}

/// While another page is on its way.
fn progress(store: Store) -> AnyView {
    (move || {
        store.loading.get().then(|| view! { <progress class="loading" aria-label="Loading"></progress> })
    })
    .into_any()
}

pub fn footer(store: Store) -> AnyView {
    let frame = store.frame();
    let bare = Memo::new(move |_| store.shown.with(|(_, loaded)| matches!(loaded.page, Page::Checkout(_))));
    (move || (!bare.get()).then(|| large_footer(&frame))).into_any()
}

fn large_footer(frame: &Frame) -> AnyView {
    let shop = &frame.shop;
    let pages = frame.pages.iter().map(|page| {
        view! { <li><a href=format!("/pages/{}", page.handle)>{page.title.clone()}</a></li> }.into_any()
    });
    let menu = frame
        .menu
        .iter()
        .map(|link| view! { <li><a href=address(link)>{link.title.clone()}</a></li> }.into_any());
    view! {
        <footer class="footer">
            <div class="wrap">
                <div class="footer__grid">
                    <div class="footer__lead">
                        <span class="logo">{shop.name.clone()}</span>
                        {(!shop.email.is_empty()).then(|| view! {
                            <p>
                                "Questions? Write to "
                                <a href=format!("mailto:{}", shop.email)>{shop.email.clone()}</a>"."
                            </p>
                        })}
                    </div>
                    <nav aria-label="Shop">
                        <h2 class="footer__title">"Shop"</h2>
                        <ul>{menu.collect::<Vec<_>>()}<li><a href="/collections/all">"Everything"</a></li></ul>
                    </nav>
                    <nav aria-label="Help">
                        <h2 class="footer__title">"Help"</h2>
                        <ul>{pages.collect::<Vec<_>>()}</ul>
                    </nav>
                    <nav aria-label="You">
                        <h2 class="footer__title">"You"</h2>
                        <ul>
                            <li><a href="/account">"Your account"</a></li>
                            <li><a href="/cart">"Your cart"</a></li>
                        </ul>
                    </nav>
                </div>
                <div class="footer__end"><span>{format!("© {}", shop.name)}</span></div>
            </div>
        </footer>
    }
    .into_any()
}

/// Said by screen readers; shown too, where there is something to see.
pub fn notices(store: Store) -> AnyView {
    let quiet =
        move || store.notice.with(|one| one.as_ref().filter(|one| one.quiet).map(|one| one.text.clone()));
    let shown = move || store.notice.get().filter(|one| !one.quiet).map(|one| toast(store, one));
    Effect::new(move |_| {
        if store.notice.with(Option::is_some) {
            browser::hide_notice_later(store);
        }
    });
    view! {
        <p class="sr-only" role="status">{quiet}</p>
        <div class="toasts" role="status">{shown}</div>
    }
    .into_any()
}

fn toast(store: Store, notice: Notice) -> AnyView {
    view! {
        <div class=if notice.bad { "toast toast--bad" } else { "toast" }>
            <span>{notice.text}</span>
            <button class="icon-button" type="button" aria-label="Close" on:click=move |_| store.notice.set(None)>
                {icon(Icon::Close)}
            </button>
        </div>
    }
    .into_any()
}
