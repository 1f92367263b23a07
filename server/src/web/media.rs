//! Stored pictures: `/media/{key}-{width}.webp`. The name holds a hash, so they never change.

use std::{io, path::PathBuf, sync::Arc};

use axum::{
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};

use super::{Web, site::IMMUTABLE};

pub async fn picture(State(web): State<Arc<Web>>, Path(file): Path<String>) -> Response {
    let Some(path) = below(&web.media_dir, &file) else { return StatusCode::NOT_FOUND.into_response() };
    match tokio::fs::read(path).await {
        Ok(bytes) => {
            let kind = HeaderValue::from_static("image/webp");
            ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, IMMUTABLE)], bytes).into_response()
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(file, %error, "a picture can't be read");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Letters, digits and dashes, then `.webp`: nothing that leads elsewhere.
fn below(folder: &std::path::Path, file: &str) -> Option<PathBuf> {
    let stem = file.strip_suffix(".webp")?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (!stem.is_empty() && stem.len() <= 120 && stem.bytes().all(plain)).then(|| folder.join(file))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn names_can_not_lead_elsewhere() {
        let folder = Path::new("/media");
        assert!(below(folder, "0af3-400.webp").is_some());
        for file in ["../secret.key", "..webp/x.webp", "a/b.webp", "a\\b.webp", ".webp", "a.png", "a..webp", "%2e.webp"] {
            assert_eq!(below(folder, file), None, "{file}");
        }
    }
}
