//! The one place where an error becomes an HTTP answer: RFC 9457 problem details.

use axum::{
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use souk_contract::{Ctx, Error, FieldError};

use crate::DbError;

pub const PROBLEM_JSON: &str = "application/problem+json";
const RETRY_UNAVAILABLE_SECONDS: u64 = 2;

/// What a handler fails with: `async fn get(..) -> Result<Json<Product>, Problem>`.
///
/// [`api`](super::api) adds the request's id to the answer and logs what was our own fault.
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    code: String,
    detail: String,
    errors: Vec<FieldError>,
    retry_after_seconds: Option<u64>,
    /// For the log only.
    internal: Option<String>,
}

/// The body of every answer that is an error.
#[derive(Serialize)]
struct Body<'p> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    /// For machines: `not_found`, `invalid`, `out_of_stock`.
    code: &'p str,
    detail: &'p str,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'p str>,
    #[serde(skip_serializing_if = "<[FieldError]>::is_empty")]
    errors: &'p [FieldError],
}

impl Problem {
    pub fn new(status: StatusCode, code: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            status,
            code: code.into(),
            detail: detail.into(),
            errors: Vec::new(),
            retry_after_seconds: None,
            internal: None,
        }
    }

    pub fn status(&self) -> StatusCode {
        self.status
    }

    pub fn code(&self) -> &str {
        &self.code
    }

    /// The whole answer to the request of that id, for what stands in front of [`api`](super::api).
    pub fn signed(self, request_id: &str) -> Response {
        self.log(Some(request_id));
        let body = self.body(Some(request_id));
        let mut response = self.into_response();
        response.extensions_mut().remove::<Self>();
        response.headers_mut().remove(header::CONTENT_LENGTH);
        *response.body_mut() = body.into();
        response
    }

    fn log(&self, request_id: Option<&str>) {
        if let Some(internal) = &self.internal {
            tracing::error!(request_id, detail = internal, "request failed");
        }
    }

    pub(super) fn with_errors(self, errors: Vec<FieldError>) -> Self {
        Self { errors, ..self }
    }

    fn body(&self, request_id: Option<&str>) -> Vec<u8> {
        let body = Body {
            r#type: "about:blank",
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            code: &self.code,
            detail: &self.detail,
            request_id,
            errors: &self.errors,
        };
        serde_json::to_vec(&body).unwrap_or_default()
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let detail = error.public_message();
        let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let problem = |code: &str| Self::new(status, code, detail);
        match error {
            Error::NotFound { .. } => problem("not_found"),
            Error::Invalid { fields } => problem("invalid").with_errors(fields),
            Error::Conflict { code, .. } => problem(&code),
            Error::Denied { .. } => problem("denied"),
            Error::Unauthenticated { .. } => problem("unauthenticated"),
            Error::Limited { retry_after_seconds } => {
                Self { retry_after_seconds: Some(retry_after_seconds), ..problem("rate_limited") }
            }
            Error::Unavailable { .. } => {
                Self { retry_after_seconds: Some(RETRY_UNAVAILABLE_SECONDS), ..problem("unavailable") }
            }
            Error::Internal { detail: internal } => Self { internal: Some(internal), ..problem("internal") },
        }
    }
}

impl From<DbError> for Problem {
    fn from(error: DbError) -> Self {
        Error::from(error).into()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.body(None)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// Middleware of [`api`](super::api).
pub(super) async fn sign(request: Request, next: Next) -> Response {
    let request_id = request.extensions().get::<Ctx>().map(|ctx| ctx.request_id.clone());
    let mut response = next.run(request).await;
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        problem.log(request_id.as_deref());
        if request_id.is_some() {
            response.headers_mut().remove(header::CONTENT_LENGTH);
            *response.body_mut() = problem.body(request_id.as_deref()).into();
        }
    }
    response
}
