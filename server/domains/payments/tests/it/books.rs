//! The ledger, and what an audit finds.

use souk_contract::{Id, Payments as _};
use souk_kernel::{each_engine, testing::TestKit};
use souk_payments::{Capture, Gateway as _, Request, Taken};

use uuid::Uuid;

use crate::{Till, eur, payment, request};

each_engine! {
    async fn an_unbalanced_journal_is_found(kit: TestKit) {
        let till = Till::new(&kit).await;
        till.payments.authorize(&till.ctx, request(1, 500, "test", "tok_success")).await.expect("authorised");
        till.payments.capture(&till.ctx, payment(1)).await.expect("captured");
        till.assert_books_agree().await;
        till.plant("update ledger_entry set amount_minor = -499 where account = 'sales'").await;
        let found = till.payments.verify(&till.ctx).await.expect("an audit");
        assert_eq!(found.len(), 1);
        assert!(found[0].found.starts_with("1 EUR"), "{found:?}");
    }

    async fn a_payment_that_differs_from_its_ledger_is_found(kit: TestKit) {
        let till = Till::new(&kit).await;
        till.payments.authorize(&till.ctx, request(1, 500, "test", "tok_success")).await.expect("authorised");
        till.payments.capture(&till.ctx, payment(1)).await.expect("captured");
        till.plant("update payment set captured_minor = 400").await;
        let found = till.payments.verify(&till.ctx).await.expect("an audit");
        assert!(found[0].what.contains(&payment(1).to_string()), "{found:?}");
    }

    async fn a_charge_that_nobody_wrote_down_is_found(kit: TestKit) {
        let till = Till::new(&kit).await;
        let ask = Request { payment: payment(9), reference: "SOUK-9", amount: eur(700), token: None, return_url: None };
        till.gateway.authorize(ask).await.expect("held");
        till.assert_books_agree().await;
        let reference = format!("test_{}", payment(9).uuid().simple());
        let take = Capture { id: Id::new(Uuid::from_u128(1)), payment: payment(9), reference: &reference, amount: eur(700) };
        let taken = till.gateway.capture(take).await.expect("an answer");
        assert!(matches!(taken, Taken::Done { .. }), "{taken:?}");
        let found = till.payments.verify(&till.ctx).await.expect("an audit");
        assert_eq!(found.len(), 1);
        assert!(found[0].found.contains("€7.00"), "{found:?}");
    }

    async fn an_answer_that_was_lost_is_found_by_asking_again(kit: TestKit) {
        let till = Till::new(&kit).await;
        // The gateway held the money; the process died before it wrote that down.
        let ask = Request { payment: payment(1), reference: "SOUK-1", amount: eur(500), token: Some("tok_success"), return_url: None };
        till.gateway.authorize(ask).await.expect("held");
        till.payments.authorize(&till.ctx, request(1, 500, "test", "tok_success")).await.expect("found again");
        assert_eq!(till.listed().await.len(), 1);
        // And where it is given up instead, nothing stays held.
        let ask = Request { payment: payment(2), reference: "SOUK-2", amount: eur(500), token: Some("tok_success"), return_url: None };
        till.gateway.authorize(ask).await.expect("held");
        till.payments.void(&till.ctx, payment(2)).await.expect_err("we know nothing of it");
        assert_eq!(till.listed().await.len(), 1);
    }
}
