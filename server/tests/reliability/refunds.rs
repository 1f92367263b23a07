//! Money that goes back: once, never more than came, with its pieces and its papers; and the books agree.

use souk_contract::{
    Actor, CreateFulfillment, CreateRefund, Ctx, Document, DocumentKind, FulfillmentStatus, Money, Order,
    OrderPaymentStatus, OrderQuery, OrderStatus, Preset, RefundPieces, RefundState,
};
use souk_kernel::{each_engine, testing::TestKit};

use crate::shop::{TestShop, eur, is_conflict, shared};

impl TestShop {
    /// Who answers shoppers.
    fn helper(&self, kit: &TestKit) -> Ctx {
        let id = kit.kit().ids.next();
        Ctx::guest("help").with_actor(Actor::staff(id, Preset::Manager.grants()))
    }

    async fn paid(&self, token: &str, quantity: i64) -> Order {
        let lamp = self.sell("lamp", 4900, 10).await;
        let cart = self.full_cart(lamp, quantity).await;
        self.pay(self.checkout(), &cart, token).await.expect("an order")
    }
}

fn pieces(order: &Order, quantity: i64, restock: bool) -> CreateRefund {
    let lines = vec![RefundPieces { order_line_id: order.lines[0].id, quantity, restock }];
    CreateRefund { lines, ..CreateRefund::default() }
}

fn amount(minor: i64) -> CreateRefund {
    CreateRefund { other: Some(eur(minor)), ..CreateRefund::default() }
}

/// A paper says what it is the sum of.
fn adds_up(paper: &Document) {
    let minor = |money: &Money| money.minor;
    let lines: i64 = paper.lines.iter().map(|line| minor(&line.total)).sum();
    let extras: i64 = paper.extras.iter().map(|(_, amount)| minor(amount)).sum();
    let (net, tax) =
        paper.taxes.iter().fold((0, 0), |(net, tax), one| (net + one.net.minor, tax + one.tax.minor));
    assert_eq!(net + tax, paper.total.minor, "{paper:?}");
    let on_top = if paper.tax_inclusive { 0 } else { tax };
    assert_eq!(lines + extras + on_top, paper.total.minor, "{paper:?}");
    for line in &paper.lines {
        assert_eq!(line.unit_price.minor * line.quantity - line.discount.minor, line.total.minor, "{line:?}");
    }
}

each_engine! {
    async fn pieces_go_back_in_part_and_then_all_of_it(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let may = shop.helper(&kit);
        let order = shop.paid("tok_success", 3).await;
        let lamp = order.lines[0].variant_id;
        let orders = &shop.services.orders;
        // Two have left, one has not.
        let sent = CreateFulfillment {
            lines: vec![souk_contract::FulfillmentLine { order_line_id: order.lines[0].id, quantity: 2 }],
            ship: true,
            ..CreateFulfillment::default()
        };
        orders.fulfil(&may, order.id, sent, None).await.expect("sent");
        shop.carry().await;
        assert_eq!(shop.on_hand(lamp).await, (8, 1, 7));

        let wrong = CreateRefund { expected: Some(eur(1)), ..pieces(&order, 2, true) };
        let wrong = orders.refund(&may, order.id, wrong, None).await;
        assert!(is_conflict(&wrong, "total_changed"), "{wrong:?}");
        let stale = orders.refund(&may, order.id, pieces(&order, 2, true), Some(99)).await;
        assert!(is_conflict(&stale, "stale_version"), "{stale:?}");
        let many = orders.refund(&may, order.id, pieces(&order, 4, true), None).await;
        assert!(is_conflict(&many, "too_many"), "{many:?}");

        // The one that was not sent goes first, and one of those that were comes back.
        let back = orders.refund(&may, order.id, pieces(&order, 2, true), None).await.expect("refunded");
        let refund = &back.refunds[0];
        assert_eq!((refund.state, refund.amount), (RefundState::Succeeded, eur(9800)));
        assert_eq!((refund.lines[0].removed, refund.name.clone()), (1, format!("{}-R1", order.number)));
        assert_eq!((back.payment_status, back.fulfillment_status), (OrderPaymentStatus::PartiallyRefunded, FulfillmentStatus::Fulfilled));
        assert_eq!((back.lines[0].refunded, back.lines[0].removed, back.lines[0].left()), (2, 1, 0));
        shop.carry().await;
        assert_eq!(shop.on_hand(lamp).await, (9, 0, 9));
        shop.assert_books_agree().await;
        let nothing = orders.fulfil(&may, order.id, CreateFulfillment::default(), None).await;
        assert!(is_conflict(&nothing, "nothing_left"), "{nothing:?}");

        let over = orders.refund(&may, order.id, amount(order.total.minor), None).await;
        assert!(is_conflict(&over, "more_than_paid"), "{over:?}");
        let rest = CreateRefund {
            shipping: Some(order.shipping),
            reason: "Broken on the way".to_owned(),
            ..pieces(&order, 1, false)
        };
        let all = orders.refund(&may, order.id, rest, None).await.expect("the rest");
        assert_eq!((all.payment_status, all.refunded()), (OrderPaymentStatus::Refunded, order.total));
        shop.carry().await;
        assert_eq!(shop.on_hand(lamp).await, (9, 0, 9), "a broken one is not on the shelf");
        let more = orders.refund(&may, order.id, amount(1), None).await;
        assert!(is_conflict(&more, "more_than_paid"), "{more:?}");
        shop.assert_books_agree().await;

        let papers = orders.documents(&may, order.id).await.expect("papers");
        let kinds: Vec<(DocumentKind, i64)> = papers.iter().map(|one| (one.kind, one.number)).collect();
        assert_eq!(kinds, [(DocumentKind::Invoice, 1), (DocumentKind::CreditNote, 1), (DocumentKind::CreditNote, 2)]);
        papers.iter().for_each(adds_up);
        assert_eq!((papers[0].total, papers[1].total), (order.total, eur(9800)));
        assert_eq!(papers[1].total.minor + papers[2].total.minor, order.total.minor);
        assert_eq!(papers[2].taxes.iter().map(|tax| tax.tax.minor).sum::<i64>() + refund.tax.minor, order.tax.minor);
        assert_eq!((papers[2].remark.as_str(), papers[2].corrects.as_deref()), ("Broken on the way", Some("INV-00001")));
        assert_eq!(orders.invoice(&may, order.id).await.expect("the same"), papers[0]);
        assert_eq!(shop.count("messaging", "select count(*) from mail where template = 'order_refunded'").await, 2);
        shop.close().await;
    }

    async fn eight_who_refund_at_once_send_back_what_came_and_no_more(kit: TestKit) {
        let shop = shared(&kit).await;
        let may = shop.helper(&kit);
        let order = shop.paid("tok_success", 2).await;
        let orders = &shop.services.orders;
        let tries = (0..8).map(|_| orders.refund(&may, order.id, pieces(&order, 1, true), None));
        let tries = futures::future::join_all(tries).await;
        assert_eq!(tries.iter().filter(|tried| tried.is_ok()).count(), 2, "{tries:?}");
        assert!(tries.iter().filter(|tried| tried.is_err()).all(|tried| is_conflict(tried, "too_many")), "{tries:?}");
        // The same refund again finds what became of it.
        let id = orders.get(&may, order.id).await.expect("the order").refunds[0].id;
        let again = CreateRefund { id: Some(id), ..pieces(&order, 1, true) };
        let again = orders.refund(&may, order.id, again, None).await.expect("found");
        assert_eq!(again.refunds.len(), 2);
        assert_eq!((again.fulfillment_status, again.status), (FulfillmentStatus::Cancelled, OrderStatus::Completed));
        shop.carry().await;
        assert_eq!(shop.on_hand(order.lines[0].variant_id).await, (10, 0, 10));
        shop.assert_books_agree().await;
    }

    async fn what_a_gateway_refuses_or_does_not_answer(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let may = shop.helper(&kit);
        let orders = &shop.services.orders;
        let order = shop.paid("tok_refund_declined", 2).await;
        let refused = orders.refund(&may, order.id, pieces(&order, 1, true), None).await.expect("an answer");
        assert_eq!(refused.refunds[0].state, RefundState::Failed);
        assert!(refused.refunds[0].failure.is_some());
        assert_eq!((refused.refunded(), refused.lines[0].left()), (eur(0), 2), "as if it had not been");
        assert_eq!((refused.payment_status, refused.status), (OrderPaymentStatus::Paid, OrderStatus::Open));
        shop.carry().await;
        assert_eq!(shop.on_hand(order.lines[0].variant_id).await, (10, 2, 8));
        assert_eq!(orders.documents(&may, order.id).await.expect("none"), []);
        shop.assert_books_agree().await;

        // Lost, or not through yet.
        for card in ["tok_refund_unavailable", "tok_refund_slow"] {
            let order = shop.paid(card, 1).await;
            let waits = orders.refund(&may, order.id, pieces(&order, 1, true), None).await.expect("granted");
            assert_eq!((waits.refunds[0].state, waits.payment_status), (RefundState::Pending, OrderPaymentStatus::Paid));
            let twice = orders.refund(&may, order.id, pieces(&order, 1, true), None).await;
            assert!(is_conflict(&twice, "too_many"), "{twice:?}");
            shop.resume().await;
            let done = orders.get(&may, order.id).await.expect("the order");
            assert_eq!((done.refunds[0].state, done.payment_status), (RefundState::Succeeded, OrderPaymentStatus::PartiallyRefunded));
            shop.carry().await;
            shop.assert_books_agree().await;
        }
        shop.close().await;
    }

    async fn numbers_have_no_gaps_whoever_asks_first(kit: TestKit) {
        let shop = shared(&kit).await;
        let may = shop.helper(&kit);
        let orders = &shop.services.orders;
        let mut bought = Vec::new();
        for _ in 0..5 {
            bought.push(shop.paid("tok_success", 1).await);
        }
        let asked = bought.iter().flat_map(|order| (0..4).map(|_| orders.invoice(&may, order.id)));
        let papers = futures::future::join_all(asked).await;
        let mut numbers: Vec<i64> = papers.into_iter().map(|paper| paper.expect("an invoice").number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers, [1, 2, 3, 4, 5]);
        shop.assert_books_agree().await;
        let stranger = orders.invoice(&shop.guest, bought[0].id).await;
        assert!(stranger.is_err());
        shop.plant("orders", "delete from document where number = 3").await;
        let found = orders.verify(&shop.system).await.expect("an audit");
        assert!(found.iter().any(|one| one.what == "numbers of the kind invoice"), "{found:?}");
    }

    async fn what_is_packed_is_given_up_before_its_money_goes_back(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let may = shop.helper(&kit);
        let orders = &shop.services.orders;
        let order = shop.paid("tok_success", 1).await;
        let unsent = orders.fulfil(&may, order.id, CreateFulfillment::default(), None).await.expect("packed");
        let early = orders.refund(&may, order.id, pieces(&order, 1, true), None).await;
        assert!(is_conflict(&early, "in_parcel"), "{early:?}");
        assert_eq!(unsent.refunds, []);
        for (request, field) in [
            (CreateRefund::default(), "lines"),
            (pieces(&order, 0, true), "lines[0].quantity"),
            (CreateRefund { shipping: Some(eur(order.shipping.minor + 1)), ..CreateRefund::default() }, "shipping"),
            (amount(-1), "other"),
            (CreateRefund { reason: "x".repeat(301), ..amount(1) }, "reason"),
        ] {
            match orders.refund(&may, order.id, request, None).await {
                Err(souk_contract::Error::Invalid { fields }) => assert_eq!(fields[0].field, field),
                other => panic!("{field}: {other:?}"),
            }
        }
        let packer = Actor::staff(kit.kit().ids.next(), Preset::Fulfilment.grants());
        let packer = Ctx::guest("t").with_actor(packer);
        assert!(orders.refund(&packer, order.id, amount(1), None).await.is_err(), "packing is not paying");
        shop.close().await;
    }

    async fn tags_find_orders_and_are_nobody_elses_business(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let may = shop.helper(&kit);
        let orders = &shop.services.orders;
        let order = shop.paid("tok_success", 1).await;
        shop.paid("tok_success", 1).await;
        let current = orders.get(&may, order.id).await.expect("the order").version;
        let tags = vec!["Gift".to_owned(), "VIP".to_owned()];
        let tagged = orders.set_tags(&may, order.id, tags.clone(), Some(current)).await.expect("tagged");
        assert_eq!(tagged.tags, tags);
        let stale = orders.set_tags(&may, order.id, Vec::new(), Some(current)).await;
        assert!(is_conflict(&stale, "stale_version"), "{stale:?}");
        let query = OrderQuery { tag: Some(" vip".to_owned()), ..OrderQuery::default() };
        let found = orders.list(&may, &query).await.expect("found");
        assert_eq!(found.items.iter().map(|one| one.number).collect::<Vec<_>>(), [order.number]);
        let seen = orders.by_access_token(&shop.guest, &order.access_token).await.expect("the shopper's page");
        assert_eq!(seen.tags, [""; 0]);
        orders.add_note(&may, order.id, "  Rang, comes on Monday ").await.expect("noted");
        let log = "select count(*) from audit where action = 'order.noted'";
        assert_eq!(shop.count("orders", log).await, 1);
        assert!(orders.add_note(&may, order.id, " ").await.is_err());
        shop.close().await;
    }
}
