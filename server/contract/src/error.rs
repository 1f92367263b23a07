//! The one error that crosses domain walls. A domain's own errors are richer and map into it once.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What is wrong with one field of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// Path to the field: `email`, `lines[2].quantity`.
    pub field: String,
    /// For machines: `required`, `too_long`, `out_of_range`, `invalid`.
    pub code: String,
    /// For people.
    pub message: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Error {
    /// No such thing, or not yours: the two are not told apart.
    NotFound { what: String },
    /// The request itself is wrong; each field says how.
    Invalid { fields: Vec<FieldError> },
    /// The request is right but the state of things refuses it: `out_of_stock`, `stale_version`.
    Conflict { code: String, message: String },
    /// Known caller, not allowed.
    Denied { message: String },
    /// Nobody signed in where somebody must be.
    Unauthenticated { message: String },
    /// Too many tries; come back later.
    Limited { retry_after_seconds: u64 },
    /// A dependency is down; nothing was changed.
    Unavailable { what: String },
    /// Our fault. The detail is for the log, never for the answer.
    Internal { detail: String },
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub fn not_found(what: impl Into<String>) -> Self {
        Self::NotFound { what: what.into() }
    }

    pub fn invalid(field: impl Into<String>, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid {
            fields: vec![FieldError { field: field.into(), code: code.into(), message: message.into() }],
        }
    }

    pub fn conflict(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Conflict { code: code.into(), message: message.into() }
    }

    pub fn denied(message: impl Into<String>) -> Self {
        Self::Denied { message: message.into() }
    }

    pub fn internal(detail: impl fmt::Display) -> Self {
        Self::Internal { detail: detail.to_string() }
    }

    /// HTTP's word for it (RFC 9110, 6585), for the API and for pages.
    pub fn status(&self) -> u16 {
        match self {
            Self::NotFound { .. } => 404,
            Self::Invalid { .. } => 422,
            Self::Conflict { code, .. } if code == "stale_version" => 412,
            Self::Conflict { .. } => 409,
            Self::Denied { .. } => 403,
            Self::Unauthenticated { .. } => 401,
            Self::Limited { .. } => 429,
            Self::Unavailable { .. } => 503,
            Self::Internal { .. } => 500,
        }
    }

    /// The text for a person who looks at a page; an internal detail stays hidden.
    pub fn public_message(&self) -> String {
        match self {
            Self::NotFound { what } => format!("We can't find that {what}."),
            Self::Invalid { fields } => {
                fields.iter().map(|field| field.message.clone()).collect::<Vec<_>>().join(" ")
            }
            Self::Conflict { message, .. } | Self::Denied { message } | Self::Unauthenticated { message } => {
                message.clone()
            }
            Self::Limited { retry_after_seconds } => {
                format!("Too many tries. Please try again in {retry_after_seconds} seconds.")
            }
            Self::Unavailable { what } => format!("{what} is not available right now. Please try again."),
            Self::Internal { .. } => "Something went wrong on our side. Nothing was lost.".to_owned(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound { what } => write!(f, "no such {what}"),
            Self::Invalid { fields } => {
                f.write_str("invalid request")?;
                fields.iter().try_for_each(|field| write!(f, "; {}: {}", field.field, field.message))
            }
            Self::Conflict { code, message } => write!(f, "conflict ({code}): {message}"),
            Self::Denied { message } => write!(f, "denied: {message}"),
            Self::Unauthenticated { message } => write!(f, "unauthenticated: {message}"),
            Self::Limited { retry_after_seconds } => {
                write!(f, "limited: retry after {retry_after_seconds} s")
            }
            Self::Unavailable { what } => write!(f, "unavailable: {what}"),
            Self::Internal { detail } => write!(f, "internal: {detail}"),
        }
    }
}
impl std::error::Error for Error {}

/// Collects field errors, so that one answer names every wrong field.
#[derive(Debug, Default)]
pub struct Check(Vec<FieldError>);

impl Check {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn that(&mut self, holds: bool, field: &str, code: &str, message: &str) -> &mut Self {
        if !holds {
            self.0.push(FieldError { field: field.into(), code: code.into(), message: message.into() });
        }
        self
    }

    /// Not blank, and at most `max` characters.
    pub fn text(&mut self, value: &str, field: &str, max: usize) -> &mut Self {
        self.that(!value.trim().is_empty(), field, "required", "Please fill this in.");
        self.short(value, field, max)
    }

    /// At most `max` characters.
    pub fn short(&mut self, value: &str, field: &str, max: usize) -> &mut Self {
        let message = format!("At most {max} characters.");
        self.that(value.chars().count() <= max, field, "too_long", &message)
    }

    pub fn done(&mut self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::Invalid { fields: std::mem::take(&mut self.0) }) }
    }
}
