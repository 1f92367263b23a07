//! How the desktop calls the server functions: `fetch` to the shop's server, with the token, without cookies.

use std::{cell::RefCell, future::Future};

use futures::{Sink, Stream};
use http::Method;
use leptos::{
    __reexports::send_wrapper::SendWrapper,
    server_fn::{
        self, Bytes,
        client::{browser::BrowserClient, get_server_url, try_set_server_url},
        error::{FromServerFnError, ServerFnErrorErr},
        request::ClientReq,
        response::ClientRes,
    },
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Headers, RequestCredentials, RequestInit, Response};

use super::memory;

/// Milliseconds after which an answer counts as none.
const PATIENCE: u32 = 15_000;

thread_local! {
    static TOKEN: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Names the server for all calls from now on, once.
pub fn open(url: &str, token: Option<String>) {
    // A second time it stays as it was: another shop means another document.
    let _ = try_set_server_url(Box::leak(url.to_owned().into_boxed_str()));
    set_token(token);
}

pub fn set_token(token: Option<String>) {
    TOKEN.with_borrow_mut(|kept| *kept = token);
}

/// Calls server functions of any Souk server.
pub struct Client;

/// A call: all of ours post JSON.
pub struct Call {
    pub path: String,
    pub body: String,
}

pub struct Answer {
    status: u16,
    text: String,
}

impl Answer {
    pub fn seen(text: String) -> Self {
        Self { status: 200, text }
    }
}

impl<E, I, O> server_fn::client::Client<E, I, O> for Client
where
    E: FromServerFnError,
    I: FromServerFnError,
    O: FromServerFnError,
{
    type Request = Call;
    type Response = Answer;

    fn send(call: Call) -> impl Future<Output = Result<Answer, E>> + Send {
        SendWrapper::new(async move {
            match post(get_server_url(), &call).await {
                Ok(answer) => {
                    memory::keep(&call, answer.status, &answer.text);
                    Ok(answer)
                }
                Err(reason) => memory::seen(&call)
                    .map(Answer::seen)
                    .ok_or_else(|| E::from_server_fn_error(ServerFnErrorErr::Request(format!("{reason:?}")))),
            }
        })
    }

    fn open_websocket(
        path: &str,
    ) -> impl Future<
        Output = Result<
            (impl Stream<Item = Result<Bytes, Bytes>> + Send + 'static, impl Sink<Bytes> + Send + 'static),
            E,
        >,
    > + Send {
        <BrowserClient as server_fn::client::Client<E, I, O>>::open_websocket(path)
    }

    fn spawn(future: impl Future<Output = ()> + Send + 'static) {
        wasm_bindgen_futures::spawn_local(future);
    }
}

/// Where a path is at the open shop's server, and a call to it signed with the token.
///
/// # Errors
/// Where the engine takes no headers.
pub fn sign(path: &str, init: &RequestInit) -> Result<String, JsValue> {
    let headers = Headers::new()?;
    if let Some(token) = TOKEN.with_borrow(Clone::clone) {
        headers.set("authorization", &format!("Bearer {token}"))?;
    }
    init.set_headers(&headers);
    init.set_credentials(RequestCredentials::Omit);
    Ok(format!("{}{path}", get_server_url()))
}

/// # Errors
/// Where no server answered: also a proxy's word that the server behind it doesn't.
pub async fn post(server: &str, call: &Call) -> Result<Answer, JsValue> {
    let headers = Headers::new()?;
    headers.set("content-type", "application/json")?;
    headers.set("accept", "application/json")?;
    let ours = server == get_server_url();
    if let Some(token) = TOKEN.with_borrow(Clone::clone).filter(|_| ours) {
        headers.set("authorization", &format!("Bearer {token}"))?;
    }
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_headers(&headers);
    init.set_body(&call.body.as_str().into());
    init.set_credentials(RequestCredentials::Omit);
    init.set_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE)));
    let url = format!("{server}{}", call.path);
    let response = JsFuture::from(leptos::prelude::window().fetch_with_str_and_init(&url, &init)).await?;
    let response: Response = response.dyn_into()?;
    let status = response.status();
    if matches!(status, 502 | 504) {
        return Err(status.into());
    }
    let text = JsFuture::from(response.text()?).await?;
    Ok(Answer { status, text: text.as_string().unwrap_or_default() })
}

impl Answer {
    /// What a function answered, outside of the functions' own way.
    ///
    /// # Errors
    /// What can't be read, as text.
    pub fn read<T: serde::de::DeserializeOwned>(&self) -> Result<T, String> {
        if self.status != 200 {
            return Err(format!("status {}", self.status));
        }
        serde_json::from_str(&self.text).map_err(|error| error.to_string())
    }
}

fn only_json<T, E: FromServerFnError>() -> Result<T, E> {
    Err(E::from_server_fn_error(ServerFnErrorErr::UnsupportedRequestMethod("only JSON".to_owned())))
}

impl<E: FromServerFnError> ClientReq<E> for Call {
    type FormData = ();

    fn try_new_req_text(
        path: &str,
        _content_type: &str,
        _accepts: &str,
        body: String,
        _method: Method,
    ) -> Result<Self, E> {
        Ok(Self { path: path.to_owned(), body })
    }

    fn try_new_req_bytes(
        path: &str,
        content_type: &str,
        accepts: &str,
        body: Bytes,
        method: Method,
    ) -> Result<Self, E> {
        match String::from_utf8(body.into()) {
            Ok(body) => Self::try_new_req_text(path, content_type, accepts, body, method),
            Err(_) => only_json(),
        }
    }

    fn try_new_req_query(_: &str, _: &str, _: &str, _: &str, _: Method) -> Result<Self, E> {
        only_json()
    }

    fn try_new_req_form_data(_: &str, _: &str, _: &str, _: (), _: Method) -> Result<Self, E> {
        only_json()
    }

    fn try_new_req_multipart(_: &str, _: &str, _: (), _: Method) -> Result<Self, E> {
        only_json()
    }

    fn try_new_req_streaming(
        _: &str,
        _: &str,
        _: &str,
        _: impl Stream<Item = Bytes> + Send + 'static,
        _: Method,
    ) -> Result<Self, E> {
        only_json()
    }
}

impl<E: FromServerFnError> ClientRes<E> for Answer {
    async fn try_into_string(self) -> Result<String, E> {
        Ok(self.text)
    }

    async fn try_into_bytes(self) -> Result<Bytes, E> {
        Ok(self.text.into())
    }

    fn try_into_stream(self) -> Result<impl Stream<Item = Result<Bytes, Bytes>> + Send + Sync + 'static, E> {
        let whole: Result<Bytes, Bytes> = Ok(self.text.into());
        Ok(futures::stream::iter([whole]))
    }

    fn status(&self) -> u16 {
        self.status
    }

    fn status_text(&self) -> String {
        self.status.to_string()
    }

    fn location(&self) -> String {
        String::new()
    }

    fn has_redirect(&self) -> bool {
        false
    }
}
