//! What a promotion may say. Pure functions.

use souk_contract::{
    Check, ConditionGroup, ConditionTest, Currency, LineSelection, MakeCodes, Money, PromotionAction,
    PromotionInput, Result, Tier,
};

/// Of conditions, groups, tiers, parts of a bundle.
const MOST_PARTS: usize = 10;
const MOST_NAMED: usize = 250;
const MOST_PIECES: i64 = 99;
/// More than any cart comes to, and far from the end of 64 bits.
const MOST_MINOR: i64 = 1_000_000_000_000;
const DAY_MINUTES: u16 = 24 * 60;
pub(crate) const MOST_CODES: i64 = 10_000;

const AN_AMOUNT: &str = "An amount in the shop's currency.";
const PIECES: &str = "From 1 to 99.";

pub(crate) fn promotion(input: &PromotionInput, currency: Currency) -> Result<()> {
    let mut check = Check::new();
    check.text(&input.title, "title", 120);
    if let Some(code) = &input.code {
        let plain = code.trim().chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
        check.text(code, "code", 40).that(plain, "code", "invalid", "Letters, digits, - and _ only.");
        check.that(!input.by_codes, "code", "invalid", "Either one code, or codes made for it.");
    }
    let own = |money: Money| money.currency == currency && (0..=MOST_MINOR).contains(&money.minor);
    action(&mut check, &input.action, &own);
    check.that(input.minimum.is_none_or(own), "minimum", "invalid", AN_AMOUNT);
    check.that(input.when.len() <= MOST_PARTS, "when", "too_many", "At most 10 groups.");
    for (index, group) in input.when.iter().take(MOST_PARTS).enumerate() {
        conditions(&mut check, &format!("when[{index}]"), group, &own);
    }
    check.short(input.group.as_deref().unwrap_or_default(), "group", 60);
    let at_least = |value: Option<i64>, least: i64| value.is_none_or(|value| value >= least);
    check.that(at_least(input.usage_limit, 0), "usage_limit", "out_of_range", "0 or more.");
    check.that(at_least(input.per_customer, 1), "per_customer", "out_of_range", "1 or more.");
    check.that(input.budget.is_none_or(own), "budget", "invalid", AN_AMOUNT);
    let ordered = match (input.starts_at, input.ends_at) {
        (Some(starts), Some(ends)) => starts < ends,
        _ => true,
    };
    check.that(ordered, "ends_at", "invalid", "The end must come after the start.");
    check.done()
}

fn action(check: &mut Check, action: &PromotionAction, own: &impl Fn(Money) -> bool) {
    let percent = |check: &mut Check, points: u32, field: &str| {
        let fits = (1..=10_000).contains(&points);
        check.that(fits, field, "out_of_range", "From 1 to 10,000, which is 100 %.");
    };
    let pieces = |check: &mut Check, count: i64, field: &str| {
        check.that((1..=MOST_PIECES).contains(&count), field, "out_of_range", PIECES);
    };
    match action {
        PromotionAction::Percent { basis_points, of } => {
            percent(check, *basis_points, "action.basis_points");
            selection(check, of, "action.of");
        }
        PromotionAction::Fixed { amount, of } => {
            check.that(own(*amount), "action.amount", "invalid", AN_AMOUNT);
            selection(check, of, "action.of");
        }
        PromotionAction::FixedPrice { price, of } => {
            check.that(own(*price), "action.price", "invalid", AN_AMOUNT);
            selection(check, of, "action.of");
        }
        PromotionAction::BuyGet { buy, get, basis_points, of, get_of, times } => {
            pieces(check, *buy, "action.buy");
            pieces(check, *get, "action.get");
            pieces(check, times.unwrap_or(1), "action.times");
            percent(check, *basis_points, "action.basis_points");
            selection(check, of, "action.of");
            if let Some(get_of) = get_of {
                selection(check, get_of, "action.get_of");
            }
        }
        PromotionAction::CheapestFree { at_least, of } => {
            let fits = (2..=MOST_PIECES).contains(at_least);
            check.that(fits, "action.at_least", "out_of_range", "From 2 to 99.");
            selection(check, of, "action.of");
        }
        PromotionAction::Tiers { tiers, of, .. } => {
            selection(check, of, "action.of");
            let fits = (1..=MOST_PARTS).contains(&tiers.len());
            check.that(fits, "action.tiers", "out_of_range", "1 to 10 tiers.");
            for (index, one) in tiers.iter().take(MOST_PARTS).enumerate() {
                tier(check, &format!("action.tiers[{index}]"), one, own);
                let again = tiers[..index].iter().any(|other| other.at_least == one.at_least);
                let field = format!("action.tiers[{index}].at_least");
                check.that(!again, &field, "taken", "Two tiers begin at the same point.");
            }
        }
        PromotionAction::Bundle { parts, price } => {
            check.that(own(*price), "action.price", "invalid", AN_AMOUNT);
            let fits = (1..=MOST_PARTS).contains(&parts.len());
            check.that(fits, "action.parts", "out_of_range", "1 to 10 parts.");
            for (index, part) in parts.iter().take(MOST_PARTS).enumerate() {
                pieces(check, part.quantity, &format!("action.parts[{index}].quantity"));
                selection(check, &part.of, &format!("action.parts[{index}].of"));
            }
        }
        PromotionAction::Gift { quantity, label, .. } => {
            pieces(check, *quantity, "action.quantity");
            check.text(label, "action.label", 80);
        }
        PromotionAction::FreeShipping => {}
    }
}

fn tier(check: &mut Check, at: &str, tier: &Tier, own: &impl Fn(Money) -> bool) {
    let fits = (0..=MOST_MINOR).contains(&tier.at_least);
    check.that(fits, &format!("{at}.at_least"), "out_of_range", "0 or more.");
    let gives = match (tier.basis_points, tier.amount) {
        (Some(points), None) => (1..=10_000).contains(&points),
        (None, Some(amount)) => own(amount),
        _ => false,
    };
    check.that(gives, at, "invalid", "Either a percentage up to 100 % or an amount in the shop's currency.");
}

fn selection(check: &mut Check, of: &LineSelection, at: &str) {
    check.short(&of.label, &format!("{at}.label"), 80);
    let names = [&of.product_types, &of.vendors, &of.tags];
    let counts = [of.products.len(), of.variants.len(), of.collections.len()];
    let few = counts.into_iter().chain(names.iter().map(|list| list.len())).all(|count| count <= MOST_NAMED);
    check.that(few, at, "too_many", "At most 250 of a kind.");
    let short = names.iter().copied().flatten().all(|name| name.chars().count() <= 255);
    check.that(short, at, "too_long", "At most 255 characters each.");
    let everything_but_nothing = LineSelection { except: false, ..of.clone() }.is_all() && of.except;
    check.that(!everything_but_nothing, at, "invalid", "Say which items are left out.");
}

fn conditions(check: &mut Check, at: &str, group: &ConditionGroup, own: &impl Fn(Money) -> bool) {
    let fits = (1..=MOST_PARTS).contains(&group.conditions.len());
    check.that(fits, &format!("{at}.conditions"), "out_of_range", "1 to 10 conditions.");
    for (index, condition) in group.conditions.iter().take(MOST_PARTS).enumerate() {
        let at = format!("{at}.conditions[{index}].test");
        match &condition.test {
            ConditionTest::Subtotal { amount: at_least, of } => {
                check.that(own(*at_least), &format!("{at}.amount"), "invalid", AN_AMOUNT);
                selection(check, of, &format!("{at}.of"));
            }
            ConditionTest::Quantity { at_least, of } => {
                let fits = (1..=99_999).contains(at_least);
                check.that(fits, &format!("{at}.at_least"), "out_of_range", "From 1 to 99,999.");
                selection(check, of, &format!("{at}.of"));
            }
            ConditionTest::Orders { at_least } => {
                let fits = (1..=99_999).contains(at_least);
                check.that(fits, &format!("{at}.at_least"), "out_of_range", "From 1 to 99,999.");
            }
            ConditionTest::Payment { methods } => {
                let fits = (1..=MOST_PARTS).contains(&methods.len())
                    && methods.iter().all(|method| (1..=60).contains(&method.chars().count()));
                check.that(fits, &format!("{at}.methods"), "invalid", "1 to 10 ways to pay.");
            }
            ConditionTest::Country { countries } => {
                let is_code =
                    |code: &String| code.len() == 2 && code.bytes().all(|b| b.is_ascii_alphabetic());
                let fits = (1..=MOST_NAMED).contains(&countries.len()) && countries.iter().all(is_code);
                check.that(fits, &format!("{at}.countries"), "invalid", "Codes of two letters, such as DE.");
            }
            ConditionTest::Time { days, from, until } => {
                let fits = days.len() <= 7 && days.iter().all(|day| (1..=7).contains(day));
                check.that(fits, &format!("{at}.days"), "invalid", "1 is Monday, 7 is Sunday.");
                let fits = *from < DAY_MINUTES && *until <= DAY_MINUTES && from != until;
                check.that(fits, &format!("{at}.until"), "invalid", "Minutes after midnight: 0 to 1440.");
            }
            ConditionTest::SignedIn | ConditionTest::FirstOrder => {}
        }
    }
}

pub(crate) fn codes(request: &MakeCodes) -> Result<()> {
    let mut check = Check::new();
    check.that((1..=MOST_CODES).contains(&request.count), "count", "out_of_range", "From 1 to 10,000.");
    let plain = request.prefix.len() <= 12 && request.prefix.bytes().all(|byte| byte.is_ascii_alphanumeric());
    check.that(plain, "prefix", "invalid", "Up to 12 letters and digits.");
    let fits = request.usage_limit.is_none_or(|limit| limit >= 1);
    check.that(fits, "usage_limit", "out_of_range", "1 or more.").done()
}
