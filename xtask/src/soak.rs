//! `make soak`: what `make test` tries in short, at the full counts of the promises. Some hours.

use anyhow::Result;

use crate::engines::{self, Carts};
use crate::machine;
use crate::step::Steps;
use crate::test;
use crate::workspace::{Workspace, run};

/// Reliability 7 and 8.
const CARTS: &str = "100000";
const KILLS: &str = "1000";
/// Of the simulation, on each database.
const STORIES: &str = "20000";

/// # Errors
/// At the first step that fails.
pub fn command(workspace: &Workspace) -> Result<()> {
    let mut steps = Steps::new(7);
    steps.quiet("PostgreSQL", || machine::postgresql().map(|said| ((), said)))?;
    steps.quiet("Python", || machine::python().map(|said| ((), said)))?;
    let nextest = steps.quiet("test runner", test::ensure_nextest)?;
    steps.loud("100,000 carts in three engines", || engines::compare(workspace, Carts::FULL))?;
    steps.loud("laws over 100,000 carts each", || {
        run(test::runner(workspace, nextest)
            .args(workspace.host_packages())
            .arg("laws::")
            .env("SOUK_TEST_CARTS", CARTS))
    })?;
    steps.loud("1,000 kills on each database", || {
        run(test::runner(workspace, nextest)
            .args(workspace.host_packages())
            .arg("crash::")
            .env("SOUK_TEST_KILLS", KILLS))
    })?;
    steps.loud("20,000 stories on each database", || {
        run(test::runner(workspace, nextest)
            .args(workspace.host_packages())
            .arg("simulation::")
            .env("SOUK_TEST_STORIES", STORIES))
    })?;
    steps.finish("The soak passed,");
    Ok(())
}
