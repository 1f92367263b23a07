//! SQL, one function per statement.

use serde::Deserialize;
use souk_contract::{
    CartId, CheckoutId, CustomerId, FulfillmentStatus, OrderId, OrderPaymentStatus, OrderStatus,
    ReservationId, Timestamp,
};
use souk_kernel::db::{Conn, DbError, Json, Query, Text};

use crate::{
    checkout::{CheckoutRow, Step},
    order::{LineRow, OrderRow},
};

macro_rules! select_checkout {
    ($rest:literal) => {
        concat!(
            "select id, cart_id, order_id, payment_id, reservation_id, customer_id, state, request, cart, failure,
                    attempts, updated_at, waits_until from checkout ",
            $rest
        )
    };
}

pub(crate) async fn checkout(conn: &mut Conn, id: CheckoutId) -> Result<Option<CheckoutRow>, DbError> {
    conn.query(select_checkout!("where id = $1")).bind(id).optional().await
}

/// The one that a cart waits for.
pub(crate) async fn waiting_of_cart(conn: &mut Conn, cart: CartId) -> Result<Option<CheckoutRow>, DbError> {
    conn.query(select_checkout!("where cart_id = $1 and state = 'waiting' limit 1"))
        .bind(cart)
        .optional()
        .await
}

/// The one that would make this order.
pub(crate) async fn waiting_for_order(
    conn: &mut Conn,
    order: OrderId,
) -> Result<Option<CheckoutRow>, DbError> {
    conn.query(select_checkout!("where order_id = $1 and state = 'waiting'")).bind(order).optional().await
}

/// The one rate that a cart was taxed by, before there were zones and classes: hundredths of a percent.
pub(crate) async fn rate_before(conn: &mut Conn, id: CheckoutId) -> Result<Option<u32>, DbError> {
    #[derive(Deserialize)]
    struct Bought {
        rules: Rules,
    }
    #[derive(Deserialize)]
    struct Rules {
        tax: Rate,
    }
    #[derive(Deserialize)]
    struct Rate {
        #[serde(default)]
        rate_basis_points: Option<u32>,
    }
    let bought: Option<(Json<Bought>,)> = conn
        .query("select cart from checkout where id = $1 and cart is not null")
        .bind(id)
        .optional()
        .await?;
    Ok(bought.and_then(|(cart,)| cart.0.rules.tax.rate_basis_points))
}

/// Not finished and not touched since then.
pub(crate) async fn unfinished(
    conn: &mut Conn,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<CheckoutRow>, DbError> {
    conn.query(select_checkout!(
        "where state not in ('done', 'failed') and updated_at <= $1 order by updated_at limit $2"
    ))
    .bind(before)
    .bind(limit)
    .all()
    .await
}

/// False where the id exists already.
pub(crate) async fn add_checkout(conn: &mut Conn, row: &CheckoutRow) -> Result<bool, DbError> {
    let added = conn
        .query(
            "insert into checkout (id, order_id, payment_id, reservation_id, customer_id, state, request, attempts,
                                   created_at, updated_at)
             values ($1, $2, $3, $4, $5, $6, $7, 0, $8, $8)
             on conflict (id) do nothing",
        )
        .bind(row.id)
        .bind(row.order_id)
        .bind(row.payment_id)
        .bind(row.reservation_id)
        .bind(row.customer_id)
        .bind(row.state)
        .bind(Json(&row.request.0))
        .bind(row.updated_at)
        .execute()
        .await?;
    Ok(added == 1)
}

/// Begins a failed checkout anew, with new ids.
pub(crate) async fn restart(conn: &mut Conn, row: &CheckoutRow) -> Result<(), DbError> {
    conn.query(
        "update checkout set order_id = $2, payment_id = $3, reservation_id = $4, customer_id = $5, state = $6,
                             request = $7, cart_id = null, cart = null, failure = null, waits_until = null,
                             updated_at = $8
         where id = $1 and state = 'failed'",
    )
    .bind(row.id)
    .bind(row.order_id)
    .bind(row.payment_id)
    .bind(row.reservation_id)
    .bind(row.customer_id)
    .bind(row.state)
    .bind(Json(&row.request.0))
    .bind(row.updated_at)
    .execute()
    .await?;
    Ok(())
}

/// Keeps the locked cart.
pub(crate) async fn lock_cart(conn: &mut Conn, row: &CheckoutRow) -> Result<(), DbError> {
    conn.query("update checkout set state = $2, cart_id = $3, cart = $4, updated_at = $5 where id = $1")
        .bind(row.id)
        .bind(row.state)
        .bind(row.cart_id)
        .bind(row.cart.as_ref().map(|cart| Json(&cart.0)))
        .bind(row.updated_at)
        .execute()
        .await?;
    Ok(())
}

macro_rules! update_step {
    ($rest:literal) => {
        concat!(
            "update checkout set state = $2, failure = $3, attempts = $4, updated_at = $5, waits_until = $6
             where id = $1",
            $rest
        )
    };
}

fn bind_step<'q>(update: Query<'q>, row: &CheckoutRow) -> Query<'q> {
    update
        .bind(row.id)
        .bind(row.state)
        .bind(row.failure.as_ref().map(|failure| Json(&failure.0)))
        .bind(row.attempts)
        .bind(row.updated_at)
        .bind(row.waits_until)
}

pub(crate) async fn set_step(conn: &mut Conn, row: &CheckoutRow) -> Result<(), DbError> {
    bind_step(conn.query(update_step!("")), row).execute().await?;
    Ok(())
}

/// As [`set_step`], from one step only; false where another process has gone on from there.
pub(crate) async fn leave_step(
    conn: &mut Conn,
    row: &CheckoutRow,
    from: Text<Step>,
) -> Result<bool, DbError> {
    let update = conn.query(update_step!(" and state = $7"));
    Ok(bind_step(update, row).bind(from).execute().await? == 1)
}

pub(crate) async fn next_number(conn: &mut Conn) -> Result<i64, DbError> {
    let (number,) = conn
        .query("update order_counter set value = value + 1 where name = 'order' returning value")
        .one()
        .await?;
    Ok(number)
}

pub(crate) async fn add_order(conn: &mut Conn, row: &OrderRow) -> Result<(), DbError> {
    conn.query(
        "insert into placed_order
           (id, number, checkout_id, payment_id, reservation_id, customer_id, status, payment_status,
            fulfillment_status, email, content, currency, item_count, subtotal_minor, discount_minor, shipping_minor,
            shipping_discount_minor, tax_minor, tax_inclusive, total_minor, version, placed_at, updated_at, recipient,
            email_key, recipient_key, last_name_key, captured_minor)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
                 $22, $23, $24, $25, $26, $27)",
    )
    .bind(row.id)
    .bind(row.number)
    .bind(row.checkout_id)
    .bind(row.payment_id)
    .bind(row.reservation_id)
    .bind(row.customer_id)
    .bind(row.status)
    .bind(row.payment_status)
    .bind(row.fulfillment_status)
    .bind(&row.email)
    .bind(Json(&row.content.0))
    .bind(row.currency)
    .bind(row.item_count)
    .bind(row.subtotal_minor)
    .bind(row.discount_minor)
    .bind(row.shipping_minor)
    .bind(row.shipping_discount_minor)
    .bind(row.tax_minor)
    .bind(row.tax_inclusive)
    .bind(row.total_minor)
    .bind(row.version)
    .bind(row.placed_at)
    .bind(&row.recipient)
    .bind(row.email.to_lowercase())
    .bind(row.recipient.to_lowercase())
    .bind(row.recipient.split_whitespace().next_back().unwrap_or_default().to_lowercase())
    .bind(row.captured_minor)
    .execute()
    .await?;
    Ok(())
}

pub(crate) async fn add_line(conn: &mut Conn, row: &LineRow) -> Result<(), DbError> {
    conn.query(
        "insert into order_line
           (id, order_id, position, variant_id, product_id, product_handle, product_title, variant_title, sku, media,
            quantity, unit_price_minor, discount_minor, tax_minor, total_minor)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
    )
    .bind(row.id)
    .bind(row.order_id)
    .bind(row.position)
    .bind(row.variant_id)
    .bind(row.product_id)
    .bind(&row.product_handle)
    .bind(&row.product_title)
    .bind(&row.variant_title)
    .bind(row.sku.as_ref())
    .bind(row.media.clone())
    .bind(row.quantity)
    .bind(row.unit_price_minor)
    .bind(row.discount_minor)
    .bind(row.tax_minor)
    .bind(row.total_minor)
    .execute()
    .await?;
    Ok(())
}

macro_rules! select_order {
    ($rest:literal) => {
        concat!(
            "select id, number, checkout_id, payment_id, reservation_id, customer_id, status, payment_status,
                    fulfillment_status, email, recipient, content, currency, item_count, subtotal_minor,
                    discount_minor, shipping_minor, shipping_discount_minor, tax_minor, tax_inclusive, total_minor,
                    captured_minor, refunded_minor, refund_count, tag_count, version, placed_at
             from placed_order ",
            $rest
        )
    };
}

/// For a `where` that is put together.
pub(crate) const SELECT_ORDER: &str = select_order!("");

pub(crate) async fn order(conn: &mut Conn, id: OrderId) -> Result<Option<OrderRow>, DbError> {
    conn.query(select_order!("where id = $1")).bind(id).optional().await
}

/// Orders, and those that checkouts are about to make, with their reservations.
pub(crate) async fn promised_to(
    conn: &mut Conn,
    ids: &[OrderId],
) -> Result<Vec<(OrderId, ReservationId)>, DbError> {
    conn.query(
        "select id, reservation_id from placed_order where id in ($1..)
         union select order_id, reservation_id from checkout
         where state not in ('done', 'failed', 'placed') and order_id in ($1..)",
    )
    .bind_list(ids)
    .all()
    .await
}

/// Newest first. Ids are made in the order of time, and sort so.
pub(crate) async fn orders_before(
    conn: &mut Conn,
    before: OrderId,
    limit: i64,
) -> Result<Vec<OrderRow>, DbError> {
    conn.query(select_order!("where id < $1 order by id desc limit $2")).bind(before).bind(limit).all().await
}

pub(crate) async fn orders_of_before(
    conn: &mut Conn,
    customer: CustomerId,
    before: OrderId,
    limit: i64,
) -> Result<Vec<OrderRow>, DbError> {
    conn.query(select_order!("where customer_id = $1 and id < $2 order by id desc limit $3"))
        .bind(customer)
        .bind(before)
        .bind(limit)
        .all()
        .await
}

pub(crate) async fn lines(conn: &mut Conn, order: OrderId) -> Result<Vec<LineRow>, DbError> {
    conn.query(
        "select id, order_id, position, variant_id, product_id, product_handle, product_title, variant_title, sku,
                media, quantity, unit_price_minor, discount_minor, tax_minor, total_minor
         from order_line where order_id = $1 order by position",
    )
    .bind(order)
    .all()
    .await
}

/// The statuses as they are now to be; false where another change came first.
pub(crate) async fn set_statuses(
    conn: &mut Conn,
    id: OrderId,
    (status, payment, fulfillment): (OrderStatus, OrderPaymentStatus, FulfillmentStatus),
    version: i64,
    now: Timestamp,
) -> Result<bool, DbError> {
    let set = conn
        .query(
            "update placed_order set status = $2, payment_status = $3, fulfillment_status = $4,
                                     version = version + 1, updated_at = $6
             where id = $1 and version = $5",
        )
        .bind(id)
        .bind(Text(status))
        .bind(Text(payment))
        .bind(Text(fulfillment))
        .bind(version)
        .bind(now)
        .execute()
        .await?;
    Ok(set == 1)
}
