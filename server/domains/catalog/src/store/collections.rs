//! The `collection` table.

use souk_contract::{CollectionId, CollectionInput, CollectionKind, CollectionRule, Seo, Timestamp};
use souk_kernel::{
    Conn, DbError,
    db::{Json, Text},
    record,
};

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct CollectionRow {
        pub id: CollectionId,
        pub handle: String,
        pub title: String,
        pub description_html: String,
        pub kind: Text<CollectionKind>,
        pub rule: Json<CollectionRule>,
        pub seo: Json<Seo>,
        pub position: i64,
        pub fingerprint: String,
        pub version: i64,
    }
}

/// In the shop's order.
pub(crate) async fn all(conn: &mut Conn) -> Result<Vec<CollectionRow>, DbError> {
    conn.query(
        "select id, handle, title, description_html, kind, rule, seo, position, fingerprint, version
         from collection order by position, handle",
    )
    .all()
    .await
}

pub(crate) async fn by_handle(conn: &mut Conn, handle: &str) -> Result<Option<CollectionRow>, DbError> {
    conn.query(
        "select id, handle, title, description_html, kind, rule, seo, position, fingerprint, version
         from collection where handle = $1",
    )
    .bind(handle)
    .optional()
    .await
}

pub(crate) async fn by_id(conn: &mut Conn, id: CollectionId) -> Result<Option<CollectionRow>, DbError> {
    conn.query(
        "select id, handle, title, description_html, kind, rule, seo, position, fingerprint, version
         from collection where id = $1",
    )
    .bind(id)
    .optional()
    .await
}

pub(crate) async fn remove(conn: &mut Conn, id: CollectionId) -> Result<(), DbError> {
    conn.query("delete from collection where id = $1").bind(id).execute().await?;
    Ok(())
}

pub(crate) async fn put(
    conn: &mut Conn,
    id: CollectionId,
    input: &CollectionInput,
    fingerprint: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    conn.query(
        "insert into collection (id, handle, title, description_html, kind, rule, seo, position, fingerprint,
           version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $11)
         on conflict (id) do update set title = excluded.title, description_html = excluded.description_html,
           kind = excluded.kind, rule = excluded.rule, seo = excluded.seo, position = excluded.position,
           fingerprint = excluded.fingerprint, version = collection.version + 1, updated_at = excluded.updated_at",
    )
    .bind(id)
    .bind(&input.handle)
    .bind(&input.title)
    .bind(&input.description_html)
    .bind(Text(input.kind))
    .bind(Json(&input.rule))
    .bind(Json(&input.seo))
    .bind(input.position)
    .bind(fingerprint)
    .bind(now)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// After a product was renamed. The fingerprint is emptied: it was that of the list with the old handle.
pub(crate) async fn set_rule(
    conn: &mut Conn,
    id: CollectionId,
    rule: &CollectionRule,
    now: Timestamp,
) -> Result<(), DbError> {
    conn.query(
        "update collection set rule = $2, fingerprint = '', version = version + 1, updated_at = $3 where id = $1",
    )
    .bind(id)
    .bind(Json(rule))
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

pub(crate) async fn touch(conn: &mut Conn, id: CollectionId, now: Timestamp) -> Result<(), DbError> {
    conn.query("update collection set version = version + 1, updated_at = $2 where id = $1")
        .bind(id)
        .bind(now)
        .execute()
        .await?;
    Ok(())
}

pub(crate) async fn paths(
    conn: &mut Conn,
    after: &str,
    limit: u32,
) -> Result<Vec<(String, Timestamp)>, DbError> {
    conn.query("select handle, updated_at from collection where handle > $1 order by handle limit $2")
        .bind(after)
        .bind(limit)
        .all()
        .await
}
