#![doc = include_str!("../README.md")]

mod attributes;
mod bulk;
mod cache;
mod codes;
mod collection;
mod content;
mod events;
mod follow;
mod fresh;
mod html;
mod logged;
mod lowest;
mod measure;
mod media;
mod options;
mod picture;
mod product;
mod read;
mod rest;
mod schedule;
mod service;
mod shelf;
mod store;
mod text;
mod upload;
mod versions;
mod write;

use std::{path::PathBuf, sync::Arc};

use souk_contract::Currency;
use souk_kernel::{Db, Kit, db::Migration};
use tokio::sync::{Mutex, RwLock, Semaphore};

pub use picture::{MAX_BYTES as MAX_PICTURE_BYTES, media_path};
pub use product::check;
pub use rest::{admin_routes, attribute_routes, store_routes};
pub use upload::add_picture;

use cache::Caches;
use fresh::Fresh;
use shelf::Shelf;

pub const MIGRATIONS: &[Migration] = souk_kernel::migrations!("catalog"; "0001_init", "0002_change", "0003_desk", "0004_bulk", "0005_codes", "0006_versions", "0007_attributes", "0008_bulk_plan", "0009_tax_class", "0010_price_history");

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
    /// The last commit, of whichever process, that `fresh` knows of.
    seen: Arc<Mutex<i64>>,
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
            seen: Arc::default(),
            shelf: RwLock::default(),
            cache: Caches::new(),
            writing: Mutex::default(),
            decoders: Semaphore::new(DECODERS),
        }
    }
}
