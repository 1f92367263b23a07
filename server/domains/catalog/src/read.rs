//! What shoppers see, and the record that staff sees: from the caches, the shelf and the database.

use std::collections::HashMap;

use souk_contract::{
    Error, ListProducts, Listing, Media, MediaId, Money, PriceRange, Product, ProductCard, ProductId,
    ProductInput, ProductLookup, ProductQuery, ProductRecord, ProductStatus, Result, Variant, VariantId,
    VariantInfo,
};
use souk_contract::{MediaInput, Page, PageRequest};
use souk_kernel::Conn;
use tokio::sync::{RwLockReadGuard, RwLockWriteGuard};
use uuid::Uuid;

use crate::{
    LocalCatalog, lowest,
    shelf::{Shelf, ShelfCollection},
    store::{
        self, CHUNK,
        media::MediaRow,
        products::{CardRow, ProductRow},
        variants::{BuyableRow, VariantRow},
    },
};

const MAX_FACETS: usize = 20;
/// Rows are many times larger than what the shelf keeps of them.
const LOADED_AT_ONCE: i64 = 500;
const MAX_CHOSEN: usize = 200;
const MAX_WORD: usize = 255;
const MAX_CURSOR: usize = 4096;

impl LocalCatalog {
    /// The shelf as the database stands now.
    pub(crate) async fn shelf(&self) -> Result<RwLockReadGuard<'_, Shelf>> {
        if !self.fresh.is_stale() {
            return Ok(self.shelf.read().await);
        }
        let mut shelf = self.shelf.write().await;
        let taken = self.fresh.take();
        let mut conn = self.db.read().await?;
        let collections =
            if taken.marks.collections { Some(shelf_collections(&mut conn).await?) } else { None };
        if taken.marks.all {
            let collections = match collections {
                Some(collections) => collections,
                None => shelf_collections(&mut conn).await?,
            };
            let mut whole = Shelf::load(Vec::new(), collections);
            // What changes between two parts is marked again.
            let mut after = ProductId::new(Uuid::nil());
            loop {
                let rows = store::products::shelf(&mut conn, after, LOADED_AT_ONCE).await?;
                let Some(last) = rows.last() else { break };
                after = last.id;
                whole.add(rows);
            }
            *shelf = whole;
        } else {
            let ids: Vec<ProductId> = taken.marks.products.iter().copied().collect();
            let mut rows = Vec::with_capacity(ids.len());
            for ids in ids.chunks(CHUNK) {
                rows.extend(store::products::shelf_of(&mut conn, ids).await?);
            }
            if let Some(collections) = collections {
                shelf.set_collections(collections);
            }
            if !ids.is_empty() {
                shelf.refresh(&ids, rows);
            }
        }
        taken.done();
        Ok(RwLockWriteGuard::downgrade(shelf))
    }

    pub(crate) async fn read_list(&self, request: &ListProducts) -> Result<Listing> {
        check_list(request)?;
        let epoch = self.fresh.epoch();
        if let Some(list) = self.cache.lists.get(request, epoch) {
            return Ok((*list).clone());
        }
        let found = self.shelf().await?.list(request)?.ok_or_else(|| Error::not_found("collection"))?;
        let currency = self.settings.currency;
        let listing = Listing {
            cards: self.read_cards(&found.ids).await?,
            facets: found.facets,
            price_range: found.price_range.map(|(min, max)| PriceRange {
                min: Money::new(min, currency),
                max: Money::new(max, currency),
            }),
            total: found.total,
            next: found.next,
            prev: found.prev,
        };
        Ok((*self.cache.lists.put(request.clone(), epoch, listing)).clone())
    }

    pub(crate) async fn read_cards(&self, ids: &[ProductId]) -> Result<Vec<ProductCard>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut conn = self.db.read().await?;
        let mut rows = HashMap::with_capacity(ids.len());
        for chunk in ids.chunks(CHUNK) {
            let found = store::products::cards(&mut conn, chunk).await?;
            rows.extend(found.into_iter().map(|row| (row.id, row)));
        }
        let on_sale: Vec<ProductId> =
            rows.values().filter(|row| row.compare_at.is_some()).map(|row| row.id).collect();
        let mut lowest = HashMap::with_capacity(on_sale.len());
        for chunk in on_sale.chunks(CHUNK) {
            lowest.extend(lowest::of_cheapest(&mut conn, chunk).await?);
        }
        let card = |row: CardRow| {
            let before = lowest.get(&row.id).copied();
            self.card(row, before)
        };
        Ok(ids.iter().filter_map(|id| rows.get(id).cloned()).map(card).collect())
    }

    /// `lowest_before`: of its cheapest variant.
    fn card(&self, row: CardRow, lowest_before: Option<i64>) -> ProductCard {
        let money = |minor| Money::new(minor, self.settings.currency);
        let mut pictures = row.pictures.0.into_iter();
        ProductCard {
            id: row.id,
            handle: row.handle,
            title: row.title,
            vendor: row.vendor,
            price: money(row.price_min),
            price_max: money(row.price_max),
            compare_at: row.compare_at.map(money),
            availability: row.availability.0,
            variant_count: row.variant_count,
            only_variant: row.only_variant,
            media: pictures.next(),
            media_alt: pictures.next(),
            swatches: row.swatches.0,
            saving: lowest::saving(row.price_min, row.compare_at, lowest_before),
        }
    }

    pub(crate) async fn read_related(&self, id: ProductId, limit: u32) -> Result<Vec<ProductCard>> {
        let limit = limit.clamp(1, souk_contract::MAX_LIMIT);
        let epoch = self.fresh.epoch();
        if let Some(cards) = self.cache.related.get(&(id, limit), epoch) {
            return Ok((*cards).clone());
        }
        let ids = self.shelf().await?.related(id, limit as usize);
        let cards = self.read_cards(&ids).await?;
        Ok((*self.cache.related.put((id, limit), epoch, cards)).clone())
    }

    /// Whatever its status; who may see it is the caller's decision.
    pub(crate) async fn read_product(&self, handle: &str) -> Result<Option<ProductLookup>> {
        let epoch = self.fresh.epoch();
        let key = handle.to_owned();
        if let Some(product) = self.cache.products.get(&key, epoch) {
            return Ok(Some(ProductLookup::Found(Box::new((*product).clone()))));
        }
        let mut conn = self.db.read().await?;
        let Some(row) = store::products::by_handle(&mut conn, handle).await? else {
            let moved = store::products::redirect(&mut conn, handle).await?;
            return Ok(moved.map(|(handle,)| ProductLookup::Moved(handle)));
        };
        let variants = store::variants::of_products(&mut conn, &[row.id]).await?;
        let media = store::media::of_products(&mut conn, &[row.id]).await?;
        let mut product = self.product_of(row, variants, &media);
        let on_sale: Vec<VariantId> =
            product.variants.iter().filter(|one| one.compare_at.is_some()).map(|one| one.id).collect();
        for (id, minor) in lowest::of_variants(&mut conn, &on_sale).await? {
            let of = product.variants.iter_mut().find(|one| one.id == id);
            if let Some(variant) = of {
                variant.lowest_before = Some(Money::new(minor, self.settings.currency));
            }
        }
        for one in &mut product.variants {
            let minor = |money: Option<Money>| money.map(|money| money.minor);
            one.saving = lowest::saving(one.price.minor, minor(one.compare_at), minor(one.lowest_before));
        }
        drop(conn);
        product.collections = self.shelf().await?.collections_of(product.id);
        let product = self.cache.products.put(key, epoch, product);
        Ok(Some(ProductLookup::Found(Box::new((*product).clone()))))
    }

    fn product_of(&self, row: ProductRow, variants: Vec<VariantRow>, media: &[MediaRow]) -> Product {
        let stored: Vec<(&str, Media)> =
            media.iter().filter_map(|row| Some((row.source.as_str(), row.media()?))).collect();
        let media_id = |source: Option<&str>| -> Option<MediaId> {
            stored.iter().find(|(known, _)| Some(*known) == source).map(|(_, media)| media.id)
        };
        let variants: Vec<Variant> = variants
            .into_iter()
            .map(|row| {
                let media_id = media_id(row.media_source.as_deref());
                row.into_variant(self.settings.currency, media_id)
            })
            .collect();
        Product {
            id: row.id,
            handle: row.handle,
            title: row.title,
            description_html: row.description_html,
            vendor: row.vendor,
            product_type: row.product_type,
            tags: row.tags.0,
            status: row.status.0,
            options: row.options.0,
            variants,
            media: stored.into_iter().map(|(_, media)| media).collect(),
            seo: row.seo.0,
            collections: Vec::new(),
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }

    pub(crate) async fn read_variants(&self, ids: &[VariantId]) -> Result<Vec<VariantInfo>> {
        let epoch = self.fresh.epoch();
        let mut found: HashMap<VariantId, VariantInfo> = HashMap::with_capacity(ids.len());
        let mut missing = Vec::new();
        for id in ids {
            match self.cache.variants.get(id, epoch) {
                Some(info) => {
                    found.insert(*id, (*info).clone());
                }
                None => missing.push(*id),
            }
        }
        if !missing.is_empty() {
            let mut conn = self.db.read().await?;
            for chunk in missing.chunks(CHUNK) {
                for row in store::variants::by_id(&mut conn, chunk).await? {
                    let info = self.cache.variants.put(row.id, epoch, self.variant_info(row));
                    found.insert(info.variant.id, (*info).clone());
                }
            }
        }
        Ok(ids.iter().filter_map(|id| found.get(id).cloned()).collect())
    }

    fn variant_info(&self, row: BuyableRow) -> VariantInfo {
        let currency = self.settings.currency;
        let own = || {
            Some(Media {
                id: row.media_id?,
                alt: row.media_alt.clone()?,
                width: row.media_width?,
                height: row.media_height?,
                key: row.media_key.clone()?,
                widths: row.media_widths.clone()?.0,
                blur: row.media_blur.clone()?,
            })
        };
        let own = own();
        VariantInfo {
            product_id: row.product_id,
            product_handle: row.product_handle,
            product_title: row.product_title,
            product_type: row.product_type,
            vendor: row.vendor,
            tags: row.tags.0,
            tax_class_id: row.tax_class_id,
            buyable: row.status.0 == ProductStatus::Published && row.retired_at.is_none(),
            variant: Variant {
                id: row.id,
                sku: row.sku,
                barcode: row.barcode,
                title: row.options.0.join(" / "),
                options: row.options.0,
                price: Money::new(row.price, currency),
                compare_at: row
                    .compare_at
                    .filter(|before| *before > row.price)
                    .map(|minor| Money::new(minor, currency)),
                weight_grams: row.weight_grams,
                requires_shipping: row.requires_shipping,
                taxable: row.taxable,
                media_id: own.as_ref().map(|media| media.id),
                availability: row.availability.0,
                lowest_before: None,
                saving: None,
            },
            media: own.or_else(|| row.pictures.0.into_iter().next()),
        }
    }

    pub(crate) async fn read_record(&self, conn: &mut Conn, id: ProductId) -> Result<ProductRecord> {
        let row = store::products::by_id(conn, id).await?.ok_or_else(|| Error::not_found("product"))?;
        let mut records = self.records_of(conn, vec![row]).await?;
        records.pop().ok_or_else(|| Error::not_found("product"))
    }

    pub(crate) async fn read_records(&self, page: &PageRequest) -> Result<Page<ProductRecord>> {
        let limit = page.limit();
        let mut conn = self.db.read().await?;
        let after = page.after.as_deref().unwrap_or_default();
        let mut rows = store::products::page_by_handle(&mut conn, after, limit + 1).await?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next = if more { rows.last().map(|row| row.handle.clone()) } else { None };
        Ok(Page { items: self.records_of(&mut conn, rows).await?, next })
    }

    pub(crate) async fn read_records_by_handle(&self, handles: &[String]) -> Result<Vec<ProductRecord>> {
        let mut conn = self.db.read().await?;
        let mut records = Vec::with_capacity(handles.len());
        for chunk in handles.chunks(CHUNK) {
            let chunk: Vec<&str> = chunk.iter().map(String::as_str).collect();
            let rows = store::products::by_handles(&mut conn, &chunk).await?;
            records.extend(self.records_of(&mut conn, rows).await?);
        }
        Ok(records)
    }

    pub(crate) async fn read_rows(&self, query: &ProductQuery) -> Result<Page<souk_contract::ProductRow>> {
        let page = query.page();
        let limit = page.limit();
        let mut conn = self.db.read().await?;
        let mut rows = store::desk::rows(&mut conn, query, page.after_id()?, limit + 1).await?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next = rows.last().filter(|_| more).map(|row| row.id.to_string());
        Ok(Page { items: rows.into_iter().map(|row| row.show(self.settings.currency)).collect(), next })
    }

    pub(crate) async fn records_of(
        &self,
        conn: &mut Conn,
        rows: Vec<ProductRow>,
    ) -> Result<Vec<ProductRecord>> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<ProductId> = rows.iter().map(|row| row.id).collect();
        let mut variants: HashMap<ProductId, Vec<VariantRow>> = HashMap::new();
        for row in store::variants::of_products(conn, &ids).await? {
            variants.entry(row.product_id).or_default().push(row);
        }
        let mut media: HashMap<ProductId, Vec<(MediaId, MediaInput)>> = HashMap::new();
        for row in store::media::of_products(conn, &ids).await? {
            if let Some(id) = row.product_id {
                let input = MediaInput { source: row.source, alt: row.alt };
                media.entry(id).or_default().push((row.id, input));
            }
        }
        let record = |row: ProductRow| {
            let variants = variants.remove(&row.id).unwrap_or_default();
            let variant_ids = variants.iter().map(|variant| variant.id).collect();
            let variants = variants.into_iter().map(|row| row.into_input(self.settings.currency)).collect();
            let (media_ids, media) = media.remove(&row.id).unwrap_or_default().into_iter().unzip();
            ProductRecord {
                id: row.id,
                version: row.version,
                created_at: row.created_at,
                updated_at: row.updated_at,
                variant_ids,
                media_ids,
                input: ProductInput {
                    handle: row.handle,
                    title: row.title,
                    description_html: row.description_html,
                    vendor: row.vendor,
                    product_type: row.product_type,
                    tags: row.tags.0,
                    status: row.status.0,
                    options: row.options.0,
                    variants,
                    media,
                    seo: row.seo.0,
                    tax_class_id: row.tax_class_id,
                    extra: row.extra.0,
                    // A product that never had any says nothing of them.
                    attributes: (row.template_id.is_some() || !row.attributes.0.is_empty())
                        .then_some(row.attributes.0),
                    template_id: row.template_id,
                },
            }
        };
        Ok(rows.into_iter().map(record).collect())
    }
}

async fn shelf_collections(conn: &mut Conn) -> Result<Vec<ShelfCollection>> {
    let rows = store::collections::all(conn).await?;
    let collection = |row: store::collections::CollectionRow| {
        ShelfCollection::new(row.id, (row.handle, row.title), row.kind.0, row.rule.0)
    };
    Ok(rows.into_iter().map(collection).collect())
}

/// A request is also a key of the cache: it must not be a large one.
fn check_list(request: &ListProducts) -> Result<()> {
    let facets = &request.filters.facets;
    let chosen: usize = facets.values().map(Vec::len).sum();
    if facets.len() > MAX_FACETS || chosen > MAX_CHOSEN {
        return Err(Error::invalid("filter", "too_many", "At most 200 values of 20 filters."));
    }
    let mut words = facets.keys().chain(facets.values().flatten());
    if words.any(|word| word.len() > MAX_WORD * 4) {
        return Err(Error::invalid("filter", "too_long", "At most 255 characters."));
    }
    if request.cursor.as_ref().is_some_and(|cursor| cursor.len() > MAX_CURSOR) {
        return Err(Error::invalid("cursor", "invalid", "This page link does not belong to this list."));
    }
    if request.collection.as_ref().is_some_and(|handle| handle.len() > MAX_WORD * 4) {
        return Err(Error::not_found("collection"));
    }
    Ok(())
}
