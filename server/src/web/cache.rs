//! Whole pages, kept for visitors who are nobody yet: no cart, no session. One rendering serves everyone until the
//! catalogue changes.

use std::{
    future::Future,
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::Response,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use quick_cache::{Weighter, sync::Cache};
use sha2::{Digest as _, Sha256};
use souk_app::context::{CART_COOKIE, SESSION_COOKIE};

use super::{
    client,
    encoding::{Effort, Encoding},
};

const LONGEST_QUERY: usize = 512;
/// Beside the text: key, headers, the packed forms.
const OVERHEAD: usize = 1024;
const TYPICAL_BYTES: u64 = 32 * 1024;

/// A finished page.
#[derive(Debug)]
pub struct Rendered {
    pub status: StatusCode,
    /// Content type, policy, location: what belongs to this page alone.
    pub headers: HeaderMap,
    pub html: Bytes,
    /// Whoever made it says that it is the same for everyone without cookies.
    pub shared: bool,
}

/// A page that may be given to others.
pub struct Kept {
    rendered: Rendered,
    etag: HeaderValue,
    brotli: OnceLock<Option<Bytes>>,
    gzip: OnceLock<Option<Bytes>>,
}

/// The catalogue's epoch and the version of the shop's settings: a page is of both.
type Epoch = (u64, i64);
/// With path and query.
type Key = (Epoch, String);

/// What is known of an address: its page, or that each visitor has one of their own.
#[derive(Clone)]
struct Known {
    since: Instant,
    page: Option<Arc<Kept>>,
}

#[derive(Clone)]
struct Weigh;

impl Weighter<Key, Known> for Weigh {
    fn weight(&self, (_, key): &Key, known: &Known) -> u64 {
        // The packed forms come later: about a third together.
        let page = known.page.as_ref().map_or(0, |page| page.rendered.html.len() * 4 / 3 + OVERHEAD);
        (page + key.len() + 128) as u64
    }
}

type Pages = Cache<Key, Known, Weigh>;

pub struct PageCache {
    pages: Option<Pages>,
    age: Duration,
}

impl PageCache {
    /// Zero bytes or seconds keep nothing.
    pub fn new(bytes: u64, age: Duration) -> Self {
        let usual = usize::try_from(bytes / TYPICAL_BYTES).unwrap_or(usize::MAX);
        let pages = (bytes > 0 && !age.is_zero()).then(|| Cache::with_weighter(usual, bytes, Weigh));
        Self { pages, age }
    }

    /// The cache that such a request may be answered from.
    fn place(&self, method: &Method, path: &str, query: &str, headers: &HeaderMap) -> Option<&Pages> {
        let visitor_is_nobody = || {
            client::cookie(headers, CART_COOKIE).is_none()
                && client::cookie(headers, SESSION_COOKIE).is_none()
                && !headers.contains_key(header::AUTHORIZATION)
        };
        if !(method == Method::GET || method == Method::HEAD) || query.len() > LONGEST_QUERY {
            return None;
        }
        // Search results follow the catalogue a moment later and are as many as there are words.
        let first = path.split('/').nth(1).unwrap_or_default();
        let shared = matches!(first, "" | "products" | "collections" | "pages");
        self.pages.as_ref().filter(|_| shared && visitor_is_nobody())
    }

    /// From the cache, or rendered once for everyone who asks meanwhile. Only pages that may be shared and have
    /// status 200 are kept, and that others may not; the second value says whether the page was there already.
    pub async fn get<F, Fut>(
        &self,
        (method, path, query): (&Method, &str, &str),
        headers: &HeaderMap,
        epoch: Epoch,
        render: F,
    ) -> (Answer, bool)
    where
        F: Fn() -> Fut,
        Fut: Future<Output = Rendered>,
    {
        let Some(cache) = self.place(method, path, query, headers) else {
            return (Answer::Own(render().await), false);
        };
        let key = (epoch, if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") });
        match cache.get(&key) {
            Some(known) if known.since.elapsed() >= self.age => {
                cache.remove_if(&key, |known| known.since.elapsed() >= self.age);
            }
            Some(Known { page: Some(kept), .. }) => return (Answer::Kept(kept), true),
            Some(Known { page: None, .. }) => return (Answer::Own(render().await), false),
            None => {}
        }
        let place = match cache.get_value_or_guard_async(&key).await {
            Ok(Known { page: Some(kept), .. }) => return (Answer::Kept(kept), false),
            Ok(Known { page: None, .. }) => return (Answer::Own(render().await), false),
            Err(place) => place,
        };
        let rendered = render().await;
        let (page, answer) = if rendered.status == StatusCode::OK && rendered.shared {
            let kept = Arc::new(Kept::new(rendered));
            (Some(Arc::clone(&kept)), Answer::Kept(kept))
        } else {
            (None, Answer::Own(rendered))
        };
        // Fails where the entry was pushed out meanwhile: then the next one renders again.
        let _ = place.insert(Known { since: Instant::now(), page });
        (answer, false)
    }
}

pub enum Answer {
    Kept(Arc<Kept>),
    Own(Rendered),
}

impl Kept {
    fn new(rendered: Rendered) -> Self {
        let hash = Sha256::digest(&rendered.html);
        let tag = format!("W/\"{}\"", URL_SAFE_NO_PAD.encode(&hash[..12]));
        let etag = HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("W/\"\""));
        Self { rendered, etag, brotli: OnceLock::new(), gzip: OnceLock::new() }
    }

    fn packed(&self, encoding: Encoding) -> Option<&Bytes> {
        let place = match encoding {
            Encoding::Brotli => &self.brotli,
            Encoding::Gzip => &self.gzip,
            Encoding::Identity => return None,
        };
        place.get_or_init(|| encoding.compress(&self.rendered.html, Effort::Kept)).as_ref()
    }
}

/// A page is checked with the server each time, which costs a few bytes where nothing changed; no proxy keeps it,
/// as the next visitor may be somebody.
const REVALIDATE: HeaderValue = HeaderValue::from_static("private, no-cache");
/// Carts, accounts and orders are for nobody else's eyes.
const NEVER: HeaderValue = HeaderValue::from_static("private, no-store");
const VARY: HeaderValue = HeaderValue::from_static("accept-encoding, cookie");

impl Answer {
    pub fn into_response(self, path: &str, headers: &HeaderMap) -> Response {
        let encoding = Encoding::accepted(headers);
        match self {
            Self::Kept(kept) => {
                let known = headers.get(header::IF_NONE_MATCH).is_some_and(|tags| names(tags, &kept.etag));
                let (status, body, encoding) = match (known, kept.packed(encoding)) {
                    (true, _) => (StatusCode::NOT_MODIFIED, Bytes::new(), None),
                    (false, Some(packed)) => (StatusCode::OK, packed.clone(), encoding.header()),
                    (false, None) => (StatusCode::OK, kept.rendered.html.clone(), None),
                };
                let mut response = finish(status, &kept.rendered.headers, body, encoding);
                response.headers_mut().insert(header::ETAG, kept.etag.clone());
                response.headers_mut().insert(header::CACHE_CONTROL, REVALIDATE);
                response
            }
            Self::Own(rendered) => {
                let first = path.split('/').nth(1).unwrap_or_default();
                let personal = matches!(first, "account" | "cart" | "checkout" | "orders");
                let packed = encoding.compress(&rendered.html, Effort::Fast);
                let (body, encoding) = match packed {
                    Some(packed) => (packed, encoding.header()),
                    None => (rendered.html, None),
                };
                let mut response = finish(rendered.status, &rendered.headers, body, encoding);
                let cached = if personal { NEVER } else { REVALIDATE };
                response.headers_mut().entry(header::CACHE_CONTROL).or_insert(cached);
                response
            }
        }
    }
}

fn finish(status: StatusCode, own: &HeaderMap, body: Bytes, encoding: Option<HeaderValue>) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    *headers = own.clone();
    headers.insert(header::VARY, VARY);
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, encoding);
    }
    response
}

fn names(tags: &HeaderValue, etag: &HeaderValue) -> bool {
    let (Ok(tags), Ok(etag)) = (tags.to_str(), etag.to_str()) else { return false };
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    tags.split(',').any(|tag| tag.trim() == "*" || bare(tag) == bare(etag))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn page(status: StatusCode, text: &str) -> Rendered {
        Rendered { status, headers: HeaderMap::new(), html: Bytes::from(text.to_owned()), shared: true }
    }

    struct Renderings(AtomicUsize);

    impl Renderings {
        async fn ask(
            &self,
            cache: &PageCache,
            path: &str,
            cookie: Option<&str>,
            epoch: Epoch,
        ) -> (Answer, bool) {
            let mut headers = HeaderMap::new();
            if let Some(cookie) = cookie {
                headers.insert(header::COOKIE, HeaderValue::from_str(cookie).expect("a cookie"));
            }
            cache
                .get((&Method::GET, path, ""), &headers, epoch, || async {
                    self.0.fetch_add(1, Ordering::SeqCst);
                    tokio::task::yield_now().await;
                    let status = if path.ends_with("gone") { StatusCode::NOT_FOUND } else { StatusCode::OK };
                    page(status, "hello")
                })
                .await
        }

        fn count(&self) -> usize {
            self.0.load(Ordering::SeqCst)
        }
    }

    #[tokio::test]
    async fn a_page_is_kept_until_the_catalogue_or_the_shop_changes() {
        let cache = PageCache::new(1 << 20, Duration::from_secs(60));
        let renderings = Renderings(AtomicUsize::new(0));
        assert!(!renderings.ask(&cache, "/", None, (1, 1)).await.1);
        assert!(renderings.ask(&cache, "/", None, (1, 1)).await.1);
        assert!(!renderings.ask(&cache, "/", None, (2, 1)).await.1);
        assert!(!renderings.ask(&cache, "/", None, (2, 2)).await.1);
        assert!(renderings.ask(&cache, "/", None, (2, 2)).await.1);
        assert_eq!(renderings.count(), 3);
    }

    #[tokio::test]
    async fn somebodys_page_is_never_kept_and_neither_is_a_failure() {
        let cache = PageCache::new(1 << 20, Duration::from_secs(60));
        let renderings = Renderings(AtomicUsize::new(0));
        for (path, cookie) in [
            ("/", Some("souk_cart=x")),
            ("/", Some("souk_session=x")),
            ("/cart", None),
            ("/account", None),
            ("/orders/token", None),
            ("/products/gone", None),
        ] {
            for _ in 0..2 {
                let (answer, hit) = renderings.ask(&cache, path, cookie, (1, 1)).await;
                assert!(!hit && matches!(answer, Answer::Own(_)), "{path} {cookie:?}");
            }
        }
        assert_eq!(renderings.count(), 12);
    }

    #[tokio::test]
    async fn many_at_once_wait_for_one_rendering() {
        let cache = PageCache::new(1 << 20, Duration::from_secs(60));
        let renderings = Renderings(AtomicUsize::new(0));
        futures::future::join_all((0..50).map(|_| renderings.ask(&cache, "/", None, (1, 1)))).await;
        assert_eq!(renderings.count(), 1);
    }

    #[tokio::test]
    async fn a_known_tag_needs_no_body() {
        let kept = Arc::new(Kept::new(page(StatusCode::OK, "hello")));
        let mut headers = HeaderMap::new();
        headers.insert(header::IF_NONE_MATCH, kept.etag.clone());
        let response = Answer::Kept(Arc::clone(&kept)).into_response("/", &headers);
        assert_eq!(response.status(), StatusCode::NOT_MODIFIED);
        let response = Answer::Kept(kept).into_response("/", &HeaderMap::new());
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()[header::CACHE_CONTROL], "private, no-cache");
    }
}
