//! SQL about which ways to pay are offered: one row.

use souk_contract::{PaymentSettingsInput, Timestamp};
use souk_kernel::{
    db::{Conn, DbError, Json},
    record,
};
use uuid::Uuid;

/// The one row.
const ONLY: Uuid = Uuid::nil();

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct SettingsRow {
        pub content: Json<PaymentSettingsInput>,
        pub version: i64,
    }
}

/// None before the first start.
pub(crate) async fn settings(conn: &mut Conn) -> Result<Option<SettingsRow>, DbError> {
    conn.query("select content, version from settings where id = $1").bind(ONLY).optional().await
}

/// Writes what is there first; no effect where something is.
pub(crate) async fn fill(
    conn: &mut Conn,
    content: &PaymentSettingsInput,
    now: Timestamp,
) -> Result<(), DbError> {
    conn.query(
        "insert into settings (id, content, version, updated_at) values ($1, $2, 1, $3) on conflict (id) do nothing",
    )
    .bind(ONLY)
    .bind(Json(content))
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// False where another version stands there.
pub(crate) async fn set(
    conn: &mut Conn,
    content: &PaymentSettingsInput,
    version: i64,
    now: Timestamp,
) -> Result<bool, DbError> {
    let set = conn
        .query("update settings set content = $2, version = version + 1, updated_at = $4 where id = $1 and version = $3")
        .bind(ONLY)
        .bind(Json(content))
        .bind(version)
        .bind(now)
        .execute()
        .await?;
    Ok(set == 1)
}
