//! Each figure of a report equals a query over the books: random orders through the real services, and every number
//! folded a second time from what Orders, Catalog and Inventory answer.

use std::collections::{BTreeMap, BTreeSet};

use souk_contract::{
    AddLine, Buyers, CollectionInput, CollectionKind, CollectionRule, CompareTo, CreateRefund, Currency,
    Export, Interval, Money, NaiveDate, Order, OrderFact, OrderId, OrderQuery, OrderStatus, PageRequest,
    Period, PlaceOrder, ProductInput, PutProduct, RefundState, ReportQuery, RowsQuery, SalesFigures,
    SalesReport, Seo, SetStock, StockPolicy, Timestamp, TopBy, TopQuery, TopRow, UpdateCart, VariantId,
    VariantInput,
};
use souk_kernel::{each_engine, testing::TestKit};
use tokio_util::sync::CancellationToken;

use crate::shop::{Dice, TestShop, address, eur};

const DAY: i64 = 86_400;
const ORDERS: u64 = 48;
/// How far back they are spread.
const DAYS: u64 = 60;

/// Tea and cups, at different prices, some with a known cost.
async fn stock_up(shop: &TestShop) -> Vec<VariantId> {
    let mut variants = Vec::new();
    for (position, (kind, minor, cost)) in
        [("Tea", 990, Some(400)), ("Tea", 1_450, None), ("Cup", 2_300, Some(1_100)), ("", 500, None)]
            .into_iter()
            .enumerate()
    {
        let variant = VariantInput { cost: cost.map(eur), ..VariantInput::new(eur(minor)) };
        let handle = format!("thing-{position}");
        let product = ProductInput {
            product_type: kind.to_owned(),
            ..ProductInput::new(&*handle, format!("Thing {position}"), variant)
        };
        let request = PutProduct { id: None, product, if_version: None };
        let written = shop.services.catalog.put_product(&shop.system, request).await.expect("a product");
        variants.extend(written.variant_ids);
    }
    let stock = variants.iter().map(|variant_id| SetStock {
        variant_id: *variant_id,
        location_id: None,
        on_hand: 1_000,
        tracked: true,
        policy: StockPolicy::Deny,
        if_version: None,
    });
    shop.services.inventory.set_stock(&shop.system, stock.collect(), "test").await.expect("stock");
    for kind in ["Tea", "Cup"] {
        let collection = CollectionInput {
            handle: kind.to_lowercase(),
            title: kind.to_owned(),
            description_html: String::new(),
            kind: CollectionKind::Category,
            rule: CollectionRule::Type { equals: kind.to_owned() },
            media: None,
            seo: Seo::default(),
            position: 1,
        };
        shop.services.catalog.put_collection(&shop.system, collection).await.expect("a category");
    }
    // No category, though products are in it.
    let collection = CollectionInput {
        handle: "dear".into(),
        title: "Dear".into(),
        description_html: String::new(),
        kind: CollectionKind::Collection,
        rule: CollectionRule::Newest { count: 9 },
        media: None,
        seo: Seo::default(),
        position: 2,
    };
    shop.services.catalog.put_collection(&shop.system, collection).await.expect("a collection");
    variants
}

async fn buy(shop: &TestShop, variants: &[VariantId], dice: &mut Dice) -> Order {
    let (ctx, carts) = (&shop.guest, &shop.services.carts);
    let token = carts.create(ctx).await.expect("a cart").token;
    let some: Vec<VariantId> = variants.iter().copied().filter(|_| dice.below(2) == 0).collect();
    for variant_id in some.into_iter().chain([variants[0]]) {
        let request = AddLine { variant_id, quantity: 1 + dice.below(3) as i64 };
        carts.add_line(ctx, &token, request).await.expect("added");
    }
    let buyer = dice.below(12);
    // Letters' case tells nobody apart.
    let email = if dice.below(2) == 0 {
        format!("buyer{buyer}@example.com")
    } else {
        format!("Buyer{buyer}@Example.com")
    };
    let whom = UpdateCart { email: Some(email), shipping_address: Some(address()), ..UpdateCart::default() };
    carts.update(ctx, &token, whom).await.expect("addressed");
    let cart = shop.services.shipping.select(ctx, &token, shop.delivery).await.expect("delivery chosen");
    let by_card = dice.below(2) == 0;
    let request = PlaceOrder {
        cart_token: token,
        payment_method: if by_card { "test" } else { "bank_transfer" }.to_owned(),
        payment_token: by_card.then(|| "tok_success".to_owned()),
        expected_total: Some(cart.totals.total),
    };
    let order = shop.place(ctx, shop.checkout(), request).await.expect("an order");
    if by_card && dice.below(3) == 0 {
        let back = CreateRefund { other: Some(eur(1 + dice.below(100) as i64)), ..CreateRefund::default() };
        shop.services.orders.refund(&shop.system, order.id, back, None).await.expect("refunded");
    }
    if !by_card {
        match dice.below(3) {
            0 => drop(shop.services.orders.cancel(&shop.system, order.id, None).await.expect("cancelled")),
            1 => {
                let payments = &shop.services.payments;
                payments.confirm_transfer(&shop.system, order.payments[0].id, None).await.expect("paid");
            }
            _ => {}
        }
    }
    order
}

/// Random orders, spread over the last weeks and two currencies as if they had been placed then. Nothing was carried yet.
async fn trade(shop: &TestShop, seed: u64) -> Vec<VariantId> {
    let variants = stock_up(shop).await;
    let mut dice = Dice(seed);
    for _ in 0..ORDERS {
        let order = buy(shop, &variants, &mut dice).await;
        let back = (dice.below(DAYS) as i64) * DAY + dice.below(DAY as u64) as i64;
        let placed_at = order.placed_at.plus_seconds(-back);
        let currency = if dice.below(5) == 0 { Currency::JPY } else { Currency::EUR };
        let mut tx = shop.db("orders").begin().await.expect("a transaction");
        tx.query("update placed_order set placed_at = $2, currency = $3 where id = $1")
            .bind(order.id)
            .bind(placed_at)
            .bind(currency)
            .execute()
            .await
            .expect("spread");
        tx.commit().await.expect("committed");
    }
    variants
}

/// What Orders answers, oldest first.
async fn books(shop: &TestShop) -> Vec<Order> {
    let mut orders = Vec::new();
    let mut query = OrderQuery { limit: Some(20), ..OrderQuery::default() };
    loop {
        let page = shop.services.orders.list(&shop.system, &query).await.expect("orders");
        for summary in page.items {
            orders.push(shop.services.orders.get(&shop.system, summary.id).await.expect("an order"));
        }
        match page.next {
            Some(next) => query.after = Some(next),
            None => break,
        }
    }
    orders.sort_by_key(|order| (order.placed_at, order.id));
    orders
}

fn stands(order: &Order) -> bool {
    order.status != OrderStatus::Cancelled
}

/// Orders whose buyer had none before that stands.
fn first_ones(books: &[Order]) -> BTreeSet<OrderId> {
    let mut known = BTreeSet::new();
    let mut first = BTreeSet::new();
    for order in books {
        let email = order.email.to_lowercase();
        if !known.contains(&email) {
            first.insert(order.id);
        }
        if stands(order) {
            known.insert(email);
        }
    }
    first
}

/// The same figures again, from the orders themselves.
fn fold<'o>(
    orders: impl Iterator<Item = &'o Order>,
    first: &BTreeSet<OrderId>,
    currency: Currency,
) -> SalesFigures {
    let all: Vec<&Order> = orders.filter(|order| order.total.currency == currency).collect();
    let standing: Vec<&Order> = all.iter().copied().filter(|order| stands(order)).collect();
    let sum = |of: &dyn Fn(&Order) -> i64| standing.iter().map(|order| of(order)).sum::<i64>();
    let money = |minor| Money::new(minor, currency);
    let sales = sum(&|order| order.total.minor);
    let new = |order: &&&Order| first.contains(&order.id);
    let average = (!standing.is_empty()).then(|| {
        let exact = sales as f64 / standing.len() as f64;
        money(exact.round() as i64)
    });
    SalesFigures {
        orders: standing.len() as i64,
        sales: money(sales),
        refunded: money(sum(&|order| {
            let done = order.refunds.iter().filter(|refund| refund.state == RefundState::Succeeded);
            done.map(|refund| refund.amount.minor).sum()
        })),
        average,
        pieces: sum(&|order| order.lines.iter().map(|line| line.quantity).sum()),
        subtotal: money(sum(&|order| order.subtotal.minor)),
        discount: money(sum(&|order| order.discount.minor)),
        shipping: money(sum(&|order| order.shipping.minor - order.shipping_discount.minor)),
        tax: money(sum(&|order| order.tax.minor)),
        new_orders: standing.iter().filter(new).count() as i64,
        new_sales: money(standing.iter().filter(new).map(|order| order.total.minor).sum()),
        cancelled: all.iter().filter(|order| !stands(order)).count() as i64,
    }
}

fn day(at: Timestamp) -> NaiveDate {
    at.datetime().date_naive()
}

fn last_days(now: Timestamp, days: i64) -> ReportQuery {
    ReportQuery {
        from: day(now.plus_seconds(-(days - 1) * DAY)),
        until: day(now),
        interval: None,
        compare_to: None,
        currency: None,
    }
}

fn within(books: &[Order], from: Timestamp, until: Timestamp) -> impl Iterator<Item = &Order> {
    books.iter().filter(move |order| from <= order.placed_at && order.placed_at < until)
}

async fn all_rows(shop: &TestShop, query: RowsQuery) -> Vec<OrderFact> {
    let mut query = RowsQuery { limit: Some(3), ..query };
    let mut rows = Vec::new();
    loop {
        let page = shop.services.analytics.orders(&shop.system, &query).await.expect("rows");
        rows.extend(page.items);
        match page.next {
            Some(next) => query.after = Some(next),
            None => return rows,
        }
    }
}

async fn all_top(shop: &TestShop, by: TopBy, query: &ReportQuery) -> Vec<TopRow> {
    let ReportQuery { from, until, currency, .. } = *query;
    let mut query = TopQuery { by, from, until, compare_to: None, currency, after: None, limit: Some(1) };
    let mut rows = Vec::new();
    loop {
        let page = shop.services.analytics.top(&shop.system, &query).await.expect("rows");
        rows.extend(page.items);
        match page.next {
            Some(next) => query.after = Some(next),
            None => return rows,
        }
    }
}

fn rows_of(from: Timestamp, until: Timestamp, currency: Currency) -> RowsQuery {
    RowsQuery {
        from,
        until,
        currency: Some(currency),
        product_id: None,
        category: None,
        buyers: None,
        after: None,
        limit: None,
    }
}

/// Every bucket, the total, and what it is compared with.
fn assert_is_fold(report: &SalesReport, books: &[Order], shift: i64, what: &str) {
    let first = first_ones(books);
    let mut orders = 0;
    for bucket in &report.series {
        let now = fold(within(books, bucket.from, bucket.until), &first, report.currency);
        assert_eq!(bucket.now, now, "{what}: {}", bucket.from);
        let (from, until) = (bucket.from.plus_seconds(-shift), bucket.until.plus_seconds(-shift));
        let before = fold(within(books, from, until), &first, report.currency);
        assert_eq!(bucket.before, Some(before), "{what}: before {}", bucket.from);
        orders += now.orders;
    }
    let (Some(start), Some(end)) = (report.series.first(), report.series.last()) else { panic!("no bucket") };
    assert_eq!(report.total, fold(within(books, start.from, end.until), &first, report.currency), "{what}");
    assert_eq!(report.total.orders, orders, "{what}");
}

async fn assert_sales_agree(shop: &TestShop, books: &[Order], now: Timestamp) {
    let analytics = &shop.services.analytics;
    for (days, interval) in [
        (1, Interval::Hour),
        (30, Interval::Day),
        (61, Interval::Day),
        (61, Interval::Week),
        (61, Interval::Month),
    ] {
        for currency in [Currency::EUR, Currency::JPY, Currency::USD] {
            let query =
                ReportQuery { interval: Some(interval), currency: Some(currency), ..last_days(now, days) };
            let report = analytics.sales(&shop.system, &query).await.expect("a report");
            assert_eq!((report.interval, report.complete), (interval, true));
            assert_is_fold(&report, books, days * DAY, &format!("{interval:?} {currency}"));
            let query = ReportQuery { compare_to: Some(CompareTo::PreviousYear), ..query };
            let report = analytics.sales(&shop.system, &query).await.expect("a report");
            assert_is_fold(&report, books, 364 * DAY, "the year before");
        }
    }
    // Orders' own sums say the same.
    let report = analytics.sales(&shop.system, &last_days(now, 61)).await.expect("a report");
    let period = Period { from: report.series[0].from, until: report.series[60].until };
    let sales = &shop.services.orders.sales(&shop.system, &[period]).await.expect("sums")[0];
    let own = sales.totals.iter().find(|total| total.currency == Currency::EUR);
    assert_eq!(own, Some(&report.total.sales));
    assert!(
        report.currencies == [Currency::EUR, Currency::JPY] && report.total.orders > 20,
        "{:?}",
        report.total
    );
    assert!(
        report.total.cancelled > 0 && report.total.new_orders < report.total.orders,
        "{:?}",
        report.total
    );
}

async fn assert_drills_agree(shop: &TestShop, books: &[Order], now: Timestamp) {
    let query = last_days(now, 61);
    let report = shop.services.analytics.sales(&shop.system, &query).await.expect("a report");
    for bucket in &report.series {
        let rows = all_rows(shop, rows_of(bucket.from, bucket.until, Currency::EUR)).await;
        assert_eq!(rows.len() as i64, bucket.now.orders);
        assert_eq!(rows.iter().map(|row| row.amount.minor).sum::<i64>(), bucket.now.sales.minor);
        assert!(rows.is_sorted_by(|a, b| (a.placed_at, a.id) > (b.placed_at, b.id)));
    }
    let (from, until) = (report.series[0].from, report.series[60].until);
    let first = first_ones(books);
    let everything = rows_of(from, until, Currency::EUR);
    let new = all_rows(shop, RowsQuery { buyers: Some(Buyers::New), ..everything.clone() }).await;
    let returning = all_rows(shop, RowsQuery { buyers: Some(Buyers::Returning), ..everything.clone() }).await;
    assert_eq!(new.len() as i64, report.total.new_orders);
    assert_eq!((new.len() + returning.len()) as i64, report.total.orders);
    for row in new.iter().chain(&returning) {
        let order = books.iter().find(|order| order.id == row.id).expect("an order");
        assert_eq!(row.new_buyer, first.contains(&row.id));
        assert_eq!(row.paid, order.payment_status.is_paid(), "{order:?}");
        assert_eq!((row.total, row.number), (order.total, order.number));
    }

    // Lines, by product and by category.
    let standing =
        || within(books, from, until).filter(|one| stands(one) && one.total.currency == Currency::EUR);
    let mut products: BTreeMap<String, (i64, i64, BTreeSet<OrderId>)> = BTreeMap::new();
    let mut categories = products.clone();
    for (order, line) in standing().flat_map(|order| order.lines.iter().map(move |line| (order, line))) {
        let category = match line.product_handle.as_str() {
            "thing-0" | "thing-1" => "tea",
            "thing-2" => "cup",
            _ => "",
        };
        for (sums, key) in
            [(&mut products, line.product_id.to_string()), (&mut categories, category.to_owned())]
        {
            let sum = sums.entry(key).or_default();
            sum.0 += line.total.minor;
            sum.1 += line.quantity;
            sum.2.insert(order.id);
        }
    }
    for (by, expected) in [(TopBy::Product, products), (TopBy::Category, categories)] {
        let top = all_top(shop, by, &query).await;
        let found: BTreeMap<String, (i64, i64, i64)> =
            top.iter().map(|row| (row.key.clone(), (row.sales.minor, row.pieces, row.orders))).collect();
        let expected: BTreeMap<String, (i64, i64, i64)> = expected
            .into_iter()
            .map(|(key, (minor, pieces, orders))| (key, (minor, pieces, orders.len() as i64)))
            .collect();
        assert_eq!(found, expected);
        assert!(top.len() >= 3 && top.is_sorted_by(|a, b| a.sales.minor >= b.sales.minor));
        for row in top {
            let category = row.product_id.is_none().then(|| row.key.clone());
            let query = RowsQuery { product_id: row.product_id, category, ..everything.clone() };
            let rows = all_rows(shop, query).await;
            assert_eq!(
                rows.iter().map(|row| row.amount.minor).sum::<i64>(),
                row.sales.minor,
                "{}",
                row.title
            );
            assert_eq!(rows.len() as i64, row.orders);
        }
    }
}

async fn assert_steps_and_stock_agree(
    shop: &TestShop,
    books: &[Order],
    variants: &[VariantId],
    now: Timestamp,
) {
    let (analytics, system) = (&shop.services.analytics, &shop.system);
    let funnel = analytics.funnel(system, &last_days(now, 61)).await.expect("a funnel");
    for bucket in &funnel.series {
        let all: Vec<&Order> =
            within(books, bucket.from, bucket.until).filter(|order| stands(order)).collect();
        let paid = all.iter().filter(|order| order.payment_status.is_paid()).count();
        assert_eq!((bucket.now.orders, bucket.now.paid), (all.len() as i64, paid as i64));
    }
    assert!(funnel.total.paid > 0 && funnel.total.paid < funnel.total.orders, "{:?}", funnel.total);

    let report = analytics.stock(system).await.expect("a report");
    let levels = shop.services.inventory.levels(system, variants).await.expect("levels");
    let page = PageRequest { after: None, limit: Some(100) };
    let records = shop.services.catalog.product_records(system, &page).await.expect("records").items;
    let (start, end) = (day(now.plus_seconds(-28 * DAY)), day(now));
    let sold = |id: VariantId| {
        let recent = books
            .iter()
            .filter(|order| stands(order) && day(order.placed_at) >= start && day(order.placed_at) < end);
        recent
            .flat_map(|order| &order.lines)
            .filter(|line| line.variant_id == id)
            .map(|line| line.quantity)
            .sum::<i64>()
    };
    let (mut retail, mut cost, mut without, mut on_hand, mut pieces) = (0, 0, 0, 0, 0);
    for record in &records {
        let (variant, id) = (&record.input.variants[0], record.variant_ids[0]);
        let level = levels.iter().find(|level| level.variant_id == id).expect("a level");
        retail += variant.price.minor * level.on_hand;
        match variant.cost {
            Some(each) => cost += each.minor * level.on_hand,
            None => without += level.on_hand,
        }
        on_hand += level.on_hand;
        pieces += sold(id);
        let row = report.dearest.iter().find(|row| row.variant_id == id).expect("a row");
        assert_eq!((row.on_hand, row.sold), (level.on_hand, sold(id)));
        assert_eq!(row.cover_days, (row.sold > 0).then(|| row.on_hand * 28 / row.sold));
    }
    assert_eq!((report.retail, report.cost), (eur(retail), eur(cost)));
    assert_eq!((report.on_hand, report.on_hand_without_cost, report.sold), (on_hand, without, pieces));
    assert!(pieces > 0 && report.cover_days == Some(on_hand * 28 / pieces));
}

/// Every fact, as text.
async fn facts(shop: &TestShop) -> Vec<String> {
    let now = Timestamp::parse("2100-01-01T00:00:00Z").expect("a time");
    let start = Timestamp::parse("2000-01-01T00:00:00Z").expect("a time");
    let mut all = Vec::new();
    for currency in [Currency::EUR, Currency::JPY] {
        all.extend(all_rows(shop, rows_of(start, now, currency)).await.iter().map(|row| format!("{row:?}")));
    }
    all
}

each_engine! {
    async fn each_figure_is_a_fold_over_the_books(kit: TestKit) {
        let seed = shop_seed();
        println!("seed {seed}");
        let shop = TestShop::open(&kit).await;
        let variants = trade(&shop, seed).await;
        shop.carry().await;
        shop.analytics().count_old_orders(CancellationToken::new()).await;
        let (books, now) = (books(&shop).await, kit_now(&shop).await);
        assert_eq!(books.len() as u64, ORDERS);
        assert_sales_agree(&shop, &books, now).await;
        assert_drills_agree(&shop, &books, now).await;
        assert_steps_and_stock_agree(&shop, &books, &variants, now).await;
        assert_eq!(shop.services.analytics.verify(&shop.system).await.expect("an audit"), []);

        let csv = shop.services.analytics.export(&shop.system, &Export::Sales(last_days(now, 61))).await.expect("a table");
        assert_eq!(csv.lines().count(), 62);
        let mut wrong = last_days(now, 61);
        wrong.until = day(now.plus_seconds(-100 * DAY));
        assert!(shop.services.analytics.sales(&shop.system, &wrong).await.is_err());
        let nobody = shop.services.analytics.sales(&shop.guest, &last_days(now, 61)).await;
        assert!(matches!(nobody, Err(souk_contract::Error::Unauthenticated { .. })));
    }

    async fn old_orders_are_counted_as_if_they_had_been_heard_of(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        trade(&shop, shop_seed()).await;
        let analytics = shop.analytics();
        let stopped = CancellationToken::new();
        stopped.cancel();
        analytics.count_old_orders(stopped).await;
        assert_eq!(facts(&shop).await, Vec::<String>::new(), "whoever is stopped at once counts nothing");
        assert_eq!(shop.services.analytics.verify(&shop.system).await.expect("an audit"), [], "and nothing is missing yet");
        analytics.count_old_orders(CancellationToken::new()).await;
        let counted = facts(&shop).await;
        assert!(counted.len() > 30, "{}", counted.len());
        assert_eq!(shop.services.analytics.verify(&shop.system).await.expect("an audit"), []);
        // The events come late, and come again.
        for _ in 0..2 {
            shop.carry().await;
            assert_eq!(facts(&shop).await, counted);
            shop.plant("orders", "update outbox set dispatched_at = null").await;
        }
        analytics.count_old_orders(CancellationToken::new()).await;
        assert_eq!(facts(&shop).await, counted);
        assert_eq!(shop.services.analytics.verify(&shop.system).await.expect("an audit"), []);
    }

    async fn an_audit_finds_what_analytics_counts_wrongly(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        trade(&shop, shop_seed()).await;
        shop.carry().await;
        shop.analytics().count_old_orders(CancellationToken::new()).await;
        for (plant, undo) in [
            ("update sale set total_minor = total_minor + 1", "update sale set total_minor = total_minor - 1"),
            ("update sale set cancelled = (not cancelled)", "update sale set cancelled = (not cancelled)"),
            ("update sale_line set quantity = quantity + 1", "update sale_line set quantity = quantity - 1"),
            ("update sale_line set total_minor = total_minor + 7", "update sale_line set total_minor = total_minor - 7"),
        ] {
            shop.plant("analytics", plant).await;
            let found = shop.services.analytics.verify(&shop.system).await.expect("an audit");
            assert!(found.len() as u64 >= ORDERS, "{plant}: {found:?}");
            shop.plant("analytics", undo).await;
            assert_eq!(shop.services.analytics.verify(&shop.system).await.expect("an audit"), [], "{undo}");
        }
        for gone in ["delete from sale_line_category", "delete from sale_line", "delete from sale"] {
            shop.plant("analytics", gone).await;
        }
        let found = shop.services.analytics.verify(&shop.system).await.expect("an audit");
        assert!(found.len() > 30 && found[0].found == "nothing", "{found:?}");
    }
}

/// Another one each time; a failed test says which.
fn shop_seed() -> u64 {
    let given = std::env::var("SOUK_TEST_SEED").ok().and_then(|text| text.parse().ok());
    given.unwrap_or_else(|| u64::from(std::process::id()))
}

async fn kit_now(shop: &TestShop) -> Timestamp {
    shop.db("orders").kit().now()
}
