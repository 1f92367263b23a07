//! SQL, one function per statement.

use souk_contract::{CartId, CartState, CheckoutId, CustomerId, OrderId, Timestamp};
use souk_kernel::{
    db::{Conn, DbError, Json, Text},
    record,
};

use crate::content::Content;

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct CartRow {
        pub id: CartId,
        pub state: Text<CartState>,
        pub customer_id: Option<CustomerId>,
        pub content: Json<Content>,
        pub checkout_id: Option<CheckoutId>,
        pub order_id: Option<OrderId>,
        pub version: i64,
        pub updated_at: Timestamp,
    }
}

macro_rules! select_cart {
    ($rest:literal) => {
        concat!(
            "select id, state, customer_id, content, checkout_id, order_id, version, updated_at from cart ",
            $rest
        )
    };
}

pub(crate) async fn cart(conn: &mut Conn, id: CartId) -> Result<Option<CartRow>, DbError> {
    conn.query(select_cart!("where id = $1")).bind(id).optional().await
}

pub(crate) async fn of_customer(conn: &mut Conn, customer: CustomerId) -> Result<Option<CartRow>, DbError> {
    conn.query(select_cart!("where customer_id = $1 and state = 'active'")).bind(customer).optional().await
}

pub(crate) async fn insert(conn: &mut Conn, row: &CartRow) -> Result<(), DbError> {
    conn.query(
        "insert into cart (id, state, customer_id, content, version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $6)",
    )
    .bind(row.id)
    .bind(row.state)
    .bind(row.customer_id)
    .bind(Json(&row.content.0))
    .bind(row.version)
    .bind(row.updated_at)
    .execute()
    .await?;
    Ok(())
}

/// Saves over the version before; false where another change came first.
pub(crate) async fn save(conn: &mut Conn, row: &CartRow) -> Result<bool, DbError> {
    let saved = conn
        .query(
            "update cart set state = $2, customer_id = $3, content = $4, checkout_id = $5, order_id = $6,
                             version = $7, updated_at = $8
             where id = $1 and version = $7 - 1",
        )
        .bind(row.id)
        .bind(row.state)
        .bind(row.customer_id)
        .bind(Json(&row.content.0))
        .bind(row.checkout_id)
        .bind(row.order_id)
        .bind(row.version)
        .bind(row.updated_at)
        .execute()
        .await?;
    Ok(saved == 1)
}
