//! Events: published with the transaction, delivered at least once, done once.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use crate::{SHELVES, TestKit};
use serde::{Deserialize, Serialize};
use souk_contract::{Error, Event};
use souk_kernel::{Bus, Db, Relay, drain_all, outbox};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

#[derive(Debug, Clone, Serialize, Deserialize)]
struct BookLent {
    book: Uuid,
}
impl Event for BookLent {
    const KIND: &'static str = "shelves.book_lent";
    fn key(&self) -> Uuid {
        self.book
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct BookLate {
    book: Uuid,
}
impl Event for BookLate {
    const KIND: &'static str = "shelves.book_late";
    fn key(&self) -> Uuid {
        self.book
    }
}

async fn publish(db: &Db, book: Uuid) {
    let mut tx = db.begin().await.expect("begin");
    tx.publish(&BookLent { book }).await.expect("published");
    tx.commit().await.expect("commit");
}

/// Adds one to a shelf in a handler's own transaction, once per event.
async fn count_once(db: &Db, delivered: &souk_kernel::Delivered) -> souk_contract::Result<()> {
    let mut tx = db.begin().await?;
    if !tx.first_time(delivered).await? {
        return Ok(());
    }
    tx.query("update shelf set books = books + 1").execute().await?;
    tx.commit().await?;
    Ok(())
}

async fn with_shelf(kit: &TestKit) -> Db {
    let db = kit.db("shelves", SHELVES).await;
    let mut tx = db.begin().await.expect("begin");
    tx.query("insert into shelf (id, name, books, version) values ($1, 'a', 0, 1)")
        .bind(kit.kit().ids.uuid())
        .execute()
        .await
        .expect("insert");
    tx.commit().await.expect("commit");
    db
}

async fn books(db: &Db) -> i64 {
    let mut reader = db.read().await.expect("a reader");
    reader.query("select books from shelf").one::<(i64,)>().await.expect("a row").0
}

souk_kernel::each_engine! {
    async fn a_rolled_back_transaction_publishes_nothing(kit: TestKit) {
        let db = kit.db("shelves", SHELVES).await;
        let mut tx = db.begin().await.expect("begin");
        tx.publish(&BookLent { book: kit.kit().ids.uuid() }).await.expect("published");
        drop(tx);
        assert_eq!(Relay::new(db, Bus::new()).drain().await.expect("drained"), 0);
    }

    async fn an_effect_happens_once_though_another_handler_fails(kit: TestKit) {
        let db = with_shelf(&kit).await;
        let bus = Bus::new();
        let counting = db.clone();
        bus.on::<BookLent, _, _>("test.count", move |_, delivered| {
            let db = counting.clone();
            async move { count_once(&db, &delivered).await }
        });
        bus.on::<BookLent, _, _>("test.fail_twice", |_, delivered| async move {
            if delivered.attempt <= 2 { Err(Error::internal("not yet")) } else { Ok(()) }
        });
        let relay = Relay::new(db.clone(), bus);
        publish(&db, kit.kit().ids.uuid()).await;

        assert_eq!(relay.drain().await.expect("drained"), 1);
        assert_eq!(relay.drain().await.expect("drained"), 0, "the next try waits");
        kit.later(1);
        assert_eq!(relay.drain().await.expect("drained"), 1);
        kit.later(3);
        assert_eq!(relay.drain().await.expect("drained"), 1);
        kit.later(100_000);
        assert_eq!(relay.drain().await.expect("drained"), 0, "done");
        assert_eq!(books(&db).await, 1);
    }

    async fn a_failing_event_does_not_hold_up_others(kit: TestKit) {
        let db = with_shelf(&kit).await;
        let bad = kit.kit().ids.uuid();
        let bus = Bus::new();
        let counting = db.clone();
        bus.on::<BookLent, _, _>("test.count", move |event, delivered| {
            let db = counting.clone();
            async move {
                if event.book == bad {
                    return Err(Error::internal("torn"));
                }
                count_once(&db, &delivered).await
            }
        });
        let relay = Relay::new(db.clone(), bus);
        publish(&db, bad).await;
        for _ in 0..100 {
            publish(&db, kit.kit().ids.uuid()).await;
        }
        relay.drain().await.expect("drained");
        assert_eq!(books(&db).await, 100);
    }

    async fn hopeless_events_become_dead_letters_and_can_be_revived(kit: TestKit) {
        let db = with_shelf(&kit).await;
        let bus = Bus::new();
        let mended = Arc::new(AtomicU64::new(0));
        let switch = Arc::clone(&mended);
        let tries = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&tries);
        bus.on::<BookLent, _, _>("test.panic", move |_, _| {
            let broken = switch.load(Ordering::SeqCst) == 0;
            counter.fetch_add(1, Ordering::SeqCst);
            async move {
                assert!(!broken, "a handler that panics");
                Ok(())
            }
        });
        let relay = Relay::new(db.clone(), bus);
        publish(&db, kit.kit().ids.uuid()).await;
        for _ in 0..20 {
            relay.drain().await.expect("drained");
            kit.later(3600);
        }
        assert_eq!(tries.load(Ordering::SeqCst), 12);
        let mut reader = db.read().await.expect("a reader");
        let dead = outbox::dead(&mut reader, 10).await.expect("dead letters");
        drop(reader);
        assert_eq!(dead.len(), 1);
        assert_eq!(dead[0].last_error.as_deref(), Some("test.panic: panicked"));

        mended.store(1, Ordering::SeqCst);
        let mut tx = db.begin().await.expect("begin");
        assert!(outbox::revive(&mut tx, dead[0].id).await.expect("revived"));
        tx.commit().await.expect("commit");
        assert_eq!(relay.drain().await.expect("drained"), 1);
        let mut reader = db.read().await.expect("a reader");
        assert!(outbox::dead(&mut reader, 10).await.expect("dead letters").is_empty());
    }

    async fn a_job_runs_when_its_time_has_come(kit: TestKit) {
        let db = with_shelf(&kit).await;
        let bus = Bus::new();
        let counting = db.clone();
        bus.on::<BookLate, _, _>("test.remind", move |_, delivered| {
            let db = counting.clone();
            async move { count_once(&db, &delivered).await }
        });
        let relay = Relay::new(db.clone(), bus);
        let mut tx = db.begin().await.expect("begin");
        tx.schedule(&BookLate { book: kit.kit().ids.uuid() }, kit.now().plus_seconds(600)).await.expect("scheduled");
        tx.commit().await.expect("commit");
        kit.later(599);
        relay.drain().await.expect("drained");
        assert_eq!(books(&db).await, 0);
        kit.later(1);
        relay.drain().await.expect("drained");
        assert_eq!(books(&db).await, 1);
    }

    async fn events_of_one_key_arrive_in_order(kit: TestKit) {
        let db = kit.db("shelves", SHELVES).await;
        let seen = Arc::new(std::sync::Mutex::new(Vec::new()));
        let bus = Bus::new();
        let list = Arc::clone(&seen);
        bus.on::<BookLent, _, _>("test.order", move |event, delivered| {
            let list = Arc::clone(&list);
            async move {
                tokio::task::yield_now().await;
                list.lock().expect("no panic").push((event.book, delivered.id));
                Ok(())
            }
        });
        let books: Vec<Uuid> = (0..4).map(|_| kit.kit().ids.uuid()).collect();
        for index in 0..40 {
            publish(&db, books[index % 4]).await;
        }
        drain_all(&[Relay::new(db, bus)]).await.expect("drained");
        let seen = seen.lock().expect("no panic").clone();
        assert_eq!(seen.len(), 40);
        for book in books {
            let ids: Vec<_> = seen.iter().filter(|(of, _)| *of == book).map(|(_, id)| *id).collect();
            assert!(ids.len() == 10 && ids.is_sorted(), "{ids:?}");
        }
    }

    async fn a_running_relay_delivers_soon_and_stops_when_told(kit: TestKit) {
        let db = with_shelf(&kit).await;
        let bus = Bus::new();
        let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
        bus.on::<BookLent, _, _>("test.tell", move |event, _| {
            let tell = tell.clone();
            async move { tell.send(event.book).map_err(Error::internal) }
        });
        let stop = CancellationToken::new();
        let running = tokio::spawn(Relay::new(db.clone(), bus).run(stop.clone()));
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        let book = kit.kit().ids.uuid();
        let began = std::time::Instant::now();
        publish(&db, book).await;
        assert_eq!(told.recv().await, Some(book));
        assert!(began.elapsed() < std::time::Duration::from_millis(800), "woken by the commit, not by the poll");
        stop.cancel();
        running.await.expect("a clean stop");
    }

    async fn old_events_are_forgotten(kit: TestKit) {
        let db = with_shelf(&kit).await;
        let bus = Bus::new();
        let counting = db.clone();
        bus.on::<BookLent, _, _>("test.count", move |_, delivered| {
            let db = counting.clone();
            async move { count_once(&db, &delivered).await }
        });
        let relay = Relay::new(db.clone(), bus);
        publish(&db, kit.kit().ids.uuid()).await;
        relay.drain().await.expect("drained");
        assert_eq!(relay.prune().await.expect("pruned"), 0);
        kit.later(8 * 86_400);
        assert_eq!(relay.prune().await.expect("pruned"), 1, "the event goes");
        kit.later(60 * 86_400);
        assert_eq!(relay.prune().await.expect("pruned"), 1, "what was seen goes last");
    }
}
