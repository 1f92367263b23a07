//! SQL about drafts.

use souk_contract::DraftId;
use souk_kernel::db::{Conn, DbError};

use crate::draft::DraftRow;

macro_rules! select_draft {
    ($rest:literal) => {
        concat!(
            "select id, cart_token, checkout_id, state, order_id, name, email, item_count, total_minor, currency,
                    version, created_at, updated_at
             from draft_order ",
            $rest
        )
    };
}

pub(crate) async fn draft(conn: &mut Conn, id: DraftId) -> Result<Option<DraftRow>, DbError> {
    conn.query(select_draft!("where id = $1")).bind(id).optional().await
}

/// Newest first.
pub(crate) async fn open_before(
    conn: &mut Conn,
    before: DraftId,
    limit: i64,
) -> Result<Vec<DraftRow>, DbError> {
    conn.query(select_draft!("where state = 'open' and id < $1 order by id desc limit $2"))
        .bind(before)
        .bind(limit)
        .all()
        .await
}

pub(crate) async fn add(conn: &mut Conn, row: &DraftRow) -> Result<(), DbError> {
    conn.query(
        "insert into draft_order
           (id, cart_token, checkout_id, state, order_id, name, email, item_count, total_minor, currency, version,
            created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(row.id)
    .bind(&row.cart_token)
    .bind(row.checkout_id)
    .bind(row.state)
    .bind(row.order_id)
    .bind(&row.name)
    .bind(&row.email)
    .bind(row.item_count)
    .bind(row.total_minor)
    .bind(row.currency)
    .bind(row.version)
    .bind(row.created_at)
    .bind(row.updated_at)
    .execute()
    .await?;
    Ok(())
}

/// Over the version before; false where somebody else was faster.
pub(crate) async fn save(conn: &mut Conn, row: &DraftRow) -> Result<bool, DbError> {
    let saved = conn
        .query(
            "update draft_order
             set checkout_id = $2, state = $3, order_id = $4, name = $5, email = $6, item_count = $7,
                 total_minor = $8, updated_at = $9, version = $10
             where id = $1 and version = $10 - 1",
        )
        .bind(row.id)
        .bind(row.checkout_id)
        .bind(row.state)
        .bind(row.order_id)
        .bind(&row.name)
        .bind(&row.email)
        .bind(row.item_count)
        .bind(row.total_minor)
        .bind(row.updated_at)
        .bind(row.version)
        .execute()
        .await?;
    Ok(saved == 1)
}
