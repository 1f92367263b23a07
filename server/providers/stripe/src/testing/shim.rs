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
    http::{HeaderMap, Method, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::{Value, json};

use super::{
    bank::{self, Returns},
    hooks::Hooks,
};
use crate::VERSION;

type Form = BTreeMap<String, String>;

/// What localstripe does not know and refuses.
const UNKNOWN: [&str; 6] = [
    "statement_descriptor_suffix",
    "return_url",
    "cancellation_reason",
    "reason",
    "final_capture",
    "payment_method_options[card][request_multicapture]",
];

/// Of Stripe's script, what localstripe's lacks.
const SCRIPT: &str = include_str!("localstripe/fields.js");

#[derive(Clone)]
struct Kept {
    path: String,
    form: Form,
    status: StatusCode,
    answer: Value,
}

/// What is known of an intent beyond localstripe's own.
#[derive(Clone, Default)]
struct Beyond {
    /// Where less than everything was captured.
    captured: Option<i64>,
    /// Metadata that came with captures.
    metadata: Form,
}

#[derive(Clone)]
pub struct Shim {
    behind: String,
    origin: String,
    http: reqwest::Client,
    /// What was asked under each key, and answered.
    kept: Arc<Mutex<BTreeMap<String, Kept>>>,
    beyond: Arc<Mutex<BTreeMap<String, Beyond>>>,
    losing: Arc<Mutex<u32>>,
    pub(super) returns: Returns,
    pub(super) hooks: Hooks,
}

/// The address of a shim before the localstripe at that address.
pub async fn before(behind: &str, http: reqwest::Client) -> (String, Shim) {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let origin = format!("http://{}", listener.local_addr().expect("an address"));
    let shim = Shim {
        behind: behind.to_owned(),
        origin: origin.clone(),
        hooks: Hooks::new(http.clone()),
        http,
        kept: Arc::default(),
        beyond: Arc::default(),
        losing: Arc::default(),
        returns: Returns::default(),
    };
    let app = Router::new()
        .route("/bank/{intent}", get(bank::ask).post(bank::answer))
        .route("/js.stripe.com/v3/", get(script))
        .route("/v1/payment_methods", axum::routing::post(from_the_page).get(answer))
        .route("/_hook", axum::routing::post(hook))
        .fallback(answer)
        .with_state(shim.clone());
    tokio::spawn(async move { axum::serve(listener, app).await });
    (origin, shim)
}

/// Localstripe's script, and what it lacks.
async fn script(State(shim): State<Shim>) -> Response {
    let answer = shim.http.get(format!("{}/js.stripe.com/v3/", shim.behind)).send().await;
    let text = answer.expect("localstripe answers").text().await.expect("a script");
    // Its class `Element` would hide the browser's own from every other script.
    let text = format!("(() => {{\n{text}\n{SCRIPT}\n}})();");
    ([(header::CONTENT_TYPE, "text/javascript")], text).into_response()
}

/// A card from the hosted fields. The page says whose it is by a key that anybody may know.
async fn from_the_page(State(shim): State<Shim>, request: Request) -> Response {
    let mut form = pairs(&to_bytes(request.into_body(), 1 << 20).await.expect("a body"));
    let anybody = form.remove("key").is_some_and(|key| key.starts_with("pk_test_"));
    let answer = if anybody {
        shim.ask(Method::POST, "/v1/payment_methods", &form).await
    } else {
        refuse("api_key", "not a publishable key")
    };
    ([(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")], answer).into_response()
}

/// Whom to tell what happens: for those who can't call [`super::LocalStripe::tell`].
async fn hook(State(shim): State<Shim>, axum::Form(said): axum::Form<Form>) -> StatusCode {
    shim.hooks.tell(&said["url"], &said["secret"]);
    StatusCode::OK
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
    if shim.loses_this() {
        return (StatusCode::BAD_GATEWAY, [("stripe-should-retry", "false")]).into_response();
    }
    (status, Json(answer)).into_response()
}

type Answered = (StatusCode, Json<Value>);

impl Shim {
    pub(super) fn lose_answers(&self, count: u32) {
        *self.losing.lock().expect("no panic") = count;
    }

    fn loses_this(&self) -> bool {
        let mut losing = self.losing.lock().expect("no panic");
        let loses = *losing > 0;
        *losing = losing.saturating_sub(1);
        loses
    }

    async fn post(&self, path: &str, mut form: Form) -> Answered {
        let back = form.get("return_url").cloned();
        form.retain(|name, _| !UNKNOWN.contains(&name.as_str()));
        let Some(intent) = path.strip_prefix("/v1/payment_intents") else {
            if path == "/v1/refunds"
                && let Some(refused) = self.too_much(&form).await
            {
                return refused;
            }
            return self.told(self.ask(Method::POST, path, &form).await);
        };
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
        let marks: Form = match intent.strip_suffix("/capture") {
            Some(_) => form.extract_if(.., |name, _| name.starts_with("metadata[")).collect(),
            None => Form::new(),
        };
        let (status, Json(mut answer)) = self.ask(Method::POST, path, &form).await;
        if status == StatusCode::BAD_REQUEST && !intent.is_empty() {
            answer["error"]["code"] = json!("payment_intent_unexpected_state");
        }
        if status.is_success() {
            if let Some(id) = intent.strip_suffix("/capture").map(|id| id.trim_start_matches('/')) {
                let mut beyond = self.beyond.lock().expect("no panic");
                let beyond = beyond.entry(id.to_owned()).or_default();
                let name =
                    |name: String| name.trim_start_matches("metadata[").trim_end_matches(']').to_owned();
                beyond.metadata.extend(marks.into_iter().map(|(key, value)| (name(key), value)));
                beyond.captured = form.get("amount_to_capture").and_then(|amount| amount.parse().ok());
            }
            if let Some(back) = back {
                self.returns.keep(&answer, back);
            }
            self.complete(&mut answer);
        }
        self.told((status, Json(answer)))
    }

    fn told(&self, (status, Json(answer)): Answered) -> Answered {
        if status.is_success() {
            self.hooks.changed(&answer);
        }
        (status, Json(answer))
    }

    /// The shopper, at the bank's page.
    pub(super) async fn authenticate(&self, intent: &str, success: &str) {
        let path = format!("/v1/payment_intents/{intent}");
        let (_, Json(now)) = self.ask(Method::GET, &path, &Form::new()).await;
        let form = Form::from([
            ("client_secret".to_owned(), now["client_secret"].as_str().unwrap_or_default().to_owned()),
            ("success".to_owned(), success.to_owned()),
        ]);
        drop(self.told(self.ask(Method::POST, &format!("{path}/_authenticate"), &form).await));
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
        self.complete(&mut answer);
        (status, Json(answer))
    }

    /// What only whoever was there knows.
    fn complete(&self, value: &mut Value) {
        if let Some(rows) = value["data"].as_array_mut() {
            // The rest of what was captured in part is no refund: see below.
            rows.retain(|row| row["object"] != "refund" || row["payment_intent"].is_string());
            rows.iter_mut().for_each(|row| self.complete(row));
        }
        let beyond = |id: &Value| {
            let id = id.as_str().unwrap_or_default();
            self.beyond.lock().expect("no panic").get(id).cloned().unwrap_or_default()
        };
        match value["object"].as_str() {
            Some("payment_intent") => {
                let known = beyond(&value["id"]);
                if let Some(captured) = known.captured {
                    value["amount_received"] = json!(captured);
                }
                for (name, text) in known.metadata {
                    value["metadata"][name] = json!(text);
                }
                self.returns.dress(value, &self.origin);
            }
            Some("charge") => {
                if let Some(captured) = beyond(&value["payment_intent"]).captured {
                    // It makes a refund of the rest, as Stripe did until 2025-03-31.
                    let rest = value["amount"].as_i64().unwrap_or_default() - captured;
                    let back = value["amount_refunded"].as_i64().unwrap_or_default();
                    value["amount_captured"] = json!(captured);
                    value["amount_refunded"] = json!((back - rest).max(0));
                }
            }
            _ => {}
        }
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
