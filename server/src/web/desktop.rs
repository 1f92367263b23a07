//! The merchant's desktop app. Its pages come from the app itself, so to a browser engine every Souk server is another
//! site: it asks first (CORS), and is let through to the screens' functions, by bearer token alone.

use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue, Method, header},
    response::{IntoResponse as _, Response},
};

use super::takes;

/// What the app calls itself: on Linux and macOS, and on Windows.
const ORIGINS: [HeaderValue; 2] =
    [HeaderValue::from_static("tauri://localhost"), HeaderValue::from_static("http://tauri.localhost")];
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const ALLOWED_HEADERS: HeaderValue = HeaderValue::from_static("authorization, content-type");
const EXPOSED: HeaderValue = HeaderValue::from_static("content-disposition");
/// Seconds that the engine remembers the answer; none keeps it longer than two hours.
const REMEMBERED: HeaderValue = HeaderValue::from_static("7200");

/// A request of the desktop app.
pub struct Caller {
    origin: HeaderValue,
    asks_first: bool,
}

impl Caller {
    /// Takes the origin off the request, and its cookies with it: what is left counts as a program's, which is let in by its
    /// bearer token or not at all. So no other page with this origin can use a session that a browser keeps here.
    pub fn of(request: &mut Request) -> Option<Self> {
        if !request.uri().path().starts_with(takes::BELOW) {
            return None;
        }
        let origin = request.headers().get(header::ORIGIN).filter(|origin| ORIGINS.contains(origin))?.clone();
        let asks_first = request.method() == Method::OPTIONS
            && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
        for name in [header::ORIGIN, SEC_FETCH_SITE, header::COOKIE] {
            request.headers_mut().remove(name);
        }
        Some(Self { origin, asks_first })
    }

    /// The answer to the question that comes before a request.
    pub fn answer(&self) -> Option<Response> {
        self.asks_first.then(|| {
            let headers = [
                (header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST")),
                (header::ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED_HEADERS),
                (header::ACCESS_CONTROL_MAX_AGE, REMEMBERED),
            ];
            (axum::http::StatusCode::NO_CONTENT, headers).into_response()
        })
    }

    /// Lets the app read the answer. Never with `allow-credentials`: then no engine sends or keeps a cookie.
    pub fn allow(self, response: &mut Response) {
        let headers = response.headers_mut();
        headers.remove(header::SET_COOKIE);
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, self.origin);
        // What a paper is called.
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        headers.append(header::VARY, HeaderValue::from_static("origin"));
    }
}
