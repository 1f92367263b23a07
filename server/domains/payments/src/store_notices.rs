//! SQL about what gateways tell unasked.

use souk_contract::{Currency, NoticeState, PaymentId, PaymentNotice, PaymentNoticeId, Timestamp};
use souk_kernel::{
    db::{Conn, DbError, Text},
    record,
};

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct NoticeRow {
        pub id: PaymentNoticeId,
        pub gateway: String,
        pub signature: String,
        pub body: Vec<u8>,
        pub state: Text<NoticeState>,
        pub event: Option<String>,
        pub kind: Option<String>,
        pub gateway_ref: Option<String>,
        pub amount_minor: Option<i64>,
        pub currency: Option<Currency>,
        pub payment_id: Option<PaymentId>,
        pub failure: Option<String>,
        pub attempts: i64,
        pub version: i64,
        pub received_at: Timestamp,
    }
}

impl From<NoticeRow> for PaymentNotice {
    fn from(row: NoticeRow) -> Self {
        Self {
            id: row.id,
            gateway: row.gateway,
            state: row.state.0,
            event: row.event,
            kind: row.kind,
            payment_id: row.payment_id,
            failure: row.failure,
            attempts: row.attempts,
            body: String::from_utf8_lossy(&row.body).into_owned(),
            version: row.version,
            received_at: row.received_at,
        }
    }
}

macro_rules! select_notice {
    ($rest:literal) => {
        concat!(
            "select id, gateway, signature, body, state, event, kind, gateway_ref, amount_minor, currency, payment_id,
                    failure, attempts, version, received_at
             from notice ",
            $rest
        )
    };
}

pub(crate) async fn notice(conn: &mut Conn, id: PaymentNoticeId) -> Result<Option<NoticeRow>, DbError> {
    conn.query(select_notice!("where id = $1")).bind(id).optional().await
}

/// By id, before the given one, newest first.
pub(crate) async fn before(
    conn: &mut Conn,
    id: PaymentNoticeId,
    limit: i64,
) -> Result<Vec<NoticeRow>, DbError> {
    conn.query(select_notice!("where id < $1 order by id desc limit $2")).bind(id).bind(limit).all().await
}

/// As [`before`], in one state.
pub(crate) async fn in_state_before(
    conn: &mut Conn,
    state: NoticeState,
    id: PaymentNoticeId,
    limit: i64,
) -> Result<Vec<NoticeRow>, DbError> {
    conn.query(select_notice!("where state = $1 and id < $2 order by id desc limit $3"))
        .bind(Text(state))
        .bind(id)
        .bind(limit)
        .all()
        .await
}

pub(crate) async fn unfinished(
    conn: &mut Conn,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<NoticeRow>, DbError> {
    conn.query(select_notice!(
        "where state in ('received', 'verified') and received_at <= $1 order by received_at limit $2"
    ))
    .bind(before)
    .bind(limit)
    .all()
    .await
}

pub(crate) async fn insert(conn: &mut Conn, row: &NoticeRow) -> Result<(), DbError> {
    conn.query(
        "insert into notice (id, gateway, signature, body, state, attempts, version, received_at, updated_at)
         values ($1, $2, $3, $4, $5, 0, 1, $6, $6)",
    )
    .bind(row.id)
    .bind(&row.gateway)
    .bind(&row.signature)
    .bind(&row.body)
    .bind(row.state)
    .bind(row.received_at)
    .execute()
    .await?;
    Ok(())
}

/// Whether that event was told before.
pub(crate) async fn is_known(conn: &mut Conn, gateway: &str, event: &str) -> Result<bool, DbError> {
    let known: Option<(i64,)> = conn
        .query("select version from notice where gateway = $1 and event = $2")
        .bind(gateway)
        .bind(event)
        .optional()
        .await?;
    Ok(known.is_some())
}

/// False where it was changed since it was read.
pub(crate) async fn save(conn: &mut Conn, row: &NoticeRow, now: Timestamp) -> Result<bool, DbError> {
    let saved = conn
        .query(
            "update notice set state = $3, event = $4, kind = $5, gateway_ref = $6, amount_minor = $7, currency = $8,
                               payment_id = $9, failure = $10, attempts = $11, version = version + 1, updated_at = $12
             where id = $1 and version = $2",
        )
        .bind(row.id)
        .bind(row.version)
        .bind(row.state)
        .bind(row.event.as_ref())
        .bind(row.kind.as_ref())
        .bind(row.gateway_ref.as_ref())
        .bind(row.amount_minor)
        .bind(row.currency)
        .bind(row.payment_id)
        .bind(row.failure.as_ref())
        .bind(row.attempts)
        .bind(now)
        .execute()
        .await?;
    Ok(saved == 1)
}

/// Anybody can send what is refused: only the newest of these are kept.
pub(crate) async fn keep_refused(conn: &mut Conn, count: i64) -> Result<(), DbError> {
    conn.query(
        "delete from notice where state = 'refused' and id not in
           (select id from notice where state = 'refused' order by id desc limit $1)",
    )
    .bind(count)
    .execute()
    .await?;
    Ok(())
}

pub(crate) async fn forget(conn: &mut Conn, refused: Timestamp, all: Timestamp) -> Result<(), DbError> {
    conn.query("delete from notice where received_at < $2 or (state = 'refused' and received_at < $1)")
        .bind(refused)
        .bind(all)
        .execute()
        .await?;
    Ok(())
}
