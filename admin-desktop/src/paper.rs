//! Papers (PDF): shown by the system's viewer, which also prints them, or kept where the merchant says.

use std::{fs, io, path::PathBuf};

use tauri::{
    AppHandle, Manager as _,
    ipc::{InvokeBody, Request},
};

use crate::{commands::Refused, download};

/// Below the app's cache folder. They hold customers' names: gone at the end, or after a crash at the next start.
const FOLDER: &str = "papers";
/// Bytes; the largest that the server draws are a tenth of it.
const LARGEST: usize = 32 << 20;

/// A PDF and what it is called, as the window sends it.
#[derive(Debug, PartialEq)]
pub struct Paper {
    name: String,
    bytes: Vec<u8>,
}

impl Paper {
    /// The bytes as they are, the name in a header.
    ///
    /// # Errors
    /// Where it is no PDF, or too large for one.
    pub fn of(request: &Request<'_>) -> Result<Self, Refused> {
        let InvokeBody::Raw(bytes) = request.body() else { return Err(Refused::NoPaper) };
        let name = request.headers().get("name").and_then(|name| name.to_str().ok()).unwrap_or_default();
        Self::new(name, bytes)
    }

    fn new(name: &str, bytes: &[u8]) -> Result<Self, Refused> {
        // Whatever the window was made to send: the system's viewer opens nothing but papers.
        if !bytes.starts_with(b"%PDF-") || bytes.len() > LARGEST {
            return Err(Refused::NoPaper);
        }
        let stem = name.strip_suffix(".pdf").unwrap_or(name);
        let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let stem: String = stem.chars().filter(plain).take(80).collect();
        let stem = if stem.is_empty() { "paper" } else { &stem };
        Ok(Self { name: format!("{stem}.pdf"), bytes: bytes.to_vec() })
    }

    /// # Errors
    /// Where it can't be written, or the system has nothing that shows a PDF.
    pub fn open(self, app: &AppHandle) -> Result<(), Refused> {
        let path = self.write(app).map_err(|error| Refused::System(error.to_string()))?;
        open_that::that_detached(path).map_err(|error| Refused::System(error.to_string()))
    }

    /// Asks where; nothing is written where the merchant thinks better of it.
    pub fn save(self, app: &AppHandle) {
        download::save(app, self.name, move |chosen| {
            chosen.map_or(Ok(()), |chosen| fs::write(chosen, &self.bytes))
        });
    }

    fn write(&self, app: &AppHandle) -> io::Result<PathBuf> {
        let path = download::beside(&folder(app)?, self.name.as_ref())?;
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
    fn only_papers_pass_and_their_names_lead_nowhere() {
        let named = |name: &str| Paper::new(name, b"%PDF-1.7").expect("a paper").name;
        assert_eq!(named("invoice-INV-00001.pdf"), "invoice-INV-00001.pdf");
        assert_eq!(named("../../.config/autostart/x.desktop"), "configautostartxdesktop.pdf");
        assert_eq!(named(""), "paper.pdf");
        assert_eq!(named("<script>.pdf"), "script.pdf");
        assert!(named(&"a".repeat(300)).len() < 100);
        for wrong in [&b"#!/bin/sh"[..], b"", b"<html>%PDF-"] {
            assert!(Paper::new("x", wrong).is_err());
        }
    }
}
