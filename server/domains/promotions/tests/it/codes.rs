//! Which rule is at work when, and what the merchant may write.

use souk_contract::{
    Change, CodeProblem, Ctx, Currency, Error, Money, PromotionAction, PromotionInput, Promotions as _,
};
use souk_kernel::{each_engine, testing::TestKit};

use crate::{Desk, eur, is_conflict, ten_percent};

each_engine! {
    async fn a_code_is_found_as_people_type_it(kit: TestKit) {
        let desk = Desk::new(&kit).await.with(ten_percent("Spring", Some("spring-10"))).await;
        let id = desk.find("SPRING-10").await.expect("a code");
        assert_eq!(desk.find("  Spring-10 ").await, Ok(id));
        assert_eq!(desk.find("SPRING").await, Err(CodeProblem::Unknown));
        assert_eq!(desk.find("").await, Err(CodeProblem::Unknown));
        assert_eq!(desk.find("' or 1=1 --").await, Err(CodeProblem::Unknown));
        let codes = ["nope".to_owned(), "spring-10".to_owned(), "nope".to_owned()];
        let found = desk.promotions.lookup(&desk.ctx, &codes, None).await.expect("a lookup");
        let names: Vec<&str> = found.iter().map(|lookup| lookup.code.as_str()).collect();
        assert_eq!(names, ["NOPE", "SPRING-10", "NOPE"], "one answer per code, in their order");
    }

    async fn dates_hold_from_the_first_moment_to_the_last(kit: TestKit) {
        let (starts, ends) = (kit.now().plus_seconds(60), kit.now().plus_seconds(120));
        let dated = |title: &str, code| PromotionInput {
            starts_at: Some(starts), ends_at: Some(ends), ..ten_percent(title, code)
        };
        let desk = Desk::new(&kit).await.with(dated("Code", Some("NOON"))).await.with(dated("Automatic", None)).await;
        let automatic = async || desk.promotions.automatic(&desk.ctx, None).await.expect("rules").len();
        assert_eq!((desk.find("NOON").await, automatic().await), (Err(CodeProblem::NotYet), 0));
        kit.later(59);
        assert_eq!((desk.find("NOON").await, automatic().await), (Err(CodeProblem::NotYet), 0));
        kit.later(1);
        assert!(desk.find("NOON").await.is_ok());
        assert_eq!(automatic().await, 1);
        kit.later(59);
        assert!(desk.find("NOON").await.is_ok());
        assert_eq!(automatic().await, 1);
        kit.later(1);
        assert_eq!((desk.find("NOON").await, automatic().await), (Err(CodeProblem::Over), 0));
    }

    async fn a_code_never_applies_by_itself(kit: TestKit) {
        let automatic = PromotionInput { priority: 5, minimum: Some(eur(5000)), ..ten_percent("Everybody", None) };
        let desk = Desk::new(&kit).await.with(ten_percent("Secret", Some("SECRET"))).await.with(automatic).await;
        let rules = desk.promotions.automatic(&desk.ctx, None).await.expect("rules");
        let titles: Vec<&str> = rules.iter().map(|rule| rule.title.as_str()).collect();
        assert_eq!(titles, ["Everybody"]);
        assert_eq!((rules[0].priority, rules[0].minimum, rules[0].code.as_deref()), (5, Some(eur(5000)), None));
    }

    async fn a_rule_is_named_by_its_title_and_written_once(kit: TestKit) {
        let desk = Desk::new(&kit).await;
        let rule = ten_percent("Spring", Some("SPRING"));
        let put = async |rule: &PromotionInput| desk.promotions.put(&desk.ctx, rule.clone()).await.expect("written");
        assert_eq!(put(&rule).await, Change::Created);
        let id = desk.find("SPRING").await.expect("a code");
        assert_eq!(put(&rule).await, Change::Unchanged);
        let renamed = PromotionInput { code: Some("summer".into()), ..rule };
        assert_eq!(put(&renamed).await, Change::Updated);
        assert_eq!(desk.find("SUMMER").await, Ok(id));
        assert_eq!(desk.find("SPRING").await, Err(CodeProblem::Unknown));
    }

    async fn a_code_belongs_to_one_rule(kit: TestKit) {
        let desk = Desk::new(&kit).await.with(ten_percent("First", Some("SAVE"))).await;
        let id = desk.find("SAVE").await.expect("a code");
        let taken = desk.promotions.put(&desk.ctx, ten_percent("Second", Some(" save "))).await;
        assert!(is_conflict(&taken, "code_taken"), "{taken:?}");
        assert_eq!(desk.find("SAVE").await, Ok(id));
        // Two rules without a code are no such case.
        let desk = desk.with(ten_percent("Third", None)).await.with(ten_percent("Fourth", None)).await;
        assert_eq!(desk.promotions.automatic(&desk.ctx, None).await.expect("rules").len(), 2);
    }

    async fn each_wrong_field_is_named(kit: TestKit) {
        let desk = Desk::new(&kit).await;
        let wrong = PromotionInput {
            title: " ".into(),
            code: Some("a b".into()),
            action: PromotionAction::percent(10_001),
            minimum: Some(Money::new(100, Currency::USD)),
            starts_at: Some(kit.now()),
            ends_at: Some(kit.now()),
            usage_limit: Some(-1),
            ..ten_percent("", None)
        };
        let refused = desk.promotions.put(&desk.ctx, wrong).await;
        let Err(Error::Invalid { fields }) = refused else { panic!("{refused:?}") };
        let named: Vec<&str> = fields.iter().map(|field| field.field.as_str()).collect();
        assert_eq!(named, ["title", "code", "action.basis_points", "minimum", "usage_limit", "ends_at"]);
        let negative = PromotionInput {
            action: PromotionAction::fixed(eur(-1)), ..ten_percent("Pay me", None)
        };
        assert!(matches!(desk.promotions.put(&desk.ctx, negative).await, Err(Error::Invalid { .. })));
    }

    async fn shoppers_write_no_rules(kit: TestKit) {
        let desk = Desk::new(&kit).await;
        let refused = desk.promotions.put(&Ctx::guest("test"), ten_percent("Mine", None)).await;
        assert!(matches!(refused, Err(Error::Unauthenticated { .. })), "{refused:?}");
        assert_eq!(desk.promotions.automatic(&desk.ctx, None).await.expect("rules"), []);
    }
}
