//! The walls of the building, kept by `cargo metadata`: who may know whom, and a few things a folder listing shows.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

const MAX_LINES: usize = 600;

#[derive(Clone, Debug)]
struct Edge {
    to: String,
    kind: String,
    target: Option<String>,
    optional: bool,
}

#[derive(Debug)]
struct Package {
    name: String,
    /// Folder below the workspace's root, with `/`.
    folder: String,
    edges: Vec<Edge>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("xtask lies in the workspace")
}

fn packages() -> Vec<Package> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(root())
        .output()
        .expect("cargo metadata starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut packages = Vec::new();
    for package in metadata["packages"].as_array().expect("packages") {
        let manifest = PathBuf::from(text(&package["manifest_path"]));
        let folder =
            manifest.parent().expect("a folder").strip_prefix(root()).expect("below the root").to_owned();
        let edges = package["dependencies"].as_array().expect("dependencies").iter().map(|dependency| Edge {
            to: text(&dependency["name"]),
            kind: dependency["kind"].as_str().unwrap_or("normal").to_owned(),
            target: dependency["target"].as_str().map(str::to_owned),
            optional: dependency["optional"].as_bool().unwrap_or(false),
        });
        packages.push(Package {
            name: text(&package["name"]),
            folder: folder.to_string_lossy().replace('\\', "/"),
            edges: edges.collect(),
        });
    }
    packages
}

/// The workspace's own crates that one in `folder` may depend on; `None`: any but those of the browser.
fn allowed(folder: &str) -> Option<&'static [&'static str]> {
    const CONTRACT: &str = "server/contract";
    const PRICING: &str = "server/pricing";
    const KERNEL: &str = "server/kernel";
    match folder {
        "server/bench" | "server/contract" | "xtask" => Some(&[]),
        "server/pricing" | "server/kernel" | "server/demo" | "server/paper" => Some(&[CONTRACT]),
        // Its tests write into the real catalogue and count the real stock.
        "server/import" => Some(&[
            CONTRACT,
            KERNEL,
            "server/providers/shopify-csv",
            "server/providers/fetch",
            "server/domains/catalog",
            "server/domains/inventory",
        ]),
        "app" => Some(&[CONTRACT, PRICING]),
        "app/admin" | "app/web" | "admin-desktop/ui" => Some(&["app"]),
        "admin-desktop" => Some(&[CONTRACT]),
        "server" => None,
        domain if domain.starts_with("server/domains/") => Some(&[CONTRACT, PRICING, KERNEL]),
        provider if provider.starts_with("server/providers/") => Some(&[CONTRACT]),
        other => panic!(
            "{other} is a package this test does not know: give it a place in architecture.md and here"
        ),
    }
}

/// What is wrong with the edges, one sentence each.
fn violations(packages: &[Package]) -> Vec<String> {
    let folders: BTreeMap<&str, &str> =
        packages.iter().map(|package| (package.name.as_str(), package.folder.as_str())).collect();
    let mut wrong = Vec::new();
    for package in packages {
        let allowed = allowed(&package.folder);
        for edge in &package.edges {
            let Some(to) = folders.get(edge.to.as_str()) else {
                if let Some(reason) = forbidden_outside(&package.folder, edge) {
                    wrong.push(format!("{} must not depend on {}: {reason}", package.folder, edge.to));
                }
                continue;
            };
            // A crate's tests may ask for a feature of the crate itself.
            if *to == package.folder && edge.kind == "dev" {
                continue;
            }
            let fine = match allowed {
                Some(list) => list.contains(to),
                None => {
                    !matches!(*to, "app/admin" | "app/web" | "admin-desktop" | "admin-desktop/ui" | "xtask")
                }
            };
            if !fine {
                wrong.push(format!("{} must not know {to} ({} dependency)", package.folder, edge.kind));
            }
            let browser_entry =
                matches!(package.folder.as_str(), "app/admin" | "app/web" | "admin-desktop/ui");
            if browser_entry && edge.target.as_deref() != Some("cfg(target_arch = \"wasm32\")") {
                wrong.push(format!("{} may have {to} for wasm32 only, or feature sets meet", package.folder));
            }
        }
    }
    wrong
}

/// Crates from outside that would pull a wall down.
fn forbidden_outside(folder: &str, edge: &Edge) -> Option<&'static str> {
    const IO: [&str; 9] =
        ["tokio", "sqlx", "rusqlite", "axum", "reqwest", "hyper", "leptos", "tower", "async-nats"];
    let name = edge.to.as_str();
    match folder {
        "server/contract" if edge.kind == "normal" && IO.contains(&name) => {
            Some("it compiles to wasm and does no IO")
        }
        "server/contract" if name.starts_with("utoipa") && !edge.optional => {
            Some("only behind the feature openapi")
        }
        "server/pricing" if edge.kind == "normal" && IO.contains(&name) => Some("it is pure"),
        "app" if matches!(name, "sqlx" | "rusqlite") => Some("the UI knows no database"),
        "app" | "admin-desktop/ui" if name.starts_with("tauri") => {
            Some("the window knows its app by name only")
        }
        "server" if name.starts_with("tauri") => Some("a server has no window"),
        "admin-desktop" if matches!(name, "leptos" | "axum" | "sqlx" | "rusqlite" | "reqwest") => {
            Some("it shows what a server answers to the screens, and asks nothing itself")
        }
        domain if domain.starts_with("server/domains/") && name == "leptos" => Some("a domain knows no UI"),
        _ => None,
    }
}

#[test]
fn nobody_knows_whom_they_should_not() {
    let wrong = violations(&packages());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_forbidden_edge_is_seen() {
    let plain =
        |to: &str| Edge { to: to.to_owned(), kind: "normal".to_owned(), target: None, optional: false };
    let package = |folder: &str, name: &str, edges: &[&str]| Package {
        name: name.to_owned(),
        folder: folder.to_owned(),
        edges: edges.iter().map(|to| plain(to)).collect(),
    };
    let packages = [
        package("server/contract", "contract", &["tokio", "utoipa", "serde"]),
        package("server/kernel", "kernel", &["contract"]),
        package("server/domains/cart", "cart", &["contract", "kernel", "orders"]),
        package("server/domains/orders", "orders", &["contract"]),
        package("app", "app", &["contract", "kernel", "sqlx", "tauri"]),
        package("admin-desktop", "desktop", &["contract", "tauri", "app", "reqwest"]),
        package("app/web", "web", &["app"]),
    ];
    let wrong = violations(&packages);
    let expected = [
        "server/contract must not depend on tokio",
        "server/contract must not depend on utoipa",
        "server/domains/cart must not know server/domains/orders",
        "app must not know server/kernel",
        "app must not depend on sqlx",
        "app must not depend on tauri",
        "admin-desktop must not know app",
        "admin-desktop must not depend on reqwest",
        "app/web may have app for wasm32 only",
    ];
    assert_eq!(wrong.len(), expected.len(), "{wrong:#?}");
    for (found, start) in wrong.iter().zip(expected) {
        assert!(found.starts_with(start), "{found}");
    }
}

#[test]
fn no_source_file_grows_beyond_reading() {
    let mut long = Vec::new();
    let mut seen = 0;
    for file in files_below(&root(), &["target", "node_modules", ".git", "data"]) {
        if file.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        seen += 1;
        let lines = fs::read_to_string(&file).expect("readable source").lines().count();
        if lines > MAX_LINES {
            long.push(format!("{}: {lines} lines", file.display()));
        }
    }
    assert!(seen > 20, "found only {seen} source files");
    assert!(long.is_empty(), "over {MAX_LINES} lines, split by noun:\n{}", long.join("\n"));
}

#[test]
fn both_engines_have_the_same_migrations() {
    let migrations = root().join("migrations");
    let mut different = Vec::new();
    let mut seen = 0;
    for entry in fs::read_dir(&migrations).expect("migrations/") {
        let domain = entry.expect("an entry").path();
        let names = |engine: &str| -> BTreeSet<String> {
            files_below(&domain.join(engine), &[])
                .iter()
                .filter_map(|file| file.file_name())
                .map(|name| name.to_string_lossy().into_owned())
                .collect()
        };
        let (sqlite, postgres) = (names("sqlite"), names("postgres"));
        seen += sqlite.len();
        for only in sqlite.symmetric_difference(&postgres) {
            different.push(format!("{}: {only} is there for one engine only", domain.display()));
        }
    }
    assert!(seen > 0, "no migrations found");
    assert!(different.is_empty(), "\n{}", different.join("\n"));
}

fn files_below(folder: &Path, skip: &[&str]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return files };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            if !skip.contains(&name.as_str()) {
                files.extend(files_below(&path, skip));
            }
        } else {
            files.push(path);
        }
    }
    files
}
