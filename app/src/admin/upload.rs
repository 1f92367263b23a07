//! Sending a file as it is. Its bindings are reached by name: each further feature of web-sys is another build of all that
//! depends on it.

use js_sys::{Array, Reflect};
use serde::de::DeserializeOwned;
use souk_contract::Error;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::failure::{Failure, Result};

/// A file that somebody chose or dropped.
#[derive(Clone)]
pub struct File {
    pub name: String,
    file: JsValue,
}

impl File {
    /// What is in it, as text.
    ///
    /// # Errors
    /// Where the browser can't read it.
    pub async fn text(&self) -> Result<String> {
        let unreadable = |_| Failure(Error::invalid("text", "invalid", "This file can't be read."));
        let read = Reflect::get(&self.file, &"text".into()).and_then(JsCast::dyn_into::<js_sys::Function>);
        let promise = read.and_then(|read| read.call0(&self.file));
        let promise = promise.and_then(JsCast::dyn_into::<js_sys::Promise>).map_err(unreadable)?;
        let text: JsValue = JsFuture::from(promise).await.map_err(unreadable)?;
        Ok(text.as_string().unwrap_or_default())
    }
}

/// Of what was dropped, or of an input that was changed.
pub fn files(event: &web_sys::Event) -> Vec<File> {
    let dropped = Reflect::get(event, &"dataTransfer".into()).ok().filter(JsValue::is_object);
    let chosen = || event.target().map(JsValue::from);
    let list = dropped.or_else(chosen).and_then(|holder| Reflect::get(&holder, &"files".into()).ok());
    let Some(list) = list.filter(JsValue::is_object) else { return Vec::new() };
    let named = |file: JsValue| {
        let name = Reflect::get(&file, &"name".into()).ok()?.as_string()?;
        Some(File { name, file })
    };
    Array::from(&list).iter().filter_map(named).collect()
}

/// Posts the file's bytes and reads the answer's JSON.
///
/// # Errors
/// What the server refused, or `Unavailable` where it can't be reached.
pub async fn send<T: DeserializeOwned>(url: &str, file: File) -> Result<T> {
    let unreachable = |_| Failure(Error::Unavailable { what: "The shop".to_owned() });
    let options = web_sys::RequestInit::new();
    options.set_method("POST");
    options.set_body(&file.file);
    #[cfg(feature = "csr")]
    let url = &crate::desktop::sign(url, &options).map_err(unreachable)?;
    let answer = JsFuture::from(leptos::prelude::window().fetch_with_str_and_init(url, &options)).await;
    let answer: web_sys::Response = answer.and_then(JsCast::dyn_into).map_err(unreachable)?;
    let text = JsFuture::from(answer.text().map_err(unreachable)?).await.map_err(unreachable)?;
    let text = text.as_string().unwrap_or_default();
    let unreadable = |_| Failure(Error::internal("an answer that can't be read"));
    if answer.ok() {
        return serde_json::from_str(&text).map_err(unreadable);
    }
    Err(serde_json::from_str::<Failure>(&text).unwrap_or_else(unreadable))
}
