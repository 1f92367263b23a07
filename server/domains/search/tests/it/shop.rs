//! Builders: a search over a catalogue in memory, and products to put into it.

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use souk_contract::{
    Ctx, Currency, Listing, OptionValue, ProductInput, ProductOption, Search, SearchRequest, VariantInput,
};
use souk_kernel::{Bus, Relay, testing::TestKit};
use souk_search::{LocalSearch, MIGRATIONS, Settings};

use crate::shelf::{Shelf, eur};

pub struct Shop {
    pub shelf: Arc<Shelf>,
    pub search: Arc<LocalSearch>,
    pub relay: Relay,
    pub guest: Ctx,
    pub kit: TestKit,
}

impl Shop {
    /// With these products indexed, and listening.
    pub async fn open(kit: &TestKit, products: Vec<ProductInput>) -> Self {
        let db = kit.db("catalog", &[]).await;
        let shelf = Arc::new(Shelf::new(db.clone()));
        for product in products {
            shelf.stock(product);
            kit.later(1);
        }
        let bus = Bus::new();
        let search = open(kit, &shelf).await;
        search.listen(&bus);
        let shop =
            Self { shelf, search, relay: Relay::new(db, bus), guest: Ctx::guest("test"), kit: kit.clone() };
        shop.wait_until("the index is whole", async || shop.search.is_whole()).await;
        shop
    }

    pub async fn find(&self, request: SearchRequest) -> Listing {
        self.search.search(&self.guest, &request).await.expect("an answer")
    }

    /// Handles of the first page.
    pub async fn handles(&self, q: &str) -> Vec<String> {
        handles(&self.find(words(q)).await)
    }

    /// In alphabetical order.
    pub async fn found(&self, q: &str) -> Vec<String> {
        let mut handles = self.handles(q).await;
        handles.sort();
        handles
    }

    /// Fails after ten seconds, and says after how long it was so.
    pub async fn wait_until(&self, what: &str, mut holds: impl AsyncFnMut() -> bool) -> Duration {
        let start = Instant::now();
        while !holds().await {
            assert!(start.elapsed() < Duration::from_secs(10), "waited in vain until {what}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        start.elapsed()
    }
}

pub fn index_dir(kit: &TestKit) -> PathBuf {
    kit.folder().join("index")
}

pub async fn open(kit: &TestKit, shelf: &Arc<Shelf>) -> Arc<LocalSearch> {
    let db = kit.db("search", MIGRATIONS).await;
    let settings = Settings { currency: Currency::EUR };
    LocalSearch::open(kit.kit(), db, shelf.clone(), &index_dir(kit), settings).await.expect("a search")
}

pub fn words(q: &str) -> SearchRequest {
    SearchRequest { q: q.to_owned(), ..SearchRequest::default() }
}

pub fn handles(listing: &Listing) -> Vec<String> {
    listing.cards.iter().map(|card| card.handle.clone()).collect()
}

/// Published, one variant of 10.00.
pub fn product(handle: &str, title: &str) -> ProductInput {
    ProductInput::new(handle, title, variant(1000))
}

pub fn variant(price: i64) -> VariantInput {
    VariantInput { weight_grams: 100, ..VariantInput::new(eur(price)) }
}

pub fn option(name: &str, values: &[&str]) -> ProductOption {
    let values = values.iter().map(|name| OptionValue { name: (*name).to_owned(), swatch: None }).collect();
    ProductOption { name: name.to_owned(), values }
}
