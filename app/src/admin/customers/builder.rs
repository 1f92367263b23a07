//! Puts conditions together and writes them into the rule.

use leptos::prelude::*;

use crate::{
    admin::{
        desk::Desk,
        form::{Form, Input, check, select},
    },
    ui::Icon,
};

/// What a field is called, how it is asked for, and an example.
const FIELDS: [(&str, &str, bool, &str); 10] = [
    ("orders", "Orders", true, "2"),
    ("spent", "Spent", true, "100"),
    ("last_order", "Last order", true, "90 days ago, or 2026-01-31"),
    ("first_order", "First order", true, "30 days ago, or 2026-01-31"),
    ("country", "Country", false, "DE"),
    ("tag", "Tag", false, "vip"),
    ("consent", "Marketing mail", false, "granted, withdrawn or unknown"),
    ("account", "Account", false, "yes or no"),
    ("product", "Bought the product (handle)", false, "green-tea"),
    ("category", "Bought from the category (handle)", false, "tea"),
];
const OPS: [(&str, &str, bool); 6] = [
    ("=", "is", false),
    ("!=", "is not", false),
    (">=", "is at least", true),
    (">", "is more than, or after", true),
    ("<=", "is at most", true),
    ("<", "is less than, or before", true),
];

fn options<'o>(all: impl Iterator<Item = (&'o str, &'o str)>) -> Vec<(String, String)> {
    all.map(|(value, label)| (value.to_owned(), label.to_owned())).collect()
}

/// A condition as the rule has it. Texts are quoted; their own quotation marks would end them.
fn condition(field: &str, op: &str, value: &str, not: bool) -> String {
    let text = matches!(field, "tag" | "product" | "category");
    let value = value.trim().replace('"', "");
    let value = if text { format!("\"{value}\"") } else { value };
    format!("{}{field} {op} {value}", if not { "not " } else { "" })
}

/// The rule with one more condition.
fn joined(rule: &str, with: &str, condition: &str) -> String {
    let rule = rule.trim();
    match (rule.is_empty(), with) {
        (true, _) => condition.to_owned(),
        // What stands there stays together.
        (false, "and") if rule.contains(" or ") => format!("({rule}) and {condition}"),
        (false, with) => format!("{rule} {with} {condition}"),
    }
}

pub fn view(rule: RwSignal<String>, desk: Desk) -> AnyView {
    let form = Form::new(desk);
    let signal = |text: &str| RwSignal::new(text.to_owned());
    let (field, op, value, with) = (signal("orders"), signal(">="), signal(""), signal("and"));
    let not = RwSignal::new(false);
    let add = move |_| {
        let text = value.get_untracked();
        if text.trim().is_empty() {
            return;
        }
        let (name, ordered) = field.with_untracked(|field| {
            let found = FIELDS.iter().find(|(name, ..)| name == field);
            found.map_or(("orders", true), |(name, _, ordered, _)| (*name, *ordered))
        });
        let sign = op.get_untracked();
        // Only numbers and days are more or less.
        let sign = if ordered || sign == "=" || sign == "!=" { sign } else { "=".to_owned() };
        let one = condition(name, &sign, &text, not.get_untracked());
        rule.update(|rule| *rule = joined(rule, &with.get_untracked(), &one));
        value.set(String::new());
    };
    let ops = move || {
        let ordered =
            field.with(|field| FIELDS.iter().any(|(name, _, ordered, _)| name == field && *ordered));
        let shown =
            OPS.iter().filter(|(_, _, only)| ordered || !only).map(|(sign, label, _)| (*sign, *label));
        if !ordered && !matches!(op.get_untracked().as_str(), "=" | "!=") {
            op.set("=".to_owned());
        }
        select(form, "Compared", "builder-op", "op", options(shown), op)
    };
    let input = move || {
        let hint = field.with(|field| {
            let found = FIELDS.iter().find(|(name, ..)| name == field);
            found.map_or("", |(_, _, _, hint)| *hint)
        });
        Input::new(form, "Value", "builder-value", "value", value)
            .hint(format!("Such as {hint}"))
            .optional()
            .view()
    };
    let fields = options(FIELDS.iter().map(|(name, label, ..)| (*name, *label)));
    let words = options([("and", "and"), ("or", "or")].into_iter());
    view! {
        <fieldset class="builder">
            <legend>"Add a condition"</legend>
            {select(form, "Joined with", "builder-with", "with", words, with)}
            {check("Not", not)}
            {select(form, "Field", "builder-field", "field", fields, field)}
            {ops}
            {input}
            <button type="button" class="button button--quiet" on:click=add>
                {crate::ui::icon(Icon::Plus)}"Add to the rule"
            </button>
        </fieldset>
    }
    .into_any()
}
