//! Registering, signing in, and who a token speaks for.

use futures::future::join_all;
use souk_contract::{ChangePassword, Error, Identity as _, Register};
use souk_kernel::{each_engine, testing::TestKit};

use crate::{PASSWORD, People, code};

each_engine! {
    async fn an_address_is_one_account_whatever_its_case(kit: TestKit) {
        let people = People::new(&kit).await;
        let first = people.register("Ada@Example.com").await.expect("an account");
        assert_eq!(first.customer.email, "Ada@Example.com");
        assert_eq!(code(&people.register("ada@example.COM").await.expect_err("taken")), "cannot_register");
        let again = people.sign_in(" ADA@example.com ", PASSWORD).await.expect("signed in");
        assert_eq!(again.customer.id, first.customer.id);
        assert_ne!(again.token, first.token);
    }

    async fn bad_input_names_every_field(kit: TestKit) {
        let people = People::new(&kit).await;
        let request = Register { email: "no address".into(), password: "short".into(), name: "A\u{7}".into() };
        let Err(Error::Invalid { fields }) = people.identity.register(&people.guest, request).await else {
            panic!("it must be refused")
        };
        let named: Vec<_> = fields.iter().map(|field| field.field.as_str()).collect();
        assert_eq!(named, ["email", "name", "password"]);
        let request = Register { email: "a@b.example".into(), password: "Password123".into(), name: "A".into() };
        let common = people.identity.register(&people.guest, request).await.expect_err("guessed first");
        assert_eq!(code(&common), "too_common");
    }

    async fn wrong_password_and_unknown_address_answer_the_same(kit: TestKit) {
        let people = People::new(&kit).await;
        people.register("ada@example.com").await.expect("an account");
        let wrong = people.sign_in("ada@example.com", "wrong wrong wrong").await.expect_err("wrong");
        let unknown = people.sign_in("eve@example.com", "wrong wrong wrong").await.expect_err("unknown");
        assert_eq!(wrong, unknown);
    }

    async fn ten_guesses_in_fifteen_minutes_also_at_the_same_moment(kit: TestKit) {
        let people = People::new(&kit).await;
        people.register("ada@example.com").await.expect("an account");
        let guesses = (0..16).map(|_| people.sign_in("ada@example.com", "wrong wrong wrong"));
        let answers: Vec<_> = join_all(guesses).await.into_iter().map(|guess| guess.expect_err("wrong")).collect();
        assert_eq!(answers.iter().filter(|error| code(error) == "wrong_credentials").count(), 10);
        assert_eq!(answers.iter().filter(|error| code(error) == "limited").count(), 6);
        let right = people.sign_in("ada@example.com", PASSWORD).await.expect_err("even the right one");
        assert!(matches!(right, Error::Limited { retry_after_seconds: 1..=900 }), "{right}");
        kit.later(901);
        people.sign_in("ada@example.com", PASSWORD).await.expect("the wait is over");
    }

    async fn a_session_ends_by_signing_out_and_by_time(kit: TestKit) {
        let people = People::new(&kit).await;
        let first = people.register("ada@example.com").await.expect("an account");
        let second = people.sign_in("ada@example.com", PASSWORD).await.expect("signed in");
        people.identity.sign_out(&people.guest, &first.token).await.expect("signed out");
        assert!(!people.knows(&first.token).await);
        assert!(people.knows(&second.token).await);
        kit.later(31 * 86_400);
        assert!(!people.knows(&second.token).await);
        assert!(!people.knows("nonsense").await);
    }

    async fn a_new_password_ends_the_other_sessions(kit: TestKit) {
        let people = People::new(&kit).await;
        let old = people.register("ada@example.com").await.expect("an account");
        let ctx = people.as_customer(old.customer.id);
        let wrong = ChangePassword { current: "not this one".into(), new: "another good one".into() };
        assert_eq!(code(&people.identity.change_password(&ctx, wrong).await.expect_err("wrong")), "wrong_credentials");
        let change = ChangePassword { current: PASSWORD.into(), new: "another good one".into() };
        let fresh = people.identity.change_password(&ctx, change).await.expect("changed");
        assert!(!people.knows(&old.token).await);
        assert!(people.knows(&fresh.token).await);
        people.sign_in("ada@example.com", PASSWORD).await.expect_err("the old one is gone");
        people.sign_in("ada@example.com", "another good one").await.expect("the new one works");
    }

    async fn secrets_are_stored_as_hashes_only(kit: TestKit) {
        let people = People::new(&kit).await;
        let signed_in = people.register("ada@example.com").await.expect("an account");
        let mut reader = people.db.read().await.expect("a reader");
        let (hash,): (String,) = reader.query("select password_hash from customer").one().await.expect("a row");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let (token,): (Vec<u8>,) = reader.query("select token_hash from session").one().await.expect("a row");
        assert_ne!(token, signed_in.token.as_bytes());
        let events: Vec<(String,)> = reader.query("select cast(payload as text) from outbox").all().await.expect("rows");
        assert!(events.iter().all(|(payload,)| !payload.contains("ada@") && !payload.contains(&signed_in.token)));
    }
}
