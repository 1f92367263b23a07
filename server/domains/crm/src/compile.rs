//! Rules of segments as conditions of a statement. Words are ours; whatever was typed is bound.

use souk_contract::Timestamp;

use crate::{
    find::{Sql, Value},
    segment::{Condition, Day, Op, Rule},
};

const DAY_MICROS: i64 = 86_400_000_000;

/// Adds ` and (…)`. Days are UTC.
pub(crate) fn compile(sql: &mut Sql, rule: &Rule, now: Timestamp) {
    sql.push(" and ");
    add(sql, rule, now);
}

fn add(sql: &mut Sql, rule: &Rule, now: Timestamp) {
    match rule {
        Rule::And(all) => join(sql, all, " and ", now),
        Rule::Or(all) => join(sql, all, " or ", now),
        Rule::Not(inner) => {
            sql.push("not ");
            sql.push("(");
            add(sql, inner, now);
            sql.push(")");
        }
        Rule::Holds(condition) => {
            let text = holds(sql, condition, now);
            sql.push(&format!("({text})"));
        }
    }
}

fn join(sql: &mut Sql, all: &[Rule], word: &str, now: Timestamp) {
    sql.push("(");
    for (index, rule) in all.iter().enumerate() {
        if index > 0 {
            sql.push(word);
        }
        add(sql, rule, now);
    }
    sql.push(")");
}

fn sign(op: Op) -> &'static str {
    match op {
        Op::Is => "=",
        Op::IsNot => "<>",
        Op::Less => "<",
        Op::AtMost => "<=",
        Op::More => ">",
        Op::AtLeast => ">=",
    }
}

fn holds(sql: &mut Sql, condition: &Condition, now: Timestamp) -> String {
    let words = |sql: &mut Sql, text: &str| sql.value(Value::Words(text.to_owned()));
    match condition {
        Condition::Orders(op, number) => {
            let number = sql.value(Value::Number(*number));
            format!("orders {} {number}", sign(*op))
        }
        Condition::Spent(op, minor) => {
            let minor = sql.value(Value::Number(*minor));
            format!("spent_minor {} {minor}", sign(*op))
        }
        Condition::LastOrder(op, day) => when(sql, "last_order", *op, *day, now),
        Condition::FirstOrder(op, day) => when(sql, "first_order", *op, *day, now),
        Condition::Country(code) => format!("country = {}", words(sql, code)),
        Condition::Consent(consent) => format!("consent = {}", words(sql, consent.as_str())),
        Condition::Account(has) => format!("has_account = {}", sql.value(Value::Flag(*has))),
        Condition::Tag(key) => {
            format!("id in (select profile_id from profile_tag where tag_key = {})", words(sql, key))
        }
        Condition::Product(handle) => bought("product", &words(sql, handle)),
        Condition::Category(handle) => bought("category", &words(sql, handle)),
    }
}

fn bought(kind: &'static str, handle: &str) -> String {
    format!("id in (select profile_id from bought where kind = '{kind}' and handle = {handle})")
}

/// Whoever never ordered is neither before nor after a day.
fn when(sql: &mut Sql, column: &'static str, op: Op, day: Day, now: Timestamp) -> String {
    let start = match day {
        Day::On(date) => {
            date.and_hms_opt(0, 0, 0).map_or(0, |midnight| midnight.and_utc().timestamp_micros())
        }
        Day::Ago(days) => (now.micros().div_euclid(DAY_MICROS) - days) * DAY_MICROS,
    };
    let mut at = |micros: i64| sql.value(Value::Number(micros));
    match op {
        Op::Less => format!("{column} > 0 and {column} < {}", at(start)),
        Op::AtMost => format!("{column} > 0 and {column} < {}", at(start + DAY_MICROS)),
        Op::More => format!("{column} > 0 and {column} >= {}", at(start + DAY_MICROS)),
        Op::AtLeast => format!("{column} > 0 and {column} >= {}", at(start)),
        Op::Is => {
            format!("{column} > 0 and {column} >= {} and {column} < {}", at(start), at(start + DAY_MICROS))
        }
        Op::IsNot => {
            format!("{column} > 0 and ({column} < {} or {column} >= {})", at(start), at(start + DAY_MICROS))
        }
    }
}
