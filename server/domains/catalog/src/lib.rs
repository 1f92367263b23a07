#![doc = include_str!("../README.md")]

mod cache;
mod collection;
mod content;
mod events;
mod fresh;
mod html;
mod media;
mod picture;
mod product;
mod read;
mod rest;
mod service;
mod shelf;
mod store;
mod text;
mod write;

use std::{path::PathBuf, sync::Arc};

use souk_contract::{Currency, Error, Result};
use souk_kernel::{Db, Kit, Tx, db::Migration};
use tokio::sync::{Mutex, RwLock, Semaphore};

pub use picture::media_path;
pub use product::check;
pub use rest::{admin_routes, store_routes};

use cache::Caches;
use fresh::{Fresh, Marks};
use shelf::Shelf;

pub const MIGRATIONS: &[Migration] = souk_kernel::migrations!("catalog"; "0001_init");

/// What the shop decides about its catalogue.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The one currency of all prices; others are refused.
    pub currency: Currency,
    /// Pictures are kept in its folder `media`.
    pub data_dir: PathBuf,
}

/// Pictures that are decoded at once; each may need some hundred MB.
const DECODERS: usize = 2;

/// The catalogue in this process. See [`souk_contract::Catalog`] for what it does.
pub struct LocalCatalog {
    kit: Kit,
    db: Db,
    settings: Settings,
    fresh: Arc<Fresh>,
    shelf: RwLock<Shelf>,
    cache: Caches,
    /// One write at a time: each is short, and two can't race for a handle.
    writing: Mutex<()>,
    decoders: Semaphore,
}

impl LocalCatalog {
    pub fn new(kit: Kit, db: Db, settings: Settings) -> Self {
        Self {
            kit,
            db,
            settings,
            fresh: Arc::new(Fresh::new()),
            shelf: RwLock::default(),
            cache: Caches::new(),
            writing: Mutex::default(),
            decoders: Semaphore::new(DECODERS),
        }
    }

    /// Commits, and then tells lists and caches what is stale. It is done even where the caller goes away
    /// meanwhile: a change that is on the disk must be seen.
    async fn commit(&self, tx: Tx, marks: Marks) -> Result<()> {
        let fresh = Arc::clone(&self.fresh);
        let committing = tokio::spawn(async move {
            let done = tx.commit().await;
            // Also after an error: PostgreSQL may have committed before the connection broke.
            fresh.mark(marks);
            done
        });
        Ok(committing.await.map_err(Error::internal)??)
    }
}
