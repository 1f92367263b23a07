//! Who works here, and what the shop's roles allow.

use souk_contract::{
    AcceptInvitation, Actor, Audit as _, AuditQuery, ColleagueState, CreateApiKey, Ctx, Grants, Id, Preset,
    Reach, Resource, Role, RoleInput, StaffInvited, Staffing as _, UpdateStaff, Views as _,
};
use souk_kernel::{audit::LocalAudit, each_engine, testing::TestKit};
use uuid::Uuid;

use crate::{
    PASSWORD, People, code,
    staff::{app, request},
};

fn role(name: &str, permissions: &[&str]) -> RoleInput {
    let grants = permissions.iter().map(|word| word.parse().expect("a permission")).collect();
    RoleInput { name: name.into(), grants, locations: Reach::default() }
}

impl People {
    /// Sam, signed in.
    async fn owner(&self) -> Ctx {
        self.staff(Preset::Owner).await;
        let token = self.enter(PASSWORD, None).await.expect("signed in").token;
        self.with(&token).await
    }

    async fn accept(&self, invited: &StaffInvited) -> souk_contract::Result<Ctx> {
        let request = AcceptInvitation { token: invited.token.clone(), password: PASSWORD.into() };
        let token = self.identity.accept_invitation(&self.guest, request, "test").await?.token;
        Ok(self.with(&token).await)
    }

    async fn invite(
        &self,
        by: &Ctx,
        name: &str,
        role: impl Into<Role>,
    ) -> souk_contract::Result<StaffInvited> {
        let email = format!("{name}@example.com");
        let request = souk_contract::CreateStaff { email, name: name.into(), role: role.into() };
        self.identity.invite_staff(by, request).await
    }
}

each_engine! {
    async fn an_invitation_lets_in_once_and_for_seven_days(kit: TestKit) {
        let people = People::new(&kit).await;
        let sam = people.owner().await;
        let invited = people.invite(&sam, "kim", Preset::Support).await.expect("invited");
        assert_eq!(invited.colleague.state, ColleagueState::Invited);
        let taken = people.invite(&sam, "KIM", Preset::Support).await;
        assert_eq!(code(&taken.expect_err("taken")), "email_taken");
        let weak = AcceptInvitation { token: invited.token.clone(), password: "short".into() };
        assert_eq!(code(&people.identity.accept_invitation(&people.guest, weak, "").await.expect_err("weak")), "out_of_range");
        let kim = people.accept(&invited).await.expect("in");
        assert!(kim.require(Resource::Orders.write()).is_ok() && kim.require(Resource::Settings.read()).is_err());
        assert_eq!(code(&people.accept(&invited).await.expect_err("used")), "invalid");

        let late = people.invite(&sam, "lee", Preset::Support).await.expect("invited");
        kit.later(7 * 86_400);
        assert_eq!(code(&people.accept(&late).await.expect_err("late")), "invalid");
        let again = people.identity.invite_again(&sam, late.colleague.id).await.expect("invited");
        people.accept(&again).await.expect("in");
        let states: Vec<_> = people.identity.colleagues(&sam).await.expect("colleagues");
        let states: Vec<_> = states.iter().map(|one| (one.name.as_str(), one.state)).collect();
        assert_eq!(states, [("kim", ColleagueState::Active), ("lee", ColleagueState::Active), ("Sam", ColleagueState::Active)]);
    }

    async fn nobody_gives_what_they_lack_nor_touches_whoever_may_more(kit: TestKit) {
        let people = People::new(&kit).await;
        let sam = people.owner().await;
        let clerk = role("Clerk", &["staff:write", "orders:write"]);
        let clerk = people.identity.put_role(&sam, None, clerk, None).await.expect("a role");
        let kim = people.invite(&sam, "kim", clerk.role).await.expect("invited");
        let kim_id = kim.colleague.id;
        let kim = people.accept(&kim).await.expect("in");

        assert_eq!(code(&people.invite(&kim, "lee", Preset::Owner).await.expect_err("more")), "denied");
        assert_eq!(code(&people.invite(&kim, "lee", Preset::Analyst).await.expect_err("other")), "denied");
        people.invite(&kim, "lee", clerk.role).await.expect("the same");
        let more = role("Boss", &["staff:write", "settings:write"]);
        assert_eq!(code(&people.identity.put_role(&kim, None, more.clone(), None).await.expect_err("more")), "denied");
        let Role::Custom(id) = clerk.role else { panic!("{clerk:?}") };
        let wider = people.identity.put_role(&kim, Some(id), more, Some(1)).await;
        assert_eq!(code(&wider.expect_err("more")), "denied");
        let raise = UpdateStaff { name: "Kim".into(), role: Preset::Owner.into() };
        assert_eq!(code(&people.identity.update_staff(&kim, kim_id, raise, None).await.expect_err("herself")), "denied");
        let Actor::Staff { id: sam_id, .. } = sam.actor else { panic!("{sam:?}") };
        let lower = UpdateStaff { name: "Sam".into(), role: clerk.role };
        for refused in [
            people.identity.update_staff(&kim, sam_id, lower, None).await.map(drop),
            people.identity.remove_staff(&kim, sam_id).await,
            people.identity.invite_again(&kim, sam_id).await.map(drop),
        ] {
            assert_eq!(code(&refused.expect_err("an owner")), "denied");
        }
        // Nor somebody who may not change staff at all, or a guest.
        let reader = people.guest.clone().with_actor(Actor::staff(kim_id, Preset::Manager.grants()));
        assert_eq!(code(&people.invite(&reader, "max", Preset::ReadOnly).await.expect_err("a manager")), "denied");
        assert_eq!(code(&people.identity.colleagues(&people.guest).await.expect_err("a guest")), "unauthenticated");
    }

    async fn a_role_changes_at_once_and_stays_while_it_is_used(kit: TestKit) {
        let people = People::new(&kit).await;
        let sam = people.owner().await;
        let made = people.identity.put_role(&sam, None, role("Packer", &["orders:write"]), None).await.expect("a role");
        let Role::Custom(id) = made.role else { panic!("{made:?}") };
        for (name, grants) in [("packer", vec!["orders:read"]), ("OWNER", vec!["orders:read"])] {
            let taken = people.identity.put_role(&sam, None, role(name, &grants), None).await;
            assert_eq!(code(&taken.expect_err("taken")), "taken");
        }
        let nothing = people.identity.put_role(&sam, None, role("Nobody", &[]), None).await;
        assert_eq!(code(&nothing.expect_err("nothing")), "required");
        let kim = people.invite(&sam, "kim", made.role).await.expect("invited");
        let ctx = people.accept(&kim).await.expect("in");
        let key = CreateApiKey { name: "scanner".into(), role: made.role, expires_at: None };
        let key = people.identity.create_api_key(&ctx, key).await.expect("a key");
        assert_eq!(people.with(&key.token).await.require(Resource::Orders.write()), Ok(()));

        let narrower = role("Packer", &["orders:read"]);
        let stale = people.identity.put_role(&sam, Some(id), narrower.clone(), Some(9)).await;
        assert_eq!(code(&stale.expect_err("stale")), "stale_version");
        let now = people.identity.put_role(&sam, Some(id), narrower, Some(1)).await.expect("changed");
        assert_eq!((now.version, now.members), (2, 1));
        let token = people.enter_as("kim@example.com").await;
        for token in [token, key.token] {
            let ctx = people.with(&token).await;
            assert!(ctx.require(Resource::Orders.read()).is_ok() && ctx.require(Resource::Orders.write()).is_err());
        }
        assert_eq!(code(&people.identity.remove_role(&sam, id).await.expect_err("in use")), "role_in_use");
        let other = UpdateStaff { name: "Kim".into(), role: Preset::ReadOnly.into() };
        people.identity.update_staff(&sam, kim.colleague.id, other, Some(1)).await.expect("changed");
        people.identity.remove_staff(&sam, kim.colleague.id).await.expect("removed");
        people.identity.remove_role(&sam, id).await.expect("unused");
        let roles = people.identity.roles(&sam).await.expect("roles");
        assert_eq!(roles.len(), Preset::ALL.len());
        assert_eq!((roles[0].grants, roles[0].members), (Grants::everything(), 1));
    }

    async fn whoever_is_removed_is_out_and_the_last_owner_stays(kit: TestKit) {
        let people = People::new(&kit).await;
        let sam = people.owner().await;
        let Actor::Staff { id: sam_id, .. } = sam.actor else { panic!("{sam:?}") };
        assert_eq!(code(&people.identity.remove_staff(&sam, sam_id).await.expect_err("alone")), "last_owner");
        let lower = UpdateStaff { name: "Sam".into(), role: Preset::Manager.into() };
        let lower = people.identity.update_staff(&sam, sam_id, lower, None).await;
        assert_eq!(code(&lower.expect_err("alone")), "last_owner");

        let kim = people.invite(&sam, "kim", Preset::Owner).await.expect("invited");
        let ctx = people.accept(&kim).await.expect("in");
        let secret = people.identity.begin_two_factor(&ctx).await.expect("a secret");
        people.identity.confirm_two_factor(&ctx, &app(&secret, &kit)).await.expect("in force");
        let key = CreateApiKey { name: "k".into(), role: Preset::Owner.into(), expires_at: None };
        let key = people.identity.create_api_key(&ctx, key).await.expect("a key").token;
        people.identity.remove_staff(&ctx, sam_id).await.expect("there is another owner");
        assert!(people.enter(PASSWORD, None).await.is_err());
        assert_eq!(code(&people.identity.remove_staff(&ctx, kim.colleague.id).await.expect_err("alone")), "last_owner");
        // Two who go at once: one stays.
        let back = people.identity.invite_again(&ctx, sam_id).await.expect("invited");
        let sam = people.accept(&back).await.expect("in");
        let (one, two) = tokio::join!(
            people.identity.remove_staff(&sam, kim.colleague.id),
            people.identity.remove_staff(&ctx, sam_id),
        );
        assert_eq!([one.is_ok(), two.is_ok()].iter().filter(|ok| **ok).count(), 1, "{one:?} {two:?}");
        if one.is_ok() {
            assert_eq!(people.speaks_for(&key).await, None, "with the keys");
        }
    }

    async fn what_was_done_to_whom_is_written_down(kit: TestKit) {
        let people = People::new(&kit).await;
        let sam = people.owner().await;
        let kim = people.invite(&sam, "kim", Preset::Support).await.expect("invited");
        let change = UpdateStaff { name: "Kim 100%".into(), role: Preset::Manager.into() };
        people.identity.update_staff(&sam, kim.colleague.id, change.clone(), Some(1)).await.expect("changed");
        people.identity.update_staff(&sam, kim.colleague.id, change, Some(2)).await.expect("nothing to change");
        let lee = people.identity.create_staff(&Ctx::system("cli"), request("lee@example.com", Preset::Owner)).await;
        lee.expect("by the command line");
        let log = LocalAudit::new(vec![people.db.clone()]);
        let find = async |query: AuditQuery| log.entries(&sam, &query).await.expect("entries");
        let all = find(AuditQuery::default()).await.items;
        assert_eq!(all.iter().map(|one| one.action.as_str()).collect::<Vec<_>>(), ["staff.updated", "staff.invited"]);
        let Actor::Staff { id: sam_id, .. } = sam.actor else { panic!("{sam:?}") };
        assert!(all.iter().all(|one| one.staff_id == sam_id && !one.by_key && one.object_id == kim.colleague.id.uuid()));
        let changes: Vec<_> = all[0].changes.iter()
            .map(|one| (one.field.as_str(), one.before.as_deref(), one.after.as_deref())).collect();
        assert_eq!(changes, [("name", Some("kim"), Some("Kim 100%")), ("role", Some("support"), Some("manager"))]);

        let count = async |query: AuditQuery| find(query).await.items.len();
        let text = |text: &str| AuditQuery { text: Some(text.into()), ..AuditQuery::default() };
        assert_eq!((count(text("KIM 100%")).await, count(text("1__%")).await, count(text("support")).await), (1, 0, 2));
        let action = |action: &str| AuditQuery { action: Some(action.into()), ..AuditQuery::default() };
        assert_eq!((count(action("staff.")).await, count(action("staff.inv")).await, count(action("order.")).await), (2, 1, 0));
        let later = AuditQuery { from: Some(kit.now().plus_seconds(1)), ..AuditQuery::default() };
        assert_eq!(count(later).await, 0);
        let first = find(AuditQuery { limit: Some(1), ..AuditQuery::default() }).await;
        let second = find(AuditQuery { after: first.next.clone(), limit: Some(1), ..AuditQuery::default() }).await;
        assert_eq!((first.items[0].id, second.items[0].id, second.next), (all[0].id, all[1].id, None));
        let clerk = people.guest.clone().with_actor(Actor::staff(sam_id, Preset::Support.grants()));
        assert_eq!(code(&log.entries(&clerk, &AuditQuery::default()).await.expect_err("not hers")), "denied");
    }

    async fn a_role_reaches_locations_and_nobody_gives_more_than_their_own(kit: TestKit) {
        let people = People::new(&kit).await;
        let sam = people.owner().await;
        let [here, there] = [1, 2].map(|n| Id::new(Uuid::from_u128(n)));
        let limited = RoleInput {
            locations: Reach::only([here, here]),
            ..role("Shop floor", &["inventory:write", "staff:write"])
        };
        let made = people.identity.put_role(&sam, None, limited.clone(), None).await.expect("a role");
        assert_eq!(made.locations, Reach::only([here]));
        let kim = people.invite(&sam, "kim", made.role).await.expect("invited");
        let kim = people.accept(&kim).await.expect("in");
        assert!(kim.require_at(here).is_ok() && kim.require_at(there).is_err());
        assert!(sam.require_at(there).is_ok());
        assert_eq!(people.identity.staff_member(&kim).await.expect("herself").locations, Reach::only([here]));

        let wider = [role("Everywhere", &["inventory:write"]), RoleInput {
            locations: Reach::only([here, there]), ..role("Both", &["inventory:write"])
        }];
        for wider in wider {
            let refused = people.identity.put_role(&kim, None, wider.clone(), None).await;
            assert_eq!(code(&refused.expect_err("more than hers")), "denied", "{wider:?}");
            let given = people.identity.put_role(&sam, None, wider, None).await.expect("the owner may");
            let refused = people.invite(&kim, "lee", given.role).await;
            assert_eq!(code(&refused.expect_err("more than hers")), "denied");
        }
        // Where it changes no stock, there is nothing to reach.
        people.identity.put_role(&kim, None, role("Looks", &["inventory:read"]), None).await.expect("less than hers");
        let lee = people.invite(&kim, "lee", made.role).await.expect("her own role");
        assert_eq!(lee.colleague.role, made.role);

        // The role changes: whoever has it reaches that at once, and so do their keys.
        let Role::Custom(id) = made.role else { panic!("a role of the shop's own") };
        let request = CreateApiKey { name: "scanner".into(), role: made.role, expires_at: None };
        let key = people.identity.create_api_key(&kim, request).await.expect("a key");
        let moved = RoleInput { locations: Reach::only([there]), ..limited };
        people.identity.put_role(&sam, Some(id), moved, Some(made.version)).await.expect("changed");
        let by_key = people.with(&key.token).await;
        assert!(by_key.require_at(there).is_ok() && by_key.require_at(here).is_err());
    }

    async fn everybody_chooses_the_columns_of_a_list_for_themselves(kit: TestKit) {
        let people = People::new(&kit).await;
        let sam = people.owner().await;
        let invited = people.invite(&sam, "kim", Preset::Support).await.expect("invited");
        let kim = people.accept(&invited).await.expect("in");
        let chosen = || Some(vec!["date".to_owned(), "total".to_owned()]);
        people.identity.set_columns(&sam, "orders", Some(vec!["date".into()])).await.expect("kept");
        people.identity.set_columns(&sam, "orders", chosen()).await.expect("kept anew");
        assert_eq!(people.identity.columns(&sam, "orders").await, Ok(chosen()));
        assert_eq!(people.identity.columns(&sam, "products").await, Ok(None));
        assert_eq!(people.identity.columns(&kim, "orders").await, Ok(None));
        people.identity.set_columns(&sam, "orders", Some(Vec::new())).await.expect("none but the first");
        assert_eq!(people.identity.columns(&sam, "orders").await, Ok(Some(Vec::new())));
        people.identity.set_columns(&sam, "orders", None).await.expect("as it comes");
        assert_eq!(people.identity.columns(&sam, "orders").await, Ok(None));
        for wrong in [vec!["Total!".to_owned()], vec!["x".repeat(41)], vec!["total".to_owned(); 41]] {
            let refused = people.identity.set_columns(&sam, "orders", Some(wrong)).await;
            assert_eq!(code(&refused.expect_err("refused")), "invalid");
        }
        assert!(people.identity.columns(&people.guest, "orders").await.is_err());
    }
}
