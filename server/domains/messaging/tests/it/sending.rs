//! From written to sent, or given up.

use souk_contract::{
    Ctx, CustomerRegistered, Error, Id, MailState, Messaging as _, PageRequest, PasswordResetRequested,
};
use souk_kernel::{each_engine, testing::TestKit};
use uuid::Uuid;

use crate::Office;

fn down() -> Error {
    Error::Unavailable { what: "The mail server".into() }
}

async fn welcome(office: &Office, name: &str) {
    let customer_id = office.accounts.add(name, "ada@example.com");
    office.publish(&CustomerRegistered { customer_id }).await;
    office.carry().await;
}

each_engine! {
    async fn a_server_that_is_down_is_tried_again(kit: TestKit) {
        let office = Office::new(&kit).await;
        office.postman.refuse(down());
        office.postman.refuse(down());
        welcome(&office, "Ada").await;
        let waiting = office.only_mail().await;
        assert_eq!((waiting.state, waiting.attempts), (MailState::Queued, 1));
        assert!(waiting.last_error.expect("the reason").contains("The mail server"));
        office.carry().await;
        assert_eq!(office.only_mail().await.attempts, 1, "not at once");
        kit.later(1);
        office.carry().await;
        assert_eq!((office.only_mail().await.state, office.only_mail().await.attempts), (MailState::Queued, 2));
        kit.later(3);
        office.carry().await;
        let sent = office.only_mail().await;
        assert_eq!((sent.state, sent.attempts, sent.last_error), (MailState::Sent, 3, None));
        kit.later(86_400);
        office.carry().await;
        office.carry_all_again().await;
        assert_eq!(office.postman.carried().len(), 1);
    }

    async fn what_is_refused_for_good_is_dead_at_once(kit: TestKit) {
        let office = Office::new(&kit).await;
        office.postman.refuse(Error::conflict("mail_refused", "550 no such mailbox"));
        welcome(&office, "Ada").await;
        let dead = office.only_mail().await;
        assert_eq!((dead.state, dead.attempts), (MailState::Dead, 1));
        assert!(dead.last_error.expect("the reason").contains("550"));
        kit.later(86_400);
        office.carry().await;
        assert_eq!((office.only_mail().await.attempts, office.postman.carried().len()), (1, 0));
    }

    async fn after_many_tries_it_is_given_up(kit: TestKit) {
        let office = Office::new(&kit).await;
        for _ in 0..20 {
            office.postman.refuse(down());
        }
        welcome(&office, "Ada").await;
        for _ in 0..20 {
            kit.later(3600);
            office.carry().await;
        }
        let dead = office.only_mail().await;
        assert_eq!((dead.state, dead.attempts), (MailState::Dead, 12));
        assert_eq!(office.postman.carried().len(), 0);
    }

    async fn one_that_waits_does_not_hold_up_the_others(kit: TestKit) {
        let office = Office::new(&kit).await;
        office.postman.refuse(down());
        welcome(&office, "Ada").await;
        welcome(&office, "Grace").await;
        let states: Vec<MailState> = office.mails().await.into_iter().map(|mail| mail.state).collect();
        assert_eq!(states, [MailState::Queued, MailState::Sent]);
    }

    async fn staff_page_through_what_was_written(kit: TestKit) {
        let office = Office::new(&kit).await;
        for number in 0..5 {
            welcome(&office, &format!("Customer {number}")).await;
        }
        let mut seen = Vec::new();
        let mut page = PageRequest { limit: Some(2), after: None };
        loop {
            let mails = office.messaging.mails(&office.ctx, &page).await.expect("mails");
            seen.extend(mails.items.into_iter().map(|mail| mail.id));
            match mails.next {
                Some(next) => page.after = Some(next),
                None => break,
            }
        }
        assert!(seen.len() == 5 && seen.is_sorted_by(|a, b| a > b), "{seen:?}");
        assert_eq!(office.messaging.mail(&office.ctx, seen[0]).await.expect("a mail").id, seen[0]);
        let wrong = PageRequest { after: Some("x".into()), limit: None };
        assert!(matches!(office.messaging.mails(&office.ctx, &wrong).await, Err(Error::Invalid { .. })));
    }

    async fn a_letter_goes_out_once_more_unless_its_link_works_once(kit: TestKit) {
        let office = Office::new(&kit).await;
        welcome(&office, "Ada").await;
        let first = office.only_mail().await;
        let again = office.messaging.send_again(&office.ctx, first.id).await.expect("queued");
        assert!(again.id != first.id && again.text == first.text && again.to == first.to);
        assert_eq!((again.state, again.attempts), (MailState::Queued, 0));
        office.carry().await;
        assert_eq!(office.postman.carried().len(), 2);
        assert_eq!(office.messaging.mail(&office.ctx, again.id).await.expect("a mail").state, MailState::Sent);

        let customer_id = office.accounts.add("Grace", "grace@example.com");
        office.publish(&PasswordResetRequested { customer_id, reset_id: Uuid::from_u128(7) }).await;
        office.carry().await;
        let mails = office.mails().await;
        let reset = mails.iter().find(|mail| mail.template == "password_reset").expect("a reset");
        let refused = office.messaging.send_again(&office.ctx, reset.id).await;
        assert!(matches!(&refused, Err(Error::Conflict { code, .. }) if code == "only_once"), "{refused:?}");
        let refused = office.messaging.send_again(&Ctx::guest("test"), first.id).await;
        assert!(matches!(refused, Err(Error::Unauthenticated { .. })), "{refused:?}");
    }

    async fn shoppers_read_no_mail(kit: TestKit) {
        let office = Office::new(&kit).await;
        welcome(&office, "Ada").await;
        let guest = Ctx::guest("test");
        let id = office.only_mail().await.id;
        assert!(matches!(office.messaging.mail(&guest, id).await, Err(Error::Unauthenticated { .. })));
        let all = office.messaging.mails(&guest, &PageRequest::default()).await;
        assert!(matches!(all, Err(Error::Unauthenticated { .. })));
        let none = office.messaging.mail(&office.ctx, Id::new(Uuid::from_u128(1))).await;
        assert_eq!(none, Err(Error::not_found("mail")));
    }

    async fn a_letter_signs_as_the_shop_is_called_by_then(kit: TestKit) {
        let office = Office::new(&kit).await;
        welcome(&office, "Ada").await;
        office.shop.change(|shop| {
            shop.name = "Tern".into();
            shop.email = "hello@tern.example".into();
        });
        welcome(&office, "Grace").await;
        let mails = office.mails().await;
        assert!(mails[0].text.contains("Tea & <Sons>") && !mails[0].text.contains("Tern"), "{}", mails[0].text);
        assert!(mails[1].text.contains("Tern") && mails[1].html.contains("hello@tern.example"), "{}", mails[1].text);
        let senders = office.postman.senders();
        let names: Vec<_> = senders.iter().map(|one| (one.name.as_str(), one.email.as_str())).collect();
        assert_eq!(names, [("Tea & <Sons>", "shop@shop.example"), ("Tern", "hello@tern.example")]);
    }
}
