//! SQL about staff, one function per statement.

use souk_contract::{ApiKey, ApiTokenId, Role, SessionId, StaffId, StaffSession, Timestamp};
use souk_kernel::{
    db::{Conn, DbError, Text},
    record,
};
use uuid::Uuid;

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct StaffRow {
        pub id: StaffId,
        pub email: String,
        pub name: String,
        pub role: Text<Role>,
        pub password_hash: Option<String>,
        pub two_factor_generation: i64,
        pub two_factor_since: Option<Timestamp>,
        pub two_factor_step: i64,
        pub version: i64,
        pub removed_at: Option<Timestamp>,
        pub created_at: Timestamp,
    }
}

macro_rules! select_staff {
    ($rest:literal) => {
        concat!(
            "select id, email, name, role, password_hash, two_factor_generation, two_factor_since, two_factor_step,
                    version, removed_at, created_at from staff ",
            $rest
        )
    };
}

pub(crate) async fn by_id(conn: &mut Conn, id: StaffId) -> Result<Option<StaffRow>, DbError> {
    conn.query(select_staff!("where id = $1")).bind(id).optional().await
}

pub(crate) async fn by_email(conn: &mut Conn, email_key: &str) -> Result<Option<StaffRow>, DbError> {
    conn.query(select_staff!("where email_key = $1")).bind(email_key).optional().await
}

pub(crate) async fn add(conn: &mut Conn, row: &StaffRow, email_key: &str) -> Result<(), DbError> {
    conn.query(
        "insert into staff (id, email, email_key, name, role, created_at) values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(row.id)
    .bind(&row.email)
    .bind(email_key)
    .bind(&row.name)
    .bind(row.role)
    .bind(row.created_at)
    .execute()
    .await?;
    Ok(())
}

pub(crate) async fn set_password(conn: &mut Conn, id: StaffId, hash: &str) -> Result<(), DbError> {
    conn.query("update staff set password_hash = $2 where id = $1").bind(id).bind(hash).execute().await?;
    Ok(())
}

/// The next secret; whether one is in force stays as it is.
pub(crate) async fn set_two_factor(
    conn: &mut Conn,
    id: StaffId,
    generation: i64,
    since: Option<Timestamp>,
) -> Result<(), DbError> {
    conn.query("update staff set two_factor_generation = $2, two_factor_since = $3 where id = $1")
        .bind(id)
        .bind(generation)
        .bind(since)
        .execute()
        .await?;
    Ok(())
}

/// False where a code of this step or a later one was taken before.
pub(crate) async fn take_step(conn: &mut Conn, id: StaffId, step: i64) -> Result<bool, DbError> {
    let taken = conn
        .query("update staff set two_factor_step = $2 where id = $1 and two_factor_step < $2")
        .bind(id)
        .bind(step)
        .execute()
        .await?;
    Ok(taken == 1)
}

pub(crate) async fn add_recovery_code(
    conn: &mut Conn,
    id: Uuid,
    staff: StaffId,
    code_hash: &[u8],
) -> Result<(), DbError> {
    conn.query("insert into recovery_code (id, staff_id, code_hash) values ($1, $2, $3)")
        .bind(id)
        .bind(staff)
        .bind(code_hash)
        .execute()
        .await?;
    Ok(())
}

/// False where there is no such code, or it was used.
pub(crate) async fn take_recovery_code(
    conn: &mut Conn,
    staff: StaffId,
    code_hash: &[u8],
) -> Result<bool, DbError> {
    let taken = conn
        .query("delete from recovery_code where staff_id = $1 and code_hash = $2")
        .bind(staff)
        .bind(code_hash)
        .execute()
        .await?;
    Ok(taken == 1)
}

pub(crate) async fn remove_recovery_codes(conn: &mut Conn, staff: StaffId) -> Result<(), DbError> {
    conn.query("delete from recovery_code where staff_id = $1").bind(staff).execute().await?;
    Ok(())
}

pub(crate) async fn recovery_codes(conn: &mut Conn, staff: StaffId) -> Result<i64, DbError> {
    let (count,) =
        conn.query("select count(*) from recovery_code where staff_id = $1").bind(staff).one().await?;
    Ok(count)
}

record! {
    pub(crate) struct SessionRow {
        pub id: SessionId,
        pub token_hash: Vec<u8>,
        pub staff_id: StaffId,
        pub device: String,
        pub created_at: Timestamp,
        pub seen_at: Timestamp,
        pub expires_at: Timestamp,
    }
}

impl SessionRow {
    pub(crate) fn show(self, asking: SessionId) -> StaffSession {
        StaffSession {
            id: self.id,
            device: self.device,
            created_at: self.created_at,
            seen_at: self.seen_at,
            expires_at: self.expires_at,
            current: self.id == asking,
        }
    }
}

pub(crate) async fn add_session(conn: &mut Conn, row: &SessionRow) -> Result<(), DbError> {
    conn.query(
        "insert into staff_session (id, token_hash, staff_id, device, created_at, seen_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(row.id)
    .bind(&row.token_hash)
    .bind(row.staff_id)
    .bind(&row.device)
    .bind(row.created_at)
    .bind(row.seen_at)
    .bind(row.expires_at)
    .execute()
    .await?;
    Ok(())
}

pub(crate) async fn sessions(
    conn: &mut Conn,
    staff: StaffId,
    now: Timestamp,
) -> Result<Vec<SessionRow>, DbError> {
    conn.query(
        "select id, token_hash, staff_id, device, created_at, seen_at, expires_at from staff_session
         where staff_id = $1 and expires_at > $2 order by id desc limit 100",
    )
    .bind(staff)
    .bind(now)
    .all()
    .await
}

/// Who the session speaks for, and when it was last seen.
pub(crate) async fn by_session(
    conn: &mut Conn,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<(StaffId, Text<Role>, SessionId, Timestamp)>, DbError> {
    conn.query(
        "select staff.id, staff.role, staff_session.id, staff_session.seen_at from staff_session
         join staff on staff.id = staff_session.staff_id
         where staff_session.token_hash = $1 and staff_session.expires_at > $2 and staff.removed_at is null",
    )
    .bind(token_hash)
    .bind(now)
    .optional()
    .await
}

pub(crate) async fn see_session(conn: &mut Conn, id: SessionId, now: Timestamp) -> Result<(), DbError> {
    conn.query("update staff_session set seen_at = $2 where id = $1").bind(id).bind(now).execute().await?;
    Ok(())
}

pub(crate) async fn remove_session(conn: &mut Conn, staff: StaffId, id: SessionId) -> Result<bool, DbError> {
    let removed = conn
        .query("delete from staff_session where id = $1 and staff_id = $2")
        .bind(id)
        .bind(staff)
        .execute()
        .await?;
    Ok(removed == 1)
}

/// All but this one; those that are over too.
pub(crate) async fn remove_sessions_but(
    conn: &mut Conn,
    staff: StaffId,
    kept: Option<SessionId>,
) -> Result<(), DbError> {
    let kept = kept.map_or(Uuid::nil(), SessionId::uuid);
    conn.query("delete from staff_session where staff_id = $1 and id <> $2")
        .bind(staff)
        .bind(kept)
        .execute()
        .await?;
    Ok(())
}

record! {
    pub(crate) struct KeyRow {
        pub id: ApiTokenId,
        pub name: String,
        pub role: Option<Text<Role>>,
        pub hint: String,
        pub created_at: Timestamp,
        pub expires_at: Option<Timestamp>,
    }
}

impl KeyRow {
    /// A key without a role of its own has its owner's.
    pub(crate) fn to_contract(&self, owner: Role) -> ApiKey {
        ApiKey {
            id: self.id,
            name: self.name.clone(),
            role: self.role.map_or(owner, |role| role.0),
            hint: self.hint.clone(),
            created_at: self.created_at,
            expires_at: self.expires_at,
        }
    }
}

pub(crate) async fn add_key(
    conn: &mut Conn,
    row: &KeyRow,
    staff: StaffId,
    token_hash: &[u8],
) -> Result<(), DbError> {
    conn.query(
        "insert into api_token (id, staff_id, token_hash, name, role, hint, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(row.id)
    .bind(staff)
    .bind(token_hash)
    .bind(&row.name)
    .bind(row.role)
    .bind(&row.hint)
    .bind(row.created_at)
    .bind(row.expires_at)
    .execute()
    .await?;
    Ok(())
}

pub(crate) async fn keys(conn: &mut Conn, staff: StaffId, now: Timestamp) -> Result<Vec<KeyRow>, DbError> {
    conn.query(
        "select id, name, role, hint, created_at, expires_at from api_token
         where staff_id = $1 and revoked_at is null and (expires_at is null or expires_at > $2)
         order by id desc limit 200",
    )
    .bind(staff)
    .bind(now)
    .all()
    .await
}

pub(crate) async fn key(
    conn: &mut Conn,
    staff: StaffId,
    id: ApiTokenId,
    now: Timestamp,
) -> Result<Option<KeyRow>, DbError> {
    conn.query(
        "select id, name, role, hint, created_at, expires_at from api_token
         where id = $1 and staff_id = $2 and revoked_at is null and (expires_at is null or expires_at > $3)",
    )
    .bind(id)
    .bind(staff)
    .bind(now)
    .optional()
    .await
}

pub(crate) async fn set_key_token(
    conn: &mut Conn,
    id: ApiTokenId,
    token_hash: &[u8],
    hint: &str,
) -> Result<(), DbError> {
    conn.query("update api_token set token_hash = $2, hint = $3 where id = $1")
        .bind(id)
        .bind(token_hash)
        .bind(hint)
        .execute()
        .await?;
    Ok(())
}

pub(crate) async fn revoke_key(
    conn: &mut Conn,
    staff: StaffId,
    id: ApiTokenId,
    now: Timestamp,
) -> Result<bool, DbError> {
    let revoked = conn
        .query("update api_token set revoked_at = $3 where id = $1 and staff_id = $2 and revoked_at is null")
        .bind(id)
        .bind(staff)
        .bind(now)
        .execute()
        .await?;
    Ok(revoked == 1)
}

/// Who the key speaks for: its owner, the owner's role and its own.
pub(crate) async fn by_key(
    conn: &mut Conn,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<(StaffId, Text<Role>, Option<Text<Role>>)>, DbError> {
    conn.query(
        "select staff.id, staff.role, api_token.role from api_token join staff on staff.id = api_token.staff_id
         where api_token.token_hash = $1 and api_token.revoked_at is null and staff.removed_at is null
           and (api_token.expires_at is null or api_token.expires_at > $2)",
    )
    .bind(token_hash)
    .bind(now)
    .optional()
    .await
}
