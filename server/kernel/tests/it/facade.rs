//! Types, errors and lists, the same on both engines.

use crate::{SHELVES, TestKit};
use serde::{Deserialize, Serialize};
use souk_contract::{Currency, LocationId, Timestamp};
use souk_kernel::{
    db::{DbError, Json, Text},
    record,
};
use uuid::Uuid;

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    OnShelf,
    Lent,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Note {
    tags: Vec<String>,
    pages: Option<i64>,
}

record! {
    #[derive(Debug, Clone, PartialEq)]
    struct Everything {
        id: LocationId,
        number: i64,
        flag: bool,
        word: String,
        uuid: Uuid,
        bytes: Vec<u8>,
        at: Timestamp,
        json: Json<Note>,
        currency: Currency,
        status: Text<Status>,
        maybe_number: Option<i64>,
        maybe_flag: Option<bool>,
        maybe_word: Option<String>,
        maybe_uuid: Option<Uuid>,
        maybe_bytes: Option<Vec<u8>>,
        maybe_at: Option<Timestamp>,
        maybe_json: Option<Json<Note>>,
        maybe_currency: Option<Currency>,
        maybe_status: Option<Text<Status>>,
    }
}

fn full(kit: &TestKit) -> Everything {
    let note = Note { tags: vec!["a\"b".into(), "ü€😀".into()], pages: None };
    let at = Timestamp::parse("2026-02-28T23:59:59.123456Z").expect("a time");
    Everything {
        id: kit.kit().ids.next(),
        number: i64::MIN,
        flag: true,
        word: "O'Neill; drop table shelf; -- ü😀".into(),
        uuid: kit.kit().ids.uuid(),
        bytes: vec![0, 255, 1],
        at,
        json: Json(note.clone()),
        currency: Currency::KWD,
        status: Text(Status::OnShelf),
        maybe_number: Some(i64::MAX),
        maybe_flag: Some(false),
        maybe_word: Some(String::new()),
        maybe_uuid: Some(Uuid::nil()),
        maybe_bytes: Some(Vec::new()),
        maybe_at: Some(at.plus_seconds(1)),
        maybe_json: Some(Json(note)),
        maybe_currency: Some(Currency::JPY),
        maybe_status: Some(Text(Status::Lent)),
    }
}

async fn insert(conn: &mut souk_kernel::Conn, row: Everything) -> Result<u64, DbError> {
    conn.query(
        "insert into everything (id, number, flag, word, uuid, bytes, at, json, currency, status, maybe_number,
           maybe_flag, maybe_word, maybe_uuid, maybe_bytes, maybe_at, maybe_json, maybe_currency, maybe_status)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
    )
    .bind(row.id)
    .bind(row.number)
    .bind(row.flag)
    .bind(row.word)
    .bind(row.uuid)
    .bind(row.bytes)
    .bind(row.at)
    .bind(row.json)
    .bind(row.currency)
    .bind(row.status)
    .bind(row.maybe_number)
    .bind(row.maybe_flag)
    .bind(row.maybe_word)
    .bind(row.maybe_uuid)
    .bind(row.maybe_bytes)
    .bind(row.maybe_at)
    .bind(row.maybe_json)
    .bind(row.maybe_currency)
    .bind(row.maybe_status)
    .execute()
    .await
}

souk_kernel::each_engine! {
    async fn every_type_comes_back_as_it_went_in(kit: TestKit) {
        let db = kit.db("shelves", SHELVES).await;
        let full = full(&kit);
        let empty = Everything {
            id: kit.kit().ids.next(),
            maybe_number: None,
            maybe_flag: None,
            maybe_word: None,
            maybe_uuid: None,
            maybe_bytes: None,
            maybe_at: None,
            maybe_json: None,
            maybe_currency: None,
            maybe_status: None,
            ..full.clone()
        };
        let mut tx = db.begin().await.expect("begin");
        assert_eq!(insert(&mut tx, full.clone()).await.expect("insert"), 1);
        assert_eq!(insert(&mut tx, empty.clone()).await.expect("insert"), 1);
        tx.commit().await.expect("commit");

        let mut reader = db.read().await.expect("a reader");
        let rows: Vec<Everything> =
            reader.query("select * from everything order by id").all().await.expect("rows");
        assert_eq!(rows, [full.clone(), empty]);

        let (count, at, status): (i64, Timestamp, Text<Status>) = reader
            .query("select count(*), max(at), min(status) from everything where at = $1 and status = $2")
            .bind(full.at)
            .bind(Text(Status::OnShelf))
            .one()
            .await
            .expect("a row");
        assert_eq!((count, at, status), (2, full.at, Text(Status::OnShelf)));
    }

    async fn lists_match_what_is_in_them(kit: TestKit) {
        let db = kit.db("shelves", SHELVES).await;
        let ids: Vec<LocationId> = (0..5).map(|_| kit.kit().ids.next()).collect();
        let mut tx = db.begin().await.expect("begin");
        for (index, id) in (0..).zip(&ids) {
            tx.query("insert into shelf (id, name, books, version) values ($1, $2, $3, 1)")
                .bind(*id)
                .bind(format!("shelf {index}"))
                .bind(i64::from(index))
                .execute()
                .await
                .expect("insert");
        }
        tx.commit().await.expect("commit");
        let mut reader = db.read().await.expect("a reader");
        for count in 0..=5_usize {
            let found: Vec<(LocationId,)> = reader
                .query("select id from shelf where books >= $1 and id in ($2..) order by id")
                .bind(0_i64)
                .bind_list(&ids[..count])
                .all()
                .await
                .expect("rows");
            assert_eq!(found.into_iter().map(|(id,)| id).collect::<Vec<_>>(), ids[..count]);
        }
        let nothing = reader.query("select id from shelf where id in (1)").bind_list(&ids).all::<(LocationId,)>();
        assert!(nothing.await.is_err(), "a list without its mark is refused");
    }

    async fn violations_have_the_same_names(kit: TestKit) {
        let db = kit.db("shelves", SHELVES).await;
        let id = kit.kit().ids.uuid();
        async fn put(db: &souk_kernel::Db, id: Uuid, name: &str, books: i64) -> Result<(), DbError> {
            let mut tx = db.begin().await?;
            tx.query("insert into shelf (id, name, books, version) values ($1, $2, $3, 1)")
                .bind(id).bind(name).bind(books).execute().await?;
            tx.commit().await
        }
        put(&db, id, "fiction", 1).await.expect("the first");
        let name = put(&db, kit.kit().ids.uuid(), "fiction", 1).await.expect_err("name");
        assert!(name.is_unique("shelf_name_key"), "{name}");
        let key = put(&db, id, "poetry", 1).await.expect_err("key");
        assert!(key.is_unique("shelf_pkey"), "{key}");
        let check = put(&db, kit.kit().ids.uuid(), "poetry", -1).await.expect_err("check");
        assert!(check.is_check("shelf_books_not_negative"), "{check}");

        let mut tx = db.begin().await.expect("begin");
        let orphan = tx
            .query("insert into book (id, shelf_id, title) values ($1, $2, 'x')")
            .bind(kit.kit().ids.uuid())
            .bind(kit.kit().ids.uuid())
            .execute()
            .await
            .expect_err("foreign key");
        assert!(matches!(orphan, DbError::ForeignKey(_)), "{orphan}");
        drop(tx);
        let mut tx = db.begin().await.expect("begin");
        let null = tx
            .query("insert into book (id, shelf_id, title) values ($1, $2, $3)")
            .bind(kit.kit().ids.uuid())
            .bind(id)
            .bind(None::<String>)
            .execute()
            .await
            .expect_err("not null");
        assert!(matches!(&null, DbError::NotNull(column) if column == "title"), "{null}");
        drop(tx);

        let mut reader = db.read().await.expect("a reader");
        let missing = reader.query("select id from shelf where name = 'none'").one::<(Uuid,)>().await;
        assert!(matches!(missing, Err(DbError::NoRow)));
        let wrong = reader.query("select name from shelf").one::<(i64,)>().await;
        assert!(matches!(wrong, Err(DbError::Column { .. })), "{wrong:?}");
    }

    async fn a_transaction_is_over_after_a_failed_statement(kit: TestKit) {
        let db = kit.db("shelves", SHELVES).await;
        let mut tx = db.begin().await.expect("begin");
        let insert = "insert into shelf (id, name, books, version) values ($1, $2, $3, 1)";
        tx.query(insert).bind(kit.kit().ids.uuid()).bind("a").bind(1_i64).execute().await.expect("insert");
        let failed = tx.query(insert).bind(kit.kit().ids.uuid()).bind("b").bind(-1_i64).execute().await;
        assert!(failed.expect_err("a check").is_check("shelf_books_not_negative"));
        let more = tx.query("select count(*) from shelf").one::<(i64,)>().await;
        assert!(matches!(more, Err(DbError::Spoiled)), "{more:?}");
        assert!(matches!(tx.commit().await, Err(DbError::Spoiled)));
        let mut reader = db.read().await.expect("a reader");
        let (shelves,): (i64,) = reader.query("select count(*) from shelf").one().await.expect("a count");
        assert_eq!(shelves, 0);
    }

    async fn a_reader_sees_a_commit_and_only_that(kit: TestKit) {
        let db = kit.db("shelves", SHELVES).await;
        let count = async || -> i64 {
            let mut reader = db.read().await.expect("a reader");
            reader.query("select count(*) from shelf").one::<(i64,)>().await.expect("a count").0
        };
        let mut tx = db.begin().await.expect("begin");
        tx.query("insert into shelf (id, name, books, version) values ($1, 'a', 0, 1)")
            .bind(kit.kit().ids.uuid()).execute().await.expect("insert");
        let (inside,): (i64,) = tx.query("select count(*) from shelf").one().await.expect("a count");
        assert_eq!((inside, count().await), (1, 0));
        tx.commit().await.expect("commit");
        assert_eq!(count().await, 1);
    }

    async fn one_at_a_time_per_lock(kit: TestKit) {
        let db = kit.db("shelves", SHELVES).await;
        let id = kit.kit().ids.uuid();
        let mut tx = db.begin().await.expect("begin");
        tx.query("insert into shelf (id, name, books, version) values ($1, 'a', 0, 1)")
            .bind(id).execute().await.expect("insert");
        tx.commit().await.expect("commit");
        let adds = (0..16).map(|_| {
            let db = db.clone();
            tokio::spawn(async move {
                let mut tx = db.begin().await?;
                tx.lock("shelf", id).await?;
                // Read, then write: wrong without the lock.
                let (books,): (i64,) =
                    tx.query("select books from shelf where id = $1").bind(id).one().await?;
                tx.query("update shelf set books = $2 where id = $1").bind(id).bind(books + 1).execute().await?;
                tx.commit().await
            })
        });
        for done in futures::future::join_all(adds).await {
            done.expect("no panic").expect("committed");
        }
        let mut reader = db.read().await.expect("a reader");
        let (books,): (i64,) = reader.query("select books from shelf").one().await.expect("a row");
        assert_eq!(books, 16);
    }
}

#[tokio::test]
async fn a_backup_is_complete_and_opens() {
    let kit = TestKit::start(crate::Engine::Sqlite).await;
    let db = kit.db("shelves", SHELVES).await;
    let mut tx = db.begin().await.expect("begin");
    tx.query("insert into shelf (id, name, books, version) values ($1, 'a', 0, 1)")
        .bind(kit.kit().ids.uuid())
        .execute()
        .await
        .expect("insert");
    tx.commit().await.expect("commit");
    let copy = kit.folder().join("copy/db/shelves.sqlite");
    std::fs::create_dir_all(copy.parent().expect("a parent")).expect("a folder");
    db.backup_to(&copy).await.expect("a backup");
    assert!(db.backup_to(&copy).await.is_err(), "an existing file is not overwritten");

    let config = souk_kernel::config::DatabaseConfig::sqlite(&kit.folder().join("copy"));
    let restored = souk_kernel::Db::open(&config, "shelves", SHELVES, kit.kit()).await.expect("it opens");
    let mut reader = restored.read().await.expect("a reader");
    let (shelves,): (i64,) = reader.query("select count(*) from shelf").one().await.expect("a count");
    assert_eq!(shelves, 1);
}

#[tokio::test]
async fn both_schemas_are_alike() {
    souk_kernel::testing::assert_same_schema(
        "shelves",
        SHELVES,
        &["select id from shelf where id in ($1..)"],
    )
    .await;
}

/// Prints only: what ten idle domains hold, with a writer and a used reader each.
#[tokio::test]
async fn memory_of_ten_domains() {
    let kit = TestKit::start(crate::Engine::Sqlite).await;
    let resident = || {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        status.lines().find(|line| line.starts_with("VmRSS")).unwrap_or("VmRSS: unknown").to_owned()
    };
    let before = resident();
    let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
    let mut open = Vec::new();
    for name in names {
        let db = kit.db(name, SHELVES).await;
        let mut reader = db.read().await.expect("a reader");
        let (count,): (i64,) = reader.query("select count(*) from shelf").one().await.expect("a count");
        assert_eq!(count, 0);
        drop(reader);
        open.push(db);
    }
    println!("before {before}, with {} domains {}", open.len(), resident());
}
