//! A product while it is edited: every field a text, as typed. Paths are those that the server names in its errors.

pub mod age;
pub mod money;
pub mod promotion;
pub mod range;
pub mod scan;
pub mod tax;
pub mod values;

use std::collections::{BTreeMap, BTreeSet};

use souk_contract::{AttributeValue, Currency, FieldError, Money, ProductInput, ProductModel, ProductStatus};

/// Path and label.
pub const FIELDS: [(&str, &str); 11] = [
    ("title", "Title"),
    ("description_html", "Description"),
    ("status", "Status"),
    ("vendor", "Vendor"),
    ("product_type", "Type"),
    ("tags", "Tags"),
    ("handle", "Handle"),
    ("seo.title", "Title for search engines"),
    ("seo.description", "Description for search engines"),
    ("template_id", "Template"),
    ("tax_class_id", "Tax class"),
];

/// Where the template stands among [`FIELDS`].
pub const TEMPLATE: usize = 9;

/// Where the tax class does.
pub const TAX_CLASS: usize = 10;

/// Of each variant: path and label.
pub const CELLS: [(&str, &str); 5] = [
    ("price", "Price"),
    ("compare_at", "Compare at"),
    ("sku", "SKU"),
    ("barcode", "Barcode"),
    ("weight_grams", "Weight in grams"),
];

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// In the order of [`FIELDS`].
    pub fields: [String; FIELDS.len()],
    pub rows: Vec<Row>,
    /// By code, as [`values`] writes them; without those that are empty.
    pub attributes: BTreeMap<String, String>,
}

/// A variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its values of the product's options: they name it.
    pub options: Vec<String>,
    /// In the order of [`CELLS`].
    pub cells: [String; CELLS.len()],
}

/// A text of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Spot {
    Field(usize),
    /// Of the variant with these options.
    Cell(Vec<String>, usize),
    /// With this code.
    Attribute(String),
}

impl Spot {
    pub fn label(&self) -> String {
        match self {
            Self::Field(index) => FIELDS[*index].1.to_owned(),
            Self::Cell(options, index) if options.is_empty() => CELLS[*index].1.to_owned(),
            Self::Cell(options, index) => format!("{}: {}", options.join(" / "), CELLS[*index].1),
            Self::Attribute(code) => code.clone(),
        }
    }
}

/// Somebody else saved while this one typed, and both changed the same text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clash {
    pub spot: Spot,
    pub mine: String,
    pub theirs: String,
}

/// The two of them together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// With what is mine where they clash.
    pub draft: Draft,
    pub clashes: Vec<Clash>,
    /// What only they had changed, and now stands in the draft.
    pub taken: Vec<String>,
}

impl Draft {
    pub fn of(input: &ProductInput) -> Self {
        let fields = [
            input.title.clone(),
            input.description_html.clone(),
            input.status.as_str().to_owned(),
            input.vendor.clone(),
            input.product_type.clone(),
            input.tags.join(", "),
            input.handle.clone(),
            input.seo.title.clone().unwrap_or_default(),
            input.seo.description.clone().unwrap_or_default(),
            input.template_id.map(|id| id.to_string()).unwrap_or_default(),
            input.tax_class_id.map(|id| id.to_string()).unwrap_or_default(),
        ];
        let attributes = input.attributes.iter().flatten();
        let attributes = attributes.map(|one| (one.code.clone(), values::text(&one.value))).collect();
        let amount = |money: Option<Money>| money.map(|money| money.amount()).unwrap_or_default();
        let row = |variant: &souk_contract::VariantInput| Row {
            options: variant.options.clone(),
            cells: [
                variant.price.amount(),
                amount(variant.compare_at),
                variant.sku.clone().unwrap_or_default(),
                variant.barcode.clone().unwrap_or_default(),
                variant.weight_grams.to_string(),
            ],
        };
        Self { fields, rows: input.variants.iter().map(row).collect(), attributes }
    }

    /// Writes it over the product it was made from.
    ///
    /// # Errors
    /// What can't be read, each with its field's path.
    pub fn over(
        &self,
        base: &ProductInput,
        currency: Currency,
        model: &ProductModel,
    ) -> Result<ProductInput, Vec<FieldError>> {
        let mut faults = Vec::new();
        let mut input = base.clone();
        let [
            title,
            description,
            status,
            vendor,
            kind,
            tags,
            handle,
            seo_title,
            seo_description,
            template,
            tax_class,
        ] = &self.fields;
        input.tax_class_id = tax_class.parse().ok();
        input.title = title.trim().to_owned();
        input.description_html.clone_from(description);
        input.status = ProductStatus::parse(status).unwrap_or(base.status);
        input.vendor = vendor.trim().to_owned();
        input.product_type = kind.trim().to_owned();
        input.tags = list(tags);
        input.handle = handle.trim().to_owned();
        input.seo.title = filled(seo_title);
        input.seo.description = filled(seo_description);
        for (index, (row, variant)) in self.rows.iter().zip(&mut input.variants).enumerate() {
            let mut fault = |cell: usize, message: &str| {
                let field = format!("variants[{index}].{}", CELLS[cell].0);
                faults.push(FieldError { field, code: "invalid".into(), message: message.into() });
            };
            let [price, compare_at, sku, barcode, weight] = &row.cells;
            match money::parse(price, currency) {
                Some(price) => variant.price = price,
                None => fault(0, "An amount such as 12.50."),
            }
            variant.compare_at = filled(compare_at).and_then(|text| {
                let amount = money::parse(&text, currency);
                if amount.is_none() {
                    fault(1, "An amount such as 12.50, or nothing.");
                }
                amount
            });
            variant.sku = filled(sku);
            variant.barcode = filled(barcode);
            match weight.trim().parse() {
                Ok(grams) => variant.weight_grams = grams,
                Err(_) => fault(4, "A whole number of grams."),
            }
        }
        let before = Self::of(base);
        // A product that never had any goes on to say nothing of them.
        if self.fields[TEMPLATE] != before.fields[TEMPLATE] || self.attributes != before.attributes {
            input.template_id = template.parse().ok();
            input.attributes = Some(self.values(base, model, &mut faults));
        }
        if faults.is_empty() { Ok(input) } else { Err(faults) }
    }

    fn values(
        &self,
        base: &ProductInput,
        model: &ProductModel,
        faults: &mut Vec<FieldError>,
    ) -> Vec<AttributeValue> {
        let mut all = Vec::new();
        for (code, text) in &self.attributes {
            let known = base.attributes.iter().flatten().find(|one| one.code == *code);
            if let Some(known) = known.filter(|known| values::text(&known.value) == *text) {
                all.push(known.clone());
                continue;
            }
            let parsed = match model.attribute(code) {
                Some(attribute) => values::parse(attribute.kind, text),
                None => Err("The shop has no such attribute any more."),
            };
            match parsed {
                Ok(value) => all.push(AttributeValue { code: code.clone(), value }),
                Err(message) => faults.push(FieldError {
                    field: format!("attributes.{code}"),
                    code: "invalid".into(),
                    message: message.into(),
                }),
            }
        }
        all
    }

    /// `self` came from `base`; meanwhile `base` became `theirs`.
    pub fn merged(&self, base: &Self, theirs: &Self) -> Merged {
        let mut merged = Merged { draft: theirs.clone(), clashes: Vec::new(), taken: Vec::new() };
        for index in 0..FIELDS.len() {
            let (base, mine, theirs) = (&base.fields[index], &self.fields[index], &theirs.fields[index]);
            merged.draft.fields[index] =
                decide(Spot::Field(index), base, mine, theirs, &mut merged.clashes, &mut merged.taken);
        }
        for row in &mut merged.draft.rows {
            let of = |draft: &Self| draft.rows.iter().find(|one| one.options == row.options).cloned();
            let (Some(base), Some(mine)) = (of(base), of(self)) else {
                merged.taken.push(row.options.join(" / "));
                continue;
            };
            for index in 0..CELLS.len() {
                let spot = Spot::Cell(row.options.clone(), index);
                let (base, mine) = (&base.cells[index], &mine.cells[index]);
                let decided =
                    decide(spot, base, mine, &row.cells[index], &mut merged.clashes, &mut merged.taken);
                row.cells[index] = decided;
            }
        }
        let all = [base, self, theirs].into_iter().flat_map(|draft| draft.attributes.keys());
        for code in all.collect::<BTreeSet<_>>() {
            let of = |draft: &Self| draft.attributes.get(code).cloned().unwrap_or_default();
            let spot = Spot::Attribute(code.clone());
            let (clashes, taken) = (&mut merged.clashes, &mut merged.taken);
            let decided = decide(spot.clone(), &of(base), &of(self), &of(theirs), clashes, taken);
            merged.draft.set(&spot, decided);
        }
        merged
    }

    pub fn set(&mut self, spot: &Spot, text: String) {
        match spot {
            Spot::Field(index) => self.fields[*index] = text,
            Spot::Cell(options, index) => {
                if let Some(row) = self.rows.iter_mut().find(|row| row.options == *options) {
                    row.cells[*index] = text;
                }
            }
            Spot::Attribute(code) if text.is_empty() => {
                self.attributes.remove(code);
            }
            Spot::Attribute(code) => {
                self.attributes.insert(code.clone(), text);
            }
        }
    }
}

fn decide(
    spot: Spot,
    base: &str,
    mine: &str,
    theirs: &str,
    clashes: &mut Vec<Clash>,
    taken: &mut Vec<String>,
) -> String {
    if mine == theirs || theirs == base {
        return mine.to_owned();
    }
    if mine == base {
        taken.push(spot.label());
        return theirs.to_owned();
    }
    clashes.push(Clash { spot, mine: mine.to_owned(), theirs: theirs.to_owned() });
    mine.to_owned()
}

fn filled(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// What commas part.
pub fn list(text: &str) -> Vec<String> {
    text.split(',').filter_map(filled).collect()
}

/// A name for the address: `Écru Tea Towel` becomes `écru-tea-towel`.
pub fn handle_of(title: &str) -> String {
    let plain = |one: char| if one.is_alphanumeric() { one } else { ' ' };
    let words: String = title.to_lowercase().chars().map(plain).collect();
    words.split_whitespace().collect::<Vec<_>>().join("-")
}

/// One of each with each: the variants of a new product.
pub fn combinations(options: &[Vec<String>]) -> Vec<Vec<String>> {
    options.iter().fold(vec![Vec::new()], |begun, values| {
        let longer = |start: &Vec<String>| {
            let start = start.clone();
            values.iter().map(move |value| [start.clone(), vec![value.clone()]].concat())
        };
        begun.iter().flat_map(longer).collect()
    })
}

#[cfg(test)]
mod tests {
    use souk_contract::{Attribute, AttributeData, AttributeKind, Id, Timestamp, VariantInput};

    use super::*;

    fn product() -> ProductInput {
        let price = Money::new(1250, Currency::EUR);
        let variant = |size: &str| VariantInput { options: vec![size.into()], ..VariantInput::new(price) };
        ProductInput {
            variants: vec![variant("S"), variant("M")],
            ..ProductInput::new("tea", "Tea", variant("S"))
        }
    }

    /// Knows a width.
    fn model() -> ProductModel {
        let width = Attribute {
            id: Id::new(Default::default()),
            code: "width".into(),
            name: "Width".into(),
            kind: AttributeKind::Number,
            unit: None,
            options: Vec::new(),
            required: false,
            help: String::new(),
            version: 1,
            created_at: Timestamp::from_micros(0).unwrap(),
            updated_at: Timestamp::from_micros(0).unwrap(),
        };
        ProductModel { attributes: vec![width], ..ProductModel::default() }
    }

    #[test]
    fn attributes_are_read_by_their_kind_and_clash_like_other_fields() {
        let width = |number| AttributeValue { code: "width".into(), value: AttributeData::Number(number) };
        let product = ProductInput { attributes: Some(vec![width(8.0)]), ..product() };
        let base = Draft::of(&product);
        assert_eq!(base.attributes["width"], "8");
        let (mut mine, mut theirs) = (base.clone(), base.clone());
        mine.set(&Spot::Attribute("width".into()), "8,5".into());
        let saved = mine.over(&product, Currency::EUR, &model()).unwrap();
        assert_eq!(saved.attributes, Some(vec![width(8.5)]));
        theirs.set(&Spot::Attribute("width".into()), String::new());
        let merged = mine.merged(&base, &theirs);
        assert_eq!((merged.clashes[0].mine.as_str(), merged.clashes[0].theirs.as_str()), ("8,5", ""));
        let cleared = theirs.over(&product, Currency::EUR, &model()).unwrap();
        assert_eq!(cleared.attributes, Some(vec![]), "said, so that it does not stay");
        mine.set(&Spot::Attribute("width".into()), "wide".into());
        let faults = mine.over(&product, Currency::EUR, &model()).unwrap_err();
        assert_eq!(faults[0].field, "attributes.width");
    }

    #[test]
    fn a_draft_that_nobody_touched_changes_nothing() {
        let product = product();
        assert_eq!(Draft::of(&product).over(&product, Currency::EUR, &model()), Ok(product));
    }

    #[test]
    fn what_cannot_be_read_is_named_as_the_server_would() {
        let product = product();
        let mut draft = Draft::of(&product);
        draft.rows[1].cells[0] = "free".into();
        draft.rows[1].cells[4] = "1.5".into();
        let faults = draft.over(&product, Currency::EUR, &model()).unwrap_err();
        let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, ["variants[1].price", "variants[1].weight_grams"]);
    }

    #[test]
    fn two_who_write_keep_what_each_changed_and_clash_where_both_did() {
        let base = Draft::of(&product());
        let (mut mine, mut theirs) = (base.clone(), base.clone());
        mine.fields[0] = "My tea".into();
        theirs.fields[0] = "Their tea".into();
        theirs.fields[3] = "Vendor".into();
        mine.rows[0].cells[2] = "SKU-S".into();
        // They put the variants the other way round.
        theirs.rows.reverse();
        theirs.rows[0].cells[0] = "13.00".into();
        let mut merged = mine.merged(&base, &theirs);
        assert_eq!(merged.taken, ["Vendor", "M: Price"]);
        assert_eq!(merged.clashes.len(), 1);
        assert_eq!(merged.draft.rows[1].cells[2], "SKU-S");
        assert_eq!(merged.draft.fields[0], "My tea");
        let clash = merged.clashes.remove(0);
        merged.draft.set(&clash.spot, clash.theirs);
        assert_eq!(merged.draft.fields[0], "Their tea");
    }

    #[test]
    fn options_make_variants_and_titles_make_handles() {
        let options = [vec!["S".to_owned(), "M".to_owned()], vec!["Red".to_owned()]];
        assert_eq!(combinations(&options), [["S", "Red"], ["M", "Red"]]);
        assert_eq!(combinations(&[]), [Vec::<String>::new()]);
        assert_eq!(handle_of("  Écru: Tea  Towel! "), "écru-tea-towel");
        assert_eq!(list("a, b,,c "), ["a", "b", "c"]);
    }
}
