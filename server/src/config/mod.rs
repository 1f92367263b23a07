//! Configuration: documented defaults, a file, variables, flags.

mod layers;
mod papers;
mod print;
mod settings;
mod stripe;

use std::{
    io,
    path::{Path, PathBuf},
};

pub use layers::{ConfigError, DEFAULTS, Layers, Source};
pub use papers::Papers;
pub use print::{InForce, print};
pub use settings::{DOMAINS, Fetch, Http, Limits, Log, LogFormat, Mail, Node, Payments, Settings, Shop};
pub use stripe::{STRIPE, Stripe};

/// Variables in our name that are no configuration keys: the data folder, and what builds and tests use.
const OTHER_VARIABLES: [&str; 10] = [
    "SOUK_DATA_DIR",
    "SOUK_SITE_DIR",
    "SOUK_WASM_TOOLCHAIN",
    "SOUK_TEST_POSTGRES_URL",
    "SOUK_TEST_CARTS",
    "SOUK_TEST_KILLS",
    "SOUK_TEST_SEED",
    "SOUK_SHARED_DATA",
    "SOUK_FIRST_ANSWER_FILE",
    "SOUK_LOG",
];

/// What the command line says about the configuration.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    pub config: Option<PathBuf>,
    pub data_dir: Option<PathBuf>,
    pub listen: Option<String>,
}

/// The configuration and how it came about.
#[derive(Debug, Clone)]
pub struct Resolved {
    pub settings: Settings,
    pub layers: Layers,
    pub data_dir_source: Source,
}

/// # Errors
/// Names the key and the source of what can't be used.
pub fn resolve(
    flags: &Flags,
    variables: impl IntoIterator<Item = (String, String)>,
) -> Result<Resolved, ConfigError> {
    let variables: Vec<_> = variables.into_iter().collect();
    let from_variable = variables.iter().find(|(name, text)| name == "SOUK_DATA_DIR" && !text.is_empty());
    let (data_dir, data_dir_source) = match (&flags.data_dir, from_variable) {
        (Some(path), _) => (path.clone(), Source::Flag("--data-dir")),
        (None, Some((name, text))) => (PathBuf::from(text), Source::Variable(name.clone())),
        (None, None) => (PathBuf::from("data"), Source::Default),
    };

    let mut layers = Layers::defaults()?;
    if let Some((path, text)) = read_file(flags, &data_dir)? {
        layers.add_file(path, &text)?;
    }
    layers.add_variables(variables, &OTHER_VARIABLES)?;
    if let Some(listen) = &flags.listen {
        layers.set_text("http.listen", listen, Source::Flag("--listen"))?;
    }
    let settings = Settings::read(&layers, data_dir)?;
    Ok(Resolved { settings, layers, data_dir_source })
}

/// The file asked for must be there; the one in the data folder may be.
fn read_file(flags: &Flags, data_dir: &Path) -> Result<Option<(PathBuf, String)>, ConfigError> {
    let path = flags.config.clone().unwrap_or_else(|| data_dir.join("souk.toml"));
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some((path, text))),
        Err(error) if error.kind() == io::ErrorKind::NotFound && flags.config.is_none() => Ok(None),
        Err(error) => Err(ConfigError::Read { file: path, reason: error.to_string() }),
    }
}
