#![doc = include_str!("../README.md")]

mod books;
mod collect;
mod compile;
mod desk;
mod find;
mod merging;
mod profile;
mod refresh;
mod rest;
mod rest_desk;
mod rest_segments;
mod segment;
mod segments;
mod service;
mod store;
mod store_merge;
mod store_profile;
mod table;
mod tell;
mod verify;

use std::{collections::HashSet, sync::Arc};

use souk_contract::{Catalog, Currency, Identity, Messaging, Orders, ProductId};
use souk_kernel::{
    Db, Kit,
    kept::{Kept, KeptOne},
};

pub use rest::{admin_routes, store_routes};

/// The schema, oldest first.
pub const MIGRATIONS: &[souk_kernel::db::Migration] =
    souk_kernel::migrations!("crm"; "0001_init", "0002_segment");

const PRODUCTS_KEPT: usize = 10_000;
const PRODUCTS_BYTES: u64 = 1024 * 1024;

#[derive(Debug, Clone)]
pub struct Settings {
    /// What people spent is counted in it; other currencies are left out.
    pub currency: Currency,
}

/// Whom it asks.
#[derive(Clone)]
pub struct Neighbours {
    pub identity: Arc<dyn Identity>,
    pub orders: Arc<dyn Orders>,
    pub catalog: Arc<dyn Catalog>,
    pub messaging: Arc<dyn Messaging>,
}

/// Customers in this process, on their own database. Cheap to clone.
#[derive(Clone)]
pub struct LocalCrm {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    kit: Kit,
    db: Db,
    near: Neighbours,
    settings: Settings,
    /// Handles of the categories that a product is in.
    of_product: Kept<ProductId, Vec<String>>,
    all_categories: KeptOne<HashSet<String>>,
}

impl LocalCrm {
    pub fn new(kit: Kit, db: Db, near: Neighbours, settings: Settings) -> Self {
        let weigh = |_: &ProductId, handles: &Vec<String>| {
            handles.iter().map(|handle| 24 + handle.len()).sum::<usize>()
        };
        let inner = Inner {
            kit,
            db,
            near,
            settings,
            of_product: Kept::new(PRODUCTS_KEPT, PRODUCTS_BYTES, weigh),
            all_categories: KeptOne::default(),
        };
        Self { inner: Arc::new(inner) }
    }
}
