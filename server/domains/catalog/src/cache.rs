//! Answers that are kept for as long as nothing changed. An entry says of which epoch it is; any later epoch
//! makes it worthless, and then it is overwritten or pushed out.

use std::{hash::Hash, sync::Arc};

use moka::future::Cache;
use souk_contract::{
    Collection, ContentPage, HomeContent, ListProducts, Listing, Media, Product, ProductCard, ProductId,
    VariantId, VariantInfo,
};

const MIB: u64 = 1024 * 1024;

pub(crate) struct Kept<K, V>(Cache<K, (u64, Arc<V>)>);

impl<K, V> Kept<K, V>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Send + Sync + 'static,
{
    /// `weigh` tells about how many bytes an entry takes.
    pub(crate) fn new(capacity: u64, weigh: fn(&K, &V) -> usize) -> Self {
        let weigher = move |key: &K, (_, value): &(u64, Arc<V>)| {
            u32::try_from(weigh(key, value) + 128).unwrap_or(u32::MAX)
        };
        Self(Cache::builder().max_capacity(capacity).weigher(weigher).build())
    }

    pub(crate) async fn get(&self, key: &K, epoch: u64) -> Option<Arc<V>> {
        let (of, value) = self.0.get(key).await?;
        (of == epoch).then_some(value)
    }

    /// The epoch is that from before the value was read.
    pub(crate) async fn put(&self, key: K, epoch: u64, value: V) -> Arc<V> {
        let value = Arc::new(value);
        self.0.insert(key, (epoch, Arc::clone(&value))).await;
        value
    }
}

pub(crate) struct Caches {
    pub(crate) lists: Kept<ListProducts, Listing>,
    pub(crate) products: Kept<String, Product>,
    pub(crate) variants: Kept<VariantId, VariantInfo>,
    pub(crate) related: Kept<(ProductId, u32), Vec<ProductCard>>,
    pub(crate) collections: Kept<(), Vec<Collection>>,
    pub(crate) pages: Kept<(), Vec<ContentPage>>,
    pub(crate) home: Kept<(), HomeContent>,
}

impl Caches {
    pub(crate) fn new() -> Self {
        Self {
            lists: Kept::new(8 * MIB, |key, list| {
                let chosen: usize = key.filters.facets.values().flatten().map(String::len).sum();
                let values: usize = list.facets.iter().map(|facet| facet.values.len()).sum();
                512 + chosen + values * 96 + list.cards.iter().map(card).sum::<usize>()
            }),
            products: Kept::new(8 * MIB, |_, product| {
                let pictures: usize = product.media.iter().map(media).sum();
                1024 + product.description_html.len() + product.variants.len() * 400 + pictures
            }),
            variants: Kept::new(4 * MIB, |_, variant| 800 + variant.media.as_ref().map_or(0, media)),
            related: Kept::new(2 * MIB, |_, cards| cards.iter().map(card).sum()),
            collections: Kept::new(4 * MIB, |(), all| {
                all.iter()
                    .map(|one| 800 + one.description_html.len() + one.media.as_ref().map_or(0, media))
                    .sum()
            }),
            pages: Kept::new(4 * MIB, |(), all| all.iter().map(|page| 400 + page.body_html.len()).sum()),
            home: Kept::new(MIB, |(), home| 2048 + home.story_html.len()),
        }
    }
}

fn card(card: &ProductCard) -> usize {
    400 + [&card.media, &card.media_alt].into_iter().flatten().map(media).sum::<usize>()
}

fn media(media: &Media) -> usize {
    250 + media.blur.len() + media.alt.len()
}
