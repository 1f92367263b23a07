//! Extractors whose refusals are problem details that name the field.

use std::convert::Infallible;

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request, rejection::BytesRejection},
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde::{Serialize, de::DeserializeOwned};
use souk_contract::{Ctx, Error, FieldError};

use super::Problem;

/// A JSON body, in and out.
#[derive(Debug, Clone, Copy)]
pub struct Json<T>(pub T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let is_json = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(is_json);
        if !is_json {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "The body must be JSON, with `content-type: application/json`.",
            ));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(too_large)?;
        parse(&bytes).map(Self)
    }
}

fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

fn too_large(rejection: BytesRejection) -> Problem {
    let status = rejection.status();
    let code = if status == StatusCode::PAYLOAD_TOO_LARGE { "too_large" } else { "unreadable" };
    Problem::new(status, code, rejection.body_text())
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        let error = error.into_inner();
        if error.is_data() { invalid(&path, &plain(&error.to_string())) } else { malformed(&error) }
    })?;
    deserializer.end().map_err(|error| malformed(&error))?;
    Ok(value)
}

fn malformed(error: &serde_json::Error) -> Problem {
    let detail = format!("The body is not valid JSON: {error}.");
    Problem::new(StatusCode::BAD_REQUEST, "malformed_json", detail)
}

/// serde_json's text without ` at line 1 column 2`.
fn plain(message: &str) -> String {
    message.rsplit_once(" at line ").map_or(message, |(text, _)| text).to_owned()
}

/// From serde's own words to a field error: for a missing or unknown field serde names the parent.
fn invalid(path: &str, message: &str) -> Problem {
    let parent = if path == "." { "" } else { path };
    let named = |prefix: &str| {
        let name = message.strip_prefix(prefix)?.split('`').nth(1)?;
        Some(if parent.is_empty() { name.to_owned() } else { format!("{parent}.{name}") })
    };
    let (field, code, message) = if let Some(field) = named("missing field ") {
        (field, "required", "This field is needed.".to_owned())
    } else if let Some(field) = named("unknown field ") {
        // serde names the unknown field as the end of the path already.
        let field = match field.rsplit_once('.') {
            Some((before, name)) if before == name || before.ends_with(&format!(".{name}")) => {
                before.to_owned()
            }
            _ => field,
        };
        (field, "unknown", "There is no such field.".to_owned())
    } else {
        (parent.to_owned(), "invalid", format!("{message}."))
    };
    Problem::from(Error::Invalid { fields: vec![FieldError { field, code: code.to_owned(), message }] })
}

/// The query string.
#[derive(Debug, Clone, Copy)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let axum::extract::Query(value) =
            axum::extract::Query::try_from_uri(&parts.uri).map_err(|rejection| {
                let text = rejection.body_text();
                let text = text.strip_prefix("Failed to deserialize query string: ").unwrap_or(&text);
                match text.split_once(": ") {
                    Some((path, message)) if !path.contains(' ') => invalid(path, message),
                    _ => invalid("", text),
                }
            })?;
        Ok(Self(value))
    }
}

/// The path's parameters. What does not parse names nothing: 404, as for an id that isn't there.
#[derive(Debug, Clone, Copy)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match axum::extract::Path::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(rejection) if rejection.status().is_server_error() => {
                Err(Error::internal(rejection.body_text()).into())
            }
            Err(_) => Err(Error::not_found("address").into()),
        }
    }
}

/// The session token that came with the request, alive or not, if the server's gate found one.
#[derive(Debug, Clone)]
pub struct SessionToken(pub Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for SessionToken {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().cloned().unwrap_or(Self(None)))
    }
}

/// Who asks: the [`Ctx`] that the server put into the request.
#[derive(Debug, Clone)]
pub struct Caller(pub Ctx);

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        match parts.extensions.get::<Ctx>() {
            Some(ctx) => Ok(Self(ctx.clone())),
            None => Err(Error::internal("no Ctx in the request: is the server's gate missing?").into()),
        }
    }
}
