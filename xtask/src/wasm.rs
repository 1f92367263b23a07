//! A compiler for wasm32-unknown-unknown.
//!
//! 1. The rustc in use, when it has the target's standard library, or once rustup has fetched it.
//! 2. Else Debian's `rustc-web`: that package brings the library's sources, so the library is built here, once, into
//!    a private sysroot in the user's cache. Nothing outside the cache is written, but for the packages themselves.
//!
//! `SOUK_WASM_TOOLCHAIN=debian` goes straight to the second way.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::asset::short_hash;
use crate::machine;
use crate::step::Steps;
use crate::workspace::{Workspace, cargo, files_below, output};

const TARGET: &str = "wasm32-unknown-unknown";
const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
/// Part of the sysroot's name: other flags, another sysroot.
const LIBRARY_FLAGS: &str = "-Cembed-bitcode=yes";
const LIBRARY_SOURCE: &str = "/usr/lib/rustlib/src/rust/library";

/// How to call cargo for the wasm target.
pub enum Toolchain {
    /// The same cargo as for the host.
    Host,
    /// Debian's compiler with our sysroot.
    Debian { sysroot: PathBuf },
}

impl Toolchain {
    /// Finds one, or makes one. Takes milliseconds when it is there, about a minute when the library must be built.
    ///
    /// # Errors
    /// When neither way works; says what to do.
    pub fn ensure(workspace: &Workspace) -> Result<(Self, String)> {
        let debian_only = std::env::var("SOUK_WASM_TOOLCHAIN").is_ok_and(|choice| choice == "debian");
        if !debian_only {
            if host_has_library() {
                return Ok((Self::Host, "in place".to_owned()));
            }
            if machine::program(&["rustup"]).is_some() {
                let added = output(
                    Command::new("rustup").args(["target", "add", TARGET]).env("RUSTUP_MAX_RETRIES", "1"),
                );
                if added.is_ok() && host_has_library() {
                    return Ok((Self::Host, "fetched by rustup".to_owned()));
                }
            }
        }
        let (sysroot, said) = debian_sysroot(workspace).context(
            "the wasm32 standard library is missing. With rustup: `rustup target add wasm32-unknown-unknown`. \
             Without the internet it can be built from Debian's rustc-web, which did not work either",
        )?;
        Ok((Self::Debian { sysroot }, said))
    }

    /// `cargo <subcommand> --target wasm32-unknown-unknown`, in its own target folder.
    pub fn cargo(&self, workspace: &Workspace, subcommand: &str) -> Command {
        // The server and the browser must agree on this switch (.cargo/config.toml), or hydration differs.
        let mut flags = vec!["--cfg".to_owned(), "erase_components".to_owned()];
        let mut command = match self {
            Self::Host => cargo(),
            Self::Debian { sysroot } => {
                flags.extend(["--sysroot".to_owned(), sysroot.display().to_string()]);
                debian_cargo()
            }
        };
        command
            .args([subcommand, "--target", TARGET])
            .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"))
            .env("CARGO_TARGET_DIR", Self::target_folder(workspace))
            .current_dir(&workspace.root);
        command
    }

    /// Debian's packages have no clippy.
    pub fn has_clippy(&self) -> bool {
        matches!(self, Self::Host)
    }

    pub fn target_folder(workspace: &Workspace) -> PathBuf {
        workspace.target.join("wasm")
    }

    /// Where a profile's wasm files land.
    pub fn output_folder(workspace: &Workspace, profile: &str) -> PathBuf {
        Self::target_folder(workspace).join(TARGET).join(profile)
    }
}

/// `cargo xtask wasm-target`.
///
/// # Errors
/// As [`Toolchain::ensure`].
pub fn command(workspace: &Workspace) -> Result<()> {
    Steps::new(1).quiet("wasm target", || Toolchain::ensure(workspace)).map(|_| ())
}

fn host_has_library() -> bool {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    output(Command::new(rustc).args(["--print", "target-libdir", "--target", TARGET]))
        .is_ok_and(|folder| has_library(Path::new(folder.trim())))
}

fn has_library(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|entries| {
        entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("libstd-"))
    })
}

fn debian_cargo() -> Command {
    let mut command = Command::new(DEBIAN_CARGO);
    command.env("RUSTC", DEBIAN_RUSTC).env_remove("RUSTUP_TOOLCHAIN").env_remove("RUSTC_WRAPPER");
    command
}

/// A sysroot of Debian's compiler: links to the host's part, and the wasm library built from Debian's sources.
fn debian_sysroot(workspace: &Workspace) -> Result<(PathBuf, String)> {
    let has_compiler = || {
        Path::new(DEBIAN_CARGO).exists()
            && output(Command::new(DEBIAN_RUSTC).args(["--print", "sysroot"]))
                .is_ok_and(|root| root.trim() == "/usr")
    };
    if !has_compiler() || !Path::new(LIBRARY_SOURCE).exists() {
        machine::install(
            "Debian's rustc with its library sources",
            &["rustc-web", "cargo-web", "rust-web-src"],
        )?;
        if !has_compiler() {
            bail!("{DEBIAN_RUSTC} is not Debian's compiler");
        }
    }
    let version = output(Command::new(DEBIAN_RUSTC).arg("-vV"))?;
    let field = |name: &str| version.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let host = field("host:").context("rustc -vV names no host")?;
    let sysroot = workspace
        .cache()?
        .join(format!("sysroot-{}", short_hash(format!("{version}{LIBRARY_FLAGS}").as_bytes())));
    let finished = sysroot.join("complete");
    if finished.exists() {
        return Ok((sysroot, "in place (built from Debian's sources)".to_owned()));
    }

    let linker = linker(field("LLVM version:"))?;
    let host_folder = sysroot.join("lib/rustlib").join(host);
    fs::create_dir_all(host_folder.join("bin"))?;
    link(&Path::new("/usr/lib/rustlib").join(host).join("lib"), &host_folder.join("lib"))?;
    link(&linker, &host_folder.join("bin/rust-lld"))?;
    let library = sysroot.join("lib/rustlib").join(TARGET).join("lib");
    build_library(&sysroot.join("build"), &library)?;
    fs::write(&finished, &version)?;
    Ok((sysroot, "built from Debian's sources".to_owned()))
}

/// The linker of the compiler's own LLVM: an older one may not read its object files.
fn linker(llvm: Option<&str>) -> Result<PathBuf> {
    let major =
        llvm.and_then(|version| version.split('.').next()).context("rustc -vV names no LLVM version")?;
    let name = format!("lld-{major}");
    if let Some(found) = machine::program(&[&name]) {
        return Ok(found);
    }
    machine::install("The wasm linker", &[&name])?;
    machine::program(&[&name]).with_context(|| format!("{name} was installed but is not on PATH"))
}

/// Builds std in an empty crate and keeps the libraries. `-Zbuild-std` is nightly only, hence RUSTC_BOOTSTRAP, which
/// Debian's own packages use for the same end.
fn build_library(scratch: &Path, into: &Path) -> Result<()> {
    fs::create_dir_all(scratch.join("src"))?;
    fs::write(
        scratch.join("Cargo.toml"),
        "[package]\nname = \"empty\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[lib]\n[workspace]\n",
    )?;
    fs::write(scratch.join("src/lib.rs"), "")?;
    let target = scratch.join("target");
    output(
        debian_cargo()
            .args(["build", "-Zbuild-std=std,panic_abort,proc_macro", "--release", "--target", TARGET])
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_TARGET_DIR", &target)
            // Cargo leaves bitcode out of a build without LTO; the wasm profile's LTO needs the library's.
            .env("CARGO_ENCODED_RUSTFLAGS", LIBRARY_FLAGS)
            .current_dir(scratch),
    )?;
    fs::create_dir_all(into)?;
    for file in files_below(&target.join(TARGET).join("release/deps"))? {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.ends_with(".rlib") && !name.starts_with("libempty-") {
            fs::copy(&file, into.join(name))?;
        }
    }
    if !has_library(into) {
        bail!("the build left no libstd in {}", target.display());
    }
    fs::remove_dir_all(scratch)?;
    Ok(())
}

#[cfg(unix)]
fn link(to: &Path, at: &Path) -> Result<()> {
    if at.symlink_metadata().is_ok() {
        fs::remove_file(at)?;
    }
    std::os::unix::fs::symlink(to, at).with_context(|| format!("linking {}", at.display()))
}

#[cfg(not(unix))]
fn link(_to: &Path, _at: &Path) -> Result<()> {
    bail!("building the wasm library here is for Debian only; install rustup's wasm32-unknown-unknown target")
}
