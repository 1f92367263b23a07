//! What Stripe tells by itself: localstripe's own events lack most of it.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::VERSION;

#[derive(Clone)]
pub struct Hooks {
    http: reqwest::Client,
    to: Arc<Mutex<Option<(String, String)>>>,
    count: Arc<Mutex<u32>>,
}

impl Hooks {
    pub fn new(http: reqwest::Client) -> Self {
        Self { http, to: Arc::default(), count: Arc::default() }
    }

    pub fn tell(&self, url: &str, secret: &str) {
        *self.to.lock().expect("no panic") = Some((url.to_owned(), secret.to_owned()));
    }

    /// An object as it is after a change.
    pub fn changed(&self, object: &Value) {
        let kind = match (object["object"].as_str(), object["status"].as_str()) {
            (Some("payment_intent"), Some("requires_capture")) => "payment_intent.amount_capturable_updated",
            (Some("payment_intent"), Some("requires_action")) => "payment_intent.requires_action",
            (Some("payment_intent"), Some("succeeded")) => "payment_intent.succeeded",
            (Some("payment_intent"), Some("canceled")) => "payment_intent.canceled",
            (Some("refund"), _) => "refund.updated",
            _ => return,
        };
        let Some((url, secret)) = self.to.lock().expect("no panic").clone() else { return };
        let number = {
            let mut count = self.count.lock().expect("no panic");
            *count += 1;
            *count
        };
        let now = seconds();
        let event = json!({
            "id": format!("evt_{number}"), "object": "event", "type": kind, "created": now, "livemode": false,
            "api_version": VERSION, "data": {"object": object},
        });
        let (http, body) = (self.http.clone(), event.to_string());
        tokio::spawn(async move {
            // Stripe tries again too, and much longer.
            for _ in 0..5 {
                let request =
                    http.post(&url).header("stripe-signature", signature(&secret, &body, seconds()));
                let told = request.header("content-type", "application/json").body(body.clone()).send().await;
                if told.is_ok_and(|answer| answer.status().is_success()) {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(300)).await;
            }
        });
    }
}

/// The header that Stripe would send with this body.
pub fn signature(secret: &str, body: &str, at: i64) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any length");
    let made = mac.chain_update(format!("{at}.{body}")).finalize().into_bytes();
    format!("t={at},v1={}", hex::encode(made))
}

#[expect(clippy::disallowed_methods, reason = "localstripe's clock is the system's")]
fn seconds() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    since.as_secs().cast_signed()
}
