//! The front's files, from the binary (release) or from the folder that `SOUK_SITE_DIR` names (debug).

use std::{
    collections::{BTreeMap, HashMap},
    fs, io,
    path::Path,
};

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use serde::Deserialize;

use super::encoding::Encoding;

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/site.rs"));
}

/// `manifest.json`: logical name (`boot.js`) to file.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Manifest {
    pub files: BTreeMap<String, Asset>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Asset {
    /// Below `/pkg/`, with a hash of the content in it.
    pub path: String,
    pub mime: String,
    #[serde(default)]
    pub preload: bool,
}

impl Manifest {
    /// The URL of a logical name.
    pub fn url(&self, name: &str) -> Option<String> {
        self.files.get(name).map(|asset| format!("/pkg/{}", asset.path))
    }
}

struct File {
    mime: HeaderValue,
    plain: Bytes,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
}

/// Everything below `/pkg/`, held in memory.
#[derive(Default)]
pub struct Site {
    pub manifest: Manifest,
    files: HashMap<String, File>,
}

impl Site {
    /// From `folder`, or what the binary holds; empty where there is neither: pages then work without scripts
    /// and without looks.
    pub fn load(folder: Option<&Path>) -> io::Result<Self> {
        match (folder, embedded::MANIFEST) {
            (Some(folder), _) => {
                let text = fs::read_to_string(folder.join("manifest.json")).map_err(|error| {
                    io::Error::new(error.kind(), format!("{}: {error}", folder.display()))
                })?;
                let pkg = folder.join("pkg");
                Self::build(&text, |name| match fs::read(pkg.join(name)) {
                    Ok(bytes) => Ok(Some(Bytes::from(bytes))),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                    Err(error) => Err(error),
                })
            }
            (None, Some(text)) => {
                let files: HashMap<&str, &'static [u8]> = embedded::FILES.iter().copied().collect();
                Self::build(text, |name| Ok(files.get(name).map(|bytes| Bytes::from_static(bytes))))
            }
            (None, None) => Ok(Self::default()),
        }
    }

    fn build(manifest: &str, read: impl Fn(&str) -> io::Result<Option<Bytes>>) -> io::Result<Self> {
        let manifest: Manifest = serde_json::from_str(manifest).map_err(io::Error::other)?;
        let mut files = HashMap::new();
        for asset in manifest.files.values() {
            let plain = read(&asset.path)?.ok_or_else(|| {
                io::Error::new(io::ErrorKind::NotFound, format!("the manifest names {}", asset.path))
            })?;
            let file = File {
                mime: HeaderValue::from_str(&asset.mime).map_err(io::Error::other)?,
                plain,
                brotli: read(&format!("{}.br", asset.path))?,
                gzip: read(&format!("{}.gz", asset.path))?,
            };
            files.insert(asset.path.clone(), file);
        }
        Ok(Self { manifest, files })
    }

    /// Answers `GET /pkg/{path}`.
    pub fn serve(&self, path: &str, headers: &HeaderMap) -> Response {
        let Some(file) = self.files.get(path) else { return StatusCode::NOT_FOUND.into_response() };
        let (bytes, encoding) = match Encoding::accepted(headers) {
            Encoding::Brotli if file.brotli.is_some() => (&file.brotli, Encoding::Brotli),
            Encoding::Brotli | Encoding::Gzip if file.gzip.is_some() => (&file.gzip, Encoding::Gzip),
            _ => (&None, Encoding::Identity),
        };
        let mut response = bytes.as_ref().unwrap_or(&file.plain).clone().into_response();
        let head = response.headers_mut();
        let mut set = |name: HeaderName, value: HeaderValue| head.insert(name, value);
        set(header::CONTENT_TYPE, file.mime.clone());
        set(header::CACHE_CONTROL, IMMUTABLE);
        set(header::VARY, HeaderValue::from_static("accept-encoding"));
        if let Some(name) = encoding.header() {
            set(header::CONTENT_ENCODING, name);
        }
        response
    }
}

/// For what never changes under its name.
pub const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
