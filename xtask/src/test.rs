//! Every test, in the order in which they fail fastest.
//!
//! The browser tests get: `E2E_BIN` (a debug server; it needs `SOUK_SITE_DIR`, which is set too), `E2E_CHROMIUM`
//! (path of a Chromium, unset when Playwright has its own), and for `make screenshots` `E2E_SCREENSHOTS` (the folder
//! to fill), with `--project=screenshots`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::budget;
use crate::engines::{self, Carts};
use crate::front::{self, Profile};
use crate::machine;
use crate::npm;
use crate::shop;
use crate::step::Steps;
use crate::workspace::{Workspace, cargo, files_below, output, run};

/// `make test`.
///
/// # Errors
/// At the first step that fails.
pub fn all(workspace: &Workspace) -> Result<()> {
    let mut steps = Steps::new(front::STEPS + 11);
    steps.quiet("PostgreSQL", || machine::postgresql().map(|said| ((), said)))?;
    steps.quiet("Python", || machine::python().map(|said| ((), said)))?;
    steps.quiet("npm packages of the tests", || npm::install(workspace, npm::Parts::All))?;
    let chromium = steps.quiet("Chromium", || ensure_chromium(workspace))?;
    let nextest = steps.quiet("test runner", ensure_nextest)?;
    steps.loud("tests of xtask and of the architecture", || {
        run(runner(workspace, nextest).args(["--package", "xtask"]))
    })?;
    steps.loud("tests of the crates, on SQLite and PostgreSQL", || {
        run(runner(workspace, nextest).args(workspace.host_packages()))
    })?;
    steps.loud("examples in the documentation", || {
        run(cargo().args(["test", "--doc"]).args(workspace.host_libraries()).current_dir(&workspace.root))
    })?;
    let site = front::build(workspace, Profile::Release, &mut steps)?;
    steps.loud("carts in three engines", || engines::compare(workspace, Carts::SHORT))?;
    steps.loud("bytes of a first page", || budget::check(workspace))?;
    // The tests of the crates have built it: a build of the package alone would choose other features and begin anew.
    let binary = debug_binary(workspace)?;
    steps.loud("browser tests", || {
        if specs(workspace)?.is_empty() {
            println!("  end2end/ has no *.spec.ts yet: nothing to run");
            return Ok(());
        }
        run(&mut playwright(workspace, &binary, &site, chromium.as_deref()))
    })?;
    steps.finish("All tests passed,");
    Ok(())
}

/// `cargo xtask e2e`.
///
/// # Errors
/// When a step or a test fails.
pub fn browser_only(workspace: &Workspace, args: &[String]) -> Result<()> {
    let mut steps = Steps::new(front::STEPS + 4);
    steps.quiet("npm packages of the tests", || npm::install(workspace, npm::Parts::All))?;
    let chromium = steps.quiet("Chromium", || ensure_chromium(workspace))?;
    let site = front::build(workspace, Profile::Release, &mut steps)?;
    let binary = steps.loud("debug server", || debug_server(workspace))?;
    steps.loud("browser tests", || run(playwright(workspace, &binary, &site, chromium.as_deref()).args(args)))
}

/// `make screenshots`.
///
/// # Errors
/// When a step or a page fails.
pub fn screenshots(workspace: &Workspace) -> Result<()> {
    let mut steps = Steps::new(shop::BUILD_STEPS + 3);
    steps.quiet("npm packages of the tests", || npm::install(workspace, npm::Parts::All))?;
    let chromium = steps.quiet("Chromium", || ensure_chromium(workspace))?;
    // Drawing the demo shop's pictures would take a debug build many minutes.
    let binary = shop::build_steps(workspace, &mut steps)?;
    let site = front::site(workspace, Profile::Release);
    let folder = workspace.root.join("screenshots");
    steps.loud("pictures", || {
        run(playwright(workspace, &binary, &site, chromium.as_deref())
            .arg("--project=screenshots")
            .env("E2E_SCREENSHOTS", &folder))
    })?;
    steps.finish(&format!("Pictures are in {},", folder.display()));
    Ok(())
}

fn ensure_chromium(workspace: &Workspace) -> Result<(Option<PathBuf>, String)> {
    let found = machine::chromium(&workspace.end2end())?;
    let said =
        found.as_ref().map_or_else(|| "Playwright's own".to_owned(), |path| path.display().to_string());
    Ok((found, said))
}

/// Whether `cargo nextest` can be had; `cargo test` does otherwise.
///
/// # Errors
/// None: it is asked as a step.
pub fn ensure_nextest() -> Result<(bool, String)> {
    if machine::program(&["cargo-nextest"]).is_some() {
        return Ok((true, "cargo nextest".to_owned()));
    }
    // Without --locked: a mirror may not have every version that the lock names.
    if output(cargo().args(["install", "cargo-nextest", "--quiet"])).is_ok() {
        return Ok((true, "cargo nextest, installed".to_owned()));
    }
    Ok((false, "cargo test (cargo-nextest could not be installed)".to_owned()))
}

pub fn runner(workspace: &Workspace, nextest: bool) -> Command {
    let mut command = cargo();
    if nextest {
        command.args(["nextest", "run", "--no-fail-fast", "--no-tests", "pass"]);
    } else {
        command.args(["test", "--no-fail-fast"]);
    }
    command.current_dir(&workspace.root);
    command
}

/// Built without `SOUK_SITE_DIR`, like every debug build, so that no two of them rebuild each other's work.
pub fn debug_server(workspace: &Workspace) -> Result<PathBuf> {
    run(cargo().args(["build", "--package", "souk"]).current_dir(&workspace.root))?;
    // The browser tests' Stripe: what the tests of the crates build along.
    let stripe = ["build", "--package", "souk-stripe", "--features", "testing", "--example", "localstripe"];
    run(cargo().args(stripe).current_dir(&workspace.root))?;
    debug_binary(workspace)
}

fn debug_binary(workspace: &Workspace) -> Result<PathBuf> {
    let binary = workspace.target.join("debug").join(format!("souk{}", std::env::consts::EXE_SUFFIX));
    if !binary.is_file() {
        bail!("cargo built no {}", binary.display());
    }
    Ok(binary)
}

fn specs(workspace: &Workspace) -> Result<Vec<PathBuf>> {
    let folder = workspace.end2end();
    let all = files_below(&folder)?;
    let ours = |path: &PathBuf| !path.starts_with(folder.join("node_modules"));
    Ok(all.into_iter().filter(ours).filter(|path| path.to_string_lossy().ends_with(".spec.ts")).collect())
}

fn playwright(workspace: &Workspace, binary: &Path, site: &Path, chromium: Option<&Path>) -> Command {
    let mut command = Command::new("npx");
    command
        .args(["playwright", "test"])
        .current_dir(workspace.end2end())
        .env("E2E_BIN", binary)
        .env("SOUK_SITE_DIR", site)
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    if let Some(path) = chromium {
        command.env("E2E_CHROMIUM", path);
    }
    command
}
