//! The merchant's shops: `shops.json` in the app's own folder. No secrets in it.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{0}: {1}")]
    File(PathBuf, io::Error),
    #[error("{0}: {1}")]
    Content(PathBuf, serde_json::Error),
    #[error("{0} is no shop's address")]
    Address(String),
    #[error("{0} is none of the shops")]
    Unknown(String),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shop {
    /// Scheme, host and port, without a slash at the end.
    pub url: String,
    /// What the shop says of itself: the screens know what it means.
    pub facts: Value,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct List {
    shops: Vec<Shop>,
    current: Option<String>,
}

pub struct Shops {
    file: PathBuf,
    list: Mutex<List>,
}

impl Shops {
    /// # Errors
    /// Where the file is there and can't be read.
    pub fn load(folder: &Path) -> Result<Self, Error> {
        let file = folder.join("shops.json");
        let list = match fs::read(&file) {
            Ok(text) => serde_json::from_slice(&text).map_err(|error| Error::Content(file.clone(), error))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => List::default(),
            Err(error) => return Err(Error::File(file, error)),
        };
        Ok(Self { file, list: Mutex::new(list) })
    }

    /// In the order in which they were added, and the one that is open.
    pub fn all(&self) -> (Vec<Shop>, Option<String>) {
        let list = self.list();
        (list.shops.clone(), list.current.clone())
    }

    /// Adds a shop, or what is new about it.
    ///
    /// # Errors
    /// Where its address is none, or the file can't be written.
    pub fn put(&self, shop: Shop) -> Result<(), Error> {
        if !is_address(&shop.url) {
            return Err(Error::Address(shop.url));
        }
        self.change(|list| {
            match list.shops.iter_mut().find(|known| known.url == shop.url) {
                Some(known) => *known = shop,
                None => list.shops.push(shop),
            }
            Ok(())
        })
    }

    /// # Errors
    /// Where there is no such shop, or the file can't be written.
    pub fn choose(&self, url: Option<String>) -> Result<(), Error> {
        self.change(|list| {
            match url {
                Some(url) if !list.shops.iter().any(|shop| shop.url == url) => {
                    return Err(Error::Unknown(url));
                }
                url => list.current = url,
            }
            Ok(())
        })
    }

    /// # Errors
    /// Where the file can't be written.
    pub fn remove(&self, url: &str) -> Result<(), Error> {
        self.change(|list| {
            list.shops.retain(|shop| shop.url != url);
            if list.current.as_deref() == Some(url) {
                list.current = None;
            }
            Ok(())
        })
    }

    fn change(&self, act: impl FnOnce(&mut List) -> Result<(), Error>) -> Result<(), Error> {
        let mut list = self.list();
        act(&mut list)?;
        let text =
            serde_json::to_vec_pretty(&*list).map_err(|error| Error::Content(self.file.clone(), error))?;
        self.write(&text).map_err(|error| Error::File(self.file.clone(), error))
    }

    /// Beside it and renamed: an end in between leaves the old list.
    fn write(&self, text: &[u8]) -> io::Result<()> {
        if let Some(folder) = self.file.parent() {
            fs::create_dir_all(folder)?;
        }
        let beside = self.file.with_extension("new");
        fs::write(&beside, text)?;
        fs::rename(&beside, &self.file)
    }

    fn list(&self) -> MutexGuard<'_, List> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Encrypted, or on this computer.
fn is_address(text: &str) -> bool {
    let Ok(url) = url::Url::parse(text) else { return false };
    let here = matches!(url.host_str(), Some("localhost" | "127.0.0.1"));
    let safe = url.scheme() == "https" || (url.scheme() == "http" && here);
    safe && url.origin().ascii_serialization() == text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shop(url: &str) -> Shop {
        Shop { url: url.to_owned(), facts: json!({ "name": url }) }
    }

    #[test]
    fn the_list_is_there_after_a_restart() {
        let folder = tempfile::tempdir().expect("a folder");
        let shops = Shops::load(folder.path()).expect("an empty list");
        assert_eq!(shops.all(), (vec![], None));
        shops.put(shop("https://one.example")).expect("added");
        shops.put(shop("http://127.0.0.1:3000")).expect("added");
        shops.choose(Some("https://one.example".to_owned())).expect("chosen");
        let renamed = Shop { facts: json!({ "name": "Tea" }), ..shop("https://one.example") };
        shops.put(renamed.clone()).expect("changed");

        let again = Shops::load(folder.path()).expect("the list");
        let (all, current) = again.all();
        assert_eq!(all, [renamed, shop("http://127.0.0.1:3000")]);
        assert_eq!(current.as_deref(), Some("https://one.example"));
        again.remove("https://one.example").expect("removed");
        assert_eq!(again.all(), (vec![shop("http://127.0.0.1:3000")], None));
    }

    #[test]
    fn only_shops_are_opened_and_only_safe_addresses_are_shops() {
        let folder = tempfile::tempdir().expect("a folder");
        let shops = Shops::load(folder.path()).expect("an empty list");
        for wrong in [
            "http://shop.example",
            "https://shop.example/",
            "https://me@shop.example",
            "ftp://localhost",
            "javascript:alert(1)",
            "http://localhost.evil.example",
            "",
        ] {
            assert!(shops.put(shop(wrong)).is_err(), "{wrong}");
        }
        assert!(shops.choose(Some("https://nobody.example".to_owned())).is_err());
        assert_eq!(shops.all(), (vec![], None));
    }

    #[test]
    fn a_broken_file_is_said_and_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("shops.json"), "{").expect("written");
        assert!(matches!(Shops::load(folder.path()), Err(Error::Content(..))));
        assert_eq!(fs::read_to_string(folder.path().join("shops.json")).expect("still there"), "{");
    }
}
