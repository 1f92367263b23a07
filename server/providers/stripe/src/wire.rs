//! Shapes that several objects share.

use std::{collections::BTreeMap, str::FromStr};

use serde::{Deserialize, Deserializer, de::Error as _};
use souk_contract::Timestamp;

/// Stripe's moments are whole seconds since 1970.
pub(crate) fn moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let seconds = i64::deserialize(deserializer)?;
    let moment = seconds.checked_mul(1_000_000).and_then(Timestamp::from_micros);
    moment.ok_or_else(|| D::Error::custom(format!("{seconds} s is beyond the calendar")))
}

pub(crate) fn maybe_moment<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Timestamp>, D::Error> {
    #[derive(Deserialize)]
    #[serde(transparent)]
    struct Moment(#[serde(deserialize_with = "moment")] Timestamp);
    Ok(Option::<Moment>::deserialize(deserializer)?.map(|moment| moment.0))
}

/// A name, or the whole object where its expansion was asked for.
#[derive(Deserialize)]
#[serde(untagged)]
enum Reference {
    Id(String),
    Object { id: String },
}

pub(crate) fn maybe_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let reference = Option::<Reference>::deserialize(deserializer)?;
    Ok(reference.map(|(Reference::Id(id) | Reference::Object { id })| id))
}

/// An id of ours that we had sent along.
pub(crate) fn ours<T: FromStr>(metadata: &BTreeMap<String, String>, name: &str) -> Option<T> {
    metadata.get(name)?.parse().ok()
}
