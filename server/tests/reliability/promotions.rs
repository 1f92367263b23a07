//! Promotions through the whole shop: what the cart shows is what the order costs, and limits hold to the end.

use std::time::Instant;

use souk_contract::{
    AddLine, Cart, Condition, ConditionGroup, ConditionTest, Ctx, GroupPolicy, Join, LineSelection, Money,
    PlaceOrder, PromotionAction, PromotionInput, Simulate, UpdateCart,
};
use souk_kernel::{
    each_engine,
    testing::{Engine, TestKit},
};

use crate::shop::{DELIVERY, TestShop, by_card, by_transfer, eur, is_conflict};

async fn put(shop: &TestShop, promotion: PromotionInput) {
    shop.services.promotions.put(&shop.system, promotion).await.expect("a promotion");
}

fn when(test: ConditionTest) -> Vec<ConditionGroup> {
    vec![ConditionGroup { join: Join::All, conditions: vec![Condition { not: false, test }] }]
}

async fn buy(shop: &TestShop, cart: &Cart) -> souk_contract::Order {
    let (ctx, request) = (&shop.guest, by_card(cart, "tok_success"));
    shop.place(ctx, shop.checkout(), request).await.expect("an order")
}

fn off(title: &str, minor: i64) -> PromotionInput {
    PromotionInput::new(title, PromotionAction::fixed(eur(minor)))
}

each_engine! {
    async fn pieces_are_free_in_the_cart_and_on_the_order(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let cup = shop.sell("cup", 1000, 100).await;
        let action = PromotionAction::BuyGet {
            buy: 2, get: 1, basis_points: 10_000, of: LineSelection::default(), get_of: None, times: None,
        };
        put(&shop, PromotionInput::new("3 for 2", action)).await;
        let cart = shop.full_cart(cup, 3).await;
        assert_eq!((cart.totals.discount, cart.totals.total), (eur(1000), eur(2000 + DELIVERY)));
        assert!(!cart.rules.complete, "the browser is not told of it");
        assert_eq!(cart.rules.promotions, []);
        let order = buy(&shop, &cart).await;
        assert_eq!((order.discount, order.total), (eur(1000), cart.totals.total));
        assert_eq!((order.trace[0].message.as_str(), order.trace[0].base), ("1 free", 1000));
        shop.carry().await;
        shop.assert_books_agree().await;
        shop.close().await;
    }

    async fn a_way_to_pay_changes_the_total_only_with_the_shoppers_consent(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let cup = shop.sell("cup", 1000, 100).await;
        let test = ConditionTest::Payment { methods: vec!["bank_transfer".into()] };
        put(&shop, PromotionInput { when: when(test), ..off("For transfers", 100) }).await;
        let cart = shop.full_cart(cup, 1).await;
        assert_eq!(cart.totals.trace[0].message, "Pay by bank transfer to use it.");
        let place = async |request: PlaceOrder| shop.place(&shop.guest, shop.checkout(), request).await;
        let surprised = place(by_transfer(&cart)).await;
        assert!(is_conflict(&surprised, "total_changed"), "{surprised:?}");
        let cart = shop.cart(&cart).await;
        assert_eq!(cart.totals.total, eur(900 + DELIVERY), "it is known by now");
        let changed = place(by_card(&cart, "tok_success")).await;
        assert!(is_conflict(&changed, "total_changed"), "{changed:?}");
        let update = UpdateCart { payment_method: Some("bank_transfer".into()), ..UpdateCart::default() };
        let cart = shop.services.carts.update(&shop.guest, &cart.token, update).await.expect("a way to pay");
        assert_eq!(place(by_transfer(&cart)).await.expect("an order").total, eur(900 + DELIVERY));
        shop.close().await;
    }

    async fn a_budget_ends_and_nobody_is_kept_from_buying(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let cup = shop.sell("cup", 1000, 100).await;
        put(&shop, PromotionInput { budget: Some(eur(1000)), ..off("While it lasts", 400) }).await;
        let mut got = Vec::new();
        for _ in 0..4 {
            let cart = shop.full_cart(cup, 1).await;
            got.push(buy(&shop, &cart).await.discount.minor);
        }
        assert_eq!(got, [400, 400, 0, 0]);
        assert_eq!(shop.count("promotions", "select spent_minor from promotion").await, 800);
        shop.close().await;
    }

    async fn a_simulation_says_what_past_orders_would_have_cost(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let cup = shop.sell("cup", 1000, 100).await;
        put(&shop, PromotionInput { group: Some("g".into()), group_policy: GroupPolicy::BestDeal, ..off("Now", 50) }).await;
        for quantity in [1, 2, 3] {
            let cart = shop.full_cart(cup, quantity).await;
            buy(&shop, &cart).await;
        }
        let promotion = PromotionInput {
            minimum: Some(eur(1500)), group: Some("g".into()), group_policy: GroupPolicy::BestDeal, priority: 1,
            ..off("Then", 300)
        };
        let simulate = async |days, promotion| {
            let request = Simulate { promotion, instead_of: None, days };
            shop.services.simulator.simulate(&shop.system, request).await
        };
        let found = simulate(30, promotion.clone()).await.expect("a simulation");
        // Of 3 orders 2 reach 15.00; each takes 3.00 off instead of 0.50.
        assert_eq!((found.orders, found.fits, found.cost, found.more), (3, 2, eur(500), false));
        assert_eq!((found.conflicts.len(), found.conflicts[0].gives_way, found.conflicts[0].keeps_out), (1, 2, 0));
        assert_eq!((found.reasons[0].reason.as_str(), found.reasons[0].orders), ("minimum", 1));
        assert_eq!(found.examples.iter().map(|one| one.amount).collect::<Vec<_>>(), [eur(300), eur(300)]);
        let weaker = PromotionInput { minimum: None, ..off("Weaker", 20) };
        let weaker = PromotionInput { group: Some("g".into()), priority: 1, ..weaker };
        let found = simulate(30, weaker).await.expect("a simulation");
        assert_eq!((found.fits, found.cost, found.conflicts[0].keeps_out), (0, eur(0), 3));
        assert!(simulate(0, promotion.clone()).await.is_err());
        let guest = Simulate { promotion, instead_of: None, days: 1 };
        assert!(shop.services.simulator.simulate(&Ctx::guest("test"), guest).await.is_err());
        assert_eq!(shop.count("promotions", "select count(*) from promotion").await, 1, "nothing is written");
        shop.close().await;
    }
}

/// Adding to a cart of 50 lines with 100 promotions in force.
async fn measure(engine: Engine) {
    const LINES: usize = 50;
    const PROMOTIONS: usize = 100;
    const TIMES: usize = 400;
    let kit = TestKit::start(engine).await;
    let shop = TestShop::open(&kit).await;
    let mut variants = Vec::new();
    for number in 0..LINES {
        variants.push(shop.sell(&format!("thing-{number}"), 500 + number as i64 * 37, 1_000_000).await);
    }
    for number in 0..PROMOTIONS {
        let of = LineSelection { variants: vec![variants[number % LINES]], ..LineSelection::default() };
        let action = match number % 5 {
            0 => PromotionAction::Percent { basis_points: 100, of },
            1 => PromotionAction::BuyGet {
                buy: 2,
                get: 1,
                basis_points: 10_000,
                of,
                get_of: None,
                times: Some(1),
            },
            2 => PromotionAction::FixedPrice { price: eur(450), of },
            3 => PromotionAction::CheapestFree { at_least: 99, of },
            _ => PromotionAction::Fixed { amount: Money::new(5, eur(0).currency), of },
        };
        let test = ConditionTest::Subtotal { amount: eur(number as i64 * 10), of: LineSelection::default() };
        let group = (number % 4 == 0).then(|| format!("group {}", number % 3));
        let promotion = PromotionInput {
            when: when(test),
            group,
            group_policy: GroupPolicy::BestDeal,
            priority: number as i64,
            ..PromotionInput::new(format!("Promotion {number}"), action)
        };
        put(&shop, promotion).await;
    }
    let (ctx, carts) = (&shop.guest, &shop.services.carts);
    let token = carts.create(ctx).await.expect("a cart").token;
    for variant_id in &variants {
        carts.add_line(ctx, &token, AddLine { variant_id: *variant_id, quantity: 1 }).await.expect("added");
    }
    let mut took = Vec::with_capacity(TIMES);
    for number in 0..TIMES {
        let request = AddLine { variant_id: variants[number % LINES], quantity: 1 };
        let start = Instant::now();
        let cart = carts.add_line(ctx, &token, request).await.expect("added");
        took.push(start.elapsed().as_secs_f64() * 1_000.0);
        assert_eq!((cart.lines.len(), cart.totals.trace.len()), (LINES, PROMOTIONS));
    }
    took.sort_by(f64::total_cmp);
    let at = |percent: usize| took[TIMES * percent / 100];
    println!(
        "{engine:?}: add to a cart of {LINES} lines with {PROMOTIONS} promotions: median {:.2} ms, p95 {:.2} ms, p99 {:.2} ms",
        at(50),
        at(95),
        at(99)
    );
    shop.close().await;
    kit.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures"]
async fn speed_sqlite() {
    measure(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures"]
async fn speed_postgres() {
    measure(Engine::Postgres).await;
}
