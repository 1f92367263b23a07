//! The `Idempotency-Key` header: a request that is sent again gets the first one's answer.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use axum::{
    body::{Body, to_bytes},
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use sha2::{Digest as _, Sha256};
use souk_contract::{Actor, Ctx, Error, Timestamp};
use tokio::sync::Mutex as AsyncMutex;

use super::Problem;
use crate::{
    db::{Conn, Db, DbError, Json},
    record,
};

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
const LONGEST_KEY: usize = 255;
/// Guests share one scope: their keys must be hard to hit by accident or by guessing.
const SHORTEST_GUEST_KEY: usize = 16;
const LARGEST_BODY: usize = 2 * 1024 * 1024;
pub(crate) const KEEP_SECONDS: i64 = 30 * 86_400;

/// State of the [`idempotent`] middleware: where the answers are kept, for 30 days.
#[derive(Clone)]
pub struct Idempotency {
    db: Db,
    running: Arc<Mutex<HashMap<String, Weak<AsyncMutex<()>>>>>,
}

impl Idempotency {
    pub fn new(db: Db) -> Self {
        Self { db, running: Arc::default() }
    }

    /// One request per key at a time; a second one waits for the first and gets its answer.
    fn lock(&self, name: String) -> Arc<AsyncMutex<()>> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lock) = running.get(&name).and_then(Weak::upgrade) {
            return lock;
        }
        running.retain(|_, lock| lock.strong_count() > 0);
        let lock = Arc::new(AsyncMutex::new(()));
        running.insert(name, Arc::downgrade(&lock));
        lock
    }
}

record! {
    struct Kept {
        fingerprint: String,
        status: i64,
        content_type: Option<String>,
        headers: Json<Vec<(String, String)>>,
        body: Vec<u8>,
    }
}

/// Middleware for routers with POST routes that make or charge something:
/// `router.layer(from_fn_with_state(Idempotency::new(db), idempotent))`, inside of [`api`](super::api).
///
/// The scope of a key is route and caller. Answers that say the request itself was wrong (400, 401, 413, 415, 422),
/// too early (429) or that we failed (5xx) are not kept, so that it may be mended and sent again.
///
/// The handler runs to its end even when the client hangs up. A crash between its commit and the keeping of its
/// answer lets a retry run again: whatever charges or places orders is idempotent by its own ids besides.
pub async fn idempotent(State(this): State<Idempotency>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST && request.method() != Method::PATCH {
        return next.run(request).await;
    }
    let Some(key) = request.headers().get(KEY) else { return next.run(request).await };
    let key = match key.to_str() {
        Ok(key)
            if (1..=LONGEST_KEY).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()) =>
        {
            key.to_owned()
        }
        _ => return wrong_key("1 to 255 visible ASCII characters."),
    };
    let Some(actor) = caller(&request) else {
        if key.len() < SHORTEST_GUEST_KEY {
            return wrong_key("At least 16 characters where nobody is signed in: a UUID, say.");
        }
        return run(this, "guest".to_owned(), key, request, next).await;
    };
    run(this, actor, key, request, next).await
}

fn wrong_key(message: &str) -> Response {
    Problem::from(Error::invalid("Idempotency-Key", "invalid", message)).into_response()
}

/// None for a guest.
fn caller(request: &Request) -> Option<String> {
    match request.extensions().get::<Ctx>()?.actor {
        Actor::Guest => None,
        Actor::Customer { id } => Some(format!("customer {id}")),
        Actor::Staff { id, .. } => Some(format!("staff {id}")),
        Actor::System => Some("system".to_owned()),
    }
}

async fn run(this: Idempotency, actor: String, key: String, request: Request, next: Next) -> Response {
    // A task of its own: a client that hangs up must not stop the work between its commit and its answer.
    let task = tokio::spawn(async move { answer(&this, &actor, &key, request, next).await });
    match task.await {
        Ok(Ok(response)) => response,
        Ok(Err(problem)) => problem.into_response(),
        Err(panic) => Problem::from(Error::internal(panic)).into_response(),
    }
}

async fn answer(
    this: &Idempotency,
    actor: &str,
    key: &str,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let route =
        parts.extensions.get::<MatchedPath>().map_or_else(|| parts.uri.path(), |route| route.as_str());
    let scope = format!("{} {route} {actor}", parts.method);
    let body = to_bytes(body, LARGEST_BODY).await.map_err(|_| {
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "The body is larger than 2 MB.")
    })?;
    let fingerprint = fingerprint(&parts.method, parts.uri.path(), parts.uri.query(), &body);

    let lock = this.lock(format!("{scope}\n{key}"));
    let _turn = lock.lock().await;
    let kept = {
        let mut reader = this.db.read().await?;
        find(&mut reader, &scope, key).await?
    };
    if let Some(kept) = kept {
        if kept.fingerprint != fingerprint {
            return Err(Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency_key_reused",
                "This Idempotency-Key was used for another request. Use a new one.",
            ));
        }
        return Ok(replay(kept));
    }

    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    if !is_final(response.status()) {
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.map_err(Error::internal)?;
    let header =
        |name: &HeaderName| parts.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let headers = [header::LOCATION, header::ETAG]
        .iter()
        .filter_map(|name| Some((name.as_str().to_owned(), header(name)?)))
        .collect();
    let kept = Kept {
        fingerprint,
        status: i64::from(parts.status.as_u16()),
        content_type: header(&header::CONTENT_TYPE),
        headers: Json(headers),
        body: body.to_vec(),
    };
    // The work is done and its answer is right, kept or not.
    if let Err(error) = keep(&this.db, &scope, key, kept).await {
        tracing::error!(%error, scope, "the answer to an idempotent request was not kept");
    }
    Ok(Response::from_parts(parts, Body::from(body)))
}

fn is_final(status: StatusCode) -> bool {
    !status.is_server_error()
        && !matches!(
            status,
            StatusCode::BAD_REQUEST
                | StatusCode::UNAUTHORIZED
                | StatusCode::REQUEST_TIMEOUT
                | StatusCode::PAYLOAD_TOO_LARGE
                | StatusCode::UNSUPPORTED_MEDIA_TYPE
                | StatusCode::UNPROCESSABLE_ENTITY
                | StatusCode::TOO_MANY_REQUESTS
        )
}

fn fingerprint(method: &Method, path: &str, query: Option<&str>, body: &[u8]) -> String {
    let mut hash = Sha256::new();
    for part in [method.as_str(), path, query.unwrap_or_default()] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.update(body);
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn replay(kept: Kept) -> Response {
    let status = u16::try_from(kept.status).ok().and_then(|status| StatusCode::from_u16(status).ok());
    let mut response = (status.unwrap_or(StatusCode::OK), kept.body).into_response();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_TYPE);
    let kind = kept.content_type.map(|kind| (header::CONTENT_TYPE.to_string(), kind));
    for (name, value) in kept.headers.0.into_iter().chain(kind) {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.insert(name, value);
        }
    }
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

async fn find(conn: &mut Conn, scope: &str, key: &str) -> Result<Option<Kept>, DbError> {
    conn.query(
        "select fingerprint, status, content_type, headers, body from idempotency where scope = $1 and key = $2",
    )
    .bind(scope)
    .bind(key)
    .optional()
    .await
}

async fn keep(db: &Db, scope: &str, key: &str, kept: Kept) -> Result<(), DbError> {
    let mut tx = db.begin().await?;
    let now = tx.kit().now();
    tx.query(
        "insert into idempotency (scope, key, fingerprint, status, content_type, headers, body, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing",
    )
    .bind(scope)
    .bind(key)
    .bind(kept.fingerprint)
    .bind(kept.status)
    .bind(kept.content_type)
    .bind(kept.headers)
    .bind(kept.body)
    .bind(now)
    .execute()
    .await?;
    tx.commit().await
}

pub(crate) async fn prune(conn: &mut Conn, before: Timestamp) -> Result<u64, DbError> {
    conn.query("delete from idempotency where created_at < $1").bind(before).execute().await
}
