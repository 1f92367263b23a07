//! Long lists, a page at a time.
//!
//! Source: docs.stripe.com/api/pagination: at most 100 a page, newest first; the next page begins after the last id.

use std::marker::PhantomData;

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use souk_contract::Timestamp;

use crate::{Stripe, StripeError, form::Form};

const PAGE: u32 = 100;

/// A span of time: from its first moment, up to but without its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Created {
    pub from: Timestamp,
    pub until: Timestamp,
}

impl Created {
    /// Stripe counts whole seconds: the one that `from` lies in, and the one that `until` lies in, are in it.
    pub(crate) fn query(self) -> Form {
        let mut query = Form::default();
        let until = self.until.micros();
        query
            .put("created[gte]", self.from.micros().div_euclid(1_000_000))
            .put("created[lt]", until.div_euclid(1_000_000) + i64::from(until.rem_euclid(1_000_000) != 0));
        query
    }
}

/// The pages of a list, fetched as they are asked for.
#[derive(Debug)]
pub struct Pages<'a, T> {
    stripe: &'a Stripe,
    path: &'static str,
    query: Form,
    after: Option<String>,
    over: bool,
    entries: PhantomData<fn() -> T>,
}

#[derive(Deserialize)]
struct Page {
    data: Vec<Value>,
    has_more: bool,
}

impl<'a, T: DeserializeOwned> Pages<'a, T> {
    pub(crate) fn new(stripe: &'a Stripe, path: &'static str, query: Form) -> Self {
        Self { stripe, path, query, after: None, over: false, entries: PhantomData }
    }

    /// The next page; None after the last one. After an error the same page is asked for again.
    pub async fn next(&mut self) -> Result<Option<Vec<T>>, StripeError> {
        if self.over {
            return Ok(None);
        }
        let mut query = self.query.clone();
        query.put("limit", PAGE).maybe("starting_after", self.after.as_deref());
        let page: Page = self.stripe.get(&[self.path], &query).await?;
        let last = page.data.last().and_then(|entry| entry["id"].as_str()).map(str::to_owned);
        if page.has_more && (last.is_none() || last == self.after) {
            return Err(unreadable("a list that goes on and does not get on"));
        }
        let entries: Result<Vec<T>, _> = page.data.into_iter().map(serde_json::from_value).collect();
        let entries = entries.map_err(|error| unreadable(&format!("what can't be read: {error}")))?;
        self.over = !page.has_more;
        self.after = last;
        Ok(Some(entries))
    }

    /// Everything that is left of it. Mind the memory: a busy day has many thousand.
    pub async fn all(mut self) -> Result<Vec<T>, StripeError> {
        let mut all = Vec::new();
        while let Some(page) = self.next().await? {
            all.extend(page);
        }
        Ok(all)
    }
}

fn unreadable(what: &str) -> StripeError {
    StripeError::Unavailable { why: format!("answered {what}"), request: None }
}
