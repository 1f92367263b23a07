//! Problem details, extractors and idempotency keys, through a real router.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use crate::{SHELVES, TestKit};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode},
    middleware::from_fn_with_state,
    routing::{get, post, put},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use souk_contract::{Actor, Ctx, CustomerId, Error, LocationId};
use souk_kernel::http::{
    Caller, Idempotency, IfMatch, Json, Path, Problem, Query, Versioned, api, idempotent, stale,
};
use tower::ServiceExt as _;

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct NewShelf {
    name: String,
    #[serde(default)]
    books: Vec<Book>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Book {
    pages: u32,
}

#[derive(Debug, Deserialize)]
struct Filter {
    limit: Option<u32>,
}

struct Answer {
    status: StatusCode,
    headers: axum::http::HeaderMap,
    body: Value,
}

fn ctx() -> Ctx {
    Ctx::guest("req-1")
}

async fn send(
    router: &Router,
    ctx: Ctx,
    request: axum::http::request::Builder,
    body: impl Into<Body>,
) -> Answer {
    let request: Request<Body> = request.extension(ctx).body(body.into()).expect("a request");
    let response = router.clone().oneshot(request).await.expect("an answer");
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.expect("a body");
    let body = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).expect("JSON") };
    Answer { status: parts.status, headers: parts.headers, body }
}

fn post_json(path: &str) -> axum::http::request::Builder {
    Request::post(path).header("content-type", "application/json")
}

fn shelves() -> Router {
    api(Router::new()
        .route("/shelves", post(async |Json(shelf): Json<NewShelf>| Json(shelf)))
        .route("/shelves", get(async |Query(filter): Query<Filter>| Json(json!({ "limit": filter.limit }))))
        .route("/shelves/{id}", get(async |Path(id): Path<LocationId>| Json(json!({ "id": id }))))
        .route(
            "/shelves/{id}",
            put(async |Path(_): Path<LocationId>, if_match: IfMatch| {
                if if_match.required()? != 3 {
                    return Err(Problem::from(stale()));
                }
                Ok(Versioned(4, Json(json!({}))))
            }),
        )
        .route("/broken", get(async || Problem::from(Error::internal("the password is hunter2"))))
        .route("/busy", get(async || Problem::from(Error::Limited { retry_after_seconds: 7 })))
        .route("/who", get(async |Caller(ctx): Caller| Json(json!({ "request": ctx.request_id })))))
}

async fn refused(body: &str) -> (u16, String, Value) {
    let answer = send(&shelves(), ctx(), post_json("/shelves"), body.to_owned()).await;
    assert_eq!(answer.headers["content-type"], "application/problem+json");
    let code = answer.body["code"].as_str().unwrap_or_default().to_owned();
    let field = answer.body["errors"][0].clone();
    (answer.status.as_u16(), code, field)
}

#[tokio::test]
async fn a_wrong_body_names_the_field() {
    let (status, code, error) = refused(r#"{"books": []}"#).await;
    assert_eq!((status, code.as_str()), (422, "invalid"));
    assert_eq!((&error["field"], &error["code"]), (&json!("name"), &json!("required")));

    let (_, _, error) = refused(r#"{"name": "a", "colour": "red"}"#).await;
    assert_eq!((&error["field"], &error["code"]), (&json!("colour"), &json!("unknown")));

    let (_, _, error) = refused(r#"{"name": "a", "books": [{"pages": 1}, {"pages": "many"}]}"#).await;
    assert_eq!((&error["field"], &error["code"]), (&json!("books[1].pages"), &json!("invalid")));

    let (_, _, error) = refused(r#"{"name": "a", "books": [{"pages": 1, "ink": 2}]}"#).await;
    assert_eq!((&error["field"], &error["code"]), (&json!("books[0].ink"), &json!("unknown")));

    let (_, _, error) = refused(r#"{"name": "a", "books": [{}]}"#).await;
    assert_eq!((&error["field"], &error["code"]), (&json!("books[0].pages"), &json!("required")));

    for broken in ["", "{", r#"{"name": "a"} x"#] {
        let (status, code, _) = refused(broken).await;
        assert_eq!((status, code.as_str()), (400, "malformed_json"), "{broken}");
    }
    let answer = send(&shelves(), ctx(), Request::post("/shelves"), "{}").await;
    assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn query_and_path_are_checked() {
    let good = send(&shelves(), ctx(), Request::get("/shelves?limit=3"), "").await;
    assert_eq!(good.body["limit"], 3);
    let bad = send(&shelves(), ctx(), Request::get("/shelves?limit=x"), "").await;
    assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(bad.body["errors"][0]["field"], "limit");
    let id = send(&shelves(), ctx(), Request::get("/shelves/not-an-id"), "").await;
    assert_eq!((id.status, &id.body["code"]), (StatusCode::NOT_FOUND, &json!("not_found")));
    let nowhere = send(&shelves(), ctx(), Request::get("/nowhere"), "").await;
    assert_eq!((nowhere.status, &nowhere.body["code"]), (StatusCode::NOT_FOUND, &json!("not_found")));
    let method = send(&shelves(), ctx(), Request::delete("/shelves"), "").await;
    assert_eq!(method.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(method.headers.contains_key("allow"));
}

#[tokio::test]
async fn problems_carry_the_request_id_and_hide_what_is_ours() {
    let broken = send(&shelves(), ctx(), Request::get("/broken"), "").await;
    assert_eq!(broken.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(broken.body["request_id"], "req-1");
    assert!(!broken.body.to_string().contains("hunter2"));
    let busy = send(&shelves(), ctx(), Request::get("/busy"), "").await;
    assert_eq!(
        (busy.status, busy.headers["retry-after"].to_str().expect("text")),
        (StatusCode::TOO_MANY_REQUESTS, "7")
    );
    let who = send(&shelves(), ctx(), Request::get("/who"), "").await;
    assert_eq!(who.body["request"], "req-1");
}

#[tokio::test]
async fn updates_need_the_version_that_was_read() {
    let path = "/shelves/019b78f5-0000-7000-8000-000000000000";
    let none = send(&shelves(), ctx(), Request::put(path), "").await;
    assert_eq!(
        (none.status, &none.body["code"]),
        (StatusCode::PRECONDITION_REQUIRED, &json!("precondition_required"))
    );
    let old = send(&shelves(), ctx(), Request::put(path).header("if-match", "\"2\""), "").await;
    assert_eq!((old.status, &old.body["code"]), (StatusCode::PRECONDITION_FAILED, &json!("stale_version")));
    let wrong = send(&shelves(), ctx(), Request::put(path).header("if-match", "three"), "").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let right = send(&shelves(), ctx(), Request::put(path).header("if-match", "\"3\""), "").await;
    assert_eq!((right.status, &right.headers["etag"]), (StatusCode::OK, &"\"4\"".parse().expect("a value")));
}

/// A router that counts how often the work was done.
async fn till(kit: &TestKit) -> (Router, Arc<AtomicU64>) {
    let db = kit.db("shelves", SHELVES).await;
    let sales = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&sales);
    let sell = async move |Json(order): Json<Value>| {
        if order["fail"] == true {
            return Err(Problem::from(Error::Unavailable { what: "The bank".to_owned() }));
        }
        let number = counter.fetch_add(1, Ordering::SeqCst) + 1;
        tokio::time::sleep(std::time::Duration::from_millis(30)).await;
        Ok((
            StatusCode::CREATED,
            [("location", format!("/sales/{number}"))],
            Json(json!({ "number": number })),
        ))
    };
    let router = Router::new()
        .route("/sales/{till}", post(sell))
        .layer(from_fn_with_state(Idempotency::new(db), idempotent));
    (api(router), sales)
}

const KEY: &str = "0f4c6d0e-7a6b-4d0e-9f0a";

fn sale(key: &str) -> axum::http::request::Builder {
    post_json("/sales/1").header("idempotency-key", key)
}

souk_kernel::each_engine! {
    async fn a_repeat_gets_the_first_answer(kit: TestKit) {
        let (router, sales) = till(&kit).await;
        let first = send(&router, ctx(), sale(KEY), "{}").await;
        let again = send(&router, ctx(), sale(KEY), "{}").await;
        assert_eq!((first.status, again.status), (StatusCode::CREATED, StatusCode::CREATED));
        assert_eq!(first.body, again.body);
        assert_eq!(again.headers["location"], "/sales/1");
        assert_eq!(again.headers["content-type"], "application/json");
        assert!(!first.headers.contains_key("idempotency-replayed"));
        assert_eq!(again.headers["idempotency-replayed"], "true");
        assert_eq!(sales.load(Ordering::SeqCst), 1);
    }

    async fn fifty_at_once_make_one_sale(kit: TestKit) {
        let (router, sales) = till(&kit).await;
        let answers = futures::future::join_all((0..50).map(|_| send(&router, ctx(), sale(KEY), "{}"))).await;
        assert!(answers.iter().all(|answer| answer.body == json!({ "number": 1 })));
        assert_eq!(sales.load(Ordering::SeqCst), 1);
    }

    async fn a_key_belongs_to_one_request_and_one_caller(kit: TestKit) {
        let (router, sales) = till(&kit).await;
        send(&router, ctx(), sale(KEY), "{}").await;
        let other = send(&router, ctx(), sale(KEY), r#"{"more": 1}"#).await;
        assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(other.body["code"], "idempotency_key_reused");
        let elsewhere = post_json("/sales/2").header("idempotency-key", KEY);
        let elsewhere = send(&router, ctx(), elsewhere, "{}").await;
        assert_eq!(elsewhere.body["code"], "idempotency_key_reused");

        for _ in 0..2 {
            let id: CustomerId = kit.kit().ids.next();
            let customer = ctx().with_actor(Actor::Customer { id });
            assert_eq!(send(&router, customer, sale(KEY), "{}").await.status, StatusCode::CREATED);
        }
        assert_eq!(sales.load(Ordering::SeqCst), 3);
    }

    async fn a_failure_may_be_tried_again_with_the_same_key(kit: TestKit) {
        let (router, sales) = till(&kit).await;
        for _ in 0..2 {
            let failed = send(&router, ctx(), sale(KEY), r#"{"fail": true}"#).await;
            assert_eq!(failed.status, StatusCode::SERVICE_UNAVAILABLE);
            assert!(!failed.headers.contains_key("idempotency-replayed"));
            assert_eq!(failed.body["request_id"], "req-1");
        }
        assert_eq!(send(&router, ctx(), sale(KEY), "{}").await.status, StatusCode::CREATED);
        assert_eq!(sales.load(Ordering::SeqCst), 1);
    }

    async fn a_lost_answer_is_still_kept(kit: TestKit) {
        let (router, sales) = till(&kit).await;
        let hung_up = send(&router, ctx(), sale(KEY), "{}");
        let limit = std::time::Duration::from_millis(10);
        assert!(tokio::time::timeout(limit, hung_up).await.is_err());
        let again = send(&router, ctx(), sale(KEY), "{}").await;
        assert_eq!(again.body["number"], 1);
        assert_eq!(sales.load(Ordering::SeqCst), 1);
    }

    async fn keys_are_kept_for_thirty_days(kit: TestKit) {
        let (router, sales) = till(&kit).await;
        let db = kit.db("shelves", SHELVES).await;
        let relay = souk_kernel::Relay::new(db, souk_kernel::Bus::new());
        send(&router, ctx(), sale(KEY), "{}").await;
        kit.later(29 * 86_400);
        assert_eq!(relay.prune().await.expect("pruned"), 0);
        kit.later(2 * 86_400);
        assert_eq!(relay.prune().await.expect("pruned"), 1);
        send(&router, ctx(), sale(KEY), "{}").await;
        assert_eq!(sales.load(Ordering::SeqCst), 2);
    }
}

#[tokio::test]
async fn a_guests_key_must_be_long() {
    let kit = TestKit::start(crate::Engine::Sqlite).await;
    let (router, _) = till(&kit).await;
    let short = send(&router, ctx(), sale("1"), "{}").await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(short.body["errors"][0]["field"], "Idempotency-Key");
    let customer = ctx().with_actor(Actor::Customer { id: kit.kit().ids.next() });
    assert_eq!(send(&router, customer, sale("1"), "{}").await.status, StatusCode::CREATED);
}
