//! What every request passes, in one place and one future: id, load shedding, rate limits, who asks, time limit,
//! panics, compression, security headers, counters and the log line.

use std::{borrow::Cow, panic::AssertUnwindSafe, sync::Arc, time::Instant};

use axum::{
    body::{Body, HttpBody as _, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::Response,
};
use futures::FutureExt as _;
use souk_app::context::{SESSION_COOKIE, STAFF_COOKIE};
use souk_contract::{Actor, Ctx, Error, Result};
use souk_kernel::http::SessionToken;

use super::{
    Web,
    answer::{Reader, refuse},
    client, desktop,
    encoding::{Effort, Encoding, WORTH_IT},
    rate::Action,
    steps::Maybe,
    takes,
};

/// What staff call before they are signed in.
const OPEN: [&str; 2] = ["/api/admin/v1/sessions", "/api/admin/v1/invitations/accept"];
/// Ids have 36 characters, tokens 43.
const SHORTEST_TOKEN: usize = 40;

pub async fn pass(State(web): State<Arc<Web>>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let request_id = match client::request_id(request.headers()) {
        Some(id) => id.to_owned(),
        None => web.kit.ids.uuid().simple().to_string(),
    };
    let reader = Reader::of(request.uri().path(), request.headers());
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let encoding = Encoding::accepted(request.headers());
    let desktop = desktop::Caller::of(&mut request);

    let mut response = match desktop.as_ref().and_then(desktop::Caller::answer) {
        Some(answer) => answer,
        None => answer(&web, request, next, reader, &request_id).await,
    };
    if let Some(desktop) = desktop {
        desktop.allow(&mut response);
    }
    dress(&web, &mut response, reader, &request_id);
    let response = compress(response, encoding).await;
    note(&web, started, &method, &path, &request_id, &response);
    response
}

/// What the shop says, or why it can't.
async fn answer(web: &Web, mut request: Request, next: Next, reader: Reader, request_id: &str) -> Response {
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    match web.in_flight.try_acquire() {
        Err(_) => refuse(reader, &Error::Unavailable { what: "The shop".to_owned() }, request_id),
        Ok(_permit) => match enter(web, &mut request, request_id).await {
            Err(error) => refuse(reader, &error, request_id),
            Ok(()) => {
                let step = Maybe::of(&request);
                let work = AssertUnwindSafe(next.run(request)).catch_unwind();
                match tokio::time::timeout(web.timeout, work).await {
                    Ok(Ok(response)) => {
                        if let Some(step) = step {
                            step.settle(&response, &*web.services.analytics);
                        }
                        response
                    }
                    Ok(Err(panic)) => {
                        let reason = panic_text(panic.as_ref());
                        tracing::error!(request_id, %method, path, reason, "a handler panicked");
                        refuse(reader, &Error::internal("panic"), request_id)
                    }
                    Err(_) => {
                        refuse(reader, &Error::Unavailable { what: "The answer".to_owned() }, request_id)
                    }
                }
            }
        },
    }
}

/// Rate limits, and the caller's [`Ctx`] into the request.
async fn enter(web: &Web, request: &mut Request, request_id: &str) -> Result<()> {
    let path = request.uri().path();
    if is_file(path) {
        return Ok(());
    }
    let address = client::address(request.extensions(), request.headers(), &web.trusted_proxies);
    if let (Some(action), Some(address)) = (Action::of(request.method(), path), address) {
        web.rates
            .check(action, address)
            .map_err(|retry_after_seconds| Error::Limited { retry_after_seconds })?;
    }
    let channel = if path.starts_with("/api/admin/") || path.starts_with(takes::BELOW) {
        "admin"
    } else if path.starts_with("/api/") {
        "api"
    } else {
        "web"
    };
    let is_open = OPEN.contains(&path) || souk_app::api::admin::OPEN.contains(&path);
    let screens = path.starts_with(takes::BELOW);
    let door = Door { open: is_open && request.method() == Method::POST, screens };
    if channel != "admin" {
        let by_header = client::bearer(request.headers()).filter(|_| channel == "api");
        let token =
            by_header.or_else(|| client::cookie(request.headers(), SESSION_COOKIE)).map(str::to_owned);
        request.extensions_mut().insert(SessionToken(token));
    }
    let ctx = Ctx { channel, client_ip: address, ..Ctx::guest(request_id) };
    let actor = match actor(web, &ctx, request.headers(), door).await {
        // Signing out a second time is no error.
        Err(Error::Unauthenticated { .. }) if is_sign_out(request) => Actor::Guest,
        found => found?,
    };
    let ctx = ctx.with_actor(actor);
    if screens {
        takes::check(request.uri().path(), &ctx)?;
    }
    request.extensions_mut().insert(ctx);
    Ok(())
}

/// Which of staff's doors is knocked at.
struct Door {
    /// Nobody has to be signed in.
    open: bool,
    /// The screens' own functions: a browser has a cookie for them.
    screens: bool,
}

/// Staff by bearer token under the admin API, and by cookie or bearer token for the screens' functions; elsewhere the
/// customer of the session, by cookie or bearer token.
async fn actor(web: &Web, ctx: &Ctx, headers: &HeaderMap, door: Door) -> Result<Actor> {
    let identity = &web.services.identity;
    let refused = || Error::Unauthenticated { message: "This token is not valid.".to_owned() };
    if ctx.channel == "admin" {
        // A session that is over keeps nobody from signing in again.
        let cookie = || client::cookie(headers, STAFF_COOKIE).filter(|_| door.screens && !door.open);
        return match client::bearer(headers).or_else(cookie) {
            Some(token) => web.services.staffing.authenticate_staff(ctx, token).await?.ok_or_else(refused),
            None if door.open => Ok(Actor::Guest),
            // Before anything of the request is read: nobody learns what an admin route takes, or fills its memory.
            None => Err(Error::Unauthenticated { message: "A staff token is needed.".to_owned() }),
        };
    }
    match (client::bearer(headers), client::cookie(headers, SESSION_COOKIE)) {
        (Some(token), _) if ctx.channel == "api" => {
            let customer = identity.authenticate(ctx, token).await?.ok_or_else(refused)?;
            Ok(Actor::Customer { id: customer.id })
        }
        (_, Some(token)) => {
            // A session that is over makes a guest of the shopper, not an error of every page.
            let customer = identity.authenticate(ctx, token).await?;
            Ok(customer.map_or(Actor::Guest, |customer| Actor::Customer { id: customer.id }))
        }
        _ => Ok(Actor::Guest),
    }
}

fn is_sign_out(request: &Request) -> bool {
    request.method() == Method::DELETE && request.uri().path() == "/api/store/v1/sessions"
}

fn is_file(path: &str) -> bool {
    path.starts_with("/pkg/") || path.starts_with("/media/")
}

fn dress(web: &Web, response: &mut Response, reader: Reader, request_id: &str) {
    // A plain text from the framework (no such method, body too large) becomes an answer like the others.
    if response.status().is_client_error() && is_bare(response) {
        let status = response.status();
        let error = match status {
            StatusCode::NOT_FOUND => Error::not_found("page"),
            StatusCode::FORBIDDEN => {
                Error::denied("This request came from another site and was not carried out.")
            }
            _ => Error::invalid("", "invalid", status.canonical_reason().unwrap_or("Bad request")),
        };
        let allow = response.headers().get(header::ALLOW).cloned();
        *response = refuse(reader, &error, request_id);
        *response.status_mut() = status;
        if let Some(allow) = allow {
            response.headers_mut().insert(header::ALLOW, allow);
        }
    }
    let headers = response.headers_mut();
    web.security.apply(headers);
    if let Ok(value) = HeaderValue::from_str(request_id) {
        headers.insert(client::REQUEST_ID, value);
    }
}

fn is_bare(response: &Response) -> bool {
    match response.headers().get(header::CONTENT_TYPE) {
        None => true,
        Some(value) => value.as_bytes().starts_with(b"text/plain"),
    }
}

/// Answers that are whole already, not packed yet, and of a kind that shrinks.
async fn compress(response: Response, encoding: Encoding) -> Response {
    let headers = response.headers();
    let shrinks = headers.get(header::CONTENT_TYPE).is_some_and(|kind| {
        let kind = kind.as_bytes();
        kind.starts_with(b"application/json")
            || kind.starts_with(b"application/problem+json")
            || kind.starts_with(b"text/")
            || kind.starts_with(b"application/xml")
            || kind.starts_with(b"image/svg")
    });
    let size = response.body().size_hint().exact().unwrap_or_default() as usize;
    if encoding == Encoding::Identity
        || !shrinks
        || size < WORTH_IT
        || headers.contains_key(header::CONTENT_ENCODING)
    {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(plain) = to_bytes(body, size).await else {
        return Response::from_parts(parts, Body::empty());
    };
    parts.headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
    match (encoding.compress(&plain, Effort::Fast), encoding.header()) {
        (Some(packed), Some(name)) => {
            parts.headers.insert(header::CONTENT_ENCODING, name);
            parts.headers.remove(header::CONTENT_LENGTH);
            Response::from_parts(parts, Body::from(packed))
        }
        _ => Response::from_parts(parts, Body::from(plain)),
    }
}

fn note(web: &Web, started: Instant, method: &Method, path: &str, request_id: &str, response: &Response) {
    let took = started.elapsed();
    let status = response.status();
    web.meters.count(path, status, took);
    let ms = took.as_millis() as u64;
    let status_code = status.as_u16();
    // The query may hold what a shopper typed and is never logged; see `without_tokens` for the path.
    let path = without_tokens(path);
    let path = path.as_ref();
    if status.is_server_error() {
        tracing::error!(request_id, %method, path, status = status_code, ms, "request failed");
    } else if took >= web.slow {
        tracing::warn!(request_id, %method, path, status = status_code, ms, "slow request");
    } else {
        tracing::debug!(request_id, %method, path, status = status_code, ms, "request");
    }
}

/// A path as it may stand in a log: carts and orders belong to whoever knows their token.
fn without_tokens(path: &str) -> Cow<'_, str> {
    if path.split('/').all(|part| part.len() < SHORTEST_TOKEN) {
        return Cow::Borrowed(path);
    }
    let shown = |part| if str::len(part) < SHORTEST_TOKEN { part } else { "…" };
    Cow::Owned(path.split('/').map(shown).collect::<Vec<_>>().join("/"))
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no reason given")
}
