//! Clients that repeat one operation as fast as they can, and what they measured.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures::future::{BoxFuture, join_all};

use crate::client::Client;

/// One operation: a few requests on one connection. The number is another one each time.
pub type Operation =
    Arc<dyn for<'c> Fn(&'c mut Client, usize) -> BoxFuture<'c, anyhow::Result<()>> + Send + Sync>;

#[derive(Debug, Clone, Copy)]
pub struct Measured {
    pub per_second: f64,
    pub p50: Duration,
    pub p99: Duration,
}

/// # Errors
/// The first operation that fails ends the measurement: a fast error is no figure.
pub async fn run(
    port: u16,
    clients: usize,
    time: Duration,
    operation: &Operation,
) -> anyhow::Result<Measured> {
    // A tenth of the time first, unmeasured: caches and connections are warm in a shop that runs.
    drive(port, clients, time / 10, operation).await?;
    let started = Instant::now();
    let mut times = drive(port, clients, time, operation).await?;
    let elapsed = started.elapsed();
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    Ok(Measured { per_second: times.len() as f64 / elapsed.as_secs_f64(), p50: at(0.50), p99: at(0.99) })
}

async fn drive(
    port: u16,
    clients: usize,
    time: Duration,
    operation: &Operation,
) -> anyhow::Result<Vec<Duration>> {
    let until = Instant::now() + time;
    let tasks = (0..clients).map(|number| {
        let operation = Arc::clone(operation);
        tokio::spawn(async move {
            let mut client = Client::connect(port).await?;
            let mut times = Vec::new();
            // Far from each other, so that clients don't follow in each other's steps.
            let mut count = number * 7919;
            while Instant::now() < until || times.is_empty() {
                let started = Instant::now();
                operation(&mut client, count).await?;
                times.push(started.elapsed());
                count += 1;
            }
            anyhow::Ok(times)
        })
    });
    let mut all = Vec::new();
    for done in join_all(tasks).await {
        all.extend(done??);
    }
    Ok(all)
}
