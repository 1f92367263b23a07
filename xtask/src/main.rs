//! Build steps that cargo has not: the front (wasm, CSS, fonts), the machine's set-up, and the order of the checks.
//! `make` is the short way in; `cargo xtask help` lists everything.

mod asset;
mod budget;
mod chart;
mod check;
mod css;
mod deb;
mod desktop;
mod engines;
mod front;
mod machine;
mod npm;
mod shop;
mod soak;
mod step;
mod test;
mod wasm;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::engines::Carts;
use crate::workspace::Workspace;

#[derive(Parser)]
#[command(name = "xtask", about = "Souk's build steps")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build everything, seed the demo shop on first start, and serve it
    Run {
        /// Passed on to `souk serve`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Build the release binary, front included, into target/release/souk
    Build,
    /// Build what the browser loads: wasm, boot script, CSS, fonts
    Front {
        /// Quick to build, large to load
        #[arg(long)]
        dev: bool,
    },
    /// Compare the built front with its limits in bytes
    Budget,
    /// Run every test
    Test,
    /// Run what is counted at its full counts; takes some hours
    Soak,
    /// Compare what random carts come to on the server, in wasm and in Python
    Engines {
        /// As many as `soak` asks about
        #[arg(long)]
        full: bool,
    },
    /// Run the browser tests only
    E2e {
        /// Passed on to `playwright test`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Build the desktop app, with its .deb on Debian and Ubuntu, and start it
    Desktop {
        /// Build only
        #[arg(long)]
        no_run: bool,
        /// Quick to build, no package
        #[arg(long)]
        dev: bool,
        /// With a look for newer versions: see admin-desktop/README.md
        #[arg(long)]
        updater: bool,
    },
    /// Drive the desktop app's window against a running shop
    DesktopTest,
    /// Run the benchmarks
    Bench {
        /// Passed on to the benchmark
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Check formatting and lints, host and wasm
    Lint,
    /// Format the Rust sources
    Fmt,
    /// Take a picture of every page into screenshots/
    Screenshots,
    /// Make sure the wasm target can be built for, and say how
    WasmTarget,
}

fn main() -> ExitCode {
    match perform(Cli::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // What failed and why, without a backtrace: it is about the machine or the sources, seldom about xtask.
            eprintln!("\n{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn perform(task: Task) -> anyhow::Result<()> {
    let workspace = Workspace::find()?;
    match task {
        Task::Run { args } => shop::run(&workspace, &args),
        Task::Build => shop::build(&workspace).map(|_| ()),
        Task::Front { dev } => {
            front::command(&workspace, if dev { front::Profile::Dev } else { front::Profile::Release })
        }
        Task::Budget => budget::check(&workspace),
        Task::Test => test::all(&workspace),
        Task::Soak => soak::command(&workspace),
        Task::Engines { full } => engines::command(&workspace, if full { Carts::FULL } else { Carts::SHORT }),
        Task::E2e { args } => test::browser_only(&workspace, &args),
        Task::Desktop { no_run, dev, updater } => {
            let profile = if dev { desktop::Profile::Dev } else { desktop::Profile::Release };
            desktop::run(&workspace, desktop::Build { profile, updater }, !no_run)
        }
        Task::DesktopTest => desktop::test(&workspace),
        Task::Bench { args } => shop::bench(&workspace, &args),
        Task::Lint => check::lint(&workspace),
        Task::Fmt => check::format(&workspace),
        Task::Screenshots => test::screenshots(&workspace),
        Task::WasmTarget => wasm::command(&workspace),
    }
}
