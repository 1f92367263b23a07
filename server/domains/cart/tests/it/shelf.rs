//! The neighbours in memory: what carts ask of them, and nothing else.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use souk_contract::{
    AdjustStock, Availability, BulkEdit, BulkPreview, BulkRun, BulkRunId, BulkUndone, Catalog, Change,
    CodeLookup, CodeProblem, Collection, CollectionId, CollectionInput, ContentPage, Ctx, CustomerId,
    Difference, Error, HomeContent, Id, Inventory, ListProducts, Listing, MadeCode, MakeCodes, Media,
    MediaId, Movement, OrderId, Page, PageRequest, PendingMedia, ProductCard, ProductId, ProductInput,
    ProductLookup, ProductQuery, ProductRecord, ProductRow, ProductWritten, PromotionId, PromotionInput,
    PromotionRecord, PromotionRule, PromotionState, Promotions, PutProduct, Redeem, Reservation,
    ReservationId, Reserve, Result, ReturnId, ReturnedStock, SetStock, SitemapEntry, StockLevel, StockPolicy,
    StoreMedia, Variant, VariantId, VariantInfo,
};

use crate::eur;

pub fn not_carts<T>() -> Result<T> {
    Err(Error::internal("carts have no business with this"))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Default)]
pub struct Products(Mutex<HashMap<VariantId, VariantInfo>>);

impl Products {
    pub fn put(&self, id: VariantId, minor: i64) {
        let number = id.uuid().as_u128();
        let info = VariantInfo {
            variant: Variant {
                id,
                sku: None,
                barcode: None,
                title: String::new(),
                options: Vec::new(),
                price: eur(minor),
                compare_at: None,
                weight_grams: 100,
                requires_shipping: true,
                taxable: true,
                media_id: None,
                availability: Availability::InStock,
                lowest_before: None,
                saving: None,
            },
            product_id: Id::new(id.uuid()),
            product_handle: format!("product-{number}"),
            product_title: format!("Product {number}"),
            product_type: String::new(),
            vendor: String::new(),
            tags: Vec::new(),
            tax_class_id: None,
            media: None,
            buyable: true,
        };
        lock(&self.0).insert(id, info);
    }

    pub fn change(&self, id: VariantId, change: impl FnOnce(&mut VariantInfo)) {
        change(lock(&self.0).get_mut(&id).expect("a variant"));
    }

    pub fn remove(&self, id: VariantId) {
        lock(&self.0).remove(&id);
    }
}

/// Variants that are not in it never run out.
#[derive(Default)]
pub struct Stock(Mutex<HashMap<VariantId, i64>>);

impl Stock {
    pub fn set(&self, id: VariantId, pieces: i64) {
        lock(&self.0).insert(id, pieces);
    }
}

#[derive(Default)]
pub struct Codes {
    automatic: Mutex<Vec<PromotionRule>>,
    codes: Mutex<HashMap<String, Result<PromotionRule, CodeProblem>>>,
    /// Of every customer.
    orders: Mutex<i64>,
}

impl Codes {
    pub fn put(&self, code: &str, found: Result<PromotionRule, CodeProblem>) {
        lock(&self.codes).insert(code.to_owned(), found);
    }

    pub fn set_orders(&self, orders: i64) {
        *lock(&self.orders) = orders;
    }

    pub fn put_automatic(&self, rule: PromotionRule) {
        lock(&self.automatic).push(rule);
    }
}

#[async_trait]
impl Promotions for Codes {
    async fn automatic(&self, _: &Ctx, _: Option<CustomerId>) -> Result<Vec<PromotionRule>> {
        Ok(lock(&self.automatic).clone())
    }
    async fn lookup(&self, _: &Ctx, codes: &[String], _: Option<CustomerId>) -> Result<Vec<CodeLookup>> {
        let known = lock(&self.codes);
        let look = |code: &String| {
            let code = code.trim().to_uppercase();
            let found = known.get(&code).cloned().unwrap_or(Err(CodeProblem::Unknown));
            CodeLookup { code, found }
        };
        Ok(codes.iter().map(look).collect())
    }
    async fn orders_of(&self, _: &Ctx, _: CustomerId) -> Result<i64> {
        Ok(*lock(&self.orders))
    }
    async fn redeem(&self, _: &Ctx, _: Redeem) -> Result<()> {
        not_carts()
    }
    async fn unredeem(&self, _: &Ctx, _: OrderId) -> Result<()> {
        not_carts()
    }
    async fn put(&self, _: &Ctx, _: PromotionInput) -> Result<Change> {
        not_carts()
    }
    async fn check(&self, _: &Ctx, _: &PromotionInput) -> Result<()> {
        not_carts()
    }
    async fn promotions(&self, _: &Ctx) -> Result<Vec<PromotionRecord>> {
        not_carts()
    }
    async fn promotion(&self, _: &Ctx, _: PromotionId) -> Result<PromotionRecord> {
        not_carts()
    }
    async fn write(
        &self,
        _: &Ctx,
        _: Option<PromotionId>,
        _: PromotionInput,
        _: Option<i64>,
    ) -> Result<PromotionRecord> {
        not_carts()
    }
    async fn set_state(
        &self,
        _: &Ctx,
        _: PromotionId,
        _: PromotionState,
        _: Option<i64>,
    ) -> Result<PromotionRecord> {
        not_carts()
    }
    async fn make_codes(&self, _: &Ctx, _: PromotionId, _: MakeCodes) -> Result<Vec<MadeCode>> {
        not_carts()
    }
    async fn codes(&self, _: &Ctx, _: PromotionId, _: &PageRequest) -> Result<Page<MadeCode>> {
        not_carts()
    }
    async fn export_codes(&self, _: &Ctx, _: PromotionId) -> Result<String> {
        not_carts()
    }
    async fn revoke_code(&self, _: &Ctx, _: PromotionId, _: &str) -> Result<()> {
        not_carts()
    }
}

#[async_trait]
impl Inventory for Stock {
    async fn levels(&self, _: &Ctx, variants: &[VariantId]) -> Result<Vec<StockLevel>> {
        let pieces = lock(&self.0);
        let level = |variant_id: &VariantId| {
            let found = pieces.get(variant_id).copied();
            let available = found.unwrap_or_default();
            StockLevel {
                variant_id: *variant_id,
                tracked: found.is_some(),
                policy: StockPolicy::Deny,
                on_hand: available,
                reserved: 0,
                allocated: 0,
                available,
                damaged: 0,
                availability: if found == Some(0) { Availability::SoldOut } else { Availability::InStock },
                version: 1,
            }
        };
        Ok(variants.iter().map(level).collect())
    }
    async fn reserve(&self, _: &Ctx, _: Reserve) -> Result<()> {
        not_carts()
    }
    async fn release(&self, _: &Ctx, _: ReservationId) -> Result<()> {
        not_carts()
    }
    async fn commit(&self, _: &Ctx, _: ReservationId, _: OrderId) -> Result<()> {
        not_carts()
    }
    async fn deallocate(&self, _: &Ctx, _: ReservationId, _: OrderId) -> Result<()> {
        not_carts()
    }
    async fn reservations(&self, _: &Ctx, _: &[ReservationId]) -> Result<Vec<Reservation>> {
        not_carts()
    }
    async fn returned(&self, _: &Ctx, _: &[ReturnId]) -> Result<Vec<ReturnedStock>> {
        not_carts()
    }
    async fn allocations(&self, _: &Ctx, _: Option<ReservationId>, _: u32) -> Result<Vec<Reservation>> {
        not_carts()
    }
    async fn set_stock(&self, _: &Ctx, _: Vec<SetStock>, _: &str) -> Result<Vec<StockLevel>> {
        not_carts()
    }
    async fn adjust(&self, _: &Ctx, _: AdjustStock) -> Result<StockLevel> {
        not_carts()
    }
    async fn running_out(&self, _: &Ctx, _: u32) -> Result<Vec<StockLevel>> {
        not_carts()
    }
    async fn movements(&self, _: &Ctx, _: VariantId, _: &PageRequest) -> Result<Page<Movement>> {
        not_carts()
    }
    async fn verify(&self, _: &Ctx) -> Result<Vec<Difference>> {
        not_carts()
    }
}

#[async_trait]
impl Catalog for Products {
    async fn variants(&self, _: &Ctx, ids: &[VariantId]) -> Result<Vec<VariantInfo>> {
        let known = lock(&self.0);
        Ok(ids.iter().filter_map(|id| known.get(id).cloned()).collect())
    }
    /// A collection holds the product that has its number.
    async fn holding(
        &self,
        _: &Ctx,
        collections: &[CollectionId],
        products: &[ProductId],
    ) -> Result<HashMap<ProductId, Vec<CollectionId>>> {
        let held =
            collections.iter().map(|collection| (ProductId::new(collection.uuid()), vec![*collection]));
        Ok(held.filter(|(product, _)| products.contains(product)).collect())
    }
    fn epoch(&self) -> u64 {
        0
    }
    async fn product(&self, _: &Ctx, _: &str) -> Result<ProductLookup> {
        not_carts()
    }
    async fn list(&self, _: &Ctx, _: &ListProducts) -> Result<Listing> {
        not_carts()
    }
    async fn cards(&self, _: &Ctx, _: &[ProductId]) -> Result<Vec<ProductCard>> {
        not_carts()
    }
    async fn related(&self, _: &Ctx, _: ProductId, _: u32) -> Result<Vec<ProductCard>> {
        not_carts()
    }
    async fn collections(&self, _: &Ctx) -> Result<Vec<Collection>> {
        not_carts()
    }
    async fn collection(&self, _: &Ctx, _: &str) -> Result<Collection> {
        not_carts()
    }
    async fn page(&self, _: &Ctx, _: &str) -> Result<ContentPage> {
        not_carts()
    }
    async fn pages(&self, _: &Ctx) -> Result<Vec<ContentPage>> {
        not_carts()
    }
    async fn home(&self, _: &Ctx) -> Result<HomeContent> {
        not_carts()
    }
    async fn sitemap(&self, _: &Ctx, _: Option<&str>, _: u32) -> Result<Page<SitemapEntry>> {
        not_carts()
    }
    async fn put_product(&self, _: &Ctx, _: PutProduct) -> Result<ProductWritten> {
        not_carts()
    }
    async fn put_products(&self, _: &Ctx, _: Vec<ProductInput>) -> Result<Vec<Result<ProductWritten>>> {
        not_carts()
    }
    async fn product_record(&self, _: &Ctx, _: ProductId) -> Result<ProductRecord> {
        not_carts()
    }
    async fn product_records(&self, _: &Ctx, _: &PageRequest) -> Result<Page<ProductRecord>> {
        not_carts()
    }
    async fn products_by_handle(&self, _: &Ctx, _: &[String]) -> Result<Vec<ProductRecord>> {
        not_carts()
    }
    async fn check_products(&self, _: &Ctx, _: Vec<ProductInput>) -> Result<Vec<Result<ProductInput>>> {
        not_carts()
    }
    async fn change_options(
        &self,
        _: &Ctx,
        _: ProductId,
        _: souk_contract::ChangeOptions,
        _: Option<i64>,
    ) -> Result<ProductWritten> {
        not_carts()
    }
    async fn product_versions(
        &self,
        _: &Ctx,
        _: ProductId,
        _: &PageRequest,
    ) -> Result<Page<souk_contract::ProductVersion>> {
        not_carts()
    }
    async fn product_version(&self, _: &Ctx, _: ProductId, _: i64) -> Result<ProductInput> {
        not_carts()
    }
    async fn compare_versions(
        &self,
        _: &Ctx,
        _: ProductId,
        _: i64,
        _: i64,
    ) -> Result<Vec<souk_contract::AuditChange>> {
        not_carts()
    }
    async fn restore_version(&self, _: &Ctx, _: ProductId, _: i64, _: Option<i64>) -> Result<ProductWritten> {
        not_carts()
    }
    async fn product_schedule(&self, _: &Ctx, _: ProductId) -> Result<souk_contract::ProductSchedule> {
        not_carts()
    }
    async fn set_schedule(
        &self,
        _: &Ctx,
        _: ProductId,
        _: souk_contract::SetSchedule,
        _: Option<i64>,
    ) -> Result<souk_contract::ProductSchedule> {
        not_carts()
    }
    async fn find_products(&self, _: &Ctx, _: &ProductQuery) -> Result<Page<ProductRow>> {
        not_carts()
    }
    async fn archive_product(&self, _: &Ctx, _: ProductId, _: Option<i64>) -> Result<ProductWritten> {
        not_carts()
    }
    async fn put_collection(&self, _: &Ctx, _: CollectionInput) -> Result<Change> {
        not_carts()
    }
    async fn collection_records(&self, _: &Ctx) -> Result<Vec<souk_contract::CollectionRecord>> {
        not_carts()
    }
    async fn write_collection(
        &self,
        _: &Ctx,
        _: Option<souk_contract::CollectionId>,
        _: CollectionInput,
        _: Option<i64>,
    ) -> Result<souk_contract::CollectionRecord> {
        not_carts()
    }
    async fn set_collection_picture(
        &self,
        _: &Ctx,
        _: souk_contract::CollectionId,
        _: souk_contract::CollectionPicture,
        _: Option<i64>,
    ) -> Result<souk_contract::CollectionRecord> {
        not_carts()
    }
    async fn remove_collection(&self, _: &Ctx, _: souk_contract::CollectionId, _: Option<i64>) -> Result<()> {
        not_carts()
    }
    async fn put_page(&self, _: &Ctx, _: ContentPage) -> Result<Change> {
        not_carts()
    }
    async fn put_home(&self, _: &Ctx, _: HomeContent) -> Result<Change> {
        not_carts()
    }
    async fn pending_media(&self, _: &Ctx, _: Option<MediaId>, _: u32) -> Result<Vec<PendingMedia>> {
        not_carts()
    }
    async fn preview_bulk(&self, _: &Ctx, _: &BulkEdit, _: Option<ProductId>) -> Result<BulkPreview> {
        not_carts()
    }
    async fn run_bulk(&self, _: &Ctx, _: BulkEdit) -> Result<BulkRun> {
        not_carts()
    }
    async fn undo_bulk(&self, _: &Ctx, _: BulkRunId) -> Result<BulkUndone> {
        not_carts()
    }
    async fn bulk_runs(&self, _: &Ctx, _: &PageRequest) -> Result<Page<BulkRun>> {
        not_carts()
    }
    async fn plan_bulk(&self, _: &Ctx, _: souk_contract::PlanBulk) -> Result<souk_contract::BulkPlan> {
        not_carts()
    }
    async fn cancel_bulk_plan(
        &self,
        _: &Ctx,
        _: souk_contract::BulkPlanId,
    ) -> Result<souk_contract::BulkPlan> {
        not_carts()
    }
    async fn bulk_plans(&self, _: &Ctx, _: &PageRequest) -> Result<Page<souk_contract::BulkPlan>> {
        not_carts()
    }
    async fn store_media(&self, _: &Ctx, _: StoreMedia) -> Result<Media> {
        not_carts()
    }
    async fn fail_media(&self, _: &Ctx, _: MediaId, _: &str) -> Result<()> {
        not_carts()
    }
}
