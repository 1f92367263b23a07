//! What Stripe sends by itself, and whether it was Stripe.
//!
//! Source: docs.stripe.com/webhooks, "Verify webhook signatures manually" and "Roll endpoint signing secrets".

use std::time::Duration;

use hmac::{Hmac, Mac};
use sha2::Sha256;
use souk_contract::Timestamp;

use crate::{Event, Secret};

const TOLERANCE: Duration = Duration::from_secs(5 * 60);
/// One for each secret, of which two are in use while they change. More would only cost us time.
const MOST_SIGNATURES: usize = 16;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    #[error("the Stripe-Signature header is not of the form t=…,v1=…")]
    Header,
    /// Not signed with any of our secrets: forged, changed on its way, or of another endpoint.
    #[error("the signature is not one of ours")]
    Signature,
    /// Truly signed, but at another time: sent a second time by somebody, or a clock is wrong.
    #[error("signed {0} s away from now")]
    Stale(u64),
    #[error("a {kind} event that can't be read: {why}")]
    Unreadable { kind: String, why: String },
}

/// Opens what arrives at one endpoint.
#[derive(Debug, Clone)]
pub struct Webhook {
    secrets: Vec<Secret>,
    tolerance: Duration,
}

impl Webhook {
    /// The secrets of the endpoint, `whsec_…`: two while they change. With none nothing is genuine.
    pub fn new(secrets: impl IntoIterator<Item = Secret>) -> Self {
        // An empty key would sign for everybody.
        let secrets = secrets.into_iter().filter(|secret| !secret.expose().is_empty());
        Self { secrets: secrets.collect(), tolerance: TOLERANCE }
    }

    /// Checks, then reads. The body is that which arrived, byte by byte. An event may come more than once, and in any
    /// order: its id tells it apart.
    pub fn open(&self, signature: &str, body: &[u8], now: Timestamp) -> Result<Event, WebhookError> {
        self.check(signature, body, now)?;
        Event::read(body)
    }

    /// Whether Stripe signed these bytes, and not long ago.
    pub fn check(&self, signature: &str, body: &[u8], now: Timestamp) -> Result<(), WebhookError> {
        let header = Header::parse(signature).ok_or(WebhookError::Header)?;
        let genuine = self.secrets.iter().any(|secret| header.is_of(secret, body));
        if !genuine {
            return Err(WebhookError::Signature);
        }
        let away = now.micros().div_euclid(1_000_000).abs_diff(header.seconds);
        if away > self.tolerance.as_secs() { Err(WebhookError::Stale(away)) } else { Ok(()) }
    }
}

struct Header<'a> {
    /// As it was sent: that is what was signed.
    time: &'a str,
    seconds: i64,
    signatures: Vec<Vec<u8>>,
}

impl<'a> Header<'a> {
    /// Schemes other than v1 are passed over, so that none can be put in its place.
    fn parse(text: &'a str) -> Option<Self> {
        let mut time = None;
        let mut signatures = Vec::new();
        for part in text.split(',') {
            match part.trim().split_once('=')? {
                ("t", _) if time.is_some() => return None,
                ("t", value) => time = Some(value),
                ("v1", value) if signatures.len() < MOST_SIGNATURES => signatures.extend(hex::decode(value)),
                _ => {}
            }
        }
        let time = time?;
        let seconds = time.parse().ok()?;
        (!signatures.is_empty()).then_some(Self { time, seconds, signatures })
    }

    fn is_of(&self, secret: &Secret, body: &[u8]) -> bool {
        // HMAC takes a key of any length.
        let Ok(mac) = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()) else { return false };
        let mac = mac.chain_update(self.time).chain_update(b".").chain_update(body);
        // Compares in constant time.
        self.signatures.iter().any(|signature| mac.clone().verify_slice(signature).is_ok())
    }
}
