//! Pictures that an import named: from a folder, or fetched. A broken one is counted and said, and stops nothing.

use std::{
    collections::HashMap,
    fmt, io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use futures::{StreamExt as _, stream};
use souk_contract::{Catalog, Ctx, Error, MediaId, PendingMedia, StoreMedia};
use souk_fetch::{FetchError, Fetcher, Rules};
use url::Url;

use crate::Teller;

const AT_ONCE: usize = 4;
const PAGE: u32 = 500;
/// A host that can't be reached so often is left alone for the rest.
const PATIENCE: u32 = 3;
/// All are counted, these are said.
const FAILURES_SHOWN: u64 = 20;

/// What became of the pictures.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    pub stored: u64,
    /// Not a picture, or the address has none: they are not tried again.
    pub failed: u64,
    /// Their host could not be reached: the next import tries again.
    pub waiting: u64,
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} pictures stored, {} failed", self.stored, self.failed)?;
        match self.waiting {
            0 => Ok(()),
            waiting => {
                write!(f, ", {waiting} waiting for their host to be reachable (import again to retry)")
            }
        }
    }
}

/// Stores all that wait, by the guard's rules.
///
/// # Errors
/// Where the catalogue can't be read, or the fetcher not be built.
pub async fn store(
    catalog: &dyn Catalog,
    ctx: &Ctx,
    rules: &Rules,
    folder: Option<&Path>,
    teller: &dyn Teller,
) -> souk_contract::Result<Counts> {
    let pending = pending(catalog, ctx).await?;
    if pending.is_empty() {
        return Ok(Counts::default());
    }
    teller.begin("pictures", pending.len() as u64, false);
    let work = Work {
        catalog,
        ctx,
        fetcher: Fetcher::new(rules.clone()).map_err(Error::internal)?,
        folder: folder.map(Path::to_owned),
        max_bytes: rules.max_bytes,
        hosts: Mutex::default(),
        counts: Mutex::default(),
        teller,
    };
    stream::iter(pending).for_each_concurrent(AT_ONCE, |media| work.one(media)).await;
    teller.finish();
    let counts = *work.counts.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(counts)
}

async fn pending(catalog: &dyn Catalog, ctx: &Ctx) -> souk_contract::Result<Vec<PendingMedia>> {
    let mut all: Vec<PendingMedia> = Vec::new();
    loop {
        let after: Option<MediaId> = all.last().map(|media| media.id);
        let page = catalog.pending_media(ctx, after, PAGE).await?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}

struct Work<'s> {
    catalog: &'s dyn Catalog,
    ctx: &'s Ctx,
    fetcher: Fetcher,
    folder: Option<PathBuf>,
    max_bytes: u64,
    /// How often a host could not be reached.
    hosts: Mutex<HashMap<String, u32>>,
    counts: Mutex<Counts>,
    teller: &'s dyn Teller,
}

enum Trouble {
    /// The picture itself: no use in trying again.
    Bad(String),
    /// The way to it.
    Away(String),
    /// Left alone, and said before.
    Skipped,
}

impl Work<'_> {
    async fn one(&self, media: PendingMedia) {
        let catalog = self.catalog;
        let outcome = match self.bytes(&media.source).await {
            Ok(bytes) => match catalog.store_media(self.ctx, StoreMedia { id: media.id, bytes }).await {
                Ok(_) => Ok(()),
                Err(Error::Unavailable { what }) => Err(Trouble::Away(what)),
                Err(Error::Invalid { fields }) => Err(Trouble::Bad(
                    fields.into_iter().map(|field| field.message).collect::<Vec<_>>().join(" "),
                )),
                Err(error) => Err(Trouble::Bad(error.to_string())),
            },
            Err(trouble) => Err(trouble),
        };
        if let Err(Trouble::Bad(reason)) = &outcome
            && let Err(error) = catalog.fail_media(self.ctx, media.id, reason).await
        {
            self.teller.say(&format!("error: {}: {error}", media.source));
        }
        self.count(&media.source, outcome);
        self.teller.add(1);
    }

    fn count(&self, source: &str, outcome: Result<(), Trouble>) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let reason = match outcome {
            Ok(()) => {
                counts.stored += 1;
                return;
            }
            Err(Trouble::Skipped) => {
                counts.waiting += 1;
                return;
            }
            Err(Trouble::Bad(reason)) => {
                counts.failed += 1;
                reason
            }
            Err(Trouble::Away(reason)) => {
                counts.waiting += 1;
                reason
            }
        };
        if counts.failed + counts.waiting <= FAILURES_SHOWN {
            self.teller.say(&format!("warning: {source}: {reason}"));
        }
    }

    async fn bytes(&self, source: &str) -> Result<Vec<u8>, Trouble> {
        if let Some(path) = self.folder.as_deref().and_then(|folder| within(folder, source)) {
            match self.read(&path).await {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(Trouble::Bad(error.to_string())),
                Ok(bytes) => return Ok(bytes),
            }
        }
        let url =
            Url::parse(source).map_err(|_| Trouble::Bad("no such file, and no web address".to_owned()))?;
        let host = url.host_str().unwrap_or_default().to_owned();
        if self.misses(&host) >= PATIENCE {
            return Err(Trouble::Skipped);
        }
        match self.fetcher.get(source).await {
            Ok(bytes) => Ok(bytes.to_vec()),
            Err(error @ FetchError::Unreachable(_)) => {
                let misses = self.miss(&host);
                if misses == PATIENCE {
                    self.teller.say(&format!(
                        "warning: {host} can't be reached: its other pictures are left for later"
                    ));
                }
                Err(Trouble::Away(error.to_string()))
            }
            Err(
                error @ (FetchError::Timeout | FetchError::Broken(_) | FetchError::Status(429 | 500..=599)),
            ) => Err(Trouble::Away(error.to_string())),
            Err(error) => Err(Trouble::Bad(error.to_string())),
        }
    }

    async fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let size = tokio::fs::metadata(path).await?.len();
        if size > self.max_bytes {
            return Err(io::Error::other(format!("larger than {} bytes", self.max_bytes)));
        }
        tokio::fs::read(path).await
    }

    fn misses(&self, host: &str) -> u32 {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner).get(host).copied().unwrap_or_default()
    }

    fn miss(&self, host: &str) -> u32 {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let misses = hosts.entry(host.to_owned()).or_default();
        *misses += 1;
        *misses
    }
}

/// The file in the folder that has the source's last part as its name.
fn within(folder: &Path, source: &str) -> Option<PathBuf> {
    let path = Url::parse(source).map_or_else(|_| source.to_owned(), |url| url.path().to_owned());
    let name =
        path.rsplit(['/', '\\']).next().filter(|name| !name.is_empty() && *name != "." && *name != "..")?;
    Some(folder.join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_names_a_file_in_the_folder_and_no_other() {
        let folder = Path::new("/pictures");
        let file = |source: &str| within(folder, source).map(|path| path.display().to_string());
        assert_eq!(file("https://cdn.example/a/b/shirt.jpg?v=1").as_deref(), Some("/pictures/shirt.jpg"));
        assert_eq!(file("shirt.jpg").as_deref(), Some("/pictures/shirt.jpg"));
        assert_eq!(file("../../etc/passwd").as_deref(), Some("/pictures/passwd"));
        assert_eq!(file(".."), None);
        assert_eq!(file(""), None);
    }
}
