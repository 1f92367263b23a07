//! What stands around every page: header, footer, and what is said in passing.

use leptos::prelude::*;

use super::search;
use crate::{
    browser,
    page::Page,
    store::{Notice, Store},
    ui::{Icon, icon},
};

/// The header. At checkout only the logo and the way back are left.
pub fn header(store: Store) -> AnyView {
    let frame = store.frame();
    let bare = at_checkout(store);
    view! {
        <aside class="announce" aria-label="Offer" hidden=move || bare.get()>{frame.offer.clone()}</aside>
        <header class="header" hidden=move || bare.get()>
            <div class="wrap">
                <div class="header__bar">
                    {frame.menu.view()}
                    {frame.logo.view()}
                    {frame.nav.view()}
                    <div class="header__tools">
                        <a class="icon-button desk-only" href="/account" aria-label="Account">{icon(Icon::User)}</a>
                        {cart_button(store)}
                    </div>
                </div>
                <div class="header__search">{search::field(store)}</div>
            </div>
            {move || store.loading.get().then(|| view! { <progress class="loading" aria-label="Loading"></progress> })}
        </header>
        <header class="header header--bare" hidden=move || !bare.get()>
            <div class="wrap">
                <div class="header__bar">
                    {frame.logo.view()}
                    <a class="arrow-link" href="/cart">"Back to cart"</a>
                </div>
            </div>
        </header>
    }
    .into_any()
}

fn at_checkout(store: Store) -> Memo<bool> {
    Memo::new(move |_| store.shown.with(|(_, loaded)| matches!(loaded.page, Page::Checkout(_))))
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
        if !(here || event.ctrl_key() || event.meta_key() || event.shift_key()) {
            event.prevent_default();
            store.bag_open.set(true);
        }
    };
    view! {
        <a class="icon-button" href="/cart" aria-label=label on:click=open>
            {icon(Icon::Bag)}
            {move || {
                let count = store.item_count();
                (count > 0).then(|| view! { <span class="count" aria-hidden="true">{count.to_string()}</span> })
            }}
        </a>
    }
    .into_any()
}

pub fn footer(store: Store) -> AnyView {
    let bare = at_checkout(store);
    view! { <div hidden=move || bare.get()>{store.frame().footer.view()}</div> }.into_any()
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

#[cfg(feature = "ssr")]
pub use server::draw;

#[cfg(feature = "ssr")]
mod server {
    use leptos::prelude::*;
    use souk_contract::{CollectionLink, ContentPage};

    use crate::{
        context::{Frame, Shop},
        page::Html,
        ui::{Icon, icon},
    };

    /// Categories that fit beside the logo.
    const IN_BAR: usize = 6;

    /// Draws what is the same on every page.
    pub fn draw(shop: &Shop, menu: &[CollectionLink], pages: &[ContentPage]) -> Frame {
        let free = shop.free_shipping_over.map(|amount| format!("Free delivery over {amount}"));
        let returns = (shop.returns_days > 0).then(|| format!("{} days to return", shop.returns_days));
        Frame {
            free_shipping_over: shop.free_shipping_over,
            offer: match (free, returns) {
                (Some(free), Some(returns)) => format!("{free} and {returns}"),
                (Some(only), None) | (None, Some(only)) => only,
                (None, None) => "Secure payment, no account needed".to_owned(),
            },
            logo: Html::draw(|| view! { <a class="logo" href="/">{shop.name.clone()}</a> }.into_any()),
            menu: Html::draw(|| phone_menu(menu)),
            nav: Html::draw(|| {
                view! {
                    <nav class="nav desk-only" aria-label="Main">
                        <ul>{menu.iter().take(IN_BAR).map(|one| entry(one, None)).collect::<Vec<_>>()}</ul>
                    </nav>
                }
                .into_any()
            }),
            footer: Html::draw(|| footer(shop, menu, pages)),
        }
    }

    fn entry(link: &CollectionLink, sign: Option<Icon>) -> AnyView {
        let href = format!("/collections/{}", link.handle);
        view! { <li><a href=href>{link.title.clone()}{sign.map(icon)}</a></li> }.into_any()
    }

    /// A `<details>`, so it opens before and without any script.
    fn phone_menu(menu: &[CollectionLink]) -> AnyView {
        view! {
            <details class="menu phone-only">
                <summary class="icon-button" aria-label="Menu">
                    <span class="when-closed">{icon(Icon::Menu)}</span>
                    <span class="when-open">{icon(Icon::Close)}</span>
                </summary>
                <nav class="menu__panel" aria-label="Menu">
                    <ul>
                        {menu.iter().map(|one| entry(one, Some(Icon::Right))).collect::<Vec<_>>()}
                        <li><a href="/collections/all">"Everything"{icon(Icon::Right)}</a></li>
                    </ul>
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

    fn footer(shop: &Shop, menu: &[CollectionLink], pages: &[ContentPage]) -> AnyView {
        let page = |page: &ContentPage| {
            view! { <li><a href=format!("/pages/{}", page.handle)>{page.title.clone()}</a></li> }.into_any()
        };
        let pages: Vec<AnyView> = pages.iter().map(page).collect();
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
                            {(!shop.phone.is_empty()).then(|| {
                                let number: String = shop.phone.chars().filter(|c| !c.is_whitespace()).collect();
                                view! { <p>"Or call "<a href=format!("tel:{number}")>{shop.phone.clone()}</a></p> }
                            })}
                        </div>
                        <nav aria-label="Shop">
                            <h2 class="footer__title">"Shop"</h2>
                            <ul>
                                {menu.iter().map(|one| entry(one, None)).collect::<Vec<_>>()}
                                <li><a href="/collections/all">"Everything"</a></li>
                            </ul>
                        </nav>
                        {(!pages.is_empty()).then(|| view! {
                            <nav aria-label="Help">
                                <h2 class="footer__title">"Help"</h2>
                                <ul>{pages}</ul>
                            </nav>
                        })}
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
}
