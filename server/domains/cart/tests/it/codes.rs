//! Codes on a cart.

use souk_contract::{
    Carts as _, CodeProblem, Condition, ConditionGroup, ConditionTest, Id, Join, LineSelection,
    PromotionAction, PromotionRule,
};
use souk_kernel::{each_engine, testing::TestKit};
use uuid::Uuid;

use crate::{Shop, eur, is_conflict, wrong_fields};

fn rule(number: u128, code: Option<&str>, basis_points: u32) -> PromotionRule {
    let id = Id::new(Uuid::from_u128(number));
    let rule = PromotionRule::new(id, format!("Rule {number}"), PromotionAction::percent(basis_points));
    PromotionRule { code: code.map(str::to_owned), ..rule }
}

each_engine! {
    async fn a_code_that_works_takes_something_off(kit: TestKit) {
        let shop = Shop::new(&kit).await.with(1, 1000);
        shop.codes.put("TEN", Ok(rule(1, Some("TEN"), 1000)));
        let cart = shop.cart().await;
        let cart = shop.add(&cart, 1, 1).await;
        for _ in 0..2 {
            let cart = shop.carts.add_code(&shop.ctx, &cart.token, " ten ").await.expect("known");
            assert_eq!(cart.codes.len(), 1, "twice is once");
            assert!(cart.codes[0].applied && cart.codes[0].code == "TEN", "{:?}", cart.codes);
            assert_eq!((cart.totals.discount, cart.totals.total), (eur(100), eur(900)));
        }
        let cart = shop.carts.remove_code(&shop.ctx, &cart.token, "Ten").await.expect("removed");
        assert_eq!((cart.codes.len(), cart.totals.total), (0, eur(1000)));
    }

    async fn a_code_that_can_not_work_is_refused_with_the_reason_and_not_kept(kit: TestKit) {
        let shop = Shop::new(&kit).await.with(1, 1000);
        let cart = shop.cart().await;
        for problem in [CodeProblem::NotYet, CodeProblem::Over, CodeProblem::UsedUp] {
            shop.codes.put("X", Err(problem));
            let refused = shop.carts.add_code(&shop.ctx, &cart.token, "x").await;
            assert_eq!(wrong_fields(refused), ["code"], "{problem:?}");
        }
        assert_eq!(wrong_fields(shop.carts.add_code(&shop.ctx, &cart.token, "unknown").await), ["code"]);
        assert_eq!(shop.get(&cart).await, cart);
    }

    async fn one_that_misses_its_minimum_is_kept_and_says_what_is_missing(kit: TestKit) {
        let shop = Shop::new(&kit).await.with(1, 1000);
        shop.codes.put("BIG", Ok(PromotionRule { minimum: Some(eur(3000)), ..rule(1, Some("BIG"), 1000) }));
        let cart = shop.cart().await;
        shop.add(&cart, 1, 2).await;
        let cart = shop.carts.add_code(&shop.ctx, &cart.token, "BIG").await.expect("kept");
        assert!(!cart.codes[0].applied && cart.codes[0].message.contains("€10.00"), "{:?}", cart.codes);
        let cart = shop.add(&cart, 1, 1).await;
        assert!(cart.codes[0].applied);
        assert_eq!(cart.totals.discount, eur(300));
    }

    async fn a_code_that_ended_in_the_cart_says_so_and_gives_nothing(kit: TestKit) {
        let shop = Shop::new(&kit).await.with(1, 1000);
        shop.codes.put("TEN", Ok(rule(1, Some("TEN"), 1000)));
        let cart = shop.cart().await;
        shop.add(&cart, 1, 1).await;
        let cart = shop.carts.add_code(&shop.ctx, &cart.token, "TEN").await.expect("known");
        shop.codes.put("TEN", Err(CodeProblem::Over));
        let cart = shop.get(&cart).await;
        assert!(!cart.codes[0].applied && cart.codes[0].message.contains("no longer valid"), "{:?}", cart.codes);
        assert_eq!(cart.totals.total, eur(1000));
    }

    async fn a_cart_keeps_ten_codes(kit: TestKit) {
        let shop = Shop::new(&kit).await;
        let cart = shop.cart().await;
        for number in 0..11_u128 {
            let code = format!("C{number}");
            shop.codes.put(&code, Ok(rule(number, Some(&code), 100)));
            let added = shop.carts.add_code(&shop.ctx, &cart.token, &code).await;
            assert_eq!(added.is_ok(), number < 10, "{added:?}");
            assert_eq!(is_conflict(&added, "too_many_codes"), number == 10);
        }
    }

    async fn a_rule_of_a_collection_takes_off_what_it_holds(kit: TestKit) {
        let shop = Shop::new(&kit).await.with(1, 1000).with(2, 500);
        let collections = vec![Id::new(Uuid::from_u128(2))];
        let of = LineSelection { collections, ..LineSelection::default() };
        let action = PromotionAction::Percent { basis_points: 1000, of: of.clone() };
        shop.codes.put("SECOND", Ok(PromotionRule { action, ..rule(1, Some("SECOND"), 1) }));
        // It may stand in a condition too.
        let test = ConditionTest::Quantity { at_least: 2, of };
        let conditions = vec![Condition { not: false, test }];
        let when = vec![ConditionGroup { join: Join::All, conditions }];
        shop.codes.put_automatic(PromotionRule { when, ..rule(2, None, 100) });
        let cart = shop.cart().await;
        shop.add(&cart, 1, 1).await;
        let cart = shop.carts.add_code(&shop.ctx, &cart.token, "SECOND").await.expect("kept");
        assert!(!cart.codes[0].applied, "{:?}", cart.codes);
        let cart = shop.add(&cart, 2, 1).await;
        assert_eq!((cart.codes[0].applied, cart.totals.discount), (true, eur(50)));
        let cart = shop.add(&cart, 2, 1).await;
        assert_eq!(cart.totals.discount, eur(100 + 19), "10 % of what it holds, and 1 % of the rest of all");
    }

    async fn rules_for_everyone_need_no_code(kit: TestKit) {
        let shop = Shop::new(&kit).await.with(1, 1000);
        shop.codes.put_automatic(rule(1, None, 500));
        let cart = shop.cart().await;
        let cart = shop.add(&cart, 1, 1).await;
        assert_eq!((cart.totals.discount, cart.codes.len()), (eur(50), 0));
    }
}
