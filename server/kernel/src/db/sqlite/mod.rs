//! SQLite: one file per domain, a few readers, and one writer whose transactions are committed in groups.
//!
//! Statements run on the thread that asks for them: most take microseconds, less than a trip to a thread of the
//! connection's own and back (ADR 10). Only what waits for the disk, a commit, goes to a thread for blocking work.

mod link;
mod readers;
mod writer;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use super::{DbError, Migration, migrate};

pub use link::Value;
pub(super) use link::{Link, SqliteRow};
pub(super) use readers::ReaderLease;
use readers::Readers;
use writer::Group;
pub(super) use writer::Lease;

/// Before this version a checkpoint could corrupt a write-ahead log.
const OLDEST: i32 = 3_051_003;
/// How long a caller waits for the writer or for a reader.
const PATIENCE: Duration = Duration::from_secs(10);

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
        migrations: Vec<&'static Migration>,
    ) -> Result<Self, DbError> {
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)
                .map_err(|error| DbError::Config(format!("{}: {error}", folder.display())))?;
        }
        if rusqlite::version_number() < OLDEST {
            return Err(DbError::Config(format!("SQLite {} is too old", rusqlite::version())));
        }
        let writer = file.clone();
        let link = blocking(move || {
            let mut link = Link::to_write(&writer)?;
            migrate::sqlite(&mut link, &migrations)?;
            link.wait_for_others(Duration::ZERO)?;
            Ok(link)
        })
        .await?;
        let group = Arc::new(Group::new(link));
        let committer = tokio::spawn(writer::commit_groups(Arc::clone(&group)));
        let readers = Arc::new(Readers::new(&file, readers));
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
            .ok_or_else(|| DbError::Config(format!("{}: not a UTF-8 path", target.display())))?
            .to_owned();
        let file = self.file.clone();
        blocking(move || Link::to_write(&file)?.execute("vacuum into $1", &[Value::Text(target)])).await?;
        Ok(())
    }

    /// Commits what is finished and closes every connection; later calls fail with `Down`.
    pub(super) async fn close(&self) -> Result<(), DbError> {
        self.readers.close();
        let mut writer = self.group.lock().await;
        blocking(move || writer.close()).await
    }
}

/// For what waits for the disk.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, DbError> + Send + 'static,
) -> Result<T, DbError> {
    #[cfg(feature = "testing")]
    if crate::testing::crash::is_replayed() {
        return work();
    }
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(DbError::Down(error.to_string())))
}

fn closed() -> DbError {
    DbError::Down("the database is closed".to_owned())
}
