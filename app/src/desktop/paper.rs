//! Papers (PDF): fetched with the token, then shown by the system's viewer, which also prints, or kept as a file.

use js_sys::Uint8Array;
use leptos::task::spawn_local;
use souk_contract::Error;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, RequestInit, Response};

use super::{client, shell};
use crate::{
    admin::Desk,
    failure::{Failure, Result, SHOP},
};

/// Milliseconds: a list of many orders takes a moment to draw.
const PATIENCE: u32 = 60_000;

struct Paper {
    name: String,
    bytes: Uint8Array,
}

/// Shows it in the system's viewer.
pub fn open(desk: Desk, path: String) {
    spawn_local(async move {
        match fetch(&path).await {
            Ok(Paper { name, bytes }) => match shell::open_paper(&name, bytes).await {
                Ok(()) => desk.say("The paper is opened in the system's viewer, which prints it too."),
                Err(error) => {
                    leptos::logging::error!("{error}");
                    desk.say("This system has no program that shows a PDF. Save it instead.");
                }
            },
            Err(failure) => desk.complain(&failure.0),
        }
    });
}

/// Asks where to put it.
pub fn save(desk: Desk, path: String) {
    spawn_local(async move {
        match fetch(&path).await {
            Ok(Paper { name, bytes }) => {
                if let Err(error) = shell::save_paper(&name, bytes).await {
                    leptos::logging::error!("{error}");
                    desk.say("The file could not be written.");
                }
            }
            Err(failure) => desk.complain(&failure.0),
        }
    });
}

async fn fetch(path: &str) -> Result<Paper> {
    let unreachable = |_: JsValue| Failure(Error::Unavailable { what: SHOP.to_owned() });
    let init = RequestInit::new();
    init.set_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE)));
    let url = client::sign(path, &init).map_err(unreachable)?;
    let answer = JsFuture::from(leptos::prelude::window().fetch_with_str_and_init(&url, &init)).await;
    let answer: Response = answer.and_then(JsCast::dyn_into).map_err(unreachable)?;
    if !answer.ok() {
        let text = JsFuture::from(answer.text().map_err(unreachable)?).await.map_err(unreachable)?;
        return Err(refused(answer.status(), &text.as_string().unwrap_or_default()));
    }
    let disposition = answer.headers().get("content-disposition").ok().flatten();
    let name = disposition.as_deref().and_then(named).unwrap_or("paper.pdf").to_owned();
    let buffer = JsFuture::from(answer.array_buffer().map_err(unreachable)?).await.map_err(unreachable)?;
    Ok(Paper { name, bytes: Uint8Array::new(&buffer) })
}

/// Papers are no functions: their errors are problem details, as a browser's window shows them.
fn refused(status: u16, text: &str) -> Failure {
    let problem: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
    let message = problem["detail"].as_str().unwrap_or("The paper could not be made.").to_owned();
    Failure(match status {
        401 => Error::Unauthenticated { message },
        502..=504 => Error::Unavailable { what: SHOP.to_owned() },
        _ => Error::conflict("paper", message),
    })
}

/// `inline; filename="invoice-INV-00001.pdf"`
fn named(disposition: &str) -> Option<&str> {
    disposition.split_once("filename=\"")?.1.split_once('"').map(|(name, _)| name)
}
