//! How a server function fails: the contract's error, as JSON.

use leptos::server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use serde::{Deserialize, Serialize};
use souk_contract::Error;

/// [`Error`] for server functions. An internal detail never leaves the server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Failure(pub Error);

pub type Result<T> = std::result::Result<T, Failure>;

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        #[cfg(feature = "ssr")]
        if let Error::Internal { detail } = &error {
            tracing::error!(%detail, "a server function failed");
            return Self(Error::internal(""));
        }
        Self(error)
    }
}

impl FromServerFnError for Failure {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        Self(match error {
            ServerFnErrorErr::Args(text) | ServerFnErrorErr::MissingArg(text) => Error::invalid("", "invalid", text),
            other => Error::internal(other),
        })
    }
}

/// A form that was refused: shown beside its fields.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Refusal {
    /// Path of the server function: tells the page's forms apart.
    pub action: String,
    pub error: Error,
    /// What was typed, when the page had to be made anew. Never passwords.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entered: Vec<(String, String)>,
}

impl Refusal {
    /// What is wrong with one field.
    pub fn field(&self, name: &str) -> Option<&str> {
        let Error::Invalid { fields } = &self.error else { return None };
        fields.iter().find(|one| one.field == name).map(|one| one.message.as_str())
    }

    /// What no field of the form shows.
    pub fn general(&self, shown: &[&str]) -> Option<String> {
        match &self.error {
            Error::Invalid { fields } => {
                let rest: Vec<&str> = fields
                    .iter()
                    .filter(|one| !shown.contains(&one.field.as_str()))
                    .map(|one| one.message.as_str())
                    .collect();
                (!rest.is_empty()).then(|| rest.join(" "))
            }
            other => Some(other.public_message()),
        }
    }

    pub fn entered(&self, name: &str) -> Option<&str> {
        self.entered.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}
