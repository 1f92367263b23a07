//! SQL about comparisons with the gateways, and what they found.

use souk_contract::{
    BooksSide, BreakFix, BreakKind, BreakState, Currency, OrderId, PaymentBreak, PaymentBreakId, PaymentId,
    PaymentStatus, Reconciliation, ReconciliationId, Timestamp,
};
use souk_kernel::{
    db::{Conn, DbError, Json, Text},
    record,
};

record! {
    /// A payment of ours, as far as it is compared.
    #[derive(Debug, Clone)]
    pub(crate) struct Ours {
        pub id: PaymentId,
        pub order_id: OrderId,
        pub gateway_ref: Option<String>,
        pub status: Text<PaymentStatus>,
        pub amount_minor: i64,
        pub currency: Currency,
        pub captured_minor: i64,
        pub refunded_minor: i64,
        pub released_minor: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
        /// The gateway was asked to take some of it, and what it answered is not known.
        pub capture_asked_at: Option<Timestamp>,
        pub refund_asked_at: Option<Timestamp>,
    }
}

impl Ours {
    pub(crate) fn is_asked(&self) -> bool {
        self.capture_asked_at.is_some() || self.refund_asked_at.is_some()
    }

    /// When anything of it changed last.
    pub(crate) fn touched_at(&self) -> Timestamp {
        let asked = self.capture_asked_at.max(self.refund_asked_at);
        asked.map_or(self.updated_at, |asked| asked.max(self.updated_at))
    }
}

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct BreakRow {
        pub id: PaymentBreakId,
        pub gateway: String,
        pub gateway_ref: String,
        pub payment_id: Option<PaymentId>,
        pub order_id: Option<OrderId>,
        pub kind: Text<BreakKind>,
        pub ours: Option<Json<BooksSide>>,
        pub theirs: Option<Json<BooksSide>>,
        pub fix: Option<Text<BreakFix>>,
        pub state: Text<BreakState>,
        pub note: String,
        pub begun_at: Timestamp,
        pub found_at: Timestamp,
        pub seen_at: Timestamp,
        pub version: i64,
    }
}

impl From<BreakRow> for PaymentBreak {
    fn from(row: BreakRow) -> Self {
        Self {
            id: row.id,
            gateway: row.gateway,
            gateway_ref: row.gateway_ref,
            payment_id: row.payment_id,
            order_id: row.order_id,
            kind: row.kind.0,
            ours: row.ours.map(|side| side.0),
            theirs: row.theirs.map(|side| side.0),
            fix: row.fix.map(|fix| fix.0),
            state: row.state.0,
            note: row.note,
            begun_at: row.begun_at,
            found_at: row.found_at,
            seen_at: row.seen_at,
            version: row.version,
        }
    }
}

macro_rules! select_ours {
    ($rest:literal) => {
        concat!(
            "select payment.id, order_id, gateway_ref, status, amount_minor, currency, captured_minor, refunded_minor,
                    released_minor, created_at, updated_at,
                    (select min(asked.created_at) from capture asked
                     where asked.payment_id = payment.id and asked.state = 'pending') as capture_asked_at,
                    (select min(asked.created_at) from refund asked
                     where asked.payment_id = payment.id and asked.state = 'pending') as refund_asked_at
             from payment ",
            $rest
        )
    };
}

pub(crate) async fn ours(conn: &mut Conn, id: PaymentId) -> Result<Option<Ours>, DbError> {
    conn.query(select_ours!("where id = $1")).bind(id).optional().await
}

/// Those of a gateway that began in a time, after one of them.
pub(crate) async fn ours_between(
    conn: &mut Conn,
    gateway: &str,
    (since, until): (Timestamp, Timestamp),
    (after, after_id): (Timestamp, PaymentId),
    limit: i64,
) -> Result<Vec<Ours>, DbError> {
    conn.query(select_ours!(
        "where method = $1 and created_at >= $2 and created_at < $3
           and (created_at > $4 or (created_at = $4 and payment.id > $5))
         order by created_at, payment.id limit $6"
    ))
    .bind(gateway)
    .bind(since)
    .bind(until)
    .bind(after)
    .bind(after_id)
    .bind(limit)
    .all()
    .await
}

macro_rules! select_break {
    ($rest:literal) => {
        concat!(
            "select id, gateway, gateway_ref, payment_id, order_id, kind, ours, theirs, fix, state, note, begun_at, found_at,
                    seen_at, version
             from payment_break ",
            $rest
        )
    };
}

pub(crate) async fn one(conn: &mut Conn, id: PaymentBreakId) -> Result<Option<BreakRow>, DbError> {
    conn.query(select_break!("where id = $1")).bind(id).optional().await
}

/// By id, before the given one, newest first.
pub(crate) async fn before(
    conn: &mut Conn,
    id: PaymentBreakId,
    limit: i64,
) -> Result<Vec<BreakRow>, DbError> {
    conn.query(select_break!("where id < $1 order by id desc limit $2")).bind(id).bind(limit).all().await
}

/// As [`before`], in one state.
pub(crate) async fn in_state_before(
    conn: &mut Conn,
    state: BreakState,
    id: PaymentBreakId,
    limit: i64,
) -> Result<Vec<BreakRow>, DbError> {
    conn.query(select_break!("where state = $1 and id < $2 order by id desc limit $3"))
        .bind(Text(state))
        .bind(id)
        .bind(limit)
        .all()
        .await
}

/// What is known of a gateway and not over, of payments that began in a time.
pub(crate) async fn known(
    conn: &mut Conn,
    gateway: &str,
    (since, until): (Timestamp, Timestamp),
) -> Result<Vec<BreakRow>, DbError> {
    conn.query(select_break!(
        "where gateway = $1 and state in ('open', 'set_aside') and begun_at >= $2 and begun_at < $3 order by id"
    ))
    .bind(gateway)
    .bind(since)
    .bind(until)
    .all()
    .await
}

/// Nothing where another is kept for that payment.
pub(crate) async fn insert(conn: &mut Conn, row: &BreakRow) -> Result<(), DbError> {
    conn.query(
        "insert into payment_break (id, gateway, gateway_ref, payment_id, order_id, kind, ours, theirs, fix, state, note,
                                    begun_at, found_at, seen_at, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
         on conflict do nothing",
    )
    .bind(row.id)
    .bind(&row.gateway)
    .bind(&row.gateway_ref)
    .bind(row.payment_id)
    .bind(row.order_id)
    .bind(row.kind)
    .bind(row.ours.as_ref().map(|side| Json(&side.0)))
    .bind(row.theirs.as_ref().map(|side| Json(&side.0)))
    .bind(row.fix)
    .bind(row.state)
    .bind(&row.note)
    .bind(row.begun_at)
    .bind(row.found_at)
    .bind(row.seen_at)
    .bind(row.version)
    .execute()
    .await?;
    Ok(())
}

/// False where it was changed since it was read.
pub(crate) async fn save(conn: &mut Conn, row: &BreakRow) -> Result<bool, DbError> {
    let saved = conn
        .query(
            "update payment_break set payment_id = $3, order_id = $4, kind = $5, ours = $6, theirs = $7, fix = $8, state = $9,
                                      note = $10, seen_at = $11, version = version + 1
             where id = $1 and version = $2",
        )
        .bind(row.id)
        .bind(row.version)
        .bind(row.payment_id)
        .bind(row.order_id)
        .bind(row.kind)
        .bind(row.ours.as_ref().map(|side| Json(&side.0)))
        .bind(row.theirs.as_ref().map(|side| Json(&side.0)))
        .bind(row.fix)
        .bind(row.state)
        .bind(&row.note)
        .bind(row.seen_at)
        .execute()
        .await?;
    Ok(saved == 1)
}

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct RunRow {
        pub id: ReconciliationId,
        pub since: Timestamp,
        pub until: Timestamp,
        pub started_at: Timestamp,
        pub finished_at: Option<Timestamp>,
        pub charges: i64,
        pub foreign_charges: i64,
        pub payments: i64,
        pub breaks: i64,
        pub failure: Option<String>,
    }
}

impl From<RunRow> for Reconciliation {
    fn from(row: RunRow) -> Self {
        Self {
            id: row.id,
            since: row.since,
            until: row.until,
            started_at: row.started_at,
            finished_at: row.finished_at,
            charges: row.charges,
            foreign: row.foreign_charges,
            payments: row.payments,
            breaks: row.breaks,
            failure: row.failure,
        }
    }
}

pub(crate) async fn last_runs(conn: &mut Conn, limit: i64) -> Result<Vec<RunRow>, DbError> {
    conn.query(
        "select id, since, until, started_at, finished_at, charges, foreign_charges, payments, breaks, failure
         from reconciliation order by id desc limit $1",
    )
    .bind(limit)
    .all()
    .await
}

pub(crate) async fn start(conn: &mut Conn, row: &RunRow) -> Result<(), DbError> {
    conn.query("insert into reconciliation (id, since, until, started_at) values ($1, $2, $3, $4)")
        .bind(row.id)
        .bind(row.since)
        .bind(row.until)
        .bind(row.started_at)
        .execute()
        .await?;
    Ok(())
}

pub(crate) async fn finish(conn: &mut Conn, row: &RunRow) -> Result<(), DbError> {
    conn.query(
        "update reconciliation set finished_at = $2, charges = $3, foreign_charges = $4, payments = $5, breaks = $6, failure = $7
         where id = $1",
    )
    .bind(row.id)
    .bind(row.finished_at)
    .bind(row.charges)
    .bind(row.foreign_charges)
    .bind(row.payments)
    .bind(row.breaks)
    .bind(row.failure.as_ref())
    .execute()
    .await?;
    Ok(())
}

pub(crate) async fn forget_runs(conn: &mut Conn, before: Timestamp) -> Result<(), DbError> {
    conn.query("delete from reconciliation where started_at < $1").bind(before).execute().await?;
    Ok(())
}
