//! Collections: what a merchant writes, and what shoppers see.

use std::collections::HashMap;

use souk_contract::{
    Change, Check, Collection, CollectionChanged, CollectionId, CollectionInput, CollectionRule, Ctx, Media,
    MediaId, Result,
};
use souk_kernel::{
    Tx,
    audit::{self, Audited},
};

use crate::{
    LocalCatalog,
    fresh::Marks,
    html,
    product::{check_html, check_seo, fingerprint},
    store::{self, collections::CollectionRow, media::MediaRow},
    text::{check_handle, check_plain},
};

const MAX_LISTED: usize = 10_000;
const MAX_NEWEST: u32 = 10_000;

fn check(input: &CollectionInput) -> Result<()> {
    let mut check = Check::new();
    check_handle(&mut check, &input.handle, "handle");
    check.that(input.handle != "all", "handle", "taken", "`all` names the list of every product.");
    check.that(!input.title.trim().is_empty(), "title", "required", "Please fill this in.");
    check_plain(&mut check, &input.title, "title", 255);
    check_html(&mut check, &input.description_html, "description_html");
    check_seo(&mut check, &input.seo);
    if let Some(media) = &input.media {
        check.text(&media.source, "media.source", 2048);
        check_plain(&mut check, &media.source, "media.source", 2048);
        check_plain(&mut check, &media.alt, "media.alt", 1000);
    }
    match &input.rule {
        CollectionRule::Manual { handles } => {
            check.that(handles.len() <= MAX_LISTED, "rule.handles", "too_many", "At most 10,000 products.");
            for (index, handle) in handles.iter().enumerate() {
                check_handle(&mut check, handle, &format!("rule.handles[{index}]"));
            }
        }
        CollectionRule::Type { equals }
        | CollectionRule::Tag { equals }
        | CollectionRule::Vendor { equals } => {
            check.that(!equals.trim().is_empty(), "rule.equals", "required", "Please fill this in.");
            check_plain(&mut check, equals, "rule.equals", 255);
        }
        CollectionRule::OnSale => {}
        CollectionRule::PriceAtMost { minor } => {
            check.that(*minor >= 0, "rule.minor", "out_of_range", "A price is not negative.");
        }
        CollectionRule::Newest { count } => {
            check.that(
                (1..=MAX_NEWEST).contains(count),
                "rule.count",
                "out_of_range",
                "Between 1 and 10,000.",
            );
        }
    }
    check.done()
}

/// What a merchant wrote, less the picture.
fn written(row: &CollectionRow) -> CollectionInput {
    CollectionInput {
        handle: row.handle.clone(),
        title: row.title.clone(),
        description_html: row.description_html.clone(),
        kind: row.kind.0,
        rule: row.rule.0.clone(),
        media: None,
        seo: row.seo.0.clone(),
        position: row.position,
    }
}

impl LocalCatalog {
    pub(crate) async fn write_collection(&self, ctx: &Ctx, mut input: CollectionInput) -> Result<Change> {
        check(&input)?;
        input.description_html = html::sanitise(&input.description_html);
        let fingerprint = fingerprint(&input)?;
        let _turn = self.writing.lock().await;
        let mut tx = self.db.begin().await?;
        let known = store::collections::by_handle(&mut tx, &input.handle).await?;
        if known.as_ref().is_some_and(|known| known.fingerprint == fingerprint) {
            return Ok(Change::Unchanged);
        }
        let id = known.as_ref().map_or_else(|| self.kit.ids.next(), |known| known.id);
        store::collections::put(&mut tx, id, &input, &fingerprint, self.kit.now()).await?;
        self.write_picture(&mut tx, id, &input).await?;
        let action = if known.is_some() { "collection.updated" } else { "collection.created" };
        let what = audit::changes(
            known.as_ref().map(written).as_ref(),
            Some(&CollectionInput { media: None, ..input.clone() }),
        );
        tx.audit(ctx, Audited::new(action, id, &input.title), what).await?;
        tx.publish(&CollectionChanged { collection_id: id }).await?;
        self.commit(tx, Marks::collections()).await?;
        Ok(if known.is_some() { Change::Updated } else { Change::Created })
    }

    async fn write_picture(&self, tx: &mut Tx, id: CollectionId, input: &CollectionInput) -> Result<()> {
        let pictures = store::media::of_collections(tx).await?;
        let own = |row: &&MediaRow| row.collection_id == Some(id);
        let wanted = input.media.as_ref().map(|media| media.source.as_str());
        let kept = pictures.iter().filter(own).find(|row| Some(row.source.as_str()) == wanted);
        let gone: Vec<MediaId> = pictures
            .iter()
            .filter(own)
            .filter(|row| Some(row.source.as_str()) != wanted)
            .map(|row| row.id)
            .collect();
        if !gone.is_empty() {
            store::media::delete(tx, &gone).await?;
        }
        if let Some(media) = &input.media {
            let media_id = kept.map_or_else(|| self.kit.ids.next(), |row| row.id);
            store::media::put(tx, media_id, None, Some(id), 0, &media.source, &media.alt).await?;
        }
        Ok(())
    }

    /// All, in the shop's order.
    pub(crate) async fn read_collections(&self) -> Result<std::sync::Arc<Vec<Collection>>> {
        let epoch = self.fresh.epoch();
        if let Some(all) = self.cache.collections.get(epoch) {
            return Ok(all);
        }
        let mut conn = self.db.read().await?;
        let rows = store::collections::all(&mut conn).await?;
        let pictures = store::media::of_collections(&mut conn).await?;
        drop(conn);
        let mut pictures: HashMap<CollectionId, Media> =
            pictures.iter().filter_map(|row| Some((row.collection_id?, row.media()?))).collect();
        let shelf = self.shelf().await?;
        let collection = |row: CollectionRow| Collection {
            media: pictures.remove(&row.id),
            product_count: shelf.count(&row.handle),
            id: row.id,
            handle: row.handle,
            title: row.title,
            description_html: row.description_html,
            kind: row.kind.0,
            rule: row.rule.0,
            seo: row.seo.0,
            position: row.position,
            version: row.version,
        };
        let all = rows.into_iter().map(collection).collect();
        drop(shelf);
        Ok(self.cache.collections.put(epoch, all))
    }
}
