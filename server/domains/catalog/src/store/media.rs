//! The `media` and `asset` tables.

use souk_contract::{CollectionId, Media, MediaId, PendingMedia, ProductId};
use souk_kernel::{Conn, DbError, db::Json, record};

use crate::picture::Asset;

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct MediaRow {
        pub id: MediaId,
        pub product_id: Option<ProductId>,
        pub collection_id: Option<CollectionId>,
        pub source: String,
        pub alt: String,
        pub state: String,
        pub asset_key: Option<String>,
        pub width: Option<u32>,
        pub height: Option<u32>,
        pub widths: Option<Json<Vec<u32>>>,
        pub blur: Option<String>,
    }
}

impl MediaRow {
    /// The picture, once it is stored.
    pub(crate) fn media(&self) -> Option<Media> {
        Some(Media {
            id: self.id,
            alt: self.alt.clone(),
            width: self.width?,
            height: self.height?,
            key: self.asset_key.clone()?,
            widths: self.widths.clone()?.0,
            blur: self.blur.clone()?,
        })
    }
}

/// Each product's in their order.
pub(crate) async fn of_products(conn: &mut Conn, products: &[ProductId]) -> Result<Vec<MediaRow>, DbError> {
    conn.query(
        "select m.id, m.product_id, m.collection_id, m.source, m.alt, m.state, m.asset_key, a.width, a.height,
           a.widths, a.blur
         from media m left join asset a on a.key = m.asset_key
         where m.product_id in ($1..) order by m.product_id, m.position",
    )
    .bind_list(products)
    .all()
    .await
}

/// Of every collection that has one.
pub(crate) async fn of_collections(conn: &mut Conn) -> Result<Vec<MediaRow>, DbError> {
    conn.query(
        "select m.id, m.product_id, m.collection_id, m.source, m.alt, m.state, m.asset_key, a.width, a.height,
           a.widths, a.blur
         from media m left join asset a on a.key = m.asset_key
         where m.collection_id is not null",
    )
    .all()
    .await
}

pub(crate) async fn by_id(conn: &mut Conn, id: MediaId) -> Result<Option<MediaRow>, DbError> {
    conn.query(
        "select m.id, m.product_id, m.collection_id, m.source, m.alt, m.state, m.asset_key, a.width, a.height,
           a.widths, a.blur
         from media m left join asset a on a.key = m.asset_key
         where m.id = $1",
    )
    .bind(id)
    .optional()
    .await
}

/// A picture that the product had once is what it was, without being fetched or sent.
pub(crate) async fn past(
    conn: &mut Conn,
    id: MediaId,
    product: ProductId,
    (source, alt): (&str, &str),
    key: &str,
) -> Result<Option<MediaRow>, DbError> {
    let asset = asset(conn, key).await?;
    Ok(asset.map(|asset| MediaRow {
        id,
        product_id: Some(product),
        collection_id: None,
        source: source.to_owned(),
        alt: alt.to_owned(),
        state: "stored".to_owned(),
        asset_key: Some(asset.key),
        width: Some(asset.width),
        height: Some(asset.height),
        widths: Some(Json(asset.widths)),
        blur: Some(asset.blur),
    }))
}

/// Inserts it as pending, or moves it and changes its alt text. One that had failed gets another try.
pub(crate) async fn put(
    conn: &mut Conn,
    id: MediaId,
    product: Option<ProductId>,
    collection: Option<CollectionId>,
    position: usize,
    source: &str,
    alt: &str,
) -> Result<(), DbError> {
    conn.query(
        "insert into media (id, product_id, collection_id, position, source, alt, state)
         values ($1, $2, $3, $4, $5, $6, 'pending')
         on conflict (id) do update set position = excluded.position, alt = excluded.alt, reason = null,
           state = case when media.state = 'failed' then 'pending' else media.state end",
    )
    .bind(id)
    .bind(product)
    .bind(collection)
    .bind(i64::try_from(position).unwrap_or(i64::MAX))
    .bind(source)
    .bind(alt)
    .execute()
    .await?;
    Ok(())
}

pub(crate) async fn delete(conn: &mut Conn, ids: &[MediaId]) -> Result<(), DbError> {
    conn.query("delete from media where id in ($1..)").bind_list(ids).execute().await?;
    Ok(())
}

pub(crate) async fn pending(
    conn: &mut Conn,
    after: MediaId,
    limit: u32,
) -> Result<Vec<PendingMedia>, DbError> {
    let rows: Vec<(MediaId, String)> = conn
        .query("select id, source from media where state = 'pending' and id > $1 order by id limit $2")
        .bind(after)
        .bind(limit)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(id, source)| PendingMedia { id, source }).collect())
}

record! {
    struct AssetRow {
        key: String,
        width: u32,
        height: u32,
        widths: Json<Vec<u32>>,
        blur: String,
    }
}

pub(crate) async fn asset(conn: &mut Conn, key: &str) -> Result<Option<Asset>, DbError> {
    let row: Option<AssetRow> = conn
        .query("select key, width, height, widths, blur from asset where key = $1")
        .bind(key)
        .optional()
        .await?;
    Ok(row.map(|row| Asset {
        key: row.key,
        width: row.width,
        height: row.height,
        widths: row.widths.0,
        blur: row.blur,
    }))
}

pub(crate) async fn put_asset(conn: &mut Conn, asset: &Asset) -> Result<(), DbError> {
    conn.query(
        "insert into asset (key, width, height, widths, blur) values ($1, $2, $3, $4, $5)
         on conflict (key) do nothing",
    )
    .bind(&asset.key)
    .bind(asset.width)
    .bind(asset.height)
    .bind(Json(&asset.widths))
    .bind(&asset.blur)
    .execute()
    .await?;
    Ok(())
}

pub(crate) async fn set_stored(conn: &mut Conn, id: MediaId, key: &str) -> Result<(), DbError> {
    conn.query("update media set state = 'stored', reason = null, asset_key = $2 where id = $1")
        .bind(id)
        .bind(key)
        .execute()
        .await?;
    Ok(())
}

/// False where there is no such pending picture.
pub(crate) async fn set_failed(conn: &mut Conn, id: MediaId, reason: &str) -> Result<bool, DbError> {
    let updated = conn
        .query("update media set state = 'failed', reason = $2 where id = $1 and state <> 'stored'")
        .bind(id)
        .bind(reason)
        .execute()
        .await?;
    Ok(updated == 1)
}
