//! Builders: a catalogue on the test's own database, and products to put into it.

use std::sync::{Arc, Mutex};

use souk_catalog::{LocalCatalog, MIGRATIONS, Settings};
use souk_contract::{
    Catalog, Change, Ctx, Currency, ListProducts, Listing, MediaInput, Money, OptionValue, Product,
    ProductInput, ProductLookup, ProductOption, ProductWritten, PutProduct, VariantInput,
};
use souk_kernel::{Bus, Db, Relay, testing::TestKit};

pub struct Shop {
    pub catalog: Arc<LocalCatalog>,
    pub db: Db,
    pub relay: Relay,
    pub guest: Ctx,
    pub system: Ctx,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Shop {
    pub async fn open(kit: &TestKit) -> Self {
        let db = kit.db("catalog", MIGRATIONS).await;
        let settings = Settings { currency: Currency::EUR, data_dir: kit.folder().to_owned() };
        let catalog = Arc::new(LocalCatalog::new(kit.kit(), db.clone(), settings));
        let bus = Bus::new();
        catalog.listen(&bus);
        let heard: Arc<Mutex<Vec<String>>> = Arc::default();
        for kind in ["catalog.product_changed", "catalog.collection_changed"] {
            let heard = Arc::clone(&heard);
            bus.on_kind("test.ear", kind, move |delivered| {
                heard.lock().expect("a lock").push(delivered.kind.to_string());
                async { Ok(()) }
            });
        }
        Self {
            relay: Relay::new(db.clone(), bus),
            catalog,
            db,
            guest: Ctx::guest("test"),
            system: Ctx::system("test"),
            heard,
        }
    }

    pub async fn put(&self, product: ProductInput) -> ProductWritten {
        self.try_put(product).await.expect("a good product")
    }

    pub async fn try_put(&self, product: ProductInput) -> souk_contract::Result<ProductWritten> {
        self.catalog.put_product(&self.system, PutProduct { id: None, product, if_version: None }).await
    }

    pub async fn put_all(&self, products: Vec<ProductInput>) -> Vec<Change> {
        let outcomes = self.catalog.put_products(&self.system, products).await.expect("stored");
        outcomes.into_iter().map(|outcome| outcome.expect("a good product").change).collect()
    }

    pub async fn product(&self, handle: &str) -> Product {
        match self.catalog.product(&self.guest, handle).await.expect("the product") {
            ProductLookup::Found(product) => *product,
            ProductLookup::Moved(to) => panic!("moved to {to}"),
        }
    }

    pub async fn list(&self, request: ListProducts) -> Listing {
        self.catalog.list(&self.guest, &request).await.expect("a list")
    }

    /// Handles of the first page of a list.
    pub async fn handles(&self, request: ListProducts) -> Vec<String> {
        self.list(request).await.cards.into_iter().map(|card| card.handle).collect()
    }

    /// Kinds of the events that were published since the last call.
    pub async fn heard(&self) -> Vec<String> {
        self.relay.drain().await.expect("delivered");
        std::mem::take(&mut *self.heard.lock().expect("a lock"))
    }
}

pub fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

pub fn in_collection(handle: &str) -> ListProducts {
    ListProducts { collection: Some(handle.to_owned()), ..ListProducts::default() }
}

/// A published product with one variant of 10.00.
pub fn product(handle: &str) -> ProductInput {
    ProductInput {
        vendor: "Acme".to_owned(),
        product_type: "Things".to_owned(),
        ..ProductInput::new(handle, handle, variant(&[], 1000))
    }
}

pub fn variant(options: &[&str], price: i64) -> VariantInput {
    VariantInput {
        options: options.iter().map(|value| (*value).to_owned()).collect(),
        weight_grams: 100,
        ..VariantInput::new(eur(price))
    }
}

pub fn option(name: &str, values: &[&str]) -> ProductOption {
    let values = values.iter().map(|name| OptionValue { name: (*name).to_owned(), swatch: None }).collect();
    ProductOption { name: name.to_owned(), values }
}

/// In every size, at 10.00 each.
pub fn sized(handle: &str, sizes: &[&str]) -> ProductInput {
    ProductInput {
        options: vec![option("Size", sizes)],
        variants: sizes.iter().map(|size| variant(&[size], 1000)).collect(),
        ..product(handle)
    }
}

pub fn picture(source: &str) -> MediaInput {
    MediaInput { source: source.to_owned(), alt: format!("Picture {source}") }
}
