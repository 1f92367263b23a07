//! What comes back: never more than was sent, its money once, its pieces on the shelf once; and the books agree.

use std::sync::Arc;

use souk_contract::{
    Actor, AuditQuery, CreateFulfillment, CreateRefund, CreateReturn, Ctx, Error, FulfillmentLine,
    FulfillmentState, FulfillmentStatus, FulfillmentStep, MoveFulfillment, MoveReturn, Order,
    OrderPaymentStatus, OrderStatus, OwnOrder, Preset, ReceiveReturn, RefundPieces, RefundReturn,
    RefundState, Result, Return, ReturnArrival, ReturnPieces, ReturnQuery, ReturnReason, ReturnState,
    ReturnStep, Tracking, VariantId,
};
use souk_kernel::{each_engine, testing::TestKit};

use crate::shop::{Dice, TestShop, eur, is_conflict, shared};

impl TestShop {
    /// Who takes parcels in.
    fn desk(&self, kit: &TestKit) -> Ctx {
        Ctx::guest("desk").with_actor(Actor::staff(kit.kit().ids.next(), Preset::Manager.grants()))
    }

    /// Paid, and all of it has left.
    async fn sent(&self, may: &Ctx, handle: &str, quantity: i64, card: &str) -> Order {
        let variant = self.sell(handle, 4900, 10).await;
        let cart = self.full_cart(variant, quantity).await;
        let order = self.pay(self.checkout(), &cart, card).await.expect("an order");
        let ship = CreateFulfillment { ship: true, ..CreateFulfillment::default() };
        let order = self.services.orders.fulfil(may, order.id, ship, None).await.expect("sent");
        self.carry().await;
        order
    }

    async fn damaged(&self, variant: VariantId) -> i64 {
        self.services.inventory.levels(&self.system, &[variant]).await.expect("levels")[0].damaged
    }

    async fn as_it_is(&self, order: &Order) -> Order {
        self.services.orders.get(&self.system, order.id).await.expect("the order")
    }
}

fn link(order: &Order) -> OwnOrder {
    OwnOrder::Link(order.access_token.clone())
}

fn some(order: &Order, quantity: i64) -> CreateReturn {
    let order_line_id = order.lines[0].id;
    let lines = vec![ReturnPieces { order_line_id, quantity, reason: ReturnReason::DoesNotFit }];
    CreateReturn { lines, ..CreateReturn::default() }
}

fn came(order: &Order, received: i64, resellable: i64, damaged: i64) -> ReceiveReturn {
    let lines = vec![ReturnArrival { order_line_id: order.lines[0].id, received, resellable, damaged }];
    ReceiveReturn { lines, ..ReceiveReturn::default() }
}

fn step(step: ReturnStep, reply: &str) -> MoveReturn {
    MoveReturn { step, reply: reply.to_owned(), tracking: None }
}

fn field<T: std::fmt::Debug>(result: Result<T>) -> String {
    match result {
        Err(Error::Invalid { fields }) => fields[0].field.clone(),
        other => panic!("{other:?}"),
    }
}

/// One of many who do things to the same order at the same time.
async fn meddle(shop: Arc<TestShop>, may: Ctx, order: Order, mut dice: Dice, steps: u32) -> u32 {
    let (orders, returns) = (&shop.services.orders, &shop.services.returns);
    let mut done = 0;
    for _ in 0..steps {
        let line = &order.lines[dice.below(order.lines.len() as u64) as usize];
        let quantity = 1 + dice.below(2) as i64;
        let pieces = ReturnPieces { order_line_id: line.id, quantity, reason: ReturnReason::Other };
        let wish = CreateReturn { lines: vec![pieces], ..CreateReturn::default() };
        let open = returns.of_order(&may, order.id).await.expect("returns").returns;
        let is_live = |one: &Return| one.state.is_awaited() || one.state == ReturnState::Inspected;
        let open: Vec<Return> = open.into_iter().filter(is_live).collect();
        let one: Option<Return> = match open.len() {
            0 => None,
            many => open.get(dice.below(many as u64) as usize).cloned(),
        };
        let did = match (dice.below(9), one) {
            (0, _) => {
                let lines = vec![FulfillmentLine { order_line_id: line.id, quantity }];
                let parcel = CreateFulfillment { lines, ship: true, ..CreateFulfillment::default() };
                orders.fulfil(&may, order.id, parcel, None).await.map(drop)
            }
            (1, _) => returns.ask(&shop.guest, &link(&order), wish).await.map(drop),
            (2, _) => returns.create(&may, order.id, wish).await.map(drop),
            (3, _) => {
                let restock = dice.below(2) == 0;
                let lines = vec![RefundPieces { order_line_id: line.id, quantity, restock }];
                let refund = CreateRefund { lines, ..CreateRefund::default() };
                orders.refund(&may, order.id, refund, None).await.map(drop)
            }
            (4, Some(one)) => {
                let which =
                    [ReturnStep::Approve, ReturnStep::Approve, ReturnStep::Decline, ReturnStep::Cancel];
                let which = which[dice.below(4) as usize];
                let reply = if which == ReturnStep::Decline { "No" } else { "" };
                returns.move_on(&may, one.id, step(which, reply), None).await.map(drop)
            }
            (5 | 6, Some(one)) => {
                let lines = one.lines.iter().map(|line| {
                    let left = line.expected - line.resellable - line.damaged;
                    let fit = dice.below(left as u64 + 1) as i64;
                    let unfit = dice.below((left - fit) as u64 + 1) as i64;
                    let here = line.received - line.resellable - line.damaged;
                    let received = (fit + unfit - here).max(i64::from(fit + unfit == 0));
                    let order_line_id = line.order_line_id;
                    ReturnArrival { order_line_id, received, resellable: fit, damaged: unfit }
                });
                let request = ReceiveReturn {
                    lines: lines.collect(),
                    last: dice.below(2) == 0,
                    ..ReceiveReturn::default()
                };
                returns.receive(&may, one.id, request, None).await.map(drop)
            }
            (_, Some(one)) => {
                let less = (dice.below(2) == 0).then(|| eur(dice.below(2000) as i64));
                let request = RefundReturn { less, ..RefundReturn::default() };
                returns.refund(&may, one.id, request, None).await.map(drop)
            }
            (_, None) => continue,
        };
        match did {
            Ok(()) => done += 1,
            Err(Error::Conflict { .. } | Error::Invalid { .. }) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    done
}

each_engine! {
    async fn a_return_from_asking_to_the_money(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let may = shop.desk(&kit);
        let returns = &shop.services.returns;
        let order = shop.sent(&may, "lamp", 3, "tok_success").await;
        let lamp = order.lines[0].variant_id;
        assert_eq!(shop.on_hand(lamp).await, (7, 0, 7));

        let may_send = returns.of_own(&shop.guest, &link(&order)).await.expect("a look");
        assert_eq!((may_send.returnable[0].quantity, may_send.until.is_some()), (3, true));
        let id = kit.kit().ids.next();
        let wish = CreateReturn { id: Some(id), note: " Too small ".into(), ..some(&order, 2) };
        let asked = returns.ask(&shop.guest, &link(&order), wish.clone()).await.expect("asked");
        assert_eq!((asked.state, asked.name.clone()), (ReturnState::Requested, format!("R{}-1", order.number)));
        assert_eq!((asked.note.as_str(), asked.lines[0].expected), ("Too small", 2));
        let again = returns.ask(&shop.guest, &link(&order), wish).await.expect("found");
        assert_eq!(again, asked, "the same id again is the same return");

        let early = returns.receive(&may, id, came(&order, 1, 1, 0), None).await;
        assert!(is_conflict(&early, "wrong_state"), "{early:?}");
        let stale = returns.move_on(&may, id, step(ReturnStep::Approve, ""), Some(9)).await;
        assert!(is_conflict(&stale, "stale_version"), "{stale:?}");
        let approve = step(ReturnStep::Approve, "Quay 7, 20457 Hamburg");
        let approved = returns.move_on(&may, id, approve.clone(), Some(1)).await.expect("approved");
        assert_eq!((approved.state, approved.version, approved.reply.as_str()), (ReturnState::Approved, 2, "Quay 7, 20457 Hamburg"));
        assert_eq!(returns.move_on(&may, id, approve, None).await.expect("no change").version, 2);
        let tracking = Tracking { carrier: "DHL".into(), number: "JD1".into(), url: None };
        let send = MoveReturn { tracking: Some(tracking.clone()), ..step(ReturnStep::Send, "") };
        let on_its_way = returns.move_on(&may, id, send, None).await.expect("sent");
        assert_eq!((on_its_way.state, on_its_way.tracking), (ReturnState::InTransit, Some(tracking)));
        let late = returns.give_up(&shop.guest, &link(&order), id).await;
        assert!(is_conflict(&late, "wrong_state"), "{late:?}");

        // One comes and is fit; the other comes, and is looked at later.
        let receipt = ReceiveReturn { id: Some(kit.kit().ids.next()), ..came(&order, 1, 1, 0) };
        let part = returns.receive(&may, id, receipt.clone(), None).await.expect("a part");
        assert_eq!((part.state, part.lines[0].received, part.lines[0].resellable), (ReturnState::Received, 1, 1));
        assert_eq!(returns.receive(&may, id, receipt, None).await.expect("known").lines, part.lines);
        shop.carry().await;
        assert_eq!(shop.on_hand(lamp).await, (8, 0, 8));
        let soon = returns.refund(&may, id, RefundReturn::default(), None).await;
        assert!(is_conflict(&soon, "wrong_state"), "{soon:?}");
        for (wrong, code) in [
            (came(&order, 2, 0, 0), "too_many"),
            (came(&order, 0, 1, 0), "too_many"),
            (ReceiveReturn { last: true, ..came(&order, 1, 0, 0) }, "not_inspected"),
        ] {
            let refused = returns.receive(&may, id, wrong, None).await;
            assert!(is_conflict(&refused, code), "{code}: {refused:?}");
        }
        returns.receive(&may, id, came(&order, 1, 0, 0), None).await.expect("here");
        let gone = returns.move_on(&may, id, step(ReturnStep::Cancel, ""), None).await;
        assert!(is_conflict(&gone, "already_received"), "{gone:?}");
        let inspected = returns.receive(&may, id, came(&order, 0, 0, 1), None).await.expect("looked at");
        assert_eq!((inspected.state, inspected.lines[0].damaged, inspected.unsorted()), (ReturnState::Inspected, 1, 0));
        shop.carry().await;
        assert_eq!((shop.on_hand(lamp).await, shop.damaged(lamp).await), ((8, 0, 8), 1));
        let now = shop.as_it_is(&order).await;
        assert_eq!(now.fulfillment_status, FulfillmentStatus::PartiallyReturned);
        shop.assert_books_agree().await;

        // Two at 49.00, less 9.00 for the damaged one.
        let wish = RefundReturn { less: Some(eur(900)), reason: "Scratched".into(), ..RefundReturn::default() };
        let quote = returns.quote(&may, id, wish.clone()).await.expect("a preview");
        assert_eq!((quote.goods, quote.less, quote.amount), (eur(9800), eur(900), eur(8900)));
        assert_eq!(quote.shipping_left, order.shipping);
        let other = RefundReturn { expected: Some(eur(9800)), ..wish.clone() };
        assert!(is_conflict(&returns.refund(&may, id, other, None).await, "total_changed"));
        let over = RefundReturn { less: Some(eur(9801)), ..RefundReturn::default() };
        assert_eq!(field(returns.refund(&may, id, over, None).await), "less");
        let wish = RefundReturn { expected: Some(quote.amount), ..wish };
        let paid = returns.refund(&may, id, wish, Some(inspected.version)).await.expect("refunded");
        let refund = paid.refund.expect("a refund");
        assert_eq!((paid.state, refund.state, refund.amount), (ReturnState::Refunded, RefundState::Succeeded, eur(8900)));
        let twice = returns.refund(&may, id, RefundReturn::default(), None).await;
        assert!(is_conflict(&twice, "wrong_state"), "{twice:?}");
        shop.carry().await;
        assert_eq!((shop.on_hand(lamp).await, shop.damaged(lamp).await), ((8, 0, 8), 1), "its shelf is not touched again");
        let now = shop.as_it_is(&order).await;
        assert_eq!((now.refunded(), now.payment_status), (eur(8900), OrderPaymentStatus::PartiallyRefunded));
        assert_eq!((now.lines[0].refunded, now.lines[0].removed, now.refunds[0].tax), (2, 0, quote.tax));
        let papers = shop.services.orders.documents(&may, order.id).await.expect("papers");
        assert_eq!((papers[1].total, papers[1].remark.as_str()), (eur(8900), "Scratched"));
        let taxed: i64 = papers[1].taxes.iter().map(|tax| tax.net.minor + tax.tax.minor).sum();
        assert_eq!(taxed, 8900, "{papers:?}");
        let closed = returns.move_on(&may, id, step(ReturnStep::Close, ""), None).await.expect("closed");
        assert_eq!(closed.state, ReturnState::Closed);
        shop.carry().await;
        shop.assert_books_agree().await;

        let mails = |kind: &str| format!("select count(*) from mail where template = '{kind}'");
        for kind in ["return_requested", "return_approved", "return_received", "order_refunded"] {
            let sql: &'static str = Box::leak(mails(kind).into_boxed_str());
            assert_eq!(shop.count("messaging", sql).await, 1, "{kind}");
        }
        let log = AuditQuery { object: Some("order".into()), object_id: Some(order.id.uuid()), ..AuditQuery::default() };
        let log = shop.services.audit.entries(&shop.system, &log).await.expect("a history").items;
        let written: Vec<&str> = log.iter().rev().map(|entry| entry.action.as_str()).filter(|action| action.contains("return")).collect();
        assert_eq!(written, [
            "order.return_approved", "order.return_sent", "order.return_received", "order.return_received",
            "order.return_received", "order.return_closed",
        ]);
        let by_name = ReturnQuery { text: Some(closed.name.clone()), ..ReturnQuery::default() };
        let found = returns.list(&may, &by_name).await.expect("a list").items;
        assert_eq!((found.len(), found[0].received, found[0].recipient.as_str()), (1, 2, "Ada Lovelace"));
        let open = ReturnQuery { state: Some(ReturnState::Requested), ..ReturnQuery::default() };
        assert_eq!(returns.list(&may, &open).await.expect("a list").items, []);
        shop.close().await;
    }

    async fn eight_who_ask_at_once_send_back_what_came_and_no_more(kit: TestKit) {
        let shop = shared(&kit).await;
        let may = shop.desk(&kit);
        let returns = &shop.services.returns;
        let order = shop.sent(&may, "lamp", 3, "tok_success").await;
        let link = link(&order);
        let tries = (0..8).map(|_| returns.ask(&shop.guest, &link, some(&order, 1)));
        let tries = futures::future::join_all(tries).await;
        assert_eq!(tries.iter().filter(|tried| tried.is_ok()).count(), 3, "{tries:?}");
        assert!(tries.iter().filter(|tried| tried.is_err()).all(|tried| is_conflict(tried, "too_many")), "{tries:?}");
        // Money for pieces that are in a return goes back there only.
        let pieces = RefundPieces { order_line_id: order.lines[0].id, quantity: 1, restock: true };
        let beside = CreateRefund { lines: vec![pieces], ..CreateRefund::default() };
        let refused = shop.services.orders.refund(&may, order.id, beside.clone(), None).await;
        assert!(is_conflict(&refused, "in_return"), "{refused:?}");
        // One is given up, one declined, one received twice at the same time.
        let all = returns.of_order(&may, order.id).await.expect("returns").returns;
        returns.give_up(&shop.guest, &link, all[0].id).await.expect("given up");
        assert_eq!(field(returns.move_on(&may, all[1].id, step(ReturnStep::Decline, " "), None).await), "reply");
        let declined = returns.move_on(&may, all[1].id, step(ReturnStep::Decline, "It was worn"), None).await;
        assert_eq!(declined.expect("declined").reply, "It was worn");
        returns.move_on(&may, all[2].id, step(ReturnStep::Approve, ""), None).await.expect("approved");
        let tries = (0..4).map(|_| returns.receive(&may, all[2].id, came(&order, 1, 1, 0), None));
        let tries = futures::future::join_all(tries).await;
        assert_eq!(tries.iter().filter(|tried| tried.is_ok()).count(), 1, "{tries:?}");
        let tries = (0..4).map(|_| returns.refund(&may, all[2].id, RefundReturn::default(), None));
        let tries = futures::future::join_all(tries).await;
        assert_eq!(tries.iter().filter(|tried| tried.is_ok()).count(), 1, "{tries:?}");
        // The two that were let go of are free again.
        let left = returns.of_own(&shop.guest, &link).await.expect("a look").returnable;
        assert_eq!(left[0].quantity, 2);
        shop.services.orders.refund(&may, order.id, beside, None).await.expect("refunded");
        assert_eq!(returns.of_own(&shop.guest, &link).await.expect("a look").returnable[0].quantity, 1);
        shop.carry().await;
        assert_eq!(shop.on_hand(order.lines[0].variant_id).await, (9, 0, 9));
        assert_eq!(shop.as_it_is(&order).await.refunded(), eur(9800));
        shop.assert_books_agree().await;
    }

    async fn days_to_return_bind_shoppers_and_not_the_shop(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let may = shop.desk(&kit);
        let returns = &shop.services.returns;
        let order = shop.sent(&may, "lamp", 2, "tok_success").await;
        let link = link(&order);
        // Sent long ago, but delivered today.
        shop.plant("orders", "update fulfillment set shipped_at = '2020-01-01T00:00:00.000000Z'").await;
        let over = returns.ask(&shop.guest, &link, some(&order, 1)).await;
        assert!(is_conflict(&over, "too_late"), "{over:?}");
        let look = returns.of_own(&shop.guest, &link).await.expect("a look");
        assert_eq!((look.returnable, look.until), (vec![], None));
        let deliver = MoveFulfillment { step: FulfillmentStep::Deliver, tracking: None };
        shop.services.orders.move_fulfillment(&may, order.id, order.fulfillments[0].id, deliver).await.expect("delivered");
        returns.ask(&shop.guest, &link, some(&order, 1)).await.expect("in time");
        shop.plant("orders", "update fulfillment set delivered_at = '2020-01-09T00:00:00.000000Z'").await;
        assert!(is_conflict(&returns.ask(&shop.guest, &link, some(&order, 1)).await, "too_late"));
        assert!(is_conflict(&returns.ask(&shop.guest, &link, some(&order, 2)).await, "too_many"));
        assert_eq!(returns.of_order(&may, order.id).await.expect("a look").returnable[0].quantity, 1);
        let wish = CreateReturn { reply: "Quay 7".into(), ..some(&order, 1) };
        let by_staff = returns.create(&may, order.id, wish.clone()).await.expect("the shop may");
        assert_eq!((by_staff.state, by_staff.reply.as_str()), (ReturnState::Approved, "Quay 7"));
        assert_eq!(field(returns.ask(&shop.guest, &link, wish).await), "reply");

        // All of it comes back: the order is done.
        let all = returns.of_order(&may, order.id).await.expect("returns").returns;
        returns.move_on(&may, all[0].id, step(ReturnStep::Approve, ""), None).await.expect("approved");
        for one in &all {
            returns.receive(&may, one.id, came(&order, 1, 1, 0), None).await.expect("received");
        }
        let now = shop.as_it_is(&order).await;
        assert_eq!((now.fulfillment_status, now.status), (FulfillmentStatus::Returned, OrderStatus::Completed));
        shop.carry().await;
        assert_eq!(shop.on_hand(order.lines[0].variant_id).await, (10, 0, 10));

        // A shop that promises nothing.
        let second = shop.sent(&may, "vase", 1, "tok_success").await;
        let mut settings = shop.services.shop.settings(&shop.system).await.expect("settings").input;
        settings.returns_days = 0;
        shop.services.shop.write_settings(&shop.system, settings, None).await.expect("written");
        assert!(is_conflict(&returns.ask(&shop.guest, &self::link(&second), some(&second, 1)).await, "too_late"));
        shop.assert_books_agree().await;
        shop.close().await;
    }

    async fn what_is_wrong_with_a_return_is_named_and_it_is_nobody_elses_business(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let may = shop.desk(&kit);
        let returns = &shop.services.returns;
        let order = shop.sent(&may, "lamp", 2, "tok_success").await;
        let other = shop.sent(&may, "vase", 1, "tok_success").await;
        let own = link(&order);
        let twice = CreateReturn { lines: [some(&order, 1).lines, some(&order, 1).lines].concat(), ..CreateReturn::default() };
        for (wish, wrong) in [
            (CreateReturn::default(), "lines"),
            (some(&order, 0), "lines[0].quantity"),
            (some(&other, 1), "lines[0].order_line_id"),
            (twice, "lines[1].order_line_id"),
            (CreateReturn { note: "x".repeat(501), ..some(&order, 1) }, "note"),
        ] {
            assert_eq!(field(returns.ask(&shop.guest, &own, wish).await), wrong);
        }
        let asked = returns.ask(&shop.guest, &own, some(&order, 1)).await.expect("asked");
        let taken = CreateReturn { id: Some(asked.id), ..some(&other, 1) };
        assert_eq!(field(returns.ask(&shop.guest, &link(&other), taken).await), "id");
        assert!(returns.give_up(&shop.guest, &link(&other), asked.id).await.is_err(), "by another order's link");
        assert!(returns.of_own(&shop.guest, &OwnOrder::Link("x".into())).await.is_err());
        assert!(returns.of_own(&shop.guest, &OwnOrder::Id(order.id)).await.is_err(), "nobody is signed in");
        for role in [Preset::ReadOnly, Preset::Fulfilment] {
            let member = Ctx::guest("t").with_actor(Actor::staff(kit.kit().ids.next(), role.grants()));
            let approved = returns.move_on(&member, asked.id, step(ReturnStep::Approve, ""), None).await;
            assert_eq!(approved.is_ok(), role == Preset::Fulfilment, "{role:?}");
            assert!(returns.refund(&member, asked.id, RefundReturn::default(), None).await.is_err(), "packing is not paying");
        }
        assert!(returns.list(&shop.guest, &ReturnQuery::default()).await.is_err());
        assert!(returns.get(&shop.guest, asked.id).await.is_err());
        assert_eq!(field(returns.receive(&may, asked.id, ReceiveReturn::default(), None).await), "lines");
        assert_eq!(field(returns.receive(&may, asked.id, came(&order, -1, 0, 0), None).await), "lines[0].received");
        assert_eq!(field(returns.receive(&may, asked.id, came(&other, 1, 0, 0), None).await), "lines[0].order_line_id");
        let nowhere = ReceiveReturn { location_id: Some(kit.kit().ids.next()), ..came(&order, 1, 1, 0) };
        assert_eq!(field(returns.receive(&may, asked.id, nowhere, None).await), "location_id");
        let nothing = ReceiveReturn { last: true, ..ReceiveReturn::default() };
        assert!(is_conflict(&returns.receive(&may, asked.id, nothing.clone(), None).await, "nothing_came"));
        let bad = MoveReturn { step: ReturnStep::Close, reply: "x".into(), tracking: None };
        assert_eq!(field(returns.move_on(&may, asked.id, bad, None).await), "reply");
        assert!(is_conflict(&returns.move_on(&may, asked.id, step(ReturnStep::Close, ""), None).await, "wrong_state"));

        // What never came may be asked for again.
        let more = returns.create(&may, order.id, some(&order, 1)).await.expect("the second");
        assert!(is_conflict(&returns.create(&may, order.id, some(&order, 1)).await, "too_many"));
        returns.move_on(&may, more.id, step(ReturnStep::Cancel, ""), None).await.expect("cancelled");
        let both = returns.create(&may, order.id, some(&order, 1)).await.expect("free again");
        returns.receive(&may, asked.id, came(&order, 1, 0, 0), None).await.expect("here");
        let unsorted = returns.receive(&may, asked.id, nothing, None).await;
        assert!(is_conflict(&unsorted, "not_inspected"), "{unsorted:?}");
        returns.receive(&may, both.id, came(&order, 1, 1, 0), None).await.expect("here");
        shop.carry().await;
        // The books see what was changed behind their back.
        shop.assert_books_agree().await;
        shop.plant("orders", "update order_return_line set resellable = 0, damaged = 1 where resellable = 1").await;
        let found = shop.services.orders.verify(&shop.system).await.expect("an audit");
        assert!(found.iter().any(|one| one.what.starts_with("pieces of return R")), "{found:?}");
        shop.plant("orders", "update order_return_line set resellable = 1, damaged = 0 where damaged = 1").await;
        shop.plant("orders", "update order_return set state = 'refunded' where state = 'inspected'").await;
        let found = shop.services.orders.verify(&shop.system).await.expect("an audit");
        assert!(found.iter().any(|one| one.what.starts_with("refund of return R")), "{found:?}");
        shop.close().await;
    }

    async fn a_refund_that_fails_or_waits_leaves_its_return_where_it_is(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let may = shop.desk(&kit);
        let returns = &shop.services.returns;
        for (handle, card) in [("lamp", "tok_refund_declined"), ("vase", "tok_refund_slow")] {
            let order = shop.sent(&may, handle, 1, card).await;
            let one = returns.create(&may, order.id, some(&order, 1)).await.expect("a return");
            returns.receive(&may, one.id, came(&order, 1, 1, 0), None).await.expect("received");
            let tried = returns.refund(&may, one.id, RefundReturn::default(), None).await.expect("an answer");
            let refund = tried.refund.expect("a refund");
            assert_eq!(tried.state, ReturnState::Inspected);
            if refund.state == RefundState::Failed {
                let again = returns.refund(&may, one.id, RefundReturn::default(), None).await.expect("tried again");
                assert_ne!(again.refund.expect("another").id, refund.id);
                continue;
            }
            assert_eq!(refund.state, RefundState::Pending);
            let twice = returns.refund(&may, one.id, RefundReturn::default(), None).await;
            assert!(is_conflict(&twice, "wrong_state"), "{twice:?}");
            let same = RefundReturn { id: Some(refund.id), ..RefundReturn::default() };
            returns.refund(&may, one.id, same, None).await.expect("asked again");
            shop.resume().await;
            assert_eq!(returns.get(&may, one.id).await.expect("the return").state, ReturnState::Refunded);
        }
        shop.carry().await;
        shop.assert_books_agree().await;
        shop.close().await;
    }

    async fn pieces_are_put_where_staff_say(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let may = shop.desk(&kit);
        let order = shop.sent(&may, "lamp", 2, "tok_success").await;
        let input = souk_contract::LocationInput { name: "Back room".into(), address: String::new(), active: true };
        let back = shop.services.stockroom.put_location(&shop.system, None, input, None).await.expect("a place");
        let returns = &shop.services.returns;
        let one = returns.create(&may, order.id, some(&order, 2)).await.expect("a return");
        let there = ReceiveReturn { location_id: Some(back.id), ..came(&order, 2, 1, 1) };
        returns.receive(&may, one.id, there, None).await.expect("received");
        shop.carry().await;
        let query = souk_contract::LevelQuery { variants: vec![order.lines[0].variant_id], ..Default::default() };
        let levels = shop.services.stockroom.place_levels(&shop.system, &query).await.expect("levels").items;
        let there = levels.iter().find(|level| level.location_id == back.id).expect("a level");
        assert_eq!((there.on_hand, there.damaged), (1, 1));
        shop.assert_books_agree().await;
        shop.close().await;
    }

    async fn whoever_does_what_at_once_no_more_comes_back_than_was_sent_or_taken(kit: TestKit) {
        let shop = shared(&kit).await;
        let may = shop.desk(&kit);
        let (mut done, mut fit_again, mut paid) = (0, 0, 0);
        for round in 0..4 {
            let seed = shop.checkout().uuid().as_u64_pair().1;
            eprintln!("seed {seed}");
            let (one, two) = (format!("lamp-{round}"), format!("vase-{round}"));
            let variants = [shop.sell(&one, 4900, 60).await, shop.sell(&two, 1733, 60).await];
            let token = shop.full_cart(variants[0], 12).await.token;
            let more = souk_contract::AddLine { variant_id: variants[1], quantity: 9 };
            shop.services.carts.add_line(&shop.guest, &token, more).await.expect("added");
            let cart = shop.services.shipping.select(&shop.guest, &token, shop.delivery).await.expect("chosen");
            let order = shop.pay(shop.checkout(), &cart, "tok_success").await.expect("an order");
            let meddlers = (0..4).map(|number| {
                let dice = Dice(seed.wrapping_add(number));
                tokio::spawn(meddle(Arc::clone(&shop), may.clone(), order.clone(), dice, 25))
            });
            for meddler in futures::future::join_all(meddlers).await {
                done += meddler.expect("no panic");
            }
            shop.carry().await;
            shop.assert_books_agree().await;
            let now = shop.as_it_is(&order).await;
            let all = shop.services.returns.of_order(&may, order.id).await.expect("returns").returns;
            assert!(now.refunded().minor <= now.paid.minor, "seed {seed}: {now:?}");
            for (line, variant) in now.lines.iter().zip(variants) {
                let of_line = all.iter().flat_map(|one| one.lines.iter().map(move |line| (one.state, line)));
                let own: Vec<_> = of_line.filter(|(_, one)| one.order_line_id == line.id).collect();
                let by_returns: Vec<_> = all.iter().filter_map(|one| one.refund.map(|refund| refund.id)).collect();
                let parts = now.refunds.iter().filter(|refund| refund.state == RefundState::Succeeded);
                let parts: Vec<_> = parts
                    .flat_map(|refund| {
                        let of_return = by_returns.contains(&refund.id);
                        refund.lines.iter().map(move |part| (of_return, part))
                    })
                    .filter(|(_, part)| part.order_line_id == line.id)
                    .collect();
                let beside: Vec<_> = parts.iter().filter(|(of_return, _)| !of_return).map(|(_, part)| part).collect();
                let shipped = now.shipped(line.id);
                let received: i64 = own.iter().map(|(_, one)| one.received).sum();
                let back: i64 = beside.iter().map(|part| part.quantity - part.removed).sum();
                assert!(received + back <= shipped, "seed {seed}: {received} + {back} of {shipped}");
                let fit: i64 = own.iter().map(|(_, one)| one.resellable).sum();
                let restocked: i64 = beside.iter().filter(|part| part.restock).map(|part| part.quantity - part.removed).sum();
                let written_off: i64 = beside.iter().filter(|part| !part.restock).map(|part| part.removed).sum();
                let (on_hand, ..) = shop.on_hand(variant).await;
                fit_again += fit;
                assert_eq!(on_hand, 60 - shipped - written_off + fit + restocked, "seed {seed}");
                let unfit: i64 = own.iter().map(|(_, one)| one.damaged).sum();
                assert_eq!(shop.damaged(variant).await, unfit, "seed {seed}");
            }
            paid += all.iter().filter(|one| one.refund.is_some()).count();
            let left = |parcel: &souk_contract::Fulfillment| parcel.state == FulfillmentState::Shipped;
            assert!(now.fulfillments.iter().all(left), "{now:?}");
        }
        eprintln!("{done} steps, {fit_again} pieces on the shelf again, {paid} returns refunded");
        assert!(done > 80 && fit_again > 3 && paid > 3, "most of it was refused: {done}, {fit_again}, {paid}");
    }
}
