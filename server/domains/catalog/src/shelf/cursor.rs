//! Where a page of a list begins or ends: the sort key and id of the product beside the edge.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use souk_contract::{Error, ProductId, Result, Sort};

use super::Key;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum Side {
    /// The page begins behind it.
    After,
    /// The page ends before it.
    Before,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum OwnedKey {
    Number(i64),
    Text(String),
}

impl OwnedKey {
    pub(super) fn key(&self) -> Key<'_> {
        match self {
            Self::Number(number) => Key::Number(*number),
            Self::Text(text) => Key::Text(text),
        }
    }
}

/// Opaque to clients. It stays right when products come and go, because it names a place and no number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Cursor {
    #[serde(rename = "s")]
    pub side: Side,
    #[serde(rename = "o")]
    pub sort: Sort,
    #[serde(rename = "k")]
    pub key: OwnedKey,
    #[serde(rename = "i")]
    pub id: ProductId,
}

impl Cursor {
    pub(super) fn new(side: Side, sort: Sort, key: &Key<'_>, id: ProductId) -> Self {
        let key = match key {
            Key::Number(number) => OwnedKey::Number(*number),
            Key::Text(text) => OwnedKey::Text((*text).to_owned()),
        };
        Self { side, sort, key, id }
    }

    pub(super) fn encode(&self) -> Result<String> {
        Ok(URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).map_err(Error::internal)?))
    }

    /// # Errors
    /// `Invalid cursor` where it is none of ours, or of a list that was sorted otherwise.
    pub(super) fn decode(text: &str, sort: Sort) -> Result<Self> {
        let invalid = || Error::invalid("cursor", "invalid", "This page link does not belong to this list.");
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| invalid())?;
        let cursor: Self = serde_json::from_slice(&bytes).map_err(|_| invalid())?;
        if cursor.sort == sort { Ok(cursor) } else { Err(invalid()) }
    }
}
