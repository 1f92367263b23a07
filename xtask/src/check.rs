//! Formatting and lints.

use anyhow::Result;

use crate::step::Steps;
use crate::wasm::Toolchain;
use crate::workspace::{Workspace, cargo, run};

/// rustfmt, clippy on the host packages, and on the browser's. The desktop app's: `cargo xtask desktop-test`.
///
/// # Errors
/// When one of them objects.
pub fn lint(workspace: &Workspace) -> Result<()> {
    let mut steps = Steps::new(5);
    steps
        .loud("formatting", || run(cargo().args(["fmt", "--all", "--check"]).current_dir(&workspace.root)))?;
    steps.loud("clippy, host", || {
        run(cargo()
            .arg("clippy")
            .args(workspace.host_packages())
            .args(["--all-targets", "--", "-D", "warnings"])
            .current_dir(&workspace.root))
    })?;
    steps.loud("clippy, xtask", || {
        run(cargo()
            .args(["clippy", "--package", "xtask", "--all-targets", "--", "-D", "warnings"])
            .current_dir(&workspace.root))
    })?;
    let toolchain = steps.quiet("wasm target", || Toolchain::ensure(workspace))?;
    steps.loud("clippy, wasm", || {
        // Debian's compiler comes without clippy; that the code compiles is then the whole check.
        let subcommand = if toolchain.has_clippy() { "clippy" } else { "check" };
        // The merchant's screens too: on the host they would take leptos built once more, with the browser's features.
        for package in ["souk-web", "souk-admin", "souk-desktop-ui"] {
            let mut command = toolchain.cargo(workspace, subcommand);
            command.args(["--package", package]);
            if toolchain.has_clippy() {
                command.args(["--", "-D", "warnings"]);
            }
            run(&mut command)?;
        }
        Ok(())
    })?;
    steps.finish("Lint is clean,");
    Ok(())
}

/// rustfmt.
///
/// # Errors
/// When a file does not parse.
pub fn format(workspace: &Workspace) -> Result<()> {
    run(cargo().args(["fmt", "--all"]).current_dir(&workspace.root))
}
