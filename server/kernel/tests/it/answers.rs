//! Answers kept as bytes: made once per address and epoch, for everybody but staff.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::State,
    http::{Request, StatusCode},
    routing::get,
};
use souk_contract::{Actor, Ctx, Error, Grants, Id};
use souk_kernel::http::{Answers, Asked};
use tower::ServiceExt as _;

#[derive(Clone)]
struct Shop {
    answers: Answers,
    made: Arc<AtomicU64>,
    epoch: Arc<AtomicU64>,
}

fn shop() -> (Shop, Router) {
    let shop = Shop { answers: Answers::new(1 << 20), made: Arc::default(), epoch: Arc::default() };
    let list = async |State(shop): State<Shop>, asked: Asked| {
        let make = async {
            let made = shop.made.fetch_add(1, Ordering::SeqCst) + 1;
            if asked.uri.0.query() == Some("wrong") { Err(Error::not_found("list")) } else { Ok(made) }
        };
        shop.answers.answer(&asked, shop.epoch.load(Ordering::SeqCst), make).await
    };
    (shop.clone(), Router::new().route("/list", get(list)).with_state(shop))
}

/// Status, tag and body.
async fn ask(router: &Router, path: &str, ctx: Ctx, tag: &str) -> (StatusCode, String, String) {
    let request = Request::get(path).header("if-none-match", tag).extension(ctx);
    let request = request.body(Body::empty()).expect("a request");
    let response = router.clone().oneshot(request).await.expect("an answer");
    let tag = response.headers().get("etag").map(|tag| tag.to_str().expect("text").to_owned());
    let (status, body) = (response.status(), response.into_body());
    let body = to_bytes(body, 1 << 20).await.expect("a body");
    (status, tag.unwrap_or_default(), String::from_utf8(body.to_vec()).expect("text"))
}

fn guest() -> Ctx {
    Ctx::guest("test")
}

#[tokio::test]
async fn an_answer_is_made_once_until_the_epoch_changes() {
    let (shop, router) = shop();
    let (status, tag, body) = ask(&router, "/list?a=1", guest(), "").await;
    assert_eq!((status, body.as_str()), (StatusCode::OK, "1"));
    assert_eq!(ask(&router, "/list?a=1", guest(), "").await, (status, tag.clone(), body));
    let known = ask(&router, "/list?a=1", guest(), &tag).await;
    assert_eq!(known, (StatusCode::NOT_MODIFIED, tag.clone(), String::new()));
    assert_eq!(ask(&router, "/list?a=2", guest(), &tag).await.2, "2", "another address");
    assert_eq!(ask(&router, "/list?a=1", guest(), "").await.2, "1");
    shop.epoch.fetch_add(1, Ordering::SeqCst);
    let (status, changed, body) = ask(&router, "/list?a=1", guest(), &tag).await;
    assert_eq!((status, body.as_str()), (StatusCode::OK, "3"));
    assert_ne!(changed, tag);
}

#[tokio::test]
async fn nothing_is_kept_of_staff_or_of_an_error() {
    let (shop, router) = shop();
    let staff = || guest().with_actor(Actor::staff(Id::new(uuid::Uuid::nil()), Grants::everything()));
    assert_eq!(ask(&router, "/list", guest(), "").await.2, "1");
    for made in ["2", "3"] {
        assert_eq!(
            ask(&router, "/list", staff(), "").await,
            (StatusCode::OK, String::new(), made.to_owned())
        );
    }
    assert_eq!(ask(&router, "/list", guest(), "").await.2, "1", "and staff's is shown to nobody");
    for _ in 0..2 {
        assert_eq!(ask(&router, "/list?wrong", guest(), "").await.0, StatusCode::NOT_FOUND);
    }
    assert_eq!(shop.made.load(Ordering::SeqCst), 5);
}
