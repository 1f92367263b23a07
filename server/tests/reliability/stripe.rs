//! Cards through Stripe, with a whole shop: against localstripe, which keeps what it is told, behind a shim that does what
//! Stripe does and it doesn't.

use std::net::Ipv4Addr;

use axum::{Router, body::Bytes, http::HeaderMap, routing::post};
use souk_contract::{
    BreakFix, BreakKind, BreakQuery, BreakState, CaptureMode, CapturePayment, Cart, CheckoutAction,
    CheckoutId, CreateRefund, Difference, Error, IncomingNotice, NoticeQuery, NoticeState, Order, Payment,
    PaymentAction, PaymentStatus, PlaceOrder, Placed, Reconcile, RefundState, Result,
};
use souk_kernel::{Clock, each_engine, testing::TestKit};
use souk_stripe::testing::LocalStripe;
use tokio::sync::mpsc;

use crate::shop::{DELIVERY, TestShop, by_card, eur, is_conflict};

const GOOD: &str = "4242424242424242";
const BAD: &str = "4000000000000341";
/// Its bank asks who it is.
const ASKS: &str = "4000002500003155";

const SECRET: &str = "whsec_hunter2";

async fn open(kit: &TestKit) -> (LocalStripe, TestShop) {
    let stripe = LocalStripe::start().await;
    let shop = TestShop::with(kit, &keys(&stripe)).await;
    (stripe, shop)
}

fn keys(stripe: &LocalStripe) -> [(&'static str, &str); 5] {
    [
        ("SOUK_PAYMENTS__STRIPE__SECRET_KEY", "sk_test_hunter1"),
        ("SOUK_PAYMENTS__STRIPE__PUBLISHABLE_KEY", "pk_test_1"),
        ("SOUK_PAYMENTS__STRIPE__SIGNING_SECRETS", SECRET),
        ("SOUK_PAYMENTS__STRIPE__API_URL", stripe.url.as_str()),
        ("SOUK_PAYMENTS__METHODS", "stripe,bank_transfer"),
    ]
}

async fn card(stripe: &LocalStripe, cart: &Cart, number: &str) -> PlaceOrder {
    let token = stripe.method(number).await;
    PlaceOrder { payment_method: "stripe".to_owned(), ..by_card(cart, &token) }
}

async fn take_by_hand(shop: &TestShop) {
    let settings = shop.services.payments.settings(&shop.system).await.expect("settings");
    let mut input = settings.input;
    let method = input.methods.iter_mut().find(|method| method.code == "stripe").expect("Stripe");
    method.capture = CaptureMode::ByHand;
    shop.services.payments.set_settings(&shop.system, input, None).await.expect("set");
}

async fn payment(shop: &TestShop, order: &Order) -> Payment {
    shop.services.payments.get(&shop.system, order.payments[0].id).await.expect("a payment")
}

fn by_hand(shop: &TestShop, payment: &Payment, minor: i64) -> CapturePayment {
    let capture_id = Some(shop.shop().kit.ids.next());
    CapturePayment { capture_id, payment_id: payment.id, amount: Some(eur(minor)) }
}

fn gesture(shop: &TestShop, minor: i64) -> CreateRefund {
    let id = Some(shop.shop().kit.ids.next());
    CreateRefund { id, other: Some(eur(minor)), reason: "A scratch".to_owned(), ..CreateRefund::default() }
}

async fn differences(shop: &TestShop) -> Vec<Difference> {
    shop.services.payments.verify(&shop.system).await.expect("an audit")
}

/// Where Stripe tells this shop what happens.
async fn listen(stripe: &LocalStripe) -> mpsc::UnboundedReceiver<IncomingNotice> {
    let (sender, receiver) = mpsc::unbounded_channel();
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    stripe.tell(&format!("http://{}/hook", listener.local_addr().expect("an address")), SECRET);
    let take = async move |headers: HeaderMap, body: Bytes| {
        let signature = headers["stripe-signature"].to_str().expect("text").to_owned();
        let notice = IncomingNotice { gateway: "stripe".to_owned(), signature, body: body.to_vec() };
        sender.send(notice).expect("the test waits");
    };
    let app = Router::new().route("/hook", post(take));
    tokio::spawn(async move { axum::serve(listener, app).await });
    receiver
}

async fn ask(
    shop: &TestShop,
    stripe: &LocalStripe,
    checkout: CheckoutId,
    cart: &Cart,
) -> (CheckoutAction, String) {
    let request = card(stripe, cart, ASKS).await;
    match shop.services.orders.place(&shop.guest, checkout, request).await.expect("a question") {
        Placed::RequiresAction { next } => {
            let PaymentAction::Redirect { url } = next.action.clone();
            (next, url)
        }
        Placed::Order { order } => panic!("an order without a question: {order:?}"),
    }
}

/// Where the bank sends the shopper.
async fn at_the_bank(page: &str, approved: bool) -> String {
    let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    let request = client.build().expect("a client").post(page);
    let answer = request.form(&[("success", approved.to_string())]).send().await.expect("an answer");
    answer.headers()["location"].to_str().expect("an address").to_owned()
}

async fn back(shop: &TestShop, next: &CheckoutAction) -> Result<Order> {
    shop.services.orders.checkout(&shop.guest, &next.token).await.and_then(Placed::order)
}

each_engine! {
    async fn what_was_sent_back_at_stripe_is_found_and_written_down_and_other_shops_are_left_alone(kit: TestKit) {
        let stripe = LocalStripe::start().await;
        kit.clock().set(Clock::system().now());
        let shop = TestShop::by_the_clock(&kit, &keys(&stripe)).await;
        let variant = shop.sell("lamp", 4900, 3).await;
        let cart = shop.full_cart(variant, 1).await;
        let request = card(&stripe, &cart, GOOD).await;
        let order = shop.place(&shop.guest, shop.checkout(), request).await.expect("an order");
        let intent = payment(&shop, &order).await.gateway_ref.expect("a name");
        stripe.post("/v1/refunds", &[("payment_intent", &intent), ("amount", "300")]).await;
        // The same account, another shop.
        let (theirs, token) = (shop.shop().kit.ids.uuid().to_string(), stripe.method(GOOD).await);
        let made = stripe.post("/v1/payment_intents", &[
            ("amount", "700"), ("currency", "eur"), ("capture_method", "manual"), ("payment_method_types[]", "card"),
            ("payment_method", &token), ("confirm", "true"), ("metadata[souk_payment]", &theirs),
            ("metadata[souk_shop]", "https://other.example"),
        ]).await;
        assert_eq!(made["status"], "requires_capture", "{made}");

        kit.later(7200);
        let compare = || shop.services.payments.reconcile(&shop.system, Reconcile::default());
        let run = compare().await.expect("compared");
        assert_eq!((run.charges, run.foreign, run.payments, run.breaks, run.failure), (1, 1, 1, 1, None));
        let open = BreakQuery { state: Some(BreakState::Open), ..BreakQuery::default() };
        let found = shop.services.payments.breaks(&shop.system, &open).await.expect("breaks").items;
        assert_eq!((found[0].kind, found[0].fix), (BreakKind::RefundUnwritten, Some(BreakFix::WriteDown)));
        let mended = shop.services.payments.fix_break(&shop.system, found[0].id, Some(found[0].version)).await;
        assert_eq!(mended.expect("mended").state, BreakState::Fixed);
        shop.carry().await;
        let order = shop.services.orders.get(&shop.system, order.id).await.expect("the order");
        assert_eq!((order.refunded(), order.refunds.len()), (eur(300), 1));
        assert_eq!(compare().await.expect("compared").breaks, 0);
        shop.assert_books_agree().await;
    }

    async fn a_card_is_held_taken_and_partly_sent_back_once(kit: TestKit) {
        let (stripe, shop) = open(&kit).await;
        let mut told = listen(&stripe).await;
        let variant = shop.sell("lamp", 4900, 3).await;
        let (cart, checkout) = (shop.full_cart(variant, 1).await, shop.checkout());
        let methods = shop.services.payments.methods(&shop.guest, cart.totals.total, None).await.expect("methods");
        let fields = methods[0].fields.clone().expect("fields");
        assert_eq!((methods[0].code.as_str(), methods[0].name.as_str(), fields.key.as_str()), ("stripe", "Card", "pk_test_1"));
        let nothing = shop.services.payments.methods(&shop.guest, eur(0), None).await.expect("methods");
        assert_eq!(nothing[0].fields, None);

        let request = card(&stripe, &cart, GOOD).await;
        let order = shop.place(&shop.guest, checkout, request.clone()).await.expect("an order");
        let total = eur(4900 + DELIVERY);
        let paid = payment(&shop, &order).await;
        assert_eq!((paid.status, paid.captured, paid.in_parts), (PaymentStatus::Captured, total, false));
        assert!(paid.gateway_ref.as_deref().is_some_and(|name| name.starts_with("pi_")), "{paid:?}");
        assert_eq!(shop.place(&shop.guest, checkout, request).await.expect("the same").id, order.id);
        assert_eq!(differences(&shop).await, []);

        let refund = gesture(&shop, 1250);
        for _ in 0..2 {
            let order = shop.services.orders.refund(&shop.system, order.id, refund.clone(), None).await.expect("refunded");
            assert_eq!((order.refunds.len(), order.refunds[0].state), (1, RefundState::Succeeded));
        }
        let paid = payment(&shop, &order).await;
        assert_eq!((paid.status, paid.refunded), (PaymentStatus::PartiallyRefunded, eur(1250)));
        shop.carry().await;
        shop.assert_books_agree().await;

        // Held, taken, sent back: each is told, signed, and changes nothing that is known already; told twice neither.
        for kind in ["payment_intent.amount_capturable_updated", "payment_intent.succeeded", "refund.updated"] {
            let notice = told.recv().await.expect("a notice");
            assert!(String::from_utf8_lossy(&notice.body).contains(kind));
            let forged = IncomingNotice { body: notice.body.to_ascii_uppercase(), ..notice.clone() };
            let refused = shop.services.payments.take_notice(&shop.system, forged).await;
            assert!(matches!(refused, Err(Error::Denied { .. })), "{refused:?}");
            for _ in 0..2 {
                shop.services.payments.take_notice(&shop.system, notice.clone()).await.expect("kept");
            }
        }
        let notices = shop.services.payments.notices(&shop.system, &NoticeQuery::default()).await.expect("notices");
        let count = |state| notices.items.iter().filter(|notice| notice.state == state).count();
        assert_eq!(
            [NoticeState::Done, NoticeState::Ignored, NoticeState::Refused].map(count), [3, 3, 3], "{notices:?}"
        );
        shop.assert_books_agree().await;

        // What the merchant does at Stripe's own pages, our books don't know.
        let intent = paid.gateway_ref.expect("a name");
        stripe.post("/v1/refunds", &[("payment_intent", &intent), ("amount", "300")]).await;
        let found = differences(&shop).await;
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].what.contains(&intent) && found[0].found.contains("€15.50"), "{found:?}");
    }

    async fn a_part_is_taken_by_hand_and_the_rest_let_go(kit: TestKit) {
        let (stripe, shop) = open(&kit).await;
        take_by_hand(&shop).await;
        let variant = shop.sell("lamp", 4900, 3).await;
        let cart = shop.full_cart(variant, 1).await;
        let request = card(&stripe, &cart, GOOD).await;
        let order = shop.place(&shop.guest, shop.checkout(), request).await.expect("an order");
        let held = payment(&shop, &order).await;
        assert_eq!((held.status, held.held()), (PaymentStatus::Authorized, eur(4900 + DELIVERY)));
        let take = by_hand(&shop, &held, 1250);
        for _ in 0..2 {
            let taken = shop.services.payments.capture_by_hand(&shop.system, take.clone(), None).await.expect("taken");
            assert_eq!((taken.captured, taken.released), (eur(1250), eur(4900 + DELIVERY - 1250)));
        }
        assert_eq!(differences(&shop).await, []);

        // Another is let go whole: its order is cancelled.
        let cart = shop.full_cart(variant, 1).await;
        let request = card(&stripe, &cart, GOOD).await;
        let order = shop.place(&shop.guest, shop.checkout(), request).await.expect("an order");
        shop.services.orders.cancel(&shop.system, order.id, None).await.expect("cancelled");
        let gone = payment(&shop, &order).await;
        assert_eq!(gone.status, PaymentStatus::Voided);
        let intent = stripe.intent(&gone.gateway_ref.expect("a name")).await;
        assert_eq!(intent["status"], "canceled");
        assert_eq!(differences(&shop).await, []);
    }

    async fn a_card_is_declined_and_another_is_taken(kit: TestKit) {
        let (stripe, shop) = open(&kit).await;
        let variant = shop.sell("lamp", 4900, 1).await;
        let cart = shop.full_cart(variant, 1).await;
        let request = card(&stripe, &cart, BAD).await;
        let declined = shop.place(&shop.guest, shop.checkout(), request).await;
        assert!(is_conflict(&declined, "payment_declined"), "{declined:?}");
        for (token, code) in [(None, "required"), (Some("tok_success"), "required"), (Some("pm_unknown"), "invalid")] {
            let request = PlaceOrder { payment_token: token.map(str::to_owned), ..card(&stripe, &cart, GOOD).await };
            let refused = shop.place(&shop.guest, shop.checkout(), request).await;
            let Err(Error::Invalid { fields }) = refused else { panic!("{token:?}: {refused:?}") };
            assert_eq!((fields[0].field.as_str(), fields[0].code.as_str()), ("payment_token", code));
        }
        assert_eq!(shop.orders().await, 0);
        // What was declined is closed: nobody tries it again behind our back.
        for intent in stripe.intents().await {
            assert_eq!(intent["status"], "canceled", "{intent}");
        }
        let request = card(&stripe, &cart, GOOD).await;
        shop.place(&shop.guest, shop.checkout(), request).await.expect("an order");
        shop.carry().await;
        assert_eq!(shop.orders().await, 1);
        shop.assert_books_agree().await;
        shop.assert_nothing_is_left_halfway().await;
    }

    async fn an_answer_that_was_lost_is_found(kit: TestKit) {
        let (stripe, shop) = open(&kit).await;
        take_by_hand(&shop).await;
        let variant = shop.sell("lamp", 4900, 3).await;
        let cart = shop.full_cart(variant, 1).await;
        // The hold was made, and nobody heard of it: it is let go, and the shopper tries again.
        stripe.lose_answers(1);
        let request = card(&stripe, &cart, GOOD).await;
        let lost = shop.place(&shop.guest, shop.checkout(), request).await;
        assert!(matches!(lost, Err(Error::Unavailable { .. })), "{lost:?}");
        assert_eq!(stripe.intents().await.iter().map(|one| &one["status"]).collect::<Vec<_>>(), ["canceled"]);
        let request = card(&stripe, &cart, GOOD).await;
        let order = shop.place(&shop.guest, shop.checkout(), request).await.expect("an order");

        let held = payment(&shop, &order).await;
        let take = by_hand(&shop, &held, 4900 + DELIVERY);
        stripe.lose_answers(1);
        let lost = shop.services.payments.capture_by_hand(&shop.system, take.clone(), None).await;
        assert!(matches!(lost, Err(Error::Unavailable { .. })), "{lost:?}");
        let taken = shop.services.payments.capture_by_hand(&shop.system, take, None).await.expect("taken");
        assert_eq!(taken.captured, eur(4900 + DELIVERY));

        shop.carry().await;

        let refund = gesture(&shop, 400);
        stripe.lose_answers(1);
        let lost = shop.services.orders.refund(&shop.system, order.id, refund.clone(), None).await;
        assert!(lost.is_err() || lost.is_ok_and(|order| order.refunds[0].state == RefundState::Pending));
        let order = shop.services.orders.refund(&shop.system, order.id, refund, None).await.expect("refunded");
        assert_eq!((order.refunds.len(), order.refunds[0].state), (1, RefundState::Succeeded));
        shop.carry().await;
        shop.assert_books_agree().await;
        shop.assert_nothing_is_left_halfway().await;
    }

    async fn a_bank_asks_and_its_answer_comes_by_any_way(kit: TestKit) {
        let (stripe, shop) = open(&kit).await;
        let mut told = listen(&stripe).await;
        let variant = shop.sell("lamp", 4900, 9).await;
        // The shopper comes back.
        let (cart, checkout) = (shop.full_cart(variant, 1).await, shop.checkout());
        let (next, page) = ask(&shop, &stripe, checkout, &cart).await;
        assert!(page.starts_with(&stripe.url), "{page}");
        assert!(is_conflict(&back(&shop, &next).await, "payment_action"));
        let returned = at_the_bank(&page, true).await;
        assert!(returned.contains(&format!("/checkout/paid/{}?", next.token)), "{returned}");
        let order = back(&shop, &next).await.expect("an order");
        assert_eq!(order.payments[0].status, PaymentStatus::Captured);
        assert_eq!(back(&shop, &next).await.expect("the same").id, order.id);

        // They never do, and Stripe tells.
        let cart = shop.full_cart(variant, 1).await;
        let (next, page) = ask(&shop, &stripe, shop.checkout(), &cart).await;
        at_the_bank(&page, true).await;
        while shop.orders().await < 2 {
            let notice = told.recv().await.expect("a notice");
            shop.services.payments.take_notice(&shop.system, notice).await.expect("kept");
            shop.carry().await;
        }
        back(&shop, &next).await.expect("the order");

        // They refuse; and what they left open is not theirs to try again.
        let cart = shop.full_cart(variant, 1).await;
        let (next, page) = ask(&shop, &stripe, shop.checkout(), &cart).await;
        at_the_bank(&page, false).await;
        let refused = back(&shop, &next).await;
        assert!(is_conflict(&refused, "payment_declined"), "{refused:?}");
        let open: Vec<_> = stripe.intents().await.into_iter().filter(|one| one["status"] != "succeeded").collect();
        assert_eq!(open.iter().map(|one| &one["status"]).collect::<Vec<_>>(), ["canceled"]);

        // They go on without it.
        let (next, page) = ask(&shop, &stripe, shop.checkout(), &cart).await;
        shop.services.orders.give_up(&shop.guest, &cart.token).await.expect("given up");
        let late = reqwest::Client::builder().no_proxy().build().expect("a client").get(&page).send().await;
        assert!(late.is_ok());
        let gone = back(&shop, &next).await;
        assert!(matches!(gone, Err(Error::Conflict { .. })), "{gone:?}");
        assert_eq!(shop.orders().await, 2);
        shop.assert_books_agree().await;
        shop.assert_nothing_is_left_halfway().await;
    }
}
