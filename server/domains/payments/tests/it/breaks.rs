//! Our books against the gateway's own: each break is found, said, and mended once.

use futures::future::join_all;
use souk_contract::{
    BreakFix, BreakKind, BreakQuery, BreakState, CaptureMode, CapturePayment, Error, Id, PaymentBreak,
    PaymentStatus, Payments as _, Reconcile, Reconciliation, RefundPayment, SetBreakAside,
};
use souk_kernel::{each_engine, testing::TestKit};
use souk_payments::{Back, Capture, Gateway as _, Refund, Request, Taken};
use uuid::Uuid;

use crate::{Till, eur, payment, request, waiting::charge};

const LATER: i64 = 3600;

impl Till {
    async fn compare(&self) -> Reconciliation {
        self.payments.reconcile(&self.ctx, Reconcile::default()).await.expect("compared")
    }

    async fn breaks(&self, state: BreakState) -> Vec<PaymentBreak> {
        let query = BreakQuery { state: Some(state), ..BreakQuery::default() };
        self.payments.breaks(&self.ctx, &query).await.expect("breaks").items
    }

    /// The one break there is, after an hour.
    async fn the_break(&self, kit: &TestKit) -> PaymentBreak {
        kit.later(LATER);
        let run = self.compare().await;
        assert_eq!((run.breaks, run.failure), (1, None));
        let mut open = self.breaks(BreakState::Open).await;
        assert_eq!(open.len(), 1, "{open:?}");
        open.remove(0)
    }

    async fn mend(&self, one: &PaymentBreak) -> souk_contract::Result<PaymentBreak> {
        self.payments.fix_break(&self.ctx, one.id, Some(one.version)).await
    }

    async fn hold(&self, number: u128, minor: i64, token: &str) {
        self.payments.authorize(&self.ctx, request(number, minor, "test", token)).await.expect("held");
    }

    async fn paid(&self, number: u128, minor: i64) {
        self.hold(number, minor, "tok_success").await;
        self.payments.capture(&self.ctx, payment(number)).await.expect("taken");
    }

    async fn by_hand(kit: &TestKit) -> Self {
        let till = Self::new(kit).await;
        let mut settings = till.payments.settings(&till.ctx).await.expect("settings").input;
        settings.methods[0].capture = CaptureMode::ByHand;
        till.payments.set_settings(&till.ctx, settings, None).await.expect("set");
        till
    }

    /// Somebody takes money at the gateway itself.
    async fn take_there(&self, number: u128, minor: i64) {
        let reference = charge(number);
        let (id, amount) = (Id::new(Uuid::from_u128(777)), eur(minor));
        let take = Capture { id, payment: payment(number), reference: &reference, amount };
        let taken = self.gateway.capture(take).await.expect("an answer");
        assert!(matches!(taken, Taken::Done { .. }), "{taken:?}");
    }

    /// Somebody sends money back at the gateway itself.
    async fn send_back_there(&self, number: u128, minor: i64) {
        let reference = charge(number);
        let (id, amount) = (Id::new(Uuid::from_u128(888)), eur(minor));
        let refund = Refund { id, payment: payment(number), reference: &reference, amount };
        let back = self.gateway.refund(refund).await.expect("an answer");
        assert!(matches!(back, Back::Sent { .. }), "{back:?}");
    }

    async fn status(&self, number: u128) -> PaymentStatus {
        self.payments.get(&self.ctx, payment(number)).await.expect("the payment").status
    }
}

fn code<T: std::fmt::Debug>(result: souk_contract::Result<T>) -> String {
    match result {
        Err(Error::Conflict { code, .. }) => code,
        other => panic!("{other:?}"),
    }
}

each_engine! {
    async fn where_the_books_agree_there_is_no_break(kit: TestKit) {
        let till = Till::new(&kit).await;
        till.paid(1, 1000).await;
        till.hold(2, 500, "tok_declined").await;
        till.hold(3, 700, "tok_success").await;
        till.payments.void(&till.ctx, payment(3), "test").await.expect("given up");
        till.hold(4, 700, "tok_3ds").await;
        kit.later(LATER);
        let run = till.compare().await;
        assert_eq!((run.charges, run.foreign, run.payments, run.breaks, run.failure), (1, 0, 4, 0, None));
        assert!(run.finished_at.is_some());
        assert_eq!(till.payments.reconciliations(&till.ctx).await.expect("runs").len(), 1);
    }

    async fn a_hold_that_nobody_knows_of_is_let_go(kit: TestKit) {
        let till = Till::new(&kit).await;
        let ask = Request { order: Id::new(Uuid::from_u128(1)), payment: payment(9), reference: "SOUK-9", amount: eur(700), token: None, return_url: None };
        till.gateway.authorize(ask).await.expect("held");
        // A checkout may still be at it.
        assert_eq!(till.compare().await.breaks, 0);
        let one = till.the_break(&kit).await;
        assert_eq!((one.kind, one.fix, one.ours), (BreakKind::UnknownCharge, Some(BreakFix::Release), None));
        assert_eq!((one.payment_id, one.theirs.expect("a side").held), (Some(payment(9)), eur(700)));
        let mended = till.mend(&one).await.expect("mended");
        assert_eq!((mended.state, till.held_by_the_gateway().await), (BreakState::Fixed, 0));
        assert_eq!(code(till.mend(&one).await), "stale_version");
        assert_eq!(code(till.mend(&mended).await), "break_closed");
        assert_eq!(till.compare().await.breaks, 0);
    }

    async fn money_that_nobody_knows_of_goes_back(kit: TestKit) {
        let till = Till::new(&kit).await;
        let ask = Request { order: Id::new(Uuid::from_u128(1)), payment: payment(9), reference: "SOUK-9", amount: eur(700), token: None, return_url: None };
        till.gateway.authorize(ask).await.expect("held");
        till.take_there(9, 700).await;
        till.send_back_there(9, 200).await;
        let one = till.the_break(&kit).await;
        assert_eq!((one.kind, one.fix), (BreakKind::UnknownCharge, Some(BreakFix::SendBack)));
        assert_eq!(till.mend(&one).await.expect("mended").state, BreakState::Fixed);
        let listed = till.listed().await;
        assert_eq!((listed[0].captured, listed[0].refunded), (eur(700), eur(700)));
        assert_eq!(till.compare().await.breaks, 0);
    }

    async fn what_was_taken_at_the_gateway_is_written_down(kit: TestKit) {
        let till = Till::by_hand(&kit).await;
        till.hold(1, 1000, "tok_success").await;
        till.take_there(1, 400).await;
        let one = till.the_break(&kit).await;
        assert_eq!((one.kind, one.fix), (BreakKind::CaptureUnwritten, Some(BreakFix::WriteDown)));
        let told = till.told("payments.payment_captured").await;
        // Many at once write it down once.
        let all = join_all((0..6).map(|_| till.mend(&one))).await;
        assert!(all.iter().any(Result::is_ok), "{all:?}");
        let paid = till.payments.get(&till.ctx, payment(1)).await.expect("the payment");
        assert_eq!((paid.status, paid.captured, paid.held()), (PaymentStatus::PartiallyCaptured, eur(400), eur(600)));
        assert_eq!(till.told("payments.payment_captured").await, told + 1);
        assert_eq!(till.breaks(BreakState::Open).await, []);
        till.assert_books_agree().await;
        // The rest is taken as ever.
        let rest = CapturePayment { capture_id: None, payment_id: payment(1), amount: None };
        till.payments.capture_by_hand(&till.ctx, rest, None).await.expect("taken");
        till.assert_books_agree().await;
    }

    async fn what_was_taken_of_a_payment_that_was_given_up_goes_back(kit: TestKit) {
        let till = Till::by_hand(&kit).await;
        till.hold(1, 1000, "tok_success").await;
        till.take_there(1, 1000).await;
        till.plant("update payment set status = 'voided', released_minor = amount_minor").await;
        let one = till.the_break(&kit).await;
        assert_eq!((one.kind, one.fix), (BreakKind::CaptureUnwritten, Some(BreakFix::SendBack)));
        assert_eq!(till.mend(&one).await.expect("mended").state, BreakState::Fixed);
        assert_eq!(till.listed().await[0].refunded, eur(1000));
        kit.later(LATER);
        assert_eq!(till.compare().await.breaks, 0);
        till.assert_books_agree().await;
    }

    async fn what_went_back_at_the_gateway_is_written_down_and_told(kit: TestKit) {
        let till = Till::new(&kit).await;
        till.paid(1, 1000).await;
        till.send_back_there(1, 300).await;
        let one = till.the_break(&kit).await;
        assert_eq!((one.kind, one.fix), (BreakKind::RefundUnwritten, Some(BreakFix::WriteDown)));
        let all = join_all((0..6).map(|_| till.mend(&one))).await;
        assert!(all.iter().any(Result::is_ok), "{all:?}");
        assert_eq!(till.status(1).await, PaymentStatus::PartiallyRefunded);
        assert_eq!(till.told("payments.refund_found").await, 1);
        // Nothing was sent a second time.
        assert_eq!(till.listed().await[0].refunded, eur(300));
        till.assert_books_agree().await;
    }

    async fn a_hold_that_was_cancelled_at_the_gateway_is_counted_on_no_more(kit: TestKit) {
        let till = Till::by_hand(&kit).await;
        till.hold(1, 1000, "tok_success").await;
        till.gateway.void(payment(1), None).await.expect("cancelled there");
        let one = till.the_break(&kit).await;
        assert_eq!((one.kind, one.fix), (BreakKind::HoldGone, Some(BreakFix::WriteDown)));
        assert_eq!(till.mend(&one).await.expect("mended").state, BreakState::Fixed);
        assert_eq!((till.status(1).await, till.told("payments.payment_expired").await), (PaymentStatus::Expired, 1));
        // In part: the gateway lists it still.
        till.hold(2, 1000, "tok_success").await;
        let part = CapturePayment { capture_id: None, payment_id: payment(2), amount: Some(eur(400)) };
        till.payments.capture_by_hand(&till.ctx, part, None).await.expect("taken");
        till.gateway.void(payment(2), None).await.expect("cancelled there");
        kit.later(LATER);
        till.compare().await;
        let one = till.breaks(BreakState::Open).await.remove(0);
        assert_eq!((one.kind, one.fix), (BreakKind::HoldGone, Some(BreakFix::WriteDown)));
        assert_eq!(till.mend(&one).await.expect("mended").state, BreakState::Fixed);
        let paid = till.payments.get(&till.ctx, payment(2)).await.expect("the payment");
        assert_eq!((paid.captured, paid.released, paid.held()), (eur(400), eur(600), eur(0)));
        assert_eq!(till.told("payments.payment_expired").await, 2);
    }

    async fn a_charge_that_the_gateway_knows_nothing_of_is_for_people(kit: TestKit) {
        let till = Till::new(&kit).await;
        till.paid(1, 1000).await;
        till.plant("update test_charge set at = '1999-01-01T00:00:00.000000Z'").await;
        let one = till.the_break(&kit).await;
        assert_eq!((one.kind, one.fix), (BreakKind::ChargeMissing, None));
        assert_eq!(code(till.mend(&one).await), "no_fix");
    }

    async fn a_hold_of_what_was_given_up_is_let_go(kit: TestKit) {
        let till = Till::by_hand(&kit).await;
        till.hold(1, 1000, "tok_success").await;
        till.plant("update payment set status = 'voided', released_minor = amount_minor").await;
        let one = till.the_break(&kit).await;
        assert_eq!((one.kind, one.fix), (BreakKind::HeldForNothing, Some(BreakFix::Release)));
        till.mend(&one).await.expect("mended");
        assert_eq!(till.held_by_the_gateway().await, 0);
    }

    async fn an_answer_that_was_lost_is_asked_for_again(kit: TestKit) {
        let till = Till::by_hand(&kit).await;
        till.hold(1, 1000, "tok_capture_unavailable").await;
        let part = CapturePayment { capture_id: None, payment_id: payment(1), amount: Some(eur(400)) };
        till.payments.capture_by_hand(&till.ctx, part, None).await.expect_err("its answer is lost");
        let one = till.the_break(&kit).await;
        assert_eq!((one.kind, one.fix), (BreakKind::CaptureUnwritten, Some(BreakFix::AskAgain)));
        assert_eq!(till.mend(&one).await.expect("mended").state, BreakState::Fixed);
        assert_eq!(till.listed().await[0].captured, eur(400));
        till.assert_books_agree().await;
    }

    async fn what_is_set_aside_stays_until_its_figures_change(kit: TestKit) {
        let till = Till::new(&kit).await;
        till.paid(1, 1000).await;
        till.send_back_there(1, 300).await;
        let one = till.the_break(&kit).await;
        let aside = |note: &str| SetBreakAside { note: note.into() };
        let refused = till.payments.set_break_aside(&till.ctx, one.id, aside(" "), Some(one.version)).await;
        assert!(matches!(refused, Err(Error::Invalid { ref fields }) if fields[0].field == "note"), "{refused:?}");
        let done = till.payments.set_break_aside(&till.ctx, one.id, aside("Paid in cash."), Some(one.version)).await;
        let done = done.expect("aside");
        assert_eq!((done.state, done.note.as_str()), (BreakState::SetAside, "Paid in cash."));
        kit.later(LATER);
        till.compare().await;
        assert_eq!(till.breaks(BreakState::Open).await, []);
        let back = Refund { id: Id::new(Uuid::from_u128(889)), payment: payment(1), reference: &charge(1), amount: eur(1) };
        till.gateway.refund(back).await.expect("sent");
        // Mending what was looked at before shows it anew instead.
        let aside = till.breaks(BreakState::SetAside).await.remove(0);
        assert_eq!(code(till.mend(&aside).await), "break_changed");
        kit.later(LATER);
        till.compare().await;
        let open = till.breaks(BreakState::Open).await;
        assert_eq!(open[0].theirs.expect("a side").refunded, eur(301));
        till.mend(&open[0]).await.expect("mended");
        assert_eq!(till.status(1).await, PaymentStatus::PartiallyRefunded);
        till.assert_books_agree().await;
    }

    async fn what_was_seen_to_elsewhere_is_settled_by_itself(kit: TestKit) {
        let till = Till::by_hand(&kit).await;
        till.hold(1, 1000, "tok_capture_unavailable").await;
        let part = CapturePayment { capture_id: Some(Id::new(Uuid::from_u128(5))), payment_id: payment(1), amount: Some(eur(400)) };
        till.payments.capture_by_hand(&till.ctx, part.clone(), None).await.expect_err("its answer is lost");
        till.the_break(&kit).await;
        till.payments.capture_by_hand(&till.ctx, part, None).await.expect("found again");
        // It changed a moment ago: left as it is.
        till.compare().await;
        assert_eq!(till.breaks(BreakState::Open).await.len(), 1);
        kit.later(LATER);
        till.compare().await;
        assert_eq!(till.breaks(BreakState::Open).await, []);
        assert_eq!(till.breaks(BreakState::Settled).await.len(), 1);
    }

    async fn once_a_day_and_one_at_a_time(kit: TestKit) {
        let till = Till::new(&kit).await;
        let all = join_all((0..4).map(|_| till.payments.reconcile_daily(&till.ctx))).await;
        let done = all.into_iter().filter(|one| matches!(one, Ok(Some(_)))).count();
        assert_eq!(done, 1);
        kit.later(20 * LATER);
        assert_eq!(till.payments.reconcile_daily(&till.ctx).await.expect("an answer"), None);
        kit.later(5 * LATER);
        assert!(till.payments.reconcile_daily(&till.ctx).await.expect("an answer").is_some());
        // A gateway that was away is asked again before the day is over.
        assert_eq!(till.payments.reconcile_daily(&till.ctx).await.expect("an answer"), None);
        till.plant("update reconciliation set failure = 'away' where id = (select id from reconciliation order by id desc limit 1)").await;
        assert!(till.payments.reconcile_daily(&till.ctx).await.expect("an answer").is_some());
        let far = till.payments.reconcile(&till.ctx, Reconcile { days: Some(401) }).await;
        assert!(matches!(far, Err(Error::Invalid { ref fields }) if fields[0].field == "days"), "{far:?}");
    }

    async fn whatever_happened_at_the_gateway_the_books_agree_once_it_is_mended(kit: TestKit) {
        for seed in 1..=12 {
            let till = Till::by_hand(&kit).await;
            let mut dice = Dice(seed);
            for number in 1..=12 {
                till.random_past(&mut dice, seed as u128 * 1000 + number).await;
            }
            // One mended thing may show the next.
            for _ in 0..5 {
                kit.later(LATER);
                till.compare().await;
                for one in till.breaks(BreakState::Open).await {
                    match till.mend(&one).await {
                        Ok(_) | Err(Error::Unavailable { .. }) => {}
                        Err(error) => panic!("seed {seed}: {error} {one:?}"),
                    }
                }
            }
            kit.later(LATER);
            assert_eq!(till.compare().await.breaks, 0, "seed {seed}");
            assert_eq!(till.breaks(BreakState::Open).await, [], "seed {seed}");
            till.assert_books_agree().await;
        }
    }
}

struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        // Knuth's MMIX generator; its high bits are the good ones.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

impl Till {
    /// A payment to which things happen here, and at the gateway behind our back.
    async fn random_past(&self, dice: &mut Dice, number: u128) {
        const TOKENS: [&str; 5] =
            ["tok_success", "tok_success", "tok_capture_unavailable", "tok_refund_unavailable", "tok_3ds"];
        let (id, reference) = (payment(number), charge(number));
        if dice.below(6) == 0 {
            let ask = Request {
                order: Id::new(Uuid::from_u128(1)),
                payment: id,
                reference: "SOUK",
                amount: eur(1000),
                token: None,
                return_url: None,
            };
            self.gateway.authorize(ask).await.expect("held");
        } else {
            self.hold(number, 1000, TOKENS[dice.below(TOKENS.len() as u64) as usize]).await;
        }
        for step in 0..dice.below(6) {
            let part = eur(100 + 100 * dice.below(5) as i64);
            let uuid = Uuid::from_u128(number * 100 + u128::from(step));
            // Whatever is refused did not happen.
            match dice.below(8) {
                0 => {
                    let take = CapturePayment {
                        capture_id: Some(Id::new(uuid)),
                        payment_id: id,
                        amount: Some(part),
                    };
                    let _ = self.payments.capture_by_hand(&self.ctx, take, None).await;
                }
                1 => {
                    let back = RefundPayment { refund_id: Id::new(uuid), payment_id: id, amount: part };
                    let _ = self.payments.refund(&self.ctx, back).await;
                }
                2 => drop(self.payments.void(&self.ctx, id, "test").await),
                3 => drop(self.payments.release(&self.ctx, id, None).await),
                4 => {
                    let take =
                        Capture { id: Id::new(uuid), payment: id, reference: &reference, amount: part };
                    let _ = self.gateway.capture(take).await;
                }
                5 => {
                    let back = Refund { id: Id::new(uuid), payment: id, reference: &reference, amount: part };
                    let _ = self.gateway.refund(back).await;
                }
                6 => drop(self.gateway.void(id, None).await),
                _ => drop(self.gateway.answer_bank(&reference, dice.below(2) == 0).await),
            }
        }
    }
}
