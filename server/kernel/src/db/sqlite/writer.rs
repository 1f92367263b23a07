//! The one write connection, and the transactions that take turns on it.
//!
//! A disk flush costs the same for one transaction as for fifty. So each [`Tx`](crate::Tx) is a savepoint inside
//! an outer transaction; when it is released, its caller waits. The committer queues on the same fair lock, so
//! everybody who was already waiting gets their turn first; then it commits once and answers all of them.
//! Nobody is told "done" before the flush.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{Mutex, Notify, OwnedMutexGuard, oneshot},
    time::{Instant, sleep, timeout_at},
};

use super::{DbError, Link, PATIENCE, blocking, closed};

/// How often to ask again for a lock that another program holds.
const AGAIN: Duration = Duration::from_millis(5);

pub(super) struct Group {
    writer: Arc<Mutex<Writer>>,
    wake: Notify,
}

impl Group {
    pub(super) fn new(link: Link) -> Self {
        let writer = Writer { link: Some(link), pending: Vec::new(), scheduled: false };
        Self { writer: Arc::new(Mutex::new(writer)), wake: Notify::new() }
    }

    pub(super) async fn lock(&self) -> OwnedMutexGuard<Writer> {
        Arc::clone(&self.writer).lock_owned().await
    }
}

/// The write connection and the transactions that wait for the next commit.
pub(super) struct Writer {
    link: Option<Link>,
    pending: Vec<oneshot::Sender<Result<(), DbError>>>,
    /// The committer has been woken and will come for the lock.
    scheduled: bool,
}

impl Writer {
    fn link(&mut self) -> Result<&mut Link, DbError> {
        self.link.as_mut().ok_or_else(closed)
    }

    fn run(&mut self, sql: &'static str) -> Result<(), DbError> {
        self.link()?.execute(sql, &[]).map(drop)
    }

    fn in_transaction(&self) -> bool {
        self.link.as_ref().is_some_and(Link::in_transaction)
    }

    /// Everybody who waits for the outer transaction hears that it is gone.
    fn abandon(&mut self, reason: &str) {
        if self.in_transaction() {
            let _ = self.run("rollback");
        }
        if !self.pending.is_empty() {
            tracing::error!(reason, waiting = self.pending.len(), "a group of transactions was rolled back");
        }
        for waiting in self.pending.drain(..) {
            let _ = waiting.send(Err(DbError::Down(reason.to_owned())));
        }
    }

    fn commit_group(&mut self) {
        self.scheduled = false;
        if !self.in_transaction() {
            return;
        }
        match self.run("commit") {
            Ok(()) => {
                metrics::histogram!("souk_db_group_size").record(self.pending.len() as f64);
                for waiting in self.pending.drain(..) {
                    let _ = waiting.send(Ok(()));
                }
            }
            Err(error) => self.abandon(&error.to_string()),
        }
    }

    pub(super) fn close(&mut self) -> Result<(), DbError> {
        self.commit_group();
        self.link.take().map_or(Ok(()), Link::close)
    }
}

pub(super) async fn commit_groups(group: Arc<Group>) {
    loop {
        group.wake.notified().await;
        let mut writer = group.lock().await;
        let done = blocking(move || {
            writer.commit_group();
            Ok(())
        });
        if let Err(error) = done.await {
            tracing::error!(%error, "a commit could not be made");
        }
    }
}

/// The writer, held by one transaction. Dropped before [`commit`](Self::commit), its work is rolled back.
pub(in crate::db) struct Lease {
    writer: OwnedMutexGuard<Writer>,
    group: Arc<Group>,
    /// Its work is part of the outer transaction now.
    finished: bool,
}

impl Lease {
    pub(super) async fn begin(group: &Arc<Group>) -> Result<Self, DbError> {
        let deadline = Instant::now() + PATIENCE;
        let mut writer = timeout_at(deadline, group.lock())
            .await
            .map_err(|_| DbError::Busy("the writer is taken".to_owned()))?;
        while !writer.in_transaction() {
            // Another program may be writing to the file. Nobody here should stand still for it.
            match writer.run("begin immediate") {
                Err(DbError::Busy(_)) if Instant::now() < deadline => sleep(AGAIN).await,
                other => other?,
            }
        }
        let mut lease = Self { writer, group: Arc::clone(group), finished: true };
        lease.writer.run("savepoint work")?;
        lease.finished = false;
        Ok(lease)
    }

    pub(in crate::db) fn link(&mut self) -> Result<&mut Link, DbError> {
        // Outside a transaction every statement would be kept at once: refuse the rest of a broken one.
        if !self.writer.in_transaction() {
            return Err(DbError::Down("the transaction is broken".to_owned()));
        }
        self.writer.link()
    }

    /// Waits until the work is on the disk.
    pub(in crate::db) async fn commit(mut self) -> Result<(), DbError> {
        self.link()?;
        self.writer.run("release work")?;
        self.finished = true;
        let (done, wait) = oneshot::channel();
        self.writer.pending.push(done);
        drop(self);
        wait.await.unwrap_or_else(|_| Err(closed()))
    }

    /// Takes this transaction's work back, and leaves that of the others.
    fn roll_back(&mut self) {
        if !self.writer.in_transaction() {
            // A full disk or a failed write undid everybody's.
            self.writer.abandon("the disk refused a write");
            return;
        }
        let undone = self.writer.run("rollback to work").and_then(|()| self.writer.run("release work"));
        if let Err(error) = undone {
            self.writer.abandon(&error.to_string());
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if !self.finished {
            self.roll_back();
        }
        if self.writer.in_transaction() && !self.writer.scheduled {
            self.writer.scheduled = true;
            self.group.wake.notify_one();
        }
    }
}
