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
            ServerFnErrorErr::Args(text) | ServerFnErrorErr::MissingArg(text) => {
                Error::invalid("", "invalid", text)
            }
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
    #[serde(default)]
    pub entered: Vec<(String, String)>,
}

impl Refusal {
    /// What is wrong with one field.
    pub fn field(&self, name: &str) -> Option<&str> {
        let Error::Invalid { fields } = &self.error else { return None };
        fields.iter().find(|one| one.field == name).map(|one| one.message.as_str())
    }

    /// What no field of the form shows; `shown` are the names of its fields.
    pub fn general(&self, shown: &[&str]) -> Option<String> {
        match &self.error {
            Error::Invalid { fields } => {
                let rest = fields.iter().filter(|one| !shown.contains(&one.field.as_str()));
                let rest: Vec<&str> = rest.map(|one| one.message.as_str()).collect();
                (!rest.is_empty()).then(|| rest.join(" "))
            }
            other => Some(other.public_message()),
        }
    }

    pub fn entered(&self, name: &str) -> Option<&str> {
        self.entered.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Calls faulty fields as the form calls them: with `("shipping_address.", "address")`, `shipping_address.city` becomes
/// `address[city]`.
#[cfg(feature = "ssr")]
pub fn renamed(error: Error, names: &[(&str, &str)]) -> Error {
    let Error::Invalid { mut fields } = error else { return error };
    for one in &mut fields {
        let found = names.iter().find_map(|(path, name)| one.field.strip_prefix(path).map(|rest| (name, rest)));
        if let Some((name, rest)) = found {
            one.field = format!("{name}[{rest}]");
        }
    }
    Error::Invalid { fields }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use souk_contract::Error;

    use super::{Refusal, renamed};

    #[test]
    fn a_fault_is_found_under_the_forms_own_name() {
        let error = Error::invalid("shipping_address.city", "required", "Please fill this in.");
        let error = renamed(error, &[("shipping_address.", "address"), ("billing_address.", "billing")]);
        let refusal = Refusal { action: "/fn/x".into(), error, entered: vec![] };
        assert_eq!(refusal.field("address[city]"), Some("Please fill this in."));
        assert_eq!(refusal.general(&["address[city]"]), None);
        assert_eq!(refusal.general(&["email"]).as_deref(), Some("Please fill this in."));
    }
}
