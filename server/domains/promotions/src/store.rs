//! SQL of promotions, one function per statement.

use souk_contract::{CustomerId, PromotionId};
use souk_kernel::db::{Conn, DbError, Query};

use crate::rule::PromotionRow;

macro_rules! select_promotion {
    ($rest:literal) => {
        concat!(
            "select id, title, code, by_codes, action, minimum_minor, conditions, applies_to_sale_items, priority,
                    exclusive, group_name, group_policy, starts_at, ends_at, usage_limit, per_customer, budget_minor,
                    state, used, spent_minor, version from promotion ",
            $rest
        )
    };
}

pub(crate) async fn automatic(conn: &mut Conn) -> Result<Vec<PromotionRow>, DbError> {
    conn.query(select_promotion!(
        "where code is null and not by_codes and state = 'active' order by priority, id"
    ))
    .all()
    .await
}

pub(crate) async fn by_codes(conn: &mut Conn, codes: &[String]) -> Result<Vec<PromotionRow>, DbError> {
    conn.query(select_promotion!("where code in ($1..)")).bind_list(codes).all().await
}

pub(crate) async fn by_ids(conn: &mut Conn, ids: &[PromotionId]) -> Result<Vec<PromotionRow>, DbError> {
    conn.query(select_promotion!("where id in ($1..)")).bind_list(ids).all().await
}

pub(crate) async fn by_title(conn: &mut Conn, title: &str) -> Result<Option<PromotionRow>, DbError> {
    conn.query(select_promotion!("where title = $1")).bind(title).optional().await
}

pub(crate) async fn by_id(conn: &mut Conn, id: PromotionId) -> Result<Option<PromotionRow>, DbError> {
    conn.query(select_promotion!("where id = $1")).bind(id).optional().await
}

pub(crate) async fn all(conn: &mut Conn) -> Result<Vec<PromotionRow>, DbError> {
    conn.query(select_promotion!(
        "order by case state when 'archived' then 1 else 0 end, priority, id limit 1000"
    ))
    .all()
    .await
}

/// What staff decide, as `$1` to `$19`.
fn bind<'q>(query: Query<'q>, row: &PromotionRow) -> Query<'q> {
    query
        .bind(row.id)
        .bind(&row.title)
        .bind(row.code.as_ref())
        .bind(row.by_codes)
        .bind(row.action.clone())
        .bind(row.minimum_minor)
        .bind(row.conditions.clone())
        .bind(row.applies_to_sale_items)
        .bind(row.priority)
        .bind(row.exclusive)
        .bind(row.group_name.as_ref())
        .bind(row.group_policy)
        .bind(row.starts_at)
        .bind(row.ends_at)
        .bind(row.usage_limit)
        .bind(row.per_customer)
        .bind(row.budget_minor)
        .bind(row.state)
        .bind(row.version)
}

/// Over the version before; false where another change came first, or there is none yet.
pub(crate) async fn update(conn: &mut Conn, row: &PromotionRow) -> Result<bool, DbError> {
    let changed = bind(
        conn.query(
            "update promotion set title = $2, code = $3, by_codes = $4, action = $5, minimum_minor = $6,
               conditions = $7, applies_to_sale_items = $8, priority = $9, exclusive = $10, group_name = $11,
               group_policy = $12, starts_at = $13, ends_at = $14, usage_limit = $15, per_customer = $16,
               budget_minor = $17, state = $18, version = $19
             where id = $1 and version = $19 - 1",
        ),
        row,
    )
    .execute()
    .await?;
    Ok(changed == 1)
}

pub(crate) async fn insert(conn: &mut Conn, row: &PromotionRow) -> Result<(), DbError> {
    let insert = conn.query(
        "insert into promotion (id, title, code, by_codes, action, minimum_minor, conditions, applies_to_sale_items,
                                priority, exclusive, group_name, group_policy, starts_at, ends_at, usage_limit,
                                per_customer, budget_minor, state, version, used, spent_minor)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, 0, 0)",
    );
    bind(insert, row).execute().await?;
    Ok(())
}

pub(crate) async fn uses_of(
    conn: &mut Conn,
    customer: CustomerId,
) -> Result<Vec<(PromotionId, i64)>, DbError> {
    conn.query("select promotion_id, used from customer_use where customer_id = $1")
        .bind(customer)
        .all()
        .await
}

pub(crate) async fn orders_of(conn: &mut Conn, customer: CustomerId) -> Result<i64, DbError> {
    let found: Option<(i64,)> =
        conn.query("select orders from buyer where customer_id = $1").bind(customer).optional().await?;
    Ok(found.map_or(0, |(orders,)| orders))
}
