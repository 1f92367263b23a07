//! The command line. Exit codes: 0 done, 1 the work failed (or `verify` found differences), 2 wrong usage or configuration.

use std::{io::Write as _, path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};
use souk_contract::{Preset, Role, UnknownRole};

use crate::{
    command,
    config::{self, ConfigError, Flags, Resolved},
    log,
};

#[derive(Parser)]
#[command(name = "souk", version, about = "A whole shop in one program", propagate_version = true)]
struct Cli {
    #[command(flatten)]
    place: PlaceArgs,
    #[command(subcommand)]
    command: Command,
}

impl Command {
    fn opens_the_demo_shop(&self) -> bool {
        match self {
            Self::Serve { seed_demo_if_empty, .. } => *seed_demo_if_empty,
            Self::Seed(args) => args.scale.is_none(),
            _ => false,
        }
    }
}

#[derive(Args)]
struct PlaceArgs {
    /// Configuration file; without it `souk.toml` in the data folder, where there is one
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder of everything: databases, index, media, mail [env: SOUK_DATA_DIR] [default: data]
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// Run the shop
    Serve {
        /// Address and port, such as 127.0.0.1:3000
        #[arg(long, value_name = "HOST:PORT")]
        listen: Option<String>,
        /// Fill an empty catalogue with the demo shop first
        #[arg(long)]
        seed_demo_if_empty: bool,
    },
    /// Bring products in
    #[command(subcommand)]
    Import(Import),
    /// Take products out
    #[command(subcommand)]
    Export(Export),
    /// Fill with the demo shop, or with a large made-up catalogue
    Seed(SeedArgs),
    /// Bring the databases up to date
    Migrate,
    /// Recompute stock, money and orders from their ledgers and explain any difference
    Verify,
    /// Copy everything at one moment, beside a running server too
    Backup {
        /// A new folder, or a file that ends in .tar
        target: PathBuf,
    },
    /// Bring a backup back into an empty data folder
    Restore {
        /// What `backup` wrote
        source: PathBuf,
    },
    /// Print the API's description
    Openapi,
    /// Print the configuration and where each value came from
    Config,
    /// The merchant's people
    #[command(subcommand)]
    Staff(Staff),
}

#[derive(Subcommand)]
enum Import {
    /// From Shopify's product CSV
    Shopify(ImportArgs),
}

#[derive(Args)]
pub struct ImportArgs {
    pub file: PathBuf,
    /// Take pictures from this folder, by file name; those not in it are fetched
    #[arg(long, value_name = "DIR")]
    pub media_dir: Option<PathBuf>,
    /// Read and check only
    #[arg(long)]
    pub dry_run: bool,
    /// Import everything, or nothing where a row is bad
    #[arg(long)]
    pub strict: bool,
    /// Leave pictures for later
    #[arg(long)]
    pub no_images: bool,
}

#[derive(Subcommand)]
enum Export {
    /// As Shopify's product CSV
    Shopify {
        /// Written anew; `-` is standard output
        file: PathBuf,
    },
}

#[derive(Args)]
pub struct SeedArgs {
    /// A made-up catalogue of so many products, with stock, customers and orders
    #[arg(long, value_name = "PRODUCTS")]
    pub scale: Option<u32>,
    /// So many orders of the last two months for the demo shop, placed with the clock set back
    #[arg(long, value_name = "ORDERS", conflicts_with = "scale")]
    pub orders: Option<u32>,
    /// The same seed makes the same catalogue
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Leave the demo shop's pictures for later
    #[arg(long)]
    pub no_images: bool,
}

#[derive(Subcommand)]
enum Staff {
    /// Add a person and print their token, once
    Create {
        #[arg(long)]
        email: String,
        #[arg(long)]
        name: String,
        #[arg(long, value_parser = role, help = "owner, manager, catalogue, fulfilment, support, analyst or read_only")]
        role: Role,
    },
    /// Set a person's password, asked for or read from standard input; takes their second factor off
    Password {
        #[arg(long)]
        email: String,
    },
}

fn role(text: &str) -> Result<Role, String> {
    // A preset's name may be typed with a dash; the id of a role has four.
    let preset = Preset::parse(&text.replace('-', "_")).map(Role::Preset);
    preset.map_or_else(|| text.parse().map_err(|error: UnknownRole| error.to_string()), Ok)
}

/// How the work ended, where it did not fail altogether.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// Bad rows, differences: said already.
    Unfinished,
}

const FAILED: u8 = 1;
const USAGE: u8 = 2;
/// Leptos may block one worker while others must go on.
const LEAST_WORKERS: usize = 4;

pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { USAGE } else { 0 });
        }
    };
    match start(cli) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Unfinished) => ExitCode::from(FAILED),
        // Whoever read our output has read enough: `souk openapi | head`.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("souk: {error:#}");
            ExitCode::from(if error.is::<ConfigError>() { USAGE } else { FAILED })
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

fn start(cli: Cli) -> anyhow::Result<Outcome> {
    let listen = match &cli.command {
        Command::Serve { listen, .. } => listen.clone(),
        _ => None,
    };
    let flags = Flags { config: cli.place.config, data_dir: cli.place.data_dir, listen };
    let variables: Vec<_> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    let mut resolved = config::resolve(&flags, variables.clone())?;
    if cli.command.opens_the_demo_shop() && command::seed::settle(&flags, &resolved.settings)? {
        resolved = config::resolve(&flags, variables)?;
    }
    if let Command::Config = cli.command {
        std::io::stdout().write_all(config::print(&resolved).as_bytes())?;
        return Ok(Outcome::Done);
    }
    log::start(&resolved.settings.log);
    let workers =
        std::thread::available_parallelism().map_or(LEAST_WORKERS, |cores| cores.get().max(LEAST_WORKERS));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(workers).enable_all().build()?;
    runtime.block_on(run(cli.command, resolved))
}

async fn run(command: Command, resolved: Resolved) -> anyhow::Result<Outcome> {
    let settings = resolved.settings;
    match command {
        Command::Serve { seed_demo_if_empty, .. } => command::serve::run(settings, seed_demo_if_empty).await,
        Command::Import(Import::Shopify(args)) => command::import::run(&settings, &args).await,
        Command::Export(Export::Shopify { file }) => command::export::run(&settings, &file).await,
        Command::Seed(args) => command::seed::run(&settings, &args).await,
        Command::Migrate => command::migrate::run(&settings).await,
        Command::Verify => command::verify::run(&settings).await,
        Command::Backup { target } => command::backup::run(&settings, &target).await,
        Command::Restore { source } => command::restore::run(&settings, &source).await,
        Command::Openapi => command::openapi::run(&settings).await,
        Command::Staff(Staff::Create { email, name, role }) => {
            command::staff::create(&settings, email, name, role).await
        }
        Command::Staff(Staff::Password { email }) => command::staff::password(&settings, email).await,
        // Answered before anything was opened.
        Command::Config => Ok(Outcome::Done),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
