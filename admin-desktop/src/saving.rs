//! Files that the screens make: they come as bytes, and the merchant is asked where to put them.

use std::{fs, io, path::Path, path::PathBuf};

use tauri::{
    AppHandle,
    ipc::{InvokeBody, Request},
};
use tauri_plugin_dialog::{DialogExt as _, MessageDialogKind};

/// Bytes; the largest that a server writes are a tenth of it.
const LARGEST: usize = 64 << 20;

/// A file as the window sends it: the bytes as they are, the name in a header.
pub struct Sent<'a> {
    name: &'a str,
    pub bytes: &'a [u8],
}

impl<'a> Sent<'a> {
    /// None where it is too large, or none.
    pub fn of(request: &'a Request<'_>) -> Option<Self> {
        let InvokeBody::Raw(bytes) = request.body() else { return None };
        let name = request.headers().get("name").and_then(|name| name.to_str().ok()).unwrap_or_default();
        (bytes.len() <= LARGEST).then_some(Self { name, bytes })
    }

    /// Leads nowhere else, whatever it was.
    pub fn name(&self, ending: &str, otherwise: &str) -> String {
        plain(self.name, ending, otherwise)
    }
}

pub fn plain(name: &str, ending: &str, otherwise: &str) -> String {
    let stem = name.strip_suffix(ending).unwrap_or(name);
    let known = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let stem: String = stem.chars().filter(known).take(80).collect();
    let stem = if stem.is_empty() { otherwise } else { &stem };
    format!("{stem}{ending}")
}

/// Asks where. Nothing is written where the merchant thinks better of it; where it can't be written, that is said.
pub fn save(app: &AppHandle, name: String, bytes: Vec<u8>) {
    let owner = app.clone();
    app.dialog().file().set_file_name(name).save_file(move |chosen| {
        let Some(chosen) = chosen.and_then(|chosen| chosen.into_path().ok()) else { return };
        if let Err(error) = fs::write(&chosen, bytes) {
            let text = format!("{} could not be written: {error}", chosen.display());
            owner.dialog().message(text).title("Not saved").kind(MessageDialogKind::Error).show(|_| ());
        }
    });
}

/// A table (CSV) from the screens.
pub fn save_table(app: &AppHandle, request: &Request<'_>) -> bool {
    let Some(sent) = Sent::of(request).filter(|sent| is_text(sent.bytes)) else { return false };
    save(app, sent.name(".csv", "table"), sent.bytes.to_vec());
    true
}

fn is_text(bytes: &[u8]) -> bool {
    !bytes.contains(&0) && std::str::from_utf8(bytes).is_ok()
}

/// A folder of its own for each, so that the name stays what it is.
pub fn beside(cache: &Path, name: &str) -> io::Result<PathBuf> {
    let mut number = 0;
    loop {
        let folder = cache.join(format!("{number}"));
        fs::create_dir_all(cache)?;
        match fs::create_dir(&folder) {
            Ok(()) => return Ok(folder.join(name)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{is_text, plain};

    #[test]
    fn names_lead_nowhere() {
        assert_eq!(plain("invoice-INV-00001.pdf", ".pdf", "paper"), "invoice-INV-00001.pdf");
        assert_eq!(
            plain("../../.config/autostart/x.desktop", ".pdf", "paper"),
            "configautostartxdesktop.pdf"
        );
        assert_eq!(plain("", ".csv", "table"), "table.csv");
        assert_eq!(plain("<script>.csv", ".csv", "table"), "script.csv");
        assert!(plain(&"a".repeat(300), ".csv", "table").len() < 100);
    }

    #[test]
    fn a_table_is_text() {
        assert!(is_text("Größe,1\n".as_bytes()));
        assert!(!is_text(b"\x7fELF\0"));
        assert!(!is_text(&[0xff, 0xfe]));
    }
}
