//! SQL about roles, invitations and who is there, one function per statement.

use souk_contract::{Colleague, ColleagueState, Grants, Reach, Role, RoleId, RoleRecord, StaffId, Timestamp};
use souk_kernel::{
    db::{Conn, DbError, Json, Text},
    record,
};

record! {
    #[derive(Debug, Clone)]
    pub(super) struct RoleRow {
        pub id: RoleId,
        pub name: String,
        pub grants: Json<Grants>,
        pub locations: Json<Reach>,
        pub version: i64,
        pub created_at: Timestamp,
    }
}

impl RoleRow {
    pub(super) fn show(&self, members: i64) -> RoleRecord {
        RoleRecord {
            role: Role::Custom(self.id),
            name: self.name.clone(),
            grants: self.grants.0,
            locations: self.locations.0.clone(),
            version: self.version,
            members,
        }
    }
}

pub(super) async fn role(conn: &mut Conn, id: RoleId) -> Result<Option<RoleRow>, DbError> {
    conn.query("select id, name, grants, locations, version, created_at from role where id = $1")
        .bind(id)
        .optional()
        .await
}

pub(super) async fn roles(conn: &mut Conn) -> Result<Vec<RoleRow>, DbError> {
    conn.query("select id, name, grants, locations, version, created_at from role order by name_key")
        .all()
        .await
}

pub(super) async fn put_role(conn: &mut Conn, row: &RoleRow, name_key: &str) -> Result<(), DbError> {
    conn.query(
        "insert into role (id, name, name_key, grants, version, created_at, locations) values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (id) do update set name = excluded.name, name_key = excluded.name_key,
                                        grants = excluded.grants, version = excluded.version,
                                        locations = excluded.locations",
    )
    .bind(row.id)
    .bind(&row.name)
    .bind(name_key)
    .bind(row.grants)
    .bind(row.version)
    .bind(row.created_at)
    .bind(Json(&row.locations.0))
    .execute()
    .await?;
    Ok(())
}

pub(super) async fn remove_role(conn: &mut Conn, id: RoleId) -> Result<(), DbError> {
    conn.query("delete from role where id = $1").bind(id).execute().await?;
    Ok(())
}

/// By somebody, also one who was removed and may come back, or by a key that is in force.
pub(super) async fn is_used(conn: &mut Conn, role: Role) -> Result<bool, DbError> {
    let found: Option<(i64,)> = conn
        .query(
            "select 1 from staff where role = $1
             union all select 1 from api_token where role = $1 and revoked_at is null limit 1",
        )
        .bind(Text(role))
        .optional()
        .await?;
    Ok(found.is_some())
}

/// How many have each role.
pub(super) async fn members(conn: &mut Conn) -> Result<Vec<(Text<Role>, i64)>, DbError> {
    conn.query("select role, count(*) from staff where removed_at is null group by role").all().await
}

pub(super) async fn other_owners(conn: &mut Conn, but: StaffId) -> Result<i64, DbError> {
    let (count,) = conn
        .query("select count(*) from staff where role = 'owner' and removed_at is null and id <> $1")
        .bind(but)
        .one()
        .await?;
    Ok(count)
}

record! {
    struct ColleagueRow {
        id: StaffId,
        email: String,
        name: String,
        role: Text<Role>,
        has_password: bool,
        two_factor_since: Option<Timestamp>,
        version: i64,
        removed_at: Option<Timestamp>,
        created_at: Timestamp,
        seen_at: Option<Timestamp>,
    }
}

impl From<ColleagueRow> for Colleague {
    fn from(row: ColleagueRow) -> Self {
        let state = match (row.removed_at, row.has_password) {
            (Some(_), _) => ColleagueState::Removed,
            (None, true) => ColleagueState::Active,
            (None, false) => ColleagueState::Invited,
        };
        Self {
            id: row.id,
            email: row.email,
            name: row.name,
            role: row.role.0,
            two_factor: row.two_factor_since.is_some(),
            state,
            version: row.version,
            created_at: row.created_at,
            seen_at: row.seen_at,
        }
    }
}

macro_rules! select_colleague {
    ($rest:literal) => {
        concat!(
            "select id, email, name, role, password_hash is not null as has_password, two_factor_since, version,
                    removed_at, created_at,
                    (select max(staff_session.seen_at) from staff_session
                     where staff_session.staff_id = staff.id and staff_session.expires_at > $1) as seen_at
             from staff ",
            $rest
        )
    };
}

pub(super) async fn colleagues(conn: &mut Conn, now: Timestamp) -> Result<Vec<Colleague>, DbError> {
    let rows: Vec<ColleagueRow> = conn
        .query(select_colleague!("order by removed_at is not null, lower(name), id"))
        .bind(now)
        .all()
        .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

pub(super) async fn colleague(
    conn: &mut Conn,
    id: StaffId,
    now: Timestamp,
) -> Result<Option<Colleague>, DbError> {
    let row: Option<ColleagueRow> =
        conn.query(select_colleague!("where id = $2")).bind(now).bind(id).optional().await?;
    Ok(row.map(Into::into))
}

pub(super) async fn set_name_and_role(
    conn: &mut Conn,
    id: StaffId,
    name: &str,
    role: Role,
) -> Result<(), DbError> {
    conn.query("update staff set name = $2, role = $3, version = version + 1 where id = $1")
        .bind(id)
        .bind(name)
        .bind(Text(role))
        .execute()
        .await?;
    Ok(())
}

pub(super) async fn set_removed(conn: &mut Conn, id: StaffId, at: Option<Timestamp>) -> Result<(), DbError> {
    conn.query("update staff set removed_at = $2, version = version + 1 where id = $1")
        .bind(id)
        .bind(at)
        .execute()
        .await?;
    Ok(())
}

pub(super) async fn forget_password(conn: &mut Conn, id: StaffId) -> Result<(), DbError> {
    conn.query("update staff set password_hash = null where id = $1").bind(id).execute().await?;
    Ok(())
}

pub(super) async fn revoke_keys(conn: &mut Conn, owner: StaffId, now: Timestamp) -> Result<(), DbError> {
    conn.query("update api_token set revoked_at = $2 where staff_id = $1 and revoked_at is null")
        .bind(owner)
        .bind(now)
        .execute()
        .await?;
    Ok(())
}

/// Takes the place of the one before.
pub(super) async fn put_invitation(
    conn: &mut Conn,
    id: StaffId,
    token_hash: &[u8],
    expires_at: Timestamp,
) -> Result<(), DbError> {
    conn.query(
        "insert into staff_invitation (staff_id, token_hash, expires_at) values ($1, $2, $3)
         on conflict (staff_id) do update set token_hash = excluded.token_hash, expires_at = excluded.expires_at",
    )
    .bind(id)
    .bind(token_hash)
    .bind(expires_at)
    .execute()
    .await?;
    Ok(())
}

/// Whose it was; none where it was used or is over.
pub(super) async fn take_invitation(
    conn: &mut Conn,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<(StaffId,)>, DbError> {
    conn.query("delete from staff_invitation where token_hash = $1 and expires_at > $2 returning staff_id")
        .bind(token_hash)
        .bind(now)
        .optional()
        .await
}

pub(super) async fn remove_invitation(conn: &mut Conn, id: StaffId) -> Result<(), DbError> {
    conn.query("delete from staff_invitation where staff_id = $1").bind(id).execute().await?;
    Ok(())
}
