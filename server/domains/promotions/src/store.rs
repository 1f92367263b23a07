//! SQL, one function per statement.

use souk_contract::{CustomerId, OrderId, PromotionId, Timestamp};
use souk_kernel::db::{Conn, DbError};

use crate::rule::PromotionRow;

macro_rules! select_promotion {
    ($rest:literal) => {
        concat!(
            "select id, title, code, action, minimum_minor, applies_to_sale_items, priority, starts_at, ends_at,
                    usage_limit, used from promotion ",
            $rest
        )
    };
}

pub(crate) async fn automatic(conn: &mut Conn) -> Result<Vec<PromotionRow>, DbError> {
    conn.query(select_promotion!("where code is null order by priority, id")).all().await
}

pub(crate) async fn by_codes(conn: &mut Conn, codes: &[String]) -> Result<Vec<PromotionRow>, DbError> {
    conn.query(select_promotion!("where code in ($1..)")).bind_list(codes).all().await
}

pub(crate) async fn by_title(conn: &mut Conn, title: &str) -> Result<Option<PromotionRow>, DbError> {
    conn.query(select_promotion!("where title = $1")).bind(title).optional().await
}

pub(crate) async fn put(conn: &mut Conn, row: &PromotionRow) -> Result<(), DbError> {
    conn.query(
        "insert into promotion (id, title, code, action, minimum_minor, applies_to_sale_items, priority, starts_at,
                                ends_at, usage_limit, used)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0)
         on conflict (title) do update set
           code = excluded.code, action = excluded.action, minimum_minor = excluded.minimum_minor,
           applies_to_sale_items = excluded.applies_to_sale_items, priority = excluded.priority,
           starts_at = excluded.starts_at, ends_at = excluded.ends_at, usage_limit = excluded.usage_limit",
    )
    .bind(row.id)
    .bind(&row.title)
    .bind(row.code.as_ref())
    .bind(row.action.clone())
    .bind(row.minimum_minor)
    .bind(row.applies_to_sale_items)
    .bind(row.priority)
    .bind(row.starts_at)
    .bind(row.ends_at)
    .bind(row.usage_limit)
    .execute()
    .await?;
    Ok(())
}

/// False where this order has used it already.
pub(crate) async fn add_redemption(
    conn: &mut Conn,
    promotion: PromotionId,
    order: OrderId,
    customer: Option<CustomerId>,
    now: Timestamp,
) -> Result<bool, DbError> {
    let added = conn
        .query(
            "insert into redemption (promotion_id, order_id, customer_id, at) values ($1, $2, $3, $4)
             on conflict (promotion_id, order_id) do nothing",
        )
        .bind(promotion)
        .bind(order)
        .bind(customer)
        .bind(now)
        .execute()
        .await?;
    Ok(added == 1)
}

/// False where the limit is reached.
pub(crate) async fn count_use(conn: &mut Conn, promotion: PromotionId) -> Result<bool, DbError> {
    let counted = conn
        .query(
            "update promotion set used = used + 1
             where id = $1 and (usage_limit is null or used < usage_limit)",
        )
        .bind(promotion)
        .execute()
        .await?;
    Ok(counted == 1)
}

pub(crate) async fn remove_redemptions(
    conn: &mut Conn,
    order: OrderId,
) -> Result<Vec<(PromotionId,)>, DbError> {
    conn.query("delete from redemption where order_id = $1 returning promotion_id").bind(order).all().await
}

pub(crate) async fn uncount_use(conn: &mut Conn, promotion: PromotionId) -> Result<(), DbError> {
    conn.query("update promotion set used = used - 1 where id = $1").bind(promotion).execute().await?;
    Ok(())
}
