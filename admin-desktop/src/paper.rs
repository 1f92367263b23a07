//! Papers (PDF): shown by the system's viewer, which also prints them, or kept where the merchant says.

use std::{fs, io, path::PathBuf};

use tauri::{AppHandle, Manager as _, ipc::Request};

use crate::{
    commands::Refused,
    saving::{self, Sent},
};

/// Below the app's cache folder. They hold customers' names: gone at the end, or after a crash at the next start.
const FOLDER: &str = "papers";

/// A PDF and what it is called, as the window sends it.
#[derive(Debug, PartialEq)]
pub struct Paper {
    name: String,
    bytes: Vec<u8>,
}

impl Paper {
    /// # Errors
    /// Where it is no PDF, or too large for one.
    pub fn of(request: &Request<'_>) -> Result<Self, Refused> {
        let sent = Sent::of(request).ok_or(Refused::NoPaper)?;
        Self::new(sent.name(".pdf", "paper"), sent.bytes)
    }

    fn new(name: String, bytes: &[u8]) -> Result<Self, Refused> {
        // Whatever the window was made to send: the system's viewer opens nothing but papers.
        if !bytes.starts_with(b"%PDF-") {
            return Err(Refused::NoPaper);
        }
        Ok(Self { name, bytes: bytes.to_vec() })
    }

    /// # Errors
    /// Where it can't be written, or the system has nothing that shows a PDF.
    pub fn open(self, app: &AppHandle) -> Result<(), Refused> {
        let path = self.write(app).map_err(|error| Refused::System(error.to_string()))?;
        open_that::that_detached(path).map_err(|error| Refused::System(error.to_string()))
    }

    /// Asks where.
    pub fn save(self, app: &AppHandle) {
        saving::save(app, self.name, self.bytes);
    }

    fn write(&self, app: &AppHandle) -> io::Result<PathBuf> {
        let path = saving::beside(&folder(app)?, &self.name)?;
        fs::write(&path, &self.bytes)?;
        Ok(path)
    }
}

/// For this user's eyes.
fn folder(app: &AppHandle) -> io::Result<PathBuf> {
    let folder = app.path().app_cache_dir().map_err(io::Error::other)?.join(FOLDER);
    fs::create_dir_all(&folder)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700))?;
    }
    Ok(folder)
}

/// At the start and at the end.
pub fn clear(app: &AppHandle) {
    if let Ok(cache) = app.path().app_cache_dir() {
        // There may be none.
        let _ = fs::remove_dir_all(cache.join(FOLDER));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_papers_pass() {
        assert!(Paper::new("x.pdf".into(), b"%PDF-1.7").is_ok());
        for wrong in [&b"#!/bin/sh"[..], b"", b"<html>%PDF-"] {
            assert!(Paper::new("x.pdf".into(), wrong).is_err());
        }
    }
}
