//! Staff and their tokens.

use souk_contract::{Actor, CreateStaff, Ctx, Identity as _, Role};
use souk_kernel::{each_engine, testing::TestKit};

use crate::{People, code};

fn request(email: &str, role: Role) -> CreateStaff {
    CreateStaff { email: email.into(), name: "Sam".into(), role }
}

each_engine! {
    async fn a_token_speaks_for_its_role_and_only_owners_make_staff(kit: TestKit) {
        let people = People::new(&kit).await;
        let system = Ctx::system("test");
        let made = people.identity.create_staff(&system, request("sam@example.com", Role::Fulfilment)).await.expect("staff");
        let actor = people.identity.authenticate_staff(&people.guest, &made.token).await.expect("an answer");
        assert_eq!(actor, Some(Actor::Staff { id: made.id, role: Role::Fulfilment }));
        assert_eq!(people.identity.authenticate_staff(&people.guest, "guess").await.expect("an answer"), None);
        assert!(!people.knows(&made.token).await, "a staff token is no session");
        for role in [Role::Manager, Role::Fulfilment, Role::ReadOnly] {
            let ctx = people.guest.clone().with_actor(Actor::Staff { id: made.id, role });
            let refused = people.identity.create_staff(&ctx, request("x@example.com", Role::Owner)).await;
            assert_eq!(code(&refused.expect_err("only owners")), "denied");
        }
        let twice = people.identity.create_staff(&system, request("SAM@example.com", Role::Owner)).await;
        assert_eq!(code(&twice.expect_err("taken")), "email_taken");
    }
}
