//! The `completeness` column of `product`, where it changes without a save.

use souk_contract::{ProductId, ProductTemplateId};
use souk_kernel::{Conn, DbError};

use super::products::ProductRow;

/// By id, those after this one of which nobody knows how complete they are.
pub(crate) async fn unmeasured(
    conn: &mut Conn,
    after: ProductId,
    limit: usize,
) -> Result<Vec<ProductRow>, DbError> {
    conn.query(
        "select id, handle, title, description_html, vendor, product_type, tags, status, options, seo, extra,
           template_id, attributes, tax_class_id, version, created_at, updated_at
         from product where completeness is null and id > $1 order by id limit $2",
    )
    .bind(after)
    .bind(limit as i64)
    .all()
    .await
}

/// By id, those after this one with the template.
pub(crate) async fn of_template(
    conn: &mut Conn,
    template: ProductTemplateId,
    after: ProductId,
    limit: usize,
) -> Result<Vec<ProductRow>, DbError> {
    conn.query(
        "select id, handle, title, description_html, vendor, product_type, tags, status, options, seo, extra,
           template_id, attributes, tax_class_id, version, created_at, updated_at
         from product where template_id = $1 and id > $2 order by id limit $3",
    )
    .bind(template)
    .bind(after)
    .bind(limit as i64)
    .all()
    .await
}

/// Of the product as it was read: a save meanwhile knew better.
pub(crate) async fn set_completeness(
    conn: &mut Conn,
    id: ProductId,
    version: i64,
    percent: i64,
) -> Result<(), DbError> {
    conn.query(
        "update product set completeness = $3
         where id = $1 and version = $2 and (completeness is null or completeness <> $3)",
    )
    .bind(id)
    .bind(version)
    .bind(percent)
    .execute()
    .await?;
    Ok(())
}
