//! SQL about what goes back.

use souk_contract::{PaymentId, RefundId, RefundState, Timestamp};
use souk_kernel::{
    db::{Conn, DbError, Text},
    record,
};

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct RefundRow {
        pub id: RefundId,
        pub payment_id: PaymentId,
        pub amount_minor: i64,
        pub state: Text<RefundState>,
        pub gateway_ref: Option<String>,
        pub failure: Option<String>,
        pub created_at: Timestamp,
    }
}

pub(crate) async fn refund(conn: &mut Conn, id: RefundId) -> Result<Option<RefundRow>, DbError> {
    conn.query(
        "select id, payment_id, amount_minor, state, gateway_ref, failure, created_at from refund where id = $1",
    )
    .bind(id)
    .optional()
    .await
}

/// Granted, and not answered by the gateway.
pub(crate) async fn asked(conn: &mut Conn, payment: PaymentId) -> Result<Vec<RefundRow>, DbError> {
    conn.query(
        "select id, payment_id, amount_minor, state, gateway_ref, failure, created_at from refund
         where payment_id = $1 and state = 'pending' order by id",
    )
    .bind(payment)
    .all()
    .await
}

/// What went back of a payment or is about to.
pub(crate) async fn granted(conn: &mut Conn, payment: PaymentId) -> Result<i64, DbError> {
    let (sum,) = conn
        .query(
            "select cast(coalesce(sum(amount_minor), 0) as bigint) from refund
             where payment_id = $1 and state <> 'failed'",
        )
        .bind(payment)
        .one()
        .await?;
    Ok(sum)
}

/// False where it exists already.
pub(crate) async fn insert(conn: &mut Conn, row: &RefundRow) -> Result<bool, DbError> {
    let inserted = conn
        .query(
            "insert into refund (id, payment_id, amount_minor, state, created_at, updated_at)
             values ($1, $2, $3, $4, $5, $5) on conflict (id) do nothing",
        )
        .bind(row.id)
        .bind(row.payment_id)
        .bind(row.amount_minor)
        .bind(row.state)
        .bind(row.created_at)
        .execute()
        .await?;
    Ok(inserted == 1)
}

/// What the gateway answered; false where that was written down already.
pub(crate) async fn settle(conn: &mut Conn, row: &RefundRow, now: Timestamp) -> Result<bool, DbError> {
    let settled = conn
        .query(
            "update refund set state = $2, gateway_ref = $3, failure = $4, updated_at = $5
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

/// Payments whose refunded amount is not the sum of their refunds: id, refunded, the sum.
pub(crate) async fn mismatched(conn: &mut Conn) -> Result<Vec<(PaymentId, i64, i64)>, DbError> {
    conn.query(
        "with back as (
           select payment_id, cast(sum(amount_minor) as bigint) as amount from refund
           where state = 'succeeded' group by payment_id
         )
         select payment.id, payment.refunded_minor, coalesce(back.amount, 0)
         from payment left join back on back.payment_id = payment.id
         where payment.refunded_minor <> coalesce(back.amount, 0) order by payment.id",
    )
    .all()
    .await
}
