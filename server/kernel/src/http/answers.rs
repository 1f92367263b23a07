//! Answers that are kept as the bytes that are sent, for as long as what they were made of does not change.

use std::{fmt::Write as _, future::Future, sync::Arc};

use axum::{
    body::Bytes,
    extract::{FromRequestParts, OriginalUri},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use souk_contract::{Error, Result};

use super::{Caller, Problem};
use crate::kept::Kept;

/// Who asks for which address, and what he has already.
#[derive(FromRequestParts)]
pub struct Asked {
    pub caller: Caller,
    pub uri: OriginalUri,
    headers: HeaderMap,
}

struct Answer {
    body: Bytes,
    etag: HeaderValue,
}

/// About as many as fit.
const ITEMS: usize = 2_000;

/// By path and query. Cheap to clone.
#[derive(Clone)]
pub struct Answers(Arc<Kept<String, Answer>>);

impl Answers {
    pub fn new(bytes: u64) -> Self {
        Self(Arc::new(Kept::new(ITEMS, bytes, |key, answer| key.len() + answer.body.len())))
    }

    /// What was answered at this address in this epoch, or what `make` says: the epoch is that from before it is asked.
    /// Staff may see more than others: for them nothing is kept.
    ///
    /// # Errors
    /// What `make` fails with; that is not kept.
    pub async fn answer<T: Serialize>(
        &self,
        asked: &Asked,
        epoch: u64,
        make: impl Future<Output = Result<T>>,
    ) -> Result<Response, Problem> {
        if asked.caller.0.is_staff_or_system() {
            return Ok(axum::Json(make.await?).into_response());
        }
        let key = asked.uri.0.path_and_query().map(|whole| whole.as_str().to_owned()).unwrap_or_default();
        let answer = match self.0.get(&key, epoch) {
            Some(answer) => answer,
            None => {
                let body = serde_json::to_vec(&make.await?).map_err(Error::internal)?;
                self.0.put(key, epoch, Answer { etag: etag(&body)?, body: body.into() })
            }
        };
        Ok(send(&answer, &asked.headers))
    }
}

fn etag(body: &[u8]) -> Result<HeaderValue> {
    let mut tag = "\"".to_owned();
    for byte in &Sha256::digest(body)[..12] {
        // Writing to a String can't fail.
        let _ = write!(tag, "{byte:02x}");
    }
    HeaderValue::try_from(tag + "\"").map_err(Error::internal)
}

fn send(answer: &Answer, headers: &HeaderMap) -> Response {
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|tag| tag == answer.etag);
    let common = [
        (header::ETAG, answer.etag.clone()),
        // May be kept, but must be asked for again: a price may have changed.
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    if known {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    let json = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    (common, json, answer.body.clone()).into_response()
}
