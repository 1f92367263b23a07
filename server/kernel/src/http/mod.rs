//! What every REST router of a domain is made of.

mod answers;
mod etag;
mod extract;
mod idempotency;
mod problem;

use axum::{Router, http::StatusCode, middleware::from_fn, response::IntoResponse};
use souk_contract::Error;

pub use answers::{Answers, Asked};
pub use etag::{IfMatch, Versioned, etag, stale};
pub use extract::{Caller, Json, Path, Query, SessionToken};
pub use idempotency::{Idempotency, idempotent};
pub(crate) use idempotency::{KEEP_SECONDS, prune};
pub use problem::{PROBLEM_JSON, Problem};

/// Wraps a whole API, once and outermost: problems get the request's id, our own faults are logged, and an unknown
/// path or method is a problem too.
pub fn api<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    router.fallback(unknown_path).method_not_allowed_fallback(unknown_method).layer(from_fn(problem::sign))
}

async fn unknown_path() -> impl IntoResponse {
    Problem::from(Error::not_found("address"))
}

async fn unknown_method() -> impl IntoResponse {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "This address does not take that method; see `Allow`.",
    )
}
