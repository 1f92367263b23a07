//! The `variant` table.

use std::collections::BTreeMap;

use souk_contract::{
    Availability, Currency, Media, MediaId, Money, ProductId, ProductStatus, TaxClassId, Timestamp, Variant,
    VariantId, VariantInput,
};
use souk_kernel::{
    Conn, DbError,
    db::{Json, Text},
    record,
};

use crate::product::{KnownVariant, option_key};

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct VariantRow {
        pub id: VariantId,
        pub product_id: ProductId,
        pub options: Json<Vec<String>>,
        pub sku: Option<String>,
        pub barcode: Option<String>,
        pub price: i64,
        pub compare_at: Option<i64>,
        pub cost: Option<i64>,
        pub weight_grams: i64,
        pub requires_shipping: bool,
        pub taxable: bool,
        pub media_source: Option<String>,
        pub extra: Json<BTreeMap<String, String>>,
        pub availability: Text<Availability>,
    }
}

impl VariantRow {
    pub(crate) fn into_variant(self, currency: Currency, media_id: Option<MediaId>) -> Variant {
        Variant {
            id: self.id,
            title: self.options.0.join(" / "),
            options: self.options.0,
            sku: self.sku,
            barcode: self.barcode,
            price: Money::new(self.price, currency),
            compare_at: self
                .compare_at
                .filter(|before| *before > self.price)
                .map(|minor| Money::new(minor, currency)),
            weight_grams: self.weight_grams,
            requires_shipping: self.requires_shipping,
            taxable: self.taxable,
            media_id,
            availability: self.availability.0,
            lowest_before: None,
            saving: None,
        }
    }

    pub(crate) fn into_input(self, currency: Currency) -> VariantInput {
        VariantInput {
            sku: self.sku,
            barcode: self.barcode,
            options: self.options.0,
            price: Money::new(self.price, currency),
            compare_at: self.compare_at.map(|minor| Money::new(minor, currency)),
            cost: self.cost.map(|minor| Money::new(minor, currency)),
            weight_grams: self.weight_grams,
            requires_shipping: self.requires_shipping,
            taxable: self.taxable,
            media_source: self.media_source,
            extra: self.extra.0,
        }
    }
}

record! {
    struct KnownRow {
        id: VariantId,
        product_id: ProductId,
        option_key: String,
        sku: Option<String>,
        availability: Text<Availability>,
        retired_at: Option<Timestamp>,
    }
}

/// All that these products ever had, retired ones too.
pub(crate) async fn known(
    conn: &mut Conn,
    products: &[ProductId],
) -> Result<Vec<(ProductId, KnownVariant)>, DbError> {
    let rows: Vec<KnownRow> = conn
        .query(
            "select id, product_id, option_key, sku, availability, retired_at from variant
             where product_id in ($1..) order by product_id, position, id",
        )
        .bind_list(products)
        .all()
        .await?;
    let known = |row: KnownRow| KnownVariant {
        id: row.id,
        option_key: row.option_key,
        sku: row.sku,
        retired: row.retired_at.is_some(),
        availability: row.availability.0,
    };
    Ok(rows.into_iter().map(|row| (row.product_id, known(row))).collect())
}

/// Inserts it or writes over it; a retired one is back. Availability is not touched: it is told by events.
pub(crate) async fn put(
    conn: &mut Conn,
    id: VariantId,
    product: ProductId,
    position: usize,
    input: &VariantInput,
) -> Result<(), DbError> {
    conn.query(
        "insert into variant (id, product_id, position, option_key, options, sku, barcode, price, compare_at, cost,
           weight_grams, requires_shipping, taxable, media_source, extra, availability, availability_version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 'in_stock', 0)
         on conflict (id) do update set position = excluded.position, option_key = excluded.option_key,
           options = excluded.options, sku = excluded.sku, barcode = excluded.barcode, price = excluded.price,
           compare_at = excluded.compare_at, cost = excluded.cost, weight_grams = excluded.weight_grams,
           requires_shipping = excluded.requires_shipping, taxable = excluded.taxable,
           media_source = excluded.media_source, extra = excluded.extra, retired_at = null",
    )
    .bind(id)
    .bind(product)
    .bind(i64::try_from(position).unwrap_or(i64::MAX))
    .bind(option_key(&input.options))
    .bind(Json(&input.options))
    .bind(input.sku.as_deref())
    .bind(input.barcode.as_deref())
    .bind(input.price.minor)
    .bind(input.compare_at.map(|price| price.minor))
    .bind(input.cost.map(|price| price.minor))
    .bind(input.weight_grams)
    .bind(input.requires_shipping)
    .bind(input.taxable)
    .bind(input.media_source.as_deref())
    .bind(Json(&input.extra))
    .execute()
    .await?;
    Ok(())
}

pub(crate) async fn retire(conn: &mut Conn, ids: &[VariantId], now: Timestamp) -> Result<(), DbError> {
    conn.query("update variant set retired_at = $1 where id in ($2..)")
        .bind(now)
        .bind_list(ids)
        .execute()
        .await?;
    Ok(())
}

/// Those of these products that are not retired, each product's in its order.
pub(crate) async fn of_products(conn: &mut Conn, products: &[ProductId]) -> Result<Vec<VariantRow>, DbError> {
    conn.query(
        "select id, product_id, options, sku, barcode, price, compare_at, cost, weight_grams, requires_shipping,
           taxable, media_source, extra, availability
         from variant where retired_at is null and product_id in ($1..) order by product_id, position",
    )
    .bind_list(products)
    .all()
    .await
}

record! {
    /// A variant with what a cart line needs of its product.
    #[derive(Debug, Clone)]
    pub(crate) struct BuyableRow {
        pub id: VariantId,
        pub product_id: ProductId,
        pub options: Json<Vec<String>>,
        pub sku: Option<String>,
        pub barcode: Option<String>,
        pub price: i64,
        pub compare_at: Option<i64>,
        pub weight_grams: i64,
        pub requires_shipping: bool,
        pub taxable: bool,
        pub availability: Text<Availability>,
        pub retired_at: Option<Timestamp>,
        pub media_id: Option<MediaId>,
        pub media_alt: Option<String>,
        pub media_key: Option<String>,
        pub media_width: Option<u32>,
        pub media_height: Option<u32>,
        pub media_widths: Option<Json<Vec<u32>>>,
        pub media_blur: Option<String>,
        pub product_handle: String,
        pub product_title: String,
        pub product_type: String,
        pub vendor: String,
        pub tags: Json<Vec<String>>,
        pub tax_class_id: Option<TaxClassId>,
        pub status: Text<ProductStatus>,
        pub pictures: Json<Vec<Media>>,
    }
}

/// Retired ones too: a cart may still hold them.
pub(crate) async fn by_id(conn: &mut Conn, ids: &[VariantId]) -> Result<Vec<BuyableRow>, DbError> {
    conn.query(
        "select v.id, v.product_id, v.options, v.sku, v.barcode, v.price, v.compare_at, v.weight_grams,
           v.requires_shipping, v.taxable, v.availability, v.retired_at, m.id as media_id, m.alt as media_alt,
           a.key as media_key, a.width as media_width, a.height as media_height, a.widths as media_widths,
           a.blur as media_blur, p.handle as product_handle, p.title as product_title, p.product_type, p.vendor,
           p.tags, p.tax_class_id, p.status, p.pictures
         from variant v join product p on p.id = v.product_id
         left join media m on m.product_id = v.product_id and m.source = v.media_source and m.state = 'stored'
         left join asset a on a.key = m.asset_key
         where v.id in ($1..)",
    )
    .bind_list(ids)
    .all()
    .await
}

/// What is known of a variant's stock: its product, the word and that word's version.
pub(crate) async fn stock_word(
    conn: &mut Conn,
    id: VariantId,
) -> Result<Option<(ProductId, Text<Availability>, i64)>, DbError> {
    conn.query("select product_id, availability, availability_version from variant where id = $1")
        .bind(id)
        .optional()
        .await
}

/// Notes what inventory says, unless something newer was noted meanwhile.
pub(crate) async fn set_stock_word(
    conn: &mut Conn,
    id: VariantId,
    availability: Availability,
    version: i64,
) -> Result<bool, DbError> {
    let updated = conn
        .query(
            "update variant set availability = $2, availability_version = $3
             where id = $1 and availability_version < $3",
        )
        .bind(id)
        .bind(availability.as_str())
        .bind(version)
        .execute()
        .await?;
    Ok(updated == 1)
}

/// Of the variants that are not retired.
pub(crate) async fn availabilities(
    conn: &mut Conn,
    product: ProductId,
) -> Result<Vec<(Text<Availability>,)>, DbError> {
    conn.query("select distinct availability from variant where product_id = $1 and retired_at is null")
        .bind(product)
        .all()
        .await
}

pub(crate) async fn by_sku(conn: &mut Conn, skus: &[String]) -> Result<Vec<(String, VariantId)>, DbError> {
    conn.query("select sku, id from variant where retired_at is null and sku in ($1..) order by sku, id")
        .bind_list(skus)
        .all()
        .await
}

pub(crate) async fn by_barcode(
    conn: &mut Conn,
    barcodes: &[String],
) -> Result<Vec<(String, VariantId)>, DbError> {
    conn.query(
        "select barcode, id from variant where retired_at is null and barcode in ($1..) order by barcode, id",
    )
    .bind_list(barcodes)
    .all()
    .await
}

/// Of these, those that there are, retired or not.
pub(crate) async fn there(conn: &mut Conn, ids: &[VariantId]) -> Result<Vec<(VariantId,)>, DbError> {
    conn.query("select id from variant where id in ($1..)").bind_list(ids).all().await
}

/// Of the products of that vendor and of that type, where given.
pub(crate) async fn of_kind(
    conn: &mut Conn,
    vendor: Option<&str>,
    product_type: Option<&str>,
) -> Result<Vec<(VariantId,)>, DbError> {
    conn.query(
        "select v.id from variant v join product p on p.id = v.product_id
         where v.retired_at is null and (cast($1 as text) is null or p.vendor = $1)
           and (cast($2 as text) is null or p.product_type = $2)",
    )
    .bind(vendor)
    .bind(product_type)
    .all()
    .await
}
