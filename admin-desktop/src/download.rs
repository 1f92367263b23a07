//! Files that the screens make (exports, documents): they are fetched beside, then the merchant is asked where to put them.

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use tauri::{AppHandle, Manager as _, Webview, webview::DownloadEvent};
use tauri_plugin_dialog::{DialogExt as _, MessageDialogKind};
use url::Url;

/// Where each download that is under way lies until it is whole. macOS does not tell.
#[derive(Default)]
pub struct Downloads(Mutex<HashMap<Url, PathBuf>>);

/// Whether the download goes on.
pub fn handle(webview: &Webview, event: DownloadEvent<'_>) -> bool {
    let app = webview.app_handle();
    let downloads = app.state::<Downloads>();
    let mut under_way = downloads.0.lock().unwrap_or_else(PoisonError::into_inner);
    match event {
        DownloadEvent::Requested { url, destination } => match place(app, destination) {
            Ok(path) => {
                destination.clone_from(&path);
                under_way.insert(url, path);
                true
            }
            Err(error) => {
                eprintln!("no place for a download: {error}");
                false
            }
        },
        DownloadEvent::Finished { url, success, .. } => {
            if let Some(path) = under_way.remove(&url) {
                if success { ask_where(app, path) } else { forget(&path) }
            }
            true
        }
        _ => true,
    }
}

fn place(app: &AppHandle, wanted: &Path) -> io::Result<PathBuf> {
    beside(&app.path().app_cache_dir().map_err(io::Error::other)?.join("downloads"), wanted)
}

/// A folder of its own for each, so that the name stays what it is.
pub fn beside(cache: &Path, wanted: &Path) -> io::Result<PathBuf> {
    let name = wanted.file_name().unwrap_or("export".as_ref());
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

fn ask_where(app: &AppHandle, path: PathBuf) {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    save(app, name, move |chosen| {
        let kept = chosen.map_or(Ok(()), |chosen| fs::copy(&path, chosen).map(drop));
        forget(&path);
        kept
    });
}

/// Asks where, and says so where it can't be put there. `keep` hears of it too where the merchant thinks better of it.
pub fn save(
    app: &AppHandle,
    name: String,
    keep: impl FnOnce(Option<&Path>) -> io::Result<()> + Send + 'static,
) {
    let owner = app.clone();
    app.dialog().file().set_file_name(name).save_file(move |chosen| {
        let chosen = chosen.and_then(|chosen| chosen.into_path().ok());
        if let Err(error) = keep(chosen.as_deref()) {
            let place = chosen.unwrap_or_default();
            let text = format!("{} could not be written: {error}", place.display());
            owner.dialog().message(text).title("Not saved").kind(MessageDialogKind::Error).show(|_| ());
        }
    });
}

fn forget(path: &Path) {
    // Failing, it lies in a cache folder.
    if let Some(folder) = path.parent() {
        let _ = fs::remove_dir_all(folder);
    }
}
