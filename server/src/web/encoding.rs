//! Which compression a client takes, and doing it.

use std::io::Write as _;

use axum::http::{HeaderMap, HeaderValue, header};
use bytes::Bytes;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    Brotli,
    Gzip,
    Identity,
}

/// How hard to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// For one answer.
    Fast,
    /// For an answer that is kept and given to many.
    Kept,
}

/// Smaller answers gain nothing.
pub const WORTH_IT: usize = 1024;

impl Encoding {
    /// The best of what the client accepts. A quality of zero forbids; other weights are not compared.
    pub fn accepted(headers: &HeaderMap) -> Self {
        let mut best = Self::Identity;
        for value in headers.get_all(header::ACCEPT_ENCODING) {
            let Ok(text) = value.to_str() else { continue };
            for offer in text.split(',') {
                let (name, weight) = offer.split_once(';').unwrap_or((offer, ""));
                let forbidden = weight
                    .trim()
                    .strip_prefix("q=")
                    .is_some_and(|weight| weight.trim().parse().is_ok_and(|weight: f32| weight <= 0.0));
                match name.trim() {
                    _ if forbidden => {}
                    "br" => best = Self::Brotli,
                    "gzip" | "x-gzip" | "*" if best == Self::Identity => best = Self::Gzip,
                    _ => {}
                }
            }
        }
        best
    }

    pub fn header(self) -> Option<HeaderValue> {
        match self {
            Self::Brotli => Some(HeaderValue::from_static("br")),
            Self::Gzip => Some(HeaderValue::from_static("gzip")),
            Self::Identity => None,
        }
    }

    /// None where it can't be done or gains nothing.
    pub fn compress(self, plain: &[u8], effort: Effort) -> Option<Bytes> {
        let packed = match self {
            Self::Identity => return None,
            Self::Brotli => {
                let quality = if effort == Effort::Kept { 5 } else { 2 };
                let mut writer =
                    brotli::CompressorWriter::new(Vec::with_capacity(plain.len() / 4), 1 << 14, quality, 20);
                writer.write_all(plain).ok()?;
                writer.flush().ok()?;
                writer.into_inner()
            }
            Self::Gzip => {
                let level = flate2::Compression::new(if effort == Effort::Kept { 6 } else { 1 });
                let mut writer = flate2::write::GzEncoder::new(Vec::with_capacity(plain.len() / 3), level);
                writer.write_all(plain).ok()?;
                writer.finish().ok()?
            }
        };
        (packed.len() < plain.len()).then(|| Bytes::from(packed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(text: &'static str) -> Encoding {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(text));
        Encoding::accepted(&headers)
    }

    #[test]
    fn the_best_accepted_encoding_is_taken() {
        assert_eq!(accepted("gzip, deflate, br, zstd"), Encoding::Brotli);
        assert_eq!(accepted("gzip;q=1.0, br;q=0"), Encoding::Gzip);
        assert_eq!(accepted("br;q=0.1"), Encoding::Brotli);
        assert_eq!(accepted("*"), Encoding::Gzip);
        assert_eq!(accepted("identity"), Encoding::Identity);
        assert_eq!(Encoding::accepted(&HeaderMap::new()), Encoding::Identity);
    }

    #[test]
    fn what_does_not_shrink_is_left_alone() {
        let text = "souk ".repeat(500);
        assert!(Encoding::Gzip.compress(text.as_bytes(), Effort::Fast).is_some());
        assert!(Encoding::Brotli.compress(text.as_bytes(), Effort::Kept).is_some());
        assert_eq!(Encoding::Gzip.compress(b"x", Effort::Fast), None);
        assert_eq!(Encoding::Identity.compress(text.as_bytes(), Effort::Fast), None);
    }
}
