//! One way to ask the server, for pages and for forms.

use serde::de::DeserializeOwned;
use souk_contract::Error;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, RequestInit, Response};

use crate::failure::Failure;

pub async fn get<T: DeserializeOwned>(url: &str) -> Result<T, Error> {
    parse(send(url, None).await)
}

/// `form` is URL-encoded.
pub async fn post<T: DeserializeOwned>(url: &str, form: &str) -> Result<T, Error> {
    parse(send(url, Some(form)).await)
}

fn parse<T: DeserializeOwned>(answer: Result<(bool, String), JsValue>) -> Result<T, Error> {
    let Ok((good, text)) = answer else {
        return Err(Error::Unavailable { what: "The shop".to_owned() });
    };
    let unreadable = |_| Error::internal("");
    if good {
        serde_json::from_str(&text).map_err(unreadable)
    } else {
        Err(serde_json::from_str::<Failure>(&text).map_or_else(unreadable, |failure| failure.0))
    }
}

async fn send(url: &str, form: Option<&str>) -> Result<(bool, String), JsValue> {
    let headers = Headers::new()?;
    headers.set("accept", "application/json")?;
    let init = RequestInit::new();
    if let Some(form) = form {
        headers.set("content-type", "application/x-www-form-urlencoded")?;
        init.set_method("POST");
        init.set_body(&form.into());
    }
    init.set_headers(&headers);
    let response = JsFuture::from(leptos::prelude::window().fetch_with_str_and_init(url, &init)).await?;
    let response: Response = response.dyn_into()?;
    let text = JsFuture::from(response.text()?).await?;
    Ok((response.ok(), text.as_string().unwrap_or_default()))
}
