//! SQL, one function per statement.

use souk_contract::ShopSettingsInput;
use souk_kernel::db::{Conn, DbError, Json};

use crate::settings::{PrefixRow, SettingsRow};

/// None: before the first start has filled it.
pub(crate) async fn settings(conn: &mut Conn) -> Result<Option<SettingsRow>, DbError> {
    conn.query("select content, version from settings where id = 1").optional().await
}

pub(crate) async fn version(conn: &mut Conn) -> Result<Option<(i64,)>, DbError> {
    conn.query("select version from settings where id = 1").optional().await
}

/// The caller holds the row.
pub(crate) async fn put_settings(
    conn: &mut Conn,
    content: &ShopSettingsInput,
    version: i64,
) -> Result<(), DbError> {
    conn.query(
        "insert into settings (id, content, version) values (1, $1, $2)
         on conflict (id) do update set content = excluded.content, version = excluded.version",
    )
    .bind(Json(content))
    .bind(version)
    .execute()
    .await?;
    Ok(())
}

pub(crate) async fn prefixes(conn: &mut Conn) -> Result<Vec<PrefixRow>, DbError> {
    conn.query("select prefix, kind from prefix order by prefix").all().await
}

/// No effect where the prefix belongs to some papers already.
pub(crate) async fn add_prefix(conn: &mut Conn, row: &PrefixRow) -> Result<(), DbError> {
    conn.query("insert into prefix (prefix, kind) values ($1, $2) on conflict (prefix) do nothing")
        .bind(&row.prefix)
        .bind(row.kind)
        .execute()
        .await?;
    Ok(())
}
