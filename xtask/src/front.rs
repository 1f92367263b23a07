//! What the browser loads, built into one folder.
//!
//! # The contract with the server
//!
//! The folder is `<cargo target>/site/release` (`site/dev` for `--dev`):
//!
//! ```text
//! manifest.json              logical name → Asset (see asset.rs)
//! pkg/souk.<hash>.js         wasm-bindgen's module
//! pkg/souk_bg.<hash>.wasm
//! pkg/boot.<hash>.js         the page's only <script type="module">: loads the two above and hydrates
//! pkg/main.<hash>.css
//! pkg/souk-admin.<hash>.js, souk-admin_bg.<hash>.wasm, admin-boot.<hash>.js, admin.<hash>.css
//!                            the same of the merchant's screens
//! pkg/card-fields.<hash>.js  for a gateway's own fields at the checkout, where one is set up: app/web/card-fields.js
//! pkg/admin-chart.<hash>.js  Apache ECharts, as much as the screens' charts need: see chart.rs
//! pkg/fonts/<name>.<hash>.woff2
//! pkg/<file>.br, .gz         beside everything that shrinks
//! ```
//!
//! ```json
//! { "files": { "souk.js": { "path": "souk.1f….js", "mime": "text/javascript", "size": 41000, "brotli": 7500,
//!                           "gzip": 8600, "preload": true }, "souk_bg.wasm": {}, "boot.js": {}, "main.css": {},
//!              "souk-admin.js": {}, "admin.css": {}, "admin-chart.js": {},
//!              "fonts/figtree.woff2": {} } }
//! ```
//!
//! - `path` is below `/pkg/`. Names carry a hash of the content: serve with `cache-control: public, max-age=31536000,
//!   immutable`, and `.br` or `.gz` when the client accepts it.
//! - Release: xtask sets `SOUK_SITE_DIR` while it compiles the `souk` binary, whose build.rs embeds the folder
//!   (`rerun-if-env-changed=SOUK_SITE_DIR`, `rerun-if-changed=$SOUK_SITE_DIR/manifest.json`; only when `PROFILE` is
//!   `release`, so that debug builds don't depend on it).
//! - Debug: the server reads the folder that `SOUK_SITE_DIR` names when it runs. `make test` sets it to the release
//!   front: the browser tests see what ships.
//! - The page's shell links from the manifest: `preload as=font crossorigin` for fonts with `preload`, the stylesheet,
//!   and boot.js as the script, which fetches the other two after the page has loaded: preloaded, they would compete
//!   with the first picture. The policy needs `script-src 'self' 'wasm-unsafe-eval'`.
//! - boot.js sets `<html data-hydrated="true">` when the page has been taken over.
//! - Stylesheets name fonts as `url("/pkg/fonts/<as>")`; `style/fonts.json` says from which file of which npm
//!   package that comes, and whether the first screen needs it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use wasm_bindgen_cli_support::Bindgen;

use crate::asset::{self, Asset, Effort};
use crate::chart;
use crate::css;
use crate::npm;
use crate::step::Steps;
use crate::wasm::Toolchain;
use crate::workspace::{Workspace, files_below, output, run};

/// Steps that [`build`] takes.
pub const STEPS: usize = 9;
/// Steps that [`build_desktop`] takes: the same but for one of the two applications, and what stands around it.
pub const DESKTOP_STEPS: usize = 7;

/// An application in the browser: its crate, and what its files are called.
struct App {
    package: &'static str,
    /// What cargo calls the crate's file.
    wasm: &'static str,
    /// Of the bound files: `souk.js`, `souk_bg.wasm`.
    name: &'static str,
    /// Its source, and what it is called when built.
    boot: (&'static str, &'static str),
    /// Among the built parts.
    part: &'static str,
}

/// One cargo call each. In one call cargo would build souk-app once with the features of both, and the shop's wasm would
/// carry whatever of the screens the linker can't tell to be dead. Dependencies are shared all the same: see `admin`
/// in app/Cargo.toml.
const APPS: [App; 2] = [
    App {
        package: "souk-web",
        wasm: "souk_web.wasm",
        name: "souk",
        boot: ("app/web/boot.js", "boot.js"),
        part: "wasm",
    },
    App {
        package: "souk-admin",
        wasm: "souk_admin.wasm",
        name: "souk-admin",
        boot: ("app/admin/boot.js", "admin-boot.js"),
        part: "wasm of the admin",
    },
];

/// Of the desktop's window: a folder of its own, since the server has no use for it.
const DESKTOP: App = App {
    package: "souk-desktop-ui",
    wasm: "souk_desktop_ui.wasm",
    name: "souk-desktop",
    boot: ("app/admin/boot.js", "desktop-boot.js"),
    part: "wasm of the desktop",
};

/// For a gateway's own fields: a plain module of ours, which no other page asks for.
const FIELDS: &str = "app/web/card-fields.js";
/// What it is called when built.
pub const FIELDS_NAME: &str = "card-fields.js";

/// How the front is built.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Small: what ships.
    Release,
    /// Quick to build.
    Dev,
    /// Of the desktop: small, and packed by nobody, since it lies in the app.
    Desktop,
}

impl Profile {
    fn cargo_profile(self) -> &'static str {
        match self {
            Self::Release | Self::Desktop => "wasm-release",
            Self::Dev => "wasm-dev",
        }
    }

    fn folder(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Dev => "dev",
            Self::Desktop => "desktop",
        }
    }

    fn effort(self) -> Effort {
        match self {
            Self::Release => Effort::Smallest,
            Self::Dev | Self::Desktop => Effort::Quick,
        }
    }
}

/// `manifest.json`.
#[derive(Default, Serialize, Deserialize)]
pub struct Manifest {
    pub files: BTreeMap<String, Asset>,
}

/// What each part was last built from: kept beside the manifest, so unchanged parts are left alone.
#[derive(Default, Serialize, Deserialize)]
struct Stamps {
    parts: BTreeMap<String, Stamp>,
}

#[derive(Serialize, Deserialize)]
struct Stamp {
    fingerprint: String,
    files: BTreeMap<String, Asset>,
}

/// The folder described above.
pub fn site(workspace: &Workspace, profile: Profile) -> PathBuf {
    workspace.target.join("site").join(profile.folder())
}

/// Reads what [`build`] wrote.
///
/// # Errors
/// When the front was not built.
pub fn manifest(site: &Path) -> Result<Manifest> {
    let path = site.join("manifest.json");
    let text =
        fs::read(&path).with_context(|| format!("{}: run `cargo xtask front` first", path.display()))?;
    Ok(serde_json::from_slice(&text)?)
}

/// `cargo xtask front`.
///
/// # Errors
/// As [`build`].
pub fn command(workspace: &Workspace, profile: Profile) -> Result<()> {
    let mut steps = Steps::new(STEPS);
    let site = build(workspace, profile, &mut steps)?;
    steps.finish(&format!("SOUK_SITE_DIR={}", site.display()));
    Ok(())
}

/// Builds what changed and returns the folder.
///
/// # Errors
/// When a tool is missing or a source does not compile.
pub fn build(workspace: &Workspace, profile: Profile, steps: &mut Steps) -> Result<PathBuf> {
    build_apps(workspace, &APPS, profile, steps)
}

/// What the desktop's window loads, without the page around it.
///
/// # Errors
/// As [`build`].
pub fn build_desktop(workspace: &Workspace, steps: &mut Steps) -> Result<PathBuf> {
    build_apps(workspace, &[DESKTOP], Profile::Desktop, steps)
}

fn build_apps(workspace: &Workspace, apps: &[App], profile: Profile, steps: &mut Steps) -> Result<PathBuf> {
    let site = site(workspace, profile);
    let pkg = site.join("pkg");
    fs::create_dir_all(&pkg)?;
    let stamps_path = site.join("stamps.json");
    let mut stamps: Stamps =
        fs::read(&stamps_path).ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();

    steps.quiet("npm packages of the front", || npm::install(workspace, npm::Parts::Front))?;
    steps.quiet("stylesheet and fonts", || {
        let sources = css::Sources::find(workspace)?;
        let fingerprint = sources.fingerprint()?;
        stamps.refresh("style", fingerprint, &pkg, || sources.build(&pkg, profile.effort()))
    })?;
    steps.quiet("charts", || {
        let fingerprint = chart::fingerprint(workspace)?;
        stamps.refresh("charts", fingerprint, &pkg, || chart::build(workspace, &pkg, profile.effort()))
    })?;
    steps.quiet("card fields", || {
        let source = fs::read(workspace.root.join(FIELDS)).context(FIELDS)?;
        let fingerprint = asset::short_hash(&[source.as_slice(), include_bytes!("front.rs")].concat());
        stamps.refresh("card fields", fingerprint, &pkg, || {
            let module = minified(workspace, &workspace.root.join(FIELDS))?;
            let written = asset::write(&pkg, FIELDS_NAME, &module, profile.effort(), false)?;
            Ok([(FIELDS_NAME.to_owned(), written)].into())
        })
    })?;
    let toolchain = steps.quiet("wasm target", || Toolchain::ensure(workspace))?;
    for app in apps {
        steps.loud(app.part, || {
            let profile = ["--profile", profile.cargo_profile()];
            run(toolchain.cargo(workspace, "build").args(["--package", app.package]).args(profile))
        })?;
        steps.quiet("bindings, compression", || {
            let raw = fs::read(Toolchain::output_folder(workspace, profile.cargo_profile()).join(app.wasm))
                .context("reading the built wasm")?;
            let source = app.boot.0;
            let boot = fs::read_to_string(workspace.root.join(source)).context(source)?;
            let fingerprint =
                asset::short_hash(&[raw.as_slice(), boot.as_bytes(), include_bytes!("front.rs")].concat());
            stamps.refresh(app.part, fingerprint, &pkg, || {
                bind(workspace, app, &site, &pkg, raw, &boot, profile)
            })
        })?;
    }

    let files = stamps.parts.values().flat_map(|part| part.files.clone()).collect();
    let manifest = Manifest { files };
    write_if_changed(&site.join("manifest.json"), &serde_json::to_vec_pretty(&manifest)?)?;
    write_if_changed(&stamps_path, &serde_json::to_vec_pretty(&stamps)?)?;
    prune(&pkg, &manifest)?;
    Ok(site)
}

impl Stamps {
    fn refresh(
        &mut self,
        part: &str,
        fingerprint: String,
        pkg: &Path,
        build: impl FnOnce() -> Result<BTreeMap<String, Asset>>,
    ) -> Result<((), String)> {
        let fresh = self.parts.get(part).is_some_and(|stamp| {
            stamp.fingerprint == fingerprint && stamp.files.values().all(|file| pkg.join(&file.path).exists())
        });
        if fresh {
            return Ok(((), "unchanged".to_owned()));
        }
        let files = build()?;
        self.parts.insert(part.to_owned(), Stamp { fingerprint, files });
        Ok(((), String::new()))
    }
}

/// wasm-bindgen's module, the stripped wasm, the snippets of dependencies, and the boot script that names them.
fn bind(
    workspace: &Workspace,
    app: &App,
    site: &Path,
    pkg: &Path,
    raw: Vec<u8>,
    boot: &str,
    profile: Profile,
) -> Result<BTreeMap<String, Asset>> {
    let scratch = site.join("bindgen");
    if scratch.exists() {
        fs::remove_dir_all(&scratch)?;
    }
    let release = profile != Profile::Dev;
    Bindgen::new()
        .input_bytes(app.name, raw)
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        .remove_name_section(release)
        .remove_producers_section(release)
        .generate(&scratch)?;

    let effort = profile.effort();
    let mut files = BTreeMap::new();
    for path in files_below(&scratch)? {
        let name = path.strip_prefix(&scratch)?.to_string_lossy().replace('\\', "/");
        let content =
            if release && name.ends_with(".js") { minified(workspace, &path)? } else { fs::read(&path)? };
        // Snippets are imported by the module under names that wasm-bindgen has hashed already.
        let asset = if name.contains('/') {
            asset::write_as(pkg, name.clone(), &content, effort, true)?
        } else {
            asset::write(pkg, &name, &content, effort, true)?
        };
        files.insert(name, asset);
    }
    let (script, wasm) = (format!("{}.js", app.name), format!("{}_bg.wasm", app.name));
    let (Some(script), Some(wasm)) = (files.get(&script), files.get(&wasm)) else {
        bail!("wasm-bindgen wrote {:?}, expected {script} and {wasm}", files.keys());
    };
    let boot: String = boot
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .map(|line| format!("{}\n", line.replace("__SCRIPT__", &script.path).replace("__WASM__", &wasm.path)))
        .collect();
    let name = app.boot.1;
    files.insert(name.to_owned(), asset::write(pkg, name, boot.as_bytes(), effort, true)?);
    fs::remove_dir_all(&scratch)?;
    Ok(files)
}

/// wasm-bindgen writes its module to be read.
fn minified(workspace: &Workspace, path: &Path) -> Result<Vec<u8>> {
    let mut esbuild = Command::new("npx");
    esbuild.args(["--no", "--", "esbuild", "--minify", "--format=esm", "--log-level=warning"]).arg(path);
    Ok(output(esbuild.current_dir(workspace.end2end()))?.into_bytes())
}

/// The server's build watches the manifest: it must not look new when nothing is.
fn write_if_changed(path: &Path, content: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|old| old == content) {
        return Ok(());
    }
    fs::write(path, content).with_context(|| path.display().to_string())
}

/// Removes what earlier builds left.
fn prune(pkg: &Path, manifest: &Manifest) -> Result<()> {
    let kept: Vec<PathBuf> = manifest.files.values().map(|file| pkg.join(&file.path)).collect();
    for file in files_below(pkg)? {
        let bare = match file.extension() {
            Some(extension) if extension == "br" || extension == "gz" => file.with_extension(""),
            _ => file.clone(),
        };
        if !kept.contains(&bare) {
            fs::remove_file(&file)?;
        }
    }
    Ok(())
}
