//! Against real servers on this machine: what must never be reached, and what may.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, StatusCode, header},
    response::Redirect,
    routing::get,
};
use souk_contract::{Fetched, Outbound as _, Timestamp, Wanted};
use souk_fetch::{FetchError, Fetcher, Lookup, Rules};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Gives the answers one after the other, the last one for ever.
struct Told(Mutex<Vec<Vec<IpAddr>>>);

#[async_trait::async_trait]
impl Lookup for Told {
    async fn addresses(&self, _name: &str) -> io::Result<Vec<IpAddr>> {
        let mut answers = self.0.lock().expect("no panic");
        if answers.len() > 1 { Ok(answers.remove(0)) } else { Ok(answers[0].clone()) }
    }
}

async fn serve(app: Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind((HERE, 0)).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

fn fetcher(port: u16, allow: &[&str], answers: &[&[&str]]) -> Fetcher {
    let answers =
        answers.iter().map(|ips| ips.iter().map(|ip| ip.parse().expect("an ip")).collect()).collect();
    Fetcher::new(Rules {
        ports: vec![port],
        allow: allow.iter().map(|net| net.parse().expect("a network")).collect(),
        timeout: Duration::from_secs(2),
        max_bytes: 1000,
        lookup: Arc::new(Told(Mutex::new(answers))),
    })
    .expect("a client")
}

fn counting(hits: &Arc<AtomicUsize>) -> Router {
    let hits = Arc::clone(hits);
    Router::new().fallback(move || {
        hits.fetch_add(1, Ordering::SeqCst);
        async { "secret" }
    })
}

#[tokio::test]
async fn private_addresses_are_never_connected_to() {
    let hits = Arc::new(AtomicUsize::new(0));
    let port = serve(counting(&hits)).await.port();
    let fetcher = fetcher(port, &[], &[&["127.0.0.1"]]);
    let forms = [
        "127.0.0.1",
        "localhost",
        "127.1",
        "0x7f000001",
        "2130706433",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "shop.example",
    ];
    for host in forms {
        let outcome = fetcher.get(&format!("http://{host}:{port}/")).await;
        assert!(matches!(outcome, Err(FetchError::Private(_))), "{host}: {outcome:?}");
    }
    assert_eq!(hits.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn one_private_answer_among_public_ones_refuses_the_name() {
    let fetcher = fetcher(80, &[], &[&["93.184.216.34", "10.0.0.1"]]);
    let outcome = fetcher.get("http://shop.example/").await;
    assert!(matches!(outcome, Err(FetchError::Private(_))), "{outcome:?}");
}

#[tokio::test]
async fn a_redirect_is_checked_like_the_first_address() {
    let hits = Arc::new(AtomicUsize::new(0));
    let inside = serve(counting(&hits)).await.port();
    let to = format!("http://127.0.0.2:{inside}/");
    let outside = serve(Router::new().route("/", get(move || async move { Redirect::temporary(&to) }))).await;
    // The first server may be reached, the second may not.
    let fetcher = Fetcher::new(Rules {
        ports: vec![outside.port(), inside],
        allow: vec!["127.0.0.1/32".parse().expect("a network")],
        ..Rules::default()
    })
    .expect("a client");
    let outcome = fetcher.get(&format!("http://127.0.0.1:{}/", outside.port())).await;
    assert!(matches!(outcome, Err(FetchError::Private(_))), "{outcome:?}");
    assert_eq!(hits.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_name_that_changes_its_mind_gains_nothing() {
    let hits = Arc::new(AtomicUsize::new(0));
    let port = serve(counting(&hits)).await.port();
    // Allowed at first (but nobody listens there), private when asked again.
    let fetcher = fetcher(port, &["127.0.0.9/32"], &[&["127.0.0.9"], &["127.0.0.1"]]);
    let first = fetcher.get(&format!("http://shop.example:{port}/")).await;
    assert!(first.is_err(), "{first:?}");
    let second = fetcher.get(&format!("http://shop.example:{port}/")).await;
    assert!(matches!(second, Err(FetchError::Private(_))), "{second:?}");
    assert_eq!(hits.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn schemes_ports_and_credentials_are_limited() {
    let fetcher = fetcher(80, &[], &[&["93.184.216.34"]]);
    for address in
        ["file:///etc/passwd", "ftp://shop.example/", "gopher://x/", "//x", "http://user:pw@shop.example/"]
    {
        assert!(matches!(fetcher.get(address).await, Err(FetchError::Url)), "{address}");
    }
    assert!(matches!(fetcher.get("http://shop.example:22/").await, Err(FetchError::Port(22))));
}

#[tokio::test]
async fn bodies_are_given_up_beyond_the_limit() {
    let endless = || async {
        let chunks = (0..100).map(|_| Ok::<_, io::Error>(vec![b'x'; 100]));
        Body::from_stream(futures_stream(chunks))
    };
    let large = || async { ([(header::CONTENT_TYPE, "image/png")], vec![b'x'; 1001]) };
    let fits = || async { vec![b'x'; 1000] };
    let app =
        Router::new().route("/endless", get(endless)).route("/large", get(large)).route("/fits", get(fits));
    let port = serve(app).await.port();
    let fetcher = fetcher(port, &["127.0.0.1/32"], &[&["127.0.0.1"]]);
    for path in ["endless", "large"] {
        let outcome = fetcher.get(&format!("http://shop.example:{port}/{path}")).await;
        assert!(matches!(outcome, Err(FetchError::TooLarge(1000))), "{path}: {outcome:?}");
    }
    let fits = fetcher.get(&format!("http://shop.example:{port}/fits")).await.expect("it fits");
    assert_eq!(fits.len(), 1000);
}

fn futures_stream<I>(items: I) -> impl futures::Stream<Item = I::Item>
where
    I: Iterator + Unpin,
{
    futures::stream::iter(items)
}

#[tokio::test]
async fn loops_slowness_and_refusals_are_told_apart() {
    let app = Router::new()
        .route("/loop", get(|| async { Redirect::temporary("/loop") }))
        .route("/gone", get(|| async { axum::http::StatusCode::GONE }))
        .route("/slow", get(|| async { tokio::time::sleep(Duration::from_secs(30)).await }));
    let port = serve(app).await.port();
    let fetcher = fetcher(port, &["127.0.0.0/8"], &[&["127.0.0.1"]]);
    let at = |path: &str| format!("http://shop.example:{port}/{path}");
    assert!(matches!(fetcher.get(&at("loop")).await, Err(FetchError::Redirects)));
    assert!(matches!(fetcher.get(&at("gone")).await, Err(FetchError::Status(410))));
    assert!(matches!(fetcher.get(&at("slow")).await, Err(FetchError::Timeout)));
    let nobody = fetcher.get(&format!("http://127.0.0.7:{port}/")).await;
    assert!(matches!(nobody, Err(FetchError::Unreachable(_))), "{nobody:?}");
}

#[tokio::test]
async fn a_secret_goes_to_its_own_host_only_and_known_contents_do_not_come_again() {
    let seen: Arc<Mutex<Vec<(String, bool)>>> = Arc::default();
    let note = |name: &'static str| {
        let seen = Arc::clone(&seen);
        move |headers: &HeaderMap| {
            let has_it = headers.contains_key("x-api-key");
            seen.lock().expect("no panic").push((name.to_owned(), has_it));
        }
    };
    let other = note("other");
    let elsewhere = serve(Router::new().fallback(move |headers: HeaderMap| async move {
        other(&headers);
        "moved"
    }))
    .await;
    let to = format!("http://127.0.0.1:{}/", elsewhere.port());
    let own = note("own");
    let home =
        serve(Router::new().route("/away", get(move || async move { Redirect::temporary(&to) })).route(
            "/file",
            get(move |headers: HeaderMap| async move {
                own(&headers);
                if headers.get("if-none-match").is_some_and(|etag| etag == "\"v1\"") {
                    return (StatusCode::NOT_MODIFIED, [("etag", "\"v1\""), ("x", "")], "");
                }
                let modified = ("last-modified", "Thu, 01 Jan 2026 12:00:00 GMT");
                (StatusCode::OK, [("etag", "\"v1\""), modified], "figures")
            }),
        ))
        .await;
    let fetcher = Fetcher::new(Rules {
        ports: vec![home.port(), elsewhere.port()],
        allow: vec!["127.0.0.1/32".parse().expect("a network")],
        ..Rules::default()
    })
    .expect("a client");
    let wanted = |path: &str, etag: Option<&str>| Wanted {
        url: format!("http://127.0.0.1:{}{path}", home.port()),
        header: Some(("X-Api-Key".into(), "hunter2".into())),
        etag: etag.map(str::to_owned),
    };
    let first = fetcher.fetch(&wanted("/file", None)).await.expect("a file");
    let modified_at = Timestamp::parse("2026-01-01T12:00:00Z").ok();
    let etag = Some("\"v1\"".to_owned());
    assert_eq!(first, Fetched::New { bytes: b"figures".to_vec(), etag, modified_at });
    assert_eq!(fetcher.fetch(&wanted("/file", Some("\"v1\""))).await, Ok(Fetched::Same));
    fetcher.fetch(&wanted("/away", None)).await.expect("what is elsewhere");
    let seen = seen.lock().expect("no panic").clone();
    assert_eq!(seen, [("own".to_owned(), true), ("own".to_owned(), true), ("other".to_owned(), false)]);
    assert!(!format!("{:?}", wanted("/file", None)).contains("hunter2"));

    let origin = fetcher.origin(&wanted("/file", None).url).expect("an origin");
    assert_eq!(origin, format!("http://127.0.0.1:{}", home.port()));
    let next = fetcher.join(&wanted("/a/b", None).url, "c?page=2").expect("a link");
    assert_eq!(next, format!("{origin}/a/c?page=2"));
    for refused in ["http://127.0.0.2/", "ftp://example.com/", "http://user:word@example.com/", "nonsense"] {
        assert!(fetcher.origin(refused).is_err(), "{refused}");
    }
}
