//! A catalogue in memory: what the search asks of the real one, with its events.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use souk_contract::{
    Availability, BulkEdit, BulkPreview, BulkRun, BulkRunId, BulkUndone, Catalog, Change, Collection,
    CollectionId, CollectionInput, ContentPage, Ctx, Error, HomeContent, ListProducts, Listing, Media,
    MediaId, Money, Page, PageRequest, PendingMedia, ProductCard, ProductChanged, ProductId, ProductInput,
    ProductLookup, ProductQuery, ProductRecord, ProductRow, ProductStatus, ProductWritten, PutProduct,
    Result, SitemapEntry, StoreMedia, VariantId, VariantInfo,
};
use souk_kernel::Db;

pub struct Shelf {
    db: Db,
    products: Mutex<BTreeMap<String, ProductRecord>>,
    handles: Mutex<HashMap<ProductId, String>>,
    sold_out: Mutex<HashMap<ProductId, bool>>,
    collections: Mutex<Vec<Collection>>,
    epoch: AtomicU64,
    pub down: AtomicBool,
    /// How often cards were read.
    pub cards_read: AtomicU64,
}

impl Shelf {
    pub fn new(db: Db) -> Self {
        Self {
            db,
            products: Mutex::default(),
            handles: Mutex::default(),
            sold_out: Mutex::default(),
            collections: Mutex::default(),
            epoch: AtomicU64::new(1),
            down: AtomicBool::new(false),
            cards_read: AtomicU64::new(0),
        }
    }

    /// Without an event.
    pub fn stock(&self, input: ProductInput) -> ProductRecord {
        let mut products = self.products.lock().expect("a lock");
        let known = products.get(&input.handle);
        let now = self.db.kit().now();
        let record = ProductRecord {
            id: known.map_or_else(|| self.db.kit().ids.next(), |known| known.id),
            version: known.map_or(1, |known| known.version + 1),
            created_at: known.map_or(now, |known| known.created_at),
            updated_at: now,
            variant_ids: input.variants.iter().map(|_| self.db.kit().ids.next()).collect(),
            media_ids: Vec::new(),
            input,
        };
        self.handles.lock().expect("a lock").insert(record.id, record.input.handle.clone());
        products.insert(record.input.handle.clone(), record.clone());
        self.epoch.fetch_add(1, Ordering::SeqCst);
        record
    }

    pub async fn put(&self, input: ProductInput) -> ProductId {
        let record = self.stock(input);
        self.announce(record.id).await;
        record.id
    }

    pub async fn set_sold_out(&self, id: ProductId, sold_out: bool) {
        self.sold_out.lock().expect("a lock").insert(id, sold_out);
        self.epoch.fetch_add(1, Ordering::SeqCst);
        self.announce(id).await;
    }

    pub async fn remove(&self, id: ProductId) {
        self.products.lock().expect("a lock").retain(|_, record| record.id != id);
        self.epoch.fetch_add(1, Ordering::SeqCst);
        self.announce(id).await;
    }

    async fn announce(&self, id: ProductId) {
        let mut tx = self.db.begin().await.expect("a transaction");
        tx.publish(&ProductChanged { product_id: id, version: 1 }).await.expect("published");
        tx.commit().await.expect("committed");
    }

    pub fn add_collection(&self, collection: Collection) {
        self.collections.lock().expect("a lock").push(collection);
    }

    fn check(&self) -> Result<()> {
        if self.down.load(Ordering::SeqCst) {
            return Err(Error::Unavailable { what: "The catalogue".to_owned() });
        }
        Ok(())
    }

    fn card(&self, record: &ProductRecord) -> Option<ProductCard> {
        let input = &record.input;
        if input.status != ProductStatus::Published {
            return None;
        }
        let sold_out = self.sold_out.lock().expect("a lock").get(&record.id).copied().unwrap_or(false);
        let prices = || input.variants.iter().map(|variant| variant.price);
        Some(ProductCard {
            id: record.id,
            handle: input.handle.clone(),
            title: input.title.clone(),
            vendor: input.vendor.clone(),
            price: prices().min_by_key(|price| price.minor)?,
            price_max: prices().max_by_key(|price| price.minor)?,
            compare_at: None,
            availability: if sold_out { Availability::SoldOut } else { Availability::InStock },
            variant_count: input.variants.len() as u32,
            only_variant: None,
            media: None,
            media_alt: None,
            swatches: Vec::new(),
            saving: None,
        })
    }

    /// Every published product, as a shopper could see it.
    pub fn published(&self) -> Vec<(ProductRecord, ProductCard)> {
        let products = self.products.lock().expect("a lock");
        products.values().filter_map(|record| Some((record.clone(), self.card(record)?))).collect()
    }
}

/// The search never asks for it.
fn unasked<T>() -> Result<T> {
    Err(Error::internal("the search has no business with that"))
}

#[async_trait]
impl Catalog for Shelf {
    async fn cards(&self, _: &Ctx, ids: &[ProductId]) -> Result<Vec<ProductCard>> {
        self.check()?;
        self.cards_read.fetch_add(1, Ordering::SeqCst);
        let products = self.products.lock().expect("a lock");
        let handles = self.handles.lock().expect("a lock");
        Ok(ids.iter().filter_map(|id| self.card(products.get(handles.get(id)?)?)).collect())
    }

    async fn collections(&self, _: &Ctx) -> Result<Vec<Collection>> {
        self.check()?;
        Ok(self.collections.lock().expect("a lock").clone())
    }

    fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::SeqCst)
    }

    async fn product_record(&self, _: &Ctx, id: ProductId) -> Result<ProductRecord> {
        self.check()?;
        let products = self.products.lock().expect("a lock");
        let found = products.values().find(|record| record.id == id);
        found.cloned().ok_or_else(|| Error::not_found("product"))
    }

    async fn product_records(&self, _: &Ctx, page: &PageRequest) -> Result<Page<ProductRecord>> {
        self.check()?;
        let products = self.products.lock().expect("a lock");
        let after = page.after.clone().unwrap_or_default();
        let mut rest = products.range(after.clone()..).filter(|(handle, _)| **handle != after);
        let items: Vec<_> =
            rest.by_ref().take(page.limit() as usize).map(|(_, record)| record.clone()).collect();
        let next = rest.next().and(items.last()).map(|record| record.input.handle.clone());
        Ok(Page { items, next })
    }

    async fn product(&self, _: &Ctx, _: &str) -> Result<ProductLookup> {
        unasked()
    }
    async fn list(&self, _: &Ctx, _: &ListProducts) -> Result<Listing> {
        unasked()
    }
    async fn related(&self, _: &Ctx, _: ProductId, _: u32) -> Result<Vec<ProductCard>> {
        unasked()
    }
    async fn variants(&self, _: &Ctx, _: &[VariantId]) -> Result<Vec<VariantInfo>> {
        unasked()
    }
    async fn holding(
        &self,
        _: &Ctx,
        _: &[CollectionId],
        _: &[ProductId],
    ) -> Result<HashMap<ProductId, Vec<CollectionId>>> {
        unasked()
    }
    async fn collection(&self, _: &Ctx, _: &str) -> Result<Collection> {
        unasked()
    }
    async fn page(&self, _: &Ctx, _: &str) -> Result<ContentPage> {
        unasked()
    }
    async fn pages(&self, _: &Ctx) -> Result<Vec<ContentPage>> {
        unasked()
    }
    async fn home(&self, _: &Ctx) -> Result<HomeContent> {
        unasked()
    }
    async fn sitemap(&self, _: &Ctx, _: Option<&str>, _: u32) -> Result<Page<SitemapEntry>> {
        unasked()
    }
    async fn put_product(&self, _: &Ctx, _: PutProduct) -> Result<ProductWritten> {
        unasked()
    }
    async fn put_products(&self, _: &Ctx, _: Vec<ProductInput>) -> Result<Vec<Result<ProductWritten>>> {
        unasked()
    }
    async fn products_by_handle(&self, _: &Ctx, _: &[String]) -> Result<Vec<ProductRecord>> {
        unasked()
    }
    async fn check_products(&self, _: &Ctx, _: Vec<ProductInput>) -> Result<Vec<Result<ProductInput>>> {
        unasked()
    }
    async fn change_options(
        &self,
        _: &Ctx,
        _: ProductId,
        _: souk_contract::ChangeOptions,
        _: Option<i64>,
    ) -> Result<ProductWritten> {
        unasked()
    }
    async fn product_versions(
        &self,
        _: &Ctx,
        _: ProductId,
        _: &PageRequest,
    ) -> Result<Page<souk_contract::ProductVersion>> {
        unasked()
    }
    async fn product_version(&self, _: &Ctx, _: ProductId, _: i64) -> Result<ProductInput> {
        unasked()
    }
    async fn compare_versions(
        &self,
        _: &Ctx,
        _: ProductId,
        _: i64,
        _: i64,
    ) -> Result<Vec<souk_contract::AuditChange>> {
        unasked()
    }
    async fn restore_version(&self, _: &Ctx, _: ProductId, _: i64, _: Option<i64>) -> Result<ProductWritten> {
        unasked()
    }
    async fn product_schedule(&self, _: &Ctx, _: ProductId) -> Result<souk_contract::ProductSchedule> {
        unasked()
    }
    async fn set_schedule(
        &self,
        _: &Ctx,
        _: ProductId,
        _: souk_contract::SetSchedule,
        _: Option<i64>,
    ) -> Result<souk_contract::ProductSchedule> {
        unasked()
    }
    async fn find_products(&self, _: &Ctx, _: &ProductQuery) -> Result<Page<ProductRow>> {
        unasked()
    }
    async fn archive_product(&self, _: &Ctx, _: ProductId, _: Option<i64>) -> Result<ProductWritten> {
        unasked()
    }
    async fn put_collection(&self, _: &Ctx, _: CollectionInput) -> Result<Change> {
        unasked()
    }
    async fn collection_records(&self, _: &Ctx) -> Result<Vec<souk_contract::CollectionRecord>> {
        unasked()
    }
    async fn write_collection(
        &self,
        _: &Ctx,
        _: Option<souk_contract::CollectionId>,
        _: CollectionInput,
        _: Option<i64>,
    ) -> Result<souk_contract::CollectionRecord> {
        unasked()
    }
    async fn set_collection_picture(
        &self,
        _: &Ctx,
        _: souk_contract::CollectionId,
        _: souk_contract::CollectionPicture,
        _: Option<i64>,
    ) -> Result<souk_contract::CollectionRecord> {
        unasked()
    }
    async fn remove_collection(&self, _: &Ctx, _: souk_contract::CollectionId, _: Option<i64>) -> Result<()> {
        unasked()
    }
    async fn put_page(&self, _: &Ctx, _: ContentPage) -> Result<Change> {
        unasked()
    }
    async fn put_home(&self, _: &Ctx, _: HomeContent) -> Result<Change> {
        unasked()
    }
    async fn pending_media(&self, _: &Ctx, _: Option<MediaId>, _: u32) -> Result<Vec<PendingMedia>> {
        unasked()
    }
    async fn preview_bulk(&self, _: &Ctx, _: &BulkEdit, _: Option<ProductId>) -> Result<BulkPreview> {
        unasked()
    }
    async fn run_bulk(&self, _: &Ctx, _: BulkEdit) -> Result<BulkRun> {
        unasked()
    }
    async fn undo_bulk(&self, _: &Ctx, _: BulkRunId) -> Result<BulkUndone> {
        unasked()
    }
    async fn bulk_runs(&self, _: &Ctx, _: &PageRequest) -> Result<Page<BulkRun>> {
        unasked()
    }
    async fn plan_bulk(&self, _: &Ctx, _: souk_contract::PlanBulk) -> Result<souk_contract::BulkPlan> {
        unasked()
    }
    async fn cancel_bulk_plan(
        &self,
        _: &Ctx,
        _: souk_contract::BulkPlanId,
    ) -> Result<souk_contract::BulkPlan> {
        unasked()
    }
    async fn bulk_plans(&self, _: &Ctx, _: &PageRequest) -> Result<Page<souk_contract::BulkPlan>> {
        unasked()
    }
    async fn store_media(&self, _: &Ctx, _: StoreMedia) -> Result<Media> {
        unasked()
    }
    async fn fail_media(&self, _: &Ctx, _: MediaId, _: &str) -> Result<()> {
        unasked()
    }
}

pub fn eur(minor: i64) -> Money {
    Money::new(minor, souk_contract::Currency::EUR)
}
