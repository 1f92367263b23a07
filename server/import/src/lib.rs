#![doc = include_str!("../README.md")]

mod attributes;
mod back;
mod check;
mod collections;
mod export;
mod findings;
mod job;
pub mod mapping;
mod over;
mod pictures;
mod plan;
mod present;
mod read;
mod rest;
mod service;
mod store;
mod work;

use std::sync::Arc;

use souk_contract::{Attributes, Catalog, Currency, Inventory};
use souk_fetch::Rules;
use souk_kernel::{Db, Kit, db::Migration};
use uuid::Uuid;

pub use collections::make as make_collections;
pub use export::{Exported, export};
pub use pictures::{Counts as PictureCounts, store as store_pictures};
pub use plan::{Neighbours, Planned, Refused, change, plan, told, write};
pub use present::Present;
pub use read::{BATCH, Batch, Opened, open};
pub use rest::{Streamed, admin_routes, upload_routes};

pub const MIGRATIONS: &[Migration] = souk_kernel::migrations!(in "/../../migrations"; "imports"; "0001_init");

/// Whom progress is told.
pub trait Teller: Send + Sync {
    /// A new piece of work; in bytes, or in pieces.
    fn begin(&self, what: &'static str, total: u64, bytes: bool);
    fn add(&self, count: u64);
    /// Something to read beside.
    fn say(&self, line: &str);
    fn finish(&self);
}

/// What the shop decides about imports.
#[derive(Clone)]
pub struct Settings {
    /// Of all prices: files name none.
    pub currency: Currency,
    /// Whence pictures may be fetched.
    pub fetch: Rules,
}

/// Imports in this process. See [`souk_contract::Imports`] for what they do.
#[derive(Clone)]
pub struct LocalImports(Arc<Inner>);

struct Inner {
    kit: Kit,
    db: Db,
    catalog: Arc<dyn Catalog>,
    attributes: Arc<dyn Attributes>,
    inventory: Arc<dyn Inventory>,
    settings: Settings,
    /// Names this process where several work.
    me: Uuid,
}

impl LocalImports {
    pub fn new(
        kit: Kit,
        db: Db,
        catalog: Arc<dyn Catalog>,
        attributes: Arc<dyn Attributes>,
        inventory: Arc<dyn Inventory>,
        settings: Settings,
    ) -> Self {
        let me = kit.ids.uuid();
        Self(Arc::new(Inner { kit, db, catalog, attributes, inventory, settings, me }))
    }

    fn neighbours(&self) -> Neighbours<'_> {
        Neighbours {
            catalog: &*self.0.catalog,
            attributes: &*self.0.attributes,
            inventory: &*self.0.inventory,
        }
    }
}
