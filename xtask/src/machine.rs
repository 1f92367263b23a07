//! The machine's own packages: what is there, and what may be installed.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::workspace::output;

/// The first of `names` found on PATH.
pub fn program(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    names.iter().find_map(|name| {
        std::env::split_paths(&path).map(|folder| folder.join(name)).find(|candidate| candidate.is_file())
    })
}

/// Installs Debian or Ubuntu packages, as root or by a sudo that asks no password.
///
/// # Errors
/// When this is another system, the user may not, or apt-get fails; the message says what to type.
pub fn install(why: &str, packages: &[&str]) -> Result<()> {
    let names = packages.join(" ");
    if program(&["apt-get"]).is_none() {
        bail!("{why} is missing. Install it with this system's package manager (Debian calls it: {names})");
    }
    if !may_install() {
        bail!("{why} is missing and this user may not install packages. Run: sudo apt-get install {names}");
    }
    if output(apt_get().args(["install", "-y", "--no-install-recommends"]).args(packages)).is_ok() {
        return Ok(());
    }
    // Often only the package lists are old.
    output(apt_get().arg("update"))?;
    output(apt_get().args(["install", "-y", "--no-install-recommends"]).args(packages))?;
    Ok(())
}

fn may_install() -> bool {
    is_root() || output(Command::new("sudo").args(["-n", "true"])).is_ok()
}

fn is_root() -> bool {
    output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

fn apt_get() -> Command {
    if is_root() {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive");
        return command;
    }
    let mut command = Command::new("sudo");
    command.args(["-n", "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    command
}

/// PostgreSQL for the tests, which start their own server from it, or an address of one that runs.
///
/// # Errors
/// When there is neither and it can't be installed.
pub fn postgresql() -> Result<String> {
    if std::env::var_os("SOUK_TEST_POSTGRES_URL").is_some() {
        return Ok("at SOUK_TEST_POSTGRES_URL".to_owned());
    }
    if let Some(found) = initdb() {
        return Ok(found.display().to_string());
    }
    install("PostgreSQL (every domain is tested on it)", &["postgresql"])?;
    match initdb() {
        Some(found) => Ok(format!("installed {}", found.display())),
        None => bail!("postgresql was installed, but there is no initdb; set SOUK_TEST_POSTGRES_URL instead"),
    }
}

fn initdb() -> Option<PathBuf> {
    let debian = std::fs::read_dir("/usr/lib/postgresql").ok().and_then(|versions| {
        versions
            .flatten()
            .map(|version| version.path().join("bin/initdb"))
            .filter(|path| path.is_file())
            .max()
    });
    debian.or_else(|| program(&["initdb"]))
}

/// Python with its venv module, in which the tests of the Stripe client start a server that stands for Stripe.
///
/// # Errors
/// When it is not there and can't be installed.
pub fn python() -> Result<String> {
    let python = std::env::var("SOUK_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    // Debian has the module without what it needs.
    let usable = || output(Command::new(&python).args(["-c", "import venv, ensurepip"])).is_ok();
    if usable() {
        return Ok(python);
    }
    install(
        "Python with venv (tests start a server in it, and compute prices once more)",
        &["python3", "python3-venv"],
    )?;
    if usable() { Ok(python) } else { bail!("{python} has no venv module; set SOUK_TEST_PYTHON") }
}

/// A Chromium for the browser tests: the system's, Debian's package, or Playwright's own download (`None`).
///
/// # Errors
/// When none of the three is to be had.
pub fn chromium(end2end: &Path) -> Result<Option<PathBuf>> {
    let names = ["chromium", "google-chrome", "google-chrome-stable"];
    if let Some(set) = std::env::var_os("E2E_CHROMIUM") {
        return Ok(Some(set.into()));
    }
    if let Some(found) = program(&names) {
        return Ok(Some(found));
    }
    // Ubuntu's `chromium` only stands for a snap, which does not run in containers.
    let on_debian =
        std::fs::read_to_string("/etc/os-release").is_ok_and(|text| text.lines().any(|l| l == "ID=debian"));
    if on_debian && install("Chromium (for the browser tests)", &["chromium"]).is_ok() {
        return Ok(program(&names));
    }
    output(Command::new("npx").args(["playwright", "install", "chromium"]).current_dir(end2end))?;
    Ok(None)
}
