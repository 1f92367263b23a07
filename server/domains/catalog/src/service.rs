//! The catalogue's calls: who may make them, and which part of the crate answers.

use async_trait::async_trait;
use std::collections::HashMap;

use souk_contract::{
    AuditChange, BulkEdit, BulkPlan, BulkPlanId, BulkPreview, BulkRun, BulkRunId, BulkUndone, Catalog,
    Change, ChangeOptions, Collection, CollectionId, CollectionInput, CollectionPicture, CollectionRecord,
    ContentPage, Ctx, Error, HomeContent, ListProducts, Listing, Media, MediaId, Page, PageRequest,
    PendingMedia, PlanBulk, ProductCard, ProductId, ProductInput, ProductLookup, ProductQuery, ProductRecord,
    ProductRow, ProductSchedule, ProductStatus, ProductVersion, ProductWritten, PutProduct, Resource, Result,
    SetSchedule, SitemapEntry, StoreMedia, VariantId, VariantInfo, VersionKind,
};

use crate::{LocalCatalog, content::find_page, versions::Cause};

const MAX_IDS: usize = 1000;
const MAX_PRODUCTS: usize = 10_000;

#[async_trait]
impl Catalog for LocalCatalog {
    async fn product(&self, ctx: &Ctx, handle: &str) -> Result<ProductLookup> {
        match self.read_product(handle).await? {
            Some(ProductLookup::Found(product))
                if product.status != ProductStatus::Published && !ctx.is_staff_or_system() =>
            {
                Err(Error::not_found("product"))
            }
            Some(lookup) => Ok(lookup),
            None => Err(Error::not_found("product")),
        }
    }

    async fn list(&self, _ctx: &Ctx, request: &ListProducts) -> Result<Listing> {
        self.read_list(request).await
    }

    async fn cards(&self, _ctx: &Ctx, ids: &[ProductId]) -> Result<Vec<ProductCard>> {
        at_most(ids.len())?;
        self.read_cards(ids).await
    }

    async fn related(&self, _ctx: &Ctx, id: ProductId, limit: u32) -> Result<Vec<ProductCard>> {
        self.read_related(id, limit).await
    }

    async fn holding(
        &self,
        _ctx: &Ctx,
        collections: &[CollectionId],
        products: &[ProductId],
    ) -> Result<HashMap<ProductId, Vec<CollectionId>>> {
        Ok(self.shelf().await?.holding(collections, products))
    }

    async fn variants(&self, _ctx: &Ctx, ids: &[VariantId]) -> Result<Vec<VariantInfo>> {
        at_most(ids.len())?;
        self.read_variants(ids).await
    }

    async fn collections(&self, _ctx: &Ctx) -> Result<Vec<Collection>> {
        Ok((*self.read_collections().await?).clone())
    }

    async fn collection(&self, _ctx: &Ctx, handle: &str) -> Result<Collection> {
        let all = self.read_collections().await?;
        let found = all.iter().find(|collection| collection.handle == handle);
        found.cloned().ok_or_else(|| Error::not_found("collection"))
    }

    async fn page(&self, _ctx: &Ctx, handle: &str) -> Result<ContentPage> {
        find_page(&self.read_pages().await?, handle)
    }

    async fn pages(&self, _ctx: &Ctx) -> Result<Vec<ContentPage>> {
        Ok((*self.read_pages().await?).clone())
    }

    async fn home(&self, _ctx: &Ctx) -> Result<HomeContent> {
        Ok((*self.read_home().await?).clone())
    }

    async fn sitemap(&self, _ctx: &Ctx, after: Option<&str>, limit: u32) -> Result<Page<SitemapEntry>> {
        self.read_sitemap(after, limit).await
    }

    fn epoch(&self) -> u64 {
        self.fresh.epoch()
    }

    async fn put_product(&self, ctx: &Ctx, request: PutProduct) -> Result<ProductWritten> {
        ctx.require(Resource::Catalog.write())?;
        self.write_product(ctx, request, Cause::of(VersionKind::Updated)).await
    }

    async fn put_products(
        &self,
        ctx: &Ctx,
        products: Vec<ProductInput>,
    ) -> Result<Vec<Result<ProductWritten>>> {
        ctx.require(Resource::Catalog.write())?;
        if products.len() > MAX_PRODUCTS {
            return Err(Error::invalid("products", "too_many", "At most 10,000 products at once."));
        }
        self.write_products(ctx, products).await
    }

    async fn product_record(&self, ctx: &Ctx, id: ProductId) -> Result<ProductRecord> {
        ctx.require(Resource::Catalog.read())?;
        self.read_record(&mut *self.db.read().await?, id).await
    }

    async fn product_records(&self, ctx: &Ctx, page: &PageRequest) -> Result<Page<ProductRecord>> {
        ctx.require(Resource::Catalog.read())?;
        self.read_records(page).await
    }

    async fn products_by_handle(&self, ctx: &Ctx, handles: &[String]) -> Result<Vec<ProductRecord>> {
        ctx.require(Resource::Catalog.read())?;
        at_most(handles.len())?;
        self.read_records_by_handle(handles).await
    }

    async fn check_products(
        &self,
        ctx: &Ctx,
        products: Vec<ProductInput>,
    ) -> Result<Vec<Result<ProductInput>>> {
        ctx.require(Resource::Catalog.read())?;
        at_most(products.len())?;
        let mut drafts = self.drafts(products).await?;
        self.fill_in(&mut drafts).await?;
        Ok(drafts.into_iter().map(|draft| draft.map(|draft| draft.input)).collect())
    }

    async fn find_products(&self, ctx: &Ctx, query: &ProductQuery) -> Result<Page<ProductRow>> {
        ctx.require(Resource::Catalog.read())?;
        self.read_rows(query).await
    }

    async fn archive_product(
        &self,
        ctx: &Ctx,
        id: ProductId,
        if_version: Option<i64>,
    ) -> Result<ProductWritten> {
        ctx.require(Resource::Catalog.write())?;
        self.archive(ctx, id, if_version).await
    }

    async fn change_options(
        &self,
        ctx: &Ctx,
        id: ProductId,
        change: ChangeOptions,
        if_version: Option<i64>,
    ) -> Result<ProductWritten> {
        ctx.require(Resource::Catalog.write())?;
        self.write_options(ctx, id, change, if_version).await
    }

    async fn product_versions(
        &self,
        ctx: &Ctx,
        id: ProductId,
        page: &PageRequest,
    ) -> Result<Page<ProductVersion>> {
        ctx.require(Resource::Catalog.read())?;
        self.list_versions(id, page).await
    }

    async fn product_version(&self, ctx: &Ctx, id: ProductId, number: i64) -> Result<ProductInput> {
        ctx.require(Resource::Catalog.read())?;
        self.read_version(id, number).await
    }

    async fn compare_versions(
        &self,
        ctx: &Ctx,
        id: ProductId,
        from: i64,
        to: i64,
    ) -> Result<Vec<AuditChange>> {
        ctx.require(Resource::Catalog.read())?;
        self.compare(id, from, to).await
    }

    async fn restore_version(
        &self,
        ctx: &Ctx,
        id: ProductId,
        number: i64,
        if_version: Option<i64>,
    ) -> Result<ProductWritten> {
        ctx.require(Resource::Catalog.write())?;
        self.restore(ctx, id, number, if_version).await
    }

    async fn product_schedule(&self, ctx: &Ctx, id: ProductId) -> Result<ProductSchedule> {
        ctx.require(Resource::Catalog.read())?;
        self.read_schedule(id).await
    }

    async fn set_schedule(
        &self,
        ctx: &Ctx,
        id: ProductId,
        schedule: SetSchedule,
        if_version: Option<i64>,
    ) -> Result<ProductSchedule> {
        ctx.require(Resource::Catalog.write())?;
        self.write_schedule(ctx, id, schedule, if_version).await
    }

    async fn preview_bulk(
        &self,
        ctx: &Ctx,
        edit: &BulkEdit,
        after: Option<ProductId>,
    ) -> Result<BulkPreview> {
        ctx.require(Resource::Catalog.read())?;
        self.preview_edit(edit, after).await
    }

    async fn run_bulk(&self, ctx: &Ctx, edit: BulkEdit) -> Result<BulkRun> {
        ctx.require(Resource::Catalog.write())?;
        self.run_edit(ctx, edit).await
    }

    async fn undo_bulk(&self, ctx: &Ctx, id: BulkRunId) -> Result<BulkUndone> {
        ctx.require(Resource::Catalog.write())?;
        self.undo_edit(ctx, id).await
    }

    async fn bulk_runs(&self, ctx: &Ctx, page: &PageRequest) -> Result<Page<BulkRun>> {
        ctx.require(Resource::Catalog.read())?;
        self.list_runs(page).await
    }

    async fn plan_bulk(&self, ctx: &Ctx, plan: PlanBulk) -> Result<BulkPlan> {
        ctx.require(Resource::Catalog.write())?;
        self.plan_edit(ctx, plan).await
    }

    async fn cancel_bulk_plan(&self, ctx: &Ctx, id: BulkPlanId) -> Result<BulkPlan> {
        ctx.require(Resource::Catalog.write())?;
        self.cancel_plan(ctx, id).await
    }

    async fn bulk_plans(&self, ctx: &Ctx, page: &PageRequest) -> Result<Page<BulkPlan>> {
        ctx.require(Resource::Catalog.read())?;
        self.list_plans(page).await
    }

    async fn put_collection(&self, ctx: &Ctx, collection: CollectionInput) -> Result<Change> {
        ctx.require(Resource::Catalog.write())?;
        self.put_by_handle(ctx, collection).await
    }

    async fn collection_records(&self, ctx: &Ctx) -> Result<Vec<CollectionRecord>> {
        ctx.require(Resource::Catalog.read())?;
        self.collection_rows().await
    }

    async fn write_collection(
        &self,
        ctx: &Ctx,
        id: Option<CollectionId>,
        collection: CollectionInput,
        if_version: Option<i64>,
    ) -> Result<CollectionRecord> {
        ctx.require(Resource::Catalog.write())?;
        self.save_by_id(ctx, id, collection, if_version).await
    }

    async fn set_collection_picture(
        &self,
        ctx: &Ctx,
        id: CollectionId,
        picture: CollectionPicture,
        if_version: Option<i64>,
    ) -> Result<CollectionRecord> {
        ctx.require(Resource::Catalog.write())?;
        self.write_collection_picture(ctx, id, picture, if_version).await
    }

    async fn remove_collection(&self, ctx: &Ctx, id: CollectionId, if_version: Option<i64>) -> Result<()> {
        ctx.require(Resource::Catalog.write())?;
        self.drop_collection(ctx, id, if_version).await
    }

    async fn put_page(&self, ctx: &Ctx, page: ContentPage) -> Result<Change> {
        ctx.require(Resource::Catalog.write())?;
        self.write_page(ctx, page).await
    }

    async fn put_home(&self, ctx: &Ctx, home: HomeContent) -> Result<Change> {
        ctx.require(Resource::Catalog.write())?;
        self.write_home(ctx, home).await
    }

    async fn pending_media(
        &self,
        ctx: &Ctx,
        after: Option<MediaId>,
        limit: u32,
    ) -> Result<Vec<PendingMedia>> {
        ctx.require(Resource::Catalog.read())?;
        self.read_pending(after, limit).await
    }

    async fn store_media(&self, ctx: &Ctx, request: StoreMedia) -> Result<Media> {
        ctx.require(Resource::Catalog.write())?;
        self.write_media(request).await
    }

    async fn fail_media(&self, ctx: &Ctx, id: MediaId, reason: &str) -> Result<()> {
        ctx.require(Resource::Catalog.write())?;
        self.write_failed_media(id, reason).await
    }
}

fn at_most(count: usize) -> Result<()> {
    if count <= MAX_IDS {
        Ok(())
    } else {
        Err(Error::invalid("ids", "too_many", "At most 1,000 ids at once."))
    }
}
