//! What an attribute, a group or a template may be: pure.

use std::collections::HashSet;

use souk_contract::{AttributeInput, AttributeKind, Check, Result};

use super::LONGEST_CODE;
use crate::{
    product::is_colour,
    store::attributes::MOST_COUNTED,
    text::{check_handle, check_plain},
};

const MOST_OPTIONS: usize = 500;
const MOST_IN_ONE: usize = 200;
const LONGEST_NAME: usize = 120;
const LONGEST_HELP: usize = 500;
const LONGEST_UNIT: usize = 20;

pub(super) fn check_name(check: &mut Check, name: &str, field: &str) {
    check.that(!name.trim().is_empty(), field, "required", "Please fill this in.");
    check_plain(check, name, field, LONGEST_NAME);
}

pub(super) fn check_attribute(input: &AttributeInput) -> Result<()> {
    let mut check = Check::new();
    check_handle(&mut check, &input.code, "code");
    check.short(&input.code, "code", LONGEST_CODE);
    check_name(&mut check, &input.name, "name");
    check_plain(&mut check, &input.help, "help", LONGEST_HELP);
    let unit = input.unit.as_deref().unwrap_or_default();
    check_plain(&mut check, unit, "unit", LONGEST_UNIT);
    let fits = input.kind == AttributeKind::Number || input.unit.is_none();
    check.that(fits, "unit", "invalid", "Only a number has a unit.");
    if input.kind.has_options() {
        check.that(!input.options.is_empty(), "options", "required", "Something to choose from, please.");
    } else {
        check.that(input.options.is_empty(), "options", "invalid", "This kind has no options.");
    }
    check.that(input.options.len() <= MOST_OPTIONS, "options", "too_many", "At most 500 options.");
    let mut values = HashSet::new();
    for (at, option) in input.options.iter().enumerate() {
        let field = |name: &str| format!("options[{at}].{name}");
        check_name(&mut check, &option.value, &field("value"));
        check_name(&mut check, &option.label, &field("label"));
        let one_line = option.value.trim() == option.value && !option.value.contains(char::is_control);
        check.that(one_line, &field("value"), "invalid", "One line, without spaces around it.");
        let new = values.insert(&option.value);
        check.that(new, &field("value"), "duplicate", "Another option has this value.");
        let colour = option.swatch.as_deref().is_none_or(is_colour);
        check.that(colour, &field("swatch"), "invalid", "A colour as #rrggbb.");
    }
    check.done()
}

pub(super) fn tidy(mut input: AttributeInput) -> AttributeInput {
    input.name = input.name.trim().to_owned();
    input.help = input.help.trim().to_owned();
    input.unit = input.unit.map(|unit| unit.trim().to_owned()).filter(|unit| !unit.is_empty());
    for option in &mut input.options {
        option.swatch = option.swatch.take().filter(|swatch| !swatch.is_empty());
    }
    input
}

/// Each of a list once, and each there.
pub(super) fn check_members<T: Eq + std::hash::Hash>(
    check: &mut Check,
    field: &str,
    members: &[T],
    is_known: impl Fn(&T) -> bool,
) {
    check.that(members.len() <= MOST_IN_ONE, field, "too_many", "At most 200.");
    let mut seen = HashSet::new();
    for (at, one) in members.iter().enumerate() {
        let field = format!("{field}[{at}]");
        check.that(is_known(one), &field, "unknown", "There is no such one.");
        check.that(seen.insert(one), &field, "duplicate", "It stands there already.");
    }
}

/// `3 products`, as far as anybody counts.
pub(super) fn counted(count: i64, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        count if count > MOST_COUNTED => format!("more than {MOST_COUNTED} {what}s"),
        count => format!("{count} {what}s"),
    }
}

#[cfg(test)]
mod tests {
    use souk_contract::{AttributeOption, Error};

    use super::*;

    fn input(kind: AttributeKind) -> AttributeInput {
        AttributeInput {
            code: "colour".to_owned(),
            name: "Colour".to_owned(),
            kind,
            unit: None,
            options: Vec::new(),
            required: false,
            help: String::new(),
        }
    }

    fn fields(input: &AttributeInput) -> Vec<(String, String)> {
        match check_attribute(input) {
            Err(Error::Invalid { fields }) => fields.into_iter().map(|one| (one.field, one.code)).collect(),
            other => panic!("{other:?}"),
        }
    }

    fn told(fields: &[(String, String)]) -> Vec<(&str, &str)> {
        fields.iter().map(|(field, code)| (field.as_str(), code.as_str())).collect()
    }

    #[test]
    fn every_wrong_field_of_an_attribute_is_named() {
        let option = |value: &str, swatch: Option<&str>| AttributeOption {
            value: value.to_owned(),
            label: "Red".to_owned(),
            swatch: swatch.map(str::to_owned),
        };
        assert_eq!(check_attribute(&input(AttributeKind::Text)), Ok(()));
        let mut wrong = input(AttributeKind::Text);
        wrong.code = "Colour <b>".to_owned();
        wrong.name = " ".to_owned();
        wrong.help = "x".repeat(501);
        wrong.unit = Some("cm".to_owned());
        wrong.options = vec![option("red", None)];
        let expected = [
            ("code", "invalid"),
            ("name", "required"),
            ("help", "too_long"),
            ("unit", "invalid"),
            ("options", "invalid"),
        ];
        assert_eq!(told(&fields(&wrong)), expected);
        assert_eq!(told(&fields(&input(AttributeKind::Select))), [("options", "required")]);
        let mut wrong = input(AttributeKind::MultiSelect);
        wrong.options =
            vec![option("red", Some("#ff0000")), option("red", Some("url(x)")), option(" ", None)];
        let expected = [
            ("options[1].value", "duplicate"),
            ("options[1].swatch", "invalid"),
            ("options[2].value", "required"),
            ("options[2].value", "invalid"),
        ];
        assert_eq!(told(&fields(&wrong)), expected);
    }

    #[test]
    fn nobody_counts_beyond_a_thousand() {
        assert_eq!(counted(1, "product"), "1 product");
        assert_eq!(counted(7, "product"), "7 products");
        assert_eq!(counted(MOST_COUNTED + 1, "product"), "more than 1000 products");
    }
}
