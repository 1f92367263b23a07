//! A picture that somebody sends, rather than one that is fetched.

use sha2::{Digest as _, Sha256};
use souk_contract::{
    Catalog, Ctx, Error, Media, MediaInput, ProductId, PutProduct, Resource, Result, StoreMedia,
};

/// Adds a picture at the end of a product's; the same file again changes nothing but its text.
///
/// # Errors
/// `Invalid` where it is no picture that can be read, or too large; `Conflict stale_version`.
pub async fn add_picture(
    catalog: &dyn Catalog,
    ctx: &Ctx,
    id: ProductId,
    if_version: Option<i64>,
    bytes: Vec<u8>,
    alt: String,
) -> Result<Media> {
    ctx.require(Resource::Catalog.write())?;
    let record = catalog.product_record(ctx, id).await?;
    let source = source_of(&bytes);
    let mut product = record.input;
    match product.media.iter_mut().find(|media| media.source == source) {
        Some(media) => media.alt = alt,
        None => product.media.push(MediaInput { source: source.clone(), alt }),
    }
    let if_version = Some(if_version.unwrap_or(record.version));
    catalog.put_product(ctx, PutProduct { id: Some(id), product, if_version }).await?;
    let record = catalog.product_record(ctx, id).await?;
    let at = record.input.media.iter().position(|media| media.source == source);
    let media_id = at.and_then(|at| record.media_ids.get(at)).copied();
    let media_id = media_id.ok_or_else(|| Error::not_found("picture"))?;
    match catalog.store_media(ctx, StoreMedia { id: media_id, bytes }).await {
        Ok(media) => Ok(media),
        Err(error) => {
            // The product keeps no picture that nobody will ever send again.
            let mut product = record.input;
            product.media.retain(|media| media.source != source);
            let undo = PutProduct { id: Some(id), product, if_version: Some(record.version) };
            if let Err(undo) = catalog.put_product(ctx, undo).await {
                tracing::warn!(product = %id, error = %undo, "a refused picture stays with its product");
            }
            Err(error)
        }
    }
}

/// The same file has the same name.
pub(crate) fn source_of(bytes: &[u8]) -> String {
    format!("upload:{}", hex::encode(&Sha256::digest(bytes)[..16]))
}
