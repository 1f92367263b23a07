//! Reliability 3: a limit is reached exactly, however many ask at once.

use std::sync::Arc;

use futures::future::join_all;
use souk_contract::{Error, Promotions as _};
use souk_kernel::{each_engine, testing::TestKit};

use crate::{Desk, is_conflict, limited, order, ten_percent};

const BUYERS: u128 = 64;

each_engine! {
    async fn of_64_at_once_exactly_as_many_as_the_limit_says_get_it(kit: TestKit) {
        let desk = Arc::new(Desk::new(&kit).await.with(limited("Ten uses", "TEN", 10)).await);
        let rule = desk.find("TEN").await.expect("a code");
        let buyers = (0..BUYERS).map(|buyer| {
            let desk = Arc::clone(&desk);
            tokio::spawn(async move { desk.redeem(&[rule], order(buyer)).await })
        });
        let results: Vec<_> = join_all(buyers).await.into_iter().map(|result| result.expect("no panic")).collect();
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 10);
        assert_eq!(results.iter().filter(|result| is_conflict(result, "code_used_up")).count(), 54);
        assert_eq!(desk.used("Ten uses").await, 10);
        assert_eq!(desk.find("TEN").await, Err(souk_contract::CodeProblem::UsedUp));
    }

    async fn the_same_order_counts_once_however_often_it_asks(kit: TestKit) {
        let desk = Arc::new(Desk::new(&kit).await.with(limited("Once", "ONCE", 1)).await);
        let rule = desk.find("ONCE").await.expect("a code");
        let tries = (0..BUYERS).map(|_| {
            let desk = Arc::clone(&desk);
            tokio::spawn(async move { desk.redeem(&[rule, rule], order(1)).await })
        });
        for tried in join_all(tries).await {
            tried.expect("no panic").expect("it is this order's own use");
        }
        assert_eq!(desk.used("Once").await, 1);
        let other = desk.redeem(&[rule], order(2)).await;
        assert!(is_conflict(&other, "code_used_up"), "{other:?}");
    }

    async fn what_an_order_gives_back_another_may_use(kit: TestKit) {
        let desk = Arc::new(Desk::new(&kit).await.with(limited("Once", "ONCE", 1)).await);
        let rule = desk.find("ONCE").await.expect("a code");
        desk.redeem(&[rule], order(1)).await.expect("the only use");
        let gives = (0..BUYERS).map(|_| {
            let desk = Arc::clone(&desk);
            tokio::spawn(async move { desk.promotions.unredeem(&desk.ctx, order(1)).await })
        });
        for given in join_all(gives).await {
            given.expect("no panic").expect("given back, once");
        }
        assert_eq!(desk.used("Once").await, 0);
        desk.promotions.unredeem(&desk.ctx, order(9)).await.expect("nothing to give back");
        desk.redeem(&[rule], order(2)).await.expect("free again");
        assert_eq!(desk.used("Once").await, 1);
    }

    async fn all_rules_of_an_order_or_none(kit: TestKit) {
        let desk = Desk::new(&kit).await
            .with(ten_percent("Free for all", Some("ALL"))).await
            .with(limited("Gone", "GONE", 0)).await;
        let all = desk.find("ALL").await.expect("a code");
        let mut reader = desk.db.read().await.expect("a reader");
        let (gone,) = reader.query("select id from promotion where title = 'Gone'").one().await.expect("an id");
        drop(reader);
        for rules in [[all, gone], [gone, all]] {
            let refused = desk.redeem(&rules, order(1)).await;
            assert!(is_conflict(&refused, "code_used_up"), "{refused:?}");
            assert_eq!((desk.used("Free for all").await, desk.used("Gone").await), (0, 0));
        }
    }

    async fn orders_with_the_same_rules_in_any_order_do_not_lock_each_other_out(kit: TestKit) {
        let desk = Arc::new(Desk::new(&kit).await
            .with(limited("One", "ONE", 20)).await
            .with(ten_percent("Two", Some("TWO"))).await);
        let (one, two) = (desk.find("ONE").await.expect("a code"), desk.find("TWO").await.expect("a code"));
        let buyers = (0..BUYERS).map(|buyer| {
            let desk = Arc::clone(&desk);
            let rules = if buyer % 2 == 0 { [one, two] } else { [two, one] };
            tokio::spawn(async move { desk.redeem(&rules, order(buyer)).await })
        });
        let results: Vec<_> = join_all(buyers).await.into_iter().map(|result| result.expect("no panic")).collect();
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 20);
        assert_eq!(results.iter().filter(|result| is_conflict(result, "code_used_up")).count(), 44);
        assert_eq!((desk.used("One").await, desk.used("Two").await), (20, 20));
    }

    async fn a_limit_below_what_was_used_is_refused_and_a_higher_one_opens_it_again(kit: TestKit) {
        let desk = Desk::new(&kit).await.with(limited("Two", "TWO", 2)).await;
        let rule = desk.find("TWO").await.expect("a code");
        for number in 0..2 {
            desk.redeem(&[rule], order(number)).await.expect("within the limit");
        }
        let refused = desk.promotions.put(&desk.ctx, limited("Two", "TWO", 1)).await;
        assert!(matches!(&refused, Err(Error::Invalid { fields }) if fields[0].field == "usage_limit"), "{refused:?}");
        let desk = desk.with(limited("Two", "TWO", 3)).await;
        assert_eq!(desk.find("TWO").await, Ok(rule));
        assert_eq!(desk.used("Two").await, 2, "writing a rule forgets no use");
    }
}
