//! A page is what it shows ([`Page`]), found by its path. The server finds and draws it; on the way to another page
//! the browser asks for [`Loaded`] as JSON.
//!
//! What never changes by itself is drawn on the server only and goes to the browser as HTML ([`Html`]): the views of
//! most pages are not in the wasm at all. What changes (the cart, a product's options, the checkout's sums) has its data
//! in the page and is drawn by the same view on both sides.

use crate::{
    api::CartNow,
    failure::Refusal,
    shop::{checkout, product},
};
use leptos::{prelude::*, tachys::html::InertElement};
use serde::{Deserialize, Serialize};

/// HTML of one element, drawn by the server.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Html(String);

impl Html {
    /// Draws a view of one element, once and for all.
    #[cfg(feature = "ssr")]
    pub fn draw(view: impl FnOnce() -> AnyView) -> Self {
        let owner = Owner::new();
        let html = owner.with(|| view().to_html());
        owner.unset_with_forced_cleanup();
        // Marks for hydration, which this is not for.
        Self(html.replace("<!--<() />-->", "").replace("<!>", ""))
    }

    /// As it stands in the document already: the browser takes the element as it is.
    #[cfg(feature = "ssr")]
    pub fn forget(&mut self) {
        self.0 = String::new();
    }

    pub fn view(&self) -> AnyView {
        InertElement::new(self.0.clone()).into_any()
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Page {
    /// Nothing on it changes by itself.
    Still(Html),
    Product(Box<product::ProductPage>),
    /// Shows [`Loaded::cart`].
    Cart,
    /// Shows [`Loaded::cart`].
    Checkout(Box<checkout::Checkout>),
}

/// A page with its address, as it goes to the browser.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Loaded {
    /// Path and query, after redirects.
    pub url: String,
    pub status: u16,
    pub title: String,
    pub page: Page,
    /// The visitor's cart, where the page needs it or is loaded as a whole.
    #[serde(default)]
    pub cart: CartNow,
    /// The form that led here and was refused.
    #[serde(default)]
    pub refusal: Option<Refusal>,
    /// The whole address for search engines and bookmarks; none for pages that are nobody else's business.
    #[serde(default)]
    pub canonical: Option<String>,
    /// Its HTML is left out, because it stands in the document.
    #[serde(default)]
    pub thin: bool,
}

#[cfg(feature = "ssr")]
impl Loaded {
    /// As it goes along with its document.
    pub fn make_thin(&mut self) {
        self.thin = true;
        match &mut self.page {
            Page::Still(html) => html.forget(),
            Page::Product(page) => page.forget(),
            Page::Checkout(page) => page.forget(),
            Page::Cart => {}
        }
    }
}

/// A place to go and what it is called.
#[cfg(feature = "ssr")]
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    pub label: String,
    pub href: String,
}

#[cfg(feature = "ssr")]
impl Link {
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: href.into() }
    }
}

/// Whether a path is a page of the shop, and not a file or an API.
pub fn is_page(path: &str) -> bool {
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    matches!(
        first,
        "" | "collections" | "products" | "search" | "cart" | "checkout" | "orders" | "account" | "pages"
    )
}

#[cfg(feature = "ssr")]
pub use server::{Asked, Found, Stop, load};

#[cfg(feature = "ssr")]
mod server {
    use souk_contract::Error;
    use url::form_urlencoded;

    use super::{Loaded, Page};
    use crate::{
        api::CartNow,
        context::Visit,
        failure::Refusal,
        head::Head,
        shop::{account, cart, checkout, content, home, listing, message, order, paid, product, returns},
    };

    /// An address, taken apart.
    pub struct Asked {
        /// Decoded segments: `["products", "tea-pot"]`.
        pub segments: Vec<String>,
        pub query: Vec<(String, String)>,
        pub path: String,
        /// The form on it that was just refused.
        pub refusal: Option<Refusal>,
    }

    impl Asked {
        pub fn new(url: &str) -> Self {
            let (path, query) = url.split_once('?').unwrap_or((url, ""));
            let path = path.split('#').next().unwrap_or_default();
            Self {
                segments: path.split('/').filter(|part| !part.is_empty()).map(decode).collect(),
                query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
                path: path.to_owned(),
                refusal: None,
            }
        }

        /// The first value of that name that isn't empty.
        pub fn first(&self, name: &str) -> Option<&str> {
            let named = self.query.iter().filter(|(key, value)| key == name && !value.is_empty());
            named.map(|(_, value)| value.as_str()).next()
        }
    }

    fn decode(segment: &str) -> String {
        // A plus sign is itself in a path.
        let plain = segment.replace('+', "%2B");
        form_urlencoded::parse(plain.as_bytes()).next().map(|(key, _)| key.into_owned()).unwrap_or_default()
    }

    /// A page and what search engines are told of it.
    pub struct Found {
        pub page: Page,
        pub head: Head,
    }

    /// Why there is no page: it is elsewhere, or it failed.
    pub enum Stop {
        Moved { status: u16, to: String },
        Failed(Error),
    }

    impl Stop {
        /// For good: search engines learn the new address.
        pub fn moved(to: impl Into<String>) -> Self {
            Self::Moved { status: 301, to: to.into() }
        }

        pub fn see(to: impl Into<String>) -> Self {
            Self::Moved { status: 303, to: to.into() }
        }
    }

    impl From<Error> for Stop {
        fn from(error: Error) -> Self {
            Self::Failed(error)
        }
    }

    /// Finds the page of an address; errors become pages of their own. `whole` also brings the visitor's cart.
    pub async fn load(
        visit: &Visit,
        url: &str,
        whole: bool,
        refusal: Option<Refusal>,
    ) -> Result<(Loaded, Head), (u16, String)> {
        let asked = Asked { refusal, ..Asked::new(url) };
        let found = match find(visit, &asked).await {
            Err(Stop::Moved { status, to }) => return Err((status, to)),
            Err(Stop::Failed(error)) => Err(error),
            Ok(found) => Ok(found),
        };
        let is_cart = matches!(&found, Ok(Found { page: Page::Cart | Page::Checkout(_), .. }));
        let (found, cart) = match if whole || is_cart { Some(visit.cart().await) } else { None } {
            None => (found, CartNow::Same),
            Some(Ok(Some(cart))) => (found, CartNow::Is(Box::new(cart))),
            Some(Ok(None)) => (found, CartNow::Gone),
            // Without the cart other pages still stand.
            Some(Err(error)) => (if is_cart { Err(error) } else { found }, CartNow::Same),
        };
        let (status, Found { page, head }) = match found {
            Ok(found) => (200, found),
            Err(error) => message::of(&error),
        };
        let loaded = Loaded {
            url: url.to_owned(),
            status,
            title: head.full_title(&visit.shop.name),
            page,
            cart,
            refusal: asked.refusal,
            canonical: head.canonical.as_ref().map(|path| format!("{}{path}", visit.shop.base_url)),
            thin: false,
        };
        Ok((loaded, head))
    }

    async fn find(visit: &Visit, asked: &Asked) -> Result<Found, Stop> {
        if asked.path.len() > 1 && asked.path.ends_with('/') {
            let query: String =
                form_urlencoded::Serializer::new(String::new()).extend_pairs(&asked.query).finish();
            let mark = if query.is_empty() { "" } else { "?" };
            // Never `//host`: that would be another site.
            let path = asked.path.trim_matches('/');
            return Err(Stop::moved(format!("/{path}{mark}{query}")));
        }
        let segments: Vec<&str> = asked.segments.iter().map(String::as_str).collect();
        match segments.as_slice() {
            [] => home::load(visit).await,
            ["collections"] => Err(Stop::moved("/collections/all")),
            ["collections", handle] => listing::load(visit, asked, handle).await,
            ["collections", _, "products", handle] => Err(Stop::moved(product::path(handle))),
            ["products"] => Err(Stop::moved("/collections/all")),
            ["products", handle] => product::load(visit, asked, handle).await,
            ["search"] => listing::search(visit, asked).await,
            ["cart"] => cart::load(visit).await,
            ["checkout"] => checkout::load(visit, asked).await,
            ["checkout", "paid", token] => paid::load(visit, token).await,
            ["orders", token] => order::load(visit, token).await,
            ["orders", token, "returns"] => returns::load(visit, asked, token).await,
            ["account", rest @ ..] => account::load(visit, asked, rest).await,
            ["pages", handle] => content::load(visit, handle).await,
            _ => Err(Error::not_found("page").into()),
        }
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::{Asked, is_page};

    #[test]
    fn an_address_is_decoded_once() {
        let asked = Asked::new("/products/caf%C3%A9+tray?variant=&variant=7&q=a%20b+c#top");
        assert_eq!(asked.segments, ["products", "café+tray"]);
        assert_eq!(asked.first("variant"), Some("7"));
        assert_eq!(asked.first("q"), Some("a b c#top"));
    }

    #[test]
    fn files_and_apis_are_no_pages() {
        assert!(is_page("/") && is_page("/products/x") && is_page("/account"));
        assert!(!is_page("/docs") && !is_page("/media/x.webp") && !is_page("/api/store/v1/carts"));
    }
}
