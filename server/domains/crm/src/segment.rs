//! The rules of segments as text: `orders >= 2 and spent > 100 and not tag = "vip"`.
//!
//! `or` binds less than `and`, `not` most; round brackets as usual. A fault names its place.

use souk_contract::{Consent, Currency, Error, Money, NaiveDate, Result};

/// Whoever needs more makes two segments.
const LONGEST: usize = 2_000;
const MOST_CONDITIONS: usize = 50;
const DEEPEST: usize = 20;
const MOST_DAYS: i64 = 36_500;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    Is,
    IsNot,
    Less,
    AtMost,
    More,
    AtLeast,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Day {
    On(NaiveDate),
    /// Counted back from today.
    Ago(i64),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Condition {
    Orders(Op, i64),
    /// Minor units of the shop's currency.
    Spent(Op, i64),
    LastOrder(Op, Day),
    FirstOrder(Op, Day),
    Country(String),
    Tag(String),
    Consent(Consent),
    Account(bool),
    Product(String),
    Category(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Rule {
    And(Vec<Rule>),
    Or(Vec<Rule>),
    Not(Box<Rule>),
    Holds(Condition),
}

/// # Errors
/// `Invalid` with the place in the text.
pub(crate) fn parse(text: &str, currency: Currency) -> Result<Rule> {
    if text.chars().count() > LONGEST {
        return Err(Error::invalid("rule", "too_long", "At most 2,000 characters."));
    }
    let tokens = tokens(text)?;
    let mut reader = Reader { tokens, at: 0, conditions: 0, end: text.chars().count() + 1, currency };
    let rule = reader.any(0)?;
    match reader.peek() {
        None => Ok(rule),
        Some(_) => Err(reader.fault("Here `and` or `or` was expected.")),
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Quoted(String),
    Sign(&'static str),
}

/// Each with where it begins, counted from 1.
type Placed = (usize, Token);

fn fault(at: usize, near: &str, message: &str) -> Error {
    let near = if near.is_empty() { "at the end".to_owned() } else { format!("at `{near}`") };
    Error::invalid("rule", "syntax", format!("Character {at}, {near}: {message}"))
}

fn tokens(text: &str) -> Result<Vec<Placed>> {
    // The longer sign before the one that it begins with.
    const SIGNS: [&str; 8] = [">=", "<=", "!=", ">", "<", "=", "(", ")"];
    let letters: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(letter) = letters.get(at) {
        let start = at + 1;
        if letter.is_whitespace() {
            at += 1;
        } else if *letter == '"' {
            let rest = letters.get(at + 1..).unwrap_or_default();
            let Some(length) = rest.iter().position(|letter| *letter == '"') else {
                return Err(fault(start, "\"", "This quotation mark is never closed."));
            };
            found.push((start, Token::Quoted(rest.iter().take(length).collect())));
            at += length + 2;
        } else if let Some(sign) =
            SIGNS.into_iter().find(|sign| letters.iter().skip(at).take(sign.len()).copied().eq(sign.chars()))
        {
            found.push((start, Token::Sign(sign)));
            at += sign.len();
        } else {
            let plain = |letter: &&char| letter.is_alphanumeric() || "_-.,".contains(**letter);
            let word: String = letters.iter().skip(at).take_while(plain).collect();
            if word.is_empty() {
                return Err(fault(start, &letter.to_string(), "This sign means nothing here."));
            }
            at += word.chars().count();
            found.push((start, Token::Word(word)));
        }
    }
    Ok(found)
}

struct Reader {
    tokens: Vec<Placed>,
    at: usize,
    conditions: usize,
    end: usize,
    currency: Currency,
}

impl Reader {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(_, token)| token)
    }

    /// At the next token.
    fn fault(&self, message: &str) -> Error {
        match self.tokens.get(self.at) {
            None => fault(self.end, "", message),
            Some((at, Token::Word(word) | Token::Quoted(word))) => fault(*at, word, message),
            Some((at, Token::Sign(sign))) => fault(*at, sign, message),
        }
    }

    fn takes(&mut self, word: &str) -> bool {
        let is = match self.peek() {
            Some(Token::Word(next)) => next.eq_ignore_ascii_case(word),
            Some(Token::Sign(sign)) => *sign == word,
            _ => false,
        };
        self.at += usize::from(is);
        is
    }

    fn any(&mut self, depth: usize) -> Result<Rule> {
        let mut all = vec![self.all(depth)?];
        while self.takes("or") {
            all.push(self.all(depth)?);
        }
        Ok(joined(all, Rule::Or))
    }

    fn all(&mut self, depth: usize) -> Result<Rule> {
        let mut all = vec![self.one(depth)?];
        while self.takes("and") {
            all.push(self.one(depth)?);
        }
        Ok(joined(all, Rule::And))
    }

    fn one(&mut self, depth: usize) -> Result<Rule> {
        if depth > DEEPEST {
            return Err(self.fault("This is nested too deeply."));
        }
        if self.takes("not") {
            return Ok(Rule::Not(Box::new(self.one(depth + 1)?)));
        }
        if self.takes("(") {
            let inner = self.any(depth + 1)?;
            if !self.takes(")") {
                return Err(self.fault("A closing bracket is missing."));
            }
            return Ok(inner);
        }
        self.conditions += 1;
        if self.conditions > MOST_CONDITIONS {
            return Err(self.fault("At most 50 conditions."));
        }
        self.condition()
    }

    fn condition(&mut self) -> Result<Rule> {
        const FIELDS: &str = "A field was expected: orders, spent, last_order, first_order, country, tag, consent, account, product or category.";
        let Some(Token::Word(word)) = self.peek() else { return Err(self.fault(FIELDS)) };
        let field = word.to_lowercase();
        let known = matches!(
            field.as_str(),
            "orders"
                | "spent"
                | "last_order"
                | "first_order"
                | "country"
                | "tag"
                | "consent"
                | "account"
                | "product"
                | "category"
        );
        if !known {
            return Err(self.fault(FIELDS));
        }
        self.at += 1;
        let ordered = matches!(field.as_str(), "orders" | "spent" | "last_order" | "first_order");
        let op = self.op(ordered)?;
        let holds = match field.as_str() {
            "orders" => Condition::Orders(op, self.whole()?),
            "spent" => Condition::Spent(op, self.amount()?),
            "last_order" => Condition::LastOrder(op, self.day()?),
            "first_order" => Condition::FirstOrder(op, self.day()?),
            "country" => Condition::Country(self.country()?),
            "tag" => Condition::Tag(self.text()?.to_lowercase()),
            "consent" => Condition::Consent(self.consent()?),
            "account" => Condition::Account(self.yes()?),
            "product" => Condition::Product(self.text()?),
            _ => Condition::Category(self.text()?),
        };
        let rule = Rule::Holds(holds);
        Ok(if !ordered && op == Op::IsNot { Rule::Not(Box::new(rule)) } else { rule })
    }

    fn op(&mut self, ordered: bool) -> Result<Op> {
        let op = match self.peek() {
            Some(Token::Sign("=")) => Op::Is,
            Some(Token::Sign("!=")) => Op::IsNot,
            Some(Token::Sign("<")) if ordered => Op::Less,
            Some(Token::Sign("<=")) if ordered => Op::AtMost,
            Some(Token::Sign(">")) if ordered => Op::More,
            Some(Token::Sign(">=")) if ordered => Op::AtLeast,
            _ if ordered => return Err(self.fault("Here =, !=, <, <=, > or >= was expected.")),
            _ => return Err(self.fault("Here = or != was expected.")),
        };
        self.at += 1;
        Ok(op)
    }

    /// The next word as `read` takes it.
    fn value<T>(&mut self, read: impl Fn(&str) -> Option<T>, expected: &str) -> Result<T> {
        let value = match self.peek() {
            Some(Token::Word(text) | Token::Quoted(text)) => read(text),
            _ => None,
        };
        let value = value.ok_or_else(|| self.fault(expected))?;
        self.at += 1;
        Ok(value)
    }

    fn whole(&mut self) -> Result<i64> {
        self.value(|text| text.parse().ok().filter(|number| *number >= 0), "A whole number was expected.")
    }

    fn amount(&mut self) -> Result<i64> {
        let currency = self.currency;
        self.value(|text| minor(text, currency), "An amount such as 100 or 99.50 was expected.")
    }

    fn day(&mut self) -> Result<Day> {
        const EXPECTED: &str = "A day such as 2026-01-31 was expected, or `30 days ago`.";
        let date = |text: &str| text.parse::<NaiveDate>().ok();
        let number = |text: &str| text.parse::<i64>().ok().filter(|days| (0..=MOST_DAYS).contains(days));
        let day = self.value(|text| date(text).map(Day::On).or(number(text).map(Day::Ago)), EXPECTED)?;
        if matches!(day, Day::Ago(_)) && !((self.takes("days") || self.takes("day")) && self.takes("ago")) {
            return Err(self.fault("After a number of days comes `days ago`."));
        }
        Ok(day)
    }

    fn country(&mut self) -> Result<String> {
        let code = |text: &str| {
            let code = text.to_uppercase();
            (code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase())).then_some(code)
        };
        self.value(code, "A country's two letters were expected, such as DE.")
    }

    fn text(&mut self) -> Result<String> {
        let some = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
        self.value(some, "A text was expected, such as \"vip\".")
    }

    fn consent(&mut self) -> Result<Consent> {
        self.value(
            |text| Consent::parse(&text.to_lowercase()),
            "Here granted, withdrawn or unknown was expected.",
        )
    }

    fn yes(&mut self) -> Result<bool> {
        let yes = |text: &str| match text.to_lowercase().as_str() {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        };
        self.value(yes, "Here yes or no was expected.")
    }
}

fn joined(mut all: Vec<Rule>, join: impl Fn(Vec<Rule>) -> Rule) -> Rule {
    match (all.len(), all.pop()) {
        (1, Some(only)) => only,
        (_, Some(last)) => {
            all.push(last);
            join(all)
        }
        (_, None) => join(all),
    }
}

/// `99.50` in minor units: no more digits behind the point than the currency has.
fn minor(text: &str, currency: Currency) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = Money::new(0, currency).amount().split_once('.').map_or(0, |(_, part)| part.len());
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || part.len() > digits || !plain(whole) || !plain(part) || text.ends_with('.') {
        return None;
    }
    format!("{whole}{part:0<digits$}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Rule {
        parse(text, Currency::EUR).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    fn holds(condition: Condition) -> Rule {
        Rule::Holds(condition)
    }

    #[test]
    fn and_binds_more_than_or_and_not_most() {
        let (orders, spent) =
            (holds(Condition::Orders(Op::AtLeast, 2)), holds(Condition::Spent(Op::More, 10_050)));
        let tag = || holds(Condition::Tag("vip".into()));
        assert_eq!(
            read("orders >= 2 and spent > 100.5 and not tag = \"VIP\""),
            Rule::And(vec![orders.clone(), spent.clone(), Rule::Not(Box::new(tag()))])
        );
        assert_eq!(
            read("orders>=2 or spent > 100.50 AND tag != vip"),
            Rule::Or(vec![orders.clone(), Rule::And(vec![spent.clone(), Rule::Not(Box::new(tag()))])])
        );
        assert_eq!(
            read("(orders >= 2 or spent > 100.50) and tag = vip"),
            Rule::And(vec![Rule::Or(vec![orders, spent]), tag()])
        );
    }

    #[test]
    fn each_field_takes_its_own_values() {
        let day = NaiveDate::from_ymd_opt(2026, 1, 31).expect("a day");
        for (text, condition) in [
            ("last_order < 2026-01-31", Condition::LastOrder(Op::Less, Day::On(day))),
            ("first_order >= 90 days ago", Condition::FirstOrder(Op::AtLeast, Day::Ago(90))),
            ("country = de", Condition::Country("DE".into())),
            ("consent = granted", Condition::Consent(Consent::Granted)),
            ("account = yes", Condition::Account(true)),
            ("product = \"green tea\"", Condition::Product("green tea".into())),
            ("category = tea", Condition::Category("tea".into())),
        ] {
            assert_eq!(read(text), holds(condition), "{text}");
        }
    }

    #[test]
    fn a_fault_names_its_place() {
        for (text, place) in [
            ("", "Character 1, at the end: A field"),
            ("orders", "Character 7, at the end: Here =, !="),
            ("orders >= two", "Character 11, at `two`: A whole number"),
            ("orders >= 2 spent > 1", "Character 13, at `spent`: Here `and` or `or`"),
            ("(orders = 1", "Character 12, at the end: A closing bracket"),
            ("orders = 1)", "Character 11, at `)`: Here `and` or `or`"),
            ("tag > vip", "Character 5, at `>`: Here = or !="),
            ("tag = \"vip", "Character 7, at `\"`: This quotation mark"),
            ("colour = red", "Character 1, at `colour`: A field"),
            ("spent > 1.234", "Character 9, at `1.234`: An amount"),
            ("last_order < 30 weeks ago", "Character 17, at `weeks`: After a number of days"),
            ("orders = 1 & tag = a", "Character 12, at `&`: This sign"),
            ("country = Germany", "Character 11, at `Germany`: A country's two letters"),
            ("äöü = 1", "Character 1, at `äöü`: A field"),
        ] {
            let Err(Error::Invalid { fields }) = parse(text, Currency::EUR) else {
                panic!("{text} is a rule")
            };
            assert_eq!(fields[0].field, "rule");
            assert!(fields[0].message.starts_with(place), "{text}: {}", fields[0].message);
        }
        assert!(parse(&"not ".repeat(40), Currency::EUR).is_err());
        assert!(parse(&format!("orders = 1{}", " or orders = 1".repeat(60)), Currency::EUR).is_err());
        assert_eq!(minor("100", Currency::JPY), Some(100));
        assert_eq!(minor("100.1", Currency::JPY), None);
    }
}
