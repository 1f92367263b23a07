//! Transactions share a flush, and nothing else.

use std::time::{Duration, Instant};

use crate::{Engine, SHELVES, TestKit};
use futures::future::join_all;
use souk_kernel::{Db, DbError, Tx};

async fn put(tx: &mut Tx, name: &str) -> Result<u64, DbError> {
    let id = tx.kit().ids.uuid();
    tx.query("insert into shelf (id, name, books, version) values ($1, $2, 0, 1)")
        .bind(id)
        .bind(name)
        .execute()
        .await
}

async fn names(db: &Db) -> Vec<String> {
    let mut reader = db.read().await.expect("a reader");
    let rows: Vec<(String,)> =
        reader.query("select name from shelf order by name").all().await.expect("rows");
    rows.into_iter().map(|(name,)| name).collect()
}

souk_kernel::each_engine! {
    async fn failed_dropped_and_cancelled_ones_harm_nobody(kit: TestKit) {
        let db = kit.db("shelves", SHELVES).await;
        let mut tx = db.begin().await.expect("begin");
        put(&mut tx, "taken").await.expect("insert");
        tx.commit().await.expect("commit");

        let tasks = (0..64_u64).map(|index| {
            let db = db.clone();
            tokio::spawn(async move {
                let name = format!("shelf {index:02}");
                match index % 4 {
                    0 | 1 => {
                        let mut tx = db.begin().await?;
                        put(&mut tx, &name).await?;
                        tokio::task::yield_now().await;
                        tx.commit().await
                    }
                    2 => {
                        let mut tx = db.begin().await?;
                        put(&mut tx, &name).await?;
                        put(&mut tx, "taken").await?;
                        tx.commit().await
                    }
                    _ => {
                        // Cancelled at some await: in begin, in a statement, in a pause.
                        let work = async {
                            let mut tx = db.begin().await?;
                            put(&mut tx, &name).await?;
                            tokio::time::sleep(Duration::from_secs(60)).await;
                            tx.commit().await
                        };
                        match tokio::time::timeout(Duration::from_micros(index * 50), work).await {
                            Ok(done) => done,
                            Err(_) => Ok(()),
                        }
                    }
                }
            })
        });
        for (index, done) in join_all(tasks).await.into_iter().enumerate() {
            let done = done.expect("no panic");
            match index % 4 {
                2 => assert!(done.expect_err("the name is taken").is_unique("shelf_name_key")),
                _ => done.expect("committed or cancelled"),
            }
        }
        let mut expected: Vec<String> =
            (0..64).filter(|index| index % 4 < 2).map(|index| format!("shelf {index:02}")).collect();
        expected.push("taken".into());
        assert_eq!(names(&db).await, expected);
    }

    async fn what_was_committed_is_there_after_reopening(kit: TestKit) {
        let db = kit.db("shelves", SHELVES).await;
        let tasks = (0..32).map(|index| {
            let db = db.clone();
            tokio::spawn(async move {
                let mut tx = db.begin().await?;
                put(&mut tx, &format!("shelf {index:02}")).await?;
                tx.commit().await
            })
        });
        for done in join_all(tasks).await {
            done.expect("no panic").expect("committed");
        }
        db.close().await.expect("a clean close");
        assert!(db.begin().await.is_err(), "a closed database is closed");
        let again = kit.db("shelves", SHELVES).await;
        assert_eq!(names(&again).await.len(), 32);
    }

    async fn a_cancelled_commit_leaves_a_usable_database(kit: TestKit) {
        let db = kit.db("shelves", SHELVES).await;
        for round in 0..60_u64 {
            let work = async {
                let mut tx = db.begin().await?;
                put(&mut tx, &format!("maybe {round}")).await?;
                tx.commit().await
            };
            let _ = tokio::time::timeout(Duration::from_micros(round * 20), work).await;
            let mut tx = db.begin().await.expect("begin");
            put(&mut tx, &format!("sure {round:02}")).await.expect("insert");
            tx.commit().await.expect("commit");
        }
        let sure = names(&db).await.into_iter().filter(|name| name.starts_with("sure")).count();
        assert_eq!(sure, 60);
    }
}

/// The promise behind "committed": another program that opens the file sees it.
#[tokio::test(flavor = "multi_thread")]
async fn a_commit_is_in_the_file_when_it_returns() {
    let kit = TestKit::start(Engine::Sqlite).await;
    let db = kit.db("shelves", SHELVES).await;
    let file = db.file().expect("a file").to_owned();
    let other = rusqlite::Connection::open(file).expect("a second connection");
    for count in 1..=5_i64 {
        let mut tx = db.begin().await.expect("begin");
        put(&mut tx, &format!("shelf {count}")).await.expect("insert");
        tx.commit().await.expect("commit");
        let seen: i64 = other.query_row("select count(*) from shelf", [], |row| row.get(0)).expect("a count");
        assert_eq!(seen, count);
    }
}

/// A backup, or any other command, ends beside a server that is writing at that moment.
#[tokio::test(flavor = "multi_thread")]
async fn closing_needs_no_lock_that_another_program_holds() {
    let kit = TestKit::start(Engine::Sqlite).await;
    let db = kit.db("shelves", SHELVES).await;
    let mut tx = db.begin().await.expect("begin");
    for count in 0..500 {
        put(&mut tx, &format!("shelf {count}")).await.expect("insert");
    }
    tx.query("select id from shelf where name = $1")
        .bind("shelf 7")
        .all::<(uuid::Uuid,)>()
        .await
        .expect("rows");
    tx.commit().await.expect("commit");
    let other = rusqlite::Connection::open(db.file().expect("a file")).expect("a second connection");
    other.execute_batch("begin immediate; update shelf set books = 1").expect("the lock");
    db.close().await.expect("closed beside the other");
    other.execute_batch("commit").expect("the other's work is kept");
}

/// Prints only: `cargo nextest run -p souk-kernel --no-capture commits_per_second`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commits_per_second() {
    let kit = TestKit::start(Engine::Sqlite).await;
    let db = kit.db("shelves", SHELVES).await;
    for tasks in [1_u32, 16, 64] {
        let each = 640 / tasks;
        let began = Instant::now();
        let work = (0..tasks).map(|_| {
            let db = db.clone();
            tokio::spawn(async move {
                for _ in 0..each {
                    let mut tx = db.begin().await.expect("begin");
                    let name = tx.kit().ids.uuid().to_string();
                    put(&mut tx, &name).await.expect("insert");
                    tx.commit().await.expect("commit");
                }
            })
        });
        join_all(work).await.into_iter().for_each(|done| done.expect("no panic"));
        let rate = f64::from(tasks * each) / began.elapsed().as_secs_f64();
        println!("{tasks:>3} tasks: {rate:>8.0} commits a second, one insert each");
    }
    assert_eq!(names(&db).await.len(), 1920);
}
