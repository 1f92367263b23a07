//! What changed since it was last read: the epoch for caches, and the products that the shelf must read again.

use std::{
    collections::HashSet,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use souk_contract::ProductId;

/// With more than so many changed products it is cheaper to load them all.
const MANY: usize = 1000;

#[derive(Debug, Default, Clone)]
pub(crate) struct Marks {
    /// Read every product again.
    pub all: bool,
    pub products: HashSet<ProductId>,
    /// Read the collections' rules again.
    pub collections: bool,
}

impl Marks {
    /// Something shows differently, but no list is sorted or filtered by it.
    pub(crate) fn looks() -> Self {
        Self::default()
    }

    pub(crate) fn products(ids: impl IntoIterator<Item = ProductId>) -> Self {
        Self { products: ids.into_iter().collect(), ..Self::default() }
    }

    pub(crate) fn collections() -> Self {
        Self { collections: true, ..Self::default() }
    }

    fn is_empty(&self) -> bool {
        !self.all && self.products.is_empty() && !self.collections
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.all |= other.all;
        self.collections |= other.collections;
        self.products.extend(other.products);
        if self.products.len() > MANY {
            self.all = true;
        }
        if self.all {
            self.products.clear();
        }
    }
}

#[derive(Debug)]
pub(crate) struct Fresh {
    epoch: AtomicU64,
    marks: Mutex<Marks>,
}

impl Fresh {
    /// Nothing was read yet.
    pub(crate) fn new() -> Self {
        let everything = Marks { all: true, collections: true, ..Marks::default() };
        Self { epoch: AtomicU64::new(1), marks: Mutex::new(everything) }
    }

    pub(crate) fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::SeqCst)
    }

    /// Call it after the commit. The marks come first: whoever sees the new epoch finds them.
    pub(crate) fn mark(&self, marks: Marks) {
        self.marks.lock().unwrap_or_else(PoisonError::into_inner).add(marks);
        self.epoch.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn is_stale(&self) -> bool {
        !self.marks.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Takes the marks away for somebody who reads what they name. Dropped before [`Taken::done`], they are back.
    pub(crate) fn take(&self) -> Taken<'_> {
        let marks = std::mem::take(&mut *self.marks.lock().unwrap_or_else(PoisonError::into_inner));
        Taken { fresh: self, marks }
    }
}

pub(crate) struct Taken<'a> {
    fresh: &'a Fresh,
    pub(crate) marks: Marks,
}

impl Taken<'_> {
    pub(crate) fn done(mut self) {
        self.marks = Marks::default();
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        if !self.marks.is_empty() {
            let marks = std::mem::take(&mut self.marks);
            self.fresh.marks.lock().unwrap_or_else(PoisonError::into_inner).add(marks);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_reader_leaves_the_marks_for_the_next() {
        let fresh = Fresh::new();
        drop(fresh.take());
        assert!(fresh.is_stale());
        fresh.take().done();
        assert!(!fresh.is_stale());
        let before = fresh.epoch();
        fresh.mark(Marks::looks());
        assert!(!fresh.is_stale() && fresh.epoch() > before);
    }
}
