//! A page is what it shows ([`Page`]), found by its path, and a view of it. The server finds and draws it; on the
//! way to another page the browser asks for [`Loaded`] as JSON and draws it itself.

use serde::{Deserialize, Serialize};
use souk_contract::{Cart, ContentPage};

use crate::{
    failure::Refusal,
    shop::{account, checkout, home, listing, message, order, product},
};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Page {
    Home(Box<home::Home>),
    Listing(Box<listing::List>),
    Product(Box<product::ProductPage>),
    /// Shows [`Loaded::cart`].
    Cart,
    /// Shows [`Loaded::cart`].
    Checkout(Box<checkout::Checkout>),
    Order(Box<order::OrderPage>),
    Account(account::Account),
    Content(Box<ContentPage>),
    Message(message::Message),
}

/// A page with its address, as it goes to the browser.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Loaded {
    /// Path and query, after redirects.
    pub url: String,
    pub status: u16,
    pub title: String,
    pub page: Page,
    /// The visitor's cart, where the page needs it or is loaded as a whole. None leaves what the browser has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cart: Option<Option<Box<Cart>>>,
    /// The form that led here and was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Refusal>,
}

/// A place to go and what it is called.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Link {
    pub label: String,
    pub href: String,
}

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
        context::Visit,
        head::Head,
        shop::{account, cart, checkout, content, home, listing, message, order, product},
    };

    /// An address, taken apart.
    pub struct Asked {
        /// Decoded segments: `["products", "tea-pot"]`.
        pub segments: Vec<String>,
        pub query: Vec<(String, String)>,
        pub path: String,
    }

    impl Asked {
        pub fn new(url: &str) -> Self {
            let (path, query) = url.split_once('?').unwrap_or((url, ""));
            let path = path.split('#').next().unwrap_or_default();
            Self {
                segments: path.split('/').filter(|part| !part.is_empty()).map(decode).collect(),
                query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
                path: path.to_owned(),
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
    pub async fn load(visit: &Visit, url: &str, whole: bool) -> Result<(Loaded, Head), (u16, String)> {
        let asked = Asked::new(url);
        let found = match find(visit, &asked).await {
            Err(Stop::Moved { status, to }) => return Err((status, to)),
            Err(Stop::Failed(error)) => Err(error),
            Ok(found) => Ok(found),
        };
        let cart = match &found {
            Ok(found) if whole || matches!(found.page, Page::Cart | Page::Checkout(_) | Page::Order(_)) => {
                Some(visit.cart().await)
            }
            Err(_) if whole => Some(visit.cart().await),
            _ => None,
        };
        // Without the cart the page still stands; only where it is the page, its failure counts.
        let (found, cart) = match (found, cart) {
            (Ok(Found { page: Page::Cart | Page::Checkout(_), .. }), Some(Err(error))) => (Err(error), None),
            (found, cart) => (found, cart.and_then(Result::ok)),
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
            cart: cart.map(|cart| cart.map(Box::new)),
            refusal: None,
        };
        Ok((loaded, head))
    }

    async fn find(visit: &Visit, asked: &Asked) -> Result<Found, Stop> {
        if asked.path.len() > 1 && asked.path.ends_with('/') {
            let query: String = form_urlencoded::Serializer::new(String::new()).extend_pairs(&asked.query).finish();
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
            ["cart"] => Ok(cart::load()),
            ["checkout"] => checkout::load(visit).await,
            ["orders", token] => order::load(visit, token).await,
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
