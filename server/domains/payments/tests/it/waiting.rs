//! 3-D Secure: payments that wait for their shopper.

use souk_contract::{Error, PaymentAction, PaymentStatus, Payments as _};
use souk_kernel::{each_engine, testing::TestKit};

use crate::{Till, eur, payment, request};

pub fn charge(number: u128) -> String {
    format!("test_{}", payment(number).uuid().simple())
}

async fn ask(till: &Till, number: u128) {
    let waits =
        till.payments.authorize(&till.ctx, request(number, 1000, "test", "tok_3ds")).await.expect("asked");
    assert_eq!(waits.status, PaymentStatus::RequiresAction);
}

each_engine! {
    async fn the_shopper_is_sent_to_their_bank_and_it_is_asked_what_came_of_it(kit: TestKit) {
        let till = Till::new(&kit).await;
        ask(&till, 1).await;
        let url = format!("https://shop.example/test-bank/{}", charge(1));
        let action = till.payments.next_action(&till.ctx, payment(1)).await.expect("an answer");
        assert_eq!(action, Some(PaymentAction::Redirect { url }));
        // A repeat finds it, nobody takes it, and looking changes nothing.
        ask(&till, 1).await;
        assert!(till.payments.capture(&till.ctx, payment(1)).await.is_err());
        assert_eq!(till.payments.look(&till.ctx, payment(1)).await.expect("waits").version, 1);
        assert_eq!(till.told("payments.payment_answered").await, 0);

        let page = till.gateway.answer_bank(&charge(1), true).await.expect("approved");
        assert_eq!((page.amount, page.is_open), (eur(1000), false));
        for _ in 0..3 {
            let held = till.payments.look(&till.ctx, payment(1)).await.expect("held");
            assert_eq!((held.status, held.held()), (PaymentStatus::Authorized, eur(1000)));
        }
        assert_eq!(till.payments.next_action(&till.ctx, payment(1)).await.expect("an answer"), None);
        // The first answer counts.
        till.gateway.answer_bank(&charge(1), false).await.expect("too late");
        let taken = till.payments.capture(&till.ctx, payment(1)).await.expect("taken");
        assert_eq!(taken.status, PaymentStatus::Captured);
        assert_eq!(till.told("payments.payment_answered").await, 1);
        assert_eq!(till.told("payments.payment_authorized").await, 1);
        till.assert_books_agree().await;
    }

    async fn who_refuses_at_the_bank_pays_nothing(kit: TestKit) {
        let till = Till::new(&kit).await;
        ask(&till, 1).await;
        till.gateway.answer_bank(&charge(1), false).await.expect("refused");
        let failed = till.payments.look(&till.ctx, payment(1)).await.expect("an answer");
        assert_eq!(failed.status, PaymentStatus::Failed);
        assert_eq!(failed.failure.as_deref(), Some("Your bank did not confirm the payment."));
        assert_eq!(till.told("payments.payment_failed").await, 1);
        assert_eq!(till.held_by_the_gateway().await, 0);
    }

    async fn what_was_given_up_is_not_held_whoever_approves_it_afterwards(kit: TestKit) {
        let till = Till::new(&kit).await;
        for (number, before) in [(1, false), (2, true)] {
            ask(&till, number).await;
            if before {
                till.gateway.answer_bank(&charge(number), true).await.expect("approved");
            }
            let gone = till.payments.void(&till.ctx, payment(number), "test").await.expect("given up");
            assert_eq!(gone.status, PaymentStatus::Voided);
            till.gateway.answer_bank(&charge(number), true).await.expect("answered");
            let looked = till.payments.look(&till.ctx, payment(number)).await.expect("an answer");
            assert_eq!((looked.status, looked.held()), (PaymentStatus::Voided, eur(0)));
        }
        assert_eq!(till.held_by_the_gateway().await, 0);
        assert_eq!(till.told("payments.payment_authorized").await, 0);
    }

    async fn another_amount_at_the_gateway_is_not_written_down(kit: TestKit) {
        let till = Till::new(&kit).await;
        ask(&till, 1).await;
        till.gateway.answer_bank(&charge(1), true).await.expect("approved");
        till.plant("update test_charge set amount_minor = 1").await;
        let differs = till.payments.look(&till.ctx, payment(1)).await;
        assert!(matches!(&differs, Err(Error::Conflict { code, .. }) if code == "amount_differs"), "{differs:?}");
        let waits = till.payments.get(&till.ctx, payment(1)).await.expect("the payment");
        assert_eq!((waits.status, waits.version), (PaymentStatus::RequiresAction, 1));
    }

    async fn without_a_way_back_nobody_is_sent_away(kit: TestKit) {
        let till = Till::new(&kit).await;
        let nowhere = souk_contract::Authorize { return_url: None, ..request(1, 1000, "test", "tok_3ds") };
        let declined = till.payments.authorize(&till.ctx, nowhere).await.expect("an answer");
        assert_eq!(declined.status, PaymentStatus::Failed);
    }
}
