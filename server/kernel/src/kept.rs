//! Answers that are kept for as long as nothing changed. An entry says of which epoch it is; any other epoch makes it
//! worthless, and then it is overwritten or pushed out.

use std::{
    hash::Hash,
    sync::{Arc, PoisonError, RwLock},
};

use quick_cache::{Weighter, sync::Cache};

/// Beside what an entry says of itself.
const OVERHEAD: usize = 128;

/// Up to so many bytes of answers, those that were asked for last.
pub struct Kept<K, V, E = u64>(Cache<K, (E, Arc<V>), Weigh<K, V>>);

struct Weigh<K, V>(fn(&K, &V) -> usize);

impl<K, V> Clone for Weigh<K, V> {
    fn clone(&self) -> Self {
        Self(self.0)
    }
}

impl<K, V, E> Weighter<K, (E, Arc<V>)> for Weigh<K, V> {
    fn weight(&self, key: &K, (_, value): &(E, Arc<V>)) -> u64 {
        ((self.0)(key, value) + OVERHEAD) as u64
    }
}

impl<K: Hash + Eq, V, E: Copy + PartialEq> Kept<K, V, E> {
    /// About `items` of them; `weigh` tells about how many bytes an entry takes.
    pub fn new(items: usize, bytes: u64, weigh: fn(&K, &V) -> usize) -> Self {
        Self(Cache::with_weighter(items, bytes, Weigh(weigh)))
    }

    pub fn get(&self, key: &K, epoch: E) -> Option<Arc<V>> {
        let (of, value) = self.0.get(key)?;
        (of == epoch).then_some(value)
    }

    /// The epoch is that from before the value was read.
    pub fn put(&self, key: K, epoch: E, value: V) -> Arc<V> {
        let value = Arc::new(value);
        self.0.insert(key, (epoch, Arc::clone(&value)));
        value
    }
}

/// The one answer to a question without particulars.
pub struct KeptOne<V>(RwLock<Option<(u64, Arc<V>)>>);

impl<V> Default for KeptOne<V> {
    fn default() -> Self {
        Self(RwLock::default())
    }
}

impl<V> KeptOne<V> {
    pub fn get(&self, epoch: u64) -> Option<Arc<V>> {
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().filter(|(of, _)| *of == epoch).map(|(_, value)| Arc::clone(value))
    }

    /// The epoch is that from before the value was read.
    pub fn put(&self, epoch: u64, value: V) -> Arc<V> {
        let value = Arc::new(value);
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some((epoch, Arc::clone(&value)));
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_kept_until_something_changes() {
        let kept: Kept<String, u32> = Kept::new(10, 10_000, |key, _| key.len());
        let one = KeptOne::default();
        assert_eq!((kept.get(&"a".to_owned(), 1), one.get(1)), (None, None));
        kept.put("a".to_owned(), 1, 7);
        one.put(1, 7);
        assert_eq!((kept.get(&"a".to_owned(), 1), one.get(1)), (Some(Arc::new(7)), Some(Arc::new(7))));
        assert_eq!((kept.get(&"a".to_owned(), 2), one.get(2)), (None, None));
    }

    #[test]
    fn no_more_is_kept_than_was_allowed() {
        let kept: Kept<u32, Vec<u8>> = Kept::new(100, 100_000, |_, value| value.len());
        for key in 0..1_000 {
            kept.put(key, 1, vec![0; 1_000]);
        }
        let left = (0..1_000).filter(|key| kept.get(key, 1).is_some()).count();
        assert!((1..=100).contains(&left), "{left}");
    }
}
