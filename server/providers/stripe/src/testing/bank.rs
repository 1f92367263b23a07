//! The page of a card's bank, which localstripe lacks: it has only its script's way.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use axum::{
    Form,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use serde_json::{Value, json};

use super::shim::Shim;

/// Where the shopper goes afterwards, by intent.
#[derive(Clone, Default)]
pub struct Returns(Arc<Mutex<BTreeMap<String, String>>>);

impl Returns {
    pub fn keep(&self, intent: &Value, to: String) {
        let id = intent["id"].as_str().expect("an id").to_owned();
        self.0.lock().expect("no panic").insert(id, to);
    }

    /// As Stripe asks where the shopper can be sent to a page.
    pub fn dress(&self, intent: &mut Value, origin: &str) {
        let id = intent["id"].as_str().unwrap_or_default();
        let Some(back) = self.0.lock().expect("no panic").get(id).cloned() else { return };
        if intent["next_action"].is_object() {
            let url = format!("{origin}/bank/{id}");
            intent["next_action"] =
                json!({"type": "redirect_to_url", "redirect_to_url": {"url": url, "return_url": back}});
        }
    }
}

pub async fn ask(Path(_intent): Path<String>) -> Html<&'static str> {
    Html(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>A bank</title></head><body><main>\
         <h1>A bank</h1><form method=\"post\"><button name=\"success\" value=\"true\">Approve</button>\
         <button name=\"success\" value=\"false\">Refuse</button></form></main></body></html>",
    )
}

pub async fn answer(
    State(shim): State<Shim>,
    Path(intent): Path<String>,
    Form(said): Form<BTreeMap<String, String>>,
) -> Response {
    let Some(back) = shim.returns.0.lock().expect("no panic").get(&intent).cloned() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    shim.authenticate(&intent, &said["success"]).await;
    let mark = if back.contains('?') { '&' } else { '?' };
    (StatusCode::SEE_OTHER, [(header::LOCATION, format!("{back}{mark}payment_intent={intent}"))])
        .into_response()
}
