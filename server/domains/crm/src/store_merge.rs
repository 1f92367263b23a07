//! SQL about merges and pairs that may be one: one function per statement.

use serde::{Deserialize, Serialize};
use souk_contract::{Consent, ProfileId, ProfileMergeId, StaffId, Timestamp};
use souk_kernel::{
    db::{Conn, DbError, Json},
    record,
};

/// What a merge changed of the profile that was kept, before and after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Changed {
    /// What came with the profile that was merged: what had been merged into it.
    pub parts: Vec<ProfileId>,
    pub before: Picked,
    pub after: Picked,
    /// Tags that the kept one had not.
    pub tags: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Picked {
    pub email: String,
    pub name: String,
    pub name_from: i64,
    pub phone: String,
    pub phone_from: i64,
    pub consent: Consent,
    pub consent_own: bool,
}

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct MergeRow {
        pub id: ProfileMergeId,
        pub kept_id: ProfileId,
        pub merged_id: ProfileId,
        pub content: Json<Changed>,
        pub at: Timestamp,
        pub staff_id: Option<StaffId>,
        pub undone_at: Option<Timestamp>,
    }
}

pub(crate) async fn add(conn: &mut Conn, row: &MergeRow) -> Result<(), DbError> {
    conn.query(
        "insert into merge (id, kept_id, merged_id, content, at, staff_id) values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(row.id)
    .bind(row.kept_id)
    .bind(row.merged_id)
    .bind(Json(&row.content.0))
    .bind(row.at)
    .bind(row.staff_id)
    .execute()
    .await?;
    Ok(())
}

pub(crate) async fn merge(conn: &mut Conn, id: ProfileMergeId) -> Result<Option<MergeRow>, DbError> {
    conn.query("select id, kept_id, merged_id, content, at, staff_id, undone_at from merge where id = $1")
        .bind(id)
        .optional()
        .await
}

/// Those that stand, newest first.
pub(crate) async fn into(conn: &mut Conn, kept: ProfileId) -> Result<Vec<MergeRow>, DbError> {
    conn.query(
        "select id, kept_id, merged_id, content, at, staff_id, undone_at from merge
         where kept_id = $1 and undone_at is null order by id desc",
    )
    .bind(kept)
    .all()
    .await
}

pub(crate) async fn set_undone(conn: &mut Conn, id: ProfileMergeId, now: Timestamp) -> Result<(), DbError> {
    conn.query("update merge set undone_at = $2 where id = $1").bind(id).bind(now).execute().await?;
    Ok(())
}

pub(crate) async fn suggest(conn: &mut Conn, (one, other): (ProfileId, ProfileId)) -> Result<(), DbError> {
    conn.query(
        "insert into duplicate (one_id, other_id, dismissed) values ($1, $2, false) on conflict do nothing",
    )
    .bind(one)
    .bind(other)
    .execute()
    .await?;
    Ok(())
}

pub(crate) async fn dismiss(conn: &mut Conn, (one, other): (ProfileId, ProfileId)) -> Result<(), DbError> {
    conn.query(
        "insert into duplicate (one_id, other_id, dismissed) values ($1, $2, true)
         on conflict (one_id, other_id) do update set dismissed = true",
    )
    .bind(one)
    .bind(other)
    .execute()
    .await?;
    Ok(())
}

/// Pairs that are still alike, those of the newest profiles first.
pub(crate) async fn pairs(
    conn: &mut Conn,
    (one, other): (ProfileId, ProfileId),
    limit: i64,
) -> Result<Vec<(ProfileId, ProfileId)>, DbError> {
    conn.query(
        "select d.one_id, d.other_id
         from duplicate d join profile a on a.id = d.one_id join profile b on b.id = d.other_id
         where (d.one_id, d.other_id) < ($1, $2) and d.dismissed = false
           and a.merged_into is null and b.merged_into is null
           and ((a.phone_key <> '' and a.phone_key = b.phone_key)
                or (a.name <> '' and a.name_key = b.name_key and a.postal_code <> '' and a.postal_code = b.postal_code))
         order by d.one_id desc, d.other_id desc limit $3",
    )
    .bind(one)
    .bind(other)
    .bind(limit)
    .all()
    .await
}
