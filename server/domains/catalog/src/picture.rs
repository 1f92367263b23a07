//! From a merchant's file to responsive WebP: sniffed, bounded, upright, resized, named by its content.

use std::{
    fs, io,
    io::{Cursor, Write as _},
    path::{Path, PathBuf},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use fast_image_resize::{
    ResizeOptions, Resizer,
    images::{TypedImage, TypedImageRef},
    pixels::U8x4,
};
use image::{
    DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits, RgbaImage, metadata::Orientation,
};
use sha2::{Digest as _, Sha256};
use souk_contract::{Error, Result};

/// The largest file that is taken as a picture.
pub const MAX_BYTES: usize = 20 * 1024 * 1024;
const MAX_PIXELS: u64 = 50_000_000;
const MAX_SIDE: u32 = 30_000;
/// For a decoder's own buffers beside the pixels.
const MAX_ALLOC: u64 = 512 * 1024 * 1024;
const WIDTHS: [u32; 6] = [160, 320, 480, 640, 960, 1280];
const QUALITY: f32 = 80.0;
const BLUR_WIDTH: u32 = 16;
const BLUR_URI_MAX: usize = 400;

/// A stored picture, as the database keeps it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Asset {
    /// The first 32 hex digits of the SHA-256 of the file.
    pub key: String,
    pub width: u32,
    pub height: u32,
    pub widths: Vec<u32>,
    pub blur: String,
}

/// The name of a file's content.
pub(crate) fn key_of(bytes: &[u8]) -> String {
    let mut key = hex::encode(Sha256::digest(bytes));
    key.truncate(32);
    key
}

/// Makes the widths and the placeholder and writes them below `data/media`. Slow: call it off the async threads.
///
/// # Errors
/// `Invalid bytes` where the file is no JPEG, PNG, WebP or GIF, is too large or is broken.
pub(crate) fn store(data: &Path, bytes: &[u8]) -> Result<Asset> {
    let key = key_of(bytes);
    let original = decode(bytes)?;
    let (width, height) = (original.width(), original.height());
    let mut resizer = Resizer::new();
    let mut widths: Vec<u32> = WIDTHS.into_iter().filter(|target| *target < width).collect();
    if let Some(largest) = WIDTHS.last() {
        widths.push(width.min(*largest));
    }
    widths.dedup();
    for target in &widths {
        let webp = encode(&resize(&mut resizer, &original, *target)?, QUALITY)?;
        let path = path_of(data, &key, *target);
        write_whole(&path, &webp).map_err(|error| {
            tracing::error!(%error, path = %path.display(), "a picture was not written");
            Error::Unavailable { what: "The media folder".to_owned() }
        })?;
    }
    let blur = placeholder(&mut resizer, &original)?;
    Ok(Asset { key, width, height, widths, blur })
}

fn invalid(code: &str, message: &str) -> Error {
    Error::invalid("bytes", code, message)
}

/// The pixels, upright, and of one layout for all: the resizer brings its code anew for each (ADR 9). The format is what
/// the bytes say, whatever the file was called.
fn decode(bytes: &[u8]) -> Result<RgbaImage> {
    if bytes.len() > MAX_BYTES {
        return Err(invalid("too_long", "A picture may have at most 20 MiB."));
    }
    let format = match image::guess_format(bytes) {
        Ok(format @ (ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP | ImageFormat::Gif)) => format,
        _ => return Err(invalid("unsupported", "Only JPEG, PNG, WebP and GIF pictures can be used.")),
    };
    let broken = |error: image::ImageError| {
        tracing::debug!(%error, "a picture could not be decoded");
        match error {
            image::ImageError::Limits(_) => invalid("too_large", "The picture has too many pixels."),
            _ => invalid("invalid", "The picture is broken."),
        }
    };
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_ALLOC);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(broken)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(invalid("too_large", "A picture may have at most 50 megapixels."));
    }
    if width == 0 || height == 0 {
        return Err(invalid("invalid", "The picture is empty."));
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(broken)?;
    picture.apply_orientation(orientation);
    Ok(picture.into_rgba8())
}

fn resize(resizer: &mut Resizer, original: &RgbaImage, width: u32) -> Result<RgbaImage> {
    if width == original.width() {
        return Ok(original.clone());
    }
    let exact = u64::from(original.height()) * u64::from(width);
    let height = exact.div_ceil(u64::from(original.width())).clamp(1, u64::from(u32::MAX));
    let height = u32::try_from(height).unwrap_or(u32::MAX);
    let mut resized = RgbaImage::new(width, height);
    let source = TypedImageRef::<U8x4>::from_buffer(original.width(), original.height(), original)
        .map_err(Error::internal)?;
    let mut target = TypedImage::<U8x4>::from_buffer(width, height, &mut resized).map_err(Error::internal)?;
    resizer.resize_typed(&source, &mut target, &ResizeOptions::new()).map_err(Error::internal)?;
    Ok(resized)
}

fn encode(picture: &RgbaImage, quality: f32) -> Result<Vec<u8>> {
    let webp = webp::Encoder::from_rgba(picture, picture.width(), picture.height())
        .encode_simple(false, quality)
        .map_err(|error| Error::internal(format!("{error:?}")))?;
    Ok(webp.to_vec())
}

/// A WebP so small that it travels in the page; worse quality before a longer URI.
fn placeholder(resizer: &mut Resizer, original: &RgbaImage) -> Result<String> {
    let mut uri = String::new();
    for (width, quality) in [(BLUR_WIDTH, 40.0), (BLUR_WIDTH, 10.0), (8, 10.0), (4, 0.0)] {
        let width = width.min(original.width());
        // A very tall picture would need a long placeholder for nothing.
        let height = original.height().min(original.width() * 4);
        let shape = image::imageops::crop_imm(original, 0, 0, original.width(), height).to_image();
        let tiny = encode(&resize(resizer, &shape, width)?, quality)?;
        uri = format!("data:image/webp;base64,{}", STANDARD.encode(tiny));
        if uri.len() < BLUR_URI_MAX {
            break;
        }
    }
    Ok(uri)
}

fn path_of(data: &Path, key: &str, width: u32) -> PathBuf {
    let folder = key.get(..2).unwrap_or("00");
    data.join("media").join(folder).join(format!("{key}-{width}.webp"))
}

/// Either the whole file or none, also after a power cut. The same content may be written twice at once.
fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let thread = std::thread::current().id();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let draft = folder.join(format!(".{name}-{}-{thread:?}.tmp", std::process::id()));
    let mut file = fs::File::create(&draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&draft, path)?;
    fs::File::open(folder)?.sync_all()
}

/// Whether every width of the asset is on the disk.
pub(crate) fn is_complete(data: &Path, asset: &Asset) -> bool {
    asset.widths.iter().all(|width| path_of(data, &asset.key, *width).is_file())
}

/// The file behind `/media/{file_name}`: `{32 hex digits}-{width}.webp`. Any other name gives `None`, so that no
/// path can lead out of the folder.
pub fn media_path(data: &Path, file_name: &str) -> Option<PathBuf> {
    let (key, width) = file_name.strip_suffix(".webp")?.split_once('-')?;
    let hex = key.len() == 32 && key.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let number = (1..=5).contains(&width.len()) && width.bytes().all(|byte| byte.is_ascii_digit());
    (hex && number).then(|| width.parse().ok()).flatten().map(|width| path_of(data, key, width))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let picture =
            image::RgbImage::from_fn(width, height, |x, y| image::Rgb([x as u8, y as u8, (x ^ y) as u8]));
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, ImageFormat::Png).expect("a PNG");
        bytes.into_inner()
    }

    #[test]
    fn makes_every_width_up_to_the_original() {
        let folder = tempfile::tempdir().expect("a folder");
        let asset = store(folder.path(), &png(700, 350)).expect("stored");
        assert_eq!((asset.width, asset.height), (700, 350));
        assert_eq!(asset.widths, [160, 320, 480, 640, 700]);
        assert!(asset.blur.starts_with("data:image/webp;base64,") && asset.blur.len() < BLUR_URI_MAX);
        assert!(is_complete(folder.path(), &asset));
        let file = media_path(folder.path(), &format!("{}-320.webp", asset.key)).expect("a path");
        let made = image::load_from_memory(&fs::read(file).expect("the file")).expect("a WebP");
        assert_eq!((made.width(), made.height()), (320, 160));
        let left: Vec<_> =
            fs::read_dir(folder.path().join("media").join(&asset.key[..2])).expect("a folder").collect();
        assert_eq!(left.len(), 5, "no temporary file stays behind");
    }

    #[test]
    fn small_and_odd_pictures_work() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(store(folder.path(), &png(1, 1)).expect("stored").widths, [1]);
        assert_eq!(store(folder.path(), &png(160, 2)).expect("stored").widths, [160]);
        let tall = store(folder.path(), &png(2, 3000)).expect("stored");
        assert!(tall.blur.len() < BLUR_URI_MAX);
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let code = |bytes: &[u8]| match store(folder.path(), bytes) {
            Err(Error::Invalid { fields }) => fields[0].code.clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!(
            code(b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>"),
            "unsupported"
        );
        assert_eq!(code(b"%PDF-1.7"), "unsupported");
        assert_eq!(code(b""), "unsupported");
        assert_eq!(code(&png(20, 20)[..60]), "invalid");
        assert_eq!(code(&vec![0xff; MAX_BYTES + 1]), "too_long");
        // A PNG header that promises 65,535 x 65,535 pixels in a few bytes.
        let mut bomb = png(1, 1);
        bomb[16..24].copy_from_slice(&[0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff]);
        assert!(["too_large", "invalid"].contains(&code(&bomb).as_str()));
    }

    #[test]
    fn a_polyglot_loses_what_does_not_belong_to_the_picture() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut bytes = png(20, 20);
        bytes.extend_from_slice(b"<script>alert('polyglot')</script>");
        let asset = store(folder.path(), &bytes).expect("stored");
        let file = media_path(folder.path(), &format!("{}-20.webp", asset.key)).expect("a path");
        let made = fs::read(file).expect("the file");
        assert!(!made.windows(8).any(|part| part == b"polyglot"));
    }

    #[test]
    fn media_paths_stay_in_their_folder() {
        let data = Path::new("/data");
        let key = "0123456789abcdef0123456789abcdef";
        assert_eq!(
            media_path(data, &format!("{key}-320.webp")),
            Some(PathBuf::from(format!("/data/media/01/{key}-320.webp")))
        );
        for bad in [
            "../../etc/passwd".to_owned(),
            format!("{key}-320.webp/../x"),
            format!("../{key}-320.webp"),
            format!("{key}-..webp"),
            format!("{key}-+20.webp"),
            format!("{key}-.webp"),
            format!("{}-320.webp", key.to_uppercase()),
            format!("{key}-320.png"),
            format!("{key}\0-320.webp"),
        ] {
            assert_eq!(media_path(data, &bad), None, "{bad:?}");
        }
    }
}
