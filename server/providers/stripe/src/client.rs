//! One call: sent with its idempotency key, repeated with the same, and settled.

use std::{fmt, time::Duration};

use bytes::{Bytes, BytesMut};
use reqwest::{
    Client, Method, Response,
    header::{self, HeaderMap, HeaderValue},
    redirect,
};
use serde::de::DeserializeOwned;
use tokio::time::Instant;
use url::{Host, Url};

use crate::{Patience, Secret, StripeError, error::ErrorBody, form::Form, retry::may_fare_better};

/// What the answers are shaped by, whatever the account's own version is.
///
/// From 2025-03-31 on, a part that is captured or a hold that is let go leaves no refund behind; from 2024-10-28 on, every
/// refund has its events (docs.stripe.com/changelog).
pub const VERSION: &str = "2025-09-30.clover";

const HOME: &str = "https://api.stripe.com";
const CONNECT_TIME: Duration = Duration::from_secs(5);
const MOST_BYTES: usize = 16 << 20;
/// Stripe's own limit.
const LONGEST_KEY: usize = 255;

/// Where to ask, as whom, and how patiently.
#[derive(Debug, Clone)]
pub struct Settings {
    pub key: Secret,
    /// `https`, or this machine.
    pub base: String,
    pub patience: Patience,
}

impl Settings {
    pub fn new(key: Secret) -> Self {
        Self { key, base: HOME.to_owned(), patience: Patience::default() }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    #[error("{0:?} is neither an https address nor one of this machine")]
    Base(String),
    #[error("the API key has characters that can't be sent")]
    Key,
    #[error("TLS can't be set up: {0}")]
    Tls(String),
}

/// Speaks to Stripe. Cheap to clone; connections are kept.
#[derive(Clone)]
pub struct Stripe {
    http: Client,
    base: Url,
    patience: Patience,
}

impl fmt::Debug for Stripe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stripe").field("base", &self.base.as_str()).finish_non_exhaustive()
    }
}

impl Stripe {
    /// # Errors
    /// Where the settings can't be right; whether the key is, Stripe says at the first call.
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        let base = checked(&settings.base)?;
        let mut bearer = HeaderValue::from_str(&format!("Bearer {}", settings.key.expose()))
            .map_err(|_| SettingsError::Key)?;
        bearer.set_sensitive(true);
        let always = HeaderMap::from_iter([
            (header::AUTHORIZATION, bearer),
            (header::HeaderName::from_static("stripe-version"), HeaderValue::from_static(VERSION)),
        ]);
        let http = Client::builder()
            .default_headers(always)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .https_only(base.scheme() == "https")
            .connect_timeout(CONNECT_TIME)
            .user_agent(concat!("souk/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| SettingsError::Tls(error.to_string()))?;
        Ok(Self { http, base, patience: settings.patience })
    }

    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &Form,
    ) -> Result<T, StripeError> {
        self.keyless(Method::GET, path, query).await
    }

    pub(crate) async fn delete<T: DeserializeOwned>(&self, path: &[&str]) -> Result<T, StripeError> {
        self.keyless(Method::DELETE, path, &Form::default()).await
    }

    /// What can be asked as often as one likes.
    async fn keyless<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &[&str],
        query: &Form,
    ) -> Result<T, StripeError> {
        let mut url = self.url(path)?;
        let query = query.encode();
        url.set_query((!query.is_empty()).then_some(&query));
        let call = Call { seed: url.as_str().to_owned(), method, url, key: None, body: Bytes::new() };
        read(self.settled(&call).await?)
    }

    /// The key names what is asked for: the same again finds its own work, for a day at least.
    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        path: &[&str],
        key: &str,
        form: &Form,
    ) -> Result<T, StripeError> {
        let sendable = !key.is_empty() && key.len() <= LONGEST_KEY;
        let header = HeaderValue::from_str(key).ok().filter(|_| sendable);
        let Some(header) = header else {
            return Err(StripeError::wrong(
                "Idempotency-Key",
                "must be 1 to 255 characters that can be sent",
            ));
        };
        let call = Call {
            method: Method::POST,
            url: self.url(path)?,
            seed: key.to_owned(),
            key: Some(header),
            body: form.encode().into(),
        };
        read(self.settled(&call).await?)
    }

    fn url(&self, path: &[&str]) -> Result<Url, StripeError> {
        let mut url = self.base.clone();
        for part in path {
            // Ids come from outside too; none may lead to another path.
            let plain = part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            if part.is_empty() || !plain {
                return Err(StripeError::wrong("id", format!("{part:?} is no id of Stripe's")));
            }
        }
        let base = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base}/v1/{}", path.join("/")));
        Ok(url)
    }

    async fn settled(&self, call: &Call) -> Result<Answer, StripeError> {
        let begun = Instant::now();
        // Whether a try so far may have been carried out without our knowing: then no later refusal to listen says
        // that nothing was done.
        let mut doubt = false;
        let mut tries = 0;
        loop {
            tries += 1;
            let left = self.patience.whole.saturating_sub(begun.elapsed());
            let outcome = self.attempt(call, left.min(self.patience.each)).await;
            doubt |= outcome.as_ref().map_or_else(|broken| broken.sent, Answer::leaves_doubt);
            let again = match &outcome {
                Ok(answer) => may_fare_better(answer.status, answer.should_retry),
                Err(_) => true,
            };
            let asked = outcome.as_ref().ok().and_then(|answer| answer.retry_after).unwrap_or_default();
            let pause = self.patience.pause_after(tries, &call.seed).max(asked);
            let left = self.patience.whole.saturating_sub(begun.elapsed());
            if !again || tries >= self.patience.tries || pause >= left {
                return settle(outcome, doubt);
            }
            tokio::time::sleep(pause).await;
        }
    }

    async fn attempt(&self, call: &Call, limit: Duration) -> Result<Answer, Broken> {
        let mut request = self.http.request(call.method.clone(), call.url.clone());
        if let Some(key) = &call.key {
            request = request
                .header("idempotency-key", key)
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(call.body.clone());
        }
        let work = async { Answer::read(request.send().await?).await };
        match tokio::time::timeout(limit, work).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Broken { sent: true, why: "took too long".to_owned() }),
        }
    }
}

fn checked(base: &str) -> Result<Url, SettingsError> {
    let wrong = || SettingsError::Base(base.to_owned());
    let url = Url::parse(base).map_err(|_| wrong())?;
    let here = match url.host() {
        None => return Err(wrong()),
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
    };
    let bare = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    let fine = bare && (url.scheme() == "https" || (url.scheme() == "http" && here));
    if fine { Ok(url) } else { Err(wrong()) }
}

struct Call {
    method: Method,
    url: Url,
    key: Option<HeaderValue>,
    body: Bytes,
    /// Spreads the pauses.
    seed: String,
}

/// A try without an answer.
struct Broken {
    /// Whether Stripe may have got it.
    sent: bool,
    why: String,
}

impl From<reqwest::Error> for Broken {
    fn from(error: reqwest::Error) -> Self {
        if error.is_connect() {
            Self { sent: false, why: "no connection".to_owned() }
        } else {
            Self { sent: true, why: format!("the connection broke: {}", error.without_url()) }
        }
    }
}

struct Answer {
    status: u16,
    should_retry: Option<bool>,
    retry_after: Option<Duration>,
    /// Stripe's name for the request.
    request: Option<String>,
    body: Bytes,
}

impl Answer {
    async fn read(mut response: Response) -> Result<Self, Broken> {
        let text = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
        let should_retry = text("stripe-should-retry").and_then(|value| value.parse().ok());
        let retry_after = text("retry-after").and_then(|value| value.parse().ok()).map(Duration::from_secs);
        let request = text("request-id").map(str::to_owned);
        let status = response.status().as_u16();
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > MOST_BYTES {
                return Err(Broken { sent: true, why: format!("answered more than {MOST_BYTES} bytes") });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Self { status, should_retry, retry_after, request, body: body.freeze() })
    }

    /// A 5xx says nothing of what was done before it; and a conflict is with an earlier try of ours that is under way,
    /// unless it is over a lock that somebody else holds.
    fn leaves_doubt(&self) -> bool {
        let locked = || ErrorBody::of(&self.body).code.as_deref() == Some("lock_timeout");
        self.status >= 500 || (self.status == 409 && !locked())
    }
}

fn settle(outcome: Result<Answer, Broken>, doubt: bool) -> Result<Answer, StripeError> {
    let answer = match outcome {
        Ok(answer) if (200..300).contains(&answer.status) => return Ok(answer),
        Ok(answer) => answer,
        Err(broken) => return Err(StripeError::Unavailable { why: broken.why, request: None }),
    };
    let Answer { status, retry_after, request, .. } = answer;
    let error = ErrorBody::of(&answer.body);
    let unheard = matches!(status, 401 | 403 | 409 | 429);
    if !(400..500).contains(&status) || (doubt && unheard) {
        return Err(StripeError::Unavailable { why: format!("answered {status}"), request });
    }
    Err(match status {
        401 | 403 => StripeError::Authentication { status, request },
        409 | 429 => StripeError::RateLimited { retry_after },
        402 => StripeError::Declined(Box::new(error.decline(request))),
        _ => StripeError::Invalid(Box::new(error.refusal(status, request))),
    })
}

/// An answer that can't be read leaves open what was done.
fn read<T: DeserializeOwned>(answer: Answer) -> Result<T, StripeError> {
    serde_json::from_slice(&answer.body).map_err(|error| StripeError::Unavailable {
        why: format!("answered what can't be read: {error}"),
        request: answer.request,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What HTTP's own layers would write into a log.
    #[test]
    fn the_connection_does_not_show_the_key() {
        let stripe = Stripe::new(&Settings::new(Secret::new("sk_test_hunter2"))).expect("a client");
        let shown = format!("{:?}", stripe.http);
        assert!(shown.contains("authorization"), "{shown}");
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
