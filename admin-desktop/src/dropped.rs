//! Files that somebody dropped on the window. WebKitGTK hands a page none of them, so the screens ask for them one by one; what
//! was not dropped can't be asked for.

use std::{
    collections::VecDeque,
    fs, io,
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

/// Bytes; as many as the server takes of an import.
const LARGEST: u64 = 64 << 20;

#[derive(Default)]
pub struct Dropped(Mutex<VecDeque<PathBuf>>);

impl Dropped {
    /// In place of what was dropped before.
    pub fn put(&self, paths: &[PathBuf]) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = paths.iter().cloned().collect();
    }

    /// The content of the next one, once.
    ///
    /// # Errors
    /// Where there is none, it is no file, or it is too large.
    pub fn take(&self) -> io::Result<Vec<u8>> {
        let path = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let path = path.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "nothing was dropped"))?;
        let about = fs::metadata(&path)?;
        if !about.is_file() || about.len() > LARGEST {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a file of at most 64 MiB"));
        }
        fs::read(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_dropped_is_read_once_and_nothing_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("table.csv");
        fs::write(&file, "Handle\n").expect("written");
        let dropped = Dropped::default();
        assert!(dropped.take().is_err());
        dropped.put(&[file, folder.path().to_owned()]);
        assert_eq!(dropped.take().expect("the file"), b"Handle\n");
        assert!(dropped.take().is_err(), "a folder is no file");
        assert!(dropped.take().is_err());
    }
}
