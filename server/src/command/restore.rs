//! `souk restore`: a backup into an empty data folder, checked before and after.

use std::{fs, fs::File, path::Path};

use anyhow::{Context as _, bail};

use super::{
    backup::{MANIFEST, Manifest, copy_folder},
    verify,
};
use crate::{cli::Outcome, compose::Shop, config::Settings};

pub async fn run(settings: &Settings, source: &Path) -> anyhow::Result<Outcome> {
    let data = &settings.data_dir;
    if data.is_dir() && fs::read_dir(data)?.next().is_some() {
        bail!("{} is not empty: a backup is restored into a folder of its own", data.display());
    }
    fs::create_dir_all(data)?;
    if let Err(error) = bring_back(data, source) {
        // It was empty before.
        let _ = fs::remove_dir_all(data);
        return Err(error);
    }
    let shop = Shop::open(settings).await?;
    println!("restored into {}; verifying", data.display());
    let outcome = verify::books(&shop).await;
    shop.close().await?;
    outcome
}

fn bring_back(data: &Path, source: &Path) -> anyhow::Result<()> {
    if source.is_dir() {
        copy_folder(source, data)?;
    } else {
        let file = File::open(source).with_context(|| source.display().to_string())?;
        // Entries that would lead out of the folder are left out by `unpack`.
        tar::Archive::new(file).unpack(data).with_context(|| source.display().to_string())?;
    }
    let path = data.join(MANIFEST);
    let text = fs::read(&path).with_context(|| format!("{} is no backup of souk", source.display()))?;
    let manifest: Manifest = serde_json::from_slice(&text).with_context(|| MANIFEST.to_owned())?;
    manifest.check(data)?;
    println!("backup of {}, made by souk {}", manifest.made_at, manifest.version);
    fs::remove_file(path)?;
    Ok(())
}
