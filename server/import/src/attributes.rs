//! What products have of attributes, in columns of our own beside Shopify's: `Product Template`, and `Attribute: ` with
//! the attribute's code behind it.

use std::collections::BTreeMap;

use souk_contract::{
    Attribute, AttributeData, AttributeKind, AttributeOption, AttributeValue, IMPORT_ATTRIBUTE as ATTRIBUTE,
    IMPORT_TEMPLATE as TEMPLATE, ProductInput, ProductModel, ProductTemplateId,
};

use crate::present::Present;

/// Between the values of one cell.
const BETWEEN: &str = "; ";

pub(crate) fn is_column(name: &str) -> bool {
    name == TEMPLATE || code_of(name).is_some()
}

fn code_of(column: &str) -> Option<&str> {
    column.strip_prefix(ATTRIBUTE).filter(|code| !code.is_empty())
}

/// The cells of a product, by their columns.
pub(crate) fn cells(input: &ProductInput, model: &ProductModel) -> BTreeMap<String, String> {
    let template = model.templates.iter().find(|template| Some(template.id) == input.template_id);
    let template = template.map(|template| (TEMPLATE.to_owned(), template.name.clone()));
    let values = input.attributes.iter().flatten();
    let values = values.map(|value| (format!("{ATTRIBUTE}{}", value.code), cell(&value.value)));
    template.into_iter().chain(values).collect()
}

fn cell(data: &AttributeData) -> String {
    match data {
        AttributeData::Flag(flag) => flag.to_string(),
        AttributeData::Number(number) => number.to_string(),
        AttributeData::Text(text) => text.clone(),
        AttributeData::Many(values) => values.join(BETWEEN),
    }
}

/// Template and attributes as the file has them, over those of `before`; both none where it has no such column. Cells of
/// templates and attributes that there are not stay in `extra`, word by word.
///
/// # Errors
/// The reason is for the merchant.
pub(crate) fn read(
    extra: &mut BTreeMap<String, String>,
    present: &Present,
    model: &ProductModel,
    before: Option<&ProductInput>,
) -> Result<(Option<ProductTemplateId>, Option<Vec<AttributeValue>>), String> {
    let mut template = before.and_then(|before| before.template_id);
    if present.has_extra(TEMPLATE) {
        let named = |name: &String| {
            model.templates.iter().find(|one| one.name.to_lowercase() == name.trim().to_lowercase())
        };
        let known = extra.get(TEMPLATE).and_then(named);
        template = known.map(|known| known.id);
        if known.is_some() {
            extra.remove(TEMPLATE);
        }
    }
    let mut values = before.and_then(|before| before.attributes.clone()).unwrap_or_default();
    let of_file = model.attributes.iter().map(|one| (one, format!("{ATTRIBUTE}{}", one.code)));
    for (attribute, column) in of_file.filter(|(_, column)| present.has_extra(column)) {
        let new = extra.remove(&column).map(|cell| data(attribute, &cell)).transpose()?;
        let at = values.iter().position(|value| value.code == attribute.code);
        match (at, new) {
            (Some(at), Some(value)) => values[at].value = value,
            (Some(at), None) => {
                values.remove(at);
            }
            (None, Some(value)) => values.push(AttributeValue { code: attribute.code.clone(), value }),
            (None, None) => {}
        }
    }
    // As the catalogue keeps them.
    values.sort_by(|one, other| one.code.cmp(&other.code));
    let has_some = template.is_some() || !values.is_empty();
    // Beside what was there, an empty list says that there is none any more.
    let had_some = before.is_some_and(|before| before.template_id.is_some() || before.attributes.is_some());
    Ok((template, (has_some || had_some).then_some(values)))
}

fn data(attribute: &Attribute, cell: &str) -> Result<AttributeData, String> {
    let cell = cell.trim();
    let wrong = |what: &str| format!("{} is {cell:?}, which is {what}", attribute.name);
    Ok(match attribute.kind {
        AttributeKind::Boolean => AttributeData::Flag(match cell.to_lowercase().as_str() {
            "true" | "yes" | "1" => true,
            "false" | "no" | "0" => false,
            _ => return Err(wrong("neither yes nor no")),
        }),
        AttributeKind::Number => {
            let number = cell.parse::<f64>().ok().filter(|number| number.is_finite());
            AttributeData::Number(number.ok_or_else(|| wrong("no number"))?)
        }
        AttributeKind::MultiSelect => AttributeData::Many(options(attribute, cell)),
        AttributeKind::Select => AttributeData::Text(option(attribute, cell)),
        AttributeKind::Text | AttributeKind::LongText | AttributeKind::Date => {
            AttributeData::Text(cell.to_owned())
        }
    })
}

/// The values of one cell. One of them may hold what stands between them: the longest that fits is meant.
fn options(attribute: &Attribute, cell: &str) -> Vec<String> {
    let between = BETWEEN.trim_end();
    let (mut values, mut rest) = (Vec::new(), cell);
    while !rest.is_empty() {
        let ends = |after: &str| after.is_empty() || after.starts_with(between);
        let fits = |option: &&AttributeOption| rest.strip_prefix(&option.value).is_some_and(ends);
        let known = attribute.options.iter().filter(fits).map(|option| option.value.len()).max();
        let end = known.or_else(|| rest.find(between)).unwrap_or(rest.len());
        let (value, after) = rest.split_at(end);
        if !value.trim().is_empty() {
            values.push(option(attribute, value.trim()));
        }
        rest = after.strip_prefix(between).unwrap_or(after).trim_start();
    }
    values
}

/// People write what they read: an option's label does for its value.
fn option(attribute: &Attribute, written: &str) -> String {
    let by_label = || {
        let written = written.to_lowercase();
        attribute.options.iter().find(|option| option.label.to_lowercase() == written)
    };
    let known = attribute.options.iter().find(|option| option.value == written).or_else(by_label);
    known.map_or_else(|| written.to_owned(), |option| option.value.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attribute(kind: AttributeKind, options: &[(&str, &str)]) -> Attribute {
        let option = |(value, label): &(&str, &str)| AttributeOption {
            value: (*value).to_owned(),
            label: (*label).to_owned(),
            swatch: None,
        };
        let at = souk_contract::Timestamp::from_micros(0).expect("a moment");
        Attribute {
            id: souk_contract::AttributeId::new(uuid::Uuid::nil()),
            code: "one".to_owned(),
            name: "One".to_owned(),
            kind,
            unit: None,
            options: options.iter().map(option).collect(),
            required: false,
            help: String::new(),
            version: 1,
            created_at: at,
            updated_at: at,
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let many = attribute(AttributeKind::MultiSelect, &[("a", "A"), ("a; b", "A and b"), ("c", "C")]);
        let values = |all: &[&str]| AttributeData::Many(all.iter().map(|one| (*one).to_owned()).collect());
        for (attribute, value) in [
            (&attribute(AttributeKind::Boolean, &[]), AttributeData::Flag(false)),
            (&attribute(AttributeKind::Number, &[]), AttributeData::Number(0.1)),
            (&attribute(AttributeKind::Number, &[]), AttributeData::Number(-12.0)),
            (&attribute(AttributeKind::LongText, &[]), AttributeData::Text("a; b\nc".to_owned())),
            (
                &attribute(AttributeKind::Select, &[("x", "Y"), ("y", "X")]),
                AttributeData::Text("y".to_owned()),
            ),
            (&many, values(&["a", "c"])),
            (&many, values(&["a; b", "c"])),
            (&many, values(&["c", "a; b"])),
        ] {
            assert_eq!(data(attribute, &cell(&value)), Ok(value));
        }
    }

    #[test]
    fn labels_do_and_nonsense_is_named() {
        let material = attribute(AttributeKind::MultiSelect, &[("oak", "Oak wood"), ("steel", "Steel")]);
        let read = data(&material, "Oak Wood;steel ; glass");
        let wanted = ["oak", "steel", "glass"].map(str::to_owned).to_vec();
        assert_eq!(read, Ok(AttributeData::Many(wanted)));
        let reason = data(&attribute(AttributeKind::Number, &[]), "12 cm").expect_err("no number");
        assert_eq!(reason, "One is \"12 cm\", which is no number");
        assert!(data(&attribute(AttributeKind::Boolean, &[]), "perhaps").is_err());
        assert!(data(&attribute(AttributeKind::Number, &[]), "inf").is_err());
    }
}
