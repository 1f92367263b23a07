//! The admin's charts: one module of our own with those parts of Apache ECharts that it uses.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::asset::{self, Asset, Effort};
use crate::workspace::{Workspace, output};

const SOURCE: &str = "app/admin/chart.js";
/// What it is called when built; no shopper's page asks for it.
pub const NAME: &str = "admin-chart.js";
const BANNER: &str = "/*! Holds parts of Apache ECharts 5, (c) The Apache Software Foundation, Apache License 2.0 \
                      (https://echarts.apache.org), and of ZRender, (c) Baidu Inc., BSD-3-Clause. */";

/// Changes with whatever the module is made of.
///
/// # Errors
/// When a source can't be read.
pub fn fingerprint(workspace: &Workspace) -> Result<String> {
    let source = fs::read(workspace.root.join(SOURCE)).context(SOURCE)?;
    let lock =
        fs::read(workspace.end2end().join("package-lock.json")).context("end2end/package-lock.json")?;
    Ok(asset::short_hash(&[source.as_slice(), &lock, include_bytes!("chart.rs")].concat()))
}

/// # Errors
/// When esbuild finds something wrong.
pub fn build(workspace: &Workspace, pkg: &Path, effort: Effort) -> Result<BTreeMap<String, Asset>> {
    let end2end = workspace.end2end();
    let mut esbuild = Command::new("npx");
    esbuild
        .args(["--no", "--", "esbuild", "--bundle", "--minify", "--format=esm", "--target=es2022"])
        .args(["--log-level=warning", &format!("--banner:js={BANNER}")])
        .arg(workspace.root.join(SOURCE))
        .current_dir(&end2end)
        // The source lies where no node_modules is above it.
        .env("NODE_PATH", end2end.join("node_modules"));
    let content = output(&mut esbuild)?;
    let written = asset::write(pkg, NAME, content.as_bytes(), effort, false)?;
    Ok([(NAME.to_owned(), written)].into())
}
