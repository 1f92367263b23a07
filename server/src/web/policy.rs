//! The headers that tell a browser what a page of ours may do.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// For pages. They have no inline script and no inline style (their data are JSON, which isn't run), so nothing that
/// found its way into a text can run either.
pub const PAGE: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: https:; \
     font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
     manifest-src 'self'",
);

/// What every answer carries, whatever it is.
#[derive(Clone)]
pub struct SecurityHeaders(Vec<(HeaderName, HeaderValue)>);

impl SecurityHeaders {
    pub fn new(https: bool) -> Self {
        let mut headers = vec![
            (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
            (header::REFERRER_POLICY, HeaderValue::from_static("strict-origin-when-cross-origin")),
            (
                HeaderName::from_static("permissions-policy"),
                HeaderValue::from_static("camera=(), microphone=(), geolocation=(), browsing-topics=()"),
            ),
            (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
            (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        ];
        if https {
            let year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
            headers.push((header::STRICT_TRANSPORT_SECURITY, year));
        }
        Self(headers)
    }

    /// Adds them, and the strictest content policy where the answer has none of its own.
    pub fn apply(&self, headers: &mut HeaderMap) {
        for (name, value) in &self.0 {
            headers.insert(name.clone(), value.clone());
        }
        headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(NOTHING);
    }
}

/// For answers that aren't pages.
const NOTHING: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_is_covered_and_pages_keep_their_own_policy() {
        let mut headers = HeaderMap::new();
        SecurityHeaders::new(false).apply(&mut headers);
        assert_eq!(headers[header::CONTENT_SECURITY_POLICY], NOTHING);
        assert!(!headers.contains_key(header::STRICT_TRANSPORT_SECURITY));
        headers.insert(header::CONTENT_SECURITY_POLICY, PAGE);
        SecurityHeaders::new(true).apply(&mut headers);
        assert_eq!(headers[header::CONTENT_SECURITY_POLICY], PAGE);
        assert!(headers.contains_key(header::STRICT_TRANSPORT_SECURITY));
        let policy = PAGE.to_str().expect("text").to_owned();
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
    }
}
