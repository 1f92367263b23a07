//! One way to talk SQL to SQLite and to PostgreSQL: statements are written once, with `$1`.

mod conn;
mod error;
mod many;
mod migrate;
mod postgres;
mod record;
mod rows;
mod sqlite;
mod value;

use std::{
    ops::{Deref, DerefMut},
    path::{Path, PathBuf},
    sync::Arc,
};

use futures::future::BoxFuture;
use sha2::{Digest as _, Sha256};
use sqlx::PgPool;
use tokio::sync::Notify;
use uuid::Uuid;

pub use conn::{Conn, Query};
pub use error::DbError;
pub use many::Many;
pub use migrate::Migration;
pub use record::{Record, Row};
pub use rows::{parts, placeholders};
pub use value::{Arg, Args, Column, Json, Text};

use crate::{Kit, config::DatabaseConfig};
use conn::Inner;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// A domain's own database. Cheap to clone; no other domain reads its tables.
#[derive(Clone)]
pub struct Db(Arc<Shared>);

struct Shared {
    domain: &'static str,
    backend: Backend,
    kit: Kit,
    /// Rung when a transaction that published was committed; the relay listens.
    published: Notify,
}

enum Backend {
    Sqlite(sqlite::Sqlite),
    Postgres(PgPool),
}

// What the domains await of a database is boxed: otherwise each of their crates would compile the drivers again.
impl Db {
    /// Opens it, makes it where it does not exist, and brings its schema up to date.
    ///
    /// # Errors
    /// `Config` for a wrong URL or an old SQLite, `Migration` where the schema's past does not match,
    /// `Down` where the database can't be reached.
    pub async fn open(
        config: &DatabaseConfig,
        domain: &'static str,
        migrations: &'static [Migration],
        kit: Kit,
    ) -> Result<Self, DbError> {
        if !domain.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') || domain.is_empty() {
            return Err(DbError::Config(format!("{domain:?} can't be the name of a schema")));
        }
        let migrations: Vec<&'static Migration> = migrate::KERNEL.iter().chain(migrations).collect();
        let backend = if let Some(folder) = config.url.strip_prefix("sqlite:") {
            let file = PathBuf::from(folder).join("db").join(format!("{domain}.sqlite"));
            Backend::Sqlite(sqlite::Sqlite::open(file, config.readers, migrations).await?)
        } else if config.url.starts_with("postgres://") || config.url.starts_with("postgresql://") {
            Backend::Postgres(postgres::open(&config.url, domain, config.connections, &migrations).await?)
        } else {
            return Err(DbError::Config(
                "the url must start with `sqlite:` (a folder) or `postgres://`".to_owned(),
            ));
        };
        Ok(Self(Arc::new(Shared { domain, backend, kit, published: Notify::new() })))
    }

    /// A connection to read with. Each statement sees what was committed before it.
    pub fn read(&self) -> BoxFuture<'_, Result<Reader, DbError>> {
        Box::pin(async move {
            let inner = match &self.0.backend {
                Backend::Sqlite(sqlite) => Inner::SqliteReader(sqlite.read().await?),
                Backend::Postgres(pool) => Inner::PostgresReader(pool.acquire().await?),
            };
            Ok(Reader(Conn::new(inner)))
        })
    }

    /// A transaction. Dropped without [`Tx::commit`], it leaves no trace.
    ///
    /// SQLite has one writer: await nothing but the database until it is committed, and never begin a second
    /// one in the same task.
    pub fn begin(&self) -> BoxFuture<'_, Result<Tx, DbError>> {
        Box::pin(async move {
            #[cfg(feature = "testing")]
            crate::testing::crash::point(self.0.domain).await;
            let inner = match &self.0.backend {
                Backend::Sqlite(sqlite) => Inner::SqliteWriter(sqlite.begin().await?),
                Backend::Postgres(pool) => Inner::PostgresTx(pool.begin().await?),
            };
            Ok(Tx { conn: Conn::new(inner), db: self.clone(), published: false })
        })
    }

    pub fn engine(&self) -> Engine {
        match self.0.backend {
            Backend::Sqlite(_) => Engine::Sqlite,
            Backend::Postgres(_) => Engine::Postgres,
        }
    }

    /// `catalog`, `orders`: also the schema's or the file's name.
    pub fn domain(&self) -> &'static str {
        self.0.domain
    }

    /// Clock and ids, as given to [`Db::open`].
    pub fn kit(&self) -> &Kit {
        &self.0.kit
    }

    /// The database file; none on PostgreSQL.
    pub fn file(&self) -> Option<&Path> {
        match &self.0.backend {
            Backend::Sqlite(sqlite) => Some(&sqlite.file),
            Backend::Postgres(_) => None,
        }
    }

    /// A consistent copy of the SQLite file, while the shop goes on. The target must not exist.
    ///
    /// # Errors
    /// `Config` on PostgreSQL, which has its own tools for that.
    pub async fn backup_to(&self, target: &Path) -> Result<(), DbError> {
        match &self.0.backend {
            Backend::Sqlite(sqlite) => sqlite.backup_to(target).await,
            Backend::Postgres(_) => {
                Err(DbError::Config("back up a PostgreSQL database with pg_dump or its WAL".to_owned()))
            }
        }
    }

    /// Commits what is finished and closes the connections. For a clean shutdown; later calls fail.
    pub async fn close(&self) -> Result<(), DbError> {
        match &self.0.backend {
            Backend::Sqlite(sqlite) => sqlite.close().await,
            Backend::Postgres(pool) => {
                pool.close().await;
                Ok(())
            }
        }
    }

    pub(crate) async fn published(&self) {
        self.0.published.notified().await;
    }
}

/// A connection for reading; see [`Conn::query`].
pub struct Reader(Conn);

impl Deref for Reader {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        &self.0
    }
}
impl DerefMut for Reader {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.0
    }
}

/// A transaction; see [`Conn::query`]. It sees its own changes; nobody else does before [`commit`](Self::commit).
#[must_use = "a transaction that is not committed is rolled back"]
pub struct Tx {
    conn: Conn,
    db: Db,
    published: bool,
}

impl Tx {
    /// Returns when the changes are on the disk.
    ///
    /// # Errors
    /// After any error nothing of the transaction was kept, save where the connection to PostgreSQL broke
    /// while it answered: then nobody knows, which is why commands carry ids that make a repeat harmless.
    pub fn commit(self) -> BoxFuture<'static, Result<(), DbError>> {
        Box::pin(async move {
            let Self { conn, db, published } = self;
            conn.check_unspoiled()?;
            #[cfg(feature = "testing")]
            crate::testing::crash::point(db.0.domain).await;
            match conn.inner {
                Inner::SqliteWriter(lease) => lease.commit().await?,
                Inner::PostgresTx(tx) => tx.commit().await?,
                Inner::SqliteReader(_) | Inner::PostgresReader(_) => {}
            }
            if published {
                db.0.published.notify_one();
            }
            #[cfg(feature = "testing")]
            crate::testing::crash::point(db.0.domain).await;
            Ok(())
        })
    }

    /// Lets one transaction at a time past this point for the same scope and key, until it ends. SQLite has but
    /// one writer, so there it is free; on PostgreSQL it is an advisory lock.
    pub async fn lock(&mut self, scope: &str, key: Uuid) -> Result<(), DbError> {
        if self.engine() == Engine::Postgres {
            let digest = Sha256::new().chain_update(self.db.0.domain).chain_update([0]).chain_update(scope);
            let digest = digest.chain_update([0]).chain_update(key.as_bytes()).finalize();
            let lock = i64::from_be_bytes(migrate::first_eight(&digest));
            self.query("select pg_advisory_xact_lock($1)").bind(lock).execute().await?;
        }
        Ok(())
    }

    pub fn kit(&self) -> &Kit {
        self.db.kit()
    }

    pub(crate) fn set_published(&mut self) {
        self.published = true;
    }
}

impl Deref for Tx {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        &self.conn
    }
}
impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
    }
}
