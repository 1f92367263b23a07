//! What staff do: drafts, states, versions, codes.

use std::collections::BTreeSet;

use souk_contract::{
    CodeProblem, Condition, ConditionGroup, ConditionTest, Ctx, Error, GroupPolicy, Join, LineSelection,
    MakeCodes, PageRequest, PromotionAction, PromotionInput, PromotionState, Promotions as _, Tier, TierBy,
};
use souk_kernel::{each_engine, testing::TestKit};

use crate::{Desk, eur, is_conflict, ten_percent};

fn rich() -> PromotionInput {
    let cups = LineSelection { label: "cups".into(), tags: vec!["cup".into()], ..LineSelection::default() };
    let test = ConditionTest::Subtotal { amount: eur(1000), of: cups.clone() };
    PromotionInput {
        when: vec![ConditionGroup { join: Join::Any, conditions: vec![Condition { not: true, test }] }],
        exclusive: true,
        group: Some("Autumn".into()),
        group_policy: GroupPolicy::BestDeal,
        per_customer: Some(2),
        budget: Some(eur(50_000)),
        ..PromotionInput::new(
            "Autumn",
            PromotionAction::Tiers {
                by: TierBy::Quantity,
                tiers: vec![Tier { at_least: 3, basis_points: Some(1000), amount: None }],
                of: cups,
            },
        )
    }
}

each_engine! {
    async fn a_draft_becomes_a_promotion_and_ends(kit: TestKit) {
        use PromotionState::{Active, Archived, Draft, Paused};
        let desk = Desk::new(&kit).await;
        let made = desk.promotions.write(&desk.ctx, None, ten_percent("Spring", Some("SPRING")), None).await.expect("a draft");
        assert_eq!((made.state, made.version, made.used), (Draft, 1, 0));
        assert_eq!(desk.find("SPRING").await, Err(CodeProblem::Unknown), "nobody gets a draft");
        let mut version = 1;
        for (next, seen) in [
            (Active, Ok(made.id)), (Paused, Err(CodeProblem::Over)), (Active, Ok(made.id)), (Archived, Err(CodeProblem::Over)),
        ] {
            let moved = desk.promotions.set_state(&desk.ctx, made.id, next, Some(version)).await.expect("moved");
            assert_eq!((moved.state, desk.find("SPRING").await), (next, seen));
            version = moved.version;
        }
        for next in [Draft, Active, Paused, Archived] {
            let refused = desk.promotions.set_state(&desk.ctx, made.id, next, None).await;
            assert!(is_conflict(&refused, "wrong_state"), "{next:?}");
        }
        let refused = desk.promotions.write(&desk.ctx, Some(made.id), ten_percent("Again", None), None).await;
        assert!(is_conflict(&refused, "wrong_state"));
    }

    async fn everything_that_was_written_is_read_again(kit: TestKit) {
        let desk = Desk::new(&kit).await;
        let made = desk.promotions.write(&desk.ctx, None, rich(), None).await.expect("a draft");
        assert_eq!(made.input, rich());
        assert_eq!(desk.promotions.promotion(&desk.ctx, made.id).await.expect("it"), made);
        assert_eq!(desk.promotions.promotions(&desk.ctx).await.expect("all"), std::slice::from_ref(&made));
        desk.promotions.set_state(&desk.ctx, made.id, PromotionState::Active, None).await.expect("active");
        let rules = desk.promotions.automatic(&desk.ctx, None).await.expect("rules");
        assert_eq!((rules[0].when.clone(), rules[0].action.clone()), (rich().when, rich().action));
        assert_eq!((rules[0].exclusive, rules[0].needs_customer, rules[0].left), (true, true, Some(eur(50_000))));
        assert_eq!((rules[0].group.as_deref(), rules[0].group_policy), (Some("Autumn"), GroupPolicy::BestDeal));
    }

    async fn a_stale_write_never_wins(kit: TestKit) {
        let desk = Desk::new(&kit).await;
        let made = desk.promotions.write(&desk.ctx, None, ten_percent("Spring", None), None).await.expect("a draft");
        let write = async |title: &str, version| {
            desk.promotions.write(&desk.ctx, Some(made.id), ten_percent(title, None), Some(version)).await
        };
        assert_eq!(write("Spring sale", 1).await.expect("changed").version, 2);
        assert!(is_conflict(&write("Mine", 1).await, "stale_version"));
        let state = desk.promotions.set_state(&desk.ctx, made.id, PromotionState::Active, Some(1)).await;
        assert!(is_conflict(&state, "stale_version"));
        desk.promotions.write(&desk.ctx, None, ten_percent("Summer", None), None).await.expect("another");
        assert!(is_conflict(&write("Summer", 2).await, "title_taken"));
        assert!(matches!(desk.promotions.promotion(&desk.ctx, kit.kit().ids.next()).await, Err(Error::NotFound { .. })));
    }

    async fn codes_are_many_and_none_like_another(kit: TestKit) {
        let input = PromotionInput { by_codes: true, ..ten_percent("Letters", None) };
        let desk = Desk::new(&kit).await.with(input).await;
        let id = desk.id_of("Letters").await;
        assert_eq!(desk.promotions.automatic(&desk.ctx, None).await.expect("rules"), [], "not by itself");
        let request = MakeCodes { count: 300, prefix: "mail".into(), usage_limit: Some(1) };
        let made = desk.promotions.make_codes(&desk.ctx, id, request).await.expect("codes");
        let unlike: BTreeSet<&str> = made.iter().map(|made| made.code.as_str()).collect();
        assert_eq!(unlike.len(), 300);
        let is_plain = |code: &str| code.len() == 19 && code.starts_with("MAIL-")
            && code[5..].split('-').all(|part| part.len() == 4 && part.bytes().all(|b| b.is_ascii_alphanumeric()));
        assert!(unlike.iter().all(|code| is_plain(code)), "{:?}", made[0].code);
        assert_eq!(desk.find(&made[7].code.to_lowercase()).await, Ok(id));
        // Page by page they are the same.
        let (mut paged, mut after) = (Vec::new(), None);
        loop {
            let page = PageRequest { after, limit: Some(70) };
            let page = desk.promotions.codes(&desk.ctx, id, &page).await.expect("a page");
            paged.extend(page.items.into_iter().map(|made| made.code));
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        assert_eq!(paged.iter().map(String::as_str).collect::<Vec<_>>(), unlike.iter().copied().collect::<Vec<_>>());
        let table = desk.promotions.export_codes(&desk.ctx, id).await.expect("a table");
        assert_eq!(table.lines().count(), 301);
        assert!(table.lines().nth(1).expect("a row").contains(",1,0,false,"));
        desk.promotions.revoke_code(&desk.ctx, id, &made[7].code).await.expect("revoked");
        desk.promotions.revoke_code(&desk.ctx, id, &made[7].code).await.expect("revoked already");
        assert_eq!(desk.find(&made[7].code).await, Err(CodeProblem::Over));
        assert_eq!(desk.promotions.promotion(&desk.ctx, id).await.expect("it").codes, 299);
        assert!(matches!(desk.promotions.revoke_code(&desk.ctx, id, "NONE").await, Err(Error::NotFound { .. })));
    }

    async fn what_is_refused_of_codes(kit: TestKit) {
        let desk = Desk::new(&kit).await.with(ten_percent("One", Some("ONE"))).await;
        let id = desk.id_of("One").await;
        let make = async |count, prefix: &str| {
            let request = MakeCodes { count, prefix: prefix.into(), usage_limit: None };
            desk.promotions.make_codes(&desk.ctx, id, request).await
        };
        assert!(is_conflict(&make(1, "").await, "wrong_state"), "it has a code of its own");
        for (count, prefix) in [(0, ""), (10_001, ""), (1, "a b"), (1, "thirteensigns")] {
            assert!(matches!(make(count, prefix).await, Err(Error::Invalid { .. })), "{count} {prefix}");
        }
        let both = PromotionInput { by_codes: true, ..ten_percent("Both", Some("BOTH")) };
        assert!(matches!(desk.promotions.put(&desk.ctx, both).await, Err(Error::Invalid { .. })));
        // A code that was made is nobody else's.
        let desk = desk.with(PromotionInput { by_codes: true, ..ten_percent("Letters", None) }).await;
        let letters = desk.id_of("Letters").await;
        let request = MakeCodes { count: 1, prefix: String::new(), usage_limit: None };
        let made = desk.promotions.make_codes(&desk.ctx, letters, request).await.expect("a code");
        let taken = desk.promotions.put(&desk.ctx, ten_percent("Thief", Some(&made[0].code))).await;
        assert!(is_conflict(&taken, "code_taken"));
    }

    async fn shoppers_see_none_of_it(kit: TestKit) {
        let desk = Desk::new(&kit).await.with(ten_percent("One", Some("ONE"))).await;
        let (id, guest) = (desk.id_of("One").await, Ctx::guest("test"));
        let page = PageRequest::default();
        let request = MakeCodes { count: 1, prefix: String::new(), usage_limit: None };
        let refused = |is: bool| assert!(is, "a guest got in");
        refused(desk.promotions.promotions(&guest).await.is_err());
        refused(desk.promotions.promotion(&guest, id).await.is_err());
        refused(desk.promotions.write(&guest, None, ten_percent("Mine", None), None).await.is_err());
        refused(desk.promotions.set_state(&guest, id, PromotionState::Paused, None).await.is_err());
        refused(desk.promotions.make_codes(&guest, id, request).await.is_err());
        refused(desk.promotions.codes(&guest, id, &page).await.is_err());
        refused(desk.promotions.export_codes(&guest, id).await.is_err());
        refused(desk.promotions.revoke_code(&guest, id, "ONE").await.is_err());
    }

    async fn conditions_are_checked(kit: TestKit) {
        let desk = Desk::new(&kit).await;
        let named = async |input: PromotionInput| match desk.promotions.write(&desk.ctx, None, input, None).await {
            Err(Error::Invalid { fields }) => fields.into_iter().map(|field| field.field).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        };
        let with = |test| PromotionInput {
            when: vec![ConditionGroup { join: Join::All, conditions: vec![Condition { not: false, test }] }],
            ..ten_percent("Wrong", None)
        };
        let at = |field: &str| vec![format!("when[0].conditions[0].test.{field}")];
        assert_eq!(named(with(ConditionTest::Country { countries: vec!["Germany".into()] })).await, at("countries"));
        assert_eq!(named(with(ConditionTest::Time { days: vec![8], from: 0, until: 60 })).await, at("days"));
        assert_eq!(named(with(ConditionTest::Time { days: vec![], from: 60, until: 60 })).await, at("until"));
        assert_eq!(named(with(ConditionTest::Payment { methods: vec![] })).await, at("methods"));
        let nothing_but = LineSelection { except: true, ..LineSelection::default() };
        assert_eq!(named(with(ConditionTest::Quantity { at_least: 1, of: nothing_but })).await, at("of"));
        let empty = PromotionInput { when: vec![ConditionGroup { join: Join::Any, conditions: vec![] }], ..with(ConditionTest::SignedIn) };
        assert_eq!(named(empty).await, ["when[0].conditions"]);
        let tier = |at_least, basis_points, amount| Tier { at_least, basis_points, amount };
        let tiers = vec![tier(1, Some(1), None), tier(1, None, None), tier(-1, Some(1), Some(eur(1)))];
        let action = PromotionAction::Tiers { by: TierBy::Subtotal, tiers, of: LineSelection::default() };
        assert_eq!(named(PromotionInput::new("Tiers", action)).await,
            ["action.tiers[1]", "action.tiers[1].at_least", "action.tiers[2].at_least", "action.tiers[2]"]);
    }
}
