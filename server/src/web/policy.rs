//! The headers that tell a browser what a page of ours may do.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// For pages. They have no inline script and no inline style (their data are JSON, which isn't run), so nothing that
/// found its way into a text can run either.
pub const PAGE: HeaderValue = HeaderValue::from_static(TEXT);

const TEXT: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: https:; \
     font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
     manifest-src 'self'";

/// As [`PAGE`], with what Stripe's fields for a card need. `other`: where its script is from, in tests.
///
/// Source: docs.stripe.com/security/guide#content-security-policy.
pub fn with_stripe(other: Option<&str>) -> Option<HeaderValue> {
    let own = "https://js.stripe.com https://*.js.stripe.com";
    let (scripts, calls) = (other.unwrap_or(own), other.unwrap_or("https://api.stripe.com"));
    let page = TEXT.replace("script-src 'self'", &format!("script-src 'self' {scripts}"));
    let page = page.replace("connect-src 'self'", &format!("connect-src 'self' {calls}"));
    HeaderValue::from_str(&format!("{page}; frame-src {scripts} https://hooks.stripe.com")).ok()
}

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
    fn stripes_fields_get_what_they_need_and_nothing_else() {
        let policy = with_stripe(None).expect("a policy");
        let policy = policy.to_str().expect("text");
        let part = |name: &str| policy.split("; ").find(|part| part.starts_with(name)).expect("a part");
        assert_eq!(
            part("script-src"),
            "script-src 'self' https://js.stripe.com https://*.js.stripe.com 'wasm-unsafe-eval'"
        );
        assert_eq!(part("connect-src"), "connect-src 'self' https://api.stripe.com");
        assert_eq!(
            part("frame-src"),
            "frame-src https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com"
        );
        let rest = |policy: &str| -> Vec<String> {
            let all = policy.split("; ").map(|part| part.trim().to_owned());
            let ours = ["script-src", "connect-src", "frame-src"];
            all.filter(|part| !ours.iter().any(|name| part.starts_with(name))).collect()
        };
        assert_eq!(rest(policy), rest(TEXT));
        let here = with_stripe(Some("http://127.0.0.1:7")).expect("a policy");
        assert!(!here.to_str().expect("text").contains("js.stripe.com"));
    }

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
