//! The desktop app: its window's files, the app around them, the package, and the test that drives it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::json;

use crate::deb;
use crate::front;
use crate::machine;
use crate::npm;
use crate::step::Steps;
use crate::test;
use crate::workspace::{Workspace, become_command, cargo, files_below, output, run as run_command};

const PACKAGE: &str = "souk-desktop";
const INDEX: &str = "admin-desktop/ui/index.html";

/// What the app is linked with, and Debian's names for it.
const LIBRARIES: [(&str, &str); 3] = [
    ("webkit2gtk-4.1", "libwebkit2gtk-4.1-dev"),
    ("librsvg-2.0", "librsvg2-dev"),
    ("ayatana-appindicator3-0.1", "libayatana-appindicator3-dev"),
];
/// What its test runs in, and Debian's names for it.
const TOOLS: [(&str, &str); 6] = [
    ("WebKitWebDriver", "webkit2gtk-driver"),
    ("Xvfb", "xvfb"),
    ("xauth", "xauth"),
    ("dbus-run-session", "dbus"),
    ("gnome-keyring-daemon", "gnome-keyring"),
    // Types into the system's own dialogs, which no WebDriver reaches.
    ("xdotool", "xdotool"),
];
/// In a session bus of its own: a keyring that is open, with an empty password, and a screen.
const SESSION: &str = "echo | gnome-keyring-daemon --unlock --components=secrets >/dev/null && \
     exec xvfb-run -a -s '-screen 0 1440x1000x24' npx playwright test --project=desktop";
/// Asks WebKit's driver for the app instead of a browser.
const TAURI_DRIVER: &str = "2.1.0";

/// Steps that [`drive`] takes.
const DRIVE_STEPS: usize = front::DESKTOP_STEPS + 6;

/// How the app itself is compiled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// What ships.
    Release,
    /// Quick to build: the same files in the window.
    Dev,
}

/// What to build.
#[derive(Clone, Copy)]
pub struct Build {
    pub profile: Profile,
    /// With a look for newer versions.
    pub updater: bool,
}

/// `make desktop`.
///
/// # Errors
/// When a step fails or the app can't start.
pub fn run(workspace: &Workspace, wanted: Build, start: bool) -> Result<()> {
    let package = wanted.profile == Profile::Release && machine::program(&["dpkg"]).is_some();
    let mut steps = Steps::new(front::DESKTOP_STEPS + 3 + usize::from(package));
    let binary = build(workspace, wanted, &mut steps)?;
    if package {
        let package = steps.quiet("package", || {
            let package = deb::build(workspace, &binary)?;
            let said = package.display().to_string();
            Ok((package, said))
        })?;
        steps.finish(&format!("Install it with `sudo apt install {}`; built", package.display()));
    }
    if start { become_command(Command::new(binary)) } else { Ok(()) }
}

/// `cargo xtask desktop-test`.
///
/// # Errors
/// When a step or the test fails.
pub fn test(workspace: &Workspace) -> Result<()> {
    let mut steps = Steps::new(DRIVE_STEPS + 2);
    let server = steps.loud("debug server", || test::debug_server(workspace))?;
    steps.quiet("npm packages of the tests", || npm::install(workspace, npm::Parts::All))?;
    drive(workspace, &server, &mut steps)?;
    steps.finish("The desktop's test passed,");
    Ok(())
}

/// The desktop's own tests, and its window on a virtual screen against a shop that `server` serves.
///
/// # Errors
/// When a step or the test fails.
fn drive(workspace: &Workspace, server: &Path, steps: &mut Steps) -> Result<()> {
    steps.quiet("WebDriver, a screen and a session bus", || tools().map(|said| ((), said)))?;
    let app = build(workspace, Build { profile: Profile::Dev, updater: false }, steps)?;
    steps.loud("lints and unit tests of the desktop", || {
        lint(workspace)?;
        run_command(tauri_cargo(workspace, &dist(workspace))?.args(["test", "--quiet", "--package", PACKAGE]))
    })?;
    let keyrings = workspace.target.join("desktop/keyrings");
    steps.loud("the desktop against a running shop", || {
        run_command(
            Command::new("dbus-run-session")
                .args(["--", "sh", "-c", SESSION])
                .current_dir(workspace.end2end())
                .env("XDG_DATA_HOME", &keyrings)
                .env("E2E_BIN", server)
                .env("E2E_DESKTOP", &app)
                .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"),
        )
    })
}

/// Clippy on the app. What is drawn in its window is linted with the browser's.
fn lint(workspace: &Workspace) -> Result<()> {
    run_command(tauri_cargo(workspace, &dist(workspace))?.args([
        "clippy",
        "--package",
        PACKAGE,
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]))
}

fn build(workspace: &Workspace, Build { profile, updater }: Build, steps: &mut Steps) -> Result<PathBuf> {
    steps.quiet("system libraries of the web view", || libraries().map(|said| ((), said)))?;
    let site = front::build_desktop(workspace, steps)?;
    let dist = steps.quiet("files of the window", || {
        let dist = dist(workspace);
        assemble(workspace, &site, &dist)?;
        Ok((dist, String::new()))
    })?;
    steps.loud("desktop app", || {
        let mut command = tauri_cargo(workspace, &dist)?;
        command.args(["build", "--package", PACKAGE]);
        if profile == Profile::Release {
            command.arg("--release");
        }
        if updater {
            command.args(["--features", "updater"]);
        }
        run_command(&mut command)
    })?;
    let folder = if profile == Profile::Release { "release" } else { "debug" };
    let binary = workspace.target.join(folder).join(format!("{PACKAGE}{}", std::env::consts::EXE_SUFFIX));
    if !binary.is_file() {
        bail!("cargo built no {}", binary.display());
    }
    Ok(binary)
}

/// Cargo with what the app's build script reads: where the window's files are, and the version.
fn tauri_cargo(workspace: &Workspace, dist: &Path) -> Result<Command> {
    let given = std::env::var("TAURI_CONFIG").unwrap_or_else(|_| "{}".to_owned());
    let mut config: serde_json::Value = serde_json::from_str(&given).context("TAURI_CONFIG")?;
    config["build"]["frontendDist"] = json!(dist);
    let mut command = cargo();
    command.env("TAURI_CONFIG", config.to_string()).current_dir(&workspace.root);
    Ok(command)
}

fn dist(workspace: &Workspace) -> PathBuf {
    workspace.target.join("site/desktop/dist")
}

/// The page, with the names of the built files, and the files. Written only where they differ: the app embeds them, and
/// would be built anew.
fn assemble(workspace: &Workspace, site: &Path, dist: &Path) -> Result<()> {
    let manifest = front::manifest(site)?;
    let path = |name: &str| match manifest.files.get(name) {
        Some(asset) => Ok(format!("/pkg/{}", asset.path)),
        None => bail!("the built front has no {name}"),
    };
    let page = fs::read_to_string(workspace.root.join(INDEX)).context(INDEX)?;
    let page = page
        .replace("__CSS__", &path("admin.css")?)
        .replace("__CHART__", &path("admin-chart.js")?)
        .replace("__BOOT__", &path("desktop-boot.js")?);
    let mut wanted = vec![(dist.join("index.html"), page.into_bytes())];
    // The shop's stylesheet comes with the other; nothing here loads it.
    for (_, asset) in manifest.files.iter().filter(|(name, _)| *name != "main.css") {
        wanted.push((dist.join("pkg").join(&asset.path), fs::read(site.join("pkg").join(&asset.path))?));
    }
    for old in files_below(dist)?.iter().filter(|old| !wanted.iter().any(|(path, _)| path == *old)) {
        fs::remove_file(old)?;
    }
    for (path, content) in wanted {
        if fs::read(&path).is_ok_and(|old| old == content) {
            continue;
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, content).with_context(|| path.display().to_string())?;
    }
    Ok(())
}

/// The web view's headers. Elsewhere than on Linux the system brings its own.
fn libraries() -> Result<String> {
    if !cfg!(target_os = "linux") {
        return Ok("the system's".to_owned());
    }
    let missing = || -> Vec<&str> {
        let there = |name: &str| output(Command::new("pkg-config").args(["--exists", name])).is_ok();
        LIBRARIES.iter().filter(|(name, _)| !there(name)).map(|(_, package)| *package).collect()
    };
    let wanted = missing();
    if wanted.is_empty() {
        return Ok("in place".to_owned());
    }
    machine::install("The web view (WebKitGTK)", &[&["pkg-config"], wanted.as_slice()].concat())?;
    Ok("installed".to_owned())
}

fn tools() -> Result<String> {
    let missing: Vec<&str> = TOOLS
        .iter()
        .filter(|(program, _)| machine::program(&[program]).is_none())
        .map(|(_, package)| *package)
        .collect();
    let mut said = "in place";
    if !missing.is_empty() {
        machine::install("What the desktop's test runs in", &missing)?;
        said = "installed";
    }
    if machine::program(&["tauri-driver"]).is_none() {
        output(cargo().args(["install", "tauri-driver", "--version", TAURI_DRIVER, "--quiet"]))?;
        said = "installed";
    }
    Ok(said.to_owned())
}
