//! The `attribute`, `attribute_group`, `product_template` and `attribute_use` tables.

use souk_contract::{
    Attribute, AttributeGroup, AttributeGroupId, AttributeId, AttributeKind, AttributeOption, ProductId,
    ProductModel, ProductTemplate, ProductTemplateId, Timestamp,
};
use souk_kernel::{
    Conn, DbError,
    db::{Json, Text},
    record,
};

/// Nobody counts beyond this.
pub(crate) const MOST_COUNTED: i64 = 1000;

record! {
    struct AttributeRow {
        id: AttributeId,
        code: String,
        name: String,
        kind: Text<AttributeKind>,
        unit: Option<String>,
        options: Json<Vec<AttributeOption>>,
        required: bool,
        help: String,
        version: i64,
        created_at: Timestamp,
        updated_at: Timestamp,
    }
}

record! {
    struct GroupRow {
        id: AttributeGroupId,
        name: String,
        codes: Json<Vec<String>>,
        version: i64,
        created_at: Timestamp,
        updated_at: Timestamp,
    }
}

record! {
    struct TemplateRow {
        id: ProductTemplateId,
        name: String,
        group_ids: Json<Vec<AttributeGroupId>>,
        version: i64,
        created_at: Timestamp,
        updated_at: Timestamp,
    }
}

/// All of it: there are a few hundred at most.
pub(crate) async fn model(conn: &mut Conn) -> Result<ProductModel, DbError> {
    let mut attributes: Vec<Attribute> = conn
        .query(
            "select id, code, name, kind, unit, options, required, help, version, created_at, updated_at
             from attribute",
        )
        .all::<AttributeRow>()
        .await?
        .into_iter()
        .map(|row| Attribute {
            id: row.id,
            code: row.code,
            name: row.name,
            kind: row.kind.0,
            unit: row.unit,
            options: row.options.0,
            required: row.required,
            help: row.help,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
        .collect();
    let mut groups: Vec<AttributeGroup> = conn
        .query("select id, name, codes, version, created_at, updated_at from attribute_group")
        .all::<GroupRow>()
        .await?
        .into_iter()
        .map(|row| AttributeGroup {
            id: row.id,
            name: row.name,
            attributes: row.codes.0,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
        .collect();
    let mut templates: Vec<ProductTemplate> = conn
        .query("select id, name, group_ids, version, created_at, updated_at from product_template")
        .all::<TemplateRow>()
        .await?
        .into_iter()
        .map(|row| ProductTemplate {
            id: row.id,
            name: row.name,
            groups: row.group_ids.0,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
        .collect();
    // The engines put letters in different orders.
    attributes.sort_by_cached_key(|one| (one.name.to_lowercase(), one.code.clone()));
    groups.sort_by_cached_key(|one| one.name.to_lowercase());
    templates.sort_by_cached_key(|one| one.name.to_lowercase());
    Ok(ProductModel { attributes, groups, templates })
}

pub(crate) async fn put_attribute(conn: &mut Conn, row: &Attribute) -> Result<(), DbError> {
    conn.query(
        "insert into attribute (id, code, name, kind, unit, options, required, help, version, created_at,
           updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict (id) do update set name = excluded.name, kind = excluded.kind, unit = excluded.unit,
           options = excluded.options, required = excluded.required, help = excluded.help,
           version = excluded.version, updated_at = excluded.updated_at",
    )
    .bind(row.id)
    .bind(&row.code)
    .bind(&row.name)
    .bind(row.kind.as_str())
    .bind(row.unit.as_deref())
    .bind(Json(&row.options))
    .bind(row.required)
    .bind(&row.help)
    .bind(row.version)
    .bind(row.created_at)
    .bind(row.updated_at)
    .execute()
    .await?;
    Ok(())
}

pub(crate) async fn delete_attribute(conn: &mut Conn, id: AttributeId) -> Result<(), DbError> {
    conn.query("delete from attribute where id = $1").bind(id).execute().await?;
    Ok(())
}

pub(crate) async fn put_group(conn: &mut Conn, row: &AttributeGroup) -> Result<(), DbError> {
    conn.query(
        "insert into attribute_group (id, name, name_key, codes, version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (id) do update set name = excluded.name, name_key = excluded.name_key,
           codes = excluded.codes, version = excluded.version, updated_at = excluded.updated_at",
    )
    .bind(row.id)
    .bind(&row.name)
    .bind(row.name.to_lowercase())
    .bind(Json(&row.attributes))
    .bind(row.version)
    .bind(row.created_at)
    .bind(row.updated_at)
    .execute()
    .await?;
    Ok(())
}

pub(crate) async fn delete_group(conn: &mut Conn, id: AttributeGroupId) -> Result<(), DbError> {
    conn.query("delete from attribute_group where id = $1").bind(id).execute().await?;
    Ok(())
}

pub(crate) async fn put_template(conn: &mut Conn, row: &ProductTemplate) -> Result<(), DbError> {
    conn.query(
        "insert into product_template (id, name, name_key, group_ids, version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (id) do update set name = excluded.name, name_key = excluded.name_key,
           group_ids = excluded.group_ids, version = excluded.version, updated_at = excluded.updated_at",
    )
    .bind(row.id)
    .bind(&row.name)
    .bind(row.name.to_lowercase())
    .bind(Json(&row.groups))
    .bind(row.version)
    .bind(row.created_at)
    .bind(row.updated_at)
    .execute()
    .await?;
    Ok(())
}

pub(crate) async fn delete_template(conn: &mut Conn, id: ProductTemplateId) -> Result<(), DbError> {
    conn.query("delete from product_template where id = $1").bind(id).execute().await?;
    Ok(())
}

pub(crate) async fn delete_use(conn: &mut Conn, product: ProductId) -> Result<(), DbError> {
    conn.query("delete from attribute_use where product_id = $1").bind(product).execute().await?;
    Ok(())
}

pub(crate) async fn add_use(
    conn: &mut Conn,
    code: &str,
    option: &str,
    product: ProductId,
) -> Result<(), DbError> {
    conn.query("insert into attribute_use (code, option_value, product_id) values ($1, $2, $3)")
        .bind(code)
        .bind(option)
        .bind(product)
        .execute()
        .await?;
    Ok(())
}

/// Products that have a value of the attribute; one more than [`MOST_COUNTED`] where there are more.
pub(crate) async fn count_use(conn: &mut Conn, code: &str) -> Result<i64, DbError> {
    let (count,) = conn
        .query(
            "select count(*) from (select distinct product_id from attribute_use where code = $1 limit $2) as used",
        )
        .bind(code)
        .bind(MOST_COUNTED + 1)
        .one()
        .await?;
    Ok(count)
}

pub(crate) async fn count_option(conn: &mut Conn, code: &str, option: &str) -> Result<i64, DbError> {
    let (count,) = conn
        .query(
            "select count(*) from (select product_id from attribute_use where code = $1 and option_value = $2
             limit $3) as used",
        )
        .bind(code)
        .bind(option)
        .bind(MOST_COUNTED + 1)
        .one()
        .await?;
    Ok(count)
}

pub(crate) async fn count_template(conn: &mut Conn, template: ProductTemplateId) -> Result<i64, DbError> {
    let (count,) = conn
        .query("select count(*) from (select id from product where template_id = $1 limit $2) as used")
        .bind(template)
        .bind(MOST_COUNTED + 1)
        .one()
        .await?;
    Ok(count)
}
