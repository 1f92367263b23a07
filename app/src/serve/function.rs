use axum::{
    body::{Body, Bytes, to_bytes},
    http::{
        HeaderMap, HeaderValue, Request, Response, StatusCode, Uri,
        header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, LOCATION, REFERER},
    },
    response::IntoResponse,
};
use leptos::prelude::provide_context;
use leptos::server_fn::error::SERVER_FN_ERROR_HEADER;
use souk_contract::Error;
use url::{Url, form_urlencoded};

use super::document::{Assets, render};
use crate::{
    api::{self, Reply},
    context::Visit,
    failure::{Failure, Refusal},
    page::{Loaded, is_page, load},
    shop::message,
};

/// Forms are small.
const LARGEST_FORM: usize = 64 * 1024;
/// A product with two thousand variants isn't.
const LARGEST_OF_STAFF: usize = 2 * 1024 * 1024;
const OF_STAFF: &str = "/fn/admin/";
const CHECKOUT: &str = "/checkout";
const LARGEST_ANSWER: usize = 8 * 1024 * 1024;

/// Goes with an answer that is a page with a place for a gateway's own fields: see [`super::Rendered`].
#[derive(Debug, Clone, Copy)]
pub struct HasFields;

/// Answers `/fn/…`: JSON to the script, and to a plain form a redirect or the page with what is wrong.
pub async fn function(visit: Visit, assets: &Assets, request: Request<Body>) -> Response<Body> {
    let plain = request.headers().get(ACCEPT).is_some_and(|accept| contains(accept, "text/html"));
    let (mut parts, body) = request.into_parts();
    let action = parts.uri.path().to_owned();
    let largest = if action.starts_with(OF_STAFF) { LARGEST_OF_STAFF } else { LARGEST_FORM };
    let Ok(form) = to_bytes(body, largest).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let from = parts.uri.query().and_then(origin);
    let referer = parts.headers.get(REFERER).and_then(|referer| referer.to_str().ok()).and_then(page_of);
    if !assets.card_fields.is_empty() && leads_to_checkout(&parts.uri, referer.as_deref()) {
        // The browser then loads it as a whole: only that document's policy lets the gateway's script in.
        return StatusCode::NO_CONTENT.into_response();
    }
    // Redirects are ours to make: the functions answer as they answer the script.
    parts.headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    let request = Request::from_parts(parts, Body::from(form.clone()));
    let context = visit.clone();
    let answer =
        leptos_axum::handle_server_fns_with_context(move || provide_context(context.clone()), request);
    let (mut parts, body) = answer.await.into_response().into_parts();
    let Ok(bytes) = to_bytes(body, LARGEST_ANSWER).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let failed = parts.headers.contains_key(SERVER_FN_ERROR_HEADER);
    let error = failed.then(|| {
        serde_json::from_slice::<Failure>(&bytes).map_or_else(|_| Error::internal(""), |failure| failure.0)
    });
    if let Some(error) = &error {
        parts.status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    }
    if !plain {
        return Response::from_parts(parts, Body::from(bytes));
    }
    parts.headers.remove(CONTENT_TYPE);
    parts.headers.remove(CONTENT_LENGTH);
    let back = from.or(referer).unwrap_or_else(|| "/".to_owned());
    match error {
        None => match serde_json::from_slice::<Reply>(&bytes) {
            Ok(reply) => match next(reply, back) {
                to if to.starts_with('/') => see(parts.headers, &to),
                to => hop(parts.headers, &to),
            },
            Err(_) => Response::from_parts(parts, Body::from(bytes)),
        },
        Some(Error::Unauthenticated { .. }) if !back.starts_with("/account/login") => {
            see(parts.headers, "/account/login")
        }
        Some(error) => {
            let refusal = Refusal { action, error, entered: entered(&form) };
            let rendered = render(&visit, assets, &back, Some(refusal)).await;
            if let Some(location) = rendered.location {
                return see(parts.headers, &location);
            }
            let status = StatusCode::from_u16(rendered.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
            let mut response = (status, parts.headers, with_origin(&rendered.html, &back)).into_response();
            if rendered.has_fields {
                response.extensions_mut().insert(HasFields);
            }
            response
        }
    }
}

/// The checkout's data for a document that may be another page's.
fn leads_to_checkout(asked: &Uri, referer: Option<&str>) -> bool {
    let is_checkout = |url: &str| url.split('?').next() == Some(CHECKOUT);
    let url =
        form_urlencoded::parse(asked.query().unwrap_or_default().as_bytes()).find(|(name, _)| name == "url");
    asked.path() == api::PAGE
        && url.is_some_and(|(_, url)| is_checkout(&url))
        && !referer.is_some_and(is_checkout)
}

fn next(reply: Reply, back: String) -> String {
    match reply.go {
        Some(go) => go,
        None if reply.bag => "/cart".to_owned(),
        None => back,
    }
}

/// 303, with the cookies that the function set.
fn see(mut headers: HeaderMap, to: &str) -> Response<Body> {
    // What isn't a header's text can't be an address of ours.
    headers.insert(LOCATION, HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/")));
    (StatusCode::SEE_OTHER, headers).into_response()
}

/// On to another site, such as a bank's: our policy forbids that a form's answer leads there, and a page of its own may.
fn hop(mut headers: HeaderMap, to: &str) -> Response<Body> {
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    (StatusCode::OK, headers, hop_page(to)).into_response()
}

fn hop_page(to: &str) -> String {
    let to = to.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"robots\" content=\"noindex\">\
         <meta name=\"color-scheme\" content=\"light dark\"><meta name=\"viewport\" content=\"width=device-width, \
         initial-scale=1\"><meta http-equiv=\"refresh\" content=\"0;url={to}\"><title>To your bank</title></head><body><main>\
         <h1>To your bank</h1><p><a href=\"{to}\">Go on</a></p></main></body></html>"
    )
}

fn contains(value: &HeaderValue, part: &str) -> bool {
    value.to_str().is_ok_and(|text| text.contains(part))
}

/// Path and query of the page a form stands on; whatever host is named, it is ours that is asked.
fn page_of(referer: &str) -> Option<String> {
    let url = Url::parse(referer).ok()?;
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    // Never `//host`: that would be another site.
    let path = url.path().trim_start_matches('/');
    is_page(path).then(|| format!("/{path}{query}"))
}

const ORIGIN: &str = "from";

/// The page that the forms of a refused form's page stand on: see [`with_origin`].
fn origin(query: &str) -> Option<String> {
    let (_, from) = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == ORIGIN)?;
    page_of(&format!("http://here/{}", from.trim_start_matches('/')))
}

/// A refused form is answered under the function's own address, and so that is what the next form of this page names as
/// where it comes from. Their actions say where they really stand.
fn with_origin(html: &str, page: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair(ORIGIN, page).finish();
    let mut parts = html.split("action=\"/fn/");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (action, rest) = part.split_once('"').unwrap_or((part, ""));
        out.push_str(&format!("action=\"/fn/{action}?{query}\"{rest}"));
    }
    out
}

/// What was typed, less what nobody may see again.
fn entered(form: &Bytes) -> Vec<(String, String)> {
    const SECRET: [&str; 4] = ["password", "current", "new", "token"];
    let pairs = form_urlencoded::parse(form).into_owned();
    pairs.filter(|(name, value)| !value.is_empty() && !SECRET.contains(&name.as_str())).collect()
}

/// The page at `url` for the script: at the end of all redirects.
pub async fn follow(visit: &Visit, mut url: String) -> Loaded {
    for _ in 0..5 {
        match load(visit, &url, false, None).await {
            Ok((loaded, _)) => return loaded,
            Err((_, to)) => url = to,
        }
    }
    let (status, found) = message::of(&Error::not_found("page"));
    Loaded {
        title: found.head.full_title(&visit.shop.name),
        url,
        status,
        page: found.page,
        cart: crate::api::CartNow::Same,
        refusal: None,
        canonical: None,
        thin: false,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Uri;

    use super::{hop_page, leads_to_checkout, origin, page_of, with_origin};

    #[test]
    fn the_way_to_another_site_is_a_page_that_leads_there_and_nowhere_else() {
        let page = hop_page("https://bank.example/?a=1&b=\"><script>");
        let safe = "https://bank.example/?a=1&amp;b=&quot;>&lt;script>";
        assert!(
            page.contains(&format!("content=\"0;url={safe}\"")) && page.contains(&format!("href=\"{safe}\""))
        );
        assert!(!page.contains("<script"));
    }

    #[test]
    fn the_checkout_is_asked_for_as_a_whole_from_other_pages() {
        let asks =
            |url: &str, from: Option<&str>| leads_to_checkout(&url.parse::<Uri>().expect("a URL"), from);
        for from in [None, Some("/cart"), Some("/checkout/paid/x")] {
            assert!(asks("/fn/page?url=%2Fcheckout", from), "{from:?}");
        }
        assert!(!asks("/fn/page?url=%2Fcheckout", Some("/checkout?a=1")));
        assert!(!asks("/fn/page?url=%2Fcart", Some("/")));
        assert!(!asks("/fn/checkout/place?url=%2Fcheckout", None));
    }

    #[test]
    fn a_form_only_leads_back_to_a_page_of_the_shop() {
        assert_eq!(page_of("https://shop.example/search?q=tea").as_deref(), Some("/search?q=tea"));
        assert_eq!(page_of("https://evil.example/fn/cart/add"), None);
        assert_eq!(page_of("nonsense"), None);
        assert_eq!(page_of("https://shop.example//cart").as_deref(), Some("/cart"));
    }

    #[test]
    fn a_page_shown_under_a_functions_address_knows_where_it_stands() {
        let html =
            with_origin(r#"<form action="/fn/cart/code"><form action="/search">"#, "/search?q=a b&after=1");
        assert_eq!(
            html,
            r#"<form action="/fn/cart/code?from=%2Fsearch%3Fq%3Da+b%26after%3D1"><form action="/search">"#
        );
        assert_eq!(
            origin("from=%2Fsearch%3Fq%3Da+b%26after%3D1").as_deref(),
            Some("/search?q=a%20b&after=1")
        );
        assert_eq!(origin("from=%2F%2Fcart").as_deref(), Some("/cart"));
        assert_eq!(origin("from=https%3A%2F%2Fevil.example%2Fcart"), None);
        assert_eq!(origin("other=1"), None);
    }
}
