//! What gateways tell unasked (reliability 5 and 15): kept, and never believed.

use souk_contract::{
    Ctx, Error, IncomingNotice, NoticeQuery, NoticeState, PaymentNotice, PaymentStatus, Payments as _, Result,
};
use souk_kernel::{each_engine, testing::TestKit};

use crate::{Till, payment, request, waiting::charge};

async fn asked(till: &Till, number: u128) {
    till.payments.authorize(&till.ctx, request(number, 1000, "test", "tok_3ds")).await.expect("asked");
}

async fn send(till: &Till, signature: String, body: Vec<u8>) -> Result<()> {
    till.payments.take_notice(&till.ctx, IncomingNotice { gateway: "test".into(), signature, body }).await
}

async fn tell(till: &Till, event: &str, number: u128) -> Result<()> {
    let (signature, body) = till.gateway.notice(event, &charge(number)).await.expect("a notice");
    send(till, signature, body).await
}

async fn kept(till: &Till) -> Vec<PaymentNotice> {
    till.payments.notices(&till.ctx, &NoticeQuery::default()).await.expect("notices").items
}

async fn status(till: &Till, number: u128) -> (PaymentStatus, i64) {
    let payment = till.payments.get(&till.ctx, payment(number)).await.expect("the payment");
    (payment.status, payment.version)
}

each_engine! {
    async fn a_notice_makes_the_shop_look_and_twice_is_once(kit: TestKit) {
        let till = Till::new(&kit).await;
        asked(&till, 1).await;
        till.gateway.answer_bank(&charge(1), true).await.expect("approved");
        for _ in 0..3 {
            tell(&till, "evt_1", 1).await.expect("kept");
        }
        assert_eq!(status(&till, 1).await, (PaymentStatus::Authorized, 2));
        let states: Vec<_> = kept(&till).await.into_iter().map(|one| (one.state, one.event.is_some())).collect();
        assert_eq!(states, [
            (NoticeState::Ignored, false), (NoticeState::Ignored, false), (NoticeState::Done, true)
        ]);
        assert_eq!(till.told("payments.payment_answered").await, 1);
    }

    async fn forged_stale_and_foreign_notices_change_nothing(kit: TestKit) {
        let till = Till::new(&kit).await;
        asked(&till, 1).await;
        till.gateway.answer_bank(&charge(1), true).await.expect("approved");
        let (signature, body) = till.gateway.notice("evt_1", &charge(1)).await.expect("a notice");
        let text = String::from_utf8(body.clone()).expect("text");
        let altered = |from: &str, to: &str| {
            assert!(text.contains(from));
            text.replace(from, to).into_bytes()
        };
        let foreign = altered("acct_test", "acct_else");
        let signed_elsewhere = till.gateway.sign(b"something else");
        for (what, signature, body) in [
            ("forged", signed_elsewhere, body.clone()),
            ("altered", signature.clone(), altered("1000", "1001")),
            ("unsigned", String::new(), body.clone()),
            ("for another account", till.gateway.sign(&foreign), foreign.clone()),
            ("no notice", till.gateway.sign(b"{}"), b"{}".to_vec()),
        ] {
            let refused = send(&till, signature, body).await;
            assert!(matches!(refused, Err(Error::Denied { .. })), "{what}: {refused:?}");
        }
        kit.later(301);
        assert!(matches!(send(&till, signature, body).await, Err(Error::Denied { .. })), "stale");
        assert_eq!(status(&till, 1).await, (PaymentStatus::RequiresAction, 1));
        let kept = kept(&till).await;
        assert_eq!(kept.len(), 6);
        assert!(kept.iter().all(|one| one.state == NoticeState::Refused && one.failure.is_some()), "{kept:?}");
        let replayed = till.payments.replay_notice(&till.ctx, kept[0].id, Some(kept[0].version)).await;
        assert!(matches!(&replayed, Err(Error::Conflict { code, .. }) if code == "notice_refused"), "{replayed:?}");
        let unknown = IncomingNotice { gateway: "nobody".into(), signature: String::new(), body: Vec::new() };
        assert!(matches!(till.payments.take_notice(&till.ctx, unknown).await, Err(Error::NotFound { .. })));
        let large = send(&till, String::new(), vec![b'x'; 256 * 1024 + 1]).await;
        assert!(matches!(large, Err(Error::Invalid { .. })), "{large:?}");
    }

    async fn of_what_is_refused_only_the_newest_is_kept(kit: TestKit) {
        let till = Till::new(&kit).await;
        for number in 0..205 {
            send(&till, String::new(), format!("{number}").into_bytes()).await.expect_err("refused");
        }
        till.payments.resume_notices(&till.ctx).await.expect("swept");
        assert_eq!(till.count("select count(*) from notice").await, 200);
        assert_eq!(kept(&till).await[0].body, "204");
    }

    async fn another_amount_is_told_of_and_not_acted_on(kit: TestKit) {
        let till = Till::new(&kit).await;
        asked(&till, 1).await;
        till.gateway.answer_bank(&charge(1), true).await.expect("approved");
        till.plant("update test_charge set amount_minor = 1").await;
        tell(&till, "evt_1", 1).await.expect("kept");
        assert_eq!(status(&till, 1).await, (PaymentStatus::RequiresAction, 1));
        let kept = kept(&till).await;
        assert_eq!(kept[0].state, NoticeState::Failed);
        assert!(kept[0].failure.as_deref().is_some_and(|why| why.contains("€0.01")), "{kept:?}");
        // Once the gateway's books are right again, staff have it acted on: what counts is what the gateway says now.
        till.plant("update test_charge set amount_minor = 1000").await;
        till.plant("update notice set amount_minor = 1000").await;
        let guest = till.payments.replay_notice(&Ctx::guest("test"), kept[0].id, None).await;
        assert!(guest.is_err(), "{guest:?}");
        assert!(till.payments.notices(&Ctx::guest("test"), &NoticeQuery::default()).await.is_err());
        let stale = till.payments.replay_notice(&till.ctx, kept[0].id, Some(1)).await;
        assert!(matches!(&stale, Err(Error::Conflict { code, .. }) if code == "stale_version"), "{stale:?}");
        let done = till.payments.replay_notice(&till.ctx, kept[0].id, Some(kept[0].version)).await.expect("acted on");
        assert_eq!((done.state, done.payment_id), (NoticeState::Done, Some(payment(1))));
        assert_eq!(status(&till, 1).await.0, PaymentStatus::Authorized);
    }

    async fn one_that_comes_before_our_own_writing_waits_for_it(kit: TestKit) {
        let till = Till::new(&kit).await;
        asked(&till, 1).await;
        till.gateway.answer_bank(&charge(1), true).await.expect("approved");
        till.plant("update payment set gateway_ref = 'lost'").await;
        tell(&till, "evt_1", 1).await.expect("kept");
        assert_eq!(kept(&till).await[0].state, NoticeState::Verified);
        assert_eq!(till.payments.resume_notices(&till.ctx).await.expect("none is due"), 0);
        till.plant("update payment set gateway_ref = (select reference from test_charge)").await;
        kit.later(31);
        assert_eq!(till.payments.resume_notices(&till.ctx).await.expect("acted on"), 1);
        assert_eq!(status(&till, 1).await.0, PaymentStatus::Authorized);
        assert_eq!(kept(&till).await[0].attempts, 2);
        // One about nothing of ours is not asked about for ever.
        till.plant("update notice set state = 'verified', gateway_ref = 'nobody'").await;
        for _ in 0..20 {
            till.payments.resume_notices(&till.ctx).await.expect("tried");
        }
        assert_eq!(kept(&till).await[0].state, NoticeState::Failed);
        // What is old is forgotten.
        kit.later(91 * 86_400);
        till.payments.resume_notices(&till.ctx).await.expect("swept");
        assert_eq!(kept(&till).await, []);
    }
}
