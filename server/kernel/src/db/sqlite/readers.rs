//! Read-only connections, opened when first needed.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use super::{DbError, Link, PATIENCE, closed};

pub(super) struct Readers {
    file: PathBuf,
    idle: Mutex<Vec<Link>>,
    permits: Arc<Semaphore>,
}

impl Readers {
    pub(super) fn new(file: &Path, most: u32) -> Self {
        Self {
            file: file.to_owned(),
            idle: Mutex::default(),
            permits: Arc::new(Semaphore::new(most.max(1) as usize)),
        }
    }

    pub(super) async fn take(readers: &Arc<Self>) -> Result<ReaderLease, DbError> {
        let permit = timeout(PATIENCE, Arc::clone(&readers.permits).acquire_owned())
            .await
            .map_err(|_| DbError::Busy("no free reader".to_owned()))?
            .map_err(|_| closed())?;
        let idle = readers.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let link = match idle {
            Some(link) => link,
            None => Link::to_read(&readers.file)?,
        };
        Ok(ReaderLease { link: Some(link), readers: Arc::clone(readers), _permit: permit })
    }

    /// Those on loan are closed when they come back.
    pub(super) fn close(&self) {
        self.permits.close();
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// A reader on loan; it goes back when dropped.
pub(in crate::db) struct ReaderLease {
    link: Option<Link>,
    readers: Arc<Readers>,
    _permit: OwnedSemaphorePermit,
}

impl ReaderLease {
    pub(in crate::db) fn link(&mut self) -> Result<&mut Link, DbError> {
        self.link.as_mut().ok_or_else(closed)
    }
}

impl Drop for ReaderLease {
    fn drop(&mut self) {
        if let Some(link) = self.link.take()
            && !self.readers.permits.is_closed()
        {
            self.readers.idle.lock().unwrap_or_else(PoisonError::into_inner).push(link);
        }
    }
}
