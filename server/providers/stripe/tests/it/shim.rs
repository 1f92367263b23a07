//! Stands before localstripe and does what Stripe does and it doesn't (the crate's README has the list).

use std::{
    collections::BTreeMap,
    net::Ipv4Addr,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    body::to_bytes,
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use souk_stripe::VERSION;

type Form = BTreeMap<String, String>;

/// What localstripe does not know and refuses.
const UNKNOWN: [&str; 5] = [
    "statement_descriptor_suffix",
    "return_url",
    "cancellation_reason",
    "reason",
    "payment_method_options[card][request_multicapture]",
];

#[derive(Clone)]
struct Kept {
    path: String,
    form: Form,
    status: StatusCode,
    answer: Value,
}

#[derive(Clone)]
struct Shim {
    behind: String,
    http: reqwest::Client,
    /// What was asked under each key, and answered.
    kept: Arc<Mutex<BTreeMap<String, Kept>>>,
}

/// The address of a shim before the localstripe at that address.
pub async fn before(behind: &str) -> String {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let shim = Shim { behind: behind.to_owned(), http, kept: Arc::default() };
    let app = Router::new().fallback(answer).with_state(shim);
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}")
}

async fn answer(State(shim): State<Shim>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let header = |name: &str| text(&parts.headers, name);
    if header("stripe-version").as_deref() != Some(VERSION) {
        return refuse("stripe_version", "not the pinned version").into_response();
    }
    let path = parts.uri.path().to_owned();
    if parts.method != Method::POST {
        let query = pairs(parts.uri.query().unwrap_or_default().as_bytes());
        return if query.contains_key("created[gte]") {
            shim.list(&path, &query).await.into_response()
        } else {
            shim.ask(parts.method, &path, &query).await.into_response()
        };
    }
    let form = pairs(&to_bytes(body, 1 << 20).await.expect("a body"));
    let Some(key) = header("idempotency-key") else {
        return refuse("idempotency_key", "a POST without a key").into_response();
    };
    let kept = shim.kept.lock().expect("no panic").get(&key).cloned();
    if let Some(kept) = kept {
        if (&kept.path, &kept.form) != (&path, &form) {
            let error = json!({"error": {"type": "idempotency_error", "message": "another request's key"}});
            return (StatusCode::BAD_REQUEST, Json(error)).into_response();
        }
        return (kept.status, [("idempotent-replayed", "true")], Json(kept.answer)).into_response();
    }
    let (status, Json(answer)) = shim.post(&path, form.clone()).await;
    let kept = Kept { path, form, status, answer: answer.clone() };
    shim.kept.lock().expect("no panic").insert(key, kept);
    (status, Json(answer)).into_response()
}

type Answered = (StatusCode, Json<Value>);

impl Shim {
    async fn post(&self, path: &str, mut form: Form) -> Answered {
        form.retain(|name, _| !UNKNOWN.contains(&name.as_str()));
        if let Some(intent) = path.strip_suffix("/confirm")
            && let Some(method) = form.remove("payment_method")
        {
            // It takes the method only when it is made, or changed.
            let change = Form::from([("payment_method".to_owned(), method)]);
            let (status, answer) = self.ask(Method::POST, intent, &change).await;
            if !status.is_success() {
                return (status, answer);
            }
        }
        if path == "/v1/refunds"
            && let Some(refused) = self.too_much(&form).await
        {
            return refused;
        }
        self.ask(Method::POST, path, &form).await
    }

    /// It would send back more than was taken.
    async fn too_much(&self, form: &Form) -> Option<Answered> {
        let intent = form.get("payment_intent")?;
        let (_, Json(paid)) =
            self.ask(Method::GET, &format!("/v1/payment_intents/{intent}"), &Form::new()).await;
        let all = Form::from([
            ("payment_intent".to_owned(), intent.clone()),
            ("limit".to_owned(), "1000".to_owned()),
        ]);
        let (_, Json(refunds)) = self.ask(Method::GET, "/v1/refunds", &all).await;
        let rows = refunds["data"].as_array().map_or(&[][..], Vec::as_slice);
        let back: i64 = rows.iter().filter_map(|row| row["amount"].as_i64()).sum();
        let wanted: i64 = form.get("amount")?.parse().ok()?;
        let over = back + wanted > paid["amount_received"].as_i64()?;
        over.then(|| refuse("charge_already_refunded", "more than was taken"))
    }

    /// It can't choose by time, and begins with the oldest.
    async fn list(&self, path: &str, query: &Form) -> Answered {
        let all = Form::from([("limit".to_owned(), "1000".to_owned())]);
        let (status, Json(mut answer)) = self.ask(Method::GET, path, &all).await;
        if !status.is_success() {
            return (status, Json(answer));
        }
        let number = |name: &str| query[name].parse::<i64>().expect("a number");
        let span = number("created[gte]")..number("created[lt]");
        let mut rows: Vec<Value> = answer["data"].as_array().expect("a list").clone();
        rows.retain(|row| span.contains(&row["created"].as_i64().expect("a moment")));
        rows.reverse();
        rows.sort_by_key(|row| std::cmp::Reverse(row["created"].as_i64()));
        let after = query.get("starting_after");
        let begin = rows.iter().position(|row| row["id"].as_str() == after.map(String::as_str));
        // A page of two, so that there are pages.
        let page: Vec<Value> = rows.iter().skip(begin.map_or(0, |at| at + 1)).take(2).cloned().collect();
        answer["has_more"] = json!(page.last().is_some() && page.last() != rows.last());
        answer["data"] = json!(page);
        (StatusCode::OK, Json(answer))
    }

    async fn ask(&self, method: Method, path: &str, form: &Form) -> Answered {
        let fields = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let url = format!("{}{path}", self.behind);
        let request = if method == Method::POST {
            let form = ("content-type", "application/x-www-form-urlencoded");
            self.http.post(url).header(form.0, form.1).body(fields)
        } else {
            self.http.request(method, format!("{url}?{fields}"))
        };
        let response = request.bearer_auth("sk_test_shim").send().await.expect("localstripe answers");
        let status = response.status();
        let bytes = response.bytes().await.expect("a body");
        let mut answer: Value = serde_json::from_slice(&bytes).expect("JSON");
        if status == StatusCode::PAYMENT_REQUIRED {
            answer["error"]["type"] = json!("card_error");
        }
        if status == StatusCode::NOT_FOUND {
            answer["error"]["code"] = json!("resource_missing");
        }
        dress(&mut answer);
        (status, Json(answer))
    }
}

/// Puts on what Stripe's objects have and localstripe's lack.
pub fn dress(value: &mut Value) {
    if let Some(rows) = value["data"].as_array_mut() {
        rows.iter_mut().for_each(dress);
    }
    match value["object"].as_str() {
        Some("payment_intent") => {
            let amount = value["amount"].clone();
            let of = |status: &str| if value["status"] == status { amount.clone() } else { json!(0) };
            (value["amount_received"], value["amount_capturable"]) =
                (of("succeeded"), of("requires_capture"));
            value["latest_charge"] = value["latest_charge"]["id"].clone();
        }
        Some("charge") => {
            value["amount_captured"] =
                if value["captured"] == true { value["amount"].clone() } else { json!(0) };
            value["disputed"] = json!(false);
        }
        _ => {}
    }
}

fn refuse(code: &str, message: &str) -> Answered {
    let error = json!({"error": {"type": "invalid_request_error", "code": code, "message": message}});
    (StatusCode::BAD_REQUEST, Json(error))
}

fn pairs(bytes: &[u8]) -> Form {
    url::form_urlencoded::parse(bytes).into_owned().collect()
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}
