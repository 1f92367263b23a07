//! Stripe reads forms, in which brackets make what is nested: `metadata[order]=…`.

use std::{borrow::Cow, fmt::Display};

use url::form_urlencoded::Serializer;

#[derive(Debug, Default, Clone)]
pub(crate) struct Form(Vec<(Cow<'static, str>, String)>);

impl Form {
    pub(crate) fn put(&mut self, name: impl Into<Cow<'static, str>>, value: impl Display) -> &mut Self {
        self.0.push((name.into(), value.to_string()));
        self
    }

    pub(crate) fn maybe(&mut self, name: &'static str, value: Option<impl Display>) -> &mut Self {
        if let Some(value) = value {
            self.put(name, value);
        }
        self
    }

    pub(crate) fn encode(&self) -> String {
        Serializer::new(String::new()).extend_pairs(&self.0).finish()
    }
}
