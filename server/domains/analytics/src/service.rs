//! The reports.

use std::{cmp::Reverse, collections::HashMap};

use async_trait::async_trait;
use souk_contract::{
    Analytics, Ctx, Currency, Difference, Error, Export, FunnelReport, Interval, Money, OrderFact, OrderId,
    Page, ProductId, ReportQuery, Resource, Result, RowsQuery, SalesReport, Step, StockReport, Timestamp,
    TopBy, TopQuery, TopRow, Visitor,
};
use uuid::Uuid;

use crate::{
    Inner, LocalAnalytics,
    collect::Counted,
    figures::{self, Rows},
    period::{self, Cut, Span},
    report::{self, Days, SalesRows},
    store, table, verify,
};

/// Rows of a table that is taken away.
const MOST_ROWS: usize = 10_000;
const AT_ONCE: u32 = 100;

#[async_trait]
impl Analytics for LocalAnalytics {
    async fn sales(&self, ctx: &Ctx, query: &ReportQuery) -> Result<SalesReport> {
        ctx.require(Resource::Analytics.read())?;
        self.inner.sales(query).await
    }

    async fn top(&self, ctx: &Ctx, query: &TopQuery) -> Result<Page<TopRow>> {
        ctx.require(Resource::Analytics.read())?;
        match query.by {
            TopBy::Product => self.inner.top_products(query).await,
            TopBy::Category => self.inner.top_categories(query).await,
        }
    }

    async fn funnel(&self, ctx: &Ctx, query: &ReportQuery) -> Result<FunnelReport> {
        ctx.require(Resource::Analytics.read())?;
        self.inner.funnel(query).await
    }

    async fn stock(&self, ctx: &Ctx) -> Result<StockReport> {
        ctx.require(Resource::Analytics.read())?;
        self.inner.stock().await
    }

    async fn orders(&self, ctx: &Ctx, query: &RowsQuery) -> Result<Page<OrderFact>> {
        ctx.require(Resource::Analytics.read())?;
        self.inner.rows(query).await
    }

    async fn export(&self, ctx: &Ctx, export: &Export) -> Result<String> {
        ctx.require(Resource::Analytics.read())?;
        match export {
            Export::Sales(query) => table::sales(&self.inner.sales(query).await?),
            Export::Funnel(query) => table::funnel(&self.inner.funnel(query).await?),
            Export::Stock => table::stock(&self.inner.stock().await?),
            Export::Top(query) => {
                let mut rows = Vec::new();
                let mut query = TopQuery { limit: Some(AT_ONCE), ..query.clone() };
                while rows.len() < MOST_ROWS {
                    let page = self.top(ctx, &query).await?;
                    rows.extend(page.items);
                    let Some(next) = page.next else { break };
                    query.after = Some(next);
                }
                table::top(&rows)
            }
            Export::Orders(query) => {
                let mut rows = Vec::new();
                let mut query = RowsQuery { limit: Some(AT_ONCE), ..query.clone() };
                while rows.len() < MOST_ROWS {
                    let page = self.orders(ctx, &query).await?;
                    rows.extend(page.items);
                    let Some(next) = page.next else { break };
                    query.after = Some(next);
                }
                table::orders(&rows)
            }
        }
    }

    fn count(&self, step: Step<'_>, visitor: Option<Visitor<'_>>) {
        self.inner.visits.count(step, visitor);
    }

    async fn verify(&self, ctx: &Ctx) -> Result<Vec<Difference>> {
        ctx.require(Resource::Analytics.read())?;
        verify::orders(&self.inner, ctx).await
    }
}

impl Inner {
    fn currency(&self, asked: Option<Currency>) -> Currency {
        asked.unwrap_or(self.settings.currency)
    }

    async fn sales(&self, query: &ReportQuery) -> Result<SalesReport> {
        let cut = Cut::of(query, Interval::Hour)?;
        let currency = self.currency(query.currency);
        let mut reader = self.db.read().await?;
        let mut sums = Vec::new();
        for span in [Some(cut.span), cut.before].into_iter().flatten() {
            sums.push(match cut.interval {
                Interval::Hour => figures::sums_by_hour(&mut reader, currency, span).await?,
                _ => figures::sums_by_day(&mut reader, currency, span).await?,
            });
        }
        let mut currencies = store::currencies(&mut reader).await?;
        drop(reader);
        if !currencies.contains(&currency) {
            currencies.push(currency);
        }
        let mut sums = sums.into_iter();
        let rows = SalesRows {
            currency,
            currencies,
            now: sums.next().unwrap_or_default(),
            before: sums.next(),
            complete: self.counted().await? == Counted::Everything,
        };
        report::sales(&cut, rows)
    }

    async fn funnel(&self, query: &ReportQuery) -> Result<FunnelReport> {
        // Visits are counted by day.
        let cut = Cut::of(query, Interval::Day)?;
        let mut reader = self.db.read().await?;
        let mut days: Vec<Days> = Vec::new();
        for span in [Some(cut.span), cut.before].into_iter().flatten() {
            let visits = figures::visits(&mut reader, span).await?;
            days.push((visits, figures::orders_by_day(&mut reader, span).await?));
        }
        let since = store::first_visit_day(&mut reader).await?.map(period::date).transpose()?;
        let mut days = days.into_iter();
        report::funnel(&cut, &days.next().unwrap_or_default(), days.next().as_ref(), since)
    }

    async fn top_products(&self, query: &TopQuery) -> Result<Page<TopRow>> {
        let span = Span::of(query.from, query.until)?;
        let (currency, limit) = (self.currency(query.currency), query.page().limit());
        let after = match &query.after {
            None => (i64::MAX, ProductId::new(Uuid::max())),
            Some(text) => cursor(text)?,
        };
        let mut reader = self.db.read().await?;
        let mut found =
            figures::top_products(&mut reader, currency, span, after, i64::from(limit) + 1).await?;
        let more = found.len() > limit as usize;
        found.truncate(limit as usize);
        let ids: Vec<ProductId> = found.iter().map(|row| row.product_id).collect();
        let before: Option<HashMap<ProductId, i64>> = match span.before(query.compare_to) {
            Some(span) => {
                let totals = figures::product_totals(&mut reader, currency, span, &ids).await?;
                Some(totals.into_iter().collect())
            }
            None => None,
        };
        let next = found.last().filter(|_| more).map(|row| format!("{}_{}", row.total, row.product_id));
        let row = |row: figures::ProductSums| TopRow {
            key: row.product_id.to_string(),
            title: row.title,
            product_id: Some(row.product_id),
            orders: row.orders,
            pieces: row.pieces,
            sales: Money::new(row.total, currency),
            sales_before: before
                .as_ref()
                .map(|all| Money::new(all.get(&row.product_id).copied().unwrap_or_default(), currency)),
        };
        Ok(Page { items: found.into_iter().map(row).collect(), next })
    }

    async fn top_categories(&self, query: &TopQuery) -> Result<Page<TopRow>> {
        let span = Span::of(query.from, query.until)?;
        let (currency, limit) = (self.currency(query.currency), query.page().limit() as usize);
        let mut reader = self.db.read().await?;
        let mut found = figures::categories(&mut reader, currency, span).await?;
        let before: Option<HashMap<String, i64>> = match span.before(query.compare_to) {
            Some(span) => {
                let sums = figures::categories(&mut reader, currency, span).await?;
                Some(sums.into_iter().map(|row| (row.handle, row.total)).collect())
            }
            None => None,
        };
        drop(reader);
        found.sort_by(|one, other| {
            (Reverse(one.total), &one.handle).cmp(&(Reverse(other.total), &other.handle))
        });
        if let Some(after) = &query.after {
            let (total, handle) = split(after)?;
            let total: i64 = total.parse().map_err(|_| no_cursor())?;
            found.retain(|row| (Reverse(row.total), row.handle.as_str()) > (Reverse(total), handle));
        }
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| more).map(|row| format!("{}_{}", row.total, row.handle));
        let row = |row: figures::CategorySums| TopRow {
            sales_before: before
                .as_ref()
                .map(|all| Money::new(all.get(&row.handle).copied().unwrap_or_default(), currency)),
            key: row.handle,
            title: row.title,
            product_id: None,
            orders: row.orders,
            pieces: row.pieces,
            sales: Money::new(row.total, currency),
        };
        Ok(Page { items: found.into_iter().map(row).collect(), next })
    }

    async fn rows(&self, query: &RowsQuery) -> Result<Page<OrderFact>> {
        let (currency, limit) = (self.currency(query.currency), query.page().limit());
        let before = match &query.after {
            None => (query.until, OrderId::new(Uuid::max())),
            Some(text) => {
                let (micros, id): (i64, OrderId) = cursor(text)?;
                (Timestamp::from_micros(micros).ok_or_else(no_cursor)?, id)
            }
        };
        let rows = Rows {
            currency,
            from: query.from,
            until: query.until,
            product: query.product_id,
            category: query.category.clone(),
            buyers: query.buyers,
            before,
        };
        let mut found = figures::rows(&mut *self.db.read().await?, &rows, i64::from(limit) + 1).await?;
        let more = found.len() > limit as usize;
        found.truncate(limit as usize);
        let next = found.last().filter(|_| more).map(|row| format!("{}_{}", row.placed_at.micros(), row.id));
        let fact = |row: figures::FoundSale| OrderFact {
            id: row.id,
            number: row.number,
            placed_at: row.placed_at,
            pieces: row.pieces,
            total: Money::new(row.total, currency),
            amount: Money::new(row.amount, currency),
            refunded: Money::new(row.refunded, currency),
            paid: row.paid,
            new_buyer: row.fresh == 1,
        };
        Ok(Page { items: found.into_iter().map(fact).collect(), next })
    }
}

fn no_cursor() -> Error {
    Error::invalid("after", "invalid", "This is not a cursor of ours.")
}

fn split(text: &str) -> Result<(&str, &str)> {
    text.split_once('_').ok_or_else(no_cursor)
}

/// A number and an id.
fn cursor<K>(text: &str) -> Result<(i64, souk_contract::Id<K>)> {
    let (number, id) = split(text)?;
    let parsed = number.parse().ok().zip(id.parse().ok());
    parsed.ok_or_else(no_cursor)
}
