//! How a server function fails: the contract's error, as JSON.

use leptos::server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use serde::{Deserialize, Serialize};
use souk_contract::{Error, FieldError};

/// [`Error`] for server functions. An internal detail never leaves the server.
///
/// On the wire it is flat ([`Wire`]): a third of the browser's code for reading the tagged enum.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Wire", into = "Wire")]
pub struct Failure(pub Error);

#[derive(Serialize, Deserialize)]
struct Wire {
    kind: String,
    code: String,
    message: String,
    fields: Vec<FieldError>,
}

impl From<Failure> for Wire {
    fn from(Failure(error): Failure) -> Self {
        let wire = |kind: &str, message: String| Self {
            kind: kind.to_owned(),
            code: String::new(),
            message,
            fields: Vec::new(),
        };
        match error {
            Error::NotFound { what } => wire("not_found", what),
            Error::Invalid { fields } => Self { fields, ..wire("invalid", String::new()) },
            Error::Conflict { code, message } => Self { code, ..wire("conflict", message) },
            Error::Denied { message } => wire("denied", message),
            Error::Unauthenticated { message } => wire("unauthenticated", message),
            Error::Limited { retry_after_seconds } => wire("limited", retry_after_seconds.to_string()),
            Error::Unavailable { what } => wire("unavailable", what),
            Error::Internal { .. } => wire("internal", String::new()),
        }
    }
}

impl From<Wire> for Failure {
    fn from(Wire { kind, code, message, fields }: Wire) -> Self {
        Self(match kind.as_str() {
            "not_found" => Error::NotFound { what: message },
            "invalid" => Error::Invalid { fields },
            "conflict" => Error::Conflict { code, message },
            "denied" => Error::Denied { message },
            "unauthenticated" => Error::Unauthenticated { message },
            "limited" => Error::Limited { retry_after_seconds: message.parse().unwrap_or_default() },
            "unavailable" => Error::Unavailable { what: message },
            _ => Error::internal(""),
        })
    }
}

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

/// What is [`Error::Unavailable`] where there was no answer at all, or the server is too busy for one.
pub const SHOP: &str = "The shop";

impl FromServerFnError for Failure {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        Self(match error {
            ServerFnErrorErr::Args(text) | ServerFnErrorErr::MissingArg(text) => {
                Error::invalid("", "invalid", text)
            }
            ServerFnErrorErr::Request(_) => Error::Unavailable { what: SHOP.to_owned() },
            other => Error::internal(other),
        })
    }
}

/// A form that was refused: shown beside its fields.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Refusal {
    /// Path of the server function: tells the page's forms apart.
    pub action: String,
    #[serde(with = "wired")]
    pub error: Error,
    /// What was typed, when the page had to be made anew. Never passwords.
    #[serde(default)]
    pub entered: Vec<(String, String)>,
}

mod wired {
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};
    use souk_contract::Error;

    use super::Failure;

    pub fn serialize<S: Serializer>(error: &Error, serializer: S) -> Result<S::Ok, S::Error> {
        Failure(error.clone()).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Error, D::Error> {
        Failure::deserialize(deserializer).map(|failure| failure.0)
    }
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
        let found =
            names.iter().find_map(|(path, name)| one.field.strip_prefix(path).map(|rest| (name, rest)));
        if let Some((name, rest)) = found {
            one.field = format!("{name}[{rest}]");
        }
    }
    Error::Invalid { fields }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use souk_contract::Error;

    use super::{Failure, Refusal, renamed};

    #[test]
    fn every_error_arrives_as_it_was_sent() {
        let errors = [
            Error::not_found("cart"),
            Error::invalid("email", "invalid", "No."),
            Error::conflict("out_of_stock", "Sold out."),
            Error::denied("No."),
            Error::Unauthenticated { message: "Sign in.".into() },
            Error::Limited { retry_after_seconds: 9 },
            Error::Unavailable { what: "Search".into() },
        ];
        for error in errors {
            let json = serde_json::to_string(&Failure(error.clone())).unwrap();
            assert_eq!(serde_json::from_str::<Failure>(&json).unwrap().0, error);
        }
        let json = serde_json::to_string(&Failure(Error::internal("a secret path"))).unwrap();
        assert!(!json.contains("secret"));
    }

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
