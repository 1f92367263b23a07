//! Promotions to begin with, and what one does in a merchant's words.

use souk_contract::{
    BundlePart, Condition, ConditionGroup, ConditionTest, Currency, GroupPolicy, Join, LineSelection, Money,
    PromotionAction, PromotionInput, Tier, TierBy,
};

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// Value and label.
pub const TEMPLATES: [(&str, &str); 8] = [
    ("percent", "10 % off with a code"),
    ("buy_get", "Buy 2, get 1 free"),
    ("delivery", "Free delivery from an amount"),
    ("happy_hour", "Happy hour"),
    ("first_order", "First order"),
    ("tiers", "The more you spend, the more you save"),
    ("bundle", "A bundle for one price"),
    ("letters", "Codes for a mailing, each used once"),
];

/// What one of [`TEMPLATES`] begins with.
pub fn template(name: &str, currency: Currency) -> PromotionInput {
    let amount = |whole: i64| Money::new(whole * 10_i64.pow(currency.digits()), currency);
    let all = LineSelection::default;
    let only =
        |test| vec![ConditionGroup { join: Join::All, conditions: vec![Condition { not: false, test }] }];
    match name {
        "buy_get" => PromotionInput::new(
            "Buy 2, get 1 free",
            PromotionAction::BuyGet {
                buy: 2,
                get: 1,
                basis_points: 10_000,
                of: all(),
                get_of: None,
                times: None,
            },
        ),
        "delivery" => PromotionInput {
            minimum: Some(amount(50)),
            ..PromotionInput::new("Free delivery", PromotionAction::FreeShipping)
        },
        "happy_hour" => PromotionInput {
            when: only(ConditionTest::Time { days: vec![5], from: 17 * 60, until: 19 * 60 }),
            ..PromotionInput::new("Happy hour", PromotionAction::percent(1500))
        },
        "first_order" => PromotionInput {
            when: only(ConditionTest::FirstOrder),
            per_customer: Some(1),
            ..PromotionInput::new("Welcome", PromotionAction::percent(1000))
        },
        "tiers" => {
            let tier = |whole, basis_points| Tier {
                at_least: amount(whole).minor,
                basis_points: Some(basis_points),
                amount: None,
            };
            let tiers = vec![tier(50, 500), tier(100, 1000), tier(200, 1500)];
            PromotionInput::new(
                "Spend more, save more",
                PromotionAction::Tiers { by: TierBy::Subtotal, tiers, of: all() },
            )
        }
        "bundle" => {
            let parts = vec![BundlePart { quantity: 3, of: all() }];
            PromotionInput::new("Any three", PromotionAction::Bundle { parts, price: amount(50) })
        }
        "letters" => PromotionInput {
            by_codes: true,
            ..PromotionInput::new("Mailing", PromotionAction::percent(1000))
        },
        _ => PromotionInput {
            code: Some("SAVE10".to_owned()),
            ..PromotionInput::new("10 % off", PromotionAction::percent(1000))
        },
    }
}

/// `1050` as `10.5`.
pub fn percent(basis_points: u32) -> String {
    let (whole, rest) = (basis_points / 100, basis_points % 100);
    if rest == 0 {
        return whole.to_string();
    }
    format!("{whole}.{rest:02}").trim_end_matches('0').to_owned()
}

/// `12.5` in hundredths of a percent.
pub fn basis_points(text: &str) -> Option<u32> {
    let text = text.trim().trim_end_matches('%').trim().replace(',', ".");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || fraction.len() > 2 || !plain(whole) || !plain(fraction) {
        return None;
    }
    format!("{whole}{fraction:0<2}").parse().ok()
}

/// `17:30` as minutes after midnight; `24:00` is the day's end.
pub fn minutes(text: &str) -> Option<u16> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours <= 24 && minutes < 60 && hours * 60 + minutes <= 1440).then_some(hours * 60 + minutes)
}

pub fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// One sentence.
pub fn told(input: &PromotionInput, currency: Currency) -> String {
    let mut parts = vec![gives(&input.action, currency)];
    if let Some(minimum) = input.minimum {
        parts.push(format!("for carts from {minimum}"));
    }
    for group in &input.when {
        let word = if group.join == Join::All { " and " } else { " or " };
        let said: Vec<String> = group.conditions.iter().map(asks).collect();
        parts.push(format!("if {}", said.join(word)));
    }
    if !input.applies_to_sale_items {
        parts.push("but not on sale items".to_owned());
    }
    parts.push(match (&input.code, input.by_codes) {
        (Some(code), _) => format!("with the code {}", code.trim().to_uppercase()),
        (None, true) => "with a code made for it".to_owned(),
        (None, false) => "by itself".to_owned(),
    });
    let limits = [
        input.usage_limit.map(|limit| format!("at most {limit} orders")),
        input.per_customer.map(|limit| format!("{limit} per customer")),
        input.budget.map(|budget| format!("at most {budget} in all")),
        input.exclusive.then(|| "never with another promotion".to_owned()),
        input.group.as_ref().map(|group| match input.group_policy {
            GroupPolicy::Stack => format!("with all of the group {group}"),
            GroupPolicy::BestDeal => format!("the best deal of the group {group}"),
            GroupPolicy::First => format!("the first of the group {group}"),
        }),
    ];
    let limits: Vec<String> = limits.into_iter().flatten().collect();
    let limits = if limits.is_empty() { String::new() } else { format!(" ({})", limits.join(", ")) };
    format!("{}{limits}.", parts.join(", "))
}

fn gives(action: &PromotionAction, currency: Currency) -> String {
    match action {
        PromotionAction::Percent { basis_points, of } => {
            format!("{} % off {}", percent(*basis_points), items(of))
        }
        PromotionAction::Fixed { amount, of } => format!("{amount} off {}", items(of)),
        PromotionAction::FixedPrice { price, of } => format!("{} for {price} each", capital(&items(of))),
        PromotionAction::BuyGet { buy, get, basis_points, of, get_of, .. } => {
            let gets = match basis_points {
                10_000.. => "free".to_owned(),
                less => format!("{} % cheaper", percent(*less)),
            };
            let of_what = get_of.as_ref().map(|of| format!(" of {}", items(of))).unwrap_or_default();
            format!("Buy {buy} of {}, get {get}{of_what} {gets}", items(of))
        }
        PromotionAction::CheapestFree { at_least, of } => {
            format!("From {at_least} of {}, the cheapest is free", items(of))
        }
        PromotionAction::Tiers { by, tiers, of } => {
            let tier = |tier: &Tier| {
                let gives = match (tier.basis_points, tier.amount) {
                    (Some(points), _) => format!("{} %", percent(points)),
                    (None, amount) => amount.map(|amount| amount.to_string()).unwrap_or_default(),
                };
                let from = match by {
                    TierBy::Subtotal => Money::new(tier.at_least, currency).to_string(),
                    TierBy::Quantity => format!("{} pieces", tier.at_least),
                };
                format!("{gives} from {from}")
            };
            format!("Off {}: {}", items(of), tiers.iter().map(tier).collect::<Vec<_>>().join("; "))
        }
        PromotionAction::Bundle { parts, price } => {
            let part = |part: &BundlePart| format!("{} of {}", part.quantity, items(&part.of));
            format!(
                "{} together for {price}",
                capital(&parts.iter().map(part).collect::<Vec<_>>().join(" and "))
            )
        }
        PromotionAction::Gift { quantity, label, .. } => format!("{quantity} × {label} as a gift"),
        PromotionAction::FreeShipping => "Free delivery".to_owned(),
    }
}

fn capital(text: &str) -> String {
    let mut signs = text.chars();
    signs.next().map(|first| first.to_uppercase().chain(signs).collect()).unwrap_or_default()
}

fn items(of: &LineSelection) -> String {
    if of.is_all() {
        return "everything".to_owned();
    }
    let listed =
        |name: &str, list: &[String]| (!list.is_empty()).then(|| format!("{name} {}", list.join(" or ")));
    let counted = |name: &str, count: usize| (count > 0).then(|| format!("{count} {name}"));
    let parts = [
        counted("chosen products", of.products.len()),
        counted("chosen variants", of.variants.len()),
        counted("collections", of.collections.len()),
        listed("type", &of.product_types),
        listed("vendor", &of.vendors),
        listed("tag", &of.tags),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let but = if of.except { "everything but " } else { "" };
    format!("{but}{}", parts.join(", "))
}

fn asks(condition: &Condition) -> String {
    let not = if condition.not { "not " } else { "" };
    let what = match &condition.test {
        ConditionTest::Subtotal { amount: at_least, of } => format!("{at_least} of {}", items(of)),
        ConditionTest::Quantity { at_least, of } => format!("{at_least} pieces of {}", items(of)),
        ConditionTest::SignedIn => "signed in".to_owned(),
        ConditionTest::FirstOrder => "a first order".to_owned(),
        ConditionTest::Orders { at_least } => format!("{at_least} orders before"),
        ConditionTest::Payment { methods } => format!("paid by {}", methods.join(" or ").replace('_', " ")),
        ConditionTest::Country { countries } => format!("delivered to {}", countries.join(" or ")),
        ConditionTest::Time { days, from, until } => {
            let named = days.iter().filter_map(|day| DAYS.get(usize::from(*day).wrapping_sub(1)).copied());
            let days =
                if days.is_empty() { "every day".to_owned() } else { named.collect::<Vec<_>>().join(", ") };
            format!("{days} {} to {}", clock(*from), clock(*until))
        }
    };
    format!("{not}{what}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_says_what_it_does() {
        let said = |name| told(&template(name, Currency::EUR), Currency::EUR);
        assert_eq!(said("percent"), "10 % off everything, with the code SAVE10.");
        assert_eq!(said("buy_get"), "Buy 2 of everything, get 1 free, by itself.");
        assert_eq!(said("delivery"), "Free delivery, for carts from €50.00, by itself.");
        assert_eq!(said("happy_hour"), "15 % off everything, if Fri 17:00 to 19:00, by itself.");
        assert_eq!(said("first_order"), "10 % off everything, if a first order, by itself (1 per customer).");
        assert_eq!(
            said("tiers"),
            "Off everything: 5 % from €50.00; 10 % from €100.00; 15 % from €200.00, by itself."
        );
        assert_eq!(said("bundle"), "3 of everything together for €50.00, by itself.");
        assert_eq!(said("letters"), "10 % off everything, with a code made for it.");
        let yen = template("delivery", Currency::JPY).minimum;
        assert_eq!(yen, Some(Money::new(50, Currency::JPY)));
    }

    #[test]
    fn selections_and_conditions_in_words() {
        let socks = LineSelection {
            product_types: vec!["Socks".into()],
            tags: vec!["wool".into(), "silk".into()],
            ..LineSelection::default()
        };
        let test = ConditionTest::Payment { methods: vec!["bank_transfer".into()] };
        let input = PromotionInput {
            when: vec![ConditionGroup {
                join: Join::Any,
                conditions: vec![
                    Condition { not: true, test },
                    Condition { not: false, test: ConditionTest::Country { countries: vec!["DE".into()] } },
                ],
            }],
            applies_to_sale_items: false,
            exclusive: true,
            ..PromotionInput::new(
                "Socks",
                PromotionAction::FixedPrice { price: Money::new(500, Currency::EUR), of: socks },
            )
        };
        assert_eq!(
            told(&input, Currency::EUR),
            "Type Socks, tag wool or silk for €5.00 each, if not paid by bank transfer or delivered to DE, but not on \
             sale items, by itself (never with another promotion)."
        );
    }

    #[test]
    fn numbers_as_people_type_them() {
        assert_eq!(
            (basis_points("12.5"), basis_points(" 10 % "), basis_points("7,25")),
            (Some(1250), Some(1000), Some(725))
        );
        assert_eq!((basis_points("1.234"), basis_points(""), basis_points("-1")), (None, None, None));
        assert_eq!(
            (minutes("17:30"), minutes("24:00"), minutes("24:01"), minutes("8")),
            (Some(1050), Some(1440), None, None)
        );
        assert_eq!((percent(1250), clock(65)), ("12.5".to_owned(), "01:05".to_owned()));
    }
}
