//! Versions as entity tags: a stale write is refused, and nobody writes without having read.

use axum::{
    extract::FromRequestParts,
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use souk_contract::Error;

use super::Problem;

/// The version named by `If-Match: "3"`, if the header is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IfMatch(pub Option<i64>);

impl IfMatch {
    /// The version, or 428.
    pub fn required(self) -> Result<i64, Problem> {
        self.0.ok_or_else(|| {
            Problem::new(
                StatusCode::PRECONDITION_REQUIRED,
                "precondition_required",
                "Send `If-Match` with the `ETag` you have read, so that nobody's change is lost.",
            )
        })
    }
}

/// What an update answers where somebody else was faster: 412 over HTTP.
pub fn stale() -> Error {
    Error::conflict("stale_version", "This was changed by somebody else meanwhile. Please load it again.")
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(header::IF_MATCH) else { return Ok(Self(None)) };
        match value.to_str().ok().and_then(version) {
            Some(version) => Ok(Self(Some(version))),
            None => Err(Error::invalid("If-Match", "invalid", "One version, as in the ETag: \"3\".").into()),
        }
    }
}

/// From `"3"` or `W/"3"`.
fn version(text: &str) -> Option<i64> {
    let text = text.trim();
    let digits = text.strip_prefix("W/").unwrap_or(text).strip_prefix('"')?.strip_suffix('"')?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

/// `"3"`
pub fn etag(version: i64) -> HeaderValue {
    HeaderValue::try_from(format!("\"{version}\"")).unwrap_or(HeaderValue::from_static("\"0\""))
}

/// An answer with its version as `ETag`: `Ok(Versioned(product.version, Json(product)))`.
#[derive(Debug, Clone, Copy)]
pub struct Versioned<R>(pub i64, pub R);

impl<R: IntoResponse> IntoResponse for Versioned<R> {
    fn into_response(self) -> Response {
        let mut response = self.1.into_response();
        response.headers_mut().insert(header::ETAG, etag(self.0));
        response
    }
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn versions_are_read_strictly() {
        assert_eq!(version("\"3\""), Some(3));
        assert_eq!(version("W/\"12\""), Some(12));
        for wrong in ["3", "*", "\"3\", \"4\"", "\"-1\"", "\"\"", "\"99999999999999999999\"", "\"3"] {
            assert_eq!(version(wrong), None, "{wrong}");
        }
    }
}
