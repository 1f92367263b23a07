//! Forward-only migrations: each in one transaction, each remembered with its checksum.

use std::ops::ControlFlow;

use sha2::{Digest as _, Sha256};
use sqlx::{AssertSqlSafe, PgConnection};

use super::{
    DbError, Record as _,
    sqlite::{Link, Value},
};

/// One step of a schema, for both engines. Made by [`migrations!`](crate::migrations).
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// `catalog/0001_init`.
    pub name: &'static str,
    pub sqlite: &'static str,
    pub postgres: &'static str,
}

/// Embeds `migrations/<domain>/{sqlite,postgres}/<name>.sql`, in the order given, as a `&'static [Migration]`.
///
/// The path is that of a crate in `server/domains/<name>`; a crate elsewhere names the folder first:
/// `migrations!(in "/../../migrations"; "kernel"; "0001_init")`.
#[macro_export]
macro_rules! migrations {
    ($domain:literal; $($name:literal),+ $(,)?) => {
        $crate::migrations!(in "/../../../migrations"; $domain; $($name),+)
    };
    (in $folder:literal; $domain:literal; $($name:literal),+ $(,)?) => {
        &[$($crate::db::Migration {
            name: concat!($domain, "/", $name),
            sqlite: include_str!(concat!(
                env!("CARGO_MANIFEST_DIR"), $folder, "/", $domain, "/sqlite/", $name, ".sql"
            )),
            postgres: include_str!(concat!(
                env!("CARGO_MANIFEST_DIR"), $folder, "/", $domain, "/postgres/", $name, ".sql"
            )),
        }),+]
    };
}

/// Outbox, inbox, idempotency keys and the audit log: every domain's database starts with them.
pub(super) const KERNEL: &[Migration] =
    crate::migrations!(in "/../../migrations"; "kernel"; "0001_init", "0002_audit");

fn checksum(sql: &str) -> String {
    Sha256::digest(sql.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What is still to be done; an error where the past does not match what this program knows.
fn plan<'m>(
    applied: &[(String, String)],
    migrations: &[&'m Migration],
    sql: impl Fn(&Migration) -> &'static str,
) -> Result<Vec<&'m Migration>, DbError> {
    for (name, sum) in applied {
        let reason = match migrations.iter().find(|migration| migration.name == name) {
            None => "was applied by a newer program than this one",
            Some(known) if checksum(sql(known)) != *sum => {
                "its file was changed after it was applied; write a new migration instead"
            }
            Some(_) => continue,
        };
        return Err(DbError::Migration { name: name.clone(), reason: reason.to_owned() });
    }
    Ok(migrations
        .iter()
        .copied()
        .filter(|migration| applied.iter().all(|(name, _)| name != migration.name))
        .collect())
}

fn failed(migration: &Migration, error: impl ToString) -> DbError {
    DbError::Migration { name: migration.name.to_owned(), reason: error.to_string() }
}

const INSERT: &str = "insert into migration (name, checksum) values ($1, $2)";
const TABLE: &str = "create table if not exists migration (name text primary key, checksum text not null)";

pub(super) fn sqlite(link: &mut Link, migrations: &[&Migration]) -> Result<(), DbError> {
    link.batch(
        "create table if not exists migration (name text primary key, checksum text not null) strict",
    )?;
    let mut applied = Vec::new();
    link.run("select name, checksum from migration", &[], &mut |row| {
        applied.push(<(String, String)>::read(row)?);
        Ok(ControlFlow::Continue(()))
    })?;
    for migration in plan(&applied, migrations, |migration| migration.sqlite)? {
        let done = link.batch("begin immediate").and_then(|()| link.batch(migration.sqlite)).and_then(|()| {
            let values = [Value::Text(migration.name.to_owned()), Value::Text(checksum(migration.sqlite))];
            link.execute(INSERT, &values)?;
            link.batch("commit")
        });
        if let Err(error) = done {
            let _ = link.batch("rollback");
            return Err(failed(migration, error));
        }
    }
    Ok(())
}

pub(super) async fn postgres(
    conn: &mut PgConnection,
    domain: &'static str,
    migrations: &[&Migration],
) -> Result<(), DbError> {
    use sqlx::Connection as _;
    // Several processes may start at once: the schema's own lock lets one of them go first.
    let lock = i64::from_be_bytes(first_eight(&Sha256::digest(format!("souk migrate {domain}"))));
    sqlx::query("set lock_timeout = '10min'").execute(&mut *conn).await?;
    sqlx::query("select pg_advisory_lock($1)").bind(lock).execute(&mut *conn).await?;
    let done = async {
        sqlx::query(AssertSqlSafe(format!("create schema if not exists {domain}")))
            .execute(&mut *conn)
            .await?;
        sqlx::query(TABLE).execute(&mut *conn).await?;
        let applied: Vec<(String, String)> =
            sqlx::query_as("select name, checksum from migration").fetch_all(&mut *conn).await?;
        for migration in plan(&applied, migrations, |migration| migration.postgres)? {
            let fail = |error: sqlx::Error| failed(migration, error);
            let mut tx = conn.begin().await.map_err(&fail)?;
            sqlx::raw_sql(migration.postgres).execute(&mut *tx).await.map_err(&fail)?;
            sqlx::query(INSERT)
                .bind(migration.name)
                .bind(checksum(migration.postgres))
                .execute(&mut *tx)
                .await
                .map_err(&fail)?;
            tx.commit().await.map_err(&fail)?;
        }
        Ok(())
    }
    .await;
    sqlx::query("select pg_advisory_unlock($1)").bind(lock).execute(&mut *conn).await?;
    sqlx::query("reset lock_timeout").execute(&mut *conn).await?;
    done
}

/// The start of a digest, for PostgreSQL's 64-bit advisory locks.
pub(super) fn first_eight(digest: &[u8]) -> [u8; 8] {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&digest[..8]);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Migration = Migration { name: "shelf/0001_init", sqlite: "one", postgres: "eins" };
    const SECOND: Migration = Migration { name: "shelf/0002_more", sqlite: "two", postgres: "zwei" };

    fn applied(sums: &[(&str, &str)]) -> Vec<(String, String)> {
        sums.iter().map(|(name, sql)| ((*name).to_owned(), checksum(sql))).collect()
    }

    #[test]
    fn only_new_ones_are_due() {
        let past = applied(&[("shelf/0001_init", "one")]);
        let due = plan(&past, &[&FIRST, &SECOND], |migration| migration.sqlite).expect("a plan");
        assert_eq!(due.iter().map(|migration| migration.name).collect::<Vec<_>>(), ["shelf/0002_more"]);
    }

    #[test]
    fn a_changed_file_is_refused_by_name() {
        let past = applied(&[("shelf/0001_init", "one, edited")]);
        let error = plan(&past, &[&FIRST], |migration| migration.sqlite).expect_err("a refusal");
        assert!(error.to_string().contains("shelf/0001_init"), "{error}");
        assert!(error.to_string().contains("changed"), "{error}");
    }

    #[test]
    fn a_newer_database_is_refused() {
        let past = applied(&[("shelf/0001_init", "one"), ("shelf/0002_more", "two")]);
        let error = plan(&past, &[&FIRST], |migration| migration.sqlite).expect_err("a refusal");
        assert!(error.to_string().contains("newer"), "{error}");
    }
}
