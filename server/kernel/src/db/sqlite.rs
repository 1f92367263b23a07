//! SQLite: one file per domain, a few readers, and one writer whose transactions are committed in groups.
//!
//! A disk flush costs the same for one transaction as for fifty. So each [`Tx`](super::Tx) is a savepoint inside
//! an outer transaction; when it is released, its caller waits. The committer queues on the same fair lock, so
//! everybody who was already waiting gets their turn first; then it commits once and answers all of them.
//! Nobody is told "done" before the flush.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use sqlx::{
    ConnectOptions as _, Connection as _, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use tokio::{
    sync::{Mutex as AsyncMutex, Notify, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore, oneshot},
    time::timeout,
};

use super::{DbError, Migration, migrate};

/// Before this version a checkpoint could corrupt a write-ahead log.
const OLDEST: (u32, u32, u32) = (3, 51, 3);
/// How long a caller waits for the writer or for a reader.
const PATIENCE: Duration = Duration::from_secs(10);
const STATEMENT_CACHE: usize = 128;

pub(super) struct Sqlite {
    pub(super) file: PathBuf,
    group: Arc<Group>,
    readers: Arc<Readers>,
    committer: tokio::task::JoinHandle<()>,
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        self.committer.abort();
    }
}

impl Sqlite {
    pub(super) async fn open(
        file: PathBuf,
        readers: u32,
        migrations: &[&Migration],
    ) -> Result<Self, DbError> {
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)
                .map_err(|error| DbError::Config(format!("{}: {error}", folder.display())))?;
        }
        let options = options(&file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .optimize_on_close(true, 400);
        let mut conn = options.connect().await?;
        check_version(&mut conn).await?;
        migrate::sqlite(&mut conn, migrations).await?;

        let group = Arc::new(Group {
            writer: Arc::new(AsyncMutex::new(Writer {
                conn: Some(conn),
                phase: Phase::Idle,
                depth: 0,
                pending: Vec::new(),
                scheduled: false,
            })),
            wake: Notify::new(),
        });
        let committer = tokio::spawn(commit_groups(Arc::clone(&group)));
        let readers = Arc::new(Readers {
            options: self::options(&file).read_only(true),
            idle: Mutex::new(Vec::new()),
            permits: Arc::new(Semaphore::new(readers.max(1) as usize)),
        });
        Ok(Self { file, group, readers, committer })
    }

    pub(super) async fn read(&self) -> Result<ReaderLease, DbError> {
        Readers::take(&self.readers).await
    }

    pub(super) async fn begin(&self) -> Result<Lease, DbError> {
        Lease::begin(&self.group).await
    }

    /// Writes a consistent copy while readers and the writer go on.
    pub(super) async fn backup_to(&self, target: &Path) -> Result<(), DbError> {
        let target = target
            .to_str()
            .ok_or_else(|| DbError::Config(format!("{}: not a UTF-8 path", target.display())))?;
        let mut conn = options(&self.file).connect().await?;
        sqlx::query("vacuum into $1").bind(target).execute(&mut conn).await?;
        conn.close().await?;
        Ok(())
    }

    /// Commits what is finished and closes every connection; later calls fail with `Down`.
    pub(super) async fn close(&self) -> Result<(), DbError> {
        self.readers.permits.close();
        let idle = std::mem::take(&mut *self.readers.idle.lock().unwrap_or_else(PoisonError::into_inner));
        for conn in idle {
            conn.close().await?;
        }
        let mut writer = self.group.writer.lock().await;
        writer.commit_group().await;
        match writer.conn.take() {
            Some(conn) => Ok(conn.close().await?),
            None => Ok(()),
        }
    }
}

/// No memory map: its pages would count towards the process once per connection. The system's page cache is
/// as good, and a cache of 2 MB per connection holds the upper levels of every index.
fn options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .statement_cache_capacity(STATEMENT_CACHE)
        .pragma("cache_size", "-2000")
        .pragma("temp_store", "memory")
        .pragma("journal_size_limit", "67108864")
}

async fn check_version(conn: &mut SqliteConnection) -> Result<(), DbError> {
    let version: String = sqlx::query_scalar("select sqlite_version()").fetch_one(conn).await?;
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or_default());
    let mut next = || parts.next().unwrap_or_default();
    if (next(), next(), next()) < OLDEST {
        return Err(DbError::Config(format!(
            "SQLite {version} is too old: {}.{}.{} or later is needed",
            OLDEST.0, OLDEST.1, OLDEST.2
        )));
    }
    Ok(())
}

async fn run(conn: &mut SqliteConnection, sql: &'static str) -> Result<(), sqlx::Error> {
    sqlx::query(sql).execute(conn).await.map(drop)
}

/// Read-only connections, opened when first needed. Much cheaper than sqlx's pool, which pings a
/// connection (a trip to another thread) each time it comes back.
struct Readers {
    options: SqliteConnectOptions,
    idle: Mutex<Vec<SqliteConnection>>,
    permits: Arc<Semaphore>,
}

impl Readers {
    async fn take(readers: &Arc<Self>) -> Result<ReaderLease, DbError> {
        let permit = timeout(PATIENCE, Arc::clone(&readers.permits).acquire_owned())
            .await
            .map_err(|_| DbError::Busy("no free reader".to_owned()))?
            .map_err(|_| closed())?;
        let idle = readers.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let conn = match idle {
            Some(conn) => conn,
            None => readers.options.connect().await?,
        };
        Ok(ReaderLease { conn: Some(conn), readers: Arc::clone(readers), _permit: permit })
    }
}

/// A reader on loan; it goes back when dropped. A statement that was cancelled half way needs no care: the
/// connection's thread takes its commands in order.
pub(super) struct ReaderLease {
    conn: Option<SqliteConnection>,
    readers: Arc<Readers>,
    _permit: OwnedSemaphorePermit,
}

impl ReaderLease {
    pub(super) fn conn(&mut self) -> Result<&mut SqliteConnection, DbError> {
        self.conn.as_mut().ok_or_else(closed)
    }
}

impl Drop for ReaderLease {
    fn drop(&mut self) {
        if let Some(conn) = self.conn.take() {
            let mut idle = self.readers.idle.lock().unwrap_or_else(PoisonError::into_inner);
            if !self.readers.permits.is_closed() {
                idle.push(conn);
            }
        }
    }
}

/// To set, and to return to. A finished transaction leaves its savepoint behind: each statement is a trip to the
/// connection's thread, and `commit` releases them all. Names differ, so that nobody returns to another's.
const SAVEPOINTS: [(&str, &str); 8] = [
    ("savepoint s0", "rollback to s0"),
    ("savepoint s1", "rollback to s1"),
    ("savepoint s2", "rollback to s2"),
    ("savepoint s3", "rollback to s3"),
    ("savepoint s4", "rollback to s4"),
    ("savepoint s5", "rollback to s5"),
    ("savepoint s6", "rollback to s6"),
    ("savepoint s7", "rollback to s7"),
];

struct Group {
    writer: Arc<AsyncMutex<Writer>>,
    wake: Notify,
}

/// The write connection and the transactions that wait for the next commit.
pub(super) struct Writer {
    conn: Option<SqliteConnection>,
    phase: Phase,
    /// Savepoints that were set since `begin`.
    depth: usize,
    pending: Vec<oneshot::Sender<Result<(), DbError>>>,
    /// The committer has been woken and will come for the lock.
    scheduled: bool,
}

/// Where the connection stands. A future can be dropped at any await, so the step is written down before it is
/// taken, and whoever locks the writer next puts things right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Idle,
    /// `begin` was sent.
    Opening,
    /// An outer transaction with nothing but finished work in it.
    Open,
    /// `savepoint` was sent.
    Entering,
    /// Somebody's transaction, behind the last savepoint.
    Inside,
    /// SQLite undid the outer transaction by itself (disk full, I/O error).
    Broken,
    /// `commit` was sent.
    Committing,
}

impl Writer {
    fn conn(&mut self) -> Result<&mut SqliteConnection, DbError> {
        self.conn.as_mut().ok_or_else(closed)
    }

    /// Brings the connection to `Idle` or `Open`, whatever its last user left behind.
    async fn recover(&mut self) -> Result<(), DbError> {
        let (phase, depth) = (self.phase, self.depth);
        let conn = self.conn()?;
        match phase {
            Phase::Idle | Phase::Open => {}
            Phase::Opening => {
                // Fails where `begin` never arrived, which is just as well.
                let _ = run(conn, "rollback").await;
                self.phase = Phase::Idle;
            }
            Phase::Entering => {
                // Fails where the savepoint never arrived: then there is nothing to undo.
                if run(conn, SAVEPOINTS[depth].1).await.is_ok() {
                    self.depth += 1;
                }
                self.phase = Phase::Open;
            }
            Phase::Inside => match run(conn, SAVEPOINTS[depth - 1].1).await {
                Ok(()) => self.phase = Phase::Open,
                Err(error) => self.abandon(&error.to_string()).await,
            },
            Phase::Broken => self.abandon("the disk refused a write").await,
            Phase::Committing => self.abandon("the commit was interrupted").await,
        }
        Ok(())
    }

    /// Gives up the outer transaction: everybody who waits for it hears so.
    async fn abandon(&mut self, reason: &str) {
        tracing::error!(reason, waiting = self.pending.len(), "a group of transactions was rolled back");
        self.phase = Phase::Opening;
        if let Some(conn) = self.conn.as_mut() {
            let _ = run(conn, "rollback").await;
        }
        self.phase = Phase::Idle;
        for waiting in self.pending.drain(..) {
            let _ = waiting.send(Err(DbError::Down(reason.to_owned())));
        }
    }

    async fn commit_group(&mut self) {
        self.scheduled = false;
        if self.recover().await.is_err() || self.phase != Phase::Open {
            return;
        }
        self.phase = Phase::Committing;
        let Ok(conn) = self.conn() else { return };
        match run(conn, "commit").await {
            Ok(()) => {
                self.phase = Phase::Idle;
                metrics::histogram!("souk_db_group_size").record(self.pending.len() as f64);
                for waiting in self.pending.drain(..) {
                    let _ = waiting.send(Ok(()));
                }
            }
            Err(error) => self.abandon(&error.to_string()).await,
        }
    }
}

async fn commit_groups(group: Arc<Group>) {
    loop {
        group.wake.notified().await;
        group.writer.lock().await.commit_group().await;
    }
}

/// The writer, held by one transaction. Dropped before [`commit`](Self::commit), its work is rolled back.
pub(super) struct Lease {
    writer: OwnedMutexGuard<Writer>,
    group: Arc<Group>,
}

impl Lease {
    async fn begin(group: &Arc<Group>) -> Result<Self, DbError> {
        let writer = timeout(PATIENCE, Arc::clone(&group.writer).lock_owned())
            .await
            .map_err(|_| DbError::Busy("the writer is taken".to_owned()))?;
        let mut lease = Self { writer, group: Arc::clone(group) };
        let writer = &mut *lease.writer;
        writer.recover().await?;
        if writer.phase == Phase::Idle {
            writer.phase = Phase::Opening;
            writer.depth = 1;
            run(writer.conn()?, "begin immediate; savepoint s0").await?;
        } else {
            if writer.depth == SAVEPOINTS.len() {
                // With it go those that were set after it. Fails where somebody was dropped while they did this.
                let _ = run(writer.conn()?, "release s0").await;
                writer.depth = 0;
            }
            writer.phase = Phase::Entering;
            let savepoint = SAVEPOINTS[writer.depth].0;
            run(writer.conn()?, savepoint).await?;
            writer.depth += 1;
        }
        writer.phase = Phase::Inside;
        Ok(lease)
    }

    pub(super) fn conn(&mut self) -> Result<&mut SqliteConnection, DbError> {
        // Outside a transaction every statement would be kept at once: refuse the rest of a broken one.
        if self.writer.phase != Phase::Inside {
            return Err(DbError::Down("the transaction is broken".to_owned()));
        }
        self.writer.conn()
    }

    pub(super) fn break_off(&mut self) {
        self.writer.phase = Phase::Broken;
    }

    /// Waits until the work is on the disk.
    pub(super) async fn commit(mut self) -> Result<(), DbError> {
        self.conn()?;
        self.writer.phase = Phase::Open;
        let (done, wait) = oneshot::channel();
        self.writer.pending.push(done);
        drop(self);
        wait.await.unwrap_or_else(|_| Err(closed()))
    }
}

impl Drop for Lease {
    /// Wakes the committer: to commit, or to roll back what was left open.
    fn drop(&mut self) {
        if self.writer.phase != Phase::Idle && !self.writer.scheduled {
            self.writer.scheduled = true;
            self.group.wake.notify_one();
        }
    }
}

fn closed() -> DbError {
    DbError::Down("the database is closed".to_owned())
}
