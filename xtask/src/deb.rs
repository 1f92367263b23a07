//! The desktop app as a Debian package, put together here: an `ar` of two archives. Tauri's own bundler would do it, but
//! comes in a tool that takes longer to compile than the app, and can't be told to leave the rest alone (ADR 12).

use std::fmt::Write as _;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use flate2::{Compression, write::GzEncoder};
use tar::{Builder, EntryType, Header};

use crate::workspace::{Workspace, output};

const NAME: &str = "souk-desktop";
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What the app loads when it runs, beside what it is linked with: Tauri finds the tray by name.
const DEPENDS: &str = "libwebkit2gtk-4.1-0, libgtk-3-0, libayatana-appindicator3-1";
/// Without it tokens are forgotten at the end.
const RECOMMENDS: &str = "gnome-keyring | org.freedesktop.secrets, xdg-utils, librsvg2-common";

/// Starts the app, and opens `souk://` with it.
const ENTRY: &str = "[Desktop Entry]
Type=Application
Name=Souk
Comment=Orders, stock and products of your shop
Exec=/usr/bin/souk-desktop %u
Icon=souk
Terminal=false
Categories=Office;
MimeType=x-scheme-handler/souk;
StartupWMClass=souk-desktop
";

/// A file of the package: where, its mode, its content.
type Entry = (&'static str, u32, Vec<u8>);

/// Builds `<target>/desktop/souk-desktop_<version>_<architecture>.deb`.
///
/// # Errors
/// When a file can't be read or written, or dpkg does not name this machine's architecture.
pub fn build(workspace: &Workspace, binary: &Path) -> Result<PathBuf> {
    let architecture = output(Command::new("dpkg").arg("--print-architecture"))?.trim().to_owned();
    let read = |name: &str| {
        let path = workspace.root.join(name);
        fs::read(&path).with_context(|| path.display().to_string())
    };
    let files: Vec<Entry> = vec![
        ("usr/bin/souk-desktop", 0o755, fs::read(binary).context("the app")?),
        ("usr/share/applications/souk-desktop.desktop", 0o644, ENTRY.as_bytes().to_vec()),
        ("usr/share/doc/souk-desktop/copyright", 0o644, read("LICENSE-MIT")?),
        ("usr/share/icons/hicolor/32x32/apps/souk.png", 0o644, read("admin-desktop/icons/32x32.png")?),
        ("usr/share/icons/hicolor/128x128/apps/souk.png", 0o644, read("admin-desktop/icons/128x128.png")?),
        ("usr/share/icons/hicolor/256x256/apps/souk.png", 0o644, read("admin-desktop/icons/256x256.png")?),
        ("usr/share/icons/hicolor/scalable/apps/souk.svg", 0o644, read("server/src/web/favicon.svg")?),
    ];
    let folder = workspace.target.join("desktop");
    fs::create_dir_all(&folder)?;
    let package = folder.join(format!("{NAME}_{VERSION}_{architecture}.deb"));
    fs::write(&package, bundle(&files, &architecture)?).with_context(|| package.display().to_string())?;
    Ok(package)
}

fn bundle(files: &[Entry], architecture: &str) -> Result<Vec<u8>> {
    let size: usize = files.iter().map(|(_, _, content)| content.len()).sum();
    let control = control(architecture, size.div_ceil(1024));
    let control = archive(&[("control", 0o644, control.into_bytes())])?;
    let mut package = b"!<arch>\n".to_vec();
    member(&mut package, "debian-binary", b"2.0\n")?;
    member(&mut package, "control.tar.gz", &control)?;
    member(&mut package, "data.tar.gz", &archive(files)?)?;
    Ok(package)
}

fn control(architecture: &str, kilobytes: usize) -> String {
    let mut text = String::new();
    let fields = [
        ("Package", NAME),
        ("Version", VERSION),
        ("Architecture", architecture),
        ("Maintainer", "The Souk project <hello@souk.example>"),
        ("Section", "office"),
        ("Priority", "optional"),
        ("Depends", DEPENDS),
        ("Recommends", RECOMMENDS),
    ];
    for (name, value) in fields {
        // Writing to a String can't fail.
        let _ = writeln!(text, "{name}: {value}");
    }
    let _ = writeln!(text, "Installed-Size: {kilobytes}");
    text.push_str("Description: Souk for the merchant\n");
    text.push_str(
        " Orders, stock and products of one or several Souk shops, with\n notifications of new orders.\n",
    );
    text
}

/// A compressed tar with the folders above each file. Owned by root and without times: the same files, the same bytes.
fn archive(files: &[Entry]) -> Result<Vec<u8>> {
    let mut tar = Builder::new(GzEncoder::new(Vec::new(), Compression::best()));
    let mut folders = vec!["./".to_owned()];
    for (path, ..) in files {
        let ends = path.match_indices('/').map(|(end, _)| format!("{}/", &path[..end]));
        for folder in ends {
            if !folders.contains(&folder) {
                folders.push(folder);
            }
        }
    }
    for folder in &folders {
        tar.append_data(&mut header(EntryType::Directory, 0o755, 0), folder, std::io::empty())?;
    }
    for (path, mode, content) in files {
        let mut header = header(EntryType::Regular, *mode, content.len());
        tar.append_data(&mut header, path, content.as_slice())?;
    }
    Ok(tar.into_inner()?.finish()?)
}

fn header(kind: EntryType, mode: u32, size: usize) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_size(size as u64);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header
}

/// A file of an `ar` archive: sixty bytes of header, and an even length.
fn member(archive: &mut Vec<u8>, name: &str, content: &[u8]) -> Result<()> {
    writeln!(archive, "{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`", 0, 0, 0, "100644", content.len())?;
    archive.extend_from_slice(content);
    if content.len() % 2 == 1 {
        archive.push(b'\n');
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;

    use super::*;

    #[test]
    fn the_package_has_its_three_parts_and_the_files_their_modes() {
        let files = [("usr/bin/app", 0o755, b"abc".to_vec()), ("usr/share/a.txt", 0o644, b"hello".to_vec())];
        let package = bundle(&files, "amd64").expect("a package");
        let mut rest = package.strip_prefix(b"!<arch>\n").expect("an ar archive");
        let mut parts = Vec::new();
        while !rest.is_empty() {
            let (head, after) = rest.split_at(60);
            let text = std::str::from_utf8(head).expect("text");
            assert!(text.ends_with("`\n"), "{text:?}");
            let size: usize = text[48..58].trim().parse().expect("a size");
            parts.push((text[..16].trim().to_owned(), after[..size].to_vec()));
            rest = &after[size + size % 2..];
        }
        let names: Vec<&str> = parts.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["debian-binary", "control.tar.gz", "data.tar.gz"]);
        assert_eq!(parts[0].1, b"2.0\n");

        let list = |part: &[u8]| -> Vec<(String, u32, String)> {
            let mut tar = tar::Archive::new(GzDecoder::new(part));
            let entries = tar.entries().expect("entries").map(|entry| {
                let mut entry = entry.expect("an entry");
                let mut content = String::new();
                entry.read_to_string(&mut content).expect("text");
                let path = entry.path().expect("a path").display().to_string();
                (path, entry.header().mode().expect("a mode"), content)
            });
            entries.collect()
        };
        let data = list(&parts[2].1);
        let paths: Vec<(&str, u32)> = data.iter().map(|(path, mode, _)| (path.as_str(), *mode)).collect();
        assert_eq!(
            paths,
            [
                ("./", 0o755),
                ("usr/", 0o755),
                ("usr/bin/", 0o755),
                ("usr/share/", 0o755),
                ("usr/bin/app", 0o755),
                ("usr/share/a.txt", 0o644)
            ]
        );
        assert_eq!(data[4].2, "abc");
        let control = list(&parts[1].1);
        let text = &control.iter().find(|(path, ..)| path == "control").expect("control").2;
        assert!(text.contains("Architecture: amd64\n") && text.contains("Installed-Size: 1\n"), "{text}");
        assert!(text.contains("libwebkit2gtk-4.1-0"), "{text}");
    }

    #[test]
    fn the_entry_opens_links_with_the_app() {
        assert!(ENTRY.contains("MimeType=x-scheme-handler/souk;\n"));
        assert!(ENTRY.contains("Exec=/usr/bin/souk-desktop %u\n"));
    }
}
