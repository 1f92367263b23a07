//! A catalogue, a stock and imports on the test's own databases.

use std::sync::Arc;

use async_trait::async_trait;
use souk_catalog::LocalCatalog;
use souk_contract::{
    Actor, Catalog as _, Ctx, Currency, Grants, Import, ImportBody, ImportId, ImportIssue, ImportedProduct,
    Imports as _, Inventory as _, MapImport, PageRequest, ProductId, ProductInput, ProductRecord, PutProduct,
    Result,
};
use souk_import::{LocalImports, MIGRATIONS, Settings};
use souk_inventory::LocalInventory;
use souk_kernel::{
    Db,
    testing::{TestKit, TestShop},
};

pub struct Shop {
    pub imports: LocalImports,
    pub catalog: Arc<LocalCatalog>,
    pub inventory: Arc<LocalInventory>,
    pub db: Db,
    /// A member of staff: what they do is written down.
    pub ctx: Ctx,
    kit: TestKit,
}

/// A file in pieces that end anywhere.
pub struct Body(Vec<Vec<u8>>);

impl Body {
    pub fn new(bytes: &[u8]) -> Self {
        let size = if bytes.len() > 100_000 { 70_001 } else { 7 };
        let mut pieces: Vec<Vec<u8>> = bytes.chunks(size).map(<[u8]>::to_vec).collect();
        pieces.reverse();
        Self(pieces)
    }
}

#[async_trait]
impl ImportBody for Body {
    async fn piece(&mut self) -> Result<Option<Vec<u8>>> {
        Ok(self.0.pop())
    }
}

impl Shop {
    pub async fn open(kit: &TestKit) -> Self {
        let db = kit.db("catalog", souk_catalog::MIGRATIONS).await;
        let settings = souk_catalog::Settings { currency: Currency::EUR, data_dir: kit.folder().to_owned() };
        let catalog = Arc::new(LocalCatalog::new(kit.kit(), db, settings));
        let db = kit.db("inventory", souk_inventory::MIGRATIONS).await;
        let inventory =
            Arc::new(LocalInventory::new(kit.kit(), db, TestShop::open()).await.expect("an inventory"));
        let db = kit.db("imports", MIGRATIONS).await;
        let settings = Settings { currency: Currency::EUR, fetch: Default::default() };
        let imports = LocalImports::new(
            kit.kit(),
            db.clone(),
            catalog.clone(),
            catalog.clone(),
            inventory.clone(),
            settings,
        );
        let owner = Actor::staff(kit.kit().ids.next(), Grants::everything());
        Self { imports, catalog, inventory, db, ctx: Ctx::guest("test").with_actor(owner), kit: kit.clone() }
    }

    /// On the same data.
    pub async fn another(&self) -> LocalImports {
        let db = self.kit.db("imports", MIGRATIONS).await;
        let settings = Settings { currency: Currency::EUR, fetch: Default::default() };
        LocalImports::new(
            self.kit.kit(),
            db,
            self.catalog.clone(),
            self.catalog.clone(),
            self.inventory.clone(),
            settings,
        )
    }

    pub async fn upload_bytes(&self, name: &str, bytes: &[u8]) -> Result<Import> {
        self.imports.upload(&self.ctx, name, &mut Body::new(bytes)).await
    }

    pub async fn upload(&self, name: &str, text: &str) -> Result<Import> {
        self.upload_bytes(name, text.as_bytes()).await
    }

    pub async fn check(&self, id: ImportId, columns: &[(&str, &str)]) -> Import {
        let columns =
            columns.iter().map(|(name, target)| ((*name).to_owned(), (*target).to_owned())).collect();
        self.imports.map(&self.ctx, id, MapImport { columns }, None).await.expect("mapped");
        self.work(id).await
    }

    pub async fn write(&self, id: ImportId) -> Import {
        self.imports.start(&self.ctx, id, None).await.expect("started");
        self.work(id).await
    }

    pub async fn revert(&self, id: ImportId) -> Import {
        self.imports.revert(&self.ctx, id, None).await.expect("begun");
        self.work(id).await
    }

    pub async fn import_file(&self, text: &str, columns: &[(&str, &str)]) -> Import {
        let import = self.upload("file.csv", text).await.expect("taken in");
        self.check(import.id, columns).await;
        self.write(import.id).await
    }

    async fn work(&self, id: ImportId) -> Import {
        while self.imports.work().await.expect("done") {}
        let import = self.imports.import(&self.ctx, id).await.expect("the import");
        assert!(import.work.is_none(), "{import:?}");
        import
    }

    pub async fn issues(&self, id: ImportId) -> Vec<ImportIssue> {
        self.imports.issues(&self.ctx, id, &PageRequest::default()).await.expect("issues").items
    }

    pub async fn products(&self, id: ImportId) -> Vec<ImportedProduct> {
        let mut all = Vec::new();
        let mut page = PageRequest { after: None, limit: Some(100) };
        loop {
            let found = self.imports.products(&self.ctx, id, &page).await.expect("products");
            all.extend(found.items);
            match found.next {
                Some(next) => page.after = Some(next),
                None => return all,
            }
        }
    }

    /// By handle.
    pub async fn records(&self) -> Vec<ProductRecord> {
        let page = PageRequest { after: None, limit: Some(100) };
        self.catalog.product_records(&self.ctx, &page).await.expect("records").items
    }

    pub async fn put(&self, id: ProductId, product: ProductInput) {
        let request = PutProduct { id: Some(id), product, if_version: None };
        self.catalog.put_product(&self.ctx, request).await.expect("put");
    }

    /// Of each variant, in their order.
    pub async fn on_hand(&self, record: &ProductRecord) -> Vec<i64> {
        let levels = self.inventory.levels(&self.ctx, &record.variant_ids).await.expect("levels");
        let of = |id| levels.iter().find(|level| level.variant_id == id).map_or(0, |level| level.on_hand);
        record.variant_ids.iter().map(|id| of(*id)).collect()
    }
}
