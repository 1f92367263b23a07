//! Storing products, one or a thousand: what is equal stays untouched, ids stay what they were.

use std::collections::{HashMap, HashSet};

use souk_contract::{
    Actor, Availability, Change, CollectionChanged, CollectionRule, Ctx, Error, Media, MediaId,
    ProductChanged, ProductId, ProductInput, ProductModel, ProductRecord, ProductStatus, ProductWritten,
    PutProduct, Result, VariantId, VersionKind,
};
use souk_kernel::{
    Tx,
    audit::{Audited, change},
    db::DbError,
};

use crate::{
    LocalCatalog, attributes,
    fresh::Marks,
    logged,
    product::{self, Draft, KnownVariant},
    store::{
        self,
        media::MediaRow,
        products::{Head, Written},
    },
    versions::{Cause, Saved},
};

/// Products per transaction: few commits, and other writers of this database wait only for milliseconds.
const BATCH: usize = 100;

/// What is stored of the products of one batch.
#[derive(Default)]
struct Stored {
    variants: HashMap<ProductId, Vec<KnownVariant>>,
    media: HashMap<ProductId, Vec<MediaRow>>,
}

fn stale() -> Error {
    Error::conflict("stale_version", "Somebody else changed this product meanwhile. Please look at it again.")
}

fn taken(error: DbError) -> Error {
    if error.is_unique("product_handle_key") {
        Error::conflict("handle_taken", "Another product has this handle.")
    } else {
        error.into()
    }
}

fn check_version(head: Option<&Head>, wanted: Option<i64>) -> Result<()> {
    match wanted {
        Some(0) if head.is_none() => Ok(()),
        Some(0) => Err(Error::conflict("handle_taken", "Another product has this handle.")),
        Some(version) if head.map(|head| head.version) != Some(version) => Err(stale()),
        _ => Ok(()),
    }
}

impl LocalCatalog {
    pub(crate) async fn write_product(
        &self,
        ctx: &Ctx,
        request: PutProduct,
        cause: Cause,
    ) -> Result<ProductWritten> {
        self.write_with(ctx, request, cause, Vec::new()).await
    }

    /// `ids`: which variants they were, where that is known.
    pub(crate) async fn write_with(
        &self,
        ctx: &Ctx,
        request: PutProduct,
        cause: Cause,
        ids: Vec<Option<VariantId>>,
    ) -> Result<ProductWritten> {
        let mut draft = Draft { ids, ..product::draft(request.product, self.settings.currency)? };
        let _turn = self.writing.lock().await;
        let mut tx = self.db.begin().await?;
        let same_handle = store::products::heads_by_handle(&mut tx, &[&draft.input.handle]).await?.pop();
        let head = match request.id {
            None => same_handle,
            Some(id) => {
                if same_handle.is_some_and(|other| other.id != id) {
                    return Err(Error::invalid("handle", "taken", "Another product has this handle."));
                }
                let head = store::products::head(&mut tx, id).await?;
                Some(head.ok_or_else(|| Error::not_found("product"))?)
            }
        };
        check_version(head.as_ref(), request.if_version)?;
        attributes::keep(&mut draft, head.as_ref())?;
        let model = Self::model_for(&mut tx, [&draft]).await?;
        attributes::check_values(&draft.input, &model)?;
        let mut stored = stored(&mut tx, head.as_slice()).await?;
        let unkept = Self::without_versions(&mut tx, head.as_ref().map(|head| head.id).as_slice()).await?;
        let before = self.before(ctx, &mut tx, head.as_ref(), &unkept).await?;
        let written = self.write_draft(&mut tx, head.as_ref(), (&draft, &model), &mut stored).await?;
        if written.change == Change::Unchanged {
            return Ok(written);
        }
        let cause = if head.is_some() { cause } else { Cause::of(VersionKind::Created) };
        self.saved(ctx, &mut tx, before.as_ref(), &draft.input, (&written, cause)).await?;
        let mut marks = Marks::products([written.id]);
        if let Some(head) = head.filter(|head| head.handle != draft.input.handle) {
            marks.collections = self.rename(&mut tx, &head, &draft.input.handle).await?;
        }
        self.commit(tx, marks).await?;
        Ok(written)
    }

    pub(crate) async fn write_products(
        &self,
        ctx: &Ctx,
        inputs: Vec<ProductInput>,
    ) -> Result<Vec<Result<ProductWritten>>> {
        let drafts = self.drafts(inputs).await?;
        let mut outcomes: Vec<Option<Result<ProductWritten>>> = Vec::new();
        let mut batch: Vec<(usize, Draft)> = Vec::new();
        let mut handles = HashSet::new();
        outcomes.resize_with(drafts.len(), || None);
        for (at, draft) in drafts.into_iter().enumerate() {
            match draft {
                Err(error) => outcomes[at] = Some(Err(error)),
                Ok(draft) => {
                    // The same handle once more must see what the first one wrote.
                    if batch.len() == BATCH || handles.contains(&draft.input.handle) {
                        self.write_batch(ctx, std::mem::take(&mut batch), &mut outcomes).await?;
                        handles.clear();
                    }
                    handles.insert(draft.input.handle.clone());
                    batch.push((at, draft));
                }
            }
        }
        self.write_batch(ctx, batch, &mut outcomes).await?;
        let lost = || Err(Error::internal("a product of the batch has no outcome"));
        Ok(outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(lost)).collect())
    }

    /// Checked and sanitised, on a thread of their own: that takes the time.
    pub(crate) async fn drafts(&self, inputs: Vec<ProductInput>) -> Result<Vec<Result<Draft>>> {
        let currency = self.settings.currency;
        let drafting = move || inputs.into_iter().map(|input| product::draft(input, currency)).collect();
        tokio::task::spawn_blocking(drafting).await.map_err(Error::internal)
    }

    async fn write_batch(
        &self,
        ctx: &Ctx,
        mut batch: Vec<(usize, Draft)>,
        outcomes: &mut [Option<Result<ProductWritten>>],
    ) -> Result<()> {
        if batch.is_empty() {
            return Ok(());
        }
        let _turn = self.writing.lock().await;
        let mut tx = self.db.begin().await?;
        let handles: Vec<&str> = batch.iter().map(|(_, draft)| draft.input.handle.as_str()).collect();
        let heads = store::products::heads_by_handle(&mut tx, &handles).await?;
        let mut stored = stored(&mut tx, &heads).await?;
        let ids: Vec<ProductId> = heads.iter().map(|head| head.id).collect();
        let unkept = Self::without_versions(&mut tx, &ids).await?;
        let heads: HashMap<String, Head> =
            heads.into_iter().map(|head| (head.handle.clone(), head)).collect();
        for (_, draft) in &mut batch {
            let head = heads.get(&draft.input.handle);
            attributes::keep(draft, head)?;
        }
        let model = Self::model_for(&mut tx, batch.iter().map(|(_, draft)| draft)).await?;
        let mut changed = Vec::new();
        let mut written = Vec::with_capacity(batch.len());
        for (at, draft) in &batch {
            let head = heads.get(&draft.input.handle);
            if let Err(error) = attributes::check_values(&draft.input, &model) {
                outcomes[*at] = Some(Err(error));
                continue;
            }
            let before = match head {
                // What is equal needs no look at what it was.
                Some(head) if head.fingerprint == draft.fingerprint => None,
                head => self.before(ctx, &mut tx, head, &unkept).await?,
            };
            let one = self.write_draft(&mut tx, head, (draft, &model), &mut stored).await?;
            if one.change != Change::Unchanged {
                let kind = if head.is_some() { VersionKind::Updated } else { VersionKind::Created };
                self.saved(ctx, &mut tx, before.as_ref(), &draft.input, (&one, Cause::of(kind))).await?;
                changed.push(one.id);
            }
            written.push((*at, one));
        }
        if !changed.is_empty() {
            self.commit(tx, Marks::products(changed)).await?;
        }
        for (at, one) in written {
            outcomes[at] = Some(Ok(one));
        }
        Ok(())
    }

    /// What is about to be changed, where somebody will ask: staff's changes stand in the audit log, and the first change
    /// of a product keeps what it was.
    async fn before(
        &self,
        ctx: &Ctx,
        tx: &mut Tx,
        head: Option<&Head>,
        unkept: &HashSet<ProductId>,
    ) -> Result<Option<ProductRecord>> {
        let Some(head) = head else { return Ok(None) };
        let asked = matches!(ctx.actor, Actor::Staff { .. }) || unkept.contains(&head.id);
        if asked { Ok(Some(self.read_record(tx, head.id).await?)) } else { Ok(None) }
    }

    /// Notes who changed what, and keeps the version.
    async fn saved(
        &self,
        ctx: &Ctx,
        tx: &mut Tx,
        before: Option<&ProductRecord>,
        after: &ProductInput,
        (written, cause): (&ProductWritten, Cause),
    ) -> Result<()> {
        let id = written.id;
        if let Actor::Staff { .. } = ctx.actor {
            let action = match cause.kind {
                VersionKind::Created => "product.created",
                VersionKind::Restored => "product.restored",
                _ => "product.updated",
            };
            let mut what = logged::changes(before.map(|record| &record.input), after);
            logged::name_templates(tx, &mut what).await?;
            tx.audit(ctx, Audited::new(action, id, &after.title), what).await?;
        }
        let saved = Saved { id, before, after, variants: &written.variant_ids };
        self.keep_versions(ctx, tx, &[saved], cause).await
    }

    /// Writes one product within the transaction and publishes that it changed. Nothing where it is equal.
    async fn write_draft(
        &self,
        tx: &mut Tx,
        head: Option<&Head>,
        (draft, model): (&Draft, &ProductModel),
        stored: &mut Stored,
    ) -> Result<ProductWritten> {
        let input = &draft.input;
        let known = head.and_then(|head| stored.variants.remove(&head.id)).unwrap_or_default();
        if let Some(head) = head.filter(|head| head.fingerprint == draft.fingerprint) {
            let live = known.iter().filter(|variant| !variant.retired).map(|variant| variant.id).collect();
            return Ok(written(head.id, head.version, Change::Unchanged, live));
        }
        let id = head.map_or_else(|| self.kit.ids.next(), |head| head.id);
        let variant_ids =
            product::identify_known(&known, &input.variants, &draft.ids, || self.kit.ids.next());
        let summary = product::summarise(input, &variant_ids);
        let mut media = head.and_then(|head| stored.media.remove(&head.id)).unwrap_or_default();
        let back = if head.is_some() { self.pictures_back(tx, id, input, &media).await? } else { Vec::new() };
        media.extend(back.iter().cloned());
        let media_ids: Vec<MediaId> = input
            .media
            .iter()
            .map(|wanted| {
                let same = media.iter().find(|row| row.source == wanted.source);
                same.map_or_else(|| self.kit.ids.next(), |row| row.id)
            })
            .collect();
        let row = Written {
            input,
            fingerprint: &draft.fingerprint,
            summary: &summary,
            availability: best(&known, &variant_ids),
            pictures: &pictures(input, &media),
            completeness: model.completeness(input).percent,
            now: self.kit.now(),
        };
        let version = match head {
            None => {
                store::products::insert(tx, id, &row).await.map_err(taken)?;
                store::products::delete_redirects(tx, &[&input.handle]).await?;
                1
            }
            Some(head) => {
                if !store::products::update(tx, id, head.version, &row).await.map_err(taken)? {
                    return Err(stale());
                }
                head.version + 1
            }
        };
        let values = input.attributes.as_deref().unwrap_or_default();
        attributes::note_use(tx, id, head, (values, model)).await?;
        for (position, (variant, variant_id)) in input.variants.iter().zip(&variant_ids).enumerate() {
            store::variants::put(tx, *variant_id, id, position, variant).await?;
        }
        store::prices::note(tx, id, row.now).await?;
        let gone: Vec<VariantId> = known
            .iter()
            .filter(|variant| !variant.retired && !variant_ids.contains(&variant.id))
            .map(|variant| variant.id)
            .collect();
        if !gone.is_empty() {
            store::variants::retire(tx, &gone, row.now).await?;
        }
        for (position, (wanted, media_id)) in input.media.iter().zip(&media_ids).enumerate() {
            store::media::put(tx, *media_id, Some(id), None, position, &wanted.source, &wanted.alt).await?;
        }
        let gone: Vec<MediaId> =
            media.iter().map(|row| row.id).filter(|known| !media_ids.contains(known)).collect();
        for row in &back {
            if let Some(key) = &row.asset_key {
                store::media::set_stored(tx, row.id, key).await?;
            }
        }
        if !gone.is_empty() {
            for row in media.iter().filter(|row| gone.contains(&row.id)) {
                if let Some(key) = &row.asset_key {
                    store::versions::add_past_picture(tx, id, &row.source, key).await?;
                }
            }
            store::media::delete(tx, &gone).await?;
        }
        tx.publish(&ProductChanged { product_id: id, version }).await?;
        let change = if head.is_some() { Change::Updated } else { Change::Created };
        Ok(written(id, version, change, variant_ids))
    }

    /// Pictures that the product had once and is to have again.
    async fn pictures_back(
        &self,
        tx: &mut Tx,
        id: ProductId,
        input: &ProductInput,
        media: &[MediaRow],
    ) -> Result<Vec<MediaRow>> {
        let new: Vec<_> = input
            .media
            .iter()
            .filter(|wanted| !media.iter().any(|row| row.source == wanted.source))
            .collect();
        if new.is_empty() {
            return Ok(Vec::new());
        }
        let sources: Vec<&str> = new.iter().map(|wanted| wanted.source.as_str()).collect();
        let mut rows = Vec::new();
        for (source, key) in store::versions::past_pictures(tx, id, &sources).await? {
            let alt = new.iter().find(|wanted| wanted.source == source).map(|wanted| wanted.alt.as_str());
            let (media_id, alt) = (self.kit.ids.next(), alt.unwrap_or_default());
            rows.extend(store::media::past(tx, media_id, id, (&source, alt), &key).await?);
        }
        Ok(rows)
    }

    /// The old handle leads to the new one, also where a merchant listed it in a collection.
    async fn rename(&self, tx: &mut Tx, head: &Head, to: &str) -> Result<bool> {
        store::products::delete_redirects(tx, &[to]).await?;
        store::products::insert_redirect(tx, &head.handle, head.id).await?;
        let mut changed = false;
        for collection in store::collections::all(tx).await? {
            let CollectionRule::Manual { mut handles } = collection.rule.0 else { continue };
            let Some(listed) = handles.iter_mut().find(|handle| **handle == head.handle) else { continue };
            to.clone_into(listed);
            let rule = CollectionRule::Manual { handles };
            store::collections::set_rule(tx, collection.id, &rule, self.kit.now()).await?;
            tx.publish(&CollectionChanged { collection_id: collection.id }).await?;
            changed = true;
        }
        Ok(changed)
    }

    pub(crate) async fn archive(
        &self,
        ctx: &Ctx,
        id: ProductId,
        if_version: Option<i64>,
    ) -> Result<ProductWritten> {
        let _turn = self.writing.lock().await;
        let mut tx = self.db.begin().await?;
        let head = store::products::head(&mut tx, id).await?.ok_or_else(|| Error::not_found("product"))?;
        check_version(Some(&head), if_version)?;
        let record = self.read_record(&mut tx, id).await?;
        if head.status.0 == ProductStatus::Archived {
            return Ok(written(id, head.version, Change::Unchanged, record.variant_ids));
        }
        let input = ProductInput { status: ProductStatus::Archived, ..record.input.clone() };
        let fingerprint = product::fingerprint(&input)?;
        let now = self.kit.now();
        if !store::products::set_status(&mut tx, &head, ProductStatus::Archived, &fingerprint, now).await? {
            return Err(stale());
        }
        let version = head.version + 1;
        let what = vec![change("status", head.status.0, ProductStatus::Archived)];
        tx.audit(ctx, Audited::new("product.archived", id, &input.title), what).await?;
        let cause = Cause::of(VersionKind::Archived);
        self.keep_versions(ctx, &mut tx, &[Saved::of(&record, &input)], cause).await?;
        tx.publish(&ProductChanged { product_id: id, version }).await?;
        self.commit(tx, Marks::products([id])).await?;
        Ok(written(id, version, Change::Updated, record.variant_ids))
    }
}

async fn stored(tx: &mut Tx, heads: &[Head]) -> Result<Stored> {
    let mut stored = Stored::default();
    if heads.is_empty() {
        return Ok(stored);
    }
    let ids: Vec<ProductId> = heads.iter().map(|head| head.id).collect();
    for (product, variant) in store::variants::known(tx, &ids).await? {
        stored.variants.entry(product).or_default().push(variant);
    }
    for row in store::media::of_products(tx, &ids).await? {
        if let Some(product) = row.product_id {
            stored.media.entry(product).or_default().push(row);
        }
    }
    Ok(stored)
}

fn written(id: ProductId, version: i64, change: Change, variant_ids: Vec<VariantId>) -> ProductWritten {
    ProductWritten { id, version, change, variant_ids }
}

/// A new variant counts as in stock until inventory says otherwise: nothing is known that would run out.
fn best(known: &[KnownVariant], ids: &[VariantId]) -> Availability {
    let of = |id: &VariantId| {
        known
            .iter()
            .find(|variant| variant.id == *id)
            .map_or(Availability::InStock, |variant| variant.availability)
    };
    ids.iter().map(of).max().unwrap_or(Availability::SoldOut)
}

/// The first two stored pictures, in the order and with the texts that the merchant wants now.
fn pictures(input: &ProductInput, media: &[MediaRow]) -> Vec<Media> {
    let stored = |wanted: &souk_contract::MediaInput| {
        let row = media.iter().find(|row| row.source == wanted.source)?;
        Some(Media { alt: wanted.alt.clone(), ..row.media()? })
    };
    input.media.iter().filter_map(stored).take(2).collect()
}
