//! When a promotion is at work. Pure functions.

use serde::Serialize;
use souk_contract::{
    Check, CodeProblem, Currency, Money, PromotionAction, PromotionId, PromotionInput, PromotionRule, Result,
    Timestamp,
};
use souk_kernel::{db::Json, record};

record! {
    #[derive(Debug, Clone, PartialEq)]
    pub(crate) struct PromotionRow {
        pub id: PromotionId,
        pub title: String,
        pub code: Option<String>,
        pub action: Json<PromotionAction>,
        pub minimum_minor: Option<i64>,
        pub applies_to_sale_items: bool,
        pub priority: i64,
        pub starts_at: Option<Timestamp>,
        pub ends_at: Option<Timestamp>,
        pub usage_limit: Option<i64>,
        pub used: i64,
    }
}

/// For the audit log.
#[derive(Serialize)]
pub(crate) struct Logged {
    code: Option<String>,
    action: PromotionAction,
    minimum_minor: Option<i64>,
    applies_to_sale_items: bool,
    priority: i64,
    starts_at: Option<Timestamp>,
    ends_at: Option<Timestamp>,
    usage_limit: Option<i64>,
}

impl PromotionRow {
    pub(crate) fn logged(&self) -> Logged {
        Logged {
            code: self.code.clone(),
            action: self.action.0.clone(),
            minimum_minor: self.minimum_minor,
            applies_to_sale_items: self.applies_to_sale_items,
            priority: self.priority,
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            usage_limit: self.usage_limit,
        }
    }

    /// Why it can't be used now.
    pub(crate) fn problem(&self, now: Timestamp) -> Option<CodeProblem> {
        if self.starts_at.is_some_and(|starts| now < starts) {
            return Some(CodeProblem::NotYet);
        }
        if self.ends_at.is_some_and(|ends| now >= ends) {
            return Some(CodeProblem::Over);
        }
        self.usage_limit.is_some_and(|limit| self.used >= limit).then_some(CodeProblem::UsedUp)
    }

    pub(crate) fn into_rule(self, currency: Currency) -> PromotionRule {
        PromotionRule {
            id: self.id,
            title: self.title,
            code: self.code,
            action: self.action.0,
            minimum: self.minimum_minor.map(|minor| Money::new(minor, currency)),
            applies_to_sale_items: self.applies_to_sale_items,
            priority: self.priority,
        }
    }
}

/// Codes are compared in upper case, without blanks around them.
pub(crate) fn normal_code(code: &str) -> String {
    code.trim().to_uppercase()
}

pub(crate) fn check(input: &PromotionInput, currency: Currency) -> Result<()> {
    let mut check = Check::new();
    check.text(&input.title, "title", 120);
    if let Some(code) = &input.code {
        let plain = code.trim().chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
        check.text(code, "code", 40).that(plain, "code", "invalid", "Letters, digits, - and _ only.");
    }
    let own = |money: Money| money.currency == currency && money.minor >= 0;
    match input.action {
        PromotionAction::Percent { basis_points } => {
            let fits = (1..=10_000).contains(&basis_points);
            check.that(fits, "action.basis_points", "out_of_range", "From 1 to 10,000, which is 100 %.");
        }
        PromotionAction::Fixed { amount } => {
            check.that(own(amount), "action.amount", "invalid", "An amount in the shop's currency.");
        }
        PromotionAction::FreeShipping => {}
    }
    check.that(input.minimum.is_none_or(own), "minimum", "invalid", "An amount in the shop's currency.");
    check.that(input.usage_limit.is_none_or(|limit| limit >= 0), "usage_limit", "out_of_range", "0 or more.");
    let ordered = match (input.starts_at, input.ends_at) {
        (Some(starts), Some(ends)) => starts < ends,
        _ => true,
    };
    check.that(ordered, "ends_at", "invalid", "The end must come after the start.");
    check.done()
}
