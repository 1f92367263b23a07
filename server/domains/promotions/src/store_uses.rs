//! SQL of what orders use. Every limit is held by the statement that counts, and by a check beside it.

use souk_contract::{CustomerId, OrderId, PromotionId, Timestamp};
use souk_kernel::{
    db::{Conn, DbError},
    record,
};

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct UseRow {
        pub promotion_id: PromotionId,
        pub order_id: OrderId,
        pub customer_id: Option<CustomerId>,
        pub code: Option<String>,
        pub amount_minor: i64,
    }
}

/// False where this order has used it already.
pub(crate) async fn add(conn: &mut Conn, row: &UseRow, now: Timestamp) -> Result<bool, DbError> {
    let added = conn
        .query(
            "insert into redemption (promotion_id, order_id, customer_id, code, amount_minor, at)
             values ($1, $2, $3, $4, $5, $6) on conflict (promotion_id, order_id) do nothing",
        )
        .bind(row.promotion_id)
        .bind(row.order_id)
        .bind(row.customer_id)
        .bind(row.code.as_ref())
        .bind(row.amount_minor)
        .bind(now)
        .execute()
        .await?;
    Ok(added == 1)
}

/// False where a limit is reached.
pub(crate) async fn count(conn: &mut Conn, row: &UseRow) -> Result<bool, DbError> {
    let counted = conn
        .query(
            "update promotion set used = used + 1, spent_minor = spent_minor + $2
             where id = $1 and (usage_limit is null or used < usage_limit)
               and (budget_minor is null or spent_minor + $2 <= budget_minor)",
        )
        .bind(row.promotion_id)
        .bind(row.amount_minor)
        .execute()
        .await?;
    Ok(counted == 1)
}

/// False where the customer had as many as `limit`.
pub(crate) async fn count_customer(
    conn: &mut Conn,
    promotion: PromotionId,
    customer: CustomerId,
    limit: i64,
) -> Result<bool, DbError> {
    let counted = conn
        .query(
            "insert into customer_use (promotion_id, customer_id, used) values ($1, $2, 1)
             on conflict (promotion_id, customer_id) do update set used = customer_use.used + 1
             where customer_use.used < $3",
        )
        .bind(promotion)
        .bind(customer)
        .bind(limit)
        .execute()
        .await?;
    Ok(counted == 1)
}

/// False where it was revoked, or used as often as it may be.
pub(crate) async fn count_code(conn: &mut Conn, promotion: PromotionId, code: &str) -> Result<bool, DbError> {
    let counted = conn
        .query(
            "update made_code set used = used + 1 where code = $2 and promotion_id = $1 and revoked_at is null
               and (usage_limit is null or used < usage_limit)",
        )
        .bind(promotion)
        .bind(code)
        .execute()
        .await?;
    Ok(counted == 1)
}

/// False where it is written down already.
pub(crate) async fn add_bought(
    conn: &mut Conn,
    order: OrderId,
    customer: CustomerId,
) -> Result<bool, DbError> {
    let added = conn
        .query("insert into bought (order_id, customer_id) values ($1, $2) on conflict (order_id) do nothing")
        .bind(order)
        .bind(customer)
        .execute()
        .await?;
    Ok(added == 1)
}

/// The customer's orders with this one. Others of the same customer wait until the transaction ends.
pub(crate) async fn count_order(conn: &mut Conn, customer: CustomerId) -> Result<i64, DbError> {
    let (orders,) = conn
        .query(
            "insert into buyer (customer_id, orders) values ($1, 1)
             on conflict (customer_id) do update set orders = buyer.orders + 1 returning orders",
        )
        .bind(customer)
        .one()
        .await?;
    Ok(orders)
}

pub(crate) async fn remove(conn: &mut Conn, order: OrderId) -> Result<Vec<UseRow>, DbError> {
    conn.query(
        "delete from redemption where order_id = $1
         returning promotion_id, order_id, customer_id, code, amount_minor",
    )
    .bind(order)
    .all()
    .await
}

pub(crate) async fn remove_bought(conn: &mut Conn, order: OrderId) -> Result<Option<CustomerId>, DbError> {
    let removed: Option<(CustomerId,)> = conn
        .query("delete from bought where order_id = $1 returning customer_id")
        .bind(order)
        .optional()
        .await?;
    Ok(removed.map(|(customer,)| customer))
}

pub(crate) async fn uncount_order(conn: &mut Conn, customer: CustomerId) -> Result<(), DbError> {
    conn.query("update buyer set orders = orders - 1 where customer_id = $1")
        .bind(customer)
        .execute()
        .await?;
    Ok(())
}

pub(crate) async fn uncount(conn: &mut Conn, row: &UseRow) -> Result<(), DbError> {
    conn.query("update promotion set used = used - 1, spent_minor = spent_minor - $2 where id = $1")
        .bind(row.promotion_id)
        .bind(row.amount_minor)
        .execute()
        .await?;
    Ok(())
}

pub(crate) async fn uncount_customer(
    conn: &mut Conn,
    promotion: PromotionId,
    customer: CustomerId,
) -> Result<(), DbError> {
    conn.query("update customer_use set used = used - 1 where promotion_id = $1 and customer_id = $2")
        .bind(promotion)
        .bind(customer)
        .execute()
        .await?;
    Ok(())
}

/// No effect where the code is the promotion's own.
pub(crate) async fn uncount_code(conn: &mut Conn, promotion: PromotionId, code: &str) -> Result<(), DbError> {
    conn.query("update made_code set used = used - 1 where code = $2 and promotion_id = $1")
        .bind(promotion)
        .bind(code)
        .execute()
        .await?;
    Ok(())
}
