//! Stored pictures: `/media/{key}-{width}.webp`. The name holds a hash, so they never change.

use std::{io, sync::Arc};

use axum::{
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};

use super::{Web, site::IMMUTABLE};

pub async fn picture(State(web): State<Arc<Web>>, Path(file): Path<String>) -> Response {
    let Some(path) = souk_catalog::media_path(&web.data_dir, &file) else {
        return StatusCode::NOT_FOUND.into_response();
    };
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
