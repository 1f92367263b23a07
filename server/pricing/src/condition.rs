//! Whether a promotion's conditions hold, and what a shopper could do about it.

use souk_contract::{
    CollectionId, Condition, ConditionGroup, ConditionTest, Currency, Join, LineSelection, Money, ProductId,
    VariantId,
};

use crate::settle::{PricingError, amount, sum};

const DAYS: [&str; 7] = ["Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays"];
const DAY_MINUTES: u16 = 24 * 60;

/// What conditions and selections may ask of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineFacts<'a> {
    pub variant_id: VariantId,
    pub product_id: ProductId,
    pub product_type: &'a str,
    pub vendor: &'a str,
    pub tags: &'a [String],
    /// Of those that some promotion asks about: which hold it.
    pub collections: &'a [CollectionId],
}

/// What conditions may ask beside the lines. None: not known yet, and no condition on it holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shopper {
    pub signed_in: bool,
    /// Orders before this one; for a guest nobody knows.
    pub orders: Option<i64>,
    pub payment_method: Option<String>,
    /// Delivered to: ISO 3166.
    pub country: Option<String>,
    pub local: Option<LocalTime>,
}

/// Where the shop is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalTime {
    /// 1 is Monday.
    pub weekday: u8,
    /// After midnight.
    pub minute: u16,
}

/// What the conditions of one rule are asked of.
pub(crate) struct Asked<'a> {
    pub currency: Currency,
    pub facts: &'a [LineFacts<'a>],
    pub subtotals: &'a [i64],
    pub quantities: &'a [i64],
    pub shopper: &'a Shopper,
}

pub(crate) fn selects(of: &LineSelection, facts: Option<&LineFacts<'_>>) -> bool {
    if of.is_all() {
        return true;
    }
    let Some(facts) = facts else { return false };
    let one_of = |list: &[String], value: &str| {
        list.is_empty() || list.iter().any(|known| known.eq_ignore_ascii_case(value))
    };
    let fits = (of.products.is_empty() || of.products.contains(&facts.product_id))
        && (of.variants.is_empty() || of.variants.contains(&facts.variant_id))
        && one_of(&of.product_types, facts.product_type)
        && one_of(&of.vendors, facts.vendor)
        && (of.tags.is_empty() || facts.tags.iter().any(|tag| one_of(&of.tags, tag)))
        && (of.collections.is_empty() || facts.collections.iter().any(|id| of.collections.contains(id)));
    fits != of.except
}

/// What shoppers call it.
pub(crate) fn name(of: &LineSelection) -> &str {
    if of.label.is_empty() { "items" } else { &of.label }
}

/// What stands against the rule, for the shopper. None: nothing.
pub(crate) fn unmet(groups: &[ConditionGroup], asked: &Asked<'_>) -> Result<Option<String>, PricingError> {
    let mut missing = Vec::new();
    for group in groups {
        let mut of_group = Vec::new();
        for condition in &group.conditions {
            if holds(condition, asked)? != Some(true) {
                of_group.push(told(condition, asked)?);
            }
        }
        match group.join {
            Join::All => missing.extend(of_group),
            Join::Any if of_group.len() == group.conditions.len() => missing.push(of_group.join(" Or: ")),
            Join::Any => {}
        }
    }
    Ok((!missing.is_empty()).then(|| missing.join(" ")))
}

/// Whether the groups hold whatever the quantities are: none where that depends on them.
pub(crate) fn settled(groups: &[ConditionGroup], asked: &Asked<'_>) -> Result<Option<bool>, PricingError> {
    let mut all = Some(true);
    for group in groups {
        let mut known = Vec::with_capacity(group.conditions.len());
        for condition in &group.conditions {
            known.push(match condition.test {
                ConditionTest::Subtotal { .. } | ConditionTest::Quantity { .. } => None,
                _ => Some(holds(condition, asked)? == Some(true)),
            });
        }
        // One that fails decides for all of them, one that holds for any of them.
        let decisive = group.join == Join::Any;
        match (known.contains(&Some(decisive)), known.contains(&None)) {
            (true, _) if !decisive => return Ok(Some(false)),
            (true, _) => {}
            (false, true) => all = None,
            (false, false) if decisive => return Ok(Some(false)),
            (false, false) => {}
        }
    }
    Ok(all)
}

/// None: nobody knows yet, and neither it nor its opposite holds.
fn holds(condition: &Condition, asked: &Asked<'_>) -> Result<Option<bool>, PricingError> {
    let shopper = asked.shopper;
    let is = match &condition.test {
        ConditionTest::Subtotal { amount: at_least, of } => {
            Some(subtotal(of, asked)? >= amount(*at_least, asked.currency)?)
        }
        ConditionTest::Quantity { at_least, of } => Some(quantity(of, asked) >= *at_least),
        ConditionTest::SignedIn => Some(shopper.signed_in),
        ConditionTest::FirstOrder => shopper.orders.map(|orders| orders == 0),
        ConditionTest::Orders { at_least } => shopper.orders.map(|orders| orders >= *at_least),
        ConditionTest::Payment { methods } => {
            shopper.payment_method.as_ref().map(|method| methods.contains(method))
        }
        ConditionTest::Country { countries } => shopper
            .country
            .as_ref()
            .map(|country| countries.iter().any(|known| known.eq_ignore_ascii_case(country))),
        ConditionTest::Time { days, from, until } => {
            shopper.local.map(|local| is_within(days, *from, *until, local))
        }
    };
    Ok(is.map(|is| is != condition.not))
}

fn subtotal(of: &LineSelection, asked: &Asked<'_>) -> Result<i64, PricingError> {
    let selected =
        asked.subtotals.iter().enumerate().filter(|(index, _)| selects(of, asked.facts.get(*index)));
    sum(&selected.map(|(_, subtotal)| *subtotal).collect::<Vec<_>>())
}

fn quantity(of: &LineSelection, asked: &Asked<'_>) -> i64 {
    let selected =
        asked.quantities.iter().enumerate().filter(|(index, _)| selects(of, asked.facts.get(*index)));
    selected.fold(0, |sum, (_, quantity)| sum.saturating_add(*quantity))
}

/// A window that ends after midnight belongs to the day on which it began.
fn is_within(days: &[u8], from: u16, until: u16, local: LocalTime) -> bool {
    let on = |day: u8| days.is_empty() || days.contains(&day);
    let yesterday = if local.weekday == 1 { 7 } else { local.weekday - 1 };
    if from < until {
        return on(local.weekday) && (from..until).contains(&local.minute);
    }
    (on(local.weekday) && local.minute >= from) || (on(yesterday) && local.minute < until)
}

/// What would make it hold.
fn told(condition: &Condition, asked: &Asked<'_>) -> Result<String, PricingError> {
    let shopper = asked.shopper;
    Ok(match (&condition.test, condition.not) {
        (ConditionTest::Subtotal { amount: at_least, of }, false) => {
            let missing = amount(*at_least, asked.currency)? - subtotal(of, asked)?;
            let missing = Money::new(missing, asked.currency);
            if of.is_all() {
                format!("Add {missing} more to your cart to use it.")
            } else {
                format!("Add {} for {missing} more to use it.", name(of))
            }
        }
        (ConditionTest::Subtotal { amount: at_least, .. }, true) => {
            format!("It is for less than {at_least}.")
        }
        (ConditionTest::Quantity { at_least, of }, false) => more(at_least - quantity(of, asked), of),
        (ConditionTest::Quantity { at_least, of }, true) => {
            format!("It is for fewer than {at_least} {} in your cart.", name(of))
        }
        (ConditionTest::SignedIn, false) => "Sign in to use it.".to_owned(),
        (ConditionTest::SignedIn, true) => "It is for guests.".to_owned(),
        (ConditionTest::FirstOrder | ConditionTest::Orders { .. }, _) if shopper.orders.is_none() => {
            "Sign in to use it.".to_owned()
        }
        (ConditionTest::FirstOrder, false) => "It is for your first order.".to_owned(),
        (ConditionTest::FirstOrder, true) => "It is for those who ordered before.".to_owned(),
        (ConditionTest::Orders { at_least }, false) => {
            format!("It is for those who ordered {at_least} times before.")
        }
        (ConditionTest::Orders { at_least }, true) => {
            format!("It is for those who ordered fewer than {at_least} times.")
        }
        (ConditionTest::Payment { methods }, is_not) => {
            let methods = methods.join(" or ").replace('_', " ");
            let how = if is_not { "otherwise than by" } else { "by" };
            format!("Pay {how} {methods} to use it.")
        }
        (ConditionTest::Country { countries }, is_not) => {
            let how = if is_not { "It is not for deliveries to" } else { "It is for deliveries to" };
            format!("{how} {}.", countries.join(", "))
        }
        (ConditionTest::Time { days, from, until }, is_not) => {
            let how = if is_not { "It does not work" } else { "It works" };
            format!("{how} {}.", window(days, *from, *until))
        }
    })
}

pub(crate) fn more(missing: i64, of: &LineSelection) -> String {
    format!("Add {missing} more {} to use it.", name(of))
}

fn window(days: &[u8], from: u16, until: u16) -> String {
    let clock = |minute: u16| format!("{:02}:{:02}", minute % DAY_MINUTES / 60, minute % 60);
    let named = days.iter().filter_map(|day| DAYS.get(usize::from(*day).wrapping_sub(1)));
    let days = match days.is_empty() {
        true => "every day".to_owned(),
        false => format!("on {}", named.copied().collect::<Vec<_>>().join(", ")),
    };
    if from == 0 && until == DAY_MINUTES {
        return days;
    }
    format!("{days} from {} to {}", clock(from), clock(until))
}

#[cfg(test)]
mod tests {
    use super::{LocalTime, is_within, window};

    #[test]
    fn a_window_over_midnight_belongs_to_the_day_it_began_on() {
        let at = |weekday, minute| LocalTime { weekday, minute };
        let friday_night = |local| is_within(&[5], 22 * 60, 120, local);
        assert!(friday_night(at(5, 22 * 60)) && friday_night(at(6, 119)));
        assert!(!friday_night(at(5, 119)) && !friday_night(at(6, 120)) && !friday_night(at(5, 22 * 60 - 1)));
        assert!(is_within(&[7], 22 * 60, 120, at(1, 0)), "Sunday's night ends on Monday");
        let lunch = |local| is_within(&[], 720, 840, local);
        assert!(lunch(at(3, 720)) && lunch(at(7, 839)) && !lunch(at(3, 840)) && !lunch(at(3, 719)));
        let weekdays = |local| is_within(&[1, 2], 0, 1440, local);
        assert!(weekdays(at(1, 0)) && weekdays(at(2, 1439)) && !weekdays(at(3, 700)));
    }

    #[test]
    fn windows_in_words() {
        assert_eq!(window(&[5, 6], 1020, 1140), "on Fridays, Saturdays from 17:00 to 19:00");
        assert_eq!(window(&[], 0, 90), "every day from 00:00 to 01:30");
        assert_eq!(window(&[7], 0, 1440), "on Sundays");
        assert_eq!(window(&[9], 605, 1440), "on  from 10:05 to 00:00");
    }
}
