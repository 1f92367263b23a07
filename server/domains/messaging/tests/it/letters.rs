//! What is written, and that it is written once.

use souk_contract::{
    CaptureMode, CustomerRegistered, Fulfillment, FulfillmentLine, FulfillmentState, FulfillmentStatus, Id,
    MailState, OrderCancelled, OrderPlaced, OrderShipped, PasswordResetRequested, Payment, PaymentStatus,
    Return, ReturnLine, ReturnMoved, ReturnReason, ReturnState, Tracking,
};
use souk_kernel::{each_engine, testing::TestKit};
use uuid::Uuid;

use crate::{BASE_URL, Office, neighbours::order};

const HOSTILE: &str = r#""><script>alert(1)</script><img src=x onerror=alert(2)>"#;

fn assert_inert(html: &str) {
    for live in [HOSTILE, "<script", "<img", "onerror=alert(2)>", "<Sons>"] {
        assert!(!html.contains(live), "{live} stands in {html}");
    }
}

each_engine! {
    async fn each_event_writes_one_mail_even_when_it_comes_twice(kit: TestKit) {
        let office = Office::new(&kit).await;
        let customer_id = office.accounts.add("Ada", "ada@example.com");
        let order_id = office.books.add(order(1001, "Tea", "Ada"));
        office.publish(&CustomerRegistered { customer_id }).await;
        office.publish(&OrderPlaced { order_id }).await;
        office.publish(&PasswordResetRequested { customer_id, reset_id: Uuid::from_u128(7) }).await;
        office.publish(&OrderCancelled { order_id }).await;
        office.carry().await;
        for _ in 0..2 {
            office.carry_all_again().await;
        }
        let mails = office.mails().await;
        let mut templates: Vec<&str> = mails.iter().map(|mail| mail.template.as_str()).collect();
        templates.sort_unstable();
        assert_eq!(templates, ["order_cancelled", "order_confirmation", "password_reset", "welcome"]);
        assert!(mails.iter().all(|mail| mail.state == MailState::Sent && mail.to == "ada@example.com"), "{mails:?}");
        assert_eq!(office.postman.carried().len(), 4, "and each is sent once");
        assert_eq!(office.accounts.resets_made(), 1, "a second token would end the first, which is in the mail");
    }

    async fn two_orders_are_two_mails(kit: TestKit) {
        let office = Office::new(&kit).await;
        for number in [1001, 1002] {
            let order_id = office.books.add(order(number, "Tea", "Ada"));
            office.publish(&OrderPlaced { order_id }).await;
        }
        office.carry().await;
        let mut subjects: Vec<String> = office.mails().await.into_iter().map(|mail| mail.subject).collect();
        subjects.sort();
        assert_eq!(subjects, ["Your order #1001 at Tea & <Sons>", "Your order #1002 at Tea & <Sons>"]);
    }

    async fn a_confirmation_says_what_was_bought_and_where_to_look(kit: TestKit) {
        let office = Office::new(&kit).await;
        let order_id = office.books.add(order(1001, "Green tea", "Ada Lovelace"));
        office.publish(&OrderPlaced { order_id }).await;
        office.carry().await;
        let mail = office.only_mail().await;
        let link = format!("{BASE_URL}/orders/the-access-token");
        for text in [&mail.text, &mail.html] {
            for said in ["1001", "Green tea", "Large", "€18.00", "€20.00", "€4.90", "€22.90", link.as_str()] {
                assert!(text.contains(said), "{said} is missing in {text}");
            }
        }
        assert!(mail.html.contains("Ada Lovelace"));
    }

    async fn an_order_that_waits_for_money_says_where_to_send_it(kit: TestKit) {
        let office = Office::new(&kit).await;
        let mut waiting = order(1001, "Tea", "Ada");
        waiting.payments.push(Payment {
            id: Id::new(Uuid::from_u128(1)), order_id: waiting.id, method: "bank_transfer".into(),
            status: PaymentStatus::Processing, amount: waiting.total, captured: waiting.shipping_discount,
            refunded: waiting.shipping_discount, released: waiting.shipping_discount,
            capture: CaptureMode::AtOnce, in_parts: false, held_until: None, method_name: "Bank transfer".into(),
            gateway_ref: None, failure: None, instructions: Some("Please transfer <b>€22.90</b> to DE02".into()),
            version: 1, created_at: waiting.placed_at,
        });
        let order_id = office.books.add(waiting);
        office.publish(&OrderPlaced { order_id }).await;
        office.carry().await;
        let mail = office.only_mail().await;
        assert!(mail.text.contains("to DE02") && mail.html.contains("to DE02"), "{mail:?}");
        assert!(!mail.html.contains("<b>"), "{}", mail.html);
    }

    async fn a_parcel_that_left_says_what_is_in_it_and_where_to_follow_it(kit: TestKit) {
        let office = Office::new(&kit).await;
        let mut sent = order(1001, HOSTILE, "Ada");
        let parcel = |id: u128, tracking: Option<Tracking>| Fulfillment {
            id: Id::new(Uuid::from_u128(id)), name: format!("1001-{id}"), state: FulfillmentState::Shipped,
            lines: vec![FulfillmentLine { order_line_id: sent.lines[0].id, quantity: 1 }],
            tracking, capture: None, created_at: sent.placed_at, shipped_at: Some(sent.placed_at), delivered_at: None,
        };
        let tracking = Tracking {
            carrier: "DHL <b>".into(), number: "JD0001".into(), url: Some("https://dhl.example/JD0001".into()),
        };
        let parcels = vec![parcel(1, Some(tracking)), parcel(2, None)];
        sent.fulfillments = parcels;
        sent.fulfillment_status = FulfillmentStatus::PartiallyFulfilled;
        let order_id = office.books.add(sent);
        for id in [1, 2, 9] {
            let fulfillment_id = Id::new(Uuid::from_u128(id));
            let reservation_id = Id::new(Uuid::nil());
            office.publish(&OrderShipped { order_id, fulfillment_id, reservation_id, lines: Vec::new() }).await;
        }
        office.carry().await;
        let mails = office.mails().await;
        assert_eq!(mails.len(), 2, "there is no ninth parcel");
        let tracked = mails.iter().find(|mail| mail.text.contains("JD0001")).expect("a tracked one");
        for said in ["A part of your order", "1 × ", "Large", "DHL", "https://dhl.example/JD0001"] {
            assert!(tracked.text.contains(said) && tracked.html.contains(said), "{said}: {tracked:?}");
        }
        let other = mails.iter().find(|mail| !mail.text.contains("JD0001")).expect("the other");
        assert!(other.text.contains(&format!("{BASE_URL}/orders/the-access-token")), "{}", other.text);
        mails.iter().for_each(|mail| assert_inert(&mail.html));
    }

    async fn what_people_wrote_stays_text_in_every_letter(kit: TestKit) {
        let office = Office::new(&kit).await;
        let customer_id = office.accounts.add(HOSTILE, "ada@example.com");
        let mut hostile = order(1001, HOSTILE, HOSTILE);
        hostile.lines[0].variant_title = HOSTILE.into();
        if let Some(address) = &mut hostile.shipping_address {
            address.line1 = HOSTILE.into();
            address.line2 = HOSTILE.into();
            address.city = HOSTILE.into();
            address.postal_code = HOSTILE.into();
        }
        let order_id = office.books.add(hostile);
        office.publish(&CustomerRegistered { customer_id }).await;
        office.publish(&OrderPlaced { order_id }).await;
        office.publish(&OrderCancelled { order_id }).await;
        office.publish(&PasswordResetRequested { customer_id, reset_id: Uuid::from_u128(7) }).await;
        office.carry().await;
        let mails = office.mails().await;
        assert_eq!(mails.len(), 4);
        let mut shown = 0;
        for mail in &mails {
            assert_inert(&mail.html);
            shown += mail.html.matches("script&").count() + mail.html.matches("script&#").count();
            assert!(!mail.subject.contains(['\r', '\n']), "{:?}", mail.subject);
        }
        assert!(shown > 0, "it is shown, as text");
    }

    async fn the_reset_link_starts_with_the_configured_address(kit: TestKit) {
        let office = Office::new(&kit).await;
        let customer_id = office.accounts.add("Ada", "ada@example.com");
        office.publish(&PasswordResetRequested { customer_id, reset_id: Uuid::from_u128(7) }).await;
        office.carry().await;
        let mail = office.only_mail().await;
        assert_eq!((mail.template.as_str(), mail.to.as_str()), ("password_reset", "ada@example.com"));
        let link = format!("{BASE_URL}/account/reset/reset-token-1");
        assert!(mail.text.contains(&link), "{}", mail.text);
        assert!(mail.html.contains(&format!("href=\"{link}\"")), "{}", mail.html);
    }

    async fn a_reset_that_is_over_writes_nothing(kit: TestKit) {
        let office = Office::new(&kit).await;
        let customer_id = office.accounts.add("Ada", "ada@example.com");
        office.publish(&PasswordResetRequested { customer_id, reset_id: Uuid::nil() }).await;
        office.carry().await;
        assert_eq!(office.mails().await, []);
    }

    async fn a_return_is_written_about_where_it_concerns_the_shopper(kit: TestKit) {
        let office = Office::new(&kit).await;
        let order_id = office.books.add(order(1001, "Tea", "Ada"));
        let line = ReturnLine {
            order_line_id: Id::new(order_id.uuid()),
            product_title: "Tea".into(),
            variant_title: "Large".into(),
            reason: ReturnReason::Damaged,
            expected: 2,
            received: 1,
            resellable: 1,
            damaged: 0,
        };
        let at = souk_contract::Timestamp::from_micros(0).expect("a moment");
        let return_id = Id::new(Uuid::from_u128(3));
        office.books.add_return(Return {
            id: return_id,
            name: "R1001-1".into(),
            order_id,
            order_number: 1001,
            state: ReturnState::Received,
            lines: vec![line],
            note: String::new(),
            reply: format!("Quay 7\n{HOSTILE}"),
            tracking: None,
            refund: None,
            version: 1,
            created_at: at,
            updated_at: at,
        });
        for state in ReturnState::ALL {
            office.publish(&ReturnMoved { order_id, return_id, state }).await;
        }
        office.carry().await;
        office.carry_all_again().await;
        let mails = office.mails().await;
        let mut kinds: Vec<&str> = mails.iter().map(|mail| mail.template.as_str()).collect();
        kinds.sort_unstable();
        assert_eq!(kinds, ["return_approved", "return_declined", "return_received", "return_requested"]);
        let text = |kind: &str| mails.iter().find(|mail| mail.template == kind).map(|mail| mail.text.clone()).expect("a mail");
        assert!(text("return_approved").contains("Quay 7") && text("return_approved").contains("R1001-1"));
        assert!(text("return_approved").contains("2 × Tea, Large"), "what is to come");
        assert!(text("return_received").contains("1 × Tea, Large"), "what came");
        for mail in &mails {
            assert_inert(&mail.html);
            assert!(mail.text.contains("/returns"), "{}", mail.text);
            assert!(!mail.text.contains('{'), "{}", mail.text);
        }
    }
}
