#![doc = include_str!("../README.md")]

mod collect;
mod fact;
mod figures;
mod period;
mod report;
mod rest;
mod service;
mod shelf;
mod store;
mod table;
mod verify;
mod visits;

use std::{collections::HashSet, sync::Arc};

use souk_contract::{Catalog, Currency, Inventory, Orders, ProductId, Result};
use souk_kernel::{
    Db, Kit,
    kept::{Kept, KeptOne},
};

pub use rest::admin_routes;

use fact::Category;
use shelf::Shelf;
use visits::Visits;

/// The schema, oldest first.
pub const MIGRATIONS: &[souk_kernel::db::Migration] = souk_kernel::migrations!("analytics"; "0001_init");

const PRODUCTS_KEPT: usize = 10_000;
const PRODUCTS_BYTES: u64 = 1024 * 1024;

#[derive(Debug, Clone)]
pub struct Settings {
    /// Of prices, and of reports that name no other.
    pub currency: Currency,
}

/// Whom it asks.
#[derive(Clone)]
pub struct Neighbours {
    pub orders: Arc<dyn Orders>,
    pub catalog: Arc<dyn Catalog>,
    pub inventory: Arc<dyn Inventory>,
}

/// Analytics in this process, on its own database. Cheap to clone.
#[derive(Clone)]
pub struct LocalAnalytics {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    kit: Kit,
    db: Db,
    orders: Arc<dyn Orders>,
    catalog: Arc<dyn Catalog>,
    inventory: Arc<dyn Inventory>,
    settings: Settings,
    visits: Visits,
    shelf: Shelf,
    of_product: Kept<ProductId, Vec<Category>>,
    all_categories: KeptOne<HashSet<String>>,
}

impl LocalAnalytics {
    pub fn new(kit: Kit, db: Db, near: Neighbours, settings: Settings) -> Self {
        let Neighbours { orders, catalog, inventory } = near;
        let weigh = |_: &ProductId, categories: &Vec<Category>| {
            categories.iter().map(|one| 48 + one.handle.len() + one.title.len()).sum()
        };
        let inner = Inner {
            visits: Visits::new(kit.clone()),
            kit,
            db,
            orders,
            catalog,
            inventory,
            settings,
            shelf: Shelf::default(),
            of_product: Kept::new(PRODUCTS_KEPT, PRODUCTS_BYTES, weigh),
            all_categories: KeptOne::default(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Writes down what was counted of visits since the last time: every few seconds, and before the end.
    ///
    /// # Errors
    /// Where the database does not answer; nothing is lost then.
    pub async fn flush(&self) -> Result<()> {
        self.inner.write_visits().await
    }
}
