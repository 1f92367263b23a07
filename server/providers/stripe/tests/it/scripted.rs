//! A server that answers as Stripe's documentation says Stripe does, and remembers what it was asked.

use std::{
    collections::BTreeMap,
    io,
    net::Ipv4Addr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::Request,
    response::Response,
};
use serde_json::{Value, json};
use souk_contract::{Currency, Money, OrderId, PaymentId};
use souk_stripe::{CaptureMethod, NewIntent, Patience, Secret, Settings, Stripe};
use uuid::Uuid;

pub const KEY: &str = "sk_test_hunter2";

#[derive(Debug, Clone)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub headers: BTreeMap<String, String>,
    pub query: BTreeMap<String, String>,
    pub form: BTreeMap<String, String>,
}

impl Asked {
    pub fn key(&self) -> &str {
        &self.headers["idempotency-key"]
    }
}

pub enum Reply {
    Json(u16, Value),
    /// With headers of its own.
    With(u16, &'static [(&'static str, &'static str)], Value),
    /// The connection breaks in the middle of the answer.
    Cut,
    /// No answer for half a minute.
    Silence,
    /// So many bytes.
    Bytes(usize),
}

pub struct Server {
    pub url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    /// Gives the replies one after the other; to be asked more often than that is a mistake.
    pub async fn of(replies: impl IntoIterator<Item = Reply>) -> Self {
        let mut replies: Vec<Reply> = replies.into_iter().collect();
        replies.reverse();
        Self::answering(move |_| replies.pop().unwrap_or_else(|| Reply::Json(418, json!({})))).await
    }

    pub async fn answering(answer: impl FnMut(&Asked) -> Reply + Send + 'static) -> Self {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (notes, answer) = (Arc::clone(&asked), Arc::new(Mutex::new(answer)));
        let app = Router::new().fallback(move |request: Request| async move {
            let seen = read(request).await;
            let reply = (answer.lock().unwrap_or_else(PoisonError::into_inner))(&seen);
            notes.lock().expect("no panic").push(seen);
            respond(reply).await
        });
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, asked }
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("no panic").clone()
    }

    /// The one thing it was asked.
    pub fn asked_once(&self) -> Asked {
        let mut asked = self.asked();
        assert_eq!(asked.len(), 1, "{asked:?}");
        asked.remove(0)
    }

    pub fn client(&self) -> Stripe {
        client(&self.url)
    }
}

async fn read(request: Request) -> Asked {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.expect("a body");
    let pairs = |bytes: &[u8]| url::form_urlencoded::parse(bytes).into_owned().collect();
    let header = |value: &axum::http::HeaderValue| value.to_str().expect("text").to_owned();
    Asked {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        headers: parts.headers.iter().map(|(name, value)| (name.to_string(), header(value))).collect(),
        query: pairs(parts.uri.query().unwrap_or_default().as_bytes()),
        form: pairs(&body),
    }
}

async fn respond(reply: Reply) -> Response {
    let (status, headers, body) = match reply {
        Reply::Json(status, value) => (status, &[][..], Body::from(value.to_string())),
        Reply::With(status, headers, value) => (status, headers, Body::from(value.to_string())),
        Reply::Cut => {
            let parts = [Ok(Bytes::from_static(b"{\"id\":")), Err(io::Error::other("cut"))];
            (200, &[][..], Body::from_stream(futures::stream::iter(parts)))
        }
        Reply::Bytes(count) => (200, &[][..], Body::from(vec![b' '; count])),
        Reply::Silence => {
            tokio::time::sleep(Duration::from_secs(30)).await;
            (200, &[][..], Body::empty())
        }
    };
    let mut response = Response::builder().status(status).header("request-id", "req_1");
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(body).expect("a response")
}

pub fn quick() -> Patience {
    Patience {
        tries: 4,
        each: Duration::from_millis(500),
        whole: Duration::from_secs(3),
        pause: Duration::from_millis(10),
        longest_pause: Duration::from_millis(40),
    }
}

pub fn client(base: &str) -> Stripe {
    client_with(base, quick())
}

pub fn client_with(base: &str, patience: Patience) -> Stripe {
    let settings = Settings { base: base.to_owned(), patience, ..Settings::new(Secret::new(KEY)) };
    Stripe::new(&settings).expect("a client")
}

pub fn payment() -> PaymentId {
    PaymentId::new(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001))
}

pub fn order() -> OrderId {
    OrderId::new(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0002))
}

pub fn euro(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

pub fn new_intent<'a>(amount: Money) -> NewIntent<'a> {
    NewIntent {
        amount,
        payment: payment(),
        order: order(),
        shop: "https://shop.example",
        capture: CaptureMethod::Manual,
        in_parts: false,
        statement_suffix: None,
        customer: None,
        save_for: None,
        confirm: None,
    }
}

/// An intent over 1000, as the API reference shows one, with some of it otherwise.
pub fn intent(changes: Value) -> Value {
    let shape = json!({
        "id": "pi_1",
        "object": "payment_intent",
        "amount": 1000,
        "amount_capturable": 0,
        "amount_received": 0,
        "capture_method": "manual",
        "client_secret": "pi_1_secret_hunter3",
        "created": 1_780_000_000,
        "currency": "eur",
        "last_payment_error": null,
        "latest_charge": null,
        "livemode": false,
        "metadata": {"souk_payment": payment(), "souk_order": order(), "souk_shop": "https://shop.example"},
        "next_action": null,
        "payment_method": null,
        "status": "requires_payment_method",
    });
    merged(shape, changes)
}

pub fn charge(changes: Value) -> Value {
    let shape = json!({
        "id": "ch_1",
        "object": "charge",
        "amount": 1000,
        "amount_captured": 0,
        "amount_refunded": 0,
        "captured": false,
        "created": 1_780_000_000,
        "currency": "eur",
        "disputed": false,
        "failure_code": null,
        "payment_intent": "pi_1",
        "status": "succeeded",
    });
    merged(shape, changes)
}

pub fn refund(changes: Value) -> Value {
    let shape = json!({
        "id": "re_1",
        "object": "refund",
        "amount": 250,
        "charge": "ch_1",
        "created": 1_780_000_000,
        "currency": "eur",
        "metadata": {},
        "payment_intent": "pi_1",
        "reason": null,
        "status": "succeeded",
    });
    merged(shape, changes)
}

/// What Stripe answers where something is wrong.
pub fn error(kind: &str, code: &str, more: Value) -> Value {
    json!({"error": merged(json!({"type": kind, "code": code, "message": "Some reason."}), more)})
}

fn merged(mut shape: Value, changes: Value) -> Value {
    let (Some(fields), Value::Object(changes)) = (shape.as_object_mut(), changes) else {
        panic!("two objects are merged");
    };
    fields.extend(changes);
    shape
}
