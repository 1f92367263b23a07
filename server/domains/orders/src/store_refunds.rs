//! SQL about refunds.

use souk_contract::{OrderId, OrderPaymentStatus, RefundId, RefundState, Timestamp};
use souk_kernel::db::{Conn, DbError, Json, Text};

use crate::refund::RefundRow;

macro_rules! select_refund {
    ($rest:literal) => {
        concat!(
            "select id, order_id, position, state, amount_minor, content, failure, attempts, created_at, settled_at
             from refund ",
            $rest
        )
    };
}

/// Oldest first.
pub(crate) async fn refunds(conn: &mut Conn, order: OrderId) -> Result<Vec<RefundRow>, DbError> {
    conn.query(select_refund!("where order_id = $1 order by position")).bind(order).all().await
}

/// Granted before then, and not answered.
pub(crate) async fn pending(
    conn: &mut Conn,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<RefundRow>, DbError> {
    conn.query(select_refund!("where state = 'pending' and created_at <= $1 order by created_at limit $2"))
        .bind(before)
        .bind(limit)
        .all()
        .await
}

pub(crate) async fn add(conn: &mut Conn, row: &RefundRow) -> Result<(), DbError> {
    conn.query(
        "insert into refund (id, order_id, position, state, amount_minor, content, attempts, created_at)
         values ($1, $2, $3, $4, $5, $6, 0, $7)",
    )
    .bind(row.id)
    .bind(row.order_id)
    .bind(row.position)
    .bind(row.state)
    .bind(row.amount_minor)
    .bind(Json(&row.content.0))
    .bind(row.created_at)
    .execute()
    .await?;
    conn.query("update placed_order set refund_count = $2 where id = $1")
        .bind(row.order_id)
        .bind(row.position)
        .execute()
        .await?;
    Ok(())
}

pub(crate) async fn try_again(conn: &mut Conn, id: RefundId) -> Result<(), DbError> {
    conn.query("update refund set attempts = attempts + 1 where id = $1").bind(id).execute().await?;
    Ok(())
}

/// False where it was settled already.
pub(crate) async fn settle(
    conn: &mut Conn,
    id: RefundId,
    state: RefundState,
    failure: Option<&str>,
    now: Timestamp,
) -> Result<bool, DbError> {
    let settled = conn
        .query(
            "update refund set state = $2, failure = $3, settled_at = $4 where id = $1 and state = 'pending'",
        )
        .bind(id)
        .bind(Text(state))
        .bind(failure)
        .bind(now)
        .execute()
        .await?;
    Ok(settled == 1)
}

/// The order's money, less what went back.
pub(crate) async fn set_refunded(
    conn: &mut Conn,
    order: OrderId,
    refunded_minor: i64,
    status: OrderPaymentStatus,
) -> Result<(), DbError> {
    conn.query("update placed_order set refunded_minor = $2, payment_status = $3 where id = $1")
        .bind(order)
        .bind(refunded_minor)
        .bind(Text(status))
        .execute()
        .await?;
    Ok(())
}
