//! Logs and metrics of the process, set up once by the program.

pub use metrics_exporter_prometheus::PrometheusHandle;
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder};
use tracing_subscriber::{EnvFilter, layer::SubscriberExt as _, util::SubscriberInitExt as _};

/// From half a millisecond to ten seconds.
const SECONDS: &[f64] =
    &[0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people at a terminal.
    Text,
    /// One object per line, for collectors.
    Json,
}

#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    #[error("log filter {filter:?}: {reason}")]
    Filter { filter: String, reason: String },
    #[error("logs are set up already")]
    Again,
    #[error("metrics: {0}")]
    Metrics(#[from] BuildError),
}

/// Sends logs to standard error. The filter is that of `RUST_LOG`: `info,souk_orders=debug`.
pub fn logs(filter: &str, format: Format) -> Result<(), TelemetryError> {
    let parsed = EnvFilter::try_new(filter)
        .map_err(|error| TelemetryError::Filter { filter: filter.to_owned(), reason: error.to_string() })?;
    let registry = tracing_subscriber::registry().with(parsed);
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    match format {
        Format::Text => registry.with(layer).try_init(),
        Format::Json => registry.with(layer.json().flatten_event(true)).try_init(),
    }
    .map_err(|_| TelemetryError::Again)
}

/// Collects metrics; `render()` of the handle is the answer of `/metrics`. Histograms of seconds end in `_seconds`.
///
/// The caller calls `run_upkeep()` every few seconds, or samples pile up between two scrapes.
pub fn metrics() -> Result<PrometheusHandle, TelemetryError> {
    use metrics_exporter_prometheus::Matcher;
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)?
        .set_buckets_for_metric(Matcher::Suffix("_size".to_owned()), &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0])?
        .install_recorder()?;
    Ok(handle)
}
