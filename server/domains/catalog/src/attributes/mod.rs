//! Attributes of products: what may be said of one, and what stays where nothing is said.

mod checks;
mod definitions;
mod service;

use std::collections::HashSet;

use souk_contract::{
    Attribute, AttributeData, AttributeKind, AttributeValue, Check, NaiveDate, ProductId, ProductInput,
    ProductModel, Result,
};
use souk_kernel::{Conn, Tx};
use uuid::Uuid;

use crate::{
    LocalCatalog,
    product::{self, Draft},
    store::{self, CHUNK, products::Head},
    text::check_plain,
};

pub(crate) const LONGEST_CODE: usize = 60;
const MOST_VALUES: usize = 500;
const LONGEST_TEXT: usize = 500;
const LONGEST_LONG_TEXT: usize = 20_000;
/// Below it every whole number is told from the next.
const LARGEST_NUMBER: f64 = 1e15;

/// What can be seen without knowing the attributes.
pub(crate) fn check_shape(check: &mut Check, values: &[AttributeValue]) {
    check.that(values.len() <= MOST_VALUES, "attributes", "too_many", "At most 500 attributes.");
    let mut codes = HashSet::new();
    for (at, value) in values.iter().enumerate() {
        let named = (1..=LONGEST_CODE).contains(&value.code.chars().count());
        check.that(named, &format!("attributes[{at}].code"), "invalid", "1 to 60 characters.");
        check.that(
            codes.insert(&value.code),
            &format!("attributes[{at}].code"),
            "duplicate",
            "The product has this attribute already.",
        );
    }
}

/// By code and without what is empty, so that equal products have equal fingerprints.
pub(crate) fn tidy(input: &mut ProductInput) {
    let Some(values) = &mut input.attributes else { return };
    for value in values.iter_mut() {
        match &mut value.value {
            AttributeData::Text(text) if text.trim().len() < text.len() => *text = text.trim().to_owned(),
            AttributeData::Number(number) if *number == 0.0 => *number = 0.0,
            _ => {}
        }
    }
    values.retain(|value| !value.value.is_empty());
    values.sort_by(|one, other| one.code.cmp(&other.code));
}

/// Fills in what stays, before anything is compared. A product without a template and values says nothing of them, as
/// those from before there were any.
pub(crate) fn keep(draft: &mut Draft, head: Option<&Head>) -> Result<()> {
    let input = &mut draft.input;
    let said = input.attributes.is_some();
    let template = match (input.template_id, head) {
        (None, Some(head)) if !said => head.template_id,
        (template, _) => template,
    };
    let values = match (&input.attributes, head) {
        (Some(values), _) => values.clone(),
        (None, Some(head)) => head.attributes.0.clone(),
        (None, None) => Vec::new(),
    };
    let values = (template.is_some() || !values.is_empty()).then_some(values);
    if template != input.template_id || values != input.attributes {
        input.template_id = template;
        input.attributes = values;
        draft.fingerprint = product::fingerprint(input)?;
    }
    Ok(())
}

/// # Errors
/// `Invalid` with each value that its attribute does not take, as `attributes.<code>`.
pub(crate) fn check_values(input: &ProductInput, model: &ProductModel) -> Result<()> {
    let mut check = Check::new();
    let known = input.template_id.is_none_or(|id| model.template(id).is_some());
    check.that(known, "template_id", "unknown", "There is no such template.");
    for value in input.attributes.iter().flatten() {
        check_value(&mut check, model.attribute(&value.code), value);
    }
    check.done()
}

fn check_value(check: &mut Check, attribute: Option<&Attribute>, value: &AttributeValue) {
    let field = format!("attributes.{}", value.code);
    let Some(attribute) = attribute else {
        check.that(false, &field, "unknown", "There is no attribute with this code.");
        return;
    };
    let has_option = |wanted: &String| attribute.options.iter().any(|option| option.value == *wanted);
    match (attribute.kind, &value.value) {
        (AttributeKind::Text, AttributeData::Text(text)) => check_plain(check, text, &field, LONGEST_TEXT),
        (AttributeKind::LongText, AttributeData::Text(text)) => {
            check_plain(check, text, &field, LONGEST_LONG_TEXT);
        }
        (AttributeKind::Number, AttributeData::Number(number)) => {
            let fits = number.is_finite() && number.abs() < LARGEST_NUMBER;
            check.that(fits, &field, "out_of_range", "A number of up to 15 digits.");
        }
        (AttributeKind::Boolean, AttributeData::Flag(_)) => {}
        (AttributeKind::Date, AttributeData::Text(text)) if is_date(text) => {}
        (AttributeKind::Select, AttributeData::Text(text)) => {
            check.that(has_option(text), &field, "unknown_option", "None of the attribute's options.");
        }
        (AttributeKind::MultiSelect, AttributeData::Many(values)) => {
            let known = values.iter().all(has_option);
            check.that(known, &field, "unknown_option", "None of the attribute's options.");
            let once = values.iter().collect::<HashSet<_>>().len() == values.len();
            check.that(once, &field, "duplicate", "An option stands there twice.");
        }
        (kind, _) => {
            check.that(false, &field, "invalid", wanted(kind));
        }
    }
}

fn wanted(kind: AttributeKind) -> &'static str {
    match kind {
        AttributeKind::Text | AttributeKind::LongText => "A text, please.",
        AttributeKind::Number => "A number, please.",
        AttributeKind::Boolean => "Yes or no: true or false.",
        AttributeKind::Date => "A date as 2026-03-31, please.",
        AttributeKind::Select => "One of the attribute's options.",
        AttributeKind::MultiSelect => "A list of the attribute's options.",
    }
}

fn is_date(text: &str) -> bool {
    text.len() == 10 && NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok()
}

/// Keeps the table of who uses what beside the product; called before its new values are anywhere else.
pub(crate) async fn note_use(
    tx: &mut Tx,
    id: ProductId,
    head: Option<&Head>,
    (values, model): (&[AttributeValue], &ProductModel),
) -> Result<()> {
    let before = head.map_or(&[][..], |head| &head.attributes.0);
    if before == values {
        return Ok(());
    }
    store::attributes::delete_use(tx, id).await?;
    for AttributeValue { code, value } in values {
        match (value, model.attribute(code).map(|attribute| attribute.kind)) {
            (AttributeData::Many(options), _) => {
                for option in options {
                    store::attributes::add_use(tx, code, option, id).await?;
                }
            }
            (AttributeData::Text(option), Some(AttributeKind::Select)) => {
                store::attributes::add_use(tx, code, option, id).await?;
            }
            _ => store::attributes::add_use(tx, code, "", id).await?,
        }
    }
    Ok(())
}

impl LocalCatalog {
    /// What is known of attributes, as it stays until the transaction ends.
    pub(crate) async fn locked_model(tx: &mut Tx) -> Result<ProductModel> {
        tx.lock("attributes", Uuid::nil()).await?;
        Ok(store::attributes::model(tx).await?)
    }

    /// Nothing is read for products that have no attributes.
    pub(crate) async fn model_for(
        tx: &mut Tx,
        drafts: impl IntoIterator<Item = &Draft>,
    ) -> Result<ProductModel> {
        if drafts.into_iter().any(|draft| draft.input.attributes.is_some()) {
            Self::locked_model(tx).await
        } else {
            Ok(ProductModel::default())
        }
    }

    /// Each as it would be stored; what its attributes do not take makes it an error.
    pub(crate) async fn fill_in(&self, drafts: &mut [Result<Draft>]) -> Result<()> {
        let mut conn = self.db.read().await?;
        let conn: &mut Conn = &mut conn;
        let mut heads = Vec::new();
        for chunk in drafts.chunks(CHUNK) {
            let good = chunk.iter().filter_map(|draft| draft.as_ref().ok());
            let handles: Vec<&str> = good.map(|draft| draft.input.handle.as_str()).collect();
            heads.extend(store::products::heads_by_handle(conn, &handles).await?);
        }
        let mut model = None;
        for draft in drafts {
            let Ok(known) = draft else { continue };
            let head = heads.iter().find(|head| head.handle == known.input.handle);
            keep(known, head)?;
            if known.input.attributes.is_none() {
                continue;
            }
            if model.is_none() {
                model = Some(store::attributes::model(conn).await?);
            }
            let checked = model.as_ref().map_or(Ok(()), |model| check_values(&known.input, model));
            if let Err(error) = checked {
                *draft = Err(error);
            }
        }
        Ok(())
    }

    /// A product of the past, without what the shop no longer knows; it says what it had, also where that was nothing.
    pub(crate) async fn fitting(&self, mut input: ProductInput) -> Result<ProductInput> {
        let model = store::attributes::model(&mut *self.db.read().await?).await?;
        input.template_id = input.template_id.filter(|id| model.template(*id).is_some());
        input.attributes.get_or_insert_default().retain(|value| {
            let mut check = Check::new();
            check_value(&mut check, model.attribute(&value.code), value);
            check.done().is_ok()
        });
        Ok(input)
    }
}

#[cfg(test)]
mod tests {
    use souk_contract::{
        AttributeOption, Currency, Error, Id, Money, ProductTemplate, Timestamp, VariantInput,
    };

    use super::*;

    fn attribute(code: &str, kind: AttributeKind) -> Attribute {
        let option = |value: &str| AttributeOption { value: value.into(), label: value.into(), swatch: None };
        let now = Timestamp::from_micros(0).expect("a moment");
        Attribute {
            id: Id::new(Default::default()),
            code: code.to_owned(),
            name: code.to_owned(),
            kind,
            unit: None,
            options: if kind.has_options() { vec![option("red"), option("blue")] } else { Vec::new() },
            required: false,
            help: String::new(),
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    fn model() -> ProductModel {
        let attributes = AttributeKind::ALL.into_iter().map(|kind| attribute(kind.as_str(), kind)).collect();
        ProductModel { attributes, ..ProductModel::default() }
    }

    fn input(values: &[(&str, AttributeData)]) -> ProductInput {
        let values = values
            .iter()
            .map(|(code, value)| AttributeValue { code: (*code).to_owned(), value: value.clone() });
        ProductInput {
            attributes: Some(values.collect()),
            ..ProductInput::new("mug", "Mug", VariantInput::new(Money::new(1, Currency::EUR)))
        }
    }

    fn text(text: &str) -> AttributeData {
        AttributeData::Text(text.to_owned())
    }

    fn many(values: &[&str]) -> AttributeData {
        AttributeData::Many(values.iter().map(|value| (*value).to_owned()).collect())
    }

    #[test]
    fn each_kind_takes_its_own_values() {
        let good = input(&[
            ("text", text("<script>alert(1)</script>")),
            ("long_text", text("a\nb")),
            ("number", AttributeData::Number(-12.5)),
            ("boolean", AttributeData::Flag(false)),
            ("date", text("2024-02-29")),
            ("select", text("red")),
            ("multi_select", many(&["blue", "red"])),
        ]);
        assert_eq!(check_values(&good, &model()), Ok(()));
    }

    #[test]
    fn every_wrong_value_is_named_by_its_code() {
        let bad = input(&[
            ("text", AttributeData::Number(1.0)),
            ("long_text", text("a\0b")),
            ("number", text("twelve")),
            ("boolean", text("yes")),
            ("date", text("2023-02-29")),
            ("select", text("green")),
            ("multi_select", many(&["red", "red"])),
            ("nowhere", text("x")),
        ]);
        let Err(Error::Invalid { fields }) = check_values(&bad, &model()) else { panic!("taken") };
        let told: Vec<_> = fields.iter().map(|one| (one.field.as_str(), one.code.as_str())).collect();
        assert_eq!(
            told,
            [
                ("attributes.text", "invalid"),
                ("attributes.long_text", "invalid"),
                ("attributes.number", "invalid"),
                ("attributes.boolean", "invalid"),
                ("attributes.date", "invalid"),
                ("attributes.select", "unknown_option"),
                ("attributes.multi_select", "duplicate"),
                ("attributes.nowhere", "unknown"),
            ]
        );
        for number in [f64::NAN, f64::INFINITY, 1e15] {
            let bad = input(&[("number", AttributeData::Number(number))]);
            assert!(check_values(&bad, &model()).is_err(), "{number}");
        }
    }

    #[test]
    fn what_is_not_said_stays_and_what_is_empty_goes() {
        let template = ProductTemplate {
            id: Id::new(Default::default()),
            name: "Mugs".to_owned(),
            groups: Vec::new(),
            version: 1,
            created_at: Timestamp::from_micros(0).expect("a moment"),
            updated_at: Timestamp::from_micros(0).expect("a moment"),
        };
        let draft = |input: ProductInput| product::draft(input, Currency::EUR).expect("a good product");
        let silent = ProductInput { attributes: None, ..input(&[]) };
        let stored = draft(input(&[("text", text("x")), ("number", AttributeData::Number(1.0))]));
        let head = Head {
            id: Id::new(Default::default()),
            handle: "mug".to_owned(),
            status: souk_kernel::db::Text(silent.status),
            fingerprint: stored.fingerprint.clone(),
            template_id: Some(template.id),
            attributes: souk_kernel::db::Json(stored.input.attributes.clone().expect("values")),
            version: 1,
        };
        let mut kept = draft(silent.clone());
        keep(&mut kept, Some(&head)).expect("kept");
        assert_eq!(kept.input.template_id, Some(template.id));
        assert_eq!(kept.input.attributes, stored.input.attributes);
        let mut other = draft(ProductInput { template_id: Some(template.id), ..stored.input });
        keep(&mut other, Some(&head)).expect("kept");
        assert_eq!(other.fingerprint, kept.fingerprint);

        let mut cleared = draft(input(&[("text", text(" "))]));
        keep(&mut cleared, Some(&head)).expect("kept");
        assert_eq!((cleared.input.template_id, &cleared.input.attributes), (None, &None));
        assert_eq!(cleared.fingerprint, draft(silent).fingerprint);
    }
}
