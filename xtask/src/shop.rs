//! The shop's own binary: built with the front inside, run, measured.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

use crate::budget;
use crate::front::{self, Profile};
use crate::step::Steps;
use crate::workspace::{Workspace, become_command, cargo, run as run_command};

pub const BUILD_STEPS: usize = front::STEPS + 2;

/// The release binary with the front embedded, copied to `target/release/souk` in the checkout.
///
/// # Errors
/// When a step fails or the front is over its budget.
pub fn build(workspace: &Workspace) -> Result<PathBuf> {
    let mut steps = Steps::new(BUILD_STEPS);
    let binary = build_steps(workspace, &mut steps)?;
    steps.finish(&format!("{} is ready", binary.display()));
    Ok(binary)
}

/// The steps of [`build`], for whoever goes on from there.
///
/// # Errors
/// At the first step that fails.
pub fn build_steps(workspace: &Workspace, steps: &mut Steps) -> Result<PathBuf> {
    let ahead = Ahead::begin(workspace)?;
    let site = front::build(workspace, Profile::Release, steps)?;
    steps.loud("bytes of a first page", || budget::check(workspace))?;
    ahead.wait();
    steps.loud("server", || {
        run_command(
            cargo()
                .args(["build", "--release", "--package", "souk"])
                .env("SOUK_SITE_DIR", &site)
                .current_dir(&workspace.root),
        )
    })?;
    deliver(workspace)
}

/// What the server depends on, compiled while the front is built: much of the front keeps one core only.
struct Ahead(Option<Child>);

impl Ahead {
    /// Nothing where a server was built before: little is left to compile then, and its build script would run twice.
    fn begin(workspace: &Workspace) -> Result<Self> {
        let built = workspace.target.join("release").join(format!("souk{}", std::env::consts::EXE_SUFFIX));
        if built.exists() {
            return Ok(Self(None));
        }
        fs::create_dir_all(&workspace.target)?;
        let log = fs::File::create(workspace.target.join("ahead.log"))?;
        // The server itself is given up by its build script, which waits for the front: see server/build.rs.
        let child = cargo()
            .args(["build", "--release", "--package", "souk", "--keep-going"])
            .env("SOUK_SITE_DIR", "later")
            .current_dir(&workspace.root)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()?;
        println!("The server's dependencies are compiled meanwhile.");
        Ok(Self(Some(child)))
    }

    /// It fails as it was told to; what else went wrong goes wrong again where it shows.
    fn wait(mut self) {
        if let Some(mut child) = self.0.take() {
            let _ = child.wait();
        }
    }
}

impl Drop for Ahead {
    /// The front can't be built: nothing goes on behind the back of whoever reads why.
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Puts the binary where people look for it, whatever CARGO_TARGET_DIR says.
fn deliver(workspace: &Workspace) -> Result<PathBuf> {
    let name = format!("souk{}", std::env::consts::EXE_SUFFIX);
    let built = workspace.target.join("release").join(&name);
    let wanted = workspace.root.join("target/release").join(&name);
    if built == wanted {
        return Ok(wanted);
    }
    fs::create_dir_all(workspace.root.join("target/release"))?;
    // Beside it and renamed: a running shop keeps the file it has open.
    let beside = wanted.with_extension("new");
    fs::copy(&built, &beside).with_context(|| format!("copying {}", built.display()))?;
    fs::rename(&beside, &wanted)?;
    Ok(wanted)
}

/// Builds, then becomes `souk serve` on `./data`.
///
/// # Errors
/// When the build fails or the server can't start.
pub fn run(workspace: &Workspace, args: &[String]) -> Result<()> {
    let binary = build(workspace)?;
    let mut command = Command::new(&binary);
    command.arg("serve").arg("--seed-demo-if-empty");
    let is_said = |name: &str| args.iter().any(|arg| arg.split('=').next() == Some(name));
    if !is_said("--data-dir") {
        command.arg("--data-dir").arg(workspace.root.join("data"));
    }
    println!("First start: the demo shop is seeded. Ctrl-C ends the shop.");
    command.args(args).current_dir(&workspace.root);
    become_command(command)
}

/// The benchmark on the release binary, whose path it finds in `BENCH_BIN`.
///
/// # Errors
/// When a build or the benchmark fails.
pub fn bench(workspace: &Workspace, args: &[String]) -> Result<()> {
    let mut steps = Steps::new(BUILD_STEPS + 2);
    let binary = build_steps(workspace, &mut steps)?;
    steps.loud("benchmark", || {
        // Together with the server: alone, it would ask for other features of what both depend on.
        run_command(
            cargo()
                .args(["build", "--release", "--package", "souk", "--package", "souk-bench"])
                .env("SOUK_SITE_DIR", front::site(workspace, Profile::Release))
                .current_dir(&workspace.root),
        )
    })?;
    steps.loud("measurement", || {
        let bench =
            workspace.target.join("release").join(format!("souk-bench{}", std::env::consts::EXE_SUFFIX));
        run_command(
            Command::new(bench)
                .args(args)
                .env("BENCH_BIN", &binary)
                .env("CARGO_TARGET_DIR", &workspace.target)
                .current_dir(&workspace.root),
        )
    })
}
