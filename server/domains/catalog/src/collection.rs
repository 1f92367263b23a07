//! Collections: what a merchant writes, and what shoppers see.

use std::collections::HashMap;

use souk_contract::{
    Change, Check, Collection, CollectionChanged, CollectionId, CollectionInput, CollectionRecord,
    CollectionRule, Ctx, Error, Media, MediaId, MediaInput, Result,
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
const MAX_RULES: usize = 10;

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
    check_rule(&mut check, &input.rule, "rule");
    check.done()
}

fn check_rule(check: &mut Check, rule: &CollectionRule, at: &str) {
    match rule {
        CollectionRule::Manual { handles } => {
            check.that(
                handles.len() <= MAX_LISTED,
                &format!("{at}.handles"),
                "too_many",
                "At most 10,000 products.",
            );
            for (index, handle) in handles.iter().enumerate() {
                check_handle(check, handle, &format!("{at}.handles[{index}]"));
            }
        }
        CollectionRule::Type { equals }
        | CollectionRule::Tag { equals }
        | CollectionRule::Vendor { equals } => {
            let field = format!("{at}.equals");
            check.that(!equals.trim().is_empty(), &field, "required", "Please fill this in.");
            check_plain(check, equals, &field, 255);
        }
        CollectionRule::OnSale => {}
        CollectionRule::PriceAtMost { minor } => {
            check.that(*minor >= 0, &format!("{at}.minor"), "out_of_range", "A price is not negative.");
        }
        CollectionRule::Newest { count } => {
            let fits = (1..=MAX_NEWEST).contains(count);
            check.that(fits, &format!("{at}.count"), "out_of_range", "Between 1 and 10,000.");
        }
        CollectionRule::All { rules } | CollectionRule::Any { rules } => {
            let fits = (2..=MAX_RULES).contains(&rules.len());
            check.that(fits, &format!("{at}.rules"), "out_of_range", "Two to ten rules.");
            for (index, rule) in rules.iter().take(MAX_RULES).enumerate() {
                check_rule(check, &rule.clone().into(), &format!("{at}.rules[{index}]"));
            }
        }
    }
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
    /// Its handle names it.
    pub(crate) async fn put_by_handle(&self, ctx: &Ctx, input: CollectionInput) -> Result<Change> {
        let input = clean(input)?;
        let _turn = self.writing.lock().await;
        let mut tx = self.db.begin().await?;
        let known = store::collections::by_handle(&mut tx, &input.handle).await?;
        let is_known = known.is_some();
        match self.save_collection(ctx, tx, known, &input).await? {
            None => Ok(Change::Unchanged),
            Some(_) => Ok(if is_known { Change::Updated } else { Change::Created }),
        }
    }

    pub(crate) async fn save_by_id(
        &self,
        ctx: &Ctx,
        id: Option<CollectionId>,
        input: CollectionInput,
        if_version: Option<i64>,
    ) -> Result<CollectionRecord> {
        let input = clean(input)?;
        let _turn = self.writing.lock().await;
        let mut tx = self.db.begin().await?;
        let known = match id {
            Some(id) => Some(found(&mut tx, id, if_version).await?),
            None => None,
        };
        match &known {
            Some(known) if known.handle != input.handle => {
                let message = "Its address stays: links and search engines know it.";
                return Err(Error::invalid("handle", "invalid", message));
            }
            None if store::collections::by_handle(&mut tx, &input.handle).await?.is_some() => {
                return Err(Error::invalid("handle", "taken", "Another collection has this address."));
            }
            _ => {}
        }
        let id = match (self.save_collection(ctx, tx, known, &input).await?, id) {
            (Some(id), _) | (None, Some(id)) => id,
            (None, None) => return Err(Error::internal("a new collection was not written")),
        };
        let record = self.collection_rows().await?.into_iter().find(|record| record.id == id);
        record.ok_or_else(|| Error::not_found("collection"))
    }

    /// None where nothing changed.
    async fn save_collection(
        &self,
        ctx: &Ctx,
        mut tx: Tx,
        known: Option<CollectionRow>,
        input: &CollectionInput,
    ) -> Result<Option<CollectionId>> {
        let fingerprint = fingerprint(input)?;
        if known.as_ref().is_some_and(|known| known.fingerprint == fingerprint) {
            return Ok(None);
        }
        let id = known.as_ref().map_or_else(|| self.kit.ids.next(), |known| known.id);
        store::collections::put(&mut tx, id, input, &fingerprint, self.kit.now()).await?;
        self.write_picture(&mut tx, id, input).await?;
        let action = if known.is_some() { "collection.updated" } else { "collection.created" };
        let what = audit::changes(
            known.as_ref().map(written).as_ref(),
            Some(&CollectionInput { media: None, ..input.clone() }),
        );
        tx.audit(ctx, Audited::new(action, id, &input.title), what).await?;
        tx.publish(&CollectionChanged { collection_id: id }).await?;
        self.commit(tx, Marks::collections()).await?;
        Ok(Some(id))
    }

    pub(crate) async fn drop_collection(
        &self,
        ctx: &Ctx,
        id: CollectionId,
        if_version: Option<i64>,
    ) -> Result<()> {
        let _turn = self.writing.lock().await;
        let mut tx = self.db.begin().await?;
        let known = found(&mut tx, id, if_version).await?;
        let pictures = store::media::of_collections(&mut tx).await?;
        let pictures: Vec<MediaId> =
            pictures.iter().filter(|row| row.collection_id == Some(id)).map(|row| row.id).collect();
        if !pictures.is_empty() {
            store::media::delete(&mut tx, &pictures).await?;
        }
        store::collections::remove(&mut tx, id).await?;
        let what = audit::changes(Some(&written(&known)), None);
        tx.audit(ctx, Audited::new("collection.removed", id, &known.title), what).await?;
        tx.publish(&CollectionChanged { collection_id: id }).await?;
        self.commit(tx, Marks::collections()).await
    }

    pub(crate) async fn collection_rows(&self) -> Result<Vec<CollectionRecord>> {
        let mut conn = self.db.read().await?;
        let rows = store::collections::all(&mut conn).await?;
        let pictures = store::media::of_collections(&mut conn).await?;
        drop(conn);
        let shelf = self.shelf().await?;
        let record = |row: CollectionRow| {
            let picture = pictures.iter().find(|picture| picture.collection_id == Some(row.id));
            CollectionRecord {
                id: row.id,
                media: picture.and_then(MediaRow::media),
                media_id: picture.map(|picture| picture.id),
                product_count: shelf.count(&row.handle),
                version: row.version,
                input: CollectionInput {
                    media: picture.map(|picture| MediaInput {
                        source: picture.source.clone(),
                        alt: picture.alt.clone(),
                    }),
                    ..written(&row)
                },
            }
        };
        Ok(rows.into_iter().map(record).collect())
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

fn clean(mut input: CollectionInput) -> Result<CollectionInput> {
    check(&input)?;
    input.description_html = html::sanitise(&input.description_html);
    Ok(input)
}

async fn found(tx: &mut Tx, id: CollectionId, if_version: Option<i64>) -> Result<CollectionRow> {
    let row = store::collections::by_id(tx, id).await?.ok_or_else(|| Error::not_found("collection"))?;
    if if_version.is_some_and(|version| version != row.version) {
        return Err(Error::conflict("stale_version", "Somebody else changed this collection meanwhile."));
    }
    Ok(row)
}
