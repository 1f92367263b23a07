//! What staff do with orders: parcels leave once, stock follows, the books agree, and everything is written down.

use souk_contract::{
    Actor, AuditQuery, CreateFulfillment, Ctx, FulfillmentLine, FulfillmentState, FulfillmentStatus,
    FulfillmentStep, MoveFulfillment, Order, OrderQuery, OrderStatus, Period, Preset, Tracking, VariantId,
};
use souk_kernel::{each_engine, testing::TestKit};

use crate::shop::{TestShop, by_transfer, eur, is_conflict, shared};

impl TestShop {
    /// Who packs here.
    async fn packer(&self) -> Ctx {
        let request = souk_contract::CreateStaff {
            email: "pat@example.com".to_owned(),
            name: "Pat".to_owned(),
            role: Preset::Fulfilment.into(),
        };
        let made = self.services.staffing.create_staff(&self.system, request).await.expect("staff");
        let actor = Actor::staff(made.id, Preset::Fulfilment.grants());
        Ctx::guest("pack").with_actor(actor)
    }

    async fn bought(&self, variant: VariantId, quantity: i64) -> Order {
        let cart = self.full_cart(variant, quantity).await;
        self.pay(self.checkout(), &cart, "tok_success").await.expect("an order")
    }

    pub async fn on_hand(&self, variant: VariantId) -> (i64, i64, i64) {
        let level = &self.services.inventory.levels(&self.system, &[variant]).await.expect("levels")[0];
        (level.on_hand, level.allocated, level.available)
    }
}

fn tracking() -> Tracking {
    Tracking {
        carrier: "DHL".to_owned(),
        number: "JD0001".to_owned(),
        url: Some("https://dhl.example/JD0001".to_owned()),
    }
}

fn pieces(order: &Order, quantity: i64) -> CreateFulfillment {
    let lines = vec![FulfillmentLine { order_line_id: order.lines[0].id, quantity }];
    CreateFulfillment { lines, ..CreateFulfillment::default() }
}

fn step(step: FulfillmentStep) -> MoveFulfillment {
    MoveFulfillment { step, tracking: None }
}

each_engine! {
    async fn a_parcel_leaves_the_shelf_once_and_the_shopper_hears_of_it(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let pat = shop.packer().await;
        let lamp = shop.sell("lamp", 4900, 10).await;
        let order = shop.bought(lamp, 3).await;
        assert_eq!(shop.on_hand(lamp).await, (10, 3, 7));
        let orders = &shop.services.orders;
        let picked = orders.fulfil(&pat, order.id, pieces(&order, 2), Some(order.version + 9)).await;
        assert!(is_conflict(&picked, "stale_version"), "{picked:?}");
        let current = orders.get(&pat, order.id).await.expect("the order").version;
        let picked = orders.fulfil(&pat, order.id, pieces(&order, 2), Some(current)).await.expect("picked");
        let parcel = picked.fulfillments[0].clone();
        assert_eq!((parcel.state, parcel.name), (FulfillmentState::Pending, format!("{}-1", order.number)));
        assert_eq!((picked.lines[0].fulfilled, picked.fulfillment_status), (2, FulfillmentStatus::Unfulfilled));
        let more = orders.fulfil(&pat, order.id, pieces(&order, 2), None).await;
        assert!(is_conflict(&more, "too_many"), "{more:?}");
        orders.move_fulfillment(&pat, order.id, parcel.id, step(FulfillmentStep::Pack)).await.expect("packed");
        let ship = MoveFulfillment { step: FulfillmentStep::Ship, tracking: Some(tracking()) };
        let shipped = orders.move_fulfillment(&pat, order.id, parcel.id, ship.clone()).await.expect("shipped");
        assert_eq!(shipped.fulfillment_status, FulfillmentStatus::PartiallyFulfilled);
        // The same step again, and the same event again, change nothing.
        let again = orders.move_fulfillment(&pat, order.id, parcel.id, ship).await.expect("shipped already");
        assert_eq!(again.version, shipped.version);
        shop.carry().await;
        assert_eq!(shop.on_hand(lamp).await, (8, 1, 7));
        shop.assert_books_agree().await;

        let back = orders.move_fulfillment(&pat, order.id, parcel.id, step(FulfillmentStep::Cancel)).await;
        assert!(is_conflict(&back, "wrong_state"), "{back:?}");
        let gone = orders.cancel(&shop.system, order.id, None).await;
        assert!(is_conflict(&gone, "already_shipped"), "{gone:?}");
        let rest = CreateFulfillment { ship: true, ..CreateFulfillment::default() };
        let rest = orders.fulfil(&pat, order.id, rest, None).await.expect("the rest");
        assert_eq!(rest.fulfillment_status, FulfillmentStatus::Fulfilled);
        for parcel in &rest.fulfillments {
            orders.move_fulfillment(&pat, order.id, parcel.id, step(FulfillmentStep::Deliver)).await.expect("delivered");
        }
        shop.carry().await;
        assert_eq!(shop.on_hand(lamp).await, (7, 0, 7));
        let seen = orders.by_access_token(&shop.guest, &order.access_token).await.expect("the shopper's page");
        assert_eq!((seen.status, seen.fulfillment_status), (OrderStatus::Completed, FulfillmentStatus::Delivered));
        assert_eq!(seen.fulfillments[0].tracking, Some(tracking()));
        shop.assert_books_agree().await;
        // Once the news must have arrived, a parcel that never left the shelf is a difference.
        let long_ago = "update fulfillment set shipped_at = '2020-01-01T00:00:00.000000Z'";
        shop.plant("orders", long_ago).await;
        shop.assert_books_agree().await;
        shop.plant("inventory", "delete from shipment_line").await;
        let missing = orders.verify(&shop.system).await.expect("an audit");
        assert!(missing.iter().any(|one| one.expected == "3 pieces off the shelf" && one.found == "0 pieces"), "{missing:?}");

        let told = "select count(*) from mail where template like 'order_shipped%'";
        assert_eq!(shop.count("messaging", told).await, 2);
        let history = AuditQuery { object: Some("order".into()), object_id: Some(order.id.uuid()), ..AuditQuery::default() };
        let history = shop.services.audit.entries(&pat, &history).await.expect("a history").items;
        let actions: Vec<&str> = history.iter().rev().map(|one| one.action.as_str()).collect();
        assert_eq!(actions, ["order.parcel_begun", "order.packed", "order.shipped", "order.shipped", "order.delivered", "order.delivered"]);
        assert!(shop.services.audit.entries(&pat, &AuditQuery::default()).await.is_err(), "the whole log is not hers");
        shop.close().await;
    }

    async fn two_who_pack_the_last_piece_make_one_parcel(kit: TestKit) {
        let shop = shared(&kit).await;
        let pat = shop.packer().await;
        let lamp = shop.sell("lamp", 4900, 5).await;
        let order = shop.bought(lamp, 1).await;
        let ship = CreateFulfillment { ship: true, ..CreateFulfillment::default() };
        let tries = (0..8).map(|_| shop.services.orders.fulfil(&pat, order.id, ship.clone(), None));
        let tries = futures::future::join_all(tries).await;
        assert_eq!(tries.iter().filter(|tried| tried.is_ok()).count(), 1);
        assert!(tries.iter().filter(|tried| tried.is_err()).all(|tried| is_conflict(tried, "nothing_left")), "{tries:?}");
        // Who sends the same parcel again finds it.
        let id = tries.into_iter().find_map(Result::ok).expect("one").fulfillments[0].id;
        let again = CreateFulfillment { id: Some(id), ..ship };
        let again = shop.services.orders.fulfil(&pat, order.id, again, None).await.expect("found");
        assert_eq!(again.fulfillments.len(), 1);
        shop.carry().await;
        assert_eq!(shop.on_hand(lamp).await, (4, 0, 4));
        shop.assert_books_agree().await;
    }

    async fn an_order_that_is_cancelled_takes_its_parcels_with_it(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let pat = shop.packer().await;
        let lamp = shop.sell("lamp", 4900, 5).await;
        let cart = shop.full_cart(lamp, 2).await;
        let orders = &shop.services.orders;
        let order = shop.place(&shop.guest, shop.checkout(), by_transfer(&cart)).await.expect("an order");
        let begun = orders.fulfil(&pat, order.id, CreateFulfillment::default(), None).await.expect("begun");
        let given_up = orders.move_fulfillment(&pat, order.id, begun.fulfillments[0].id, step(FulfillmentStep::Cancel)).await;
        assert_eq!(given_up.expect("given up").lines[0].fulfilled, 0, "free for another parcel");
        orders.fulfil(&pat, order.id, CreateFulfillment::default(), None).await.expect("begun anew");
        let cancelled = orders.cancel(&pat, order.id, None).await.expect("cancelled");
        assert!(cancelled.fulfillments.iter().all(|parcel| parcel.state == FulfillmentState::Cancelled));
        let late = orders.fulfil(&pat, order.id, CreateFulfillment::default(), None).await;
        assert!(is_conflict(&late, "order_closed"), "{late:?}");
        shop.carry().await;
        assert_eq!(shop.on_hand(lamp).await, (5, 0, 5));
        shop.assert_books_agree().await;
        shop.close().await;
    }

    async fn orders_are_found_counted_and_summed(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let pat = shop.packer().await;
        let lamp = shop.sell("lamp", 4900, 50).await;
        let first = shop.bought(lamp, 1).await;
        let second = shop.bought(lamp, 2).await;
        let cart = shop.full_cart(lamp, 1).await;
        let orders = &shop.services.orders;
        let unpaid = shop.place(&shop.guest, shop.checkout(), by_transfer(&cart)).await.expect("an order");
        let find = async |query: OrderQuery| -> Vec<i64> {
            let page = orders.list(&pat, &query).await.expect("orders");
            page.items.iter().map(|one| one.number).collect()
        };
        let text = |text: &str| OrderQuery { text: Some(text.into()), ..OrderQuery::default() };
        let all = [unpaid.number, second.number, first.number];
        assert_eq!(find(OrderQuery::default()).await, all);
        for words in ["ADA@", "ada love", "lovel", " Ada "] {
            assert_eq!(find(text(words)).await, all, "{words}");
        }
        for words in ["da@", "x", "%", "_da"] {
            assert_eq!(find(text(words)).await, [0i64; 0], "{words}");
        }
        assert_eq!(find(text(&format!("#{}", second.number))).await, [second.number]);
        assert_eq!(find(text(&second.number.to_string())).await, [second.number]);
        let open = OrderQuery { status: Some(OrderStatus::Open), limit: Some(1), ..OrderQuery::default() };
        let page = orders.list(&pat, &open).await.expect("a page");
        let rest = orders.list(&pat, &OrderQuery { after: page.next.clone(), ..open.clone() }).await.expect("a page");
        assert_eq!((page.items[0].number, rest.items[0].number, rest.next), (second.number, first.number, None));
        assert_eq!(page.items[0].name, "Ada Lovelace");

        let waiting = orders.waiting(&pat).await.expect("counted");
        assert_eq!((waiting.to_fulfil, waiting.to_pay), (2, 1));
        let ship = CreateFulfillment { ship: true, ..CreateFulfillment::default() };
        orders.fulfil(&pat, first.id, ship, None).await.expect("shipped");
        assert_eq!(orders.waiting(&pat).await.expect("counted").to_fulfil, 1);
        let shipped = OrderQuery { fulfillment_status: Some(FulfillmentStatus::Fulfilled), ..OrderQuery::default() };
        assert_eq!(find(shipped).await, [first.number]);

        orders.cancel(&pat, unpaid.id, None).await.expect("cancelled");
        let (began, later) = (first.placed_at, second.placed_at);
        let periods = [
            Period { from: began, until: later },
            Period { from: later, until: later.plus_seconds(600) },
            Period { from: began.plus_seconds(-600), until: began },
        ];
        let sales = orders.sales(&pat, &periods).await.expect("sums");
        let sums: Vec<_> = sales.iter().map(|one| (one.orders, one.totals.clone())).collect();
        assert_eq!(sums, [(1, vec![first.total]), (1, vec![second.total]), (0, vec![])]);
        assert_ne!(first.total, eur(0));
        assert!(orders.list(&shop.guest, &OrderQuery::default()).await.is_err());
        shop.close().await;
    }

    async fn what_is_wrong_with_a_parcel_is_named(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let pat = shop.packer().await;
        let lamp = shop.sell("lamp", 4900, 5).await;
        let order = shop.bought(lamp, 1).await;
        let orders = &shop.services.orders;
        let field = async |request: CreateFulfillment| match orders.fulfil(&pat, order.id, request, None).await {
            Err(souk_contract::Error::Invalid { fields }) => fields[0].field.clone(),
            other => panic!("{other:?}"),
        };
        let with = |tracking: Tracking| CreateFulfillment { tracking: Some(tracking), ..CreateFulfillment::default() };
        assert_eq!(field(pieces(&order, 0)).await, "lines[0].quantity");
        assert_eq!(field(with(Tracking { number: " ".into(), ..tracking() })).await, "tracking.number");
        assert_eq!(field(with(Tracking { url: Some("javascript:alert(1)".into()), ..tracking() })).await, "tracking.url");
        assert_eq!(field(with(Tracking { carrier: "x".repeat(61), ..tracking() })).await, "tracking.carrier");
        let reader = Ctx::guest("t").with_actor(Actor::staff(kit.kit().ids.next(), Preset::ReadOnly.grants()));
        assert!(orders.fulfil(&reader, order.id, CreateFulfillment::default(), None).await.is_err());
        assert_eq!(orders.get(&pat, order.id).await.expect("the order").fulfillments, []);
        shop.close().await;
    }
}
