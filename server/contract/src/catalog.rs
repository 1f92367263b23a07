//! Products, variants and media, and the catalogue's service.

use std::collections::{BTreeMap, HashMap};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    AttributeValue, AuditChange, Availability, BulkEdit, BulkPlan, BulkPlanId, BulkPreview, BulkRun,
    BulkRunId, BulkUndone, ChangeOptions, Collection, CollectionId, CollectionInput, CollectionPicture,
    CollectionRecord, ContentPage, Ctx, Event, HomeContent, ListProducts, Listing, MediaId, Money, Page,
    PageRequest, PlanBulk, ProductId, ProductQuery, ProductRow, ProductSchedule, ProductTemplateId,
    ProductVersion, Result, SetSchedule, TaxClassId, Timestamp, VariantId,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProductStatus {
    Draft,
    Ready,
    Published,
    Archived,
}

impl ProductStatus {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Ready => "ready",
            Self::Published => "published",
            Self::Archived => "archived",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Draft, Self::Ready, Self::Published, Self::Archived]
            .into_iter()
            .find(|status| status.as_str() == text)
    }
}

/// One thing to choose: `Size` with `S`, `M`, `L`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "strict", serde(deny_unknown_fields))]
pub struct ProductOption {
    pub name: String,
    pub values: Vec<OptionValue>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "strict", serde(deny_unknown_fields))]
pub struct OptionValue {
    pub name: String,
    /// CSS colour `#rrggbb` where the value is one to look at.
    #[serde(default)]
    pub swatch: Option<String>,
}

/// What search engines are told; the page's own words where empty.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "strict", serde(deny_unknown_fields))]
#[derive(Default)]
pub struct Seo {
    #[serde(default)]
    pub title: Option<String>,
    #[serde(default)]
    pub description: Option<String>,
}

/// A stored picture: `/media/{key}-{width}.webp` exists for each of `widths`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "strict", serde(deny_unknown_fields))]
pub struct Media {
    pub id: MediaId,
    pub alt: String,
    /// Of the original, in pixels; gives the box its shape before the picture is there.
    pub width: u32,
    pub height: u32,
    /// Hash of the content.
    pub key: String,
    /// Ascending.
    pub widths: Vec<u32>,
    /// A tiny WebP as a `data:` URI, to be shown blurred while loading.
    pub blur: String,
}

impl Media {
    /// The stored picture of at least this width, or the widest.
    pub fn src(&self, wanted: u32) -> String {
        let width = self.widths.iter().find(|width| **width >= wanted).or(self.widths.last());
        format!("/media/{}-{}.webp", self.key, width.copied().unwrap_or(self.width))
    }

    /// For `srcset`.
    pub fn srcset(&self) -> String {
        let sources = self.widths.iter().map(|width| format!("/media/{}-{width}.webp {width}w", self.key));
        sources.collect::<Vec<_>>().join(", ")
    }
}

/// A product as a shopper sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Product {
    pub id: ProductId,
    /// The name in the URL: `/products/{handle}`.
    pub handle: String,
    pub title: String,
    /// Sanitised HTML.
    pub description_html: String,
    pub vendor: String,
    pub product_type: String,
    pub tags: Vec<String>,
    pub status: ProductStatus,
    pub options: Vec<ProductOption>,
    /// In their order; always at least one.
    pub variants: Vec<Variant>,
    pub media: Vec<Media>,
    pub seo: Seo,
    /// Published collections that it is in.
    pub collections: Vec<CollectionLink>,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Variant {
    pub id: VariantId,
    pub sku: Option<String>,
    /// GTIN: EAN-13, UPC-A or what the merchant scans.
    pub barcode: Option<String>,
    /// `M / Blue`; empty for a product without options.
    pub title: String,
    /// One value per product option, in the options' order.
    pub options: Vec<String>,
    pub price: Money,
    /// The price before a sale; only where higher than `price`.
    pub compare_at: Option<Money>,
    pub weight_grams: i64,
    pub requires_shipping: bool,
    pub taxable: bool,
    pub media_id: Option<MediaId>,
    pub availability: Availability,
    /// With `compare_at`, on a product's own page: the lowest price of the 30 days before it became `price`
    /// (Directive 98/6/EC, Article 6a). None where it was never another.
    #[serde(default)]
    #[cfg_attr(target_arch = "wasm32", serde(skip_deserializing))]
    pub lowest_before: Option<Money>,
    /// With `compare_at`, on a product's own page: what the reduction saves, in whole per cent, rounded down. Counted from
    /// `lowest_before` (Court of Justice, C-330/23), else from `compare_at`.
    #[serde(default)]
    #[cfg_attr(target_arch = "wasm32", serde(skip_deserializing))]
    pub saving: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CollectionLink {
    pub handle: String,
    pub title: String,
}

/// A product in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProductCard {
    pub id: ProductId,
    pub handle: String,
    pub title: String,
    pub vendor: String,
    /// The cheapest variant's.
    pub price: Money,
    /// The dearest variant's.
    pub price_max: Money,
    /// Of the cheapest variant, where it is on sale.
    pub compare_at: Option<Money>,
    /// The best of its variants.
    pub availability: Availability,
    pub variant_count: u32,
    /// Where there is only one to buy.
    pub only_variant: Option<VariantId>,
    pub media: Option<Media>,
    /// The second picture.
    pub media_alt: Option<Media>,
    /// CSS colours of its values, at most six.
    pub swatches: Vec<String>,
    /// What its reduction saves, as a variant's.
    pub saving: Option<i64>,
}

/// What a merchant or an import writes: the whole product. A handle names it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ProductInput {
    pub handle: String,
    pub title: String,
    /// Any HTML; it is sanitised when stored.
    #[serde(default)]
    pub description_html: String,
    #[serde(default)]
    pub vendor: String,
    #[serde(default)]
    pub product_type: String,
    #[serde(default)]
    pub tags: Vec<String>,
    pub status: ProductStatus,
    #[serde(default)]
    pub options: Vec<ProductOption>,
    pub variants: Vec<VariantInput>,
    #[serde(default)]
    pub media: Vec<MediaInput>,
    #[serde(default)]
    pub seo: Seo,
    /// How it is taxed; none: as most goods are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_class_id: Option<TaxClassId>,
    /// What other systems keep with a product and Souk has no field for; given back on export.
    #[serde(default)]
    pub extra: BTreeMap<String, String>,
    /// Left out together with `attributes`, both stay what they are; without it beside `attributes` there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template_id: Option<ProductTemplateId>,
    /// Left out: they stay what they are. Given: all of them; what is empty counts as left away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attributes: Option<Vec<AttributeValue>>,
}

impl ProductInput {
    /// Published, with one variant and nothing else.
    pub fn new(handle: impl Into<String>, title: impl Into<String>, variant: VariantInput) -> Self {
        Self {
            handle: handle.into(),
            title: title.into(),
            description_html: String::new(),
            vendor: String::new(),
            product_type: String::new(),
            tags: Vec::new(),
            status: ProductStatus::Published,
            options: Vec::new(),
            variants: vec![variant],
            media: Vec::new(),
            seo: Seo::default(),
            tax_class_id: None,
            extra: BTreeMap::new(),
            template_id: None,
            attributes: None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct VariantInput {
    #[serde(default)]
    pub sku: Option<String>,
    #[serde(default)]
    pub barcode: Option<String>,
    #[serde(default)]
    pub options: Vec<String>,
    pub price: Money,
    #[serde(default)]
    pub compare_at: Option<Money>,
    /// What the merchant pays. Never shown to shoppers.
    #[serde(default)]
    pub cost: Option<Money>,
    #[serde(default)]
    pub weight_grams: i64,
    #[serde(default = "yes")]
    pub requires_shipping: bool,
    #[serde(default = "yes")]
    pub taxable: bool,
    /// `source` of one of the product's media.
    #[serde(default)]
    pub media_source: Option<String>,
    #[serde(default)]
    pub extra: BTreeMap<String, String>,
}

impl VariantInput {
    /// What JSON without any other field says.
    pub fn new(price: Money) -> Self {
        Self {
            sku: None,
            barcode: None,
            options: Vec::new(),
            price,
            compare_at: None,
            cost: None,
            weight_grams: 0,
            requires_shipping: yes(),
            taxable: yes(),
            media_source: None,
            extra: BTreeMap::new(),
        }
    }
}

fn yes() -> bool {
    true
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MediaInput {
    /// URL or file name; names the picture within the product.
    pub source: String,
    #[serde(default)]
    pub alt: String,
}

/// A product as the merchant sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProductRecord {
    pub id: ProductId,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub input: ProductInput,
    /// In the order of `input.variants`.
    pub variant_ids: Vec<VariantId>,
    /// In the order of `input.media`.
    #[serde(default)]
    pub media_ids: Vec<MediaId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Change {
    Created,
    Updated,
    /// It was so already: nothing written, no event.
    Unchanged,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProductWritten {
    pub id: ProductId,
    pub version: i64,
    pub change: Change,
    /// In the order of the input's variants.
    pub variant_ids: Vec<VariantId>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PutProduct {
    /// Names an existing product, whose handle may change (the old one then redirects);
    /// none: by handle, created where new.
    pub id: Option<ProductId>,
    pub product: ProductInput,
    /// Refused with `stale_version` where the stored version is another. 0: it must be new, else `handle_taken`.
    pub if_version: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProductLookup {
    Found(Box<Product>),
    /// The handle was changed: answer 301 to this one.
    Moved(String),
}

/// A variant with what a cart line needs of its product.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VariantInfo {
    pub variant: Variant,
    pub product_id: ProductId,
    pub product_handle: String,
    pub product_title: String,
    pub product_type: String,
    pub vendor: String,
    pub tags: Vec<String>,
    pub media: Option<Media>,
    pub tax_class_id: Option<TaxClassId>,
    /// False once the product is no longer published.
    pub buyable: bool,
}

/// A picture that was named in an import and isn't stored yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PendingMedia {
    pub id: MediaId,
    pub source: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StoreMedia {
    pub id: MediaId,
    /// The file as fetched: JPEG, PNG, WebP or GIF, up to 20 MiB and 50 megapixels.
    pub bytes: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub struct SitemapEntry {
    /// `/products/…`, `/collections/…`, `/pages/…`
    pub path: String,
    pub updated_at: Timestamp,
}

#[async_trait]
pub trait Catalog: Send + Sync {
    /// Published products only, unless staff asks.
    async fn product(&self, ctx: &Ctx, handle: &str) -> Result<ProductLookup>;
    async fn list(&self, ctx: &Ctx, request: &ListProducts) -> Result<Listing>;
    /// Cards in the order asked; those not published are left out.
    async fn cards(&self, ctx: &Ctx, ids: &[ProductId]) -> Result<Vec<ProductCard>>;
    /// Others of its type or collections.
    async fn related(&self, ctx: &Ctx, id: ProductId, limit: u32) -> Result<Vec<ProductCard>>;
    /// Unknown ids are left out.
    async fn variants(&self, ctx: &Ctx, ids: &[VariantId]) -> Result<Vec<VariantInfo>>;
    /// By product: which of these collections hold it. Products that can't be bought, or that none holds, are left out.
    async fn holding(
        &self,
        ctx: &Ctx,
        collections: &[CollectionId],
        products: &[ProductId],
    ) -> Result<HashMap<ProductId, Vec<CollectionId>>>;

    async fn collections(&self, ctx: &Ctx) -> Result<Vec<Collection>>;
    async fn collection(&self, ctx: &Ctx, handle: &str) -> Result<Collection>;
    async fn page(&self, ctx: &Ctx, handle: &str) -> Result<ContentPage>;
    async fn pages(&self, ctx: &Ctx) -> Result<Vec<ContentPage>>;
    async fn home(&self, ctx: &Ctx) -> Result<HomeContent>;
    /// Everything a search engine may index, in pages of at most 10,000.
    async fn sitemap(&self, ctx: &Ctx, after: Option<&str>, limit: u32) -> Result<Page<SitemapEntry>>;

    /// Grows with every change that a page could show: what was rendered before is then stale.
    fn epoch(&self) -> u64;

    // Staff
    async fn put_product(&self, ctx: &Ctx, request: PutProduct) -> Result<ProductWritten>;
    /// Many at once, each with its own outcome; far faster than one by one.
    async fn put_products(
        &self,
        ctx: &Ctx,
        products: Vec<ProductInput>,
    ) -> Result<Vec<Result<ProductWritten>>>;
    async fn product_record(&self, ctx: &Ctx, id: ProductId) -> Result<ProductRecord>;
    /// By handle; all, published or not: what an export needs.
    async fn product_records(&self, ctx: &Ctx, page: &PageRequest) -> Result<Page<ProductRecord>>;
    /// Those of these handles that there are, in no order; at most 1,000 at once.
    async fn products_by_handle(&self, ctx: &Ctx, handles: &[String]) -> Result<Vec<ProductRecord>>;
    /// Each as it would be stored, or why it would not be; nothing is written.
    async fn check_products(
        &self,
        ctx: &Ctx,
        products: Vec<ProductInput>,
    ) -> Result<Vec<Result<ProductInput>>>;
    /// By title.
    async fn find_products(&self, ctx: &Ctx, query: &ProductQuery) -> Result<Page<ProductRow>>;
    async fn archive_product(
        &self,
        ctx: &Ctx,
        id: ProductId,
        if_version: Option<i64>,
    ) -> Result<ProductWritten>;
    /// Other options and values, with the variants kept.
    async fn change_options(
        &self,
        ctx: &Ctx,
        id: ProductId,
        change: ChangeOptions,
        if_version: Option<i64>,
    ) -> Result<ProductWritten>;
    /// Newest first.
    async fn product_versions(
        &self,
        ctx: &Ctx,
        id: ProductId,
        page: &PageRequest,
    ) -> Result<Page<ProductVersion>>;
    /// The product as it was then.
    async fn product_version(&self, ctx: &Ctx, id: ProductId, number: i64) -> Result<ProductInput>;
    /// Field by field, from one version to another.
    async fn compare_versions(
        &self,
        ctx: &Ctx,
        id: ProductId,
        from: i64,
        to: i64,
    ) -> Result<Vec<AuditChange>>;
    /// The product is as it was then, save for its status; that is a new version.
    async fn restore_version(
        &self,
        ctx: &Ctx,
        id: ProductId,
        number: i64,
        if_version: Option<i64>,
    ) -> Result<ProductWritten>;
    async fn product_schedule(&self, ctx: &Ctx, id: ProductId) -> Result<ProductSchedule>;
    /// `if_version` is the schedule's own.
    async fn set_schedule(
        &self,
        ctx: &Ctx,
        id: ProductId,
        schedule: SetSchedule,
        if_version: Option<i64>,
    ) -> Result<ProductSchedule>;
    /// What the edit would do to products after this one; nothing happens.
    async fn preview_bulk(&self, ctx: &Ctx, edit: &BulkEdit, after: Option<ProductId>)
    -> Result<BulkPreview>;
    /// All of it or nothing. `Conflict`: `changed_meanwhile`, `nothing_to_do`.
    async fn run_bulk(&self, ctx: &Ctx, edit: BulkEdit) -> Result<BulkRun>;
    /// Each value that is still what the edit made of it is what it was before. `Conflict undone` the second time.
    async fn undo_bulk(&self, ctx: &Ctx, id: BulkRunId) -> Result<BulkUndone>;
    /// Newest first.
    async fn bulk_runs(&self, ctx: &Ctx, page: &PageRequest) -> Result<Page<BulkRun>>;
    async fn plan_bulk(&self, ctx: &Ctx, plan: PlanBulk) -> Result<BulkPlan>;
    /// What was done stays; what is still to be done is not done. `Conflict over` where nothing is.
    async fn cancel_bulk_plan(&self, ctx: &Ctx, id: BulkPlanId) -> Result<BulkPlan>;
    /// Newest first.
    async fn bulk_plans(&self, ctx: &Ctx, page: &PageRequest) -> Result<Page<BulkPlan>>;
    async fn put_collection(&self, ctx: &Ctx, collection: CollectionInput) -> Result<Change>;
    /// Staff. All, in the shop's order.
    async fn collection_records(&self, ctx: &Ctx) -> Result<Vec<CollectionRecord>>;
    /// A new one without an id. `Invalid` for a handle that is taken, or another one than it was made with; `Conflict
    /// stale_version`.
    async fn write_collection(
        &self,
        ctx: &Ctx,
        id: Option<CollectionId>,
        collection: CollectionInput,
        if_version: Option<i64>,
    ) -> Result<CollectionRecord>;
    /// `Invalid` where it is no picture that can be read, or too large: the one before stays then.
    async fn set_collection_picture(
        &self,
        ctx: &Ctx,
        id: CollectionId,
        picture: CollectionPicture,
        if_version: Option<i64>,
    ) -> Result<CollectionRecord>;
    /// Its products stay.
    async fn remove_collection(&self, ctx: &Ctx, id: CollectionId, if_version: Option<i64>) -> Result<()>;
    async fn put_page(&self, ctx: &Ctx, page: ContentPage) -> Result<Change>;
    async fn put_home(&self, ctx: &Ctx, home: HomeContent) -> Result<Change>;
    async fn pending_media(&self, ctx: &Ctx, after: Option<MediaId>, limit: u32)
    -> Result<Vec<PendingMedia>>;
    /// Makes the WebP widths and the placeholder.
    async fn store_media(&self, ctx: &Ctx, request: StoreMedia) -> Result<Media>;
    async fn fail_media(&self, ctx: &Ctx, id: MediaId, reason: &str) -> Result<()>;
}

/// Created, changed, published, withdrawn or given other pictures.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ProductChanged {
    pub product_id: ProductId,
    pub version: i64,
}

impl Event for ProductChanged {
    const KIND: &'static str = "catalog.product_changed";
    fn key(&self) -> Uuid {
        self.product_id.uuid()
    }
}
