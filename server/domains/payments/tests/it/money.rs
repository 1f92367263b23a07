//! Authorise, capture, void: each once, whoever asks how often.

use futures::future::join_all;
use souk_contract::{Ctx, Error, Id, PaymentRefund, PaymentStatus, Payments as _, RefundPayment};
use souk_kernel::{each_engine, testing::TestKit};

use uuid::Uuid;

use crate::{Till, eur, payment, request};

fn is_conflict<T>(result: &souk_contract::Result<T>, code: &str) -> bool {
    matches!(result, Err(Error::Conflict { code: found, .. }) if found == code)
}

each_engine! {
    async fn fifty_at_once_make_one_payment_and_one_charge(kit: TestKit) {
        let till = Till::new(&kit).await;
        let tries = (0..50).map(|_| till.payments.authorize(&till.ctx, request(1, 1999, "test", "tok_success")));
        for paid in join_all(tries).await {
            assert_eq!(paid.expect("authorised").status, PaymentStatus::Authorized);
        }
        let captures = (0..50).map(|_| till.payments.capture(&till.ctx, payment(1)));
        for captured in join_all(captures).await {
            let captured = captured.expect("captured");
            assert_eq!((captured.status, captured.captured), (PaymentStatus::Captured, eur(1999)));
        }
        assert_eq!(till.told("payments.payment_authorized").await, 1);
        assert_eq!(till.told("payments.payment_captured").await, 1);
        till.assert_books_agree().await;
    }

    async fn the_same_id_for_something_else_is_refused(kit: TestKit) {
        let till = Till::new(&kit).await;
        till.payments.authorize(&till.ctx, request(1, 1999, "test", "tok_success")).await.expect("authorised");
        let other = till.payments.authorize(&till.ctx, request(1, 2999, "test", "tok_success")).await;
        assert!(is_conflict(&other, "payment_reused"), "{other:?}");
    }

    async fn a_decline_is_an_answer_and_an_outage_is_not(kit: TestKit) {
        let till = Till::new(&kit).await;
        let declined = till.payments.authorize(&till.ctx, request(1, 500, "test", "tok_declined")).await.expect("an answer");
        assert_eq!(declined.status, PaymentStatus::Failed);
        assert_eq!(declined.failure.as_deref(), Some("Your card was declined."));
        assert!(is_conflict(&till.payments.capture(&till.ctx, payment(1)).await, "payment_not_authorized"));
        let down = till.payments.authorize(&till.ctx, request(2, 500, "test", "tok_unavailable")).await;
        assert!(matches!(down, Err(Error::Unavailable { .. })));
        assert!(matches!(till.payments.get(&till.ctx, payment(2)).await, Err(Error::NotFound { .. })));
        let unknown = till.payments.authorize(&till.ctx, request(3, 500, "test", "tok_stolen")).await;
        assert!(matches!(unknown, Err(Error::Invalid { .. })));
        let method = till.payments.authorize(&till.ctx, request(4, 500, "cash", "")).await;
        assert!(matches!(method, Err(Error::Invalid { .. })));
        till.assert_books_agree().await;
    }

    async fn what_is_voided_stays_void_and_what_is_captured_is_not_voided(kit: TestKit) {
        let till = Till::new(&kit).await;
        till.payments.authorize(&till.ctx, request(1, 500, "test", "tok_success")).await.expect("authorised");
        assert_eq!(till.payments.void(&till.ctx, payment(1), "test").await.expect("voided").status, PaymentStatus::Voided);
        assert_eq!(till.payments.void(&till.ctx, payment(1), "test").await.expect("no effect").status, PaymentStatus::Voided);
        assert!(is_conflict(&till.payments.capture(&till.ctx, payment(1)).await, "payment_not_authorized"));
        till.payments.authorize(&till.ctx, request(2, 500, "test", "tok_success")).await.expect("authorised");
        till.payments.capture(&till.ctx, payment(2)).await.expect("captured");
        assert!(is_conflict(&till.payments.void(&till.ctx, payment(2), "test").await, "payment_captured"));
        assert_eq!(till.told("payments.payment_voided").await, 1);
        till.assert_books_agree().await;
    }

    async fn a_bank_transfer_waits_until_staff_confirm_it(kit: TestKit) {
        let till = Till::new(&kit).await;
        let awaited = till.payments.authorize(&till.ctx, request(1, 500, "bank_transfer", "")).await.expect("awaited");
        assert_eq!(awaited.status, PaymentStatus::Processing);
        let told = awaited.instructions.expect("instructions");
        assert!(told.contains("€5.00") && told.contains("SOUK-1") && told.contains("DE02"), "{told}");
        assert_eq!(till.payments.capture(&till.ctx, payment(1)).await.expect("waits").status, PaymentStatus::Processing);
        assert!(till.payments.confirm_transfer(&Ctx::guest("test"), payment(1), None).await.is_err());
        assert!(is_conflict(&till.payments.confirm_transfer(&till.ctx, payment(1), Some(7)).await, "stale_version"));
        let paid = till.payments.confirm_transfer(&till.ctx, payment(1), Some(1)).await.expect("confirmed");
        assert_eq!((paid.status, paid.captured), (PaymentStatus::Captured, eur(500)));
        assert_eq!(till.told("payments.payment_captured").await, 1);
        till.assert_books_agree().await;
    }

    async fn money_goes_back_once_and_never_more_than_came(kit: TestKit) {
        let till = Till::new(&kit).await;
        till.payments.authorize(&till.ctx, request(1, 1999, "test", "tok_success")).await.expect("authorised");
        let ask = |id: u128, minor: i64| RefundPayment {
            refund_id: Id::new(Uuid::from_u128(id)), payment_id: payment(1), amount: eur(minor),
        };
        let early = till.payments.refund(&till.ctx, ask(1, 100)).await;
        assert!(is_conflict(&early, "more_than_captured"), "{early:?}");
        till.payments.capture(&till.ctx, payment(1)).await.expect("captured");
        let tries = (0..20).map(|_| till.payments.refund(&till.ctx, ask(1, 1000)));
        for back in join_all(tries).await {
            assert_eq!(back.expect("sent"), PaymentRefund::Succeeded);
        }
        let paid = till.payments.get(&till.ctx, payment(1)).await.expect("the payment");
        assert_eq!((paid.status, paid.refunded), (PaymentStatus::PartiallyRefunded, eur(1000)));
        // Each alone fits, all together don't.
        let tries = (10..20).map(|id| till.payments.refund(&till.ctx, ask(id, 400)));
        let tries = join_all(tries).await;
        assert_eq!(tries.iter().filter(|tried| tried.is_ok()).count(), 2, "{tries:?}");
        let reused = till.payments.refund(&till.ctx, ask(1, 999)).await;
        assert!(is_conflict(&reused, "refund_reused"), "{reused:?}");
        till.payments.refund(&till.ctx, ask(30, 199)).await.expect("the rest");
        let paid = till.payments.get(&till.ctx, payment(1)).await.expect("the payment");
        assert_eq!((paid.status, paid.refunded), (PaymentStatus::Refunded, eur(1999)));
        assert!(is_conflict(&till.payments.void(&till.ctx, payment(1), "test").await, "payment_captured"));
        assert!(till.payments.refund(&Ctx::guest("test"), ask(31, 1)).await.is_err());
        till.assert_books_agree().await;
    }

    async fn an_answer_to_a_refund_that_was_lost_is_asked_for_again(kit: TestKit) {
        let till = Till::new(&kit).await;
        till.payments.authorize(&till.ctx, request(1, 500, "test", "tok_refund_unavailable")).await.expect("authorised");
        till.payments.capture(&till.ctx, payment(1)).await.expect("captured");
        let ask = RefundPayment { refund_id: Id::new(Uuid::from_u128(1)), payment_id: payment(1), amount: eur(200) };
        let lost = till.payments.refund(&till.ctx, ask.clone()).await;
        assert!(matches!(lost, Err(Error::Unavailable { .. })), "{lost:?}");
        let found = till.payments.verify(&till.ctx).await.expect("an audit");
        assert!(found.iter().any(|one| one.found.starts_with("€2.00 by the gateway")), "{found:?}");
        assert_eq!(till.payments.refund(&till.ctx, ask).await.expect("sent"), PaymentRefund::Succeeded);
        till.assert_books_agree().await;

        till.payments.authorize(&till.ctx, request(2, 500, "test", "tok_refund_declined")).await.expect("authorised");
        till.payments.capture(&till.ctx, payment(2)).await.expect("captured");
        let ask = RefundPayment { refund_id: Id::new(Uuid::from_u128(2)), payment_id: payment(2), amount: eur(200) };
        let refused = till.payments.refund(&till.ctx, ask.clone()).await.expect("an answer");
        assert!(matches!(refused, PaymentRefund::Failed(_)));
        assert_eq!(till.payments.refund(&till.ctx, ask).await.expect("the same"), refused);
        assert_eq!(till.payments.get(&till.ctx, payment(2)).await.expect("the payment").refunded, eur(0));
        till.assert_books_agree().await;
    }
}
