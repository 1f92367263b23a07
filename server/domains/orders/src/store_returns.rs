//! SQL about returns.

use std::collections::BTreeMap;

use souk_contract::{OrderId, ReturnId, ReturnQuery, ReturnReceiptId, ReturnState, Timestamp};
use souk_kernel::{
    db::{Conn, DbError, Json, Text},
    record,
};

use crate::rma::{ReceiptRow, Rma, RmaLineRow, RmaRow};

record! {
    /// As a list shows it.
    pub(crate) struct RmaListRow {
        pub id: ReturnId,
        pub order_id: OrderId,
        pub number: i64,
        pub position: i64,
        pub state: Text<ReturnState>,
        pub recipient: String,
        pub expected: i64,
        pub received: i64,
        pub created_at: Timestamp,
    }
}

/// Of an order, oldest first.
pub(crate) async fn of_order(conn: &mut Conn, order: OrderId) -> Result<Vec<Rma>, DbError> {
    let rows: Vec<RmaRow> = conn
        .query(
            "select id, order_id, position, state, note, reply, tracking, refund_id, version, created_at, updated_at
             from order_return where order_id = $1 order by position",
        )
        .bind(order)
        .all()
        .await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut lines: BTreeMap<ReturnId, Vec<RmaLineRow>> = BTreeMap::new();
    for line in lines_of(conn, order).await? {
        lines.entry(line.return_id).or_default().push(line);
    }
    let rma = |row: RmaRow| Rma { lines: lines.remove(&row.id).unwrap_or_default(), row };
    Ok(rows.into_iter().map(rma).collect())
}

async fn lines_of(conn: &mut Conn, order: OrderId) -> Result<Vec<RmaLineRow>, DbError> {
    conn.query(
        "select line.return_id, line.order_line_id, line.reason, line.expected, line.received, line.resellable,
                line.damaged
         from order_return_line line
           join order_return rma on rma.id = line.return_id
           join order_line ordered on ordered.id = line.order_line_id
         where rma.order_id = $1 order by line.return_id, ordered.position",
    )
    .bind(order)
    .all()
    .await
}

pub(crate) async fn order_of(conn: &mut Conn, id: ReturnId) -> Result<Option<OrderId>, DbError> {
    let found: Option<(OrderId,)> =
        conn.query("select order_id from order_return where id = $1").bind(id).optional().await?;
    Ok(found.map(|(order,)| order))
}

pub(crate) async fn add(conn: &mut Conn, rma: &Rma) -> Result<(), DbError> {
    let row = &rma.row;
    conn.query(
        "insert into order_return
           (id, order_id, position, state, note, reply, version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
    )
    .bind(row.id)
    .bind(row.order_id)
    .bind(row.position)
    .bind(row.state)
    .bind(&row.note)
    .bind(&row.reply)
    .bind(row.version)
    .bind(row.created_at)
    .execute()
    .await?;
    for line in &rma.lines {
        add_line(conn, line).await?;
    }
    Ok(())
}

async fn add_line(conn: &mut Conn, line: &RmaLineRow) -> Result<(), DbError> {
    conn.query(
        "insert into order_return_line
           (return_id, order_line_id, reason, expected, received, resellable, damaged)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(line.return_id)
    .bind(line.order_line_id)
    .bind(line.reason)
    .bind(line.expected)
    .bind(line.received)
    .bind(line.resellable)
    .bind(line.damaged)
    .execute()
    .await?;
    Ok(())
}

/// One version further.
pub(crate) async fn set(conn: &mut Conn, row: &RmaRow, now: Timestamp) -> Result<(), DbError> {
    conn.query(
        "update order_return set state = $2, reply = $3, tracking = $4, refund_id = $5, version = version + 1,
                                 updated_at = $6
         where id = $1",
    )
    .bind(row.id)
    .bind(row.state)
    .bind(&row.reply)
    .bind(row.tracking.as_ref().map(|tracking| Json(&tracking.0)))
    .bind(row.refund_id)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

pub(crate) async fn set_line(conn: &mut Conn, line: &RmaLineRow) -> Result<(), DbError> {
    conn.query(
        "update order_return_line set received = $3, resellable = $4, damaged = $5
         where return_id = $1 and order_line_id = $2",
    )
    .bind(line.return_id)
    .bind(line.order_line_id)
    .bind(line.received)
    .bind(line.resellable)
    .bind(line.damaged)
    .execute()
    .await?;
    Ok(())
}

pub(crate) async fn add_receipt(conn: &mut Conn, row: &ReceiptRow) -> Result<(), DbError> {
    conn.query(
        "insert into order_return_receipt (id, return_id, location_id, content, at) values ($1, $2, $3, $4, $5)",
    )
    .bind(row.id)
    .bind(row.return_id)
    .bind(row.location_id)
    .bind(Json(&row.content.0))
    .bind(row.at)
    .execute()
    .await?;
    Ok(())
}

/// Which return it is of.
pub(crate) async fn receipt(conn: &mut Conn, id: ReturnReceiptId) -> Result<Option<ReturnId>, DbError> {
    let found: Option<(ReturnId,)> =
        conn.query("select return_id from order_return_receipt where id = $1").bind(id).optional().await?;
    Ok(found.map(|(id,)| id))
}

/// Of an order's returns, oldest first.
pub(crate) async fn receipts(conn: &mut Conn, order: OrderId) -> Result<Vec<ReceiptRow>, DbError> {
    conn.query(
        "select receipt.id, receipt.return_id, receipt.location_id, receipt.content, receipt.at
         from order_return_receipt receipt join order_return rma on rma.id = receipt.return_id
         where rma.order_id = $1 order by receipt.id",
    )
    .bind(order)
    .all()
    .await
}

/// What staff typed to find a return: the order's number, and the return's among them.
fn named(text: &str) -> Option<(i64, Option<i64>)> {
    let text = text.trim().trim_start_matches(['#', 'R', 'r']);
    let (order, position) = match text.split_once('-') {
        Some((order, position)) => (order, Some(position.parse().ok()?)),
        None => (text, None),
    };
    Some((order.parse().ok()?, position))
}

/// Newest first. Nothing where the text is no number.
pub(crate) async fn find(
    conn: &mut Conn,
    query: &ReturnQuery,
    before: ReturnId,
    limit: i64,
) -> Result<Vec<RmaListRow>, DbError> {
    let text = query.text.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let name = text.map(named);
    if name == Some(None) {
        return Ok(Vec::new());
    }
    let (number, position) =
        name.flatten().map_or((None, None), |(number, position)| (Some(number), position));
    let mut sql = String::from(
        "select rma.id, rma.order_id, placed.number, rma.position, rma.state, placed.recipient, rma.created_at,
                cast((select sum(line.expected) from order_return_line line where line.return_id = rma.id)
                  as bigint) as expected,
                cast((select sum(line.received) from order_return_line line where line.return_id = rma.id)
                  as bigint) as received
         from order_return rma join placed_order placed on placed.id = rma.order_id where rma.id < $1",
    );
    let mut last = 1;
    let conditions = [
        (query.state.is_some(), "rma.state"),
        (number.is_some(), "placed.number"),
        (position.is_some(), "rma.position"),
    ];
    for (_, column) in conditions.iter().filter(|(wanted, _)| *wanted) {
        last += 1;
        sql.push_str(&format!(" and {column} = ${last}"));
    }
    sql.push_str(&format!(" order by rma.id desc limit {limit}"));
    let mut statement = conn.query_dynamic(sql).bind(before);
    if let Some(state) = query.state {
        statement = statement.bind(Text(state));
    }
    for number in [number, position].into_iter().flatten() {
        statement = statement.bind(number);
    }
    statement.all().await
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn a_return_is_found_by_what_people_call_it() {
        assert_eq!(named("R1001-2"), Some((1001, Some(2))));
        assert_eq!(named(" #1001"), Some((1001, None)));
        assert_eq!(named("r1001"), Some((1001, None)));
        assert_eq!(named("Ada"), None);
        assert_eq!(named("1001-x"), None);
    }
}
