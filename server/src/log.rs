//! Logs go to standard error: text for people, JSON for machines.

use std::io::{IsTerminal as _, stderr};

use tracing_subscriber::{EnvFilter, fmt};

use crate::config::{Log, LogFormat};

/// Once per process; a second call changes nothing.
pub fn start(log: &Log) {
    let filter = EnvFilter::try_new(&log.level).unwrap_or_else(|_| EnvFilter::new("info"));
    let text = match log.format {
        LogFormat::Text => true,
        LogFormat::Json => false,
        LogFormat::Auto => stderr().is_terminal(),
    };
    let subscriber = fmt().with_env_filter(filter).with_writer(stderr).with_target(text);
    let started = if text {
        subscriber.with_ansi(stderr().is_terminal()).try_init()
    } else {
        subscriber.json().flatten_event(true).try_init()
    };
    if let Err(error) = started {
        tracing::debug!(%error, "logging was started already");
    }
}
