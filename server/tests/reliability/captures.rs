//! Money that is taken when a parcel leaves, by hand, or at the door.

use souk_contract::{
    CaptureMode, CapturePayment, CaptureState, CreateFulfillment, CreateRefund, FulfillmentLine,
    FulfillmentStep, MoveFulfillment, MoveOrders, Order, OrderPaymentStatus, OrderStatus, OrdersStep,
    PaymentStatus, PlaceOrder, RefundPieces,
};
use souk_kernel::{each_engine, testing::TestKit};

use crate::shop::{TestShop, by_card, eur, is_conflict};

impl TestShop {
    /// Cards are taken as it says; cash on delivery is offered too.
    pub async fn with_capture(kit: &TestKit, mode: CaptureMode) -> Self {
        let shop = Self::open(kit).await;
        let payments = &shop.services.payments;
        let mut settings = payments.settings(&shop.system).await.expect("settings").input;
        for method in &mut settings.methods {
            method.offered = true;
            if method.code == "test" {
                method.capture = mode;
            }
        }
        payments.set_settings(&shop.system, settings, Some(1)).await.expect("set");
        shop
    }

    async fn buy_three(&self, token: &str) -> Order {
        let lamp = self.sell("lamp", 3333, 10).await;
        let cart = self.full_cart(lamp, 3).await;
        self.pay(self.checkout(), &cart, token).await.expect("an order")
    }

    async fn send(&self, order: &Order, quantity: i64) -> Order {
        let lines = vec![FulfillmentLine { order_line_id: order.lines[0].id, quantity }];
        let parcel = CreateFulfillment { lines, ship: true, ..CreateFulfillment::default() };
        self.services.orders.fulfil(&self.system, order.id, parcel, None).await.expect("sent")
    }

    async fn order(&self, order: &Order) -> Order {
        self.services.orders.get(&self.system, order.id).await.expect("the order")
    }
}

each_engine! {
    async fn each_parcel_takes_its_part_and_the_last_the_rest(kit: TestKit) {
        let shop = TestShop::with_capture(&kit, CaptureMode::AtShipping).await;
        let order = shop.buy_three("tok_success").await;
        shop.carry().await;
        assert_eq!((order.status, order.payment_status), (OrderStatus::Open, OrderPaymentStatus::Authorized));
        assert_eq!((order.paid, order.payments[0].held()), (eur(0), order.total));

        let first = shop.send(&order, 1).await;
        assert_eq!(first.payment_status, OrderPaymentStatus::PartiallyPaid);
        assert_eq!(first.paid, eur(3333 + order.shipping.minor));
        let taken = first.fulfillments[0].capture.clone().expect("a capture");
        assert_eq!((taken.state, taken.amount), (CaptureState::Succeeded, first.paid));
        shop.carry().await;
        assert_eq!(shop.order(&order).await.paid, first.paid);
        let cancelled = shop.services.orders.cancel(&shop.system, order.id, None).await;
        assert!(is_conflict(&cancelled, "already_shipped"), "{cancelled:?}");

        // What was sent can come back; what was not is not paid.
        let pieces = |quantity| CreateRefund {
            lines: vec![RefundPieces { order_line_id: order.lines[0].id, quantity, restock: true }],
            ..CreateRefund::default()
        };
        let unsent = shop.services.orders.refund(&shop.system, order.id, pieces(3), None).await;
        assert!(is_conflict(&unsent, "not_paid"), "{unsent:?}");

        // A parcel that is packed first and leaves later.
        let packed = shop.services.orders.fulfil(&shop.system, order.id, CreateFulfillment::default(), None).await.expect("packed");
        assert!(packed.fulfillments[1].capture.is_none());
        let ship = MoveFulfillment { step: FulfillmentStep::Ship, tracking: None };
        let last = shop.services.orders.move_fulfillment(&shop.system, order.id, packed.fulfillments[1].id, ship).await.expect("sent");
        assert_eq!((last.payment_status, last.paid), (OrderPaymentStatus::Paid, order.total));
        assert_eq!((last.payments[0].status, last.payments[0].captured), (PaymentStatus::Captured, order.total));
        shop.carry().await;
        assert_eq!(shop.count("orders", "select count(*) from outbox where kind = 'orders.order_paid'").await, 1);
        assert_eq!(shop.count("payments", "select count(*) from capture where state = 'succeeded'").await, 2);
        for parcel in &last.fulfillments {
            let deliver = MoveFulfillment { step: FulfillmentStep::Deliver, tracking: None };
            shop.services.orders.move_fulfillment(&shop.system, order.id, parcel.id, deliver).await.expect("delivered");
        }
        assert_eq!(shop.order(&order).await.status, OrderStatus::Completed);
        shop.carry().await;
        shop.assert_books_agree().await;
    }

    async fn an_answer_that_was_lost_is_asked_for_again(kit: TestKit) {
        let shop = TestShop::with_capture(&kit, CaptureMode::AtShipping).await;
        let order = shop.buy_three("tok_capture_unavailable").await;
        let sent = shop.send(&order, 3).await;
        let waits = sent.fulfillments[0].capture.clone().expect("a capture");
        assert_eq!((waits.state, waits.amount), (CaptureState::Pending, order.total));
        assert_eq!(sent.payment_status, OrderPaymentStatus::Authorized);
        assert_eq!(shop.resume().await, 1);
        assert_eq!(shop.resume().await, 0);
        let paid = shop.order(&order).await;
        assert_eq!((paid.payment_status, paid.paid), (OrderPaymentStatus::Paid, order.total));
        shop.carry().await;
        shop.assert_books_agree().await;
    }

    async fn money_that_is_refused_is_said_with_the_parcel(kit: TestKit) {
        let shop = TestShop::with_capture(&kit, CaptureMode::AtShipping).await;
        let order = shop.buy_three("tok_capture_refused").await;
        let sent = shop.send(&order, 3).await;
        let refused = sent.fulfillments[0].capture.clone().expect("a capture");
        assert_eq!(refused.state, CaptureState::Failed);
        assert!(refused.failure.expect("a reason").contains("bank"));
        assert_eq!((sent.payment_status, sent.paid), (OrderPaymentStatus::Authorized, eur(0)));
        assert_eq!(shop.resume().await, 0);
        shop.carry().await;
        shop.assert_books_agree().await;
    }

    async fn money_that_is_refused_with_the_order_leaves_it_unpaid(kit: TestKit) {
        let shop = TestShop::with_capture(&kit, CaptureMode::AtOnce).await;
        let order = shop.buy_three("tok_capture_refused").await;
        assert_eq!((order.status, order.payment_status), (OrderStatus::Open, OrderPaymentStatus::Authorized));
        assert_eq!(shop.resume().await, 0);
        shop.services.orders.cancel(&shop.system, order.id, None).await.expect("cancelled");
        shop.assert_nothing_is_left_halfway().await;
        shop.carry().await;
        shop.assert_books_agree().await;
    }

    async fn staff_take_a_part_and_then_all_of_many(kit: TestKit) {
        let shop = TestShop::with_capture(&kit, CaptureMode::ByHand).await;
        let order = shop.buy_three("tok_success").await;
        let payment = &order.payments[0];
        let part = CapturePayment { capture_id: None, payment_id: payment.id, amount: Some(eur(1000)) };
        shop.services.payments.capture_by_hand(&shop.system, part, Some(payment.version)).await.expect("taken");
        shop.carry().await;
        let partly = shop.order(&order).await;
        assert_eq!((partly.payment_status, partly.paid), (OrderPaymentStatus::PartiallyPaid, eur(1000)));
        let cancelled = shop.services.orders.cancel(&shop.system, order.id, None).await;
        assert!(is_conflict(&cancelled, "payment_captured"), "{cancelled:?}");
        assert_eq!(shop.order(&order).await.status, OrderStatus::Open);
        let back = CreateRefund { other: Some(eur(1001)), ..CreateRefund::default() };
        let more = shop.services.orders.refund(&shop.system, order.id, back.clone(), None).await;
        assert!(is_conflict(&more, "more_than_paid"), "{more:?}");
        let back = CreateRefund { other: Some(eur(400)), ..back };
        let back = shop.services.orders.refund(&shop.system, order.id, back, None).await.expect("sent back");
        assert_eq!((back.payment_status, back.refunded()), (OrderPaymentStatus::PartiallyPaid, eur(400)));

        // Parcels leave without it.
        assert!(shop.send(&order, 1).await.fulfillments[0].capture.is_none());
        let all = MoveOrders { orders: vec![order.id], step: OrdersStep::Capture };
        let moved = shop.services.orders.move_orders(&shop.system, all.clone()).await.expect("moved");
        assert_eq!((moved.done, moved.refused), (vec![order.id], vec![]));
        shop.carry().await;
        let paid = shop.order(&order).await;
        assert_eq!((paid.payment_status, paid.paid), (OrderPaymentStatus::PartiallyRefunded, order.total));
        let moved = shop.services.orders.move_orders(&shop.system, all).await.expect("moved");
        assert_eq!(moved.refused[0].code, "payment_not_authorized");
        shop.carry().await;
        shop.assert_books_agree().await;
    }

    async fn what_is_held_and_not_taken_is_let_go_with_the_order(kit: TestKit) {
        let shop = TestShop::with_capture(&kit, CaptureMode::AtShipping).await;
        let order = shop.buy_three("tok_success").await;
        let cancelled = shop.services.orders.cancel(&shop.system, order.id, Some(order.version)).await.expect("cancelled");
        assert_eq!((cancelled.status, cancelled.payment_status), (OrderStatus::Cancelled, OrderPaymentStatus::Voided));
        assert_eq!(cancelled.payments[0].released, order.total);
        shop.assert_nothing_is_left_halfway().await;
        shop.carry().await;
        shop.assert_books_agree().await;
    }

    async fn an_order_whose_hold_ran_out_waits_for_money_again(kit: TestKit) {
        let shop = TestShop::with_capture(&kit, CaptureMode::AtShipping).await;
        let order = shop.buy_three("tok_success").await;
        shop.plant("payments", "update payment set held_until = created_at").await;
        assert_eq!(shop.services.payments.expire(&shop.system).await.expect("looked"), 1);
        shop.carry().await;
        let unpaid = shop.order(&order).await;
        assert_eq!((unpaid.status, unpaid.payment_status), (OrderStatus::Pending, OrderPaymentStatus::None));
        assert_eq!(unpaid.payments[0].status, PaymentStatus::Expired);
        assert_eq!(shop.services.orders.waiting(&shop.system).await.expect("counts").to_pay, 1);
        shop.services.orders.cancel(&shop.system, order.id, None).await.expect("cancelled");
        shop.carry().await;
        shop.assert_books_agree().await;
    }

    async fn an_order_that_is_paid_at_the_door_is_sent_before(kit: TestKit) {
        let shop = TestShop::with_capture(&kit, CaptureMode::AtOnce).await;
        let lamp = shop.sell("lamp", 3333, 10).await;
        let cart = shop.full_cart(lamp, 1).await;
        let request = PlaceOrder { payment_method: "cash_on_delivery".into(), payment_token: None, ..by_card(&cart, "") };
        let order = shop.place(&shop.guest, shop.checkout(), request).await.expect("an order");
        assert_eq!((order.status, order.payment_status), (OrderStatus::Open, OrderPaymentStatus::None));
        let ship = MoveOrders { orders: vec![order.id], step: OrdersStep::Ship };
        let moved = shop.services.orders.move_orders(&shop.system, ship).await.expect("moved");
        assert_eq!(moved.done, [order.id]);
        let parcel = shop.order(&order).await.fulfillments[0].id;
        let deliver = MoveFulfillment { step: FulfillmentStep::Deliver, tracking: None };
        shop.services.orders.move_fulfillment(&shop.system, order.id, parcel, deliver).await.expect("delivered");
        assert_eq!(shop.order(&order).await.status, OrderStatus::Open);
        let confirm = MoveOrders { orders: vec![order.id], step: OrdersStep::ConfirmPayment };
        shop.services.orders.move_orders(&shop.system, confirm).await.expect("moved");
        shop.carry().await;
        let paid = shop.order(&order).await;
        assert_eq!((paid.status, paid.payment_status), (OrderStatus::Completed, OrderPaymentStatus::Paid));
        shop.assert_books_agree().await;
    }
}
