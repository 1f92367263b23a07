//! How fast ten thousand figures are taken over; the promise is 2 s. Run with
//! `cargo nextest run --release -p souk-inventory --run-ignored only --no-capture speed`.

use std::time::Instant;

use souk_contract::SyncRow;
use souk_kernel::testing::{Engine, TestKit};

use crate::Shelf;

const ROWS: i64 = 10_000;

async fn measure(engine: Engine) {
    let kit = TestKit::start(engine).await;
    let shelf = Shelf::new(&kit).await;
    println!("{engine:?}");
    let counted = |more: i64| {
        let now = kit.now();
        let row = move |number| SyncRow {
            sku: Some(format!("SKU-{number}")),
            on_hand: Some(number % 50 + more),
            as_of: Some(now),
            ..SyncRow::default()
        };
        (1..=ROWS).map(row).collect::<Vec<_>>()
    };
    let told = |reference: &str| {
        let row = |number| SyncRow {
            sku: Some(format!("SKU-{number}")),
            delta: Some(number % 3 + 1),
            reference: Some(reference.to_owned()),
            ..SyncRow::default()
        };
        (1..=ROWS).map(row).collect::<Vec<_>>()
    };
    let steps = ["new numbers", "other numbers", "unchanged numbers", "differences", "known differences"];
    for (at, what) in steps.into_iter().enumerate() {
        kit.later(60);
        let rows = match at {
            0 => counted(0),
            1 | 2 => counted(7),
            _ => told("night 1"),
        };
        let start = Instant::now();
        let report = shelf.sync(rows).await;
        let took = start.elapsed();
        println!("10,000 {what:<30} {:>8.0} ms, {} applied", took.as_secs_f64() * 1000.0, report.applied);
        assert_eq!(report.conflicts, 0);
    }
    shelf.assert_books_agree().await;
    kit.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures"]
async fn speed_on_sqlite() {
    measure(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures"]
async fn speed_on_postgres() {
    measure(Engine::Postgres).await;
}
