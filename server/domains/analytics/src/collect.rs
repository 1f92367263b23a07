//! How facts come: by events, and once for the orders from before.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use souk_contract::{
    CollectionKind, Ctx, Error, Order, OrderCancelled, OrderId, OrderPaid, OrderPlaced, OrderQuery,
    OrderRefunded, ProductId, ProductLookup, Result,
};
use souk_kernel::Bus;
use tokio_util::sync::CancellationToken;

use crate::{
    Inner, LocalAnalytics,
    fact::{self, Category, Sale},
    store,
};

const AT_ONCE: u32 = 100;
/// Between two pages of old orders: the shop comes first.
const PAUSE: Duration = Duration::from_millis(20);
const AGAIN: Duration = Duration::from_secs(30);
/// A product that was renamed now and then.
const MOST_HOPS: usize = 5;

/// The name of the work, and its value once it is done. Until then: the last order that was counted.
const OLD_ORDERS: &str = "old_orders";
const DONE: &str = "done";

/// How far the orders from before are counted. They are counted newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counted {
    Nothing,
    /// This one and what came after it.
    From(OrderId),
    Everything,
}

impl LocalAnalytics {
    /// Hears of orders. Each event makes it look how the order stands now, so a repeat or a late one does no harm.
    pub fn listen(&self, bus: &Bus) {
        let inner = &self.inner;
        let note = |inner: &Arc<Inner>| {
            let inner = Arc::clone(inner);
            move |id: OrderId, event: String| {
                let inner = Arc::clone(&inner);
                async move { inner.note(&Ctx::system(format!("event-{event}")), id).await }
            }
        };
        let (placed, paid, cancelled, refunded) = (note(inner), note(inner), note(inner), note(inner));
        bus.on::<OrderPlaced, _, _>("analytics.order_placed", move |event, delivered| {
            placed(event.order_id, delivered.id.to_string())
        });
        bus.on::<OrderPaid, _, _>("analytics.order_paid", move |event, delivered| {
            paid(event.order_id, delivered.id.to_string())
        });
        bus.on::<OrderCancelled, _, _>("analytics.order_cancelled", move |event, delivered| {
            cancelled(event.order_id, delivered.id.to_string())
        });
        bus.on::<OrderRefunded, _, _>("analytics.order_refunded", move |event, delivered| {
            refunded(event.order_id, delivered.id.to_string())
        });
    }

    /// Counts the orders from before there was analytics, page by page, until all are or `stop` is cancelled; goes on
    /// where it was left. For a task of its own.
    pub async fn count_old_orders(&self, stop: CancellationToken) {
        let ctx = Ctx::system("analytics-old-orders");
        while !stop.is_cancelled() {
            let pause = match self.inner.count_page(&ctx).await {
                Ok(true) => return,
                Ok(false) => PAUSE,
                Err(error) => {
                    tracing::warn!(%error, "old orders are not counted yet");
                    AGAIN
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }
}

impl Inner {
    async fn note(&self, ctx: &Ctx, id: OrderId) -> Result<()> {
        let order = self.orders.get(ctx, id).await?;
        self.keep(ctx, &[order]).await
    }

    async fn keep(&self, ctx: &Ctx, orders: &[Order]) -> Result<()> {
        let categories = self.categories_of(ctx, orders).await?;
        let mut tx = self.db.begin().await?;
        for order in orders {
            store::put_sale(&mut tx, &Sale::of(order, &self.kit.secrets)).await?;
            for line in fact::lines(order, &categories) {
                if store::add_line(&mut tx, &line).await? {
                    for category in &line.categories {
                        store::add_category(&mut tx, &line, category).await?;
                    }
                }
            }
        }
        Ok(tx.commit().await?)
    }

    pub async fn counted(&self) -> Result<Counted> {
        let value = store::progress(&mut *self.db.read().await?, OLD_ORDERS).await?;
        Ok(match value.as_deref() {
            None => Counted::Nothing,
            Some(DONE) => Counted::Everything,
            Some(id) => Counted::From(id.parse().map_err(Error::internal)?),
        })
    }

    /// One page more; true when that was the last.
    async fn count_page(&self, ctx: &Ctx) -> Result<bool> {
        let after = match self.counted().await? {
            Counted::Everything => return Ok(true),
            Counted::Nothing => None,
            Counted::From(id) => Some(id.to_string()),
        };
        let query = OrderQuery { after, limit: Some(AT_ONCE), ..OrderQuery::default() };
        let page = self.orders.list(ctx, &query).await?;
        let mut orders = Vec::with_capacity(page.items.len());
        for summary in &page.items {
            orders.push(self.orders.get(ctx, summary.id).await?);
        }
        self.keep(ctx, &orders).await?;
        let done = page.next.is_none();
        let last = orders.last().filter(|_| !done).map(|order| order.id.to_string());
        let mut tx = self.db.begin().await?;
        store::set_progress(&mut tx, OLD_ORDERS, last.as_deref().unwrap_or(DONE)).await?;
        tx.commit().await?;
        if done {
            tracing::info!("analytics counts every order");
        }
        Ok(done)
    }

    /// The categories that the products are in now. What is no longer in the catalogue is in none.
    async fn categories_of(&self, ctx: &Ctx, orders: &[Order]) -> Result<HashMap<ProductId, Vec<Category>>> {
        let lines = orders.iter().flat_map(|order| &order.lines);
        let products: BTreeSet<(ProductId, &str)> =
            lines.map(|line| (line.product_id, line.product_handle.as_str())).collect();
        let epoch = self.catalog.epoch();
        let mut found = HashMap::new();
        for (id, handle) in products {
            let categories = match self.of_product.get(&id, epoch) {
                Some(kept) => kept,
                None => self.of_product.put(id, epoch, self.look_up(ctx, id, handle, epoch).await?),
            };
            found.insert(id, (*categories).clone());
        }
        Ok(found)
    }

    async fn look_up(&self, ctx: &Ctx, id: ProductId, handle: &str, epoch: u64) -> Result<Vec<Category>> {
        let mut handle = handle.to_owned();
        for _ in 0..MOST_HOPS {
            let product = match self.catalog.product(ctx, &handle).await {
                Ok(ProductLookup::Found(product)) => product,
                Ok(ProductLookup::Moved(to)) => {
                    handle = to;
                    continue;
                }
                Err(Error::NotFound { .. }) => break,
                Err(error) => return Err(error),
            };
            // Somebody else's handle by now.
            if product.id != id {
                break;
            }
            let known = self.categories(ctx, epoch).await?;
            let links = product.collections.into_iter().filter(|link| known.contains(&link.handle));
            return Ok(links.map(|link| Category { handle: link.handle, title: link.title }).collect());
        }
        Ok(Vec::new())
    }

    /// Handles of the shop's categories: other collections come and go.
    async fn categories(&self, ctx: &Ctx, epoch: u64) -> Result<Arc<HashSet<String>>> {
        if let Some(kept) = self.all_categories.get(epoch) {
            return Ok(kept);
        }
        let all = self.catalog.collections(ctx).await?;
        let categories = all.into_iter().filter(|one| one.kind == CollectionKind::Category);
        Ok(self.all_categories.put(epoch, categories.map(|one| one.handle).collect()))
    }

    /// Writes down what was counted of visits.
    pub async fn write_visits(&self) -> Result<()> {
        let waiting = self.visits.take();
        if waiting.is_empty() {
            return Ok(());
        }
        let written = async {
            let mut tx = self.db.begin().await?;
            for (day, counts) in &waiting {
                store::add_visits(&mut tx, *day, counts).await?;
            }
            tx.commit().await
        };
        if let Err(error) = written.await {
            self.visits.back(waiting);
            return Err(error.into());
        }
        Ok(())
    }
}
