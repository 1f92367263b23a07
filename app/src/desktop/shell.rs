//! What the window asks of the app around it: the other side is `admin-desktop/src/commands.rs`.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use wasm_bindgen::{JsCast, JsValue, prelude::*};

use crate::context::ShopFacts;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["__TAURI__", "core"], js_name = invoke, catch)]
    async fn invoke_raw(command: &str, arguments: JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_namespace = ["__TAURI__", "core"], js_name = invoke, catch)]
    async fn invoke_bytes(
        command: &str,
        bytes: js_sys::Uint8Array,
        options: JsValue,
    ) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_namespace = ["__TAURI__", "event"], js_name = listen, catch)]
    async fn listen_raw(event: &str, heard: &JsValue) -> Result<JsValue, JsValue>;
}

/// A shop that the merchant has told the app of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shop {
    /// Scheme, host and port, without a slash at the end.
    pub url: String,
    /// As the shop said when it was last asked.
    pub facts: ShopFacts,
}

/// What the window starts with.
#[derive(Debug, Clone, Deserialize)]
pub struct Begin {
    pub shops: Vec<Shop>,
    /// The one that is open.
    pub current: Option<String>,
    pub token: Option<String>,
    /// Whether the system keeps secrets: else a token is forgotten when the app ends.
    pub keyring: bool,
    /// What the app was started for: see [`on_open`].
    pub open: Option<String>,
}

impl Begin {
    pub fn current(&self) -> Option<Shop> {
        self.shops.iter().find(|shop| Some(&shop.url) == self.current.as_ref()).cloned()
    }
}

#[derive(Debug, Clone, Serialize)]
pub struct Note {
    pub title: String,
    pub body: String,
    /// `order/<id>`, `stock/<product>`: what a click opens.
    pub open: String,
}

/// # Errors
/// What the app said, as text.
pub async fn begin() -> Result<Begin, String> {
    invoke("begin", json!({})).await
}

/// Adds the shop, or what is new about it.
pub async fn put_shop(shop: &Shop) {
    said(invoke::<()>("put_shop", json!({ "shop": shop })).await);
}

/// Opens one of the shops from the next start of the window on; none: asks which.
pub async fn choose_shop(url: Option<&str>) {
    said(invoke::<()>("choose_shop", json!({ "url": url })).await);
}

/// With its token.
pub async fn remove_shop(url: &str) {
    said(invoke::<()>("remove_shop", json!({ "url": url })).await);
}

/// Of the open shop.
pub async fn keep_token(token: Option<&str>) {
    said(invoke::<()>("keep_token", json!({ "token": token })).await);
}

pub async fn notify(note: &Note) {
    said(invoke::<()>("notify", json!({ "note": note })).await);
}

/// In the system's browser.
pub async fn open_outside(url: &str) {
    said(invoke::<()>("open_outside", json!({ "url": url })).await);
}

/// In the system's PDF viewer.
///
/// # Errors
/// What the app said, as text: there may be no viewer.
pub async fn open_paper(name: &str, pdf: js_sys::Uint8Array) -> Result<(), String> {
    send_file("open_paper", name, pdf).await
}

/// Where the merchant says.
///
/// # Errors
/// What the app said, as text.
pub async fn save_paper(name: &str, pdf: js_sys::Uint8Array) -> Result<(), String> {
    send_file("save_paper", name, pdf).await
}

/// As [`save_paper`], for a CSV.
///
/// # Errors
/// What the app said, as text.
pub async fn save_table(name: &str, text: &str) -> Result<(), String> {
    send_file("save_table", name, js_sys::Uint8Array::from(text.as_bytes())).await
}

/// As they are: in JSON each byte would be a number.
async fn send_file(command: &str, name: &str, bytes: js_sys::Uint8Array) -> Result<(), String> {
    let wrong =
        |error: JsValue| format!("{command}: {}", error.as_string().unwrap_or_else(|| format!("{error:?}")));
    let options = json!({ "headers": { "name": name } });
    let options = js_sys::JSON::parse(&options.to_string()).map_err(wrong)?;
    invoke_bytes(command, bytes, options).await.map(drop).map_err(wrong)
}

/// The content of the next file that was dropped, as an `ArrayBuffer`.
///
/// # Errors
/// What the app said, as text.
pub async fn take_dropped() -> Result<JsValue, String> {
    invoke_raw("take_dropped", JsValue::from(js_sys::Object::new()))
        .await
        .map_err(|error| error.as_string().unwrap_or_else(|| format!("{error:?}")))
}

/// Calls `act` with what is to be opened: `order/<id or number>`, `stock/<product>`.
pub fn on_open(act: impl Fn(String) + 'static) {
    listen("open", move |payload| {
        if let Some(target) = payload.as_string() {
            act(target);
        }
    });
}

/// Calls `act` with what comes with each event of this name.
pub fn listen(event: &'static str, act: impl Fn(JsValue) + 'static) {
    let heard = Closure::<dyn Fn(JsValue)>::new(move |event: JsValue| {
        if let Ok(payload) = js_sys::Reflect::get(&event, &"payload".into()) {
            act(payload);
        }
    });
    let function = heard.into_js_value();
    wasm_bindgen_futures::spawn_local(async move {
        if let Err(error) = listen_raw(event, function.unchecked_ref()).await {
            leptos::logging::error!("The window does not hear the app: {error:?}");
        }
    });
}

/// A wish that failed loses nothing that the merchant typed; the console says which.
fn said(outcome: Result<(), String>) {
    if let Err(error) = outcome {
        leptos::logging::error!("{error}");
    }
}

async fn invoke<T: DeserializeOwned>(command: &str, arguments: Value) -> Result<T, String> {
    let wrong =
        |error: JsValue| format!("{command}: {}", error.as_string().unwrap_or_else(|| format!("{error:?}")));
    let arguments = js_sys::JSON::parse(&arguments.to_string()).map_err(wrong)?;
    let answer = invoke_raw(command, arguments).await.map_err(wrong)?;
    // A command without an answer gives `null`, or `undefined`, which is no JSON.
    let text = js_sys::JSON::stringify(&answer).ok().and_then(|text| text.as_string());
    serde_json::from_str(text.as_deref().unwrap_or("null")).map_err(|error| format!("{command}: {error}"))
}
