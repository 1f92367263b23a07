//! Products as the merchant looks for them.

use souk_contract::{
    Availability, Currency, Media, Money, PriceRange, ProductId, ProductQuery, ProductRow, ProductStatus,
    Timestamp,
};
use souk_kernel::{
    Conn, DbError,
    audit::literal,
    db::{Json, Text},
    record,
};

record! {
    pub(crate) struct DeskRow {
        pub id: ProductId,
        pub handle: String,
        pub title: String,
        pub vendor: String,
        pub product_type: String,
        pub status: Text<ProductStatus>,
        pub availability: Text<Availability>,
        pub variant_count: i64,
        pub price_min: i64,
        pub price_max: i64,
        pub pictures: Json<Vec<Media>>,
        pub completeness: Option<i64>,
        pub version: i64,
        pub updated_at: Timestamp,
    }
}

impl DeskRow {
    pub(crate) fn show(self, currency: Currency) -> ProductRow {
        let money = |minor| Money::new(minor, currency);
        ProductRow {
            id: self.id,
            handle: self.handle,
            title: self.title,
            vendor: self.vendor,
            product_type: self.product_type,
            status: self.status.0,
            availability: self.availability.0,
            variant_count: self.variant_count,
            price: PriceRange { min: money(self.price_min), max: money(self.price_max) },
            picture: self.pictures.0.into_iter().next(),
            completeness: self.completeness,
            version: self.version,
            updated_at: self.updated_at,
        }
    }
}

/// By title.
pub(crate) async fn rows(
    conn: &mut Conn,
    query: &ProductQuery,
    after: Option<ProductId>,
    limit: u32,
) -> Result<Vec<DeskRow>, DbError> {
    let text = query.text.as_deref().map(|text| text.trim().to_lowercase()).filter(|text| !text.is_empty());
    let mut sql =
        "select id, handle, title, vendor, product_type, status, availability, variant_count, price_min,
                          price_max, pictures, completeness, version, updated_at from product where 1 = 1"
            .to_owned();
    let mut last = 0;
    let mut also = |wanted: bool, condition: &str| {
        if wanted {
            last += 1;
            sql.push_str(&format!(" and {}", condition.replace("$n", &format!("${last}"))));
        }
    };
    also(after.is_some(), "(lower(title), id) > (select lower(title), id from product where id = $n)");
    also(query.status.is_some(), "status = $n");
    also(
        text.is_some(),
        "(lower(title) like '%' || $n || '%' escape '\\' or handle like '%' || $n || '%' escape '\\'
          or id in (select product_id from variant where retired_at is null
                    and (lower(sku) like $n || '%' escape '\\' or lower(barcode) like $n || '%' escape '\\')))",
    );
    sql.push_str(match query.incomplete {
        // Word for word the index's condition.
        Some(true) => " and completeness < 100",
        Some(false) => " and completeness = 100",
        None => "",
    });
    sql.push_str(&format!(" order by lower(title), id limit {limit}"));
    let mut statement = conn.query_dynamic(sql);
    if let Some(after) = after {
        statement = statement.bind(after);
    }
    if let Some(status) = query.status {
        statement = statement.bind(Text(status));
    }
    if let Some(text) = text {
        statement = statement.bind(literal(&text));
    }
    statement.all().await
}
