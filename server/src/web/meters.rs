//! Counters and times of requests. The handles are looked up once, not for every request.

use std::time::Duration;

use axum::http::StatusCode;
use metrics::{Counter, Histogram, counter, histogram};

const KINDS: [&str; 5] = ["page", "api", "function", "asset", "other"];
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

pub struct Meters {
    requests: Vec<Counter>,
    seconds: Vec<Histogram>,
    pub cache_hits: Counter,
    pub cache_misses: Counter,
}

impl Meters {
    /// After the recorder was installed; before, the handles lead nowhere.
    pub fn new() -> Self {
        let each = KINDS.iter().flat_map(|kind| CLASSES.iter().map(move |class| (*kind, *class)));
        Self {
            requests: each
                .map(|(kind, class)| counter!("souk_http_requests_total", "kind" => kind, "status" => class))
                .collect(),
            seconds: KINDS
                .iter()
                .map(|kind| histogram!("souk_http_request_seconds", "kind" => *kind))
                .collect(),
            cache_hits: counter!("souk_page_cache_total", "result" => "hit"),
            cache_misses: counter!("souk_page_cache_total", "result" => "miss"),
        }
    }

    pub fn count(&self, path: &str, status: StatusCode, took: Duration) {
        let kind = kind(path);
        let class = (status.as_u16() as usize / 100).clamp(1, CLASSES.len()) - 1;
        if let (Some(counter), Some(times)) =
            (self.requests.get(kind * CLASSES.len() + class), self.seconds.get(kind))
        {
            counter.increment(1);
            times.record(took);
        }
    }
}

impl Default for Meters {
    fn default() -> Self {
        Self::new()
    }
}

fn kind(path: &str) -> usize {
    match path.split('/').nth(1).unwrap_or_default() {
        "api" => 1,
        "fn" => 2,
        "pkg" | "media" => 3,
        "healthz" | "readyz" | "metrics" | "docs" | "openapi.json" => 4,
        _ => 0,
    }
}
