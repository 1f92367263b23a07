//! The past of a schema can't be rewritten.

use crate::{SHELVES, TestKit};
use souk_kernel::{Db, DbError, db::Migration};

const EDITED: &[Migration] = &[Migration {
    name: "shelves/0001_init",
    sqlite: "create table shelf (id blob primary key) strict;",
    postgres: "create table shelf (id uuid primary key);",
}];

const WITH_A_BAD_ONE: &[Migration] = &[
    SHELVES[0],
    Migration {
        name: "shelves/0002_good",
        sqlite: "alter table shelf add column room text;",
        postgres: "alter table shelf add column room text;",
    },
    Migration {
        name: "shelves/0003_bad",
        sqlite: "create table half (id blob primary key) strict; insert into nowhere values (1);",
        postgres: "create table half (id uuid primary key); insert into nowhere values (1);",
    },
];

souk_kernel::each_engine! {
    async fn opening_twice_applies_once(kit: TestKit) {
        kit.db("shelves", SHELVES).await.close().await.expect("a clean close");
        let db = kit.db("shelves", SHELVES).await;
        let mut reader = db.read().await.expect("a reader");
        let names: Vec<(String,)> =
            reader.query("select name from migration order by name").all().await.expect("rows");
        let names: Vec<String> = names.into_iter().map(|(name,)| name).collect();
        assert_eq!(names, ["kernel/0001_init", "kernel/0002_audit", "shelves/0001_init"]);
    }

    async fn an_edited_migration_refuses_to_start(kit: TestKit) {
        kit.db("shelves", SHELVES).await.close().await.expect("a clean close");
        let error = Db::open(&kit.config(), "shelves", EDITED, kit.kit()).await.err().expect("a refusal");
        assert!(matches!(&error, DbError::Migration { name, .. } if name == "shelves/0001_init"), "{error}");
    }

    async fn an_older_program_refuses_a_newer_database(kit: TestKit) {
        kit.db("shelves", SHELVES).await.close().await.expect("a clean close");
        let error = Db::open(&kit.config(), "shelves", &[], kit.kit()).await.err().expect("a refusal");
        assert!(error.to_string().contains("newer"), "{error}");
    }

    async fn a_failing_migration_leaves_nothing_of_itself(kit: TestKit) {
        let error = Db::open(&kit.config(), "shelves", WITH_A_BAD_ONE, kit.kit()).await.err().expect("a failure");
        assert!(matches!(&error, DbError::Migration { name, .. } if name == "shelves/0003_bad"), "{error}");
        let db = kit.db("shelves", &WITH_A_BAD_ONE[..2]).await;
        let columns = souk_kernel::testing::columns(&db).await.expect("columns");
        assert!(columns.contains(&"shelf.room".to_owned()));
        assert!(!columns.contains(&"half.id".to_owned()));
    }
}

#[tokio::test]
async fn a_wrong_url_is_explained() {
    let kit = TestKit::start(crate::Engine::Sqlite).await;
    let config = souk_kernel::config::DatabaseConfig::postgres("mysql://nowhere");
    let error = Db::open(&config, "shelves", SHELVES, kit.kit()).await.err().expect("a refusal");
    assert!(matches!(error, DbError::Config(_)), "{error}");
}
