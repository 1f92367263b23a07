//! What is said when something goes wrong before or behind the handlers: problem+json to programs, a page to people.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use souk_contract::Error;
use souk_kernel::http::Problem;

/// Who reads the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// RFC 9457.
    Api,
    /// The contract's error as JSON: what server functions answer with.
    ServerFunction,
    Person,
}

impl Reader {
    pub fn of(path: &str, headers: &HeaderMap) -> Self {
        let wants_page = || {
            headers
                .get(header::ACCEPT)
                .and_then(|value| value.to_str().ok())
                .is_some_and(|text| text.contains("text/html"))
        };
        if path.starts_with("/api/") {
            Self::Api
        } else if path.starts_with("/fn/") && !wants_page() {
            Self::ServerFunction
        } else {
            Self::Person
        }
    }
}

fn status(error: &Error) -> StatusCode {
    match error {
        Error::NotFound { .. } => StatusCode::NOT_FOUND,
        Error::Invalid { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        Error::Conflict { .. } => StatusCode::CONFLICT,
        Error::Denied { .. } => StatusCode::FORBIDDEN,
        Error::Unauthenticated { .. } => StatusCode::UNAUTHORIZED,
        Error::Limited { .. } => StatusCode::TOO_MANY_REQUESTS,
        Error::Unavailable { .. } => StatusCode::SERVICE_UNAVAILABLE,
        Error::Internal { .. } => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// An answer that says what is wrong, in the reader's format. Nothing internal is in it.
pub fn refuse(reader: Reader, error: &Error, request_id: &str) -> Response {
    if let Error::Internal { detail } = error {
        tracing::error!(request_id, detail, "request failed");
    }
    let status = status(error);
    let mut response = match reader {
        Reader::Api => return Problem::from(error.clone()).into_response(),
        Reader::ServerFunction => {
            let failure = souk_app::failure::Failure(error.clone());
            with_type(serde_json::to_string(&failure).unwrap_or_default(), "application/json")
        }
        Reader::Person => {
            with_type(page(status, &error.public_message(), request_id), "text/html; charset=utf-8")
        }
    };
    *response.status_mut() = status;
    let wait = match error {
        Error::Limited { retry_after_seconds } => Some(*retry_after_seconds),
        Error::Unavailable { .. } => Some(1),
        _ => None,
    };
    if let Some(wait) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn with_type(body: String, mime: &'static str) -> Response {
    let mut response = body.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(mime));
    response
}

/// Stands on its own: what would style it may be what is broken.
fn page(status: StatusCode, message: &str, request_id: &str) -> String {
    let title = match status {
        StatusCode::TOO_MANY_REQUESTS => "One moment, please",
        StatusCode::SERVICE_UNAVAILABLE => "We'll be right back",
        StatusCode::FORBIDDEN => "That is not allowed",
        StatusCode::NOT_FOUND => "Nothing here",
        status if status.is_server_error() => "Something went wrong",
        _ => "That did not work",
    };
    let message = escape(message);
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><meta name=\"robots\" content=\"noindex\"><title>{title}</title>\
         <meta name=\"color-scheme\" content=\"light dark\"></head><body><main><h1>{title}</h1><p>{message}</p>\
         <p><a href=\"/\">Back to the shop</a></p><p><small>{}</small></p></main></body></html>",
        escape(request_id)
    )
}

/// For text inside HTML and XML.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_stay_inside_and_text_is_escaped() {
        let secret = Error::internal("password is hunter2");
        for reader in [Reader::Api, Reader::ServerFunction, Reader::Person] {
            let response = refuse(reader, &secret, "<id>");
            assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        }
        let text = page(StatusCode::CONFLICT, "<script>", "<id>");
        assert!(!text.contains("<script>") && !text.contains("<id>"));
    }
}
