//! The headers that tell a browser what a page of ours may do.

use std::fmt::Write as _;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};

/// A rendered page whose own inline scripts are known by hash.
#[derive(Debug, PartialEq)]
pub struct Sealed {
    pub html: String,
    pub policy: String,
}

/// Hashes the inline scripts that carry this rendering's nonce, and takes the nonce out: the page is then the
/// same each time and can be kept. A script that found its way into the text can't know the nonce, gets no hash
/// and doesn't run.
pub fn seal(html: &str, nonce: &str) -> Sealed {
    let mark = format!(" nonce=\"{nonce}\"");
    let mut hashes = String::new();
    let mut rest = html;
    let mut plain = String::with_capacity(html.len());
    while let Some(start) = rest.find("<script") {
        let (before, from_tag) = rest.split_at(start);
        plain.push_str(&before.replace(&mark, ""));
        let Some(end) = end_of_tag(from_tag) else {
            rest = from_tag;
            break;
        };
        let (tag, after) = from_tag.split_at(end);
        if !nonce.is_empty() && tag.contains(&mark) && !tag.contains(" src=") {
            let body = after.split("</script").next().unwrap_or_default();
            let hash = STANDARD.encode(Sha256::digest(body.as_bytes()));
            if !hashes.contains(&hash) {
                let _ = write!(hashes, " 'sha256-{hash}'");
            }
        }
        plain.push_str(&tag.replace(&mark, ""));
        let body_end = after.find("</script").unwrap_or(after.len());
        plain.push_str(&after[..body_end]);
        rest = &after[body_end..];
    }
    plain.push_str(&rest.replace(&mark, ""));
    Sealed { html: plain, policy: policy(&hashes) }
}

/// Index behind the `>` that ends the tag; a `>` inside quotes does not.
fn end_of_tag(tag: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in tag.bytes().enumerate() {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            (None, b'>') => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// The policy for a page with these script hashes (each with a blank before it).
pub fn policy(script_hashes: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{script_hashes}; style-src 'self'; \
         img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'; manifest-src 'self'"
    )
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
    fn only_our_own_inline_scripts_get_a_hash() {
        let html = "<head><link nonce=\"N1\" href=\"/pkg/a.css\"><script nonce=\"N1\">let a = 1;</script>\
                    <script type=\"application/ld+json\">{}</script></head><body><script>alert(1)</script>\
                    <script src=\"/pkg/boot.js\" nonce=\"N1\"></script></body>";
        let sealed = seal(html, "N1");
        assert!(!sealed.html.contains("nonce"));
        assert_eq!(sealed.policy.matches("sha256-").count(), 1);
        // echo -n 'let a = 1;' | openssl dgst -sha256 -binary | base64
        assert!(sealed.policy.contains("'sha256-xY6QKfH9PRsQnLz56nj6MBwiK5oHg+im1Jkpdp1x/Ck='"), "{}", sealed.policy);
        assert!(sealed.html.contains("<script>alert(1)</script>"));
    }

    #[test]
    fn the_same_page_with_another_nonce_is_the_same() {
        let page = |nonce: &str| format!("<a title=\">\"></a><script nonce=\"{nonce}\" id=\"x>\">1</script>tail");
        assert_eq!(seal(&page("N1"), "N1"), seal(&page("N2"), "N2"));
    }

    #[test]
    fn text_with_broken_tags_comes_through_whole() {
        for html in ["", "<script", "<script nonce=\"N\">x", "a<script>b</script"] {
            let sealed = seal(html, "N");
            assert_eq!(sealed.html, html.replace(" nonce=\"N\"", ""));
        }
    }
}
