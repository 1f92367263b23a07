//! How much of what a product should say it says.

use serde::{Deserialize, Serialize};

use crate::{Attribute, ProductInput, VariantInput};

/// What a product does not say yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Missing {
    /// Path to the field: `title`, `media[1].alt`, `variants[0].sku`, `attributes.material`.
    pub field: String,
    /// For people: `SKU of S / Blue`.
    pub name: String,
    /// How many more pictures or variants lack the same.
    pub others: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Completeness {
    /// 0 to 100, which means that nothing is missing.
    pub percent: i64,
    pub missing: Vec<Missing>,
}

/// Each of these counts the same: title, description, a picture, words for every picture, a price and a SKU of every
/// variant, title and description for search engines, and every required attribute.
pub fn completeness(product: &ProductInput, required: &[&Attribute]) -> Completeness {
    let mut counted = Counted::default();
    let said = |text: &Option<String>| text.as_deref().is_some_and(has_text);
    counted.one(has_text(&product.title), "title", "Title");
    counted.one(has_words(&product.description_html), "description_html", "Description");
    counted.one(!product.media.is_empty(), "media", "A picture");
    counted.each(
        product
            .media
            .iter()
            .enumerate()
            .filter(|(_, media)| !has_text(&media.alt))
            .map(|(at, _)| (format!("media[{at}].alt"), format!("Words for picture {}", at + 1))),
    );
    let lacking = |field: &'static str, name: &'static str, lacks: fn(&VariantInput) -> bool| {
        let variants = product.variants.iter().enumerate().filter(move |(_, variant)| lacks(variant));
        variants.map(move |(at, variant)| {
            let of = variant.options.join(" / ");
            let name = if of.is_empty() { name.to_owned() } else { format!("{name} of {of}") };
            (format!("variants[{at}].{field}"), name)
        })
    };
    counted.each(lacking("price", "Price", |variant| variant.price.minor <= 0));
    counted.each(lacking("sku", "SKU", |variant| !variant.sku.as_deref().is_some_and(has_text)));
    counted.one(said(&product.seo.title), "seo.title", "Title for search engines");
    counted.one(said(&product.seo.description), "seo.description", "Description for search engines");
    for attribute in required {
        let mut values = product.attributes.iter().flatten();
        let has = values.any(|value| value.code == attribute.code && !value.value.is_empty());
        counted.one(has, &format!("attributes.{}", attribute.code), &attribute.name);
    }
    counted.show()
}

#[derive(Default)]
struct Counted {
    all: i64,
    missing: Vec<Missing>,
}

impl Counted {
    fn one(&mut self, has: bool, field: &str, name: &str) {
        self.each((!has).then(|| (field.to_owned(), name.to_owned())).into_iter());
    }

    /// One thing to say of each; it is said where nobody lacks it.
    fn each(&mut self, mut lacking: impl Iterator<Item = (String, String)>) {
        self.all += 1;
        if let Some((field, name)) = lacking.next() {
            self.missing.push(Missing { field, name, others: lacking.count() as i64 });
        }
    }

    fn show(self) -> Completeness {
        let said = self.all - self.missing.len() as i64;
        Completeness { percent: said * 100 / self.all.max(1), missing: self.missing }
    }
}

fn has_text(text: &str) -> bool {
    !text.trim().is_empty()
}

/// Outside of tags.
fn has_words(html: &str) -> bool {
    let mut in_tag = false;
    html.replace("&nbsp;", " ").chars().any(|c| {
        match c {
            '<' => in_tag = true,
            '>' => in_tag = false,
            _ => return !in_tag && !c.is_whitespace(),
        }
        false
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        AttributeData, AttributeKind, AttributeValue, Currency, Id, MediaInput, Money, Seo, Timestamp,
    };

    fn attribute(code: &str) -> Attribute {
        Attribute {
            id: Id::new(Default::default()),
            code: code.to_owned(),
            name: code.to_uppercase(),
            kind: AttributeKind::Text,
            unit: None,
            options: Vec::new(),
            required: true,
            help: String::new(),
            version: 1,
            created_at: Timestamp::from_micros(0).expect("a moment"),
            updated_at: Timestamp::from_micros(0).expect("a moment"),
        }
    }

    fn bare() -> ProductInput {
        ProductInput::new("mug", "Mug", VariantInput::new(Money::new(0, Currency::EUR)))
    }

    #[test]
    fn everything_missing_is_named_with_its_field() {
        let found = completeness(&bare(), &[&attribute("material")]);
        let names: Vec<_> = found.missing.iter().map(|one| (one.field.as_str(), one.name.as_str())).collect();
        assert_eq!(
            names,
            [
                ("description_html", "Description"),
                ("media", "A picture"),
                ("variants[0].price", "Price"),
                ("variants[0].sku", "SKU"),
                ("seo.title", "Title for search engines"),
                ("seo.description", "Description for search engines"),
                ("attributes.material", "MATERIAL"),
            ]
        );
        // Of nine the title, and words for the pictures that there are none of.
        assert_eq!(found.percent, 22);
    }

    #[test]
    fn a_product_that_says_all_is_complete() {
        let mut product = bare();
        product.description_html = "<p>Holds tea.</p>".to_owned();
        product.media = vec![MediaInput { source: "a.jpg".to_owned(), alt: "A mug".to_owned() }];
        product.seo = Seo { title: Some("Mug".to_owned()), description: Some("A mug".to_owned()) };
        product.variants[0].sku = Some("MUG".to_owned());
        product.variants[0].price.minor = 900;
        let value = |text: &str| {
            Some(vec![AttributeValue {
                code: "material".to_owned(),
                value: AttributeData::Text(text.to_owned()),
            }])
        };
        product.attributes = value("Clay");
        let required = attribute("material");
        assert_eq!(completeness(&product, &[&required]), Completeness { percent: 100, missing: vec![] });
        product.attributes = value(" ");
        assert_eq!(completeness(&product, &[&required]).percent, 88);
        assert_eq!(completeness(&product, &[]).percent, 100, "only what the template wants");
    }

    #[test]
    fn many_variants_that_lack_the_same_are_one_thing() {
        let mut product = bare();
        product.variants = ["S", "M", "L"]
            .map(|size| VariantInput { options: vec![size.to_owned()], ..product.variants[0].clone() })
            .to_vec();
        product.variants[0].sku = Some("S".to_owned());
        let missing = completeness(&product, &[]).missing;
        let sku = missing.iter().find(|one| one.field == "variants[1].sku").expect("the SKU");
        assert_eq!((sku.name.as_str(), sku.others), ("SKU of M", 1));
    }

    #[test]
    fn tags_alone_are_no_description() {
        assert!(!has_words("<p>&nbsp; <br></p>"));
        assert!(has_words("<p>x</p>"));
        assert!(has_words("x"));
    }
}
