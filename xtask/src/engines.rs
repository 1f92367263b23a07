//! The same random carts in three engines: the server's, the same as wasm, and a recomputation in Python's decimals.

use std::fs;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

use crate::machine;
use crate::step::Steps;
use crate::wasm::Toolchain;
use crate::workspace::{Workspace, cargo, run};

/// Equal for equal seeds.
const SEED: u64 = 20_261;
const PROFILE: &str = "wasm-release";

/// How many of the carts each engine is asked about.
#[derive(Clone, Copy)]
pub struct Carts {
    pub browser: u64,
    pub recomputed: u64,
}

impl Carts {
    /// With every test.
    pub const SHORT: Self = Self { browser: 3_000, recomputed: 1_000 };
    pub const FULL: Self = Self { browser: 100_000, recomputed: 10_000 };
}

/// `cargo xtask engines`.
///
/// # Errors
/// When a step fails, or an engine comes to something else.
pub fn command(workspace: &Workspace, carts: Carts) -> Result<()> {
    let mut steps = Steps::new(2);
    steps.quiet("Python", || machine::python().map(|said| ((), said)))?;
    steps.loud("carts in three engines", || compare(workspace, carts))?;
    steps.finish("All engines agree,");
    Ok(())
}

/// # Errors
/// As [`command`].
pub fn compare(workspace: &Workspace, carts: Carts) -> Result<()> {
    run(cargo()
        .arg("build")
        // With the features that the tests have: else its dependencies are built anew.
        .args(workspace.host_packages())
        .args(["--example", "carts"])
        .current_dir(&workspace.root))?;
    let script = browser(workspace)?;
    let examples = workspace.root.join("server/pricing/examples");
    let mut node = Command::new("node");
    node.arg(examples.join("compare.cjs")).arg(script);
    ask(workspace, carts.browser, &mut node)?;
    let mut python = Command::new(machine::python()?);
    python.arg(examples.join("recompute.py"));
    ask(workspace, carts.recomputed, &mut python)
}

/// The engine as wasm, with a module for Node.
fn browser(workspace: &Workspace) -> Result<std::path::PathBuf> {
    let (toolchain, _) = Toolchain::ensure(workspace)?;
    run(toolchain.cargo(workspace, "build").args([
        "--package",
        "souk-pricing",
        "--example",
        "price",
        "--profile",
        PROFILE,
    ]))?;
    let built = Toolchain::output_folder(workspace, PROFILE).join("examples/price.wasm");
    let folder = workspace.target.join("engines");
    fs::create_dir_all(&folder)?;
    let raw = fs::read(&built).with_context(|| format!("reading {}", built.display()))?;
    Bindgen::new().input_bytes("price", raw).nodejs(true)?.typescript(false).generate(&folder)?;
    // Node takes a module for what the nearest package.json says: here for a script.
    fs::write(folder.join("package.json"), "{}")?;
    Ok(folder.join("price.js"))
}

/// Pipes so many carts into the engine.
fn ask(workspace: &Workspace, count: u64, engine: &mut Command) -> Result<()> {
    let mut carts = Command::new(workspace.target.join("debug/examples/carts"))
        .args([count.to_string(), SEED.to_string()])
        .stdout(Stdio::piped())
        .spawn()
        .context("starting the carts")?;
    let Some(out) = carts.stdout.take() else { bail!("the carts have no output") };
    let asked = run(engine.stdin(out));
    let printed = carts.wait()?;
    asked?;
    if !printed.success() {
        bail!("the carts ended with {printed}");
    }
    Ok(())
}
