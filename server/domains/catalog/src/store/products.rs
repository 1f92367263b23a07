//! The `product` and `handle_redirect` tables.

use std::collections::BTreeMap;

use souk_contract::{
    AttributeValue, Availability, Media, ProductId, ProductInput, ProductOption, ProductStatus,
    ProductTemplateId, Seo, TaxClassId, Timestamp, VariantId,
};
use souk_kernel::{
    Conn, DbError,
    db::{Json, Text},
    record,
};

use crate::{product::Summary, shelf::ShelfRow};

record! {
    /// What a write looks at to decide what is to be done.
    #[derive(Debug, Clone)]
    pub(crate) struct Head {
        pub id: ProductId,
        pub handle: String,
        pub status: Text<ProductStatus>,
        pub fingerprint: String,
        pub template_id: Option<ProductTemplateId>,
        pub attributes: Json<Vec<AttributeValue>>,
        pub version: i64,
    }
}

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct ProductRow {
        pub id: ProductId,
        pub handle: String,
        pub title: String,
        pub description_html: String,
        pub vendor: String,
        pub product_type: String,
        pub tags: Json<Vec<String>>,
        pub status: Text<ProductStatus>,
        pub options: Json<Vec<ProductOption>>,
        pub seo: Json<Seo>,
        pub extra: Json<BTreeMap<String, String>>,
        pub template_id: Option<ProductTemplateId>,
        pub attributes: Json<Vec<AttributeValue>>,
        pub tax_class_id: Option<TaxClassId>,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct CardRow {
        pub id: ProductId,
        pub handle: String,
        pub title: String,
        pub vendor: String,
        pub price_min: i64,
        pub price_max: i64,
        pub compare_at: Option<i64>,
        pub availability: Text<Availability>,
        pub variant_count: u32,
        pub only_variant: Option<VariantId>,
        pub swatches: Json<Vec<String>>,
        pub pictures: Json<Vec<Media>>,
    }
}

record! {
    struct ShelfColumns {
        id: ProductId,
        handle: String,
        title: String,
        vendor: String,
        product_type: String,
        tags: Json<Vec<String>>,
        options: Json<Vec<ProductOption>>,
        price_min: i64,
        on_sale: bool,
        availability: Text<Availability>,
        created_at: Timestamp,
    }
}

impl From<ShelfColumns> for ShelfRow {
    fn from(row: ShelfColumns) -> Self {
        Self {
            id: row.id,
            handle: row.handle,
            title: row.title,
            vendor: row.vendor,
            product_type: row.product_type,
            tags: row.tags.0,
            options: row.options.0,
            price: row.price_min,
            on_sale: row.on_sale,
            availability: row.availability.0,
            created_at: row.created_at,
        }
    }
}

pub(crate) async fn heads_by_handle(conn: &mut Conn, handles: &[&str]) -> Result<Vec<Head>, DbError> {
    conn.query(
        "select id, handle, status, fingerprint, template_id, attributes, version from product
         where handle in ($1..)",
    )
    .bind_list(handles)
    .all()
    .await
}

pub(crate) async fn head(conn: &mut Conn, id: ProductId) -> Result<Option<Head>, DbError> {
    conn.query(
        "select id, handle, status, fingerprint, template_id, attributes, version from product where id = $1",
    )
    .bind(id)
    .optional()
    .await
}

/// Everything of a product row that is written, beside its id.
pub(crate) struct Written<'a> {
    pub input: &'a ProductInput,
    pub fingerprint: &'a str,
    pub summary: &'a Summary,
    pub availability: Availability,
    pub pictures: &'a [Media],
    pub completeness: i64,
    pub now: Timestamp,
}

pub(crate) async fn insert(conn: &mut Conn, id: ProductId, row: &Written<'_>) -> Result<(), DbError> {
    let Written { input, summary, .. } = row;
    conn.query(
        "insert into product (id, handle, title, description_html, vendor, product_type, tags, status, options, seo,
           extra, fingerprint, price_min, price_max, compare_at, on_sale, availability, variant_count, only_variant,
           swatches, pictures, version, created_at, updated_at, template_id, attributes, completeness,
           tax_class_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, 1,
           $22, $23, $24, $25, $26, $27)",
    )
    .bind(id)
    .bind(&input.handle)
    .bind(&input.title)
    .bind(&input.description_html)
    .bind(&input.vendor)
    .bind(&input.product_type)
    .bind(Json(&input.tags))
    .bind(input.status.as_str())
    .bind(Json(&input.options))
    .bind(Json(&input.seo))
    .bind(Json(&input.extra))
    .bind(row.fingerprint)
    .bind(summary.price_min)
    .bind(summary.price_max)
    .bind(summary.compare_at)
    .bind(summary.on_sale)
    .bind(row.availability.as_str())
    .bind(count(input.variants.len()))
    .bind(summary.only_variant)
    .bind(Json(&summary.swatches))
    .bind(Json(row.pictures))
    .bind(row.now)
    .bind(row.now)
    .bind(input.template_id)
    .bind(Json(values(input)))
    .bind(row.completeness)
    .bind(input.tax_class_id)
    .execute()
    .await?;
    Ok(())
}

/// False where the stored version is no longer that one.
pub(crate) async fn update(
    conn: &mut Conn,
    id: ProductId,
    version: i64,
    row: &Written<'_>,
) -> Result<bool, DbError> {
    let Written { input, summary, .. } = row;
    let updated = conn
        .query(
            "update product set handle = $3, title = $4, description_html = $5, vendor = $6, product_type = $7,
               tags = $8, status = $9, options = $10, seo = $11, extra = $12, fingerprint = $13, price_min = $14,
               price_max = $15, compare_at = $16, on_sale = $17, availability = $18, variant_count = $19,
               only_variant = $20, swatches = $21, pictures = $22, version = version + 1, updated_at = $23,
               template_id = $24, attributes = $25, completeness = $26, tax_class_id = $27
             where id = $1 and version = $2",
        )
        .bind(id)
        .bind(version)
        .bind(&input.handle)
        .bind(&input.title)
        .bind(&input.description_html)
        .bind(&input.vendor)
        .bind(&input.product_type)
        .bind(Json(&input.tags))
        .bind(input.status.as_str())
        .bind(Json(&input.options))
        .bind(Json(&input.seo))
        .bind(Json(&input.extra))
        .bind(row.fingerprint)
        .bind(summary.price_min)
        .bind(summary.price_max)
        .bind(summary.compare_at)
        .bind(summary.on_sale)
        .bind(row.availability.as_str())
        .bind(count(input.variants.len()))
        .bind(summary.only_variant)
        .bind(Json(&summary.swatches))
        .bind(Json(row.pictures))
        .bind(row.now)
        .bind(input.template_id)
        .bind(Json(values(input)))
        .bind(row.completeness)
        .bind(input.tax_class_id)
        .execute()
        .await?;
    Ok(updated == 1)
}

fn values(input: &ProductInput) -> &[AttributeValue] {
    input.attributes.as_deref().unwrap_or_default()
}

fn count(len: usize) -> i64 {
    i64::try_from(len).unwrap_or(i64::MAX)
}

/// The whole row by handle.
pub(crate) async fn by_handle(conn: &mut Conn, handle: &str) -> Result<Option<ProductRow>, DbError> {
    conn.query(
        "select id, handle, title, description_html, vendor, product_type, tags, status, options, seo, extra,
           template_id, attributes, tax_class_id, version, created_at, updated_at
         from product where handle = $1",
    )
    .bind(handle)
    .optional()
    .await
}

pub(crate) async fn by_id(conn: &mut Conn, id: ProductId) -> Result<Option<ProductRow>, DbError> {
    conn.query(
        "select id, handle, title, description_html, vendor, product_type, tags, status, options, seo, extra,
           template_id, attributes, tax_class_id, version, created_at, updated_at
         from product where id = $1",
    )
    .bind(id)
    .optional()
    .await
}

/// In the order of their handles, published or not.
pub(crate) async fn page_by_handle(
    conn: &mut Conn,
    after: &str,
    limit: u32,
) -> Result<Vec<ProductRow>, DbError> {
    conn.query(
        "select id, handle, title, description_html, vendor, product_type, tags, status, options, seo, extra,
           template_id, attributes, tax_class_id, version, created_at, updated_at
         from product where handle > $1 order by handle limit $2",
    )
    .bind(after)
    .bind(limit)
    .all()
    .await
}

/// By id, those after this one.
pub(crate) async fn page_by_id(
    conn: &mut Conn,
    after: ProductId,
    limit: usize,
) -> Result<Vec<ProductRow>, DbError> {
    conn.query(
        "select id, handle, title, description_html, vendor, product_type, tags, status, options, seo, extra,
           template_id, attributes, tax_class_id, version, created_at, updated_at
         from product where id > $1 order by id limit $2",
    )
    .bind(after)
    .bind(count(limit))
    .all()
    .await
}

/// Those that exist, by id.
pub(crate) async fn by_ids(conn: &mut Conn, ids: &[ProductId]) -> Result<Vec<ProductRow>, DbError> {
    conn.query(
        "select id, handle, title, description_html, vendor, product_type, tags, status, options, seo, extra,
           template_id, attributes, tax_class_id, version, created_at, updated_at
         from product where id in ($1..) order by id",
    )
    .bind_list(ids)
    .all()
    .await
}

/// Those that exist, by handle.
pub(crate) async fn by_handles(conn: &mut Conn, handles: &[&str]) -> Result<Vec<ProductRow>, DbError> {
    conn.query(
        "select id, handle, title, description_html, vendor, product_type, tags, status, options, seo, extra,
           template_id, attributes, tax_class_id, version, created_at, updated_at
         from product where handle in ($1..) order by handle",
    )
    .bind_list(handles)
    .all()
    .await
}

/// Published ones only, in no order.
pub(crate) async fn cards(conn: &mut Conn, ids: &[ProductId]) -> Result<Vec<CardRow>, DbError> {
    conn.query(
        "select id, handle, title, vendor, price_min, price_max, compare_at, availability, variant_count,
           only_variant, swatches, pictures
         from product where status = 'published' and id in ($1..)",
    )
    .bind_list(ids)
    .all()
    .await
}

/// Published products by id, those after this one.
pub(crate) async fn shelf(conn: &mut Conn, after: ProductId, limit: i64) -> Result<Vec<ShelfRow>, DbError> {
    let rows: Vec<ShelfColumns> = conn
        .query(
            "select id, handle, title, vendor, product_type, tags, options, price_min, on_sale, availability,
               created_at
             from product where status = 'published' and id > $1 order by id limit $2",
        )
        .bind(after)
        .bind(limit)
        .all()
        .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Those of them that are published.
pub(crate) async fn shelf_of(conn: &mut Conn, ids: &[ProductId]) -> Result<Vec<ShelfRow>, DbError> {
    let rows: Vec<ShelfColumns> = conn
        .query(
            "select id, handle, title, vendor, product_type, tags, options, price_min, on_sale, availability,
               created_at
             from product where status = 'published' and id in ($1..)",
        )
        .bind_list(ids)
        .all()
        .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Sets what its variants add up to; true where that is another word than before.
pub(crate) async fn set_availability(
    conn: &mut Conn,
    id: ProductId,
    availability: Availability,
) -> Result<bool, DbError> {
    let changed = conn
        .query("update product set availability = $2 where id = $1 and availability <> $2")
        .bind(id)
        .bind(availability.as_str())
        .execute()
        .await?;
    Ok(changed == 1)
}

pub(crate) async fn set_pictures(
    conn: &mut Conn,
    id: ProductId,
    pictures: &[Media],
    now: Timestamp,
) -> Result<i64, DbError> {
    let (version,) = conn
        .query("update product set pictures = $2, version = version + 1, updated_at = $3 where id = $1 returning version")
        .bind(id)
        .bind(Json(pictures))
        .bind(now)
        .one()
        .await?;
    Ok(version)
}

pub(crate) async fn set_status(
    conn: &mut Conn,
    head: &Head,
    status: ProductStatus,
    fingerprint: &str,
    now: Timestamp,
) -> Result<bool, DbError> {
    let updated = conn
        .query(
            "update product set status = $3, fingerprint = $4, version = version + 1, updated_at = $5
             where id = $1 and version = $2",
        )
        .bind(head.id)
        .bind(head.version)
        .bind(status.as_str())
        .bind(fingerprint)
        .bind(now)
        .execute()
        .await?;
    Ok(updated == 1)
}

pub(crate) async fn published_paths(
    conn: &mut Conn,
    after: &str,
    limit: u32,
) -> Result<Vec<(String, Timestamp)>, DbError> {
    conn.query(
        "select handle, updated_at from product where status = 'published' and handle > $1 order by handle limit $2",
    )
    .bind(after)
    .bind(limit)
    .all()
    .await
}

/// The handle that the product has now.
pub(crate) async fn redirect(conn: &mut Conn, handle: &str) -> Result<Option<(String,)>, DbError> {
    conn.query(
        "select product.handle from handle_redirect join product on product.id = handle_redirect.product_id
         where handle_redirect.handle = $1 and product.status = 'published'",
    )
    .bind(handle)
    .optional()
    .await
}

pub(crate) async fn insert_redirect(conn: &mut Conn, from: &str, to: ProductId) -> Result<(), DbError> {
    conn.query(
        "insert into handle_redirect (handle, product_id) values ($1, $2)
         on conflict (handle) do update set product_id = excluded.product_id",
    )
    .bind(from)
    .bind(to)
    .execute()
    .await?;
    Ok(())
}

/// A product took these handles: they lead to it and nowhere else.
pub(crate) async fn delete_redirects(conn: &mut Conn, handles: &[&str]) -> Result<(), DbError> {
    conn.query("delete from handle_redirect where handle in ($1..)").bind_list(handles).execute().await?;
    Ok(())
}
