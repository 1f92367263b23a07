//! PostgreSQL: one schema per domain, found by the connection's search path.

use std::{str::FromStr as _, time::Duration};

use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use super::{DbError, Migration, migrate};

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
