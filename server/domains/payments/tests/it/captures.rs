//! Money that is taken later, and in parts.

use futures::future::{join, join_all};
use souk_contract::{
    CaptureMode, CapturePayment, Ctx, Error, Id, Payment, PaymentCapture, PaymentStatus, Payments as _,
    RefundPayment,
};
use souk_kernel::{each_engine, testing::TestKit};
use uuid::Uuid;

use crate::{Till, eur, payment, request};

/// Payments by card are taken as it says.
async fn till(kit: &TestKit, mode: CaptureMode) -> Till {
    let till = Till::new(kit).await;
    let mut settings = till.payments.settings(&till.ctx).await.expect("settings").input;
    settings.methods[0].capture = mode;
    till.payments.set_settings(&till.ctx, settings, Some(1)).await.expect("set");
    till
}

async fn hold(till: &Till, number: u128, minor: i64, token: &str) -> Payment {
    till.payments.authorize(&till.ctx, request(number, minor, "test", token)).await.expect("held")
}

fn part(id: u128, number: u128, minor: i64) -> CapturePayment {
    CapturePayment {
        capture_id: Some(Id::new(Uuid::from_u128(id))),
        payment_id: payment(number),
        amount: Some(eur(minor)),
    }
}

fn rest(id: u128, number: u128) -> CapturePayment {
    CapturePayment { amount: None, ..part(id, number, 0) }
}

fn code<T: std::fmt::Debug>(result: souk_contract::Result<T>) -> String {
    match result {
        Err(Error::Conflict { code, .. }) => code,
        other => panic!("{other:?}"),
    }
}

async fn get(till: &Till, number: u128) -> Payment {
    till.payments.get(&till.ctx, payment(number)).await.expect("the payment")
}

each_engine! {
    async fn staff_take_it_in_parts_and_never_more_than_is_held(kit: TestKit) {
        let till = till(&kit, CaptureMode::ByHand).await;
        hold(&till, 1, 1999, "tok_success").await;
        // The checkout leaves it alone.
        let waits = till.payments.capture(&till.ctx, payment(1)).await.expect("waits");
        assert_eq!((waits.status, waits.held()), (PaymentStatus::Authorized, eur(1999)));
        assert_eq!(till.payments.capture_parcel(&till.ctx, part(9, 1, 100)).await.expect("an answer"), None);

        let first = till.payments.capture_by_hand(&till.ctx, part(1, 1, 500), Some(1)).await.expect("taken");
        assert_eq!((first.status, first.captured, first.held()), (PaymentStatus::PartiallyCaptured, eur(500), eur(1499)));
        let again = till.payments.capture_by_hand(&till.ctx, part(1, 1, 500), Some(1)).await.expect("the same");
        assert_eq!(again.captured, eur(500));
        assert_eq!(code(till.payments.capture_by_hand(&till.ctx, part(1, 1, 400), None).await), "capture_reused");
        assert_eq!(code(till.payments.capture_by_hand(&till.ctx, part(2, 1, 100), Some(1)).await), "stale_version");
        assert_eq!(code(till.payments.capture_by_hand(&till.ctx, part(2, 1, 1500), None).await), "more_than_authorized");
        assert!(matches!(
            till.payments.capture_by_hand(&till.ctx, part(2, 1, 0), None).await, Err(Error::Invalid { .. })
        ));
        assert!(till.payments.capture_by_hand(&Ctx::guest("test"), rest(2, 1), None).await.is_err());
        let all = till.payments.capture_by_hand(&till.ctx, rest(2, 1), None).await.expect("taken");
        assert_eq!((all.status, all.captured, all.held()), (PaymentStatus::Captured, eur(1999), eur(0)));
        assert_eq!(code(till.payments.capture_by_hand(&till.ctx, rest(3, 1), None).await), "payment_not_authorized");
        assert_eq!(till.told("payments.payment_captured").await, 2);
        till.assert_books_agree().await;
    }

    async fn a_parcel_takes_at_most_what_is_left(kit: TestKit) {
        let till = till(&kit, CaptureMode::AtShipping).await;
        hold(&till, 1, 1000, "tok_success").await;
        let take = |id, minor| till.payments.capture_parcel(&till.ctx, part(id, 1, minor));
        assert_eq!(take(1, 600).await.expect("taken"), Some(PaymentCapture::Taken(eur(600))));
        assert_eq!(take(1, 600).await.expect("once"), Some(PaymentCapture::Taken(eur(600))));
        assert_eq!(take(2, 600).await.expect("taken"), Some(PaymentCapture::Taken(eur(400))));
        assert_eq!(take(3, 600).await.expect("nothing"), None);
        assert_eq!((get(&till, 1).await.status, get(&till, 1).await.captured), (PaymentStatus::Captured, eur(1000)));

        // A gateway that takes it once takes all of it with the first parcel.
        hold(&till, 2, 1000, "tok_one_capture").await;
        let once = till.payments.capture_parcel(&till.ctx, part(4, 2, 600)).await.expect("taken");
        assert_eq!(once, Some(PaymentCapture::Taken(eur(1000))));
        hold(&till, 3, 1000, "tok_capture_refused").await;
        let refused = till.payments.capture_parcel(&till.ctx, part(5, 3, 600)).await.expect("an answer");
        assert!(matches!(refused, Some(PaymentCapture::Refused(_))), "{refused:?}");
        assert_eq!(get(&till, 3).await.held(), eur(1000));
        till.assert_books_agree().await;
    }

    async fn a_lost_answer_is_asked_for_again(kit: TestKit) {
        let till = till(&kit, CaptureMode::AtShipping).await;
        hold(&till, 1, 1000, "tok_capture_unavailable").await;
        let lost = till.payments.capture_parcel(&till.ctx, part(1, 1, 600)).await;
        assert!(matches!(lost, Err(Error::Unavailable { .. })), "{lost:?}");
        // What is asked for and not answered is nobody else's.
        assert_eq!(code(till.payments.capture_by_hand(&till.ctx, part(2, 1, 500), None).await), "more_than_authorized");
        let again = till.payments.capture_parcel(&till.ctx, part(1, 1, 600)).await.expect("answered");
        assert_eq!(again, Some(PaymentCapture::Taken(eur(600))));
        till.assert_books_agree().await;
    }

    async fn the_rest_can_be_let_go_and_then_nothing_is_taken(kit: TestKit) {
        let till = till(&kit, CaptureMode::ByHand).await;
        hold(&till, 1, 1000, "tok_success").await;
        assert_eq!(code(till.payments.release(&till.ctx, payment(1), None).await), "payment_not_authorized");
        let version = till.payments.capture_by_hand(&till.ctx, part(1, 1, 300), None).await.expect("taken").version;
        assert_eq!(code(till.payments.void(&till.ctx, payment(1), "test").await), "payment_captured");
        assert_eq!(code(till.payments.release(&till.ctx, payment(1), Some(1)).await), "stale_version");
        let gone = till.payments.release(&till.ctx, payment(1), Some(version)).await.expect("let go");
        assert_eq!((gone.status, gone.released, gone.held()), (PaymentStatus::Captured, eur(700), eur(0)));
        assert_eq!(code(till.payments.capture_by_hand(&till.ctx, rest(2, 1), None).await), "payment_not_authorized");
        let back = RefundPayment { refund_id: Id::new(Uuid::from_u128(1)), payment_id: payment(1), amount: eur(301) };
        assert_eq!(code(till.payments.refund(&till.ctx, back.clone()).await), "more_than_captured");
        till.payments.refund(&till.ctx, RefundPayment { amount: eur(300), ..back }).await.expect("sent");
        assert_eq!(get(&till, 1).await.status, PaymentStatus::Refunded);

        // One capture only: it lets go of the rest by itself.
        hold(&till, 2, 1000, "tok_one_capture").await;
        let once = till.payments.capture_by_hand(&till.ctx, part(3, 2, 400), None).await.expect("taken");
        assert_eq!((once.status, once.released, once.held()), (PaymentStatus::Captured, eur(600), eur(0)));
        till.assert_books_agree().await;
    }

    async fn a_hold_runs_out_after_seven_days(kit: TestKit) {
        let till = till(&kit, CaptureMode::ByHand).await;
        let held = hold(&till, 1, 1000, "tok_success").await;
        assert_eq!(held.held_until, Some(kit.now().plus_seconds(7 * 24 * 3600)));
        hold(&till, 2, 1000, "tok_success").await;
        till.payments.capture_by_hand(&till.ctx, part(1, 2, 100), None).await.expect("taken");
        kit.later(7 * 24 * 3600 - 1);
        assert_eq!(till.payments.expire(&till.ctx).await.expect("looked"), 0);
        kit.later(1);
        assert_eq!(code(till.payments.capture_by_hand(&till.ctx, rest(2, 1), None).await), "hold_expired");
        assert_eq!(till.payments.expire(&till.ctx).await.expect("looked"), 2);
        assert_eq!(till.payments.expire(&till.ctx).await.expect("looked"), 0);
        assert_eq!((get(&till, 1).await.status, get(&till, 1).await.released), (PaymentStatus::Expired, eur(1000)));
        assert_eq!((get(&till, 2).await.status, get(&till, 2).await.released), (PaymentStatus::Captured, eur(900)));
        assert_eq!(till.told("payments.payment_expired").await, 2);
        assert_eq!(till.payments.void(&till.ctx, payment(1), "test").await.expect("no effect").status, PaymentStatus::Expired);
        till.assert_books_agree().await;
    }

    async fn what_was_refused_with_the_order_can_be_tried_by_hand(kit: TestKit) {
        let till = till(&kit, CaptureMode::AtOnce).await;
        hold(&till, 1, 1000, "tok_capture_refused").await;
        assert_eq!(code(till.payments.capture(&till.ctx, payment(1)).await), "capture_refused");
        assert_eq!(get(&till, 1).await.held(), eur(1000));
        let mut tx = till.db.begin().await.expect("a transaction");
        tx.query("update test_charge set captures = 'succeed'").execute().await.expect("planted");
        tx.commit().await.expect("planted");
        let taken = till.payments.capture_by_hand(&till.ctx, rest(77, 1), None).await.expect("taken");
        assert_eq!((taken.status, taken.captured), (PaymentStatus::Captured, eur(1000)));

        // While the first answer is awaited, all of it is that capture.
        hold(&till, 2, 1000, "tok_capture_unavailable").await;
        assert!(matches!(till.payments.capture(&till.ctx, payment(2)).await, Err(Error::Unavailable { .. })));
        let taken = till.payments.capture_by_hand(&till.ctx, rest(78, 2), None).await.expect("found");
        assert_eq!(taken.captured, eur(1000));
        till.assert_books_agree().await;
    }

    async fn money_that_was_taken_in_time_does_not_run_out(kit: TestKit) {
        let till = till(&kit, CaptureMode::AtOnce).await;
        hold(&till, 1, 1000, "tok_capture_unavailable").await;
        assert!(matches!(till.payments.capture(&till.ctx, payment(1)).await, Err(Error::Unavailable { .. })));
        kit.later(8 * 24 * 3600);
        till.payments.expire(&till.ctx).await.expect("looked");
        assert_eq!(get(&till, 1).await.status, PaymentStatus::Captured);
        till.assert_books_agree().await;
    }

    async fn captures_and_refunds_side_by_side_keep_the_books(kit: TestKit) {
        let till = till(&kit, CaptureMode::ByHand).await;
        hold(&till, 1, 3000, "tok_success").await;
        // In all they ask for 6,400 of 3,000, and send back 6,400 of what came.
        let captures = join_all((0..64).map(|id| till.payments.capture_by_hand(&till.ctx, part(id, 1, 100), None)));
        let refunds = join_all((0..64).map(|id| {
            let ask = RefundPayment { refund_id: Id::new(Uuid::from_u128(id)), payment_id: payment(1), amount: eur(100) };
            till.payments.refund(&till.ctx, ask)
        }));
        let (captures, refunds) = join(captures, refunds).await;
        let taken = captures.iter().filter(|one| one.is_ok()).count() as i64;
        let back = refunds.iter().filter(|one| matches!(one, Ok(souk_contract::PaymentRefund::Succeeded))).count() as i64;
        let paid = get(&till, 1).await;
        assert_eq!((taken, paid.captured), (30, eur(3000)));
        assert_eq!(paid.refunded, eur(back * 100));
        assert!(back <= 30, "{back} went back");
        till.assert_books_agree().await;
    }

    async fn a_void_and_captures_side_by_side_agree_with_the_gateway(kit: TestKit) {
        let till = till(&kit, CaptureMode::ByHand).await;
        for number in 1..=16 {
            hold(&till, number, 1000, "tok_success").await;
            let captures = join_all((0..8).map(|id| till.payments.capture_by_hand(&till.ctx, part(number * 10 + id, number, 100), None)));
            let (captures, voided) = join(captures, till.payments.void(&till.ctx, payment(number), "test")).await;
            let taken = captures.iter().filter(|one| one.is_ok()).count() as i64;
            let paid = get(&till, number).await;
            assert_eq!(paid.captured, eur(taken * 100), "{number}");
            assert!(voided.is_err() || taken == 0, "{number}: {voided:?} with {taken}");
            assert_eq!(paid.captured.minor + paid.released.minor + paid.held().minor, 1000, "{number}");
        }
        till.assert_books_agree().await;
    }
}
