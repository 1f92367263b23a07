//! A promotion over orders that were placed: who would have got it, what it would have cost, whom it gets in the way of.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use async_trait::async_trait;
use souk_contract::{
    Catalog, Check, CollectionId, Ctx, Currency, Error, Money, Order, OrderQuery, OrderStatus, OrderSummary,
    Orders, ProductId, PromotionId, PromotionInput, PromotionRecord, PromotionRule, Promotions, Resource,
    Result, Shopkeeping, Simulate, SimulatedConflict, SimulatedOrder, SimulatedReason, Simulation, Simulator,
    TaxRule, Totals, VariantId, VariantInfo,
};
use souk_kernel::{Kit, Zone};
use souk_pricing::{Line, LineFacts, LocalTime, PriceInput, Shopper, price};

const MOST_ORDERS: usize = 500;
const MOST_REASONS: usize = 10;
const MOST_EXAMPLES: usize = 20;

pub struct LocalSimulator {
    kit: Kit,
    orders: Arc<dyn Orders>,
    promotions: Arc<dyn Promotions>,
    catalog: Arc<dyn Catalog>,
    currency: Currency,
    shop: Arc<dyn Shopkeeping>,
}

/// What one order says of the promotion.
struct Seen {
    /// Less than was paid with the promotions of that time.
    cost: i64,
    reason: String,
    amount: Money,
    message: String,
    gave_way: Vec<PromotionId>,
    kept_out_by: Option<PromotionId>,
}

impl LocalSimulator {
    pub fn new(
        kit: Kit,
        orders: Arc<dyn Orders>,
        promotions: Arc<dyn Promotions>,
        catalog: Arc<dyn Catalog>,
        (currency, shop): (Currency, Arc<dyn Shopkeeping>),
    ) -> Self {
        Self { kit, orders, promotions, catalog, currency, shop }
    }

    /// Newest first.
    async fn placed(&self, ctx: &Ctx, days: i64) -> Result<(Vec<OrderSummary>, bool)> {
        let from = self.kit.now().plus_seconds(-days * 24 * 60 * 60);
        let mut found: Vec<OrderSummary> = Vec::new();
        let mut query = OrderQuery { limit: Some(100), ..OrderQuery::default() };
        loop {
            let page = self.orders.list(ctx, &query).await?;
            for order in page.items {
                if order.placed_at < from {
                    return Ok((found, false));
                }
                if order.status == OrderStatus::Cancelled || order.total.currency != self.currency {
                    continue;
                }
                if found.len() == MOST_ORDERS {
                    return Ok((found, true));
                }
                found.push(order);
            }
            match page.next {
                Some(next) => query.after = Some(next),
                None => return Ok((found, false)),
            }
        }
    }

    async fn variants(&self, ctx: &Ctx, orders: &[Order]) -> Result<HashMap<VariantId, VariantInfo>> {
        let mut ids: Vec<VariantId> =
            orders.iter().flat_map(|order| order.lines.iter().map(|line| line.variant_id)).collect();
        ids.sort();
        ids.dedup();
        let mut known = HashMap::with_capacity(ids.len());
        for chunk in ids.chunks(500) {
            let infos = self.catalog.variants(ctx, chunk).await?;
            known.extend(infos.into_iter().map(|info| (info.variant.id, info)));
        }
        Ok(known)
    }

    fn look(
        &self,
        order: &Order,
        orders_before: i64,
        candidate: &PromotionRule,
        then: &[PromotionRule],
        (variants, holding): (&HashMap<VariantId, VariantInfo>, &HashMap<ProductId, Vec<CollectionId>>),
    ) -> Result<Seen> {
        let lines: Vec<Line> = order
            .lines
            .iter()
            .map(|line| Line {
                id: souk_contract::Id::new(line.id.uuid()),
                unit_price: line.unit_price,
                quantity: line.quantity,
                on_sale: variants.get(&line.variant_id).is_some_and(|info| info.variant.compare_at.is_some()),
                tax: None,
            })
            .collect();
        let facts: Vec<LineFacts<'_>> = order
            .lines
            .iter()
            .map(|line| match variants.get(&line.variant_id) {
                Some(info) => LineFacts {
                    variant_id: line.variant_id,
                    product_id: line.product_id,
                    product_type: &info.product_type,
                    vendor: &info.vendor,
                    tags: &info.tags,
                    collections: holding.get(&line.product_id).map_or(&[], Vec::as_slice),
                },
                // Deleted since: what the order knows of it.
                None => LineFacts {
                    variant_id: line.variant_id,
                    product_id: line.product_id,
                    product_type: "",
                    vendor: "",
                    tags: &[],
                    collections: &[],
                },
            })
            .collect();
        let zone = Zone::of(&self.shop.current().input.time_zone);
        let (weekday, minute) = zone.local(order.placed_at);
        let shopper = Shopper {
            signed_in: true,
            orders: Some(orders_before),
            payment_method: order.payments.first().map(|payment| payment.method.clone()),
            country: order.shipping_address.as_ref().map(|address| address.country.clone()),
            local: Some(LocalTime { weekday, minute }),
        };
        let priced = |promotions: &[PromotionRule]| {
            // Without tax on top: what is taken off is asked, not what is owed.
            let tax = TaxRule { inclusive: true, ..TaxRule::default() };
            let input = PriceInput {
                currency: self.currency,
                lines: &lines,
                facts: &facts,
                delivery: Some(order.shipping),
                promotions,
                shopper: &shopper,
                tax: &tax,
            };
            price(&input).map_err(Error::internal)
        };
        let before = priced(then)?;
        let mut both = then.to_vec();
        both.push(candidate.clone());
        let after = priced(&both)?;
        Ok(seen(&before, &after, candidate.id))
    }
}

fn seen(before: &Totals, after: &Totals, candidate: PromotionId) -> Seen {
    let zero = Money::zero(after.total.currency);
    let step = after.trace.iter().find(|step| step.promotion_id == candidate);
    let applied =
        |totals: &Totals, id| totals.trace.iter().any(|step| step.promotion_id == id && step.applied);
    let had = before.trace.iter().filter(|step| step.applied).map(|step| step.promotion_id);
    let gave_way = had.clone().filter(|id| !applied(after, *id)).collect();
    let is_kept_out = step.is_some_and(|step| matches!(step.reason.as_str(), "exclusive" | "group"));
    let kept_out_by = if is_kept_out { had.clone().next() } else { None };
    Seen {
        cost: before.total.minor - after.total.minor,
        reason: step.map(|step| step.reason.clone()).unwrap_or_default(),
        amount: step.map_or(zero, |step| step.amount),
        message: step.map(|step| step.message.clone()).unwrap_or_default(),
        gave_way,
        kept_out_by,
    }
}

/// Without its limits and dates, which are those of now.
fn rule(id: PromotionId, input: PromotionInput) -> PromotionRule {
    PromotionRule {
        code: input.code,
        minimum: input.minimum,
        when: input.when,
        applies_to_sale_items: input.applies_to_sale_items,
        priority: input.priority,
        exclusive: input.exclusive,
        group: input.group,
        group_policy: input.group_policy,
        ..PromotionRule::new(id, input.title, input.action)
    }
}

/// Those of today's promotions that the order used.
fn of_then(order: &Order, all: &[PromotionRecord], instead_of: Option<PromotionId>) -> Vec<PromotionRule> {
    let used = |id| order.trace.iter().any(|step| step.applied && step.promotion_id == id);
    let then = all.iter().filter(|record| used(record.id) && instead_of != Some(record.id));
    then.map(|record| rule(record.id, record.input.clone())).collect()
}

#[async_trait]
impl Simulator for LocalSimulator {
    async fn simulate(&self, ctx: &Ctx, request: Simulate) -> Result<Simulation> {
        ctx.require(Resource::Promotions.write())?;
        ctx.require(Resource::Orders.read())?;
        let fits = (1..=365).contains(&request.days);
        Check::new().that(fits, "days", "out_of_range", "From 1 to 365.").done()?;
        self.promotions.check(ctx, &request.promotion).await?;
        let candidate = rule(self.kit.ids.next(), request.promotion);
        let known = self.promotions.promotions(ctx).await?;
        let (summaries, more) = self.placed(ctx, request.days).await?;
        let mut orders = Vec::with_capacity(summaries.len());
        for summary in &summaries {
            orders.push(self.orders.get(ctx, summary.id).await?);
        }
        let variants = self.variants(ctx, &orders).await?;
        // As they hold products now: what they held then is not kept.
        let mut asked: BTreeSet<CollectionId> = candidate.collections().collect();
        asked.extend(known.iter().flat_map(|one| {
            let rule = rule(one.id, one.input.clone());
            rule.collections().collect::<Vec<_>>()
        }));
        let asked: Vec<CollectionId> = asked.into_iter().collect();
        let products: BTreeSet<ProductId> = variants.values().map(|info| info.product_id).collect();
        let products: Vec<ProductId> = products.into_iter().collect();
        let holding = self.catalog.holding(ctx, &asked, &products).await?;
        let mut report = Report::new(self.currency);
        // The oldest first counts whose first order it was, as far as it looks back.
        let mut before: HashMap<&str, i64> = HashMap::new();
        let mut looked = Vec::with_capacity(orders.len());
        for order in orders.iter().rev() {
            let count = before.entry(order.email.as_str()).or_default();
            let then = of_then(order, &known, request.instead_of);
            looked.push((order, self.look(order, *count, &candidate, &then, (&variants, &holding))?));
            *count += 1;
        }
        for (order, seen) in looked.into_iter().rev() {
            report.add(order, seen);
        }
        Ok(report.done(more, &known))
    }
}

struct Report {
    result: Simulation,
    cost: i64,
    paid: i64,
    reasons: BTreeMap<String, i64>,
    /// Gave way, kept out.
    conflicts: BTreeMap<PromotionId, (i64, i64)>,
}

impl Report {
    fn new(currency: Currency) -> Self {
        let result = Simulation {
            orders: 0,
            more: false,
            paid: Money::zero(currency),
            fits: 0,
            cost: Money::zero(currency),
            conflicts: Vec::new(),
            reasons: Vec::new(),
            examples: Vec::new(),
        };
        Self { result, cost: 0, paid: 0, reasons: BTreeMap::new(), conflicts: BTreeMap::new() }
    }

    fn add(&mut self, order: &Order, seen: Seen) {
        self.result.orders += 1;
        self.paid += order.total.minor;
        self.cost += seen.cost;
        for id in seen.gave_way {
            self.conflicts.entry(id).or_default().0 += 1;
        }
        if let Some(id) = seen.kept_out_by {
            self.conflicts.entry(id).or_default().1 += 1;
        }
        if seen.reason != "applied" {
            *self.reasons.entry(seen.reason).or_default() += 1;
            return;
        }
        self.result.fits += 1;
        if self.result.examples.len() < MOST_EXAMPLES {
            self.result.examples.push(SimulatedOrder {
                id: order.id,
                number: order.number,
                amount: seen.amount,
                message: seen.message,
            });
        }
    }

    fn done(self, more: bool, known: &[PromotionRecord]) -> Simulation {
        let Self { mut result, cost, paid, reasons, conflicts } = self;
        let mut reasons: Vec<SimulatedReason> =
            reasons.into_iter().map(|(reason, orders)| SimulatedReason { reason, orders }).collect();
        reasons.sort_by_key(|one| std::cmp::Reverse(one.orders));
        reasons.truncate(MOST_REASONS);
        let title = |id| known.iter().find(|record| record.id == id).map(|record| record.input.title.clone());
        let conflict = |(id, (gives_way, keeps_out))| {
            Some(SimulatedConflict { title: title(id)?, gives_way, keeps_out })
        };
        result.more = more;
        result.paid.minor = paid;
        result.cost.minor = cost;
        result.reasons = reasons;
        result.conflicts = conflicts.into_iter().filter_map(conflict).collect();
        result
    }
}
