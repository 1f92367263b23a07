//! Pictures: from pending to stored or failed. Decoding happens outside of any transaction.

use std::sync::Arc;

use souk_contract::{
    Catalog as _, CollectionChanged, CollectionId, CollectionInput, CollectionPicture, CollectionRecord, Ctx,
    Error, Media, MediaId, MediaInput, PendingMedia, ProductChanged, ProductId, Result, StoreMedia,
};
use souk_kernel::Tx;

use crate::{
    LocalCatalog,
    fresh::Marks,
    picture::{self, Asset},
    store, upload,
};

const MAX_PENDING: u32 = 1000;
const MAX_REASON: usize = 500;

impl LocalCatalog {
    pub(crate) async fn read_pending(&self, after: Option<MediaId>, limit: u32) -> Result<Vec<PendingMedia>> {
        let after = after.unwrap_or(MediaId::new(Default::default()));
        let mut conn = self.db.read().await?;
        Ok(store::media::pending(&mut conn, after, limit.clamp(1, MAX_PENDING)).await?)
    }

    pub(crate) async fn write_media(&self, request: StoreMedia) -> Result<Media> {
        let StoreMedia { id, bytes } = request;
        let missing = || Error::not_found("picture");
        let known = store::media::by_id(&mut *self.db.read().await?, id).await?;
        if known.is_none() {
            return Err(missing());
        }
        let asset = self.make(bytes).await?;
        let _turn = self.writing.lock().await;
        let mut tx = self.db.begin().await?;
        // It may have been taken from its product while we were busy.
        let row = store::media::by_id(&mut tx, id).await?.ok_or_else(missing)?;
        if row.asset_key.as_deref() == Some(asset.key.as_str()) {
            return row.media().ok_or_else(missing);
        }
        store::media::put_asset(&mut tx, &asset).await?;
        store::media::set_stored(&mut tx, id, &asset.key).await?;
        if let Some(product) = row.product_id {
            self.show_pictures(&mut tx, product).await?;
        }
        if let Some(collection) = row.collection_id {
            store::collections::touch(&mut tx, collection, self.kit.now()).await?;
            tx.publish(&CollectionChanged { collection_id: collection }).await?;
        }
        self.commit(tx, Marks::looks()).await?;
        Ok(Media {
            id,
            alt: row.alt,
            width: asset.width,
            height: asset.height,
            key: asset.key,
            widths: asset.widths,
            blur: asset.blur,
        })
    }

    pub(crate) async fn write_collection_picture(
        &self,
        ctx: &Ctx,
        id: CollectionId,
        picture: CollectionPicture,
        if_version: Option<i64>,
    ) -> Result<CollectionRecord> {
        let CollectionPicture { bytes, alt } = picture;
        let missing = || Error::not_found("collection");
        let of = |all: Vec<CollectionRecord>| all.into_iter().find(|one| one.id == id).ok_or_else(missing);
        let before = of(self.collection_rows().await?)?;
        // What is refused is refused before the old one goes.
        let asset = self.make(bytes.clone()).await?;
        let mut tx = self.db.begin().await?;
        store::media::put_asset(&mut tx, &asset).await?;
        tx.commit().await?;
        let media = Some(MediaInput { source: upload::source_of(&bytes), alt });
        let input = CollectionInput { media, ..before.input };
        let if_version = Some(if_version.unwrap_or(before.version));
        let written = self.write_collection(ctx, Some(id), input, if_version).await?;
        let media = written.media_id.ok_or_else(missing)?;
        self.write_media(StoreMedia { id: media, bytes }).await?;
        of(self.collection_rows().await?)
    }

    /// The widths on disk; of a file that is known already nothing is made again.
    async fn make(&self, bytes: Vec<u8>) -> Result<Asset> {
        let data = self.settings.data_dir.clone();
        let bytes = Arc::new(bytes);
        let hashed = Arc::clone(&bytes);
        let key =
            tokio::task::spawn_blocking(move || picture::key_of(&hashed)).await.map_err(Error::internal)?;
        let known = store::media::asset(&mut *self.db.read().await?, &key).await?;
        let _permit = self.decoders.acquire().await.map_err(Error::internal)?;
        let making = move || match known {
            Some(asset) if picture::is_complete(&data, &asset) => Ok(asset),
            _ => picture::store(&data, &bytes),
        };
        tokio::task::spawn_blocking(making).await.map_err(Error::internal)?
    }

    async fn show_pictures(&self, tx: &mut Tx, product: ProductId) -> Result<()> {
        let media = store::media::of_products(tx, &[product]).await?;
        let pictures: Vec<Media> = media.iter().filter_map(|row| row.media()).take(2).collect();
        let version = store::products::set_pictures(tx, product, &pictures, self.kit.now()).await?;
        tx.publish(&ProductChanged { product_id: product, version }).await?;
        Ok(())
    }

    pub(crate) async fn write_failed_media(&self, id: MediaId, reason: &str) -> Result<()> {
        let reason: String = reason.chars().filter(|c| !c.is_control()).take(MAX_REASON).collect();
        let mut tx = self.db.begin().await?;
        if !store::media::set_failed(&mut tx, id, &reason).await? {
            return Err(Error::not_found("picture"));
        }
        Ok(tx.commit().await?)
    }
}
