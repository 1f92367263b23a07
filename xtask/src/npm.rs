//! The one npm project, `end2end/`: fonts and charts for the front (dependencies), browser tests (devDependencies).

use std::process::Command;

use anyhow::{Context, Result};

use crate::asset::short_hash;
use crate::workspace::{Workspace, output};

/// How much of the project is needed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Parts {
    /// What the front is built from.
    Front,
    /// That, and what the tests run.
    All,
}

/// `npm ci`, unless what is there already came from the same lock file.
///
/// # Errors
/// When npm fails: its own words are in the message.
pub fn install(workspace: &Workspace, parts: Parts) -> Result<((), String)> {
    let folder = workspace.end2end();
    let lock =
        std::fs::read(folder.join("package-lock.json")).context("reading end2end/package-lock.json")?;
    // Whoever has the tests' packages keeps them, also when only the front is built.
    let has_all = folder.join("node_modules/@playwright/test").exists();
    let parts = if has_all { Parts::All } else { parts };
    let stamp_path = folder.join("node_modules/.souk-stamp");
    let all = format!("all {}", short_hash(&lock));
    let wanted = if parts == Parts::All { all.clone() } else { format!("front {}", short_hash(&lock)) };
    let found = std::fs::read_to_string(&stamp_path).unwrap_or_default();
    if found == wanted || found == all {
        return Ok(((), "in place".to_owned()));
    }
    let mut command = Command::new("npm");
    command
        .args(["ci", "--no-audit", "--no-fund"])
        .current_dir(&folder)
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    if parts == Parts::Front {
        command.arg("--omit=dev");
    }
    output(&mut command)?;
    std::fs::write(&stamp_path, wanted).context("noting what npm installed")?;
    Ok(((), "installed".to_owned()))
}
