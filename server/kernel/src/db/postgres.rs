//! PostgreSQL: one schema per domain, found by the connection's search path.

use std::{borrow::Cow, str::FromStr as _, time::Duration};

use futures::TryStreamExt as _;
use sqlx::{
    AssertSqlSafe, Either, Executor as _, PgPool, SqlSafeStr as _,
    postgres::{PgArguments, PgConnectOptions, PgConnection, PgPoolOptions},
};

use super::{DbError, Migration, Row, conn::Take, migrate};

pub(super) async fn open(
    url: &str,
    domain: &'static str,
    connections: u32,
    migrations: &[&Migration],
) -> Result<PgPool, DbError> {
    let options = PgConnectOptions::from_str(url)
        .map_err(|error| DbError::Config(format!("database url: {error}")))?
        .application_name("souk")
        .options([
            ("search_path", domain),
            ("timezone", "utc"),
            ("lock_timeout", "10s"),
            ("idle_in_transaction_session_timeout", "60s"),
        ]);
    let pool = PgPoolOptions::new()
        .max_connections(connections.max(2))
        .acquire_timeout(Duration::from_secs(10))
        .idle_timeout(Duration::from_secs(300))
        .connect_with(options)
        .await?;
    let mut conn = pool.acquire().await?;
    migrate::postgres(&mut conn, domain, migrations).await?;
    drop(conn);
    Ok(pool)
}

/// Hands each row to `take` until it has enough; the number of rows that were changed.
///
/// `AssertSqlSafe` holds: the text is a constant, or was put together from constants (`query_dynamic`).
pub(super) async fn run(
    conn: &mut PgConnection,
    sql: Cow<'static, str>,
    args: PgArguments,
    take: &mut Take<'_>,
) -> Result<u64, DbError> {
    let mut answers = conn.fetch_many(sqlx::query_with(AssertSqlSafe(sql), args));
    let mut changed = 0;
    while let Some(answer) = answers.try_next().await? {
        match answer {
            Either::Left(done) => changed += done.rows_affected(),
            Either::Right(row) => {
                if take(&Row::Postgres(&row))?.is_break() {
                    break;
                }
            }
        }
    }
    Ok(changed)
}

pub(super) async fn prepare(conn: &mut PgConnection, sql: String) -> Result<(), DbError> {
    conn.prepare(AssertSqlSafe(sql).into_sql_str()).await?;
    Ok(())
}
