//! Which part of what was found a page shows, and how its edges are written down.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use souk_contract::{Error, ProductId, Result, Sort};
use uuid::Uuid;

use crate::snapshot::Titles;

const MAX_CURSOR: usize = 4096;

/// A product that was found. The order is by key, then by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Hit {
    pub key: i64,
    pub id: (u64, u64),
}

impl Hit {
    pub(crate) fn product(&self) -> ProductId {
        ProductId::new(Uuid::from_u64_pair(self.id.0, self.id.1))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Relevance,
    /// The merchant's order: a shelf without words has no relevance.
    Entered,
    Newest,
    PriceAsc,
    PriceDesc,
    Title,
}

impl Order {
    pub(crate) fn of(sort: Sort, has_words: bool) -> Self {
        match sort {
            Sort::Featured if has_words => Self::Relevance,
            Sort::Featured => Self::Entered,
            Sort::Newest => Self::Newest,
            Sort::PriceAsc => Self::PriceAsc,
            Sort::PriceDesc => Self::PriceDesc,
            Sort::TitleAsc => Self::Title,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Side {
    /// The page begins behind it.
    After,
    /// The page ends before it.
    Before,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Key {
    Number(i64),
    Text(String),
}

/// Opaque to clients. It stays right when products come and go, because it names a place and no number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Cursor {
    #[serde(rename = "s")]
    side: Side,
    #[serde(rename = "o")]
    sort: Sort,
    #[serde(rename = "k")]
    key: Key,
    #[serde(rename = "i")]
    id: ProductId,
}

impl Cursor {
    fn encode(&self) -> Result<String> {
        Ok(URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).map_err(Error::internal)?))
    }

    /// # Errors
    /// `Invalid cursor` where it is none of ours, or of a list that was sorted otherwise.
    pub(crate) fn decode(text: &str, sort: Sort) -> Result<Self> {
        let invalid = || Error::invalid("cursor", "invalid", "This page link does not belong to this list.");
        if text.len() > MAX_CURSOR {
            return Err(invalid());
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| invalid())?;
        let cursor: Self = serde_json::from_slice(&bytes).map_err(|_| invalid())?;
        let is_text = matches!(cursor.key, Key::Text(_));
        if cursor.sort == sort && is_text == (sort == Sort::TitleAsc) { Ok(cursor) } else { Err(invalid()) }
    }

    fn edge(&self, titles: Option<&Titles>) -> Hit {
        let key = match &self.key {
            Key::Number(number) => *number,
            Key::Text(title) => titles.map_or(0, |titles| titles.key_of(title)),
        };
        Hit { key, id: self.id.uuid().as_u64_pair() }
    }
}

#[derive(Debug)]
pub(crate) struct Page {
    pub hits: Vec<Hit>,
    pub next: Option<String>,
    pub prev: Option<String>,
}

impl Page {
    pub(crate) fn cut(
        mut hits: Vec<Hit>,
        cursor: Option<&Cursor>,
        sort: Sort,
        limit: usize,
        titles: Option<&Titles>,
    ) -> Result<Self> {
        let all = hits.len();
        let (before, after) = match cursor {
            None => {
                keep_first(&mut hits, limit);
                (0, all - hits.len())
            }
            Some(cursor) => {
                let edge = cursor.edge(titles);
                match cursor.side {
                    Side::After => {
                        hits.retain(|hit| *hit > edge);
                        let behind = hits.len();
                        keep_first(&mut hits, limit);
                        (all - behind, behind - hits.len())
                    }
                    Side::Before => {
                        hits.retain(|hit| *hit < edge);
                        let ahead = hits.len();
                        hits.sort_unstable();
                        hits.drain(..ahead.saturating_sub(limit));
                        (ahead - hits.len(), all - ahead)
                    }
                }
            }
        };
        let edge = |side: Side, hit: Option<&Hit>| {
            let Some(hit) = hit else { return Ok(None) };
            let key = match titles {
                Some(titles) => Key::Text(titles.title(hit.key).to_owned()),
                None => Key::Number(hit.key),
            };
            Cursor { side, sort, key, id: hit.product() }.encode().map(Some)
        };
        let next = if after > 0 { edge(Side::After, hits.last())? } else { None };
        let prev = if before > 0 { edge(Side::Before, hits.first())? } else { None };
        Ok(Self { hits, next, prev })
    }
}

fn keep_first(hits: &mut Vec<Hit>, limit: usize) {
    if limit < hits.len() {
        hits.select_nth_unstable(limit);
        hits.truncate(limit);
    }
    hits.sort_unstable();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits() -> Vec<Hit> {
        // Scattered, with equal keys.
        (0..10_u64).map(|n| (n * 7) % 10).map(|n| Hit { key: (n / 3) as i64, id: (0, n) }).collect()
    }

    fn cut(cursor: Option<&str>) -> Page {
        let cursor = cursor.map(|text| Cursor::decode(text, Sort::Newest).expect("a cursor"));
        Page::cut(hits(), cursor.as_ref(), Sort::Newest, 4, None).expect("a page")
    }

    fn numbers(page: &Page) -> Vec<u64> {
        page.hits.iter().map(|hit| hit.id.1).collect()
    }

    #[test]
    fn pages_follow_one_another_in_both_directions() {
        let first = cut(None);
        assert_eq!((numbers(&first), first.prev.is_none()), (vec![0, 1, 2, 3], true));
        let second = cut(first.next.as_deref());
        assert_eq!(numbers(&second), [4, 5, 6, 7]);
        let third = cut(second.next.as_deref());
        assert_eq!((numbers(&third), third.next.is_none()), (vec![8, 9], true));
        let back = cut(third.prev.as_deref());
        assert_eq!(numbers(&back), [4, 5, 6, 7]);
        let start = cut(back.prev.as_deref());
        assert_eq!((numbers(&start), start.prev.is_none()), (vec![0, 1, 2, 3], true));
    }

    #[test]
    fn a_cursor_of_another_order_is_refused() {
        let next = cut(None).next.expect("a cursor");
        assert!(Cursor::decode(&next, Sort::PriceAsc).is_err());
        for bad in ["", "!!", "e30", &"A".repeat(5000)] {
            assert!(Cursor::decode(bad, Sort::Newest).is_err(), "{bad}");
        }
    }
}
