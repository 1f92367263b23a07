//! Values of attributes as they are typed. Several options stand in one text, a line each.

use souk_contract::{AttributeData, AttributeKind};

pub fn text(data: &AttributeData) -> String {
    match data {
        AttributeData::Flag(flag) => flag.to_string(),
        AttributeData::Number(number) => number.to_string(),
        AttributeData::Text(text) => text.clone(),
        AttributeData::Many(values) => values.join("\n"),
    }
}

/// # Errors
/// What is wanted instead.
pub fn parse(kind: AttributeKind, text: &str) -> Result<AttributeData, &'static str> {
    Ok(match kind {
        AttributeKind::Text | AttributeKind::LongText | AttributeKind::Date | AttributeKind::Select => {
            AttributeData::Text(text.to_owned())
        }
        AttributeKind::Number => {
            let number = text.trim().replace(',', ".").parse().ok().filter(|number: &f64| number.is_finite());
            AttributeData::Number(number.ok_or("A number such as 12 or 12.5.")?)
        }
        AttributeKind::Boolean => AttributeData::Flag(text == "true"),
        AttributeKind::MultiSelect => AttributeData::Many(chosen(text)),
    })
}

pub fn chosen(text: &str) -> Vec<String> {
    text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_again() {
        for (kind, data) in [
            (AttributeKind::Text, AttributeData::Text("a, b".into())),
            (AttributeKind::Number, AttributeData::Number(-12.5)),
            (AttributeKind::Boolean, AttributeData::Flag(false)),
            (AttributeKind::MultiSelect, AttributeData::Many(vec!["red".into(), "sea, blue".into()])),
        ] {
            assert_eq!(parse(kind, &text(&data)), Ok(data));
        }
        assert_eq!(parse(AttributeKind::Number, "12,5"), Ok(AttributeData::Number(12.5)));
        for none in ["wide", "nan", "inf", "1e999"] {
            assert!(parse(AttributeKind::Number, none).is_err(), "{none}");
        }
    }
}
