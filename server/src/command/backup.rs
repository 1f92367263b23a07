//! `souk backup`: every domain's database at one moment, the pictures and the key.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use futures::future::try_join_all;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{cli::Outcome, compose::Shop, config::Settings};

/// Stands at the top of a backup.
pub const MANIFEST: &str = "souk-backup.json";
const FORMAT: u32 = 1;

#[derive(Serialize, Deserialize)]
pub struct Manifest {
    pub format: u32,
    pub made_at: souk_contract::Timestamp,
    pub version: String,
    /// SHA-256 of each file, by its path in the backup. Pictures are named by their own content and not listed.
    pub files: std::collections::BTreeMap<String, String>,
}

impl Manifest {
    /// Compares every file it names.
    pub fn check(&self, folder: &Path) -> anyhow::Result<()> {
        if self.format != FORMAT {
            bail!("this backup has format {}, and this version reads {FORMAT}", self.format);
        }
        for (name, hash) in &self.files {
            let found = hash_of(&folder.join(name)).with_context(|| name.clone())?;
            if found != *hash {
                bail!("{name} is damaged: its content is not what was backed up");
            }
        }
        Ok(())
    }
}

pub async fn run(settings: &Settings, target: &Path) -> anyhow::Result<Outcome> {
    if target.exists() {
        bail!("{} exists already", target.display());
    }
    let is_tar = target.extension().is_some_and(|extension| extension == "tar");
    let folder = if is_tar { beside(target) } else { target.to_owned() };
    let outcome =
        copy(settings, &folder).await.and_then(|()| if is_tar { pack(&folder, target) } else { Ok(()) });
    if is_tar || outcome.is_err() {
        let _ = fs::remove_dir_all(&folder);
    }
    outcome?;
    println!("{} is complete", target.display());
    Ok(Outcome::Done)
}

fn beside(target: &Path) -> PathBuf {
    let mut name = target.as_os_str().to_owned();
    name.push(".partial");
    PathBuf::from(name)
}

async fn copy(settings: &Settings, folder: &Path) -> anyhow::Result<()> {
    let shop = Shop::open(settings).await?;
    let db_folder = folder.join("db");
    fs::create_dir_all(&db_folder).with_context(|| db_folder.display().to_string())?;
    private(folder)?;

    // Nobody can write while all locks are held: the copies show one moment, and no order without its payment.
    // Always in this order, so that two backups don't wait for each other.
    let mut locks = Vec::new();
    for db in shop.databases() {
        locks.push(db.begin().await.with_context(|| format!("waiting for {}", db.domain()))?);
    }
    let made_at = shop.kit.now();
    let copies = shop.databases().iter().map(|db| {
        let file = db_folder.join(format!("{}.sqlite", db.domain()));
        async move { db.backup_to(&file).await.with_context(|| format!("copying {}", db.domain())) }
    });
    try_join_all(copies).await?;
    drop(locks);

    let mut files = std::collections::BTreeMap::new();
    for db in shop.databases() {
        let name = format!("db/{}.sqlite", db.domain());
        files.insert(name.clone(), hash_of(&folder.join(&name))?);
    }
    for name in ["secret.key", "souk.toml"] {
        let source = settings.data_dir.join(name);
        if source.is_file() {
            fs::copy(&source, folder.join(name))?;
            files.insert(name.to_owned(), hash_of(&folder.join(name))?);
        }
    }
    // Pictures never change under their name: those that came since the moment above do no harm.
    copy_folder(&settings.media_dir(), &folder.join("media"))?;
    let manifest = Manifest { format: FORMAT, made_at, version: env!("CARGO_PKG_VERSION").to_owned(), files };
    fs::write(folder.join(MANIFEST), serde_json::to_vec_pretty(&manifest)?)?;
    shop.close().await
}

/// The key and the customers are in it.
fn private(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
    }
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

pub fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    if !from.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

fn hash_of(file: &Path) -> io::Result<String> {
    let mut hash = Sha256::new();
    io::copy(&mut File::open(file)?, &mut hash)?;
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

fn pack(folder: &Path, target: &Path) -> anyhow::Result<()> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(target).with_context(|| target.display().to_string())?;
    let mut archive = tar::Builder::new(io::BufWriter::new(file));
    archive.append_dir_all(".", folder)?;
    archive.into_inner()?.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    Ok(())
}
