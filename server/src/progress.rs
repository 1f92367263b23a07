//! A bar on a terminal; elsewhere a line now and then.

use std::{
    io::{IsTerminal as _, stderr},
    sync::Mutex,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};

const LINE_EVERY: Duration = Duration::from_secs(2);

/// How far a long piece of work has come.
pub struct Progress {
    what: &'static str,
    total: u64,
    bar: Option<ProgressBar>,
    last_line: Mutex<(u64, Instant)>,
}

impl Progress {
    /// `total` is in bytes where `bytes`, else in pieces.
    pub fn new(what: &'static str, total: u64, bytes: bool) -> Self {
        let bar = stderr().is_terminal().then(|| {
            let counts = if bytes { "{bytes}/{total_bytes}" } else { "{human_pos}/{human_len}" };
            let template = format!("{{msg:16}} {{bar:32}} {counts} {{elapsed}} (eta {{eta}})");
            let style =
                ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar());
            ProgressBar::new(total).with_style(style).with_message(what)
        });
        Self { what, total, bar, last_line: Mutex::new((0, Instant::now())) }
    }

    pub fn add(&self, count: u64) {
        if let Some(bar) = &self.bar {
            bar.inc(count);
            return;
        }
        let mut last = self.last_line.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        last.0 += count;
        if last.1.elapsed() >= LINE_EVERY {
            last.1 = Instant::now();
            eprintln!("{}: {} %", self.what, last.0 * 100 / self.total.max(1));
        }
    }

    /// Something to read beside the bar.
    pub fn say(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| eprintln!("{line}")),
            None => eprintln!("{line}"),
        }
    }

    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
