//! What the test gateway tells unasked: signed as real ones sign, by a key of this shop's own.

use serde::{Deserialize, Serialize};
use souk_contract::{Currency, Error, Money, Result, Timestamp};

use super::{
    Notice,
    test::{TestGateway, find},
};

const PURPOSE: &str = "payments.test_gateway";
const ACCOUNT: &str = "acct_test";
/// As long as Stripe lets one travel.
const TOLERANCE_SECONDS: i64 = 300;

#[derive(Serialize, Deserialize)]
struct Told {
    id: String,
    kind: String,
    account: String,
    charge: String,
    amount_minor: i64,
    currency: Currency,
}

impl TestGateway {
    /// What it would send about a charge now: signature and body. `event` is its name, the same for each time it is sent.
    ///
    /// # Errors
    /// `NotFound` where there is no such charge.
    pub async fn notice(&self, event: &str, reference: &str) -> Result<(String, Vec<u8>)> {
        let charge = find(&mut *self.db.read().await?, reference).await?;
        let charge = charge.ok_or_else(|| Error::not_found("payment"))?;
        let told = Told {
            id: event.to_owned(),
            kind: format!("charge.{}", charge.state),
            account: ACCOUNT.to_owned(),
            charge: charge.reference,
            amount_minor: charge.amount_minor,
            currency: charge.currency,
        };
        let body = serde_json::to_vec(&told).map_err(Error::internal)?;
        Ok((self.sign(&body), body))
    }

    /// The signature of a body, made now.
    pub fn sign(&self, body: &[u8]) -> String {
        let at = self.kit.now().micros() / 1_000_000;
        format!("t={at},v1={}", self.kit.secrets.sign(PURPOSE, &signed(at, body)))
    }

    pub(super) fn read(&self, signature: &str, body: &[u8], now: Timestamp) -> Result<Notice, String> {
        let (at, made) = signature
            .strip_prefix("t=")
            .and_then(|rest| rest.split_once(",v1="))
            .and_then(|(at, made)| Some((at.parse::<i64>().ok()?, made)))
            .ok_or("Its signature can't be read.")?;
        if !self.kit.secrets.verify(PURPOSE, &signed(at, body), made) {
            return Err("Its signature is not the gateway's.".to_owned());
        }
        if (now.micros() / 1_000_000 - at).abs() > TOLERANCE_SECONDS {
            return Err("It is too old.".to_owned());
        }
        let told: Told =
            serde_json::from_slice(body).map_err(|error| format!("It can't be read: {error}."))?;
        if told.account != ACCOUNT {
            return Err(format!("It is for another account: {}.", told.account));
        }
        Ok(Notice {
            event: told.id,
            kind: told.kind,
            reference: Some(told.charge),
            amount: Some(Money::new(told.amount_minor, told.currency)),
        })
    }
}

fn signed(at: i64, body: &[u8]) -> Vec<u8> {
    let mut message = format!("{at}.").into_bytes();
    message.extend_from_slice(body);
    message
}
