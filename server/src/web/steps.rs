//! Which requests are a step on the way from looking to paying. Looked at beside the answer, never instead of it.

use std::net::IpAddr;

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::Response,
};
use souk_app::{api, context::CART_COOKIE};
use souk_contract::{Analytics, Ctx, Step, Visitor};
use url::form_urlencoded;

use super::client;

const CARTS: &str = "/api/store/v1/carts";
const REPLAYED: &str = "idempotency-replayed";

#[derive(Debug, Clone, PartialEq, Eq)]
enum Asked {
    Product,
    /// Begins a cart where the visitor has none.
    AddToCart,
    NewCart,
    Checkout {
        cart: String,
    },
}

/// A request that may turn out to be one.
pub struct Maybe {
    asked: Asked,
    /// None for whoever asked not to be told apart.
    address: Option<IpAddr>,
    user_agent: String,
}

impl Maybe {
    /// None for nearly all requests: files, lists, the API's questions.
    pub fn of(request: &Request) -> Option<Self> {
        let headers = request.headers();
        let asked = asked(request.method(), request.uri().path(), request.uri().query(), headers)?;
        let address = request.extensions().get::<Ctx>().and_then(|ctx| ctx.client_ip);
        Some(Self {
            asked,
            address: address.filter(|_| !wants_none(headers)),
            user_agent: client::user_agent(headers).to_owned(),
        })
    }

    /// Counts it where the answer says that it took place.
    pub fn settle(self, response: &Response, analytics: &dyn Analytics) {
        let (status, headers) = (response.status(), response.headers());
        let (step, done) = match &self.asked {
            Asked::Product => (Step::View, matches!(status, StatusCode::OK | StatusCode::NOT_MODIFIED)),
            Asked::AddToCart => (Step::Cart, sets_cart(headers)),
            Asked::NewCart => (Step::Cart, status == StatusCode::CREATED && !headers.contains_key(REPLAYED)),
            Asked::Checkout { cart } => (Step::Checkout { cart }, status == StatusCode::OK),
        };
        if done {
            let visitor = self.address.map(|address| Visitor { address, user_agent: &self.user_agent });
            analytics.count(step, visitor);
        }
    }
}

fn asked(method: &Method, path: &str, query: Option<&str>, headers: &HeaderMap) -> Option<Asked> {
    let checkout = || Some(Asked::Checkout { cart: client::cookie(headers, CART_COOKIE)?.to_owned() });
    let page = |path: &str| match path.strip_prefix("/products/") {
        Some(handle) if !handle.is_empty() => Some(Asked::Product),
        _ if path == "/checkout" => checkout(),
        _ => None,
    };
    match (method, path) {
        (&Method::GET, _) if is_early(headers) => None,
        (&Method::GET, api::PAGE) => {
            let (_, url) = form_urlencoded::parse(query?.as_bytes()).find(|(name, _)| name == "url")?;
            page(url.split(['?', '#']).next().unwrap_or_default())
        }
        (&Method::GET, path) => page(path),
        (&Method::POST, api::ADD_LINE) => Some(Asked::AddToCart),
        (&Method::POST, CARTS) => Some(Asked::NewCart),
        (&Method::PATCH, path) => {
            let cart = path.strip_prefix(CARTS)?.strip_prefix('/')?;
            Some(Asked::Checkout { cart: cart.to_owned() })
        }
        _ => None,
    }
}

/// A browser that fetches what somebody may want next.
fn is_early(headers: &HeaderMap) -> bool {
    let purpose = headers.get("sec-purpose").or(headers.get("purpose"));
    purpose.and_then(|value| value.to_str().ok()).is_some_and(|text| text.contains("prefetch"))
}

/// Do Not Track, Global Privacy Control.
fn wants_none(headers: &HeaderMap) -> bool {
    let is_on = |name: &str| headers.get(name).is_some_and(|value| value == HeaderValue::from_static("1"));
    is_on("dnt") || is_on("sec-gpc")
}

fn sets_cart(headers: &HeaderMap) -> bool {
    let cookies = headers.get_all(header::SET_COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    cookies.filter_map(|text| text.split_once('=')).any(|(name, rest)| {
        name == CART_COOKIE && rest.split(';').next().is_some_and(|value| !value.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(method: Method, uri: &str, given: &[(&'static str, &'static str)]) -> Option<Asked> {
        let mut headers = HeaderMap::new();
        for (name, value) in given {
            headers.insert(*name, HeaderValue::from_static(value));
        }
        let uri: axum::http::Uri = uri.parse().expect("an address");
        asked(&method, uri.path(), uri.query(), &headers)
    }

    #[test]
    fn steps_are_known_by_their_requests() {
        let cart = ("cookie", "souk_cart=t0k");
        let checkout = Some(Asked::Checkout { cart: "t0k".into() });
        let page = |url: &str| format!("{}?url={url}", api::PAGE);
        assert_eq!(of(Method::GET, "/products/tea?v=1", &[]), Some(Asked::Product));
        assert_eq!(of(Method::GET, &page("%2Fproducts%2Ftea%3Fv%3D1"), &[]), Some(Asked::Product));
        assert_eq!(of(Method::GET, "/checkout", &[cart]), checkout);
        assert_eq!(of(Method::GET, &page("%2Fcheckout"), &[cart]), checkout);
        assert_eq!(of(Method::PATCH, "/api/store/v1/carts/t0k", &[]), checkout);
        assert_eq!(of(Method::POST, "/api/store/v1/carts", &[]), Some(Asked::NewCart));
        assert_eq!(of(Method::POST, api::ADD_LINE, &[cart]), Some(Asked::AddToCart));
        for nothing in [
            "/",
            "/products/",
            "/collections/all",
            "/checkout",
            "/api/store/v1/products/tea",
            "/media/products/x",
        ] {
            assert_eq!(of(Method::GET, nothing, &[]), None, "{nothing}");
        }
        assert_eq!(of(Method::HEAD, "/products/tea", &[]), None);
        assert_eq!(of(Method::GET, "/products/tea", &[("sec-purpose", "prefetch;prerender")]), None);
    }

    #[test]
    fn a_cart_is_begun_where_the_visitor_gets_one() {
        let mut headers = HeaderMap::new();
        assert!(!sets_cart(&headers));
        headers.append(header::SET_COOKIE, HeaderValue::from_static("souk_session=x; Path=/"));
        headers.append(header::SET_COOKIE, HeaderValue::from_static("souk_cart=; Path=/; Max-Age=0"));
        assert!(!sets_cart(&headers));
        headers.append(header::SET_COOKIE, HeaderValue::from_static("souk_cart=abc; Path=/"));
        assert!(sets_cart(&headers));
    }

    #[test]
    fn whoever_asks_is_not_told_apart() {
        let mut headers = HeaderMap::new();
        headers.insert("dnt", HeaderValue::from_static("0"));
        assert!(!wants_none(&headers));
        headers.insert("sec-gpc", HeaderValue::from_static("1"));
        assert!(wants_none(&headers));
    }
}
