//! SQL about parcels, and about orders as staff look for them.

use std::collections::BTreeMap;

use souk_contract::{
    CaptureState, Currency, FulfillmentId, FulfillmentLine, FulfillmentState, OrderId, OrderLineId,
    OrderQuery, Period, Timestamp, Tracking,
};
use souk_kernel::{
    db::{Conn, DbError, Json, Text},
    record,
};

use crate::{
    fulfillment::{FulfillmentRow, Parcel},
    order::OrderRow,
    store::SELECT_ORDER,
    store_captures::ParcelCaptureRow,
};

record! {
    struct ParcelLineRow {
        id: FulfillmentId,
        order_id: OrderId,
        position: i64,
        state: Text<FulfillmentState>,
        tracking: Option<Json<Tracking>>,
        created_at: Timestamp,
        shipped_at: Option<Timestamp>,
        delivered_at: Option<Timestamp>,
        order_line_id: OrderLineId,
        quantity: i64,
        capture_minor: Option<i64>,
        capture_state: Option<Text<CaptureState>>,
        capture_failure: Option<String>,
    }
}

/// Oldest first.
pub(crate) async fn parcels(conn: &mut Conn, order: OrderId) -> Result<Vec<Parcel>, DbError> {
    let rows: Vec<ParcelLineRow> = conn
        .query(
            "select parcel.id, parcel.order_id, parcel.position, parcel.state, parcel.tracking, parcel.created_at,
                    parcel.shipped_at, parcel.delivered_at, line.order_line_id, line.quantity,
                    taken.amount_minor as capture_minor, taken.state as capture_state,
                    taken.failure as capture_failure
             from fulfillment parcel join fulfillment_line line on line.fulfillment_id = parcel.id
               left join parcel_capture taken on taken.fulfillment_id = parcel.id
             where parcel.order_id = $1 order by parcel.position, line.order_line_id",
        )
        .bind(order)
        .all()
        .await?;
    let mut parcels: BTreeMap<i64, Parcel> = BTreeMap::new();
    for row in rows {
        let parcel = parcels.entry(row.position).or_insert_with(|| Parcel {
            row: FulfillmentRow {
                id: row.id,
                order_id: row.order_id,
                position: row.position,
                state: row.state,
                tracking: row.tracking,
                created_at: row.created_at,
                shipped_at: row.shipped_at,
                delivered_at: row.delivered_at,
            },
            lines: Vec::new(),
            capture: row.capture_minor.zip(row.capture_state).map(|(amount_minor, state)| ParcelCaptureRow {
                fulfillment_id: row.id,
                order_id: row.order_id,
                amount_minor,
                state,
                failure: row.capture_failure,
            }),
        });
        parcel.lines.push(FulfillmentLine { order_line_id: row.order_line_id, quantity: row.quantity });
    }
    Ok(parcels.into_values().collect())
}

pub(crate) async fn add(conn: &mut Conn, parcel: &Parcel) -> Result<(), DbError> {
    let row = &parcel.row;
    conn.query(
        "insert into fulfillment (id, order_id, position, state, tracking, created_at, shipped_at, delivered_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(row.id)
    .bind(row.order_id)
    .bind(row.position)
    .bind(row.state)
    .bind(row.tracking.as_ref().map(|tracking| Json(&tracking.0)))
    .bind(row.created_at)
    .bind(row.shipped_at)
    .bind(row.delivered_at)
    .execute()
    .await?;
    for line in &parcel.lines {
        conn.query(
            "insert into fulfillment_line (fulfillment_id, order_line_id, quantity) values ($1, $2, $3)",
        )
        .bind(row.id)
        .bind(line.order_line_id)
        .bind(line.quantity)
        .execute()
        .await?;
    }
    Ok(())
}

pub(crate) async fn set(conn: &mut Conn, row: &FulfillmentRow) -> Result<(), DbError> {
    conn.query(
        "update fulfillment set state = $2, tracking = $3, shipped_at = $4, delivered_at = $5 where id = $1",
    )
    .bind(row.id)
    .bind(row.state)
    .bind(row.tracking.as_ref().map(|tracking| Json(&tracking.0)))
    .bind(row.shipped_at)
    .bind(row.delivered_at)
    .execute()
    .await?;
    Ok(())
}

/// Parcels that have not left are given up with their order.
pub(crate) async fn give_up(conn: &mut Conn, order: OrderId) -> Result<(), DbError> {
    conn.query(
        "update fulfillment set state = 'cancelled' where order_id = $1 and state in ('pending', 'processing')",
    )
    .bind(order)
    .execute()
    .await?;
    Ok(())
}

/// Newest first.
pub(crate) async fn find_orders(
    conn: &mut Conn,
    query: &OrderQuery,
    before: OrderId,
    limit: i64,
) -> Result<Vec<OrderRow>, DbError> {
    let text = query.text.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let number = text.and_then(|text| text.trim_start_matches('#').parse::<i64>().ok());
    let mut sql = format!("{SELECT_ORDER} where id < $1");
    let mut last = 1;
    let mut next = || {
        last += 1;
        last
    };
    if query.status.is_some() {
        sql.push_str(&format!(" and status = ${}", next()));
    }
    if query.payment_status.is_some() {
        sql.push_str(&format!(" and payment_status = ${}", next()));
    }
    if query.fulfillment_status.is_some() {
        sql.push_str(&format!(" and fulfillment_status = ${}", next()));
    }
    if query.customer_id.is_some() {
        sql.push_str(&format!(" and customer_id = ${}", next()));
    }
    if query.tag.is_some() {
        sql.push_str(&format!(" and id in (select order_id from order_tag where tag_key = ${})", next()));
    }
    if number.is_some() {
        sql.push_str(&format!(" and number = ${}", next()));
    } else if text.is_some() {
        let (from, to) = (next(), next());
        let begins = |column: &str| format!("({column} >= ${from} and {column} < ${to})");
        let columns = ["email_key", "recipient_key", "last_name_key"].map(begins);
        sql.push_str(&format!(" and ({})", columns.join(" or ")));
    }
    sql.push_str(&format!(" order by id desc limit {limit}"));

    let mut statement = conn.query_dynamic(sql).bind(before);
    if let Some(status) = query.status {
        statement = statement.bind(Text(status));
    }
    if let Some(status) = query.payment_status {
        statement = statement.bind(Text(status));
    }
    if let Some(status) = query.fulfillment_status {
        statement = statement.bind(Text(status));
    }
    if let Some(customer) = query.customer_id {
        statement = statement.bind(customer);
    }
    if let Some(tag) = &query.tag {
        statement = statement.bind(tag.trim().to_lowercase());
    }
    if let Some(number) = number {
        statement = statement.bind(number);
    } else if let Some(text) = text {
        let from = text.to_lowercase();
        let to = format!("{from}\u{10FFFF}");
        statement = statement.bind(from).bind(to);
    }
    statement.all().await
}

pub(crate) async fn to_fulfil(conn: &mut Conn, most: i64) -> Result<i64, DbError> {
    let (count,) = conn
        .query(
            "select count(*) from (
               select 1 from placed_order
               where fulfillment_status in ('unfulfilled', 'partially_fulfilled') and status = 'open' limit $1) as waiting",
        )
        .bind(most)
        .one()
        .await?;
    Ok(count)
}

pub(crate) async fn to_pay(conn: &mut Conn, most: i64) -> Result<i64, DbError> {
    let (count,) = conn
        .query(
            "select count(*) from (
               select 1 from placed_order where payment_status = 'none' and status <> 'cancelled' limit $1) as waiting",
        )
        .bind(most)
        .one()
        .await?;
    Ok(count)
}

/// Orders, their sum and what went back, per currency.
pub(crate) async fn sums(
    conn: &mut Conn,
    period: &Period,
) -> Result<Vec<(Currency, i64, i64, i64)>, DbError> {
    conn.query(
        "select currency, count(*), cast(sum(total_minor) as bigint), cast(sum(refunded_minor) as bigint)
         from placed_order
         where placed_at >= $1 and placed_at < $2 and status <> 'cancelled' group by currency order by currency",
    )
    .bind(period.from)
    .bind(period.until)
    .all()
    .await
}
