//! Numbered steps with their time, so that whoever waits knows for what.

use std::io::Write;
use std::time::{Duration, Instant};

use anyhow::Result;

/// A run of `total` steps, printed as `[2/5] name … 3.1 s`.
pub struct Steps {
    total: usize,
    done: usize,
    started: Instant,
}

impl Steps {
    pub fn new(total: usize) -> Self {
        Self { total, done: 0, started: Instant::now() }
    }

    /// A step that prints nothing itself: name and time share a line. The step's own word, if any, stands between.
    pub fn quiet<T>(&mut self, name: &str, step: impl FnOnce() -> Result<(T, String)>) -> Result<T> {
        let label = self.label(name);
        print!("{label} … ");
        std::io::stdout().flush().ok();
        let started = Instant::now();
        match step() {
            Ok((value, said)) => {
                let comma = if said.is_empty() { "" } else { ", " };
                println!("{said}{comma}{}", seconds(started.elapsed()));
                Ok(value)
            }
            Err(error) => {
                println!("failed after {}", seconds(started.elapsed()));
                Err(error)
            }
        }
    }

    /// A step whose own output shows: the time follows on a line of its own.
    pub fn loud<T>(&mut self, name: &str, step: impl FnOnce() -> Result<T>) -> Result<T> {
        let label = self.label(name);
        println!("{label} …");
        let started = Instant::now();
        let result = step();
        let outcome = if result.is_ok() { "done in" } else { "failed after" };
        println!("{label}: {outcome} {}", seconds(started.elapsed()));
        result
    }

    /// The last line: everything together.
    pub fn finish(&self, what: &str) {
        println!("{what} in {}", seconds(self.started.elapsed()));
    }

    fn label(&mut self, name: &str) -> String {
        self.done += 1;
        format!("[{}/{}] {name}", self.done, self.total)
    }
}

/// `0.4 s`, `65 s`, `3 min 5 s`.
fn seconds(elapsed: Duration) -> String {
    let whole = elapsed.as_secs();
    match whole {
        0..10 => format!("{:.1} s", elapsed.as_secs_f64()),
        10..120 => format!("{whole} s"),
        _ => format!("{} min {} s", whole / 60, whole % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_short_to_read() {
        assert_eq!(seconds(Duration::from_millis(420)), "0.4 s");
        assert_eq!(seconds(Duration::from_secs(65)), "65 s");
        assert_eq!(seconds(Duration::from_secs(185)), "3 min 5 s");
    }
}
