//! The shop under test: the release binary on a data folder with a large catalogue.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};

use crate::client::Client;

/// A process that is ended with its owner.
pub struct Running {
    child: Child,
    pub port: u16,
    /// From the start of the process to its first answer.
    pub start: Duration,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Running {
    /// Resident memory in MiB: what the kernel counts for the process, shared pages included.
    pub fn memory_mib(&self) -> anyhow::Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("VmRSS")?;
        let kib: f64 = line.trim().trim_end_matches(" kB").trim().parse()?;
        Ok(kib / 1024.0)
    }
}

pub fn free_port() -> anyhow::Result<u16> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// The data folder with that many products, made on the first run and kept.
pub fn data(binary: &Path, products: u32) -> anyhow::Result<PathBuf> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
    let folder = target.join(format!("bench-data-{products}"));
    if folder.join("complete").exists() {
        return Ok(folder);
    }
    let _ = std::fs::remove_dir_all(&folder);
    eprintln!("making {products} products in {} (once)", folder.display());
    let scale = products.to_string();
    let done = shop(binary, &folder).args(["seed", "--scale", &scale]).status().context("seeding")?;
    if !done.success() {
        bail!("`souk seed --scale {products}` failed");
    }
    let staff = ["staff", "create", "--email", "bench@example.com", "--name", "Bench", "--role", "owner"];
    let made = shop(binary, &folder).args(staff).output().context("a staff token")?;
    let token = String::from_utf8(made.stdout)?;
    std::fs::write(folder.join("complete"), token.trim())?;
    Ok(folder)
}

/// Of the staff member made with the data.
pub fn token(data: &Path) -> anyhow::Result<String> {
    Ok(std::fs::read_to_string(data.join("complete"))?)
}

fn shop(binary: &Path, data: &Path) -> Command {
    let mut command = Command::new(binary);
    command.arg("--data-dir").arg(data);
    for limit in ["SIGN_IN", "REGISTER", "RESET", "CHECKOUT"] {
        command.env(format!("SOUK_HTTP__{limit}_PER_MINUTE"), "0");
    }
    command.env("SOUK_LOG__LEVEL", "warn").stdin(Stdio::null());
    command
}

pub async fn start(binary: &Path, data: &Path) -> anyhow::Result<Running> {
    let port = free_port()?;
    let mut command = shop(binary, data);
    command.args(["serve", "--listen", &format!("127.0.0.1:{port}")]);
    wait(command, port, "/healthz").await
}

/// This very program in its other role.
pub async fn start_bare(data: &Path) -> anyhow::Result<Running> {
    let port = free_port()?;
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("--bare").arg(port.to_string()).arg(data);
    wait(command, port, "/hello").await
}

async fn wait(mut command: Command, port: u16, path: &str) -> anyhow::Result<Running> {
    let started = Instant::now();
    let child = command.spawn().with_context(|| format!("{command:?}"))?;
    let mut running = Running { child, port, start: Duration::ZERO };
    loop {
        if let Ok(mut client) = Client::connect(port).await
            && client.get(path).await.is_ok_and(|reply| reply.status == 200)
        {
            running.start = started.elapsed();
            return Ok(running);
        }
        if started.elapsed() > Duration::from_secs(30) || running.child.try_wait()?.is_some() {
            bail!("{command:?} does not answer");
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
