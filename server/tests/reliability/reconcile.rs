//! What happens at the gateway behind our back is found, and orders follow (reliability 8 and 15).

use souk_contract::{
    BreakFix, BreakKind, BreakQuery, BreakState, CaptureMode, DocumentKind, Money, Order, OrderPaymentStatus,
    OrderStatus, PaymentBreak, Reconcile, RefundState,
};
use souk_kernel::{each_engine, testing::TestKit};
use souk_payments::{Gateway as _, Refund, Request};

use crate::shop::{TestShop, eur};

impl TestShop {
    /// As if all of it had happened two hours ago.
    async fn two_hours_pass(&self) {
        for (table, column) in [
            ("payment", "created_at"),
            ("payment", "updated_at"),
            ("test_charge", "at"),
            ("capture", "created_at"),
        ] {
            let at = self.now().plus_seconds(-7200);
            let sql = format!("update {table} set {column} = $1");
            let mut tx = self.db("payments").begin().await.expect("a transaction");
            tx.query(sql.leak()).bind(at).execute().await.expect("planted");
            tx.commit().await.expect("committed");
        }
    }

    async fn breaks(&self) -> Vec<PaymentBreak> {
        self.two_hours_pass().await;
        self.services.payments.reconcile(&self.system, Reconcile::default()).await.expect("compared");
        let query = BreakQuery { state: Some(BreakState::Open), ..BreakQuery::default() };
        self.services.payments.breaks(&self.system, &query).await.expect("breaks").items
    }

    /// Mends the one break there is, and lets everybody hear of it.
    async fn mend(&self, kind: BreakKind, fix: BreakFix) {
        let one = self.breaks().await;
        assert_eq!(one.iter().map(|one| (one.kind, one.fix)).collect::<Vec<_>>(), [(kind, Some(fix))]);
        let mended = self.services.payments.fix_break(&self.system, one[0].id, Some(one[0].version)).await;
        assert_eq!(mended.expect("mended").state, BreakState::Fixed);
        self.carry().await;
        self.resume().await;
        self.carry().await;
        assert_eq!(self.breaks().await, []);
        self.assert_books_agree().await;
    }

    async fn again(&self, order: &Order) -> Order {
        self.services.orders.get(&self.system, order.id).await.expect("the order")
    }
}

each_engine! {
    async fn a_refund_at_the_gateway_becomes_one_of_the_order(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let lamp = shop.sell("lamp", 4900, 10).await;
        let cart = shop.full_cart(lamp, 2).await;
        let order = shop.pay(shop.checkout(), &cart, "tok_success").await.expect("an order");
        shop.carry().await;
        let reference = order.payments[0].gateway_ref.clone().expect("a reference");
        let refund = Refund { id: kit.kit().ids.next(), payment: order.payments[0].id, reference: &reference, amount: eur(1500) };
        shop.test_gateway().refund(refund).await.expect("sent back there");
        shop.mend(BreakKind::RefundUnwritten, BreakFix::WriteDown).await;
        let order = shop.again(&order).await;
        assert_eq!((order.payment_status, order.refunded()), (OrderPaymentStatus::PartiallyRefunded, eur(1500)));
        assert_eq!((order.refunds.len(), order.refunds[0].state), (1, RefundState::Succeeded));
        let papers = shop.services.orders.documents(&shop.system, order.id).await.expect("papers");
        assert!(papers.iter().any(|one| one.kind == DocumentKind::CreditNote && one.total == eur(1500)), "{papers:?}");
        // It was sent once.
        assert_eq!(shop.count("payments", "select cast(sum(amount_minor) as bigint) from test_refund").await, 1500);
        shop.close().await;
    }

    async fn a_charge_without_an_order_is_let_go(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let amount = Money::new(700, eur(0).currency);
        let ask = Request { payment: kit.kit().ids.next(), order: kit.kit().ids.next(), reference: "LOST", amount, token: None, return_url: None };
        shop.test_gateway().authorize(ask).await.expect("held");
        shop.mend(BreakKind::UnknownCharge, BreakFix::Release).await;
        shop.assert_nothing_is_left_halfway().await;
        shop.close().await;
    }

    async fn an_order_whose_hold_was_cancelled_at_the_gateway_waits_for_money_again(kit: TestKit) {
        let shop = TestShop::with_capture(&kit, CaptureMode::ByHand).await;
        let lamp = shop.sell("lamp", 4900, 10).await;
        let cart = shop.full_cart(lamp, 1).await;
        let order = shop.pay(shop.checkout(), &cart, "tok_success").await.expect("an order");
        shop.test_gateway().void(order.payments[0].id, None).await.expect("cancelled there");
        shop.mend(BreakKind::HoldGone, BreakFix::WriteDown).await;
        let order = shop.again(&order).await;
        assert_eq!((order.status, order.payment_status), (OrderStatus::Pending, OrderPaymentStatus::None));
        shop.close().await;
    }
}
