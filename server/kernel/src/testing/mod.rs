//! For the tests of every domain: one real database per test, on both engines, and a clock that stands still.

pub mod crash;
mod parity;
mod postgres;
mod shop;

use std::{path::Path, sync::Arc};

use chrono::Duration;
use souk_contract::Timestamp;
use tempfile::TempDir;

pub use parity::{assert_same_schema, columns};
pub use shop::TestShop;

pub use crate::db::Engine;
use crate::{
    Ids, Kit, Secrets, TestClock,
    config::DatabaseConfig,
    db::{Db, Migration},
};

/// Where every test begins: a Thursday noon.
pub const START: &str = "2026-01-01T12:00:00Z";

/// What a test builds its domains with. Cheap to clone.
#[derive(Clone)]
pub struct TestKit(Arc<Inner>);

struct Inner {
    engine: Engine,
    folder: TempDir,
    /// The test's own PostgreSQL database.
    database: Option<postgres::Database>,
    clock: TestClock,
    kit: Kit,
}

impl TestKit {
    /// A fresh folder, and on PostgreSQL a fresh database.
    ///
    /// # Panics
    /// Where PostgreSQL can be neither found nor started: it is never skipped.
    pub async fn start(engine: Engine) -> Self {
        Self::start_in(engine, &std::env::temp_dir()).await
    }

    /// As [`start`](Self::start), with its folder below another one.
    ///
    /// # Panics
    /// As [`start`](Self::start).
    pub async fn start_in(engine: Engine, parent: &Path) -> Self {
        let folder = tempfile::Builder::new().prefix("souk-test-").tempdir_in(parent);
        let folder = folder.expect("a temporary folder");
        let start = Timestamp::parse(START).expect("a valid time");
        let clock = TestClock::at(start);
        let kit = Kit {
            clock: clock.clock(),
            ids: Ids::seeded(clock.clock(), 1),
            secrets: Secrets::from_key([1; 32]),
        };
        let database = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some(postgres::Database::create().await),
        };
        Self(Arc::new(Inner { engine, folder, database, clock, kit }))
    }

    pub fn engine(&self) -> Engine {
        self.0.engine
    }

    /// Clock, ids and secrets as a domain takes them: the ids are the same in every run.
    pub fn kit(&self) -> Kit {
        self.0.kit.clone()
    }

    /// Sets the time: `kit.clock().advance(Duration::minutes(5))`.
    pub fn clock(&self) -> &TestClock {
        &self.0.clock
    }

    /// Shorthand for `clock().advance(..)` in seconds.
    pub fn later(&self, seconds: i64) {
        self.0.clock.advance(Duration::seconds(seconds));
    }

    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// An empty folder of this test's own.
    pub fn folder(&self) -> &Path {
        self.0.folder.path()
    }

    pub fn config(&self) -> DatabaseConfig {
        match &self.0.database {
            None => DatabaseConfig::sqlite(self.folder()),
            Some(database) => DatabaseConfig { connections: 20, ..DatabaseConfig::postgres(&database.url) },
        }
    }

    /// Opens a domain's database. A second call opens the same one again.
    pub async fn db(&self, domain: &'static str, migrations: &'static [Migration]) -> Db {
        match Db::open(&self.config(), domain, migrations, self.kit()).await {
            Ok(db) => db,
            Err(error) => panic!("{domain}: {error}"),
        }
    }

    /// Drops the test's database. [`each_engine!`](crate::each_engine) calls it.
    pub async fn finish(self) {
        if let Some(database) = &self.0.database {
            database.remove().await;
        }
    }
}

/// Makes two tests of each case, `name::sqlite` and `name::postgres`. The case gets a [`TestKit`].
///
/// ```ignore
/// souk_kernel::each_engine! {
///     async fn a_shelf_is_kept(kit: TestKit) {
///         let db = kit.db("shelves", MIGRATIONS).await;
///         ...
///     }
/// }
/// ```
#[macro_export]
macro_rules! each_engine {
    ($($(#[$meta:meta])* async fn $name:ident($kit:ident : $type:ty) $body:block)*) => {$(
        $(#[$meta])*
        mod $name {
            use super::*;

            async fn case($kit: $type) $body

            #[::tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let kit = $crate::testing::TestKit::start($crate::testing::Engine::Sqlite).await;
                case(kit.clone()).await;
                kit.finish().await;
            }

            #[::tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let kit = $crate::testing::TestKit::start($crate::testing::Engine::Postgres).await;
                case(kit.clone()).await;
                kit.finish().await;
            }
        }
    )*};
}
