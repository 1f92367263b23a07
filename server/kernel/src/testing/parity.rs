//! Both engines must have the same tables and columns.

use crate::db::{Db, DbError, Engine, Migration};

use super::TestKit;

/// `table.column` of everything in a domain's database, sorted.
pub async fn columns(db: &Db) -> Result<Vec<String>, DbError> {
    let sql = match db.engine() {
        Engine::Sqlite => {
            "select t.name || '.' || c.name from sqlite_schema t join pragma_table_info(t.name) c
             where t.type = 'table' and t.name not like 'sqlite_%'"
        }
        Engine::Postgres => {
            "select cast(table_name || '.' || column_name as text) from information_schema.columns
             where table_schema = current_schema()"
        }
    };
    let rows: Vec<(String,)> = db.read().await?.query(sql).all().await?;
    let mut names: Vec<String> = rows.into_iter().map(|(name,)| name).collect();
    names.sort();
    Ok(names)
}

/// Opens the domain on both engines, compares tables and columns, and prepares every statement on both.
///
/// # Panics
/// Where they differ, or a statement is not understood.
pub async fn assert_same_schema(
    domain: &'static str,
    migrations: &'static [Migration],
    statements: &[&'static str],
) {
    let mut seen = Vec::new();
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let kit = TestKit::start(engine).await;
        let db = kit.db(domain, migrations).await;
        seen.push(columns(&db).await.expect("the schema can be read"));
        let mut reader = db.read().await.expect("a reader");
        for statement in statements {
            if let Err(error) = reader.prepare(statement).await {
                panic!("{engine:?} does not understand {statement:?}: {error}");
            }
        }
        drop(reader);
        db.close().await.expect("a clean close");
        kit.finish().await;
    }
    assert_eq!(seen[0], seen[1], "{domain}: SQLite (left) and PostgreSQL (right) differ");
}
