//! Where things are, and how this workspace calls its tools.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

/// The checkout and cargo's target folder.
pub struct Workspace {
    pub root: PathBuf,
    /// cargo's target folder for the host; the wasm build has its own inside, so the two never wait for each other.
    pub target: PathBuf,
    packages: Vec<Package>,
    default_members: Vec<String>,
}

#[derive(Deserialize)]
struct Metadata {
    workspace_root: PathBuf,
    target_directory: PathBuf,
    packages: Vec<Package>,
    workspace_default_members: Vec<String>,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    kind: Vec<String>,
}

impl Workspace {
    /// Asks cargo about the workspace around the current folder.
    ///
    /// # Errors
    /// When this is not inside the workspace, or a manifest is broken.
    pub fn find() -> Result<Self> {
        let json = output(cargo().args(["metadata", "--no-deps", "--format-version", "1"]))?;
        let metadata: Metadata = serde_json::from_str(&json).context("reading cargo metadata")?;
        Ok(Self {
            root: metadata.workspace_root,
            target: metadata.target_directory,
            packages: metadata.packages,
            default_members: metadata.workspace_default_members,
        })
    }

    /// Where things may be kept that no `cargo clean` should cost: the wasm standard library.
    pub fn cache(&self) -> Result<PathBuf> {
        if let Some(base) = std::env::var_os("XDG_CACHE_HOME").filter(|base| !base.is_empty()) {
            return Ok(Path::new(&base).join("souk"));
        }
        let home = std::env::home_dir().context("no home folder; set XDG_CACHE_HOME")?;
        Ok(home.join(".cache/souk"))
    }

    pub fn end2end(&self) -> PathBuf {
        self.root.join("end2end")
    }

    /// `-p name` for each host package less xtask. xtask is left out so that its tools' features do not
    /// change how the shop's dependencies are built.
    pub fn host_packages(&self) -> Vec<String> {
        self.select(|_| true)
    }

    /// The same, libraries only: cargo refuses documentation tests elsewhere.
    pub fn host_libraries(&self) -> Vec<String> {
        self.select(|package| package.has_target("lib"))
    }

    fn select(&self, wanted: impl Fn(&Package) -> bool) -> Vec<String> {
        self.packages
            .iter()
            .filter(|package| self.default_members.contains(&package.id) && package.name != "xtask")
            .filter(|package| wanted(package))
            .flat_map(|package| ["--package".to_owned(), package.name.clone()])
            .collect()
    }
}

impl Package {
    fn has_target(&self, kind: &str) -> bool {
        self.targets.iter().any(|target| target.kind.iter().any(|k| k == kind))
    }
}

/// The cargo that runs this xtask, without what it says of xtask itself: build scripts watch these variables, and
/// half the dependencies would be built again whenever somebody calls cargo by hand.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        let own = name
            .to_str()
            .is_some_and(|name| ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|of| name.starts_with(of)));
        if own {
            command.env_remove(name);
        }
    }
    command
}

/// Becomes the program: Ctrl-C and the exit code are then its own.
///
/// # Errors
/// When it can't start.
#[cfg(unix)]
pub fn become_command(mut command: Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    let error = command.exec();
    Err(error).with_context(|| format!("starting `{}`", shown(&command)))
}

/// Starts the program and waits for its end.
///
/// # Errors
/// When it can't start, or fails.
#[cfg(not(unix))]
pub fn become_command(mut command: Command) -> Result<()> {
    run(&mut command)
}

/// Runs a command whose output shows.
///
/// # Errors
/// When it cannot start or fails; the message names the command.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot start `{}`", shown(command)))?;
    if !status.success() {
        bail!("`{}` failed ({status})", shown(command));
    }
    Ok(())
}

/// Runs a command silently and returns what it wrote to stdout; its output joins the error when it fails.
///
/// # Errors
/// When it cannot start or fails.
pub fn output(command: &mut Command) -> Result<String> {
    let done = command.output().with_context(|| format!("cannot start `{}`", shown(command)))?;
    let stdout = String::from_utf8_lossy(&done.stdout).into_owned();
    if !done.status.success() {
        let stderr = String::from_utf8_lossy(&done.stderr);
        bail!("`{}` failed ({})\n{stdout}{stderr}", shown(command), done.status);
    }
    Ok(stdout)
}

fn shown(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(OsStr::to_string_lossy)
        .collect::<Vec<_>>()
        .join(" ")
}

/// Every file below `folder`, sorted; nothing when it does not exist.
///
/// # Errors
/// When a folder cannot be read.
pub fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        if !next.is_dir() {
            continue;
        }
        for entry in std::fs::read_dir(&next).with_context(|| next.display().to_string())? {
            let path = entry?.path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    Ok(files)
}
