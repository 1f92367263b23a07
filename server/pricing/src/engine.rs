//! All promotions over a cart: who may use which, in which order, and together with which others.

use std::collections::BTreeMap;

use souk_contract::{
    Cart, Currency, GroupPolicy, Money, OpenAction, OpenRule, PromotionAction, PromotionId, PromotionRule,
    TaxRule, Totals, TraceStep,
};

use crate::{
    action::{Turn, gift_pieces},
    condition::{self, Asked, LineFacts, Shopper},
    open,
    outcome::{self, Gain, Outcome, Refusal, refuse},
    settle::{self, Basket, Line, PricingError},
};

#[derive(Debug, Clone)]
pub struct PriceInput<'a> {
    pub currency: Currency,
    pub lines: &'a [Line],
    /// Of each line, in their order. Where they are missing, rules that ask for them leave the line out.
    pub facts: &'a [LineFacts<'a>],
    /// Price of the chosen delivery.
    pub delivery: Option<Money>,
    pub promotions: &'a [PromotionRule],
    pub shopper: &'a Shopper,
    pub tax: &'a TaxRule,
}

/// What the cart comes to. Equal input gives equal output, in whatever order the promotions are given.
pub fn price(input: &PriceInput<'_>) -> Result<Totals, PricingError> {
    let mut pass = Pass {
        input,
        basket: Basket::new(input.currency, input.lines, input.delivery)?,
        applied: Vec::new(),
        decided: BTreeMap::new(),
        trace: Vec::with_capacity(input.promotions.len()),
    };
    let mut rules: Vec<&PromotionRule> = input.promotions.iter().collect();
    rules.sort_by_key(|rule| (rule.priority, rule.id, &rule.code));
    for (index, rule) in rules.iter().enumerate() {
        match rule.group.as_deref() {
            Some(group) => pass.grouped(group, rule, &rules[index..])?,
            None => pass.alone(rule)?,
        }
    }
    pass.basket.totals(input.tax, pass.trace)
}

/// Computes the cart's totals from its own lines and the price of its delivery, and says which of the rules the browser
/// may compute with.
pub fn price_cart(
    cart: &mut Cart,
    facts: &[LineFacts<'_>],
    promotions: &[PromotionRule],
    shopper: &Shopper,
    delivery: Option<Money>,
) -> Result<(), PricingError> {
    let lines = open::lines(cart);
    let tax = &cart.rules.tax;
    let input =
        PriceInput { currency: cart.currency, lines: &lines, facts, delivery, promotions, shopper, tax };
    cart.totals = price(&input)?;
    let open = open_rules(&input)?;
    tell_codes(cart);
    cart.rules.complete = open.is_some();
    cart.rules.promotions = open.unwrap_or_default();
    Ok(())
}

/// Each code says what became of its rule.
fn tell_codes(cart: &mut Cart) {
    for code in &mut cart.codes {
        let step = cart.totals.trace.iter().find(|step| step.code.as_deref() == Some(code.code.as_str()));
        if let Some(step) = step {
            code.applied = step.applied;
            code.message.clone_from(&step.message);
        }
    }
}

/// One way through the promotions of a cart.
struct Pass<'a> {
    input: &'a PriceInput<'a>,
    basket: Basket<'a>,
    applied: Vec<&'a PromotionRule>,
    /// Groups of which one promotion was chosen.
    decided: BTreeMap<&'a str, Decision<'a>>,
    trace: Vec<TraceStep>,
}

struct Decision<'a> {
    policy: GroupPolicy,
    winner: Option<&'a PromotionRule>,
}

impl<'a> Pass<'a> {
    fn alone(&mut self, rule: &'a PromotionRule) -> Result<(), PricingError> {
        let outcome = self.consider(rule)?;
        self.write(rule, outcome)
    }

    fn grouped(
        &mut self,
        group: &'a str,
        rule: &'a PromotionRule,
        rest: &[&'a PromotionRule],
    ) -> Result<(), PricingError> {
        if !self.decided.contains_key(group) {
            let policy = rule.group_policy;
            let winner = match policy {
                GroupPolicy::BestDeal => self.best_of(group, rest)?,
                GroupPolicy::Stack | GroupPolicy::First => None,
            };
            self.decided.insert(group, Decision { policy, winner });
            // The best deal is taken where the first of its group stands: it was compared there.
            if let Some(winner) = winner {
                self.alone(winner)?;
            }
        }
        let Some(Decision { policy, winner }) = self.decided.get(group) else { return Ok(()) };
        let (policy, winner) = (*policy, *winner);
        let outcome = match (policy, winner) {
            (GroupPolicy::BestDeal, Some(winner)) if std::ptr::eq(winner, rule) => return Ok(()),
            (GroupPolicy::First | GroupPolicy::BestDeal, Some(winner)) => match self.consider(rule)? {
                Ok(_) => Err(instead(winner, policy)),
                refused => refused,
            },
            _ => self.consider(rule)?,
        };
        let applies = outcome.is_ok();
        self.write(rule, outcome)?;
        if applies && policy == GroupPolicy::First {
            self.decided.insert(group, Decision { policy, winner: Some(rule) });
        }
        Ok(())
    }

    fn best_of(
        &self,
        group: &str,
        rules: &[&'a PromotionRule],
    ) -> Result<Option<&'a PromotionRule>, PricingError> {
        let mut best: Option<(i64, &PromotionRule)> = None;
        for rule in rules.iter().filter(|rule| rule.group.as_deref() == Some(group)) {
            if let Ok(gain) = self.consider(rule)? {
                let total = gain.total()?;
                if best.is_none_or(|(most, _)| total > most) {
                    best = Some((total, rule));
                }
            }
        }
        Ok(best.map(|(_, rule)| rule))
    }

    /// What it would give at this point.
    fn consider(&self, rule: &PromotionRule) -> Outcome {
        if self.applied.iter().any(|applied| applied.id == rule.id) {
            return Ok(Err(refuse("same_promotion", "Another code for the same offer is in use.")));
        }
        let alone = self.applied.iter().find(|applied| rule.exclusive || applied.exclusive);
        if let Some(other) = alone {
            let message = format!("It can't be combined with “{}”.", other.title);
            return Ok(Err(refuse("exclusive", message)));
        }
        if rule.needs_customer && !self.input.shopper.signed_in {
            return Ok(Err(refuse("sign_in", "Sign in to use it.")));
        }
        if let Some(refusal) = self.closed(rule)? {
            return Ok(Err(refusal));
        }
        let turn =
            Turn { basket: &self.basket, facts: self.input.facts, sale_items: rule.applies_to_sale_items };
        let outcome = turn.gain(&rule.action)?;
        if let (Ok(gain), Some(left)) = (&outcome, rule.left)
            && gain.total()? > settle::amount(left, self.basket.currency)?
        {
            return Ok(Err(refuse("budget", "This offer has been used up.")));
        }
        Ok(outcome)
    }

    /// What stands against it before anything is computed.
    fn closed(&self, rule: &PromotionRule) -> Result<Option<Refusal>, PricingError> {
        let (mut subtotals, mut quantities) = (
            self.basket.subtotals.clone(),
            self.input.lines.iter().map(|line| line.quantity).collect::<Vec<_>>(),
        );
        if let PromotionAction::Gift { variant_id, quantity, .. } = &rule.action
            && let Some((index, pieces)) = gift_pieces(&self.basket, self.input.facts, *variant_id, *quantity)
        {
            subtotals[index] -= self.input.lines[index].unit_price.minor * pieces;
            quantities[index] -= pieces;
        }
        if let Some(refusal) = outcome::refusal(&self.basket, rule.minimum, &subtotals)? {
            return Ok(Some(refusal));
        }
        let asked = Asked {
            currency: self.basket.currency,
            facts: self.input.facts,
            subtotals: &subtotals,
            quantities: &quantities,
            shopper: self.input.shopper,
        };
        Ok(condition::unmet(&rule.when, &asked)?.map(|message| refuse("condition", message)))
    }

    fn write(&mut self, rule: &'a PromotionRule, outcome: Result<Gain, Refusal>) -> Result<(), PricingError> {
        if outcome.is_ok() {
            self.applied.push(rule);
        }
        self.trace.push(outcome::step(&mut self.basket, rule, outcome)?);
        Ok(())
    }
}

fn instead(winner: &PromotionRule, policy: GroupPolicy) -> Refusal {
    let message = match policy {
        GroupPolicy::BestDeal => format!("“{}” saves you more.", winner.title),
        GroupPolicy::Stack | GroupPolicy::First => format!("“{}” is used instead.", winner.title),
    };
    refuse("group", message)
}

/// The rules with which the browser computes the same totals for any quantities. None where it can't, or may not know.
fn open_rules(input: &PriceInput<'_>) -> Result<Option<Vec<OpenRule>>, PricingError> {
    let asked = Asked {
        currency: input.currency,
        facts: input.facts,
        subtotals: &[],
        quantities: &[],
        shopper: input.shopper,
    };
    let mut open = Vec::with_capacity(input.promotions.len());
    let mut seen: Vec<PromotionId> = Vec::with_capacity(input.promotions.len());
    for rule in input.promotions {
        let holds = condition::settled(&rule.when, &asked)?;
        if holds == Some(false) || (rule.needs_customer && !input.shopper.signed_in) {
            continue;
        }
        let stands_alone = !rule.exclusive && rule.group.is_none() && rule.left.is_none();
        match open_action(&rule.action) {
            Some(action) if holds == Some(true) && stands_alone && !seen.contains(&rule.id) => {
                seen.push(rule.id);
                open.push(OpenRule {
                    id: rule.id,
                    title: rule.title.clone(),
                    code: rule.code.clone(),
                    action,
                    minimum: rule.minimum,
                    applies_to_sale_items: rule.applies_to_sale_items,
                    priority: rule.priority,
                });
            }
            _ => return Ok(None),
        }
    }
    open.sort_by_key(|rule| (rule.priority, rule.id));
    Ok(Some(open))
}

fn open_action(action: &PromotionAction) -> Option<OpenAction> {
    match action {
        PromotionAction::Percent { basis_points, of } if of.is_all() => {
            Some(OpenAction::Percent { basis_points: *basis_points })
        }
        PromotionAction::Fixed { amount, of } if of.is_all() => Some(OpenAction::Fixed { amount: *amount }),
        PromotionAction::FreeShipping => Some(OpenAction::FreeShipping),
        _ => None,
    }
}
