//! SQL about what is taken for parcels.

use souk_contract::{CaptureState, FulfillmentId, OrderId, OrderPaymentStatus, Timestamp};
use souk_kernel::{
    db::{Conn, DbError, Text},
    record,
};

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct ParcelCaptureRow {
        pub fulfillment_id: FulfillmentId,
        pub order_id: OrderId,
        pub amount_minor: i64,
        pub state: Text<CaptureState>,
        pub failure: Option<String>,
    }
}

macro_rules! select_capture {
    ($rest:literal) => {
        concat!("select fulfillment_id, order_id, amount_minor, state, failure from parcel_capture ", $rest)
    };
}

/// Begun before then, and not answered.
pub(crate) async fn pending(
    conn: &mut Conn,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<ParcelCaptureRow>, DbError> {
    conn.query(select_capture!("where state = 'pending' and created_at <= $1 order by created_at limit $2"))
        .bind(before)
        .bind(limit)
        .all()
        .await
}

pub(crate) async fn add(conn: &mut Conn, row: &ParcelCaptureRow, now: Timestamp) -> Result<(), DbError> {
    conn.query(
        "insert into parcel_capture (fulfillment_id, order_id, amount_minor, state, attempts, created_at)
         values ($1, $2, $3, $4, 0, $5)",
    )
    .bind(row.fulfillment_id)
    .bind(row.order_id)
    .bind(row.amount_minor)
    .bind(row.state)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

pub(crate) async fn try_again(conn: &mut Conn, id: FulfillmentId) -> Result<(), DbError> {
    conn.query("update parcel_capture set attempts = attempts + 1 where fulfillment_id = $1")
        .bind(id)
        .execute()
        .await?;
    Ok(())
}

/// What became of it; no effect where that was written down already.
pub(crate) async fn settle(conn: &mut Conn, row: &ParcelCaptureRow, now: Timestamp) -> Result<(), DbError> {
    conn.query(
        "update parcel_capture set amount_minor = $2, state = $3, failure = $4, settled_at = $5
         where fulfillment_id = $1 and state = 'pending'",
    )
    .bind(row.fulfillment_id)
    .bind(row.amount_minor)
    .bind(row.state)
    .bind(row.failure.as_ref())
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// So much of the order's money is here by now. None where nothing is new in that; else what the order is.
pub(crate) async fn set_captured(
    conn: &mut Conn,
    id: OrderId,
    captured_minor: i64,
    now: Timestamp,
) -> Result<Option<OrderPaymentStatus>, DbError> {
    let set: Option<(Text<OrderPaymentStatus>,)> = conn
        .query(
            "update placed_order
             set captured_minor = $2,
                 payment_status = case when $2 < total_minor then 'partially_paid'
                                       when refunded_minor > 0 then 'partially_refunded' else 'paid' end,
                 status = case when status = 'pending' then 'open'
                               when status = 'open' and fulfillment_status in ('delivered', 'returned') and $2 >= total_minor
                                 then 'completed'
                               else status end,
                 version = version + 1, updated_at = $3
             where id = $1 and status <> 'cancelled' and payment_status in ('none', 'authorized', 'partially_paid')
               and ($2 > captured_minor or $2 >= total_minor)
             returning payment_status",
        )
        .bind(id)
        .bind(captured_minor)
        .bind(now)
        .optional()
        .await?;
    Ok(set.map(|(status,)| status.0))
}

/// What was held for it ran out, and nothing of it was taken: it waits for money again. False where that is not so.
pub(crate) async fn set_run_out(conn: &mut Conn, id: OrderId, now: Timestamp) -> Result<bool, DbError> {
    let set = conn
        .query(
            "update placed_order set payment_status = 'none', status = 'pending', version = version + 1, updated_at = $2
             where id = $1 and status = 'open' and payment_status = 'authorized'",
        )
        .bind(id)
        .bind(now)
        .execute()
        .await?;
    Ok(set == 1)
}
