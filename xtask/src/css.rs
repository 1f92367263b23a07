//! `style/main.css` and `style/admin.css` with what they import, as one minified file each; the fonts they name, from npm.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use lightningcss::bundler::{Bundler, FileProvider};
use lightningcss::stylesheet::{MinifyOptions, ParserOptions, PrinterOptions};
use lightningcss::targets::{Browsers, Targets};
use serde::Deserialize;

use crate::asset::{self, Asset, Effort};
use crate::workspace::{Workspace, files_below};

/// A stylesheet names a font by this path and the name that fonts.json gives it; the build puts the hash in.
const FONT_URL: &str = "/pkg/fonts/";

/// The shop's, and the merchant's.
const SHEETS: [&str; 2] = ["main.css", "admin.css"];

/// An entry of `style/fonts.json`: a file of an npm package, under the name that the stylesheets use.
#[derive(Deserialize)]
struct Font {
    package: String,
    file: PathBuf,
    #[serde(rename = "as")]
    name: String,
    /// Whether the first screen needs it.
    preload: bool,
}

/// Everything the stylesheets are made of, for telling whether it changed.
pub struct Sources {
    root: PathBuf,
    files: Vec<PathBuf>,
    fonts: Vec<Font>,
    node_modules: PathBuf,
}

impl Sources {
    /// Reads `style/` and checks that every font it names is in `fonts.json` and in npm's folder.
    ///
    /// # Errors
    /// When a stylesheet or a font is missing.
    pub fn find(workspace: &Workspace) -> Result<Self> {
        let root = workspace.root.join("style");
        let node_modules = workspace.end2end().join("node_modules");
        if let Some(missing) = SHEETS.iter().find(|sheet| !root.join(sheet).exists()) {
            bail!("style/{missing} is missing");
        }
        let list = fs::read(root.join("fonts.json")).context("reading style/fonts.json")?;
        let fonts: Vec<Font> = serde_json::from_slice(&list).context("reading style/fonts.json")?;
        let files = files_below(&root)?;
        for file in files.iter().filter(|file| file.extension().is_some_and(|e| e == "css")) {
            for name in font_names(&fs::read_to_string(file)?) {
                if !fonts.iter().any(|font| font.name == name) {
                    bail!("{} names the font {name}, which style/fonts.json does not list", file.display());
                }
            }
        }
        for font in &fonts {
            if !font.path(&node_modules).exists() {
                bail!("{} has no {}; is it in end2end/package.json?", font.package, font.file.display());
            }
        }
        Ok(Self { root, files, fonts, node_modules })
    }

    /// Changes when any source does.
    pub fn fingerprint(&self) -> Result<String> {
        let mut all = include_bytes!("css.rs").to_vec();
        let fonts = self.fonts.iter().map(|font| font.path(&self.node_modules));
        for file in self.files.iter().cloned().chain(fonts) {
            all.extend(file.to_string_lossy().as_bytes());
            all.extend(fs::read(file)?);
        }
        Ok(asset::short_hash(&all))
    }

    /// Writes the stylesheets and the fonts: logical name → asset.
    ///
    /// # Errors
    /// When a stylesheet does not parse; the message has file and line.
    pub fn build(&self, pkg: &Path, effort: Effort) -> Result<BTreeMap<String, Asset>> {
        let mut assets = BTreeMap::new();
        let mut hashed = Vec::new();
        for font in &self.fonts {
            let logical = format!("fonts/{}", font.name);
            let asset =
                asset::write(pkg, &logical, &fs::read(font.path(&self.node_modules))?, effort, font.preload)?;
            hashed.push((format!("{FONT_URL}{}", font.name), format!("/pkg/{}", asset.path)));
            assets.insert(logical, asset);
        }
        for sheet in SHEETS {
            let css = bundle(&self.root.join(sheet))?;
            let css = hashed.iter().fold(css, |css, (plain, hashed)| css.replace(plain, hashed));
            assets.insert(sheet.to_owned(), asset::write(pkg, sheet, css.as_bytes(), effort, true)?);
        }
        Ok(assets)
    }
}

impl Font {
    fn path(&self, node_modules: &Path) -> PathBuf {
        node_modules.join(&self.package).join(&self.file)
    }
}

/// Browsers of two years ago: newer syntax than theirs is rewritten.
fn targets() -> Targets {
    let version = |major: u32, minor: u32| Some(major << 16 | minor << 8);
    Targets::from(Browsers {
        chrome: version(120, 0),
        edge: version(120, 0),
        firefox: version(121, 0),
        safari: version(17, 2),
        ios_saf: version(17, 2),
        ..Browsers::default()
    })
}

fn bundle(main: &Path) -> Result<String> {
    let files = FileProvider::new();
    let mut bundler = Bundler::new(&files, None, ParserOptions::default());
    let mut sheet = bundler.bundle(main).map_err(|error| anyhow!("{error}"))?;
    let targets = targets();
    sheet
        .minify(MinifyOptions { targets, ..MinifyOptions::default() })
        .map_err(|error| anyhow!("{error}"))?;
    let printer = PrinterOptions { minify: true, targets, ..PrinterOptions::default() };
    Ok(sheet.to_css(printer).map_err(|error| anyhow!("{error}"))?.code)
}

fn font_names(css: &str) -> Vec<String> {
    css.split(FONT_URL)
        .skip(1)
        .map(|rest| rest.split(['"', '\'', ')', '?', '#']).next().unwrap_or_default().to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn font_names_are_read_from_quoted_and_bare_urls() {
        let css = r#"src: url("/pkg/fonts/a-latin.woff2") format("woff2"); src:url(/pkg/fonts/b.woff2)"#;
        assert_eq!(font_names(css), ["a-latin.woff2", "b.woff2"]);
    }
}
