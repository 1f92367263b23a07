//! Searching and suggesting.

use std::sync::Arc;

use async_trait::async_trait;
use souk_contract::{
    CollectionLink, Ctx, DEFAULT_LIMIT, Error, Filters, Listing, MAX_LIMIT, Media, Money, PriceRange,
    Resource, Result, Search, SearchRequest, Sort, SuggestedProduct, Suggestions,
};

use crate::{
    Inner, LocalSearch,
    collect::{Sieve, Sifted},
    page::{Cursor, Hit, Order, Page},
    query::{Mercy, Plan},
    text::{Typed, words},
};

const MAX_FACETS: usize = 20;
const MAX_VALUES: usize = 200;
const MAX_WORD_BYTES: usize = 1020;
const SUGGESTED_PRODUCTS: usize = 6;
const SUGGESTED_COLLECTIONS: usize = 3;

/// What was found, in no order yet.
#[derive(Debug, Default)]
struct Found {
    hits: Vec<Hit>,
    total: u64,
    counts: Vec<u64>,
    price_range: Option<(i64, i64)>,
}

#[async_trait]
impl Search for LocalSearch {
    async fn search(&self, ctx: &Ctx, request: &SearchRequest) -> Result<Listing> {
        check_filters(&request.filters)?;
        let typed = Typed::parse(&request.q);
        let request = SearchRequest { q: typed.key(), ..request.clone() };
        let listing = self.inner.list(ctx, &typed, request).await?;
        Ok((*listing).clone())
    }

    async fn suggest(&self, ctx: &Ctx, q: &str) -> Result<Suggestions> {
        let typed = Typed::parse(q);
        if typed.chunks.is_empty() {
            return Ok(Suggestions { products: Vec::new(), collections: Vec::new() });
        }
        let suggestions = self.inner.suggest(ctx, &typed).await?;
        Ok((*suggestions).clone())
    }

    fn epoch(&self) -> u64 {
        // Both only grow, so their sum does with either.
        self.inner.index.snapshot().generation + self.inner.catalog.epoch()
    }

    async fn reindex(&self, ctx: &Ctx) -> Result<u64> {
        ctx.require(Resource::Catalog.write())?;
        self.inner.rebuild().await
    }
}

impl Inner {
    /// `request.q` is the key of the words.
    async fn list(&self, ctx: &Ctx, typed: &Typed, request: SearchRequest) -> Result<Arc<Listing>> {
        let snapshot = self.index.snapshot();
        let now = (snapshot.generation, self.catalog.epoch());
        if let Some(kept) = self.lists.get(&request, now) {
            return Ok(kept);
        }
        let SearchRequest { filters, sort, cursor, limit, .. } = &request;
        let cursor = cursor.as_deref().map(|cursor| Cursor::decode(cursor, *sort)).transpose()?;
        let limit = limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT) as usize;
        let order = Order::of(*sort, !typed.blank);
        let sieve = Sieve {
            chosen: snapshot.facets.chosen(filters).into(),
            filters: Arc::new(filters.clone()),
            snapshot: Arc::clone(&snapshot),
            order,
        };
        let sifted = self.sift(&sieve, typed, &Mercy::FOR_LISTS)?;
        let titles = match order {
            Order::Title => Some(snapshot.titles().map_err(|error| self.unreadable(&error))?),
            _ => None,
        };
        let page = Page::cut(sifted.hits, cursor.as_ref(), *sort, limit, titles)?;
        let ids: Vec<_> = page.hits.iter().map(|hit| hit.product()).collect();
        let money = |minor| Money::new(minor, self.settings.currency);
        let listing = Listing {
            cards: self.catalog.cards(ctx, &ids).await?,
            facets: snapshot.facets.show(&sifted.counts, &sieve.chosen),
            price_range: sifted.price_range.map(|(min, max)| PriceRange { min: money(min), max: money(max) }),
            total: sifted.total,
            next: page.next,
            prev: page.prev,
        };
        Ok(self.lists.put(request, now, listing))
    }

    async fn suggest(&self, ctx: &Ctx, typed: &Typed) -> Result<Arc<Suggestions>> {
        let snapshot = self.index.snapshot();
        let now = (snapshot.generation, self.catalog.epoch());
        let key = typed.key();
        if let Some(kept) = self.suggestions.get(&key, now) {
            return Ok(kept);
        }
        let sieve =
            Sieve { snapshot, filters: Arc::default(), chosen: Arc::from([]), order: Order::Relevance };
        let sifted = self.sift(&sieve, typed, &Mercy::FOR_SUGGESTIONS)?;
        let page = Page::cut(sifted.hits, None, Sort::Featured, SUGGESTED_PRODUCTS, None)?;
        let ids: Vec<_> = page.hits.iter().map(|hit| hit.product()).collect();
        let cards = self.catalog.cards(ctx, &ids).await?;
        let products = cards.into_iter().map(|card| SuggestedProduct {
            handle: card.handle,
            title: card.title,
            price: card.price,
            media: card.media,
        });
        let suggestions =
            Suggestions { products: products.collect(), collections: self.collections(ctx, typed).await? };
        Ok(self.suggestions.put(key, now, suggestions))
    }

    /// Those with every word in the title, the last one maybe unfinished.
    async fn collections(&self, ctx: &Ctx, typed: &Typed) -> Result<Vec<CollectionLink>> {
        let wanted: Vec<_> = typed.chunks.iter().flat_map(|chunk| &chunk.words).collect();
        let fits = |title: &str| {
            let words = words(title);
            wanted.iter().all(|wanted| {
                words.iter().any(|word| word.stem == wanted.stem || word.plain.starts_with(&wanted.plain))
            })
        };
        let collections = self.catalog.collections(ctx).await?;
        let fitting = collections.into_iter().filter(|one| one.product_count > 0 && fits(&one.title));
        let link = fitting.map(|one| CollectionLink { handle: one.handle, title: one.title });
        Ok(link.take(SUGGESTED_COLLECTIONS).collect())
    }

    /// With as little mercy as finds something. Takes a millisecond or so: not worth another thread.
    fn sift(&self, sieve: &Sieve, typed: &Typed, mercies: &[Mercy]) -> Result<Found> {
        let searcher = &sieve.snapshot.searcher;
        let plan = Plan::new(searcher, self.index.fields, typed);
        for mercy in mercies {
            let query = plan.query(*mercy).map_err(|error| self.unreadable(&error))?;
            let Some(query) = query else { continue };
            let sifted = searcher.search(&*query, sieve).map_err(|error| self.unreadable(&error))?;
            if sifted.matched > 0 {
                return self.found(sieve, sifted);
            }
        }
        Ok(Found { counts: vec![0; sieve.snapshot.facets.len()], ..Found::default() })
    }

    fn found(&self, sieve: &Sieve, sifted: Sifted) -> Result<Found> {
        let Sifted { mut hits, counts, price_range, .. } = sifted;
        if sieve.order == Order::Title {
            let titles = sieve.snapshot.titles().map_err(|error| self.unreadable(&error))?;
            hits.iter_mut().for_each(|hit| hit.key = titles.key((hit.key >> 32) as u32, hit.key as u32));
        }
        Ok(Found { total: hits.len() as u64, hits, counts, price_range })
    }

    /// Something is wrong with the files: the index is built anew.
    fn unreadable(&self, error: &tantivy::TantivyError) -> Error {
        self.damaged(error);
        Error::Unavailable { what: "The search".to_owned() }
    }
}

/// A request is also a key of the cache: it must not be a large one.
fn check_filters(filters: &Filters) -> Result<()> {
    let chosen: usize = filters.facets.values().map(Vec::len).sum();
    if filters.facets.len() > MAX_FACETS || chosen > MAX_VALUES {
        return Err(Error::invalid("filter", "too_many", "At most 200 values of 20 filters."));
    }
    let mut words = filters.facets.keys().chain(filters.facets.values().flatten());
    if words.any(|word| word.len() > MAX_WORD_BYTES) {
        return Err(Error::invalid("filter", "too_long", "At most 255 characters."));
    }
    Ok(())
}

/// About how many bytes an answer takes.
pub(crate) fn weigh(request: &SearchRequest, list: &Listing) -> usize {
    let media = |media: &Media| 250 + media.blur.len() + media.alt.len();
    let cards = list
        .cards
        .iter()
        .map(|card| 400 + [&card.media, &card.media_alt].into_iter().flatten().map(media).sum::<usize>());
    let values: usize = list.facets.iter().map(|facet| facet.values.len()).sum();
    let chosen: usize = request.filters.facets.values().flatten().map(String::len).sum();
    let key = request.q.len() + request.cursor.as_ref().map_or(0, String::len) + chosen;
    512 + key + values * 96 + cards.sum::<usize>()
}
