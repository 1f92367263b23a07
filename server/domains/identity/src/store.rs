//! SQL, one function per statement.

use souk_contract::{Address, AddressId, Customer, CustomerId, SavedAddress, SessionId, Timestamp};
use souk_kernel::{
    db::{Conn, DbError, Json},
    record,
};
use uuid::Uuid;

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct CustomerRow {
        pub id: CustomerId,
        pub email: String,
        pub name: String,
        pub password_hash: String,
        pub version: i64,
        pub created_at: Timestamp,
    }
}

impl From<CustomerRow> for Customer {
    fn from(row: CustomerRow) -> Self {
        Self {
            id: row.id,
            email: row.email,
            name: row.name,
            version: row.version,
            created_at: row.created_at,
        }
    }
}

record! {
    struct AddressRow {
        id: AddressId,
        content: Json<Address>,
        is_default: bool,
    }
}

impl From<AddressRow> for SavedAddress {
    fn from(row: AddressRow) -> Self {
        Self { id: row.id, address: row.content.0, is_default: row.is_default }
    }
}

pub(crate) async fn add_customer(conn: &mut Conn, row: &CustomerRow, email_key: &str) -> Result<(), DbError> {
    conn.query(
        "insert into customer (id, email, email_key, name, password_hash, version, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(row.id)
    .bind(&row.email)
    .bind(email_key)
    .bind(&row.name)
    .bind(&row.password_hash)
    .bind(row.version)
    .bind(row.created_at)
    .execute()
    .await?;
    Ok(())
}

pub(crate) async fn customer(conn: &mut Conn, id: CustomerId) -> Result<Option<CustomerRow>, DbError> {
    conn.query("select id, email, name, password_hash, version, created_at from customer where id = $1")
        .bind(id)
        .optional()
        .await
}

/// Newest first; ids sort by time.
pub(crate) async fn customers(
    conn: &mut Conn,
    before: CustomerId,
    limit: i64,
) -> Result<Vec<CustomerRow>, DbError> {
    conn.query(
        "select id, email, name, password_hash, version, created_at from customer
         where id < $1 order by id desc limit $2",
    )
    .bind(before)
    .bind(limit)
    .all()
    .await
}

pub(crate) async fn customer_by_email(
    conn: &mut Conn,
    email_key: &str,
) -> Result<Option<CustomerRow>, DbError> {
    conn.query(
        "select id, email, name, password_hash, version, created_at from customer where email_key = $1",
    )
    .bind(email_key)
    .optional()
    .await
}

pub(crate) async fn set_password(conn: &mut Conn, id: CustomerId, hash: &str) -> Result<(), DbError> {
    conn.query("update customer set password_hash = $2, version = version + 1 where id = $1")
        .bind(id)
        .bind(hash)
        .execute()
        .await?;
    Ok(())
}

pub(crate) async fn add_session(
    conn: &mut Conn,
    id: SessionId,
    token_hash: &[u8],
    customer: CustomerId,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), DbError> {
    conn.query(
        "insert into session (id, token_hash, customer_id, created_at, expires_at) values ($1, $2, $3, $4, $5)",
    )
    .bind(id)
    .bind(token_hash)
    .bind(customer)
    .bind(now)
    .bind(expires_at)
    .execute()
    .await?;
    Ok(())
}

pub(crate) async fn customer_of_session(
    conn: &mut Conn,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<CustomerRow>, DbError> {
    conn.query(
        "select customer.id, customer.email, customer.name, customer.password_hash, customer.version,
                customer.created_at
         from session join customer on customer.id = session.customer_id
         where session.token_hash = $1 and session.expires_at > $2",
    )
    .bind(token_hash)
    .bind(now)
    .optional()
    .await
}

pub(crate) async fn remove_session(conn: &mut Conn, token_hash: &[u8]) -> Result<(), DbError> {
    conn.query("delete from session where token_hash = $1").bind(token_hash).execute().await?;
    Ok(())
}

pub(crate) async fn remove_sessions(conn: &mut Conn, customer: CustomerId) -> Result<(), DbError> {
    conn.query("delete from session where customer_id = $1").bind(customer).execute().await?;
    Ok(())
}

pub(crate) async fn add_attempt(
    conn: &mut Conn,
    id: Uuid,
    email_key: &str,
    at: Timestamp,
) -> Result<(), DbError> {
    conn.query("insert into sign_in_attempt (id, email_key, at) values ($1, $2, $3)")
        .bind(id)
        .bind(email_key)
        .bind(at)
        .execute()
        .await?;
    Ok(())
}

/// How many since then, and when the first of them was.
pub(crate) async fn attempts(
    conn: &mut Conn,
    email_key: &str,
    since: Timestamp,
) -> Result<(i64, Option<Timestamp>), DbError> {
    conn.query("select count(*), min(at) from sign_in_attempt where email_key = $1 and at > $2")
        .bind(email_key)
        .bind(since)
        .one()
        .await
}

/// Those of this account, and anyone's that are too old to count.
pub(crate) async fn clear_attempts(
    conn: &mut Conn,
    email_key: &str,
    before: Timestamp,
) -> Result<(), DbError> {
    conn.query("delete from sign_in_attempt where email_key = $1 or at <= $2")
        .bind(email_key)
        .bind(before)
        .execute()
        .await?;
    Ok(())
}

pub(crate) async fn add_reset(
    conn: &mut Conn,
    id: Uuid,
    customer: CustomerId,
    expires_at: Timestamp,
) -> Result<(), DbError> {
    conn.query("insert into password_reset (id, customer_id, expires_at) values ($1, $2, $3)")
        .bind(id)
        .bind(customer)
        .bind(expires_at)
        .execute()
        .await?;
    Ok(())
}

/// Gives the request its token, over any before: only the last letter works. None when it is used or over.
pub(crate) async fn set_reset_token(
    conn: &mut Conn,
    id: Uuid,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<(CustomerId,)>, DbError> {
    conn.query(
        "update password_reset set token_hash = $2
         where id = $1 and used_at is null and expires_at > $3 returning customer_id",
    )
    .bind(id)
    .bind(token_hash)
    .bind(now)
    .optional()
    .await
}

/// Uses the token up: of two who try, one gets the customer.
pub(crate) async fn use_reset(
    conn: &mut Conn,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<(CustomerId,)>, DbError> {
    conn.query(
        "update password_reset set used_at = $2
         where token_hash = $1 and used_at is null and expires_at > $2 returning customer_id",
    )
    .bind(token_hash)
    .bind(now)
    .optional()
    .await
}

/// The other letters to that customer stop working.
pub(crate) async fn end_resets(conn: &mut Conn, customer: CustomerId, now: Timestamp) -> Result<(), DbError> {
    conn.query("update password_reset set used_at = $2 where customer_id = $1 and used_at is null")
        .bind(customer)
        .bind(now)
        .execute()
        .await?;
    Ok(())
}

pub(crate) async fn addresses(conn: &mut Conn, customer: CustomerId) -> Result<Vec<SavedAddress>, DbError> {
    let rows: Vec<AddressRow> = conn
        .query(
            "select id, content, is_default from address where customer_id = $1 order by is_default desc, id",
        )
        .bind(customer)
        .all()
        .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Inserts, or changes the customer's own; false where the id is somebody else's.
pub(crate) async fn put_address(
    conn: &mut Conn,
    customer: CustomerId,
    saved: &SavedAddress,
) -> Result<bool, DbError> {
    let put = conn
        .query(
            "insert into address (id, customer_id, content, is_default) values ($1, $2, $3, $4)
             on conflict (id) do update set content = excluded.content, is_default = excluded.is_default
             where address.customer_id = excluded.customer_id",
        )
        .bind(saved.id)
        .bind(customer)
        .bind(Json(&saved.address))
        .bind(saved.is_default)
        .execute()
        .await?;
    Ok(put == 1)
}

pub(crate) async fn no_default(conn: &mut Conn, customer: CustomerId) -> Result<(), DbError> {
    conn.query("update address set is_default = $2 where customer_id = $1")
        .bind(customer)
        .bind(false)
        .execute()
        .await?;
    Ok(())
}

pub(crate) async fn remove_address(
    conn: &mut Conn,
    customer: CustomerId,
    id: AddressId,
) -> Result<bool, DbError> {
    let removed = conn
        .query("delete from address where id = $1 and customer_id = $2")
        .bind(id)
        .bind(customer)
        .execute()
        .await?;
    Ok(removed == 1)
}
