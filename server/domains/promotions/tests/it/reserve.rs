//! Reliability 3 for each kind of limit: reached exactly, however many ask at once.

use std::sync::Arc;

use futures::future::join_all;
use souk_contract::{
    CodeProblem, Condition, ConditionGroup, ConditionTest, CustomerId, Join, MakeCodes, OrderId, PromotionId,
    PromotionInput, PromotionUse, Promotions as _, Redeem, Result,
};
use souk_kernel::{each_engine, testing::TestKit};
use uuid::Uuid;

use crate::{Desk, eur, is_conflict, order, ten_percent};

const BUYERS: u128 = 64;

fn customer(number: u128) -> CustomerId {
    CustomerId::new(Uuid::from_u128(1000 + number))
}

fn one_use(promotion_id: PromotionId, code: &str, minor: i64) -> Vec<PromotionUse> {
    vec![PromotionUse { promotion_id, code: Some(code.to_owned()), amount: eur(minor) }]
}

async fn all_at_once(desk: &Arc<Desk>, of: impl Fn(u128) -> Redeem) -> (usize, Vec<Result<()>>) {
    let tries = (0..BUYERS).map(|number| {
        let (desk, request) = (Arc::clone(desk), of(number));
        tokio::spawn(async move { desk.promotions.redeem(&desk.ctx, request).await })
    });
    let results: Vec<_> = join_all(tries).await.into_iter().map(|result| result.expect("no panic")).collect();
    (results.iter().filter(|result| result.is_ok()).count(), results)
}

fn first_order() -> Vec<ConditionGroup> {
    let first = Condition { not: false, test: ConditionTest::FirstOrder };
    vec![ConditionGroup { join: Join::All, conditions: vec![first] }]
}

each_engine! {
    async fn a_customer_uses_it_as_often_as_one_may(kit: TestKit) {
        let input = PromotionInput { per_customer: Some(3), ..ten_percent("Three each", Some("THREE")) };
        let desk = Arc::new(Desk::new(&kit).await.with(input).await);
        let rule = desk.find("THREE").await.expect("a code");
        let request = |number| Redeem {
            order_id: order(number), customer_id: Some(customer(number % 2)), uses: one_use(rule, "THREE", 100),
        };
        let (got, results) = all_at_once(&desk, request).await;
        assert_eq!((got, desk.used("Three each").await), (6, 6), "three of each of two customers");
        assert!(results.iter().filter(|result| result.is_err()).all(|result| is_conflict(result, "code_used_up")));
        let seen = async |who| {
            let found = desk.promotions.lookup(&desk.ctx, &["three".to_owned()], who).await.expect("a lookup");
            found[0].found.clone().map(|rule| rule.needs_customer)
        };
        assert_eq!(seen(Some(customer(0))).await, Err(CodeProblem::UsedByYou));
        assert_eq!((seen(Some(customer(7))).await, seen(None).await), (Ok(true), Ok(true)));
        let guest = Redeem { customer_id: None, ..request(99) };
        assert!(is_conflict(&desk.promotions.redeem(&desk.ctx, guest).await, "code_used_up"));
        // What is given back can be had again, once.
        let kept = (0..BUYERS).find(|number| results[*number as usize].is_ok() && number % 2 == 0).expect("one");
        for _ in 0..3 {
            desk.promotions.unredeem(&desk.ctx, order(kept)).await.expect("given back");
        }
        assert!(desk.promotions.redeem(&desk.ctx, request(200)).await.is_ok());
        assert!(desk.promotions.redeem(&desk.ctx, request(202)).await.is_err());
    }

    async fn a_budget_is_spent_to_the_cent_and_not_beyond(kit: TestKit) {
        let input = PromotionInput { budget: Some(eur(10_000)), ..ten_percent("Budget", Some("BUDGET")) };
        let desk = Arc::new(Desk::new(&kit).await.with(input).await);
        let rule = desk.find("BUDGET").await.expect("a code");
        let request = |number, minor| Redeem {
            order_id: order(number), customer_id: None, uses: one_use(rule, "BUDGET", minor),
        };
        let (got, _) = all_at_once(&desk, |number| request(number, 300)).await;
        assert_eq!((got, desk.spent("Budget").await), (33, 9900));
        let found = desk.promotions.lookup(&desk.ctx, &["BUDGET".to_owned()], None).await.expect("a lookup");
        assert_eq!(found[0].found.as_ref().expect("a rule").left, Some(eur(100)));
        assert!(is_conflict(&desk.promotions.redeem(&desk.ctx, request(100, 101)).await, "code_used_up"));
        desk.promotions.redeem(&desk.ctx, request(101, 100)).await.expect("the last euro");
        assert_eq!((desk.find("BUDGET").await, desk.spent("Budget").await), (Err(CodeProblem::UsedUp), 10_000));
        desk.promotions.unredeem(&desk.ctx, order(101)).await.expect("given back");
        assert_eq!((desk.find("BUDGET").await, desk.spent("Budget").await), (Ok(rule), 9900));
        let less = PromotionInput { budget: Some(eur(9899)), ..ten_percent("Budget", Some("BUDGET")) };
        let refused = desk.promotions.put(&desk.ctx, less).await;
        assert!(matches!(&refused, Err(souk_contract::Error::Invalid { fields }) if fields[0].field == "budget"));
    }

    async fn a_made_code_is_used_as_often_as_it_says(kit: TestKit) {
        let input = PromotionInput { by_codes: true, ..ten_percent("Letters", None) };
        let desk = Arc::new(Desk::new(&kit).await.with(input).await);
        let id = desk.id_of("Letters").await;
        let make = |usage_limit| MakeCodes { count: 1, prefix: "hi".into(), usage_limit };
        let made = desk.promotions.make_codes(&desk.ctx, id, make(Some(5))).await.expect("a code");
        let five = made[0].code.clone();
        let request = |number| Redeem { order_id: order(number), customer_id: None, uses: one_use(id, &five, 10) };
        let (got, results) = all_at_once(&desk, request).await;
        assert_eq!((got, desk.used("Letters").await), (5, 5));
        assert_eq!(desk.find(&five).await, Err(CodeProblem::UsedUp));
        let kept = (0..BUYERS).find(|number| results[*number as usize].is_ok()).expect("one");
        for _ in 0..3 {
            desk.promotions.unredeem(&desk.ctx, order(kept)).await.expect("given back");
        }
        assert_eq!((desk.find(&five).await, desk.used("Letters").await), (Ok(id), 4));
    }

    async fn a_first_order_is_one_order(kit: TestKit) {
        let input = PromotionInput { when: first_order(), ..ten_percent("Hello", Some("HELLO")) };
        let desk = Arc::new(Desk::new(&kit).await.with(input).await);
        let rule = desk.find("HELLO").await.expect("a code");
        let request = |number| Redeem {
            order_id: order(number), customer_id: Some(customer(1)), uses: one_use(rule, "HELLO", 100),
        };
        let (got, results) = all_at_once(&desk, request).await;
        assert_eq!((got, desk.used("Hello").await), (1, 1));
        assert!(results.iter().filter(|result| result.is_err()).all(|result| is_conflict(result, "not_first_order")));
        assert_eq!(desk.promotions.orders_of(&desk.ctx, customer(1)).await, Ok(1), "what was refused is no order");
        let won = (0..BUYERS).find(|number| results[*number as usize].is_ok()).expect("one");
        desk.promotions.redeem(&desk.ctx, request(won)).await.expect("its own use");
        desk.promotions.unredeem(&desk.ctx, order(won)).await.expect("given back");
        // An order without a promotion is an order too.
        let plain = Redeem { order_id: order(500), customer_id: Some(customer(1)), uses: Vec::new() };
        for _ in 0..2 {
            desk.promotions.redeem(&desk.ctx, plain.clone()).await.expect("counted");
        }
        assert_eq!(desk.promotions.orders_of(&desk.ctx, customer(1)).await, Ok(1));
        assert!(is_conflict(&desk.promotions.redeem(&desk.ctx, request(501)).await, "not_first_order"));
        assert_eq!(desk.promotions.orders_of(&desk.ctx, customer(2)).await, Ok(0));
    }

    async fn all_or_nothing_over_all_limits(kit: TestKit) {
        let spent = PromotionInput { budget: Some(eur(50)), ..ten_percent("Small", Some("SMALL")) };
        let desk = Desk::new(&kit).await.with(ten_percent("Free", Some("FREE"))).await.with(spent).await;
        let (free, small) = (desk.find("FREE").await.expect("a code"), desk.find("SMALL").await.expect("a code"));
        let request = Redeem {
            order_id: OrderId::new(Uuid::from_u128(1)), customer_id: Some(customer(1)),
            uses: [one_use(free, "FREE", 100), one_use(small, "SMALL", 51)].concat(),
        };
        assert!(is_conflict(&desk.promotions.redeem(&desk.ctx, request).await, "code_used_up"));
        assert_eq!((desk.used("Free").await, desk.used("Small").await), (0, 0));
        assert_eq!(desk.promotions.orders_of(&desk.ctx, customer(1)).await, Ok(0));
    }
}
