//! What the catalogue keeps of its answers, and how much of each.

use souk_contract::{
    Collection, ContentPage, HomeContent, ListProducts, Listing, Media, Product, ProductCard, ProductId,
    VariantId, VariantInfo,
};
use souk_kernel::kept::{Kept, KeptOne};

const MIB: u64 = 1024 * 1024;

pub(crate) struct Caches {
    pub(crate) lists: Kept<ListProducts, Listing>,
    pub(crate) products: Kept<String, Product>,
    pub(crate) variants: Kept<VariantId, VariantInfo>,
    pub(crate) related: Kept<(ProductId, u32), Vec<ProductCard>>,
    pub(crate) collections: KeptOne<Vec<Collection>>,
    pub(crate) pages: KeptOne<Vec<ContentPage>>,
    pub(crate) home: KeptOne<HomeContent>,
}

impl Caches {
    pub(crate) fn new() -> Self {
        Self {
            lists: Kept::new(500, 8 * MIB, |key, list| {
                let chosen: usize = key.filters.facets.values().flatten().map(String::len).sum();
                let values: usize = list.facets.iter().map(|facet| facet.values.len()).sum();
                512 + chosen + values * 96 + list.cards.iter().map(card).sum::<usize>()
            }),
            products: Kept::new(2_000, 8 * MIB, |_, product| {
                let pictures: usize = product.media.iter().map(media).sum();
                1024 + product.description_html.len() + product.variants.len() * 400 + pictures
            }),
            variants: Kept::new(4_000, 4 * MIB, |_, variant| 800 + variant.media.as_ref().map_or(0, media)),
            related: Kept::new(500, 2 * MIB, |_, cards| cards.iter().map(card).sum()),
            collections: KeptOne::default(),
            pages: KeptOne::default(),
            home: KeptOne::default(),
        }
    }
}

fn card(card: &ProductCard) -> usize {
    400 + [&card.media, &card.media_alt].into_iter().flatten().map(media).sum::<usize>()
}

fn media(media: &Media) -> usize {
    250 + media.blur.len() + media.alt.len()
}
