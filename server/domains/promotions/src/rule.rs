//! When a promotion is at work. Pure functions.

use serde::Serialize;
use souk_contract::{
    CodeProblem, Condition, ConditionGroup, ConditionTest, Currency, GroupPolicy, Join, Money,
    PromotionAction, PromotionId, PromotionInput, PromotionRecord, PromotionRule, PromotionState, Timestamp,
};
use souk_kernel::{
    db::{Json, Text},
    record,
};

record! {
    #[derive(Debug, Clone, PartialEq)]
    pub(crate) struct PromotionRow {
        pub id: PromotionId,
        pub title: String,
        pub code: Option<String>,
        pub by_codes: bool,
        pub action: Json<PromotionAction>,
        pub minimum_minor: Option<i64>,
        pub conditions: Json<Vec<ConditionGroup>>,
        pub applies_to_sale_items: bool,
        pub priority: i64,
        pub exclusive: bool,
        pub group_name: Option<String>,
        pub group_policy: Text<GroupPolicy>,
        pub starts_at: Option<Timestamp>,
        pub ends_at: Option<Timestamp>,
        pub usage_limit: Option<i64>,
        pub per_customer: Option<i64>,
        pub budget_minor: Option<i64>,
        pub state: Text<PromotionState>,
        pub used: i64,
        pub spent_minor: i64,
        pub version: i64,
    }
}

/// For the audit log: what staff decide.
#[derive(Serialize)]
pub(crate) struct Logged {
    #[serde(flatten)]
    input: PromotionInput,
    state: PromotionState,
}

impl PromotionRow {
    pub(crate) fn new(
        id: PromotionId,
        input: PromotionInput,
        state: PromotionState,
        old: Option<&Self>,
    ) -> Self {
        let group = input.group.map(|group| group.trim().to_owned()).filter(|group| !group.is_empty());
        Self {
            id,
            title: input.title.trim().to_owned(),
            code: input.code.as_deref().map(normal_code),
            by_codes: input.by_codes,
            action: Json(input.action),
            minimum_minor: input.minimum.map(|money| money.minor),
            conditions: Json(input.when),
            applies_to_sale_items: input.applies_to_sale_items,
            priority: input.priority,
            exclusive: input.exclusive,
            group_name: group,
            group_policy: Text(input.group_policy),
            starts_at: input.starts_at,
            ends_at: input.ends_at,
            usage_limit: input.usage_limit,
            per_customer: input.per_customer,
            budget_minor: input.budget.map(|money| money.minor),
            state: Text(state),
            used: old.map_or(0, |old| old.used),
            spent_minor: old.map_or(0, |old| old.spent_minor),
            version: old.map_or(1, |old| old.version + 1),
        }
    }

    pub(crate) fn input(&self, currency: Currency) -> PromotionInput {
        let money = |minor: i64| Money::new(minor, currency);
        PromotionInput {
            title: self.title.clone(),
            code: self.code.clone(),
            by_codes: self.by_codes,
            action: self.action.0.clone(),
            minimum: self.minimum_minor.map(money),
            when: self.conditions.0.clone(),
            applies_to_sale_items: self.applies_to_sale_items,
            priority: self.priority,
            exclusive: self.exclusive,
            group: self.group_name.clone(),
            group_policy: self.group_policy.0,
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            usage_limit: self.usage_limit,
            per_customer: self.per_customer,
            budget: self.budget_minor.map(money),
        }
    }

    pub(crate) fn logged(&self, currency: Currency) -> Logged {
        Logged { input: self.input(currency), state: self.state.0 }
    }

    pub(crate) fn record(&self, codes: i64, currency: Currency) -> PromotionRecord {
        PromotionRecord {
            id: self.id,
            input: self.input(currency),
            state: self.state.0,
            used: self.used,
            spent: Money::new(self.spent_minor, currency),
            codes,
            version: self.version,
        }
    }

    /// Why it can't be used now.
    pub(crate) fn problem(&self, now: Timestamp) -> Option<CodeProblem> {
        match self.state.0 {
            PromotionState::Draft => return Some(CodeProblem::Unknown),
            PromotionState::Paused | PromotionState::Archived => return Some(CodeProblem::Over),
            PromotionState::Active => {}
        }
        if self.starts_at.is_some_and(|starts| now < starts) {
            return Some(CodeProblem::NotYet);
        }
        if self.ends_at.is_some_and(|ends| now >= ends) {
            return Some(CodeProblem::Over);
        }
        let is_used_up = self.usage_limit.is_some_and(|limit| self.used >= limit)
            || self.budget_minor.is_some_and(|budget| self.spent_minor >= budget);
        is_used_up.then_some(CodeProblem::UsedUp)
    }

    /// As the engine reads it, with the code that it came by.
    pub(crate) fn into_rule(self, code: Option<String>, currency: Currency) -> PromotionRule {
        let money = |minor: i64| Money::new(minor, currency);
        PromotionRule {
            id: self.id,
            title: self.title,
            code,
            action: self.action.0,
            minimum: self.minimum_minor.map(money),
            when: self.conditions.0,
            applies_to_sale_items: self.applies_to_sale_items,
            priority: self.priority,
            exclusive: self.exclusive,
            group: self.group_name,
            group_policy: self.group_policy.0,
            needs_customer: self.per_customer.is_some(),
            left: self.budget_minor.map(|budget| money(budget - self.spent_minor)),
        }
    }

    /// Nothing else can unlock it: then that is counted again when it is redeemed.
    pub(crate) fn only_first_orders(&self) -> bool {
        let first = |condition: &Condition| condition.test == ConditionTest::FirstOrder && !condition.not;
        self.conditions.0.iter().any(|group| match group.join {
            Join::All => group.conditions.iter().any(first),
            Join::Any => !group.conditions.is_empty() && group.conditions.iter().all(first),
        })
    }
}

/// Codes are compared in upper case, without blanks around them.
pub(crate) fn normal_code(code: &str) -> String {
    code.trim().to_uppercase()
}
