//! SQL that writes facts, and looks single ones up: one function per statement.

use souk_contract::{Currency, OrderId, VariantId};
use souk_kernel::db::{Conn, DbError};

use crate::{
    fact::{Category, Line, Sale},
    visits::Counts,
};

/// What can change of an order is brought up to date, unless a later version is there already.
pub(crate) async fn put_sale(conn: &mut Conn, sale: &Sale) -> Result<(), DbError> {
    conn.query(
        "insert into sale (id, number, version, placed_at, day, hour, buyer, currency, cancelled, paid, pieces,
                           subtotal_minor, discount_minor, shipping_minor, tax_minor, total_minor, refunded_minor)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
         on conflict (id) do update set
             version = excluded.version, cancelled = excluded.cancelled, paid = excluded.paid,
             refunded_minor = excluded.refunded_minor
         where sale.version <= excluded.version",
    )
    .bind(sale.id)
    .bind(sale.number)
    .bind(sale.version)
    .bind(sale.placed_at)
    .bind(sale.day)
    .bind(sale.hour)
    .bind(&sale.buyer)
    .bind(sale.currency)
    .bind(sale.cancelled)
    .bind(sale.paid)
    .bind(sale.pieces)
    .bind(sale.subtotal_minor)
    .bind(sale.discount_minor)
    .bind(sale.shipping_minor)
    .bind(sale.tax_minor)
    .bind(sale.total_minor)
    .bind(sale.refunded_minor)
    .execute()
    .await?;
    Ok(())
}

/// False where it is known: its categories stay those of then.
pub(crate) async fn add_line(conn: &mut Conn, line: &Line) -> Result<bool, DbError> {
    let added = conn
        .query(
            "insert into sale_line (id, sale_id, product_id, variant_id, title, quantity, total_minor)
             values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do nothing",
        )
        .bind(line.id)
        .bind(line.sale_id)
        .bind(line.product_id)
        .bind(line.variant_id)
        .bind(&line.title)
        .bind(line.quantity)
        .bind(line.total_minor)
        .execute()
        .await?;
    Ok(added == 1)
}

pub(crate) async fn add_category(conn: &mut Conn, line: &Line, category: &Category) -> Result<(), DbError> {
    conn.query(
        "insert into sale_line_category (line_id, handle, title) values ($1, $2, $3) on conflict do nothing",
    )
    .bind(line.id)
    .bind(&category.handle)
    .bind(&category.title)
    .execute()
    .await?;
    Ok(())
}

/// Unknown ids are left out.
pub(crate) async fn sales(conn: &mut Conn, ids: &[OrderId]) -> Result<Vec<Sale>, DbError> {
    conn.query(
        "select id, number, version, placed_at, day, hour, buyer, currency, cancelled, paid, pieces, subtotal_minor,
                discount_minor, shipping_minor, tax_minor, total_minor, refunded_minor
         from sale where id in ($1..)",
    )
    .bind_list(ids)
    .all()
    .await
}

/// Sums of an order's lines: pieces and minor units.
pub(crate) async fn line_sums(conn: &mut Conn, ids: &[OrderId]) -> Result<Vec<(OrderId, i64, i64)>, DbError> {
    conn.query(
        "select sale_id, cast(sum(quantity) as bigint), cast(sum(total_minor) as bigint)
         from sale_line where sale_id in ($1..) group by sale_id",
    )
    .bind_list(ids)
    .all()
    .await
}

/// Ids of facts, newest first.
pub(crate) async fn ids_between(
    conn: &mut Conn,
    least: OrderId,
    before: OrderId,
    limit: i64,
) -> Result<Vec<OrderId>, DbError> {
    let rows: Vec<(OrderId,)> = conn
        .query("select id from sale where id >= $1 and id < $2 order by id desc limit $3")
        .bind(least)
        .bind(before)
        .bind(limit)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

pub(crate) async fn currencies(conn: &mut Conn) -> Result<Vec<Currency>, DbError> {
    let rows: Vec<(Currency,)> =
        conn.query("select distinct currency from sale order by currency").all().await?;
    Ok(rows.into_iter().map(|(currency,)| currency).collect())
}

pub(crate) async fn add_visits(conn: &mut Conn, day: i64, counts: &Counts) -> Result<(), DbError> {
    conn.query(
        "insert into visit_day (day, views, visitors, carts, checkouts) values ($1, $2, $3, $4, $5)
         on conflict (day) do update set
             views = visit_day.views + excluded.views, visitors = visit_day.visitors + excluded.visitors,
             carts = visit_day.carts + excluded.carts, checkouts = visit_day.checkouts + excluded.checkouts",
    )
    .bind(day)
    .bind(counts.views)
    .bind(counts.visitors)
    .bind(counts.carts)
    .bind(counts.checkouts)
    .execute()
    .await?;
    Ok(())
}

/// How far a piece of work has come.
pub(crate) async fn progress(conn: &mut Conn, name: &str) -> Result<Option<String>, DbError> {
    let row: Option<(String,)> =
        conn.query("select value from progress where name = $1").bind(name).optional().await?;
    Ok(row.map(|(value,)| value))
}

pub(crate) async fn set_progress(conn: &mut Conn, name: &str, value: &str) -> Result<(), DbError> {
    conn.query(
        "insert into progress (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value",
    )
    .bind(name)
    .bind(value)
    .execute()
    .await?;
    Ok(())
}

/// Pieces sold from one day to before another, by variant.
pub(crate) async fn sold_between(
    conn: &mut Conn,
    from: i64,
    until: i64,
) -> Result<Vec<(VariantId, i64)>, DbError> {
    conn.query(
        "select l.variant_id, cast(sum(l.quantity) as bigint)
         from sale s join sale_line l on l.sale_id = s.id
         where s.day >= $1 and s.day < $2 and s.cancelled = false group by l.variant_id",
    )
    .bind(from)
    .bind(until)
    .all()
    .await
}

pub(crate) async fn first_visit_day(conn: &mut Conn) -> Result<Option<i64>, DbError> {
    let (day,) = conn.query("select min(day) from visit_day").one().await?;
    Ok(day)
}
