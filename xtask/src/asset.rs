//! One file for the browser: named by its content, so it can be cached for ever, with its compressed forms beside it.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// An entry of `manifest.json`. Sizes are bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asset {
    /// File name below `/pkg/`, with the hash in it.
    pub path: String,
    pub mime: String,
    pub size: u64,
    /// Size of `<path>.br`; absent for what does not shrink.
    pub brotli: Option<u64>,
    /// Size of `<path>.gz`; absent for what does not shrink.
    pub gzip: Option<u64>,
    /// Whether the first page asks for it before it is discovered.
    pub preload: bool,
}

/// How hard to compress.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// The smallest: for what ships.
    Smallest,
    /// Quick: for development.
    Quick,
}

/// Twelve hexadecimal digits of the SHA-256.
pub fn short_hash(content: &[u8]) -> String {
    let mut hash = hex::encode(Sha256::digest(content));
    hash.truncate(12);
    hash
}

/// `fonts/inter.woff2` becomes `fonts/inter.<hash>.woff2`.
pub fn hashed_name(name: &str, content: &[u8]) -> String {
    let hash = short_hash(content);
    match name.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}.{hash}.{extension}"),
        None => format!("{name}.{hash}"),
    }
}

/// Writes `content` under its hashed name into `folder`.
///
/// # Errors
/// When the folder can't be written.
pub fn write(folder: &Path, name: &str, content: &[u8], effort: Effort, preload: bool) -> Result<Asset> {
    write_as(folder, hashed_name(name, content), content, effort, preload)
}

/// Writes `content` under exactly `path`: for files whose names are hashed by someone else.
///
/// # Errors
/// When the folder can't be written.
pub fn write_as(folder: &Path, path: String, content: &[u8], effort: Effort, preload: bool) -> Result<Asset> {
    let file = folder.join(&path);
    if let Some(parent) = file.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(&file, content).with_context(|| file.display().to_string())?;
    let extension = path.rsplit('.').next().unwrap_or_default();
    let (mime, shrinks) = match extension {
        "js" => ("text/javascript", true),
        "wasm" => ("application/wasm", true),
        "css" => ("text/css", true),
        "svg" => ("image/svg+xml", true),
        "woff2" => ("font/woff2", false),
        _ => ("application/octet-stream", false),
    };
    let (brotli, gzip) = if shrinks {
        let (brotli, gzip) = (brotli(content, effort)?, gzip(content, effort)?);
        fs::write(folder.join(format!("{path}.br")), &brotli)?;
        fs::write(folder.join(format!("{path}.gz")), &gzip)?;
        (Some(brotli.len() as u64), Some(gzip.len() as u64))
    } else {
        (None, None)
    };
    Ok(Asset { path, mime: mime.to_owned(), size: content.len() as u64, brotli, gzip, preload })
}

fn brotli(content: &[u8], effort: Effort) -> Result<Vec<u8>> {
    let quality = if effort == Effort::Smallest { 11 } else { 4 };
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 64 * 1024, quality, 24);
    writer.write_all(content)?;
    writer.flush()?;
    Ok(writer.into_inner())
}

fn gzip(content: &[u8], effort: Effort) -> Result<Vec<u8>> {
    let level =
        if effort == Effort::Smallest { flate2::Compression::best() } else { flate2::Compression::fast() };
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), level);
    writer.write_all(content)?;
    Ok(writer.finish()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_stands_before_the_extension() {
        assert_eq!(hashed_name("main.css", b"a"), "main.ca978112ca1b.css");
        assert_eq!(hashed_name("fonts/x.woff2", b"a"), "fonts/x.ca978112ca1b.woff2");
    }

    #[test]
    fn brotli_reads_back() {
        let text = "souk ".repeat(1000);
        for effort in [Effort::Smallest, Effort::Quick] {
            let packed = brotli(text.as_bytes(), effort).expect("compresses");
            assert!(packed.len() < 100);
            let mut unpacked = Vec::new();
            brotli::BrotliDecompress(&mut packed.as_slice(), &mut unpacked).expect("decompresses");
            assert_eq!(unpacked, text.as_bytes());
        }
    }
}
