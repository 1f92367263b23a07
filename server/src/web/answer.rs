//! What is said when something goes wrong before or behind the handlers: problem+json to programs, a page to people.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
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
        if path.starts_with("/api/") || path.starts_with("/webhooks/") {
            Self::Api
        } else if path.starts_with("/fn/") && !wants_page() {
            Self::ServerFunction
        } else {
            Self::Person
        }
    }
}

/// An answer that says what is wrong, in the reader's format. Nothing internal is in it. Status, waiting time and the
/// line in the log are those of [`Problem`] for every reader; only the body differs.
pub fn refuse(reader: Reader, error: &Error, request_id: &str) -> Response {
    let mut response = Problem::from(error.clone()).signed(request_id);
    let (body, mime) = match reader {
        Reader::Api => return response,
        Reader::ServerFunction => {
            let failure = souk_app::failure::Failure(error.clone());
            (serde_json::to_string(&failure).unwrap_or_default(), "application/json")
        }
        Reader::Person => {
            let html = page(response.status(), &error.public_message(), request_id);
            (html, "text/html; charset=utf-8")
        }
    };
    *response.body_mut() = body.into();
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
    fn every_reader_hears_the_status_and_the_wait_of_the_problem() {
        for (error, status, wait) in [
            (Error::conflict("stale_version", "Changed meanwhile."), 412, None),
            (Error::conflict("out_of_stock", "Sold out."), 409, None),
            (Error::Limited { retry_after_seconds: 7 }, 429, Some("7")),
            (Error::Unavailable { what: "The shop".to_owned() }, 503, Some("2")),
        ] {
            for reader in [Reader::Api, Reader::ServerFunction, Reader::Person] {
                let response = refuse(reader, &error, "id-1");
                let said = response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
                assert_eq!((response.status().as_u16(), said), (status, wait), "{reader:?} {error}");
                assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store", "{reader:?}");
            }
        }
    }

    #[tokio::test]
    async fn each_reader_has_its_own_format() {
        let error = Error::conflict("stale_version", "Changed meanwhile.");
        for (reader, mime, part) in [
            (Reader::Api, "application/problem+json", "\"code\":\"stale_version\""),
            (Reader::Api, "application/problem+json", "\"request_id\":\"id-1\""),
            (Reader::ServerFunction, "application/json", "stale_version"),
            (Reader::Person, "text/html; charset=utf-8", "Changed meanwhile."),
        ] {
            let response = refuse(reader, &error, "id-1");
            assert_eq!(response.headers()[header::CONTENT_TYPE], mime);
            let body = axum::body::to_bytes(response.into_body(), 10_000).await.expect("a body");
            let text = String::from_utf8(body.to_vec()).expect("text");
            assert!(text.contains(part), "{reader:?}: {text}");
        }
    }

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
