//! Staff: how they get in, and what they let programs do.

use souk_contract::{
    Actor, ApiTokenId, ChangeStaffPassword, CreateApiKey, CreateStaff, Ctx, Preset, Resource, Result,
    StaffCreated, StaffSignIn, StaffSignedIn, Staffing as _, TwoFactorSecret,
};
use souk_kernel::{each_engine, testing::TestKit};
use totp_rs::{Algorithm, Secret, TOTP};

use crate::{PASSWORD, People, code};

const SAM: &str = "sam@example.com";

pub(crate) fn request(email: &str, role: Preset) -> CreateStaff {
    CreateStaff { email: email.into(), name: "Sam".into(), role: role.into() }
}

/// What the member's phone shows.
pub(crate) fn app(secret: &TwoFactorSecret, kit: &TestKit) -> String {
    let secret = Secret::Encoded(secret.secret.clone()).to_bytes().expect("base32");
    let app = TOTP::new(Algorithm::SHA1, 6, 1, 30, secret, None, String::new()).expect("an app");
    app.generate(u64::try_from(kit.now().micros() / 1_000_000).expect("after 1970"))
}

impl People {
    pub(crate) async fn staff(&self, role: Preset) -> StaffCreated {
        let system = Ctx::system("test");
        let made = self.identity.create_staff(&system, request(SAM, role)).await.expect("staff");
        self.identity.reset_staff_password(&system, SAM, PASSWORD).await.expect("a password");
        made
    }

    pub(crate) async fn enter(&self, password: &str, code: Option<&str>) -> Result<StaffSignedIn> {
        let code = code.map(str::to_owned);
        let request = StaffSignIn { email: "Sam@Example.com".into(), password: password.into(), code };
        self.identity.sign_in_staff(&self.guest, request, "Firefox\n on Debian").await
    }

    pub(crate) async fn enter_as(&self, email: &str) -> String {
        let request = StaffSignIn { email: email.into(), password: PASSWORD.into(), code: None };
        self.identity.sign_in_staff(&self.guest, request, "test").await.expect("signed in").token
    }

    pub(crate) async fn speaks_for(&self, token: &str) -> Option<Actor> {
        self.identity.authenticate_staff(&self.guest, token).await.expect("an answer")
    }

    /// As the server sees who sends this token.
    pub(crate) async fn with(&self, token: &str) -> Ctx {
        self.guest.clone().with_actor(self.speaks_for(token).await.expect("somebody"))
    }
}

each_engine! {
    async fn a_token_speaks_for_its_role_and_only_owners_make_staff(kit: TestKit) {
        let people = People::new(&kit).await;
        let system = Ctx::system("test");
        let made = people.identity.create_staff(&system, request(SAM, Preset::Fulfilment)).await.expect("staff");
        let actor = Actor::staff(made.id, Preset::Fulfilment.grants());
        assert_eq!(people.speaks_for(&made.token).await, Some(actor));
        assert_eq!(people.speaks_for("guess").await, None);
        assert!(!people.knows(&made.token).await, "a staff token is no session of a customer");
        for preset in Preset::ALL.iter().filter(|preset| **preset != Preset::Owner) {
            let actor = Actor::staff(made.id, preset.grants());
            let ctx = people.guest.clone().with_actor(actor);
            let refused = people.identity.create_staff(&ctx, request("x@example.com", Preset::Owner)).await;
            assert_eq!(code(&refused.expect_err("only owners")), "denied");
            let refused = people.identity.reset_staff_password(&ctx, SAM, PASSWORD).await;
            assert_eq!(code(&refused.expect_err("only the command line")), "denied");
        }
        let twice = people.identity.create_staff(&system, request("SAM@example.com", Preset::Owner)).await;
        assert_eq!(code(&twice.expect_err("taken")), "email_taken");
    }

    async fn a_session_begins_is_listed_and_ends(kit: TestKit) {
        let people = People::new(&kit).await;
        let made = people.staff(Preset::Manager).await;
        assert_eq!(code(&people.enter("not this one", None).await.expect_err("wrong")), "wrong_credentials");
        let first = people.enter(PASSWORD, None).await.expect("signed in");
        let second = people.enter(PASSWORD, None).await.expect("signed in");
        assert_eq!((first.staff.id, first.staff.role, first.staff.email.as_str()), (made.id, Preset::Manager.into(), SAM));
        let ctx = people.with(&first.token).await;
        kit.later(11 * 60);
        people.with(&first.token).await;

        let sessions = people.identity.staff_sessions(&ctx).await.expect("sessions");
        assert_eq!(sessions.iter().map(|session| session.id).collect::<Vec<_>>(), [second.session_id, first.session_id]);
        assert_eq!(sessions.iter().map(|session| session.current).collect::<Vec<_>>(), [false, true]);
        assert_eq!(sessions[1].device, "Firefox on Debian");
        assert_eq!(sessions[1].seen_at, kit.now());
        assert!(sessions[0].seen_at < kit.now());

        people.identity.end_staff_session(&ctx, second.session_id).await.expect("ended");
        assert_eq!(people.speaks_for(&second.token).await, None);
        let again = people.identity.end_staff_session(&ctx, second.session_id).await;
        assert_eq!(code(&again.expect_err("gone")), "not_found");
        people.identity.sign_out_staff(&ctx).await.expect("signed out");
        assert_eq!(people.speaks_for(&first.token).await, None);

        let third = people.enter(PASSWORD, None).await.expect("signed in");
        kit.later(14 * 86_400);
        assert_eq!(people.speaks_for(&third.token).await, None, "over after two weeks");
    }

    async fn a_changed_password_ends_the_other_sessions(kit: TestKit) {
        let people = People::new(&kit).await;
        people.staff(Preset::Owner).await;
        let here = people.enter(PASSWORD, None).await.expect("signed in");
        let elsewhere = people.enter(PASSWORD, None).await.expect("signed in");
        let ctx = people.with(&here.token).await;
        let change = |current: &str, new: &str| ChangeStaffPassword { current: current.into(), new: new.into() };
        let wrong = people.identity.change_staff_password(&ctx, change("not this one", "another long one")).await;
        assert_eq!(code(&wrong.expect_err("wrong")), "wrong_credentials");
        let weak = people.identity.change_staff_password(&ctx, change(PASSWORD, "password123")).await;
        assert_eq!(code(&weak.expect_err("weak")), "too_common");
        people.identity.change_staff_password(&ctx, change(PASSWORD, "another long one")).await.expect("changed");
        assert!(people.speaks_for(&here.token).await.is_some());
        assert_eq!(people.speaks_for(&elsewhere.token).await, None);
        assert!(people.enter(PASSWORD, None).await.is_err());
        people.enter("another long one", None).await.expect("signed in");
    }

    async fn a_second_factor_is_asked_for_and_no_code_is_good_twice(kit: TestKit) {
        let people = People::new(&kit).await;
        people.staff(Preset::Owner).await;
        let ctx = people.with(&people.enter(PASSWORD, None).await.expect("signed in").token).await;
        let secret = people.identity.begin_two_factor(&ctx).await.expect("a secret");
        assert!(secret.url.starts_with("otpauth://totp/Test%20shop:sam%40example.com?"), "{}", secret.url);
        let wrong = people.identity.confirm_two_factor(&ctx, "000000").await;
        assert_eq!(code(&wrong.expect_err("a guess")), "wrong_code");
        people.enter(PASSWORD, None).await.expect("not in force yet");

        let first = app(&secret, &kit);
        let codes = people.identity.confirm_two_factor(&ctx, &first).await.expect("in force").codes;
        assert_eq!(code(&people.enter(PASSWORD, None).await.expect_err("no code")), "two_factor_required");
        assert_eq!(code(&people.enter(PASSWORD, Some(&first)).await.expect_err("used")), "wrong_code");
        assert_eq!(code(&people.enter("not this one", Some(&first)).await.expect_err("wrong")), "wrong_credentials");
        kit.later(30);
        let second = app(&secret, &kit);
        let entered = people.enter(PASSWORD, Some(&second)).await.expect("signed in");
        assert_eq!(entered.staff.recovery_codes, 10);
        assert!(entered.staff.two_factor_since.is_some());
        assert_eq!(code(&people.enter(PASSWORD, Some(&second)).await.expect_err("used")), "wrong_code");

        // Without the phone.
        let entered = people.enter(PASSWORD, Some(&codes[3].to_uppercase())).await.expect("signed in");
        assert_eq!(entered.staff.recovery_codes, 9);
        assert_eq!(code(&people.enter(PASSWORD, Some(&codes[3])).await.expect_err("used")), "wrong_code");

        // Whoever finds the browser open gets no further.
        assert_eq!(code(&people.identity.begin_two_factor(&ctx).await.expect_err("on")), "two_factor_on");
        assert_eq!(code(&people.identity.end_two_factor(&ctx, "000000").await.expect_err("a guess")), "wrong_code");
        people.identity.end_two_factor(&ctx, &codes[5]).await.expect("off");
        people.enter(PASSWORD, None).await.expect("signed in");
        assert_ne!(people.identity.begin_two_factor(&ctx).await.expect("a secret"), secret, "another one");
    }

    async fn the_command_line_helps_who_lost_everything(kit: TestKit) {
        let people = People::new(&kit).await;
        people.staff(Preset::Owner).await;
        let entered = people.enter(PASSWORD, None).await.expect("signed in");
        let ctx = people.with(&entered.token).await;
        let secret = people.identity.begin_two_factor(&ctx).await.expect("a secret");
        people.identity.confirm_two_factor(&ctx, &app(&secret, &kit)).await.expect("in force");
        let system = Ctx::system("test");
        people.identity.reset_staff_password(&system, SAM, "found again, long").await.expect("set");
        assert_eq!(people.speaks_for(&entered.token).await, None);
        let entered = people.enter("found again, long", None).await.expect("signed in");
        assert_eq!((entered.staff.two_factor_since, entered.staff.recovery_codes), (None, 0));
        let ctx = people.with(&entered.token).await;
        assert_ne!(people.identity.begin_two_factor(&ctx).await.expect("a secret"), secret, "the phone is lost");
        let nobody = people.identity.reset_staff_password(&system, "x@example.com", PASSWORD).await;
        assert_eq!(code(&nobody.expect_err("nobody")), "not_found");
    }

    async fn guesses_are_limited_also_where_only_the_code_is_guessed(kit: TestKit) {
        let people = People::new(&kit).await;
        people.staff(Preset::Owner).await;
        let ctx = people.with(&people.enter(PASSWORD, None).await.expect("signed in").token).await;
        let secret = people.identity.begin_two_factor(&ctx).await.expect("a secret");
        people.identity.confirm_two_factor(&ctx, &app(&secret, &kit)).await.expect("in force");
        for _ in 0..10 {
            let guess = people.enter(PASSWORD, Some("000000")).await;
            assert_eq!(code(&guess.expect_err("a guess")), "wrong_code");
        }
        kit.later(30);
        let right = app(&secret, &kit);
        assert_eq!(code(&people.enter(PASSWORD, Some(&right)).await.expect_err("too many")), "limited");
        kit.later(15 * 60);
        people.enter(PASSWORD, Some(&app(&secret, &kit))).await.expect("signed in");
    }

    async fn a_key_does_no_more_than_its_maker_and_nothing_about_access(kit: TestKit) {
        let people = People::new(&kit).await;
        let made = people.staff(Preset::Manager).await;
        let ctx = people.with(&people.enter(PASSWORD, None).await.expect("signed in").token).await;
        let key = |role: Preset, expires_at| CreateApiKey { name: "warehouse".into(), role: role.into(), expires_at };
        let more = people.identity.create_api_key(&ctx, key(Preset::Owner, None)).await;
        assert_eq!(code(&more.expect_err("more than a manager")), "denied");
        let past = people.identity.create_api_key(&ctx, key(Preset::ReadOnly, Some(kit.now()))).await;
        assert_eq!(code(&past.expect_err("over at once")), "out_of_range");

        let ends = kit.now().plus_seconds(60);
        let reader = people.identity.create_api_key(&ctx, key(Preset::ReadOnly, Some(ends))).await.expect("a key");
        assert!(reader.token.ends_with(&reader.key.hint) && reader.key.hint.len() == 4);
        let as_key = people.with(&reader.token).await;
        assert!(as_key.require(Resource::Orders.read()).is_ok() && as_key.require(Resource::Orders.write()).is_err());
        for refused in [
            people.identity.staff_member(&as_key).await.map(drop),
            people.identity.staff_sessions(&as_key).await.map(drop),
            people.identity.sign_out_staff(&as_key).await,
            people.identity.begin_two_factor(&as_key).await.map(drop),
            people.identity.create_api_key(&as_key, key(Preset::ReadOnly, None)).await.map(drop),
            people.identity.rotate_api_key(&as_key, reader.key.id).await.map(drop),
            people.identity.revoke_api_key(&as_key, made.token_id).await,
        ] {
            assert_eq!(code(&refused.expect_err("in person only")), "denied");
        }

        let rotated = people.identity.rotate_api_key(&ctx, reader.key.id).await.expect("another token");
        assert_eq!(people.speaks_for(&reader.token).await, None);
        assert!(people.speaks_for(&rotated.token).await.is_some());
        let listed = people.identity.api_keys(&ctx).await.expect("keys");
        assert_eq!(listed.iter().map(|key| key.id).collect::<Vec<_>>(), [reader.key.id, made.token_id]);
        assert_eq!(listed[0], rotated.key);
        kit.later(60);
        assert_eq!(people.speaks_for(&rotated.token).await, None, "over");

        people.identity.revoke_api_key(&ctx, made.token_id).await.expect("revoked");
        assert_eq!(people.speaks_for(&made.token).await, None);
        let nobody: ApiTokenId = kit.kit().ids.next();
        assert_eq!(code(&people.identity.revoke_api_key(&ctx, nobody).await.expect_err("none")), "not_found");
        assert!(people.identity.api_keys(&ctx).await.expect("keys").is_empty());
    }
}
