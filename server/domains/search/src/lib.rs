#![doc = include_str!("../README.md")]

mod collect;
mod events;
mod facets;
mod index;
mod page;
mod query;
mod rest;
mod schema;
mod service;
mod snapshot;
mod store;
mod text;
mod writer;

use std::{
    path::Path,
    sync::{Arc, atomic::AtomicBool},
};

use souk_contract::{Catalog, Currency, Error, Listing, Result, SearchRequest, Suggestions};
use souk_kernel::{Db, Kit, db::Migration, kept::Kept};
use tokio::sync::{Mutex, Notify};

pub use rest::store_routes;

use index::ProductIndex;

pub const MIGRATIONS: &[Migration] = souk_kernel::migrations!("search"; "0001_init");

const LISTS_BYTES: u64 = 2 * 1024 * 1024;
const LISTS_KEPT: usize = 200;
const SUGGESTIONS_BYTES: u64 = 2 * 1024 * 1024;
const SUGGESTIONS_KEPT: usize = 500;

#[derive(Debug, Clone)]
pub struct Settings {
    /// Of all prices.
    pub currency: Currency,
}

/// The search in this process. See [`souk_contract::Search`] for what it does.
pub struct LocalSearch {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    kit: Kit,
    db: Db,
    catalog: Arc<dyn Catalog>,
    settings: Settings,
    index: Arc<ProductIndex>,
    /// Whether the index on the disk was built to the end.
    whole: AtomicBool,
    listening: AtomicBool,
    /// Something is to be indexed.
    wake: Arc<Notify>,
    /// One writes at a time.
    writing: Mutex<()>,
    lists: Kept<SearchRequest, Listing, Now>,
    suggestions: Kept<String, Suggestions, Now>,
}

/// Generation of the index and epoch of the catalogue: answers hold as long as neither changes.
type Now = (u64, u64);

impl LocalSearch {
    /// `index_dir` is a folder for this domain alone. Nothing is written to it before [`listen`](Self::listen) or
    /// [`reindex`](souk_contract::Search::reindex), so a command may open it beside a running server.
    ///
    /// # Errors
    /// Where the domain's database does not answer. A missing or damaged index is no error: searches find nothing
    /// until it is built.
    pub async fn open(
        kit: Kit,
        db: Db,
        catalog: Arc<dyn Catalog>,
        index_dir: &Path,
        settings: Settings,
    ) -> Result<Arc<Self>> {
        let stamp = store::stamp(&mut *db.read().await?).await?;
        let dir = index_dir.to_owned();
        let opening = tokio::task::spawn_blocking(move || ProductIndex::open(&dir, stamp.as_deref()));
        let opened =
            opening.await.map_err(Error::internal).and_then(|opened| opened.map_err(Error::internal));
        let (index, whole) = match opened {
            Ok(opened) => opened,
            Err(error) => {
                if ProductIndex::exists(index_dir) {
                    tracing::warn!(%error, "the search index can't be read and will be built anew");
                }
                (ProductIndex::stand_in(index_dir).map_err(Error::internal)?, false)
            }
        };
        let inner = Inner {
            kit,
            db,
            catalog,
            settings,
            index: Arc::new(index),
            whole: AtomicBool::new(whole),
            listening: AtomicBool::new(false),
            wake: Arc::default(),
            writing: Mutex::default(),
            lists: Kept::new(LISTS_KEPT, LISTS_BYTES, service::weigh),
            suggestions: Kept::new(SUGGESTIONS_KEPT, SUGGESTIONS_BYTES, |key, found| {
                key.len() + 600 * (found.products.len() + found.collections.len())
            }),
        };
        Ok(Arc::new(Self { inner: Arc::new(inner) }))
    }

    /// Whether the index holds the whole catalogue, less what changed in the last moments.
    pub fn is_whole(&self) -> bool {
        self.inner.whole.load(std::sync::atomic::Ordering::SeqCst)
    }
}

impl Drop for LocalSearch {
    fn drop(&mut self) {
        // The writer looks again whether anybody is left.
        self.inner.wake.notify_one();
    }
}
