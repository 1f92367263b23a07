//! SQL about what is taken of a payment, and what is let go.

use souk_contract::{CaptureId, CaptureState, PaymentId, PaymentStatus, Timestamp};
use souk_kernel::{
    db::{Conn, DbError, Text},
    record,
};

use crate::store::PaymentRow;

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct CaptureRow {
        pub id: CaptureId,
        pub payment_id: PaymentId,
        pub amount_minor: i64,
        pub state: Text<CaptureState>,
        pub gateway_ref: Option<String>,
        pub failure: Option<String>,
    }
}

pub(crate) async fn capture(conn: &mut Conn, id: CaptureId) -> Result<Option<CaptureRow>, DbError> {
    conn.query("select id, payment_id, amount_minor, state, gateway_ref, failure from capture where id = $1")
        .bind(id)
        .optional()
        .await
}

/// Granted, and not answered by the gateway.
pub(crate) async fn asked(conn: &mut Conn, payment: PaymentId) -> Result<Vec<CaptureRow>, DbError> {
    conn.query(
        "select id, payment_id, amount_minor, state, gateway_ref, failure from capture
         where payment_id = $1 and state = 'pending' order by id",
    )
    .bind(payment)
    .all()
    .await
}

/// What these come to.
pub(crate) async fn pending(conn: &mut Conn, payment: PaymentId) -> Result<i64, DbError> {
    let (sum,) = conn
        .query(
            "select cast(coalesce(sum(amount_minor), 0) as bigint) from capture
             where payment_id = $1 and state = 'pending'",
        )
        .bind(payment)
        .one()
        .await?;
    Ok(sum)
}

/// False where it exists already.
pub(crate) async fn insert(conn: &mut Conn, row: &CaptureRow, now: Timestamp) -> Result<bool, DbError> {
    let inserted = conn
        .query(
            "insert into capture (id, payment_id, amount_minor, state, gateway_ref, created_at, updated_at)
             values ($1, $2, $3, $4, $5, $6, $6) on conflict (id) do nothing",
        )
        .bind(row.id)
        .bind(row.payment_id)
        .bind(row.amount_minor)
        .bind(row.state)
        .bind(row.gateway_ref.as_ref())
        .bind(now)
        .execute()
        .await?;
    Ok(inserted == 1)
}

/// What the gateway answered; false where that was written down already.
pub(crate) async fn settle(conn: &mut Conn, row: &CaptureRow, now: Timestamp) -> Result<bool, DbError> {
    let settled = conn
        .query(
            "update capture set state = $2, gateway_ref = $3, failure = $4, updated_at = $5
             where id = $1 and state = 'pending'",
        )
        .bind(row.id)
        .bind(row.state)
        .bind(row.gateway_ref.as_ref())
        .bind(row.failure.as_ref())
        .bind(now)
        .execute()
        .await?;
    Ok(settled == 1)
}

/// Nothing that was granted is taken any more.
pub(crate) async fn give_up(
    conn: &mut Conn,
    payment: PaymentId,
    why: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    conn.query(
        "update capture set state = 'failed', failure = $2, updated_at = $3
         where payment_id = $1 and state = 'pending'",
    )
    .bind(payment)
    .bind(why)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// The sums of a payment and what they make of it. The caller holds the payment.
pub(crate) async fn set_sums(
    conn: &mut Conn,
    row: &PaymentRow,
    status: PaymentStatus,
    now: Timestamp,
) -> Result<(), DbError> {
    conn.query(
        "update payment set captured_minor = $2, refunded_minor = $6, released_minor = $3, status = $4,
                            version = version + 1, updated_at = $5
         where id = $1",
    )
    .bind(row.id)
    .bind(row.captured_minor)
    .bind(row.released_minor)
    .bind(Text(status))
    .bind(now)
    .bind(row.refunded_minor)
    .execute()
    .await?;
    Ok(())
}

/// Held longer than the gateway holds it.
pub(crate) async fn run_out(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<Vec<PaymentId>, DbError> {
    let rows: Vec<(PaymentId,)> = conn
        .query(
            "select id from payment where status in ('authorized', 'partially_captured') and held_until <= $1
             order by held_until limit $2",
        )
        .bind(now)
        .bind(limit)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Payments whose captured amount is not the sum of their captures: id, captured, the sum.
pub(crate) async fn mismatched(conn: &mut Conn) -> Result<Vec<(PaymentId, i64, i64)>, DbError> {
    conn.query(
        "with taken as (
           select payment_id, cast(sum(amount_minor) as bigint) as amount from capture
           where state = 'succeeded' group by payment_id
         )
         select payment.id, payment.captured_minor, coalesce(taken.amount, 0)
         from payment left join taken on taken.payment_id = payment.id
         where payment.captured_minor <> coalesce(taken.amount, 0) order by payment.id",
    )
    .all()
    .await
}
