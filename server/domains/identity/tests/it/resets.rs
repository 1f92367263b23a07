//! Passwords that were forgotten.

use souk_contract::{Ctx, Identity as _, PasswordResetRequested, ResetPassword};
use souk_kernel::{db::Json, each_engine, testing::TestKit};
use uuid::Uuid;

use crate::{PASSWORD, People, code};

async fn requested(people: &People) -> Vec<Uuid> {
    let mut reader = people.db.read().await.expect("a reader");
    let rows: Vec<(Json<PasswordResetRequested>,)> = reader
        .query("select payload from outbox where kind = 'identity.password_reset_requested' order by seq")
        .all()
        .await
        .expect("the outbox");
    rows.into_iter().map(|(event,)| event.0.reset_id).collect()
}

async fn letter(people: &People, reset: Uuid) -> Option<String> {
    let letter = people.identity.reset_letter(&Ctx::system("test"), reset).await.expect("an answer");
    letter.map(|letter| letter.token)
}

fn new_password(token: String) -> ResetPassword {
    ResetPassword { token, new: "a brand new password".into() }
}

each_engine! {
    async fn a_link_works_once_and_ends_every_session(kit: TestKit) {
        let people = People::new(&kit).await;
        let old = people.register("ada@example.com").await.expect("an account");
        people.identity.request_reset(&people.guest, "ADA@example.com").await.expect("asked");
        let reset = requested(&people).await[0];
        let token = letter(&people, reset).await.expect("a letter");
        people.identity.reset_password(&people.guest, new_password(token.clone())).await.expect("reset");
        assert!(!people.knows(&old.token).await);
        people.sign_in("ada@example.com", PASSWORD).await.expect_err("the old one is gone");
        people.sign_in("ada@example.com", "a brand new password").await.expect("the new one works");
        let again = people.identity.reset_password(&people.guest, new_password(token)).await.expect_err("used");
        assert_eq!(code(&again), "reset_over");
        assert_eq!(letter(&people, reset).await, None);
    }

    async fn only_the_last_letter_of_a_request_works_and_only_for_an_hour(kit: TestKit) {
        let people = People::new(&kit).await;
        people.register("ada@example.com").await.expect("an account");
        people.identity.request_reset(&people.guest, "ada@example.com").await.expect("asked");
        let reset = requested(&people).await[0];
        let first = letter(&people, reset).await.expect("a letter");
        let second = letter(&people, reset).await.expect("a letter");
        people.identity.reset_password(&people.guest, new_password(first)).await.expect_err("replaced");
        kit.later(3601);
        people.identity.reset_password(&people.guest, new_password(second)).await.expect_err("too late");
        people.sign_in("ada@example.com", PASSWORD).await.expect("nothing changed");
    }

    async fn an_unknown_address_gets_the_same_answer_and_no_letter(kit: TestKit) {
        let people = People::new(&kit).await;
        people.identity.request_reset(&people.guest, "eve@example.com").await.expect("the same answer");
        assert!(requested(&people).await.is_empty());
    }

    async fn shoppers_can_not_ask_for_the_letter(kit: TestKit) {
        let people = People::new(&kit).await;
        let ada = people.register("ada@example.com").await.expect("an account");
        people.identity.request_reset(&people.guest, "ada@example.com").await.expect("asked");
        let reset = requested(&people).await[0];
        for ctx in [people.guest.clone(), people.as_customer(ada.customer.id)] {
            people.identity.reset_letter(&ctx, reset).await.expect_err("not for shoppers");
        }
    }
}
