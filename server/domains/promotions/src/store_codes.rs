//! SQL of codes that were made for a promotion.

use souk_contract::{MadeCode, PromotionId, Timestamp};
use souk_kernel::{
    db::{Conn, DbError},
    record,
};

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct CodeRow {
        pub code: String,
        pub promotion_id: PromotionId,
        pub usage_limit: Option<i64>,
        pub used: i64,
        pub revoked_at: Option<Timestamp>,
        pub created_at: Timestamp,
    }
}

impl From<CodeRow> for MadeCode {
    fn from(row: CodeRow) -> Self {
        Self {
            code: row.code,
            usage_limit: row.usage_limit,
            used: row.used,
            revoked: row.revoked_at.is_some(),
            created_at: row.created_at,
        }
    }
}

pub(crate) async fn find(conn: &mut Conn, codes: &[String]) -> Result<Vec<CodeRow>, DbError> {
    conn.query(
        "select code, promotion_id, usage_limit, used, revoked_at, created_at from made_code where code in ($1..)",
    )
    .bind_list(codes)
    .all()
    .await
}

/// By code, after that one.
pub(crate) async fn page(
    conn: &mut Conn,
    promotion: PromotionId,
    after: &str,
    limit: i64,
) -> Result<Vec<CodeRow>, DbError> {
    conn.query(
        "select code, promotion_id, usage_limit, used, revoked_at, created_at from made_code
         where promotion_id = $1 and code > $2 order by code limit $3",
    )
    .bind(promotion)
    .bind(after)
    .bind(limit)
    .all()
    .await
}

pub(crate) async fn counts(conn: &mut Conn) -> Result<Vec<(PromotionId, i64)>, DbError> {
    conn.query("select promotion_id, count(*) from made_code where revoked_at is null group by promotion_id")
        .all()
        .await
}

/// Also the revoked ones.
pub(crate) async fn count_all(conn: &mut Conn, promotion: PromotionId) -> Result<i64, DbError> {
    let (count,) =
        conn.query("select count(*) from made_code where promotion_id = $1").bind(promotion).one().await?;
    Ok(count)
}

/// False where there is such a code already.
pub(crate) async fn add(conn: &mut Conn, row: &CodeRow) -> Result<bool, DbError> {
    let added = conn
        .query(
            "insert into made_code (code, promotion_id, usage_limit, used, created_at) values ($1, $2, $3, 0, $4)
             on conflict (code) do nothing",
        )
        .bind(&row.code)
        .bind(row.promotion_id)
        .bind(row.usage_limit)
        .bind(row.created_at)
        .execute()
        .await?;
    Ok(added == 1)
}

pub(crate) async fn revoke(
    conn: &mut Conn,
    promotion: PromotionId,
    code: &str,
    now: Timestamp,
) -> Result<bool, DbError> {
    let revoked = conn
        .query(
            "update made_code set revoked_at = $3 where promotion_id = $1 and code = $2 and revoked_at is null",
        )
        .bind(promotion)
        .bind(code)
        .bind(now)
        .execute()
        .await?;
    Ok(revoked == 1)
}
